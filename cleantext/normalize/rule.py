"""What a rule of this stage is: a name, the characters that it needs, and a function that finds edits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from cleantext.han import common, traditional
from cleantext.presence import STRETCH, Chars, Want
from cleantext.records import Edit

# Signs of a page about markup or programs: there entities, tags and odd letters are the subject.
TECHNICAL_RE = re.compile(
    r"```|`[^`\n]+`|</?(?:html|head|body|script|style|meta)\b|(?i:\b(?:html5?|xml|css|javascript|jquery|xss|dom)\b)"
    r"|标签|元素|标记|转义|实体|代码|源码|字符集|浏览器"
)


SHORT = 4000  # characters; below, the set of a text is made faster without a table of all characters


@dataclass(frozen=True)
class Sheet:
    """A text under examination and what several rules ask of it, computed once."""

    text: str

    @cached_property
    def chars(self) -> frozenset[str]:
        """The distinct characters."""
        if len(self.text) < SHORT:
            return frozenset(self.text)
        lows = range(0, len(self.text), STRETCH)
        return frozenset[str]().union(*(_distinct(self.text[low : low + STRETCH]) for low in lows))

    @cached_property
    def uncommon(self) -> frozenset[str]:
        """The distinct Han of the basic block and extension A that are not among the 3,500 commonest."""
        return frozenset(c for c in self.chars - common() if "\u3400" <= c <= "\u9fff")

    @cached_property
    def technical(self) -> bool:
        """Whether the text speaks of markup or programs."""
        return TECHNICAL_RE.search(self.text) is not None

    @cached_property
    def is_traditional(self) -> bool:
        """Whether the text is written in Traditional characters: more than a stray few of them, 3 in 100 characters."""
        table, number = _traditional(), 0
        found: set[int] = set()
        for low in range(0, len(self.text), STRETCH):
            codes = np.frombuffer(self.text[low : low + STRETCH].encode("utf-32-le", "surrogatepass"), "<u4")
            here = codes[table.take(codes, mode="clip")].tolist()
            number += len(here)
            found.update(here)
        return len(found) > 5 and number * 100 > 3 * len(self.text)


@cache
def _traditional() -> NDArray[np.bool_]:
    """By code point whether it is one of `han.traditional`; the last entry stands for all behind."""
    codes = [ord(char) for char in traditional()]
    table = np.zeros(max(codes) + 2, bool)
    table[codes] = True
    return table


def _distinct(text: str) -> str:
    """The distinct characters of a text, each once."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    seen = np.zeros(max(int(codes.max()) + 1, 1 << 16), bool)
    seen[codes] = True
    return seen.nonzero()[0].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


@dataclass(frozen=True)
class Rule:
    """One kind of repair. It is asked only where the characters that it needs occur (see `presence.Want`).

    `triggers`: one of these must stand right before one of `then` (if any) in `least` places. What is read from a
    file is given as a function. `find_many`: the same as `find` for several texts, in one look at all of them.
    """

    name: str
    triggers: tuple[Chars, ...] | Callable[[], tuple[Chars, ...] | Want]
    find: Callable[[Sheet], Iterable[Edit]]
    then: tuple[Chars, ...] | Callable[[], tuple[Chars, ...]] = ()
    least: int = 1
    find_many: Callable[[Sequence[Sheet]], Iterable[Iterable[Edit]]] | None = None

    def edits(self, sheets: Sequence[Sheet]) -> Iterable[Iterable[Edit]]:
        """What is found in each of several texts."""
        return self.find_many(sheets) if self.find_many else map(self.find, sheets)

    def want(self) -> Want:
        """What the text must hold."""
        first = self.triggers() if callable(self.triggers) else self.triggers
        if isinstance(first, Want):
            return first
        return Want(self.name, first, self.then() if callable(self.then) else self.then, self.least)


def uncommon() -> tuple[Chars, ...]:
    """The characters that `Sheet.uncommon` looks for."""
    return (uncommon_points(),)


def uncommon_points() -> NDArray[np.int64]:
    """The same as code points."""
    points = np.arange(0x3400, 0xA000)
    return points[[chr(point) not in common() for point in points.tolist()]]


def edit(match: re.Match[str], after: str, rule: str, reason: str, confidence: float) -> Edit:
    """The edit that puts `after` in place of a whole match."""
    return Edit(match.start(), match.end(), match[0], after, rule, reason, confidence)


def disjoint(edits: Iterable[Edit]) -> list[Edit]:
    """Sorted edits, without those that overlap one that came earlier in the input (rules come in order of trust)."""
    ranked: Sequence[tuple[int, int, int, Edit]] = sorted((e.start, e.end, n, e) for n, e in enumerate(edits))
    kept: list[tuple[int, Edit]] = []
    for _, _, rank, candidate in ranked:
        while kept and kept[-1][1].end > candidate.start and kept[-1][0] > rank:
            kept.pop()
        if not kept or kept[-1][1].end <= candidate.start:
            kept.append((rank, candidate))
    return [candidate for _, candidate in kept]
