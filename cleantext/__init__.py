"""Turn scraped Chinese web pages back into the article."""

from cleantext._version import __version__
from cleantext.pipeline import Cleaner, clean
from cleantext.records import Cleaned, Edit, Line, Options, Page, StageEdits, TracedEdit, Verdict

__all__ = [
    "Cleaned",
    "Cleaner",
    "Edit",
    "Line",
    "Options",
    "Page",
    "StageEdits",
    "TracedEdit",
    "Verdict",
    "__version__",
    "clean",
]
