"""The rules of the inline stage and the words that call them, imported only when they may have something to do.

`python -m cleantext.inline.rules` makes `data/inline/probe.*` anew, which says when that is: after every change of the
alarms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cleantext.inline import address, brand, contact, lure, note, novel, source, title
from cleantext.inline.anchor import Open
from cleantext.inline.sheet import Sheet
from cleantext.inline.words import words
from cleantext.matcher import Matcher
from cleantext.presence import Probe, Want
from cleantext.records import Edit


@dataclass(frozen=True)
class Rule:
    """One kind of cut. `alarms` names the word list of which one must occur (one search for all rules)."""

    name: str
    alarms: str
    find: Callable[[Sheet], Iterable[Edit | Open]]


RULES: tuple[Rule, ...] = (
    Rule(novel.NAME, "novel-alarm", novel.addresses),
    Rule(lure.BRACKETED, "bracket-alarm", lure.bracketed),
    Rule(contact.NAME, "clause-alarm", contact.clauses),
    Rule(note.NAME, "note-alarm", note.notes),
    Rule(source.SOURCE, "source-alarm", source.sources),
    Rule(source.COUNTER, "counter-alarm", source.counters),
    Rule(address.NAME, "web-alarm", address.addresses),
    Rule(brand.BRAND, "brand-alarm", brand.brackets),
)


@cache
def _alarms() -> tuple[Matcher, NDArray[np.uint8]]:
    """The matcher of all alarms, and per alarm a bit for each rule that it calls."""
    every = sorted({word for rule in RULES for word in words(rule.alarms)})
    called = [sum(1 << k for k, rule in enumerate(RULES) if word in words(rule.alarms)) for word in every]
    return Matcher.build(every), np.array(called, np.uint8)


def called(texts: Sequence[str]) -> list[int]:
    """Per text a bit for each rule whose alarms occur."""
    matcher, called = _alarms()
    number, alarm, _, _ = matcher.find_in(texts)
    rang = np.zeros(len(texts), np.uint8)
    np.bitwise_or.at(rang, number, called[alarm])
    calls: list[int] = rang.tolist()
    return calls


def search(sheet: Sheet, calls: int, titled: bool) -> list[Edit | Open]:
    """What the rules called find, in order of trust; `titled`: whether a title may have something added."""
    found: list[Edit | Open] = [*title.edits(sheet)] if titled else []
    for bit, rule in enumerate(RULES):
        if calls >> bit & 1:
            found += rule.find(sheet)
    return found


def flags(text: str, calls: int) -> tuple[str, ...]:
    """What a person should look at, since no cut can mend it."""
    called = calls >> len(RULES) - 1 & 1  # the rule of brands is the last one
    return (brand.FLAG,) if called and brand.stuffed(text) else ()


def probe() -> Probe:
    """What the alarms of each rule begin with, then what the titles' rules need."""
    wants = [Want.words(rule.name, words(rule.alarms)) for rule in RULES]
    signs = "".join({*title.SEPARATORS, *(sign for sign in title.PREFIX_SIGNS if len(sign) == 1)})
    labels = [sign for sign in title.PREFIX_SIGNS if len(sign) > 1]
    return Probe.build([*wants, Want("title signs", (signs,)), Want.words("title labels", labels)])


if __name__ == "__main__":
    probe().save(Path(__file__).parent.parent / "data" / "inline")
