"""Turn scraped Chinese web pages back into the article."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cleantext._version import __version__
from cleantext.records import Cleaned, Edit, Line, Options, Page, StageEdits, TracedEdit, Verdict

if TYPE_CHECKING:
    from cleantext.pipeline import Cleaner, clean

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


def __getattr__(name: str) -> Any:
    """Load the pipeline, and numpy with it, only when it is asked for: `cleantext --version` stays quick."""
    if name in ("Cleaner", "clean"):
        from cleantext import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module 'cleantext' has no attribute {name!r}")
