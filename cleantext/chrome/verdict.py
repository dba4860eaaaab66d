"""Verdicts in words: under which rule each line goes, and why, in phrases that a reader can check."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome.layout import FINAL, Layout
from cleantext.chrome.lexicon import ARTICLE, FAMILIES, SURE, Hits, Lexicon, bit
from cleantext.chrome.site import Repeats

BOILERPLATE: Final = "boilerplate"
# Headings whose list or thread below them takes their family when its lines show no family of their own.
_OPENERS: Final = frozenset(("navigation", "comment", "share", "ad", "footer", "metadata", "login"))
_HEADING_SIZE: Final = 30  # visible characters; headings of lists and threads are shorter
_THREAD_GAP: Final = 8  # removed lines between two lines of a comment thread, at most
_CHROME: Final = bit(ARTICLE) - 1
_LONGEST: Final = 1 << 10  # longer than any phrase: orders hits by tier first, then by length
_UNNAMED: Final = (BOILERPLATE, "", False)

Named = tuple[str, str, bool]


class Verdict(NamedTuple):
    """A line to drop: its index among the non-blank lines, the rule and the reason."""

    line: int
    rule: str
    reason: str


class _Heading(NamedTuple):
    """The last line of the block being read, its family, and the phrase of the heading that opened it."""

    line: int
    rule: str
    phrase: str


def explain(
    page: Layout, hits: Hits, lexicon: Lexicon, dropped: NDArray[np.bool_], repeats: Repeats | None = None
) -> list[Verdict]:
    """The verdicts on the dropped lines, from top to bottom."""
    named = _named(hits, lexicon, dropped)
    shape = _Shape(page, dropped)
    sizes = page.size.tolist()
    found: list[Verdict] = []
    heading = _Heading(-9, BOILERPLATE, "")
    for line in np.flatnonzero(dropped).tolist():
        rule, phrase, sure = named.get(line, _UNNAMED)
        if sure:
            reason = f"{rule} phrase {phrase!r}"
            if rule in _OPENERS and sizes[line] <= _HEADING_SIZE:
                heading = _Heading(line, rule, phrase)
        elif heading.line == line - 1:
            rule, reason = heading.rule, f"in the block under {heading.phrase!r}"
            heading = _Heading(line, rule, heading.phrase)
        elif phrase:
            reason = f"{rule} word {phrase!r}, {shape.words(line)}"
        else:
            reason = shape.words(line)
        found.append(Verdict(line, rule, reason))
    found = _join_threads(found, named)
    if repeats is None:
        return found
    on = [f", on {seen} of {repeats.pages} pages of this site" if seen else "" for seen in repeats.seen.tolist()]
    return [Verdict(line, rule, reason + on[line]) for line, rule, reason in found]


def _named(hits: Hits, lexicon: Lexicon, dropped: NDArray[np.bool_]) -> dict[int, Named]:
    """Per dropped line its most telling hit (sure before hint, then the longest): family, phrase, whether sure."""
    chosen = (((hits.masks & _CHROME) > 0) & dropped[hits.lines]).nonzero()[0]
    worth = ((hits.masks[chosen] & SURE) > 0) * _LONGEST + lexicon.lengths[hits.phrases[chosen]]
    chosen = chosen[worth.argsort(kind="stable")]
    lines = hits.lines[chosen].tolist()
    rows = zip(hits.masks[chosen].tolist(), hits.phrases[chosen].tolist(), strict=True)
    best = dict(zip(lines, rows, strict=True))  # the last hit of a line wins: the worthiest
    out = {}
    for line, (mask, phrase) in best.items():
        kind = mask & SURE or mask & _CHROME
        family = FAMILIES[(kind & -kind).bit_length() - 1 >> 1]
        out[line] = (family, lexicon.phrases[phrase].strip(), bool(mask & SURE))
    return out


def _join_threads(found: list[Verdict], named: dict[int, Named]) -> list[Verdict]:
    """Give unnamed lines between two comment lines of one thread their family: replies have no words of their own."""
    marks = [n for n, item in enumerate(found) if item.rule == "comment" and item.line in named]
    for low, high in zip(marks, marks[1:], strict=False):
        if 1 < high - low <= _THREAD_GAP and found[high].line - found[low].line <= 2 * _THREAD_GAP:
            ends = [named[found[n].line][1] for n in (low, high)]
            for n in range(low + 1, high):
                if found[n].rule in (BOILERPLATE, "metadata"):
                    reason = f"between the comment lines {ends[0]!r} and {ends[1]!r}"
                    found[n] = Verdict(found[n].line, "comment", reason)
    return found


class _Shape:
    """The plainest reasons for lines without telling words: where they stand and what they look like."""

    def __init__(self, page: Layout, dropped: NDArray[np.bool_]) -> None:
        body = np.flatnonzero(~dropped).tolist()
        self.first, self.last = (body[0], body[-1]) if body else (-1, -1)
        self.sizes = page.size.tolist()
        self.final = page.counts[:, FINAL].tolist()
        self.dropped = dropped.tolist()

    def words(self, line: int) -> str:
        look = f"{'a' if self.final[line] else 'an unpunctuated'} line of {self.sizes[line]} characters"
        if self.first < 0:
            return f"{look} on a page without article text"
        if line < self.first:
            return f"{look}, {self.first - line} lines above the article"
        if line > self.last:
            return f"{look}, {line - self.last} lines below the article"
        run = self.dropped[line - 1] or self.dropped[line + 1]
        return f"{look} among other removed lines" if run else f"{look} foreign to the text around it"
