"""The chrome stage: drops the lines of a page that the site put around the article, line by line, with reasons.

`layout` turns the page into arrays, `lexicon` finds phrases by family, `features` measures each line alone and in its
place, `model` gives probabilities, `choice` picks the lines to drop, `verdict` gives rules and reasons, `site` knows
what repeats over a site's pages. `train`, `trees` and `examples` are for learning only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cleantext.chrome import choice, facts, lexicon, model, verdict
from cleantext.chrome.layout import FINAL, HAN, Layout, lay_out
from cleantext.chrome.site import Repeats, SiteRules, site_of
from cleantext.records import Edit, Options, Page, StageEdits

__all__ = ["find"]

# The source line and the title stand among this many lines above or below the first line of prose.
_HEAD_LINES = 12


def find(page: Page, options: Options) -> StageEdits:
    """Find the lines to drop, and what the page says about title, author, date and origin."""
    text = page.text
    if not text or text.isspace():
        return StageEdits("chrome")
    layout = lay_out(text)
    if not len(layout.start):
        return StageEdits("chrome")
    words = lexicon.shipped()
    hits = lexicon.find_hits(text, layout, words)
    if not choice.proofs(layout, hits).any() and not (hits.mask & choice.SOURCE).any():
        return StageEdits("chrome")  # nothing can go, and no line tells of source or author: no need to judge the lines
    chances = model.shipped().judge(layout, hits)
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
        for line, rule, reason in verdict.explain(layout, hits, words, dropped, repeats)
        if rule not in spared
    ]
    return StageEdits("chrome", edits, _facts(text, layout, hits, chances))


def find_many(pages: Sequence[Page], options: Options) -> list[StageEdits]:
    """The chrome edits of each of several pages."""
    return [find(page, options) for page in pages]


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
