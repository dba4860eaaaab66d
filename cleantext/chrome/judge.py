"""Judging pages: from their texts to the lines that go, with rules and reasons, and to what is told of the article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome import choice, facts, lexicon, model, takes, verdict
from cleantext.chrome.layout import FINAL, HAN, Layout, lay_out_many
from cleantext.chrome.site import Repeats, SiteRules
from cleantext.presence import LONG
from cleantext.records import Edit, Options, Page, StageEdits
from cleantext.sites import site_of

Flags = NDArray[np.bool_]

# The source line and the title stand among this many lines above or below the first line of prose.
_HEAD_LINES = 12


def find_many(pages: Sequence[Page], options: Options) -> list[StageEdits]:
    """The lines to drop of each page, and what it says about title, author, date and origin."""
    found = [StageEdits("chrome")] * len(pages)
    asked = [k for k, page in enumerate(pages) if page.text and not page.text.isspace()]
    long = [k for k in asked if len(pages[k].text) > LONG]
    # Pages of about the same length stand together: they share a block (see `grid`).
    others = sorted((k for k in asked if len(pages[k].text) <= LONG), key=lambda k: pages[k].text.count("\n"))
    for group in [others] * bool(others) + [[k] for k in long]:
        for k, stage_edits in _find([(k, pages[k]) for k in group], options):
            found[k] = stage_edits
    return found


def _find(asked: Sequence[tuple[int, Page]], options: Options) -> Iterable[tuple[int, StageEdits]]:
    """What is found in each of some numbered pages in which anything can be."""
    layout, hits, worth = _look([page.text for _, page in asked])
    if not worth:
        return ()
    if len(worth) < len(asked):
        hits = hits.some(np.isin(layout.page, worth))
        layout = layout.some(worth)
        asked = [asked[k] for k in worth]
    judged = _judge([page for _, page in asked], layout, hits, options)
    return zip((k for k, _ in asked), judged, strict=True)


def _look(texts: Sequence[str]) -> tuple[Layout, lexicon.Hits, list[int]]:
    """Layout and phrase hits of several texts, and which texts have a line that can go, or one of source or author:
    there is no need to judge the lines of the others.
    """
    layout = lay_out_many(texts)
    hits = lexicon.find_hits(layout, lexicon.shipped())
    telling = choice.proofs(layout, hits) | ((hits.mask & takes.SOURCE) > 0)
    return layout, hits, np.bincount(layout.page[telling], minlength=len(texts)).nonzero()[0].tolist()


def _judge(pages: Sequence[Page], layout: Layout, hits: lexicon.Hits, options: Options) -> list[StageEdits]:
    """The verdicts on the pages of a layout."""
    chances = model.shipped().judge(layout, hits)
    seen = _weigh(pages, layout, hits, options, chances)
    dropped = choice.choose(layout, hits, chances, options.min_confidence)
    # A page of nothing but labels: no telling what its reader wants.
    hopeless = np.bincount(layout.page[~dropped], minlength=len(pages)) == 0
    dropped &= ~hopeless[layout.page]
    found: list[list[Edit]] = [[] for _ in pages]
    keep = {name.rstrip("s") for name in options.keep}
    spared = keep | set(options.disable)
    verdicts = verdict.explain(layout, hits, lexicon.shipped(), dropped)
    shared: dict[Any, Any] = {}
    posts = verdict.posts(layout, hits, verdicts) if "comment" in keep else frozenset()
    lines = dropped.nonzero()[0]
    base = layout.page_start[layout.page[lines]]
    odds = np.round(np.round(chances[lines], 3).astype(np.float64), 3)  # as decimals: 0.897, not 0.8970000147819519
    columns = (layout.page[lines], layout.start[lines] - base, layout.end[lines] - base, odds)
    for (line, rule, reason), page, start, end, chance in zip(verdicts, *(c.tolist() for c in columns), strict=True):
        if rule not in spared and line not in posts:
            reason += seen.get(line, "")
            before = pages[page].text[start:end]
            if layout.is_long:  # many lines, and few that are not there already: menus repeat
                before, chance = shared.setdefault(before, before), shared.setdefault(chance, chance)
            found[page].append(Edit(start, end, before, "", rule, reason, chance))
    told = _facts(pages, layout, chances, takes.sources(layout, hits, chances), hopeless)
    return [StageEdits("chrome", edits, told.get(number, {})) for number, edits in enumerate(found)]


def _weigh(
    pages: Sequence[Page], layout: Layout, hits: lexicon.Hits, options: Options, chances: NDArray[np.float32]
) -> dict[int, str]:
    """Weigh in what repeats over the pages' sites; returns what to say of the lines that do."""
    said: dict[int, str] = {}
    for number, page in enumerate(pages if options.site_rules else ()):
        repeats = _repeats(page, layout.text(number), options)
        if repeats:
            lines = slice(*layout.bound[number : number + 2].tolist())
            chances[lines] = repeats.weigh(chances[lines], hits.text(layout, number))
            for line, count in enumerate(repeats.seen.tolist(), lines.start):
                if count:
                    said[line] = f", on {count} of {repeats.pages} pages of this site"
    return said


def _repeats(page: Page, layout: Layout, options: Options) -> Repeats | None:
    rules = options.site_rules
    if not isinstance(rules, SiteRules):
        return None
    return rules.repeats(site_of(page.source) if options.site is None else options.site, layout)


def _facts(
    pages: Sequence[Page], layout: Layout, chances: NDArray[np.float32], sources: NDArray[np.int64], hopeless: Flags
) -> dict[int, dict[str, object]]:
    """What the lines that tell of source and author say, by the number of their page."""
    sources = sources[~hopeless[layout.page[sources]]]
    lines: dict[int, list[int]] = {}
    for number, line in zip(layout.page[sources].tolist(), sources.tolist(), strict=True):
        lines.setdefault(number, []).append(line)
    text_lines = ((chances < 0.5) & (layout.counts[:, FINAL] > 0) & (layout.size > facts.TITLE_SIZE[1])).nonzero()[0]
    return {
        number: facts.read_facts(
            [_of(pages[number].text, layout, number, line, layout.first) for line in mine],
            _title(pages[number].text, layout, chances, min([mine[0], *_next(text_lines, layout.bound, number)])),
        )
        for number, mine in lines.items()
    }


def _of(text: str, layout: Layout, number: int, line: int, begin: NDArray[np.int64]) -> str:
    base = layout.page_start[number]
    return text[begin[line] - base : layout.end[line] - base].strip()


def _next(lines: NDArray[np.int64], bound: NDArray[np.int64], number: int) -> list[int]:
    """The first of these lines that belongs to a page, if there is one."""
    low, high = bound[number : number + 2].tolist()
    at = int(lines.searchsorted(low))
    return [int(lines[at])] if at < len(lines) and lines[at] < high else []


def _title(text: str, layout: Layout, chances: NDArray[np.float32], source: int) -> str | None:
    """The kept line without a sentence end next to the source line, or to the text when the source stands below it."""
    low, high = facts.TITLE_SIZE
    number = int(layout.page[source])
    top, stop = layout.bound[number : number + 2].tolist()
    near = [*range(source - 1, max(top - 1, source - _HEAD_LINES), -1), source + 1]
    for line in near:
        if top <= line < stop and chances[line] < 0.5:
            if low <= layout.size[line] <= high and layout.counts[line, HAN] > 1:
                title = _of(text, layout, number, line, layout.start)
                return None if title.endswith(("。", ".", "；", ";")) else title
            return None
    return None
