"""The inline stage: what was put into the middle of a line. The sentence around it stays, and stays grammatical."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from cleantext.presence import Probe, bind
from cleantext.records import Edit, Options, Page, StageEdits

STAGE = "inline"


@cache
def _probe() -> Probe:
    """For each rule, whether one of its alarms may occur; then whether a title may have something added."""
    return Probe.load("inline")


def find(page: Page, options: Options) -> StageEdits:
    """Find the inline edits of a page."""
    return find_many([page], options)[0]


def find_many(pages: Sequence[Page], options: Options) -> list[StageEdits]:
    """The inline edits of each of several pages."""
    answers = _probe().ask(bind([page.text for page in pages])).tolist()
    return [
        StageEdits(STAGE, _disjoint(_search(page.text, answer, options)) if any(answer) else [])
        for page, answer in zip(pages, answers, strict=True)
    ]


def _search(text: str, answer: list[bool], options: Options) -> Iterator[Edit]:
    """What the enabled rules find, in order of trust; `answer` is the probe's."""
    from cleantext.inline import title
    from cleantext.inline.rules import RULES, called
    from cleantext.inline.sheet import Sheet

    sheet = Sheet(text)
    names = called(text) if any(answer[:-2]) else frozenset()
    found: list[Edit] = list(title.edits(sheet)) if any(answer[-2:]) else []
    for rule in RULES:
        if rule.name in names:
            found += rule.find(sheet)
    for edit in found:
        if edit.rule not in options.disable and edit.confidence >= options.min_confidence:
            yield edit


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
