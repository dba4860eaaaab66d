"""What a rule of this stage is: a name, the characters that it needs, and a function that finds edits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cleantext.han import common, traditional
from cleantext.records import Edit

# Signs of a page about markup or programs: there entities, tags and odd letters are the subject.
TECHNICAL_RE = re.compile(
    r"```|`[^`\n]+`|</?(?:html|head|body|script|style|meta)\b|(?i:\b(?:html5?|xml|css|javascript|jquery|xss|dom)\b)"
    r"|标签|元素|标记|转义|实体|代码|源码|字符集|浏览器"
)


SHORT = 500  # characters; below, the set of a text is made faster without a table of all characters


@dataclass(frozen=True)
class Sheet:
    """A text under examination and what several rules ask of it, computed once."""

    text: str

    @cached_property
    def chars(self) -> frozenset[str]:
        """The distinct characters."""
        if len(self.text) < SHORT:
            return frozenset(self.text)
        codes = np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), "<u4")
        seen = np.zeros(max(int(codes.max()) + 1, 1 << 16), bool)
        seen[codes] = True
        return frozenset(seen.nonzero()[0].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass"))

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
        found = self.chars & traditional()
        return len(found) > 5 and sum(map(self.text.count, found)) * 100 > 3 * len(self.text)


@dataclass(frozen=True)
class Rule:
    """One kind of repair. `triggers`: at least one of these characters must occur (cheap test before any search)."""

    name: str
    triggers: frozenset[str]
    find: Callable[[Sheet], Iterable[Edit]]


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
