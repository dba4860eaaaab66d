"""The normalize stage: characters that are not what the author wrote. One module per family, one name per rule.

Rules stand in order of trust: where two want the same characters the earlier one has them, and the search is repeated
on the result until nothing more is found (an entity may hide a tag, a tag a full-width letter).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import compress

from cleantext.edits import apply, compose
from cleantext.normalize import characters, invisible, markup, mojibake, phrases, pinyin, radicals, script, spacing
from cleantext.normalize.rule import Rule, Sheet, disjoint
from cleantext.presence import Probe, bind
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


@cache
def _probe() -> Probe:
    """One look at a text for all rules and flags; the rules' answers come first."""
    return Probe([*(rule.want() for rule in RULES), *mojibake.flag_wants()])


def find(page: Page, options: Options) -> StageEdits:
    """Find the normalize edits of a page."""
    return find_many([page], options)[0]


def find_many(pages: Sequence[Page], options: Options) -> list[StageEdits]:
    """The normalize edits of each of several pages."""
    sheets = [Sheet(page.text) for page in pages]
    facts: list[dict[str, object]] = [{} for _ in pages]
    trails: list[list[TracedEdit]] = [[] for _ in pages]
    active = list(range(len(pages)))
    for turn in range(MAX_ROUNDS):
        answers = _probe().ask(bind([sheets[k].text for k in active])).tolist()
        changed = []
        for k, answer in zip(active, answers, strict=True):
            called, (lost, shifted, uncommon) = answer[: len(RULES)], answer[len(RULES) :]
            if not turn and (lost or (shifted and uncommon)) and (flags := mojibake.flags(sheets[k])):
                facts[k]["flags"] = flags
            found = disjoint(_search(sheets[k], called, options))
            if found:
                trails[k] = compose(pages[k].text, trails[k], [TracedEdit(STAGE, edit) for edit in found])
                sheets[k] = Sheet(apply(sheets[k].text, found))
                changed.append(k)
        if not changed:
            break
        active = changed
    return [StageEdits(STAGE, [t.edit for t in trail], fact) for trail, fact in zip(trails, facts, strict=True)]


def _search(sheet: Sheet, called: Sequence[bool], options: Options) -> Iterator[Edit]:
    """What the enabled rules find on this text; `called`: for each rule whether the text holds what it needs."""
    for rule in compress(RULES, called):
        if rule.name in options.disable:
            continue
        for edit in rule.find(sheet):
            if edit.confidence >= options.min_confidence:
                yield edit
    if options.script == "simplified" and script.RULE not in options.disable and not sheet.text.isascii():
        yield from script.edits(sheet.text)
