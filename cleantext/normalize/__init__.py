"""The normalize stage: characters that are not what the author wrote. One module per family, one name per rule.

Rules stand in order of trust: where two want the same characters the earlier one has them, and the search is repeated
on the result until nothing more is found (an entity may hide a tag, a tag a full-width letter).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from cleantext import sieve
from cleantext.edits import apply, compose
from cleantext.records import Edit, Options, Page, StageEdits, TracedEdit

if TYPE_CHECKING:
    from cleantext.normalize.rule import Sheet
    from cleantext.presence import Probe

STAGE = "normalize"
MAX_ROUNDS = 6  # each round needs what the last one uncovered; nested escapes need three


@cache
def _probe() -> Probe:
    """One look at a text for all rules, then for the flags "lost", "shifted" and "uncommon" (`mojibake.flag_wants`)."""
    from cleantext.presence import Probe

    return Probe.load(STAGE)


def find(page: Page, options: Options) -> StageEdits:
    """Find the normalize edits of a page."""
    return find_many([page], options)[0]


def find_many(pages: Sequence[Page], options: Options) -> list[StageEdits]:
    """The normalize edits of each of several pages."""
    if options.script == "keep" and sieve.spares(STAGE, pages):
        return [StageEdits(STAGE, [])]
    answers = _ask([page.text for page in pages])
    asked = [k for k, answer in enumerate(answers) if any(answer) or options.script != "keep"]
    found = [StageEdits(STAGE, [])] * len(pages)
    if asked:
        from cleantext.normalize import mojibake
        from cleantext.normalize.rule import Sheet

        sheets = [Sheet(pages[k].text) for k in asked]
        called = [answers[k] for k in asked]
        flags = [
            mojibake.flags(sheet) if _flagged(*answer[-3:]) else ()
            for sheet, answer in zip(sheets, called, strict=True)
        ]
        for k, flag, edits in zip(asked, flags, _edits(sheets, called, options), strict=True):
            found[k] = StageEdits(STAGE, edits, {"flags": flag} if flag else {})
    return found


def _ask(texts: Sequence[str]) -> list[list[bool]]:
    answers: list[list[bool]] = _probe().ask(texts).tolist()
    return answers


def _flagged(lost: bool, shifted: bool, uncommon: bool) -> bool:
    """Whether the text may deserve a flag, by the probe's answers."""
    return lost or (shifted and uncommon)


def _edits(sheets: Sequence[Sheet], answers: Sequence[list[bool]], options: Options) -> list[list[Edit]]:
    """The edits of several texts; `answers` are the probe's. Those that were changed are searched again."""
    from cleantext.normalize.rule import Sheet, disjoint

    trails: list[list[TracedEdit]] = [[] for _ in sheets]
    going = [*zip(range(len(sheets)), sheets, answers, strict=True)]
    for _ in range(MAX_ROUNDS):
        changed = []
        searched = _search([sheet for _, sheet, _ in going], [answer for _, _, answer in going], options)
        for (number, sheet, _), candidates in zip(going, searched, strict=True):
            found = disjoint(candidates)
            if found:
                later = [TracedEdit(STAGE, edit) for edit in found]
                trails[number] = compose(sheets[number].text, trails[number], later)
                changed.append((number, apply(sheet.text, found)))
        if not changed:
            break
        again = _ask([text for _, text in changed])
        going = [(number, Sheet(text), answer) for (number, text), answer in zip(changed, again, strict=True)]
    return [[traced.edit for traced in trail] for trail in trails]


def _search(sheets: Sequence[Sheet], answers: Sequence[list[bool]], options: Options) -> list[list[Edit]]:
    """What the enabled rules find in each text; `answers`: for each rule whether the text holds what it needs."""
    from cleantext.normalize import script
    from cleantext.normalize.rules import RULES

    found: list[list[Edit]] = [[] for _ in sheets]
    for number, rule in enumerate(RULES):
        called = [k for k, answer in enumerate(answers) if answer[number]]
        if not called or rule.name in options.disable:
            continue
        for k, edits in zip(called, rule.edits([sheets[k] for k in called]), strict=True):
            found[k] += (edit for edit in edits if edit.confidence >= options.min_confidence)
    if options.script == "simplified" and script.RULE not in options.disable:
        for sheet, edits in zip(sheets, found, strict=True):
            edits += script.edits(sheet.text) if not sheet.text.isascii() else ()
    return found
