"""The normalize stage: characters that are not what the author wrote. One module per family, one name per rule.

Rules stand in order of trust: where two want the same characters the earlier one has them, and the search is repeated
on the result until nothing more is found (an entity may hide a tag, a tag a full-width letter).
"""

from __future__ import annotations

from collections.abc import Iterator

from cleantext.edits import apply, compose
from cleantext.normalize import characters, invisible, markup, mojibake, phrases, pinyin, radicals, script, spacing
from cleantext.normalize.rule import Rule, Sheet, disjoint
from cleantext.records import Edit, Options, Page, StageEdits, TracedEdit

STAGE = "normalize"
MAX_ROUNDS = 6  # each round needs what the last one uncovered; nested escapes need three

RULES: tuple[Rule, ...] = (
    *mojibake.RULES,
    *invisible.RULES,
    invisible.PRIVATE_RULE,
    *markup.RULES,
    *pinyin.RULES,
    *characters.RULES,
    characters.MARTIAN_RULE,
    radicals.RULE,
    phrases.RULE,
    *spacing.RULES,
    spacing.RARE_RULE,
)
TRIGGERS = frozenset().union(*(rule.triggers for rule in RULES))


def find(page: Page, options: Options) -> StageEdits:
    """Find the normalize edits of a page."""
    sheet = Sheet(page.text)
    flags = mojibake.flags(sheet)
    facts: dict[str, object] = {"flags": flags} if flags else {}
    trail: list[TracedEdit] = []
    for _ in range(MAX_ROUNDS):
        found = disjoint(_search(sheet, options))
        if not found:
            break
        trail = compose(page.text, trail, [TracedEdit(STAGE, edit) for edit in found])
        sheet = Sheet(apply(sheet.text, found))
    return StageEdits(STAGE, [traced.edit for traced in trail], facts)


def _search(sheet: Sheet, options: Options) -> Iterator[Edit]:
    """What the enabled rules find on this text."""
    present = TRIGGERS & sheet.chars
    for rule in RULES:
        if rule.name in options.disable or (rule.triggers and rule.triggers.isdisjoint(present)):
            continue
        for edit in rule.find(sheet):
            if edit.confidence >= options.min_confidence:
                yield edit
    if options.script == "simplified" and script.RULE not in options.disable and not sheet.text.isascii():
        yield from script.edits(sheet.text)
