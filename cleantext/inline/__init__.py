"""The inline stage: what was put into the middle of a line. The sentence around it stays, and stays grammatical."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import AhoCorasick

from cleantext.han import encodable
from cleantext.inline import address, contact, lure, novel, source, title
from cleantext.inline.sheet import Sheet
from cleantext.inline.words import words
from cleantext.presence import Probe, Want, bind
from cleantext.records import Edit, Options, Page, StageEdits


@dataclass(frozen=True)
class Rule:
    """One kind of cut. `alarms` names the word list of which one must occur (one search for all rules)."""

    name: str
    alarms: str
    find: Callable[[Sheet], Iterable[Edit]]


RULES: tuple[Rule, ...] = (
    Rule(novel.NAME, "novel-alarm", novel.addresses),
    Rule(lure.BRACKETED, "bracket-alarm", lure.bracketed),
    Rule(contact.NAME, "clause-alarm", contact.clauses),
    Rule(source.SOURCE, "source-alarm", source.sources),
    Rule(source.COUNTER, "counter-alarm", source.counters),
    Rule(address.NAME, "web-alarm", address.addresses),
)


@cache
def _alarms() -> tuple[AhoCorasick, list[frozenset[str]]]:
    """The automaton over all alarms, and the rules that each alarm calls."""
    every = sorted({word for rule in RULES for word in words(rule.alarms)})
    return AhoCorasick(every), [frozenset(r.name for r in RULES if word in words(r.alarms)) for word in every]


@cache
def _probe() -> Probe:
    """For each rule, whether one of its alarms may occur."""
    return Probe([Want.words(rule.name, words(rule.alarms)) for rule in RULES])


def find(page: Page, options: Options) -> StageEdits:
    """Find the inline edits of a page."""
    return find_many([page], options)[0]


def find_many(pages: Sequence[Page], options: Options) -> list[StageEdits]:
    """The inline edits of each of several pages."""
    answers = _probe().ask(bind([page.text for page in pages])).tolist()
    called = [_called(page.text) if any(answer) else frozenset() for page, answer in zip(pages, answers, strict=True)]
    return [
        StageEdits("inline", _disjoint(_search(Sheet(page.text), names, options)))
        for page, names in zip(pages, called, strict=True)
    ]


def _called(text: str) -> frozenset[str]:
    """The rules whose alarms occur."""
    automaton, called = _alarms()
    rang = {row for row, _, _ in automaton.find_matches_as_indexes(encodable(text), overlapping=True)}
    return frozenset().union(*(called[row] for row in rang))


def _search(sheet: Sheet, names: frozenset[str], options: Options) -> Iterator[Edit]:
    """What the enabled rules find, in order of trust."""
    found: list[Edit] = list(title.edits(sheet))
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
