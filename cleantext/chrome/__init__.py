"""The chrome stage: drops the lines of a page that the site put around the article, line by line, with reasons.

`judge` does the work: `layout` turns pages into arrays, `lexicon` finds phrases by family, `features` measures each
line alone and in its place, `model` gives probabilities, `choice` picks the lines to drop (`takes` adds some, some of
them by their `forms`; `spare` and `chapters` take some back), `verdict` gives rules and reasons, `site` knows what
repeats over a site's pages. `train`, `trees`, `examples` and what they import are for learning only.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from cleantext import sieve
from cleantext.records import Options, Page, StageEdits

if TYPE_CHECKING:
    from cleantext.presence import Probe

__all__ = ["find", "find_many"]

# Characters up to which a page is first asked whether it can hold a telling phrase at all; longer ones nearly always
# can, and the lexicon and the model are then loaded anyway.
SHORT = 500


@cache
def _probe() -> Probe:
    """Whether a text may hold a phrase without which no line goes and nothing is told (`lexicon.probe`)."""
    from cleantext.presence import Probe

    return Probe.load("chrome")


def _tells(text: str) -> bool:
    return bool(_probe().ask([text]).any())


def find(page: Page, options: Options) -> StageEdits:
    """Find the lines to drop, and what the page says about title, author, date and origin."""
    return find_many([page], options)[0]


def find_many(pages: Sequence[Page], options: Options) -> list[StageEdits]:
    """What `find` finds in each of several pages."""
    if sieve.spares("chrome", pages) or (len(pages) == 1 and len(pages[0].text) <= SHORT and not _tells(pages[0].text)):
        return [StageEdits("chrome")]
    from cleantext.chrome import judge

    return judge.find_many(pages, options)
