"""The normalize stage: characters that are not what the author wrote. One module per family, one name per rule.

Rules stand in order of trust: where two want the same characters the earlier one has them, and the search is repeated
on the result until nothing more is found (an entity may hide a tag, a tag a full-width letter).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import compress
from typing import TYPE_CHECKING

from cleantext.edits import apply, compose
from cleantext.presence import Probe, bind
from cleantext.records import Edit, Options, Page, StageEdits, TracedEdit

if TYPE_CHECKING:
    from cleantext.normalize.rule import Sheet

STAGE = "normalize"
MAX_ROUNDS = 6  # each round needs what the last one uncovered; nested escapes need three


@cache
def _probe() -> Probe:
    """One look at a text for all rules, then for the flags "lost", "shifted" and "uncommon" (`mojibake.flag_wants`)."""
    return Probe.load("normalize")


def find(page: Page, options: Options) -> StageEdits:
    """Find the normalize edits of a page."""
    return find_many([page], options)[0]


def find_many(pages: Sequence[Page], options: Options) -> list[StageEdits]:
    """The normalize edits of each of several pages."""
    answers = _probe().ask(bind([page.text for page in pages])).tolist()
    return [_find(page, answer, options) for page, answer in zip(pages, answers, strict=True)]


def _find(page: Page, answer: list[bool], options: Options) -> StageEdits:
    """The edits of one page; `answer` is the probe's."""
    if not any(answer) and options.script == "keep":
        return StageEdits(STAGE, [])
    from cleantext.normalize import mojibake
    from cleantext.normalize.rule import Sheet, disjoint

    sheet = Sheet(page.text)
    lost, shifted, uncommon = answer[-3:]
    flags = mojibake.flags(sheet) if lost or (shifted and uncommon) else ()
    trail: list[TracedEdit] = []
    for _ in range(MAX_ROUNDS):
        found = disjoint(_search(sheet, answer, options))
        if not found:
            break
        trail = compose(page.text, trail, [TracedEdit(STAGE, edit) for edit in found])
        sheet = Sheet(apply(sheet.text, found))
        (answer,) = _probe().ask(bind([sheet.text])).tolist()
    return StageEdits(STAGE, [traced.edit for traced in trail], {"flags": flags} if flags else {})


def _search(sheet: Sheet, called: Sequence[bool], options: Options) -> Iterator[Edit]:
    """What the enabled rules find on this text; `called`: for each rule whether the text holds what it needs."""
    from cleantext.normalize import script
    from cleantext.normalize.rules import RULES

    for rule in compress(RULES, called):
        if rule.name in options.disable:
            continue
        for edit in rule.find(sheet):
            if edit.confidence >= options.min_confidence:
                yield edit
    if options.script == "simplified" and script.RULE not in options.disable and not sheet.text.isascii():
        yield from script.edits(sheet.text)
