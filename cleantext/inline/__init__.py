"""The inline stage: what was put into the middle of a line. The sentence around it stays, and stays grammatical."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from cleantext import sieve
from cleantext.records import Edit, Options, Page, StageEdits

if TYPE_CHECKING:
    from cleantext.presence import Probe

STAGE = "inline"


@cache
def _probe() -> Probe:
    """For each rule, whether one of its alarms may occur; then whether a title may have something added."""
    from cleantext.presence import Probe

    return Probe.load(STAGE)


def find(page: Page, options: Options) -> StageEdits:
    """Find the inline edits of a page."""
    return find_many([page], options)[0]


def find_many(pages: Sequence[Page], options: Options) -> list[StageEdits]:
    """The inline edits of each of several pages."""
    if sieve.spares(STAGE, pages):
        return [StageEdits(STAGE, [])]
    answers: list[list[bool]] = _probe().ask([page.text for page in pages]).tolist()
    asked = [k for k, answer in enumerate(answers) if any(answer)]
    found = [StageEdits(STAGE, [])] * len(pages)
    if asked:
        texts, called = [pages[k].text for k in asked], [answers[k] for k in asked]
        for number, stage_edits in zip(asked, _search(texts, called, options), strict=True):
            found[number] = stage_edits
    return found


def _search(texts: Sequence[str], answers: Sequence[list[bool]], options: Options) -> Iterator[StageEdits]:
    """What the enabled rules find in each of several texts; `answers` are the probe's."""
    from cleantext.inline import anchor, rules
    from cleantext.inline.sheet import Sheet, fold

    alarmed = [k for k, answer in enumerate(answers) if any(answer[:-2])]
    calls = dict(zip(alarmed, rules.called([texts[k] for k in alarmed]), strict=True)) if alarmed else {}
    folding = [k for k in alarmed if calls[k]]
    sheets = dict(zip(folding, fold([texts[k] for k in folding]), strict=True)) if folding else {}
    found = [
        rules.search(sheets.get(k) or Sheet(text, text), calls.get(k, 0), any(answers[k][-2:]))
        for k, text in enumerate(texts)
    ]
    answered = iter(anchor.begin_many([e.question for each in found for e in each if isinstance(e, anchor.Open)]))
    for k, each in enumerate(found):
        closed = [e for x in each for e in (x.then(next(answered)) if isinstance(x, anchor.Open) else (x,))]
        kept = (e for e in closed if e.rule not in options.disable and e.confidence >= options.min_confidence)
        flags = rules.flags(texts[k], calls.get(k, 0))
        yield StageEdits(STAGE, _disjoint(kept), {"flags": flags} if flags else {})


def _disjoint(edits: Iterable[Edit]) -> list[Edit]:
    """Sorted edits; where two overlap, the earlier in the input stays."""
    ranked = sorted(enumerate(edits), key=lambda pair: (pair[1].start, pair[1].end))
    kept: list[tuple[int, Edit]] = []
    for rank, edit in ranked:
        while kept and kept[-1][1].end > edit.start and kept[-1][0] > rank:
            kept.pop()
        if not kept or kept[-1][1].end <= edit.start:
            kept.append((rank, edit))
    return [edit for _, edit in kept]
