"""The spun stage: dictionary candidates, context score, per-page decision.

A page must prove itself spun before ambiguous rows fire; rows whose spun form clean Chinese does not know (tier
`sure`) may fire alone. `judge` does the work; it is imported, and its tables are opened, for a text that can be judged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleantext.records import Options, Page, StageEdits

RULE, SURE_RULE = "spun-word", "spun-sure"

# Four Han characters: without them no row can stand in its context.
_HAN_RE = re.compile("(?:[^\u3400-\u9fff]*[\u3400-\u9fff]){4}")


def find(page: Page, options: Options) -> StageEdits:
    """Find the repairs of a page; the fact "spun" is the probability that the page, or a stretch of it, was spun."""
    return find_many([page], options)[0]


def find_many(pages: Sequence[Page], options: Options) -> list[StageEdits]:
    """What `find` finds in each of several pages."""
    found = [StageEdits("spun")] * len(pages)
    judged = [number for number, page in enumerate(pages) if _HAN_RE.match(page.text)]
    if judged:
        from cleantext.sites import site_of
        from cleantext.spun import judge

        texts = [pages[number].text for number in judged]
        sites = [site_of(pages[number].source) if options.site is None else options.site for number in judged]
        results = judge.find_many(texts, sites, options)
        for number, result in zip(judged, results, strict=True):
            found[number] = result
    return found


def pairs_of(pages: Sequence[Page], options: Options) -> list[list[str]]:
    """The pairs that each page needs, as `spun>original`; none of a page that is not proven spun."""
    found: list[list[str]] = [[] for _ in pages]
    judged = [number for number, page in enumerate(pages) if _HAN_RE.match(page.text)]
    if judged:
        from cleantext.spun import judge

        results = judge.pairs_of([pages[number].text for number in judged], options)
        for number, result in zip(judged, results, strict=True):
            found[number] = result
    return found
