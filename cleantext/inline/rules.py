"""The rules of the inline stage and the words that call them, imported only when they may have something to do.

`python -m cleantext.inline.rules` makes `data/inline/probe.*` anew, which says when that is: after every change of the
alarms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ahocorasick_rs import AhoCorasick

from cleantext.han import encodable
from cleantext.inline import address, contact, lure, novel, source, title
from cleantext.inline.sheet import Sheet
from cleantext.inline.words import words
from cleantext.presence import Probe, Want
from cleantext.records import Edit


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


def called(text: str) -> frozenset[str]:
    """The rules whose alarms occur."""
    automaton, called = _alarms()
    rang = {row for row, _, _ in automaton.find_matches_as_indexes(encodable(text), overlapping=True)}
    return frozenset().union(*(called[row] for row in rang))


def probe() -> Probe:
    """What the alarms of each rule begin with, then what the titles' rules need."""
    wants = [Want.words(rule.name, words(rule.alarms)) for rule in RULES]
    signs = "".join({*title.SEPARATORS, *(sign for sign in title.PREFIX_SIGNS if len(sign) == 1)})
    labels = [sign for sign in title.PREFIX_SIGNS if len(sign) > 1]
    return Probe.build([*wants, Want("title signs", (signs,)), Want.words("title labels", labels)])


if __name__ == "__main__":
    probe().save(Path(__file__).parent.parent / "data" / "inline")
