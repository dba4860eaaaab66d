"""The chrome stage: drops the lines of a page that the site put around the article, line by line, with reasons.

`layout` turns the page into arrays, `lexicon` finds phrases by family, `features` measures each line alone and in its
place, `model` gives probabilities, `choice` picks the lines to drop, `verdict` gives rules and reasons, `site` knows
what repeats over a site's pages. `train`, `trees` and `examples` are for learning only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome import choice, facts, lexicon, model, verdict
from cleantext.chrome.layout import FINAL, HAN, Layout, lay_out_many
from cleantext.chrome.site import Repeats, SiteRules, site_of
from cleantext.presence import SEPARATOR
from cleantext.records import Edit, Options, Page, StageEdits

__all__ = ["find"]

# When fewer of the texts than this are worth judging, these alone are laid out again.
_MOST = 0.7
# The source line and the title stand among this many lines above or below the first line of prose.
_HEAD_LINES = 12


def find(page: Page, options: Options) -> StageEdits:
    """Find the lines to drop, and what the page says about title, author, date and origin."""
    return find_many([page], options)[0]


def find_many(pages: Sequence[Page], options: Options) -> list[StageEdits]:
    """What `find` finds in each of several pages."""
    found = [StageEdits("chrome")] * len(pages)
    # Pages of about the same length stand together: they share a block (see `grid`).
    asked = [k for k, page in enumerate(pages) if page.text and not page.text.isspace()]
    asked.sort(key=lambda k: pages[k].text.count("\n"))
    if not asked:
        return found
    layout, hits, worth = _look([pages[k].text for k in asked])
    if len(worth) < _MOST * len(asked):
        asked = [asked[k] for k in worth]
        if not asked:
            return found
        layout, hits, worth = _look([pages[k].text for k in asked])
    chances = model.shipped().judge(layout, hits)
    for k in worth:
        lines = slice(*layout.bound[k : k + 2].tolist())
        found[asked[k]] = _judged(pages[asked[k]], layout.text(k), hits.text(layout, k), chances[lines], options)
    return found


def _look(texts: Sequence[str]) -> tuple[Layout, lexicon.Hits, list[int]]:
    """Layout and phrase hits of several texts, and which texts have a line that can go, or one of source or author:
    there is no need to judge the lines of the others.
    """
    layout = lay_out_many(texts)
    hits = lexicon.find_hits(SEPARATOR.join(texts), layout, lexicon.shipped())
    telling = choice.proofs(layout, hits) | ((hits.mask & choice.SOURCE) > 0)
    return layout, hits, np.bincount(layout.page[telling], minlength=len(texts)).nonzero()[0].tolist()


def _judged(
    page: Page, layout: Layout, hits: lexicon.Hits, chances: NDArray[np.float32], options: Options
) -> StageEdits:
    text = page.text
    repeats = _repeats(page, layout, options)
    if repeats:
        chances = repeats.weigh(chances, hits)
    dropped = choice.choose(layout, hits, chances, options.min_confidence)
    if dropped.all():
        return StageEdits("chrome")  # a page of nothing but labels: no telling what its reader wants
    spared = {name.rstrip("s") for name in options.keep} | set(options.disable)
    starts, ends, odds = layout.start.tolist(), layout.end.tolist(), np.round(chances, 3).tolist()
    edits = [
        Edit(starts[line], ends[line], text[starts[line] : ends[line]], "", rule, reason, round(odds[line], 3))
        for line, rule, reason in verdict.explain(layout, hits, lexicon.shipped(), dropped, repeats)
        if rule not in spared
    ]
    return StageEdits("chrome", edits, _facts(text, layout, hits, chances))


def _repeats(page: Page, layout: Layout, options: Options) -> Repeats | None:
    rules = options.site_rules
    if not isinstance(rules, SiteRules):
        return None
    return rules.repeats(site_of(page.source) if options.site is None else options.site, layout)


def _facts(text: str, layout: Layout, hits: lexicon.Hits, chances: np.ndarray) -> dict[str, object]:
    sources = choice.sources(layout, hits, chances)
    if not sources:
        return {}
    lines = [text[layout.first[n] : layout.end[n]].strip() for n in sources]
    return facts.read_facts(lines, _title(text, layout, chances, sources[0]))


def _title(text: str, layout: Layout, chances: np.ndarray, source: int) -> str | None:
    """The kept line without a sentence end next to the source line, or to the text when the source stands below it."""
    low, high = facts.TITLE_SIZE
    text_lines = np.flatnonzero((chances < 0.5) & (layout.counts[:, FINAL] > 0) & (layout.size > high))
    if len(text_lines):
        source = min(source, int(text_lines[0]))
    near = [*range(source - 1, max(-1, source - _HEAD_LINES), -1), source + 1]
    for line in near:
        if 0 <= line < len(chances) and chances[line] < 0.5:
            if low <= layout.size[line] <= high and layout.counts[line, HAN] > 1:
                title = text[layout.start[line] : layout.end[line]].strip()
                return None if title.endswith(("。", ".", "；", ";")) else title
            return None
    return None
