"""From probabilities to verdicts: which lines go, under which rule, and why, in words that a reader can check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome.layout import FINAL, Layout
from cleantext.chrome.lexicon import FAMILIES, Hits, Lexicon, bit

BOILERPLATE: Final = "boilerplate"
# Headings whose list or thread below them takes their family when its lines show no family of their own.
_OPENERS: Final = ("navigation", "comment", "share", "ad", "footer", "metadata", "login")
_HEADING_SIZE: Final = 30  # visible characters; headings of lists and threads are shorter
_SURE: Final = sum(bit(family) for family in FAMILIES)
_LONGEST: Final = 1 << 10  # longer than any phrase: orders hits by tier first, then by length


@dataclass(frozen=True, slots=True)
class Verdict:
    """A line to drop: its index among the non-blank lines, the rule, the reason, the probability."""

    line: int
    rule: str
    reason: str
    chance: float


def judge(
    page: Layout, hits: Hits, lexicon: Lexicon, chances: NDArray[np.float32], least: float
) -> list[Verdict]:
    """The verdicts on all lines whose probability of being chrome is at least `least`, from top to bottom."""
    lines = np.flatnonzero(chances >= least)
    if not len(lines):
        return []
    best = _best_hits(hits, lexicon, len(chances))
    found: list[Verdict] = []
    heading: tuple[int, str, str] = (-9, "", "")  # last line of the block, its family, its phrase
    for line in lines.tolist():
        rule, reason = BOILERPLATE, ""
        if best[line] >= 0:
            phrase = lexicon.phrases[hits.phrases[best[line]]]
            mask = int(hits.masks[best[line]])
            sure = mask & _SURE
            rule = FAMILIES[((sure or mask) & -(sure or mask)).bit_length() - 1 >> 1]
            reason = f"{rule} phrase {phrase.strip()!r}"
            if sure and rule in _OPENERS and page.size[line] <= _HEADING_SIZE:
                heading = (line, rule, phrase.strip())
            elif not sure and heading[0] == line - 1:
                rule, reason = heading[1], f"in the block under {heading[2]!r}"
                heading = (line, heading[1], heading[2])
        elif heading[0] == line - 1:
            rule, reason = heading[1], f"in the block under {heading[2]!r}"
            heading = (line, heading[1], heading[2])
        if rule == BOILERPLATE:
            reason = _shape(page, chances, line)
        found.append(Verdict(line, rule, reason, float(chances[line])))
    return found


def _best_hits(hits: Hits, lexicon: Lexicon, count: int) -> NDArray[np.int64]:
    """Per line the index of its most telling hit (sure before hint, then the longest phrase), or -1."""
    best = np.full(count, -1, np.int64)
    if len(hits.lines):
        length = lexicon.lengths[hits.phrases]
        worth = np.where(hits.masks & _SURE, _LONGEST, 0) + length
        order = np.argsort(worth, kind="stable")
        best[hits.lines[order]] = order  # the last write to a line wins: the worthiest hit
    return best


def _shape(page: Layout, chances: NDArray[np.float32], line: int) -> str:
    """The plainest reason for a line without telling words: where it stands and what it looks like."""
    body = np.flatnonzero(chances < 0.5)
    look = "a line" if page.counts[line, FINAL] else "an unpunctuated line"
    look += f" of {page.size[line]} characters"
    if not len(body):
        return f"{look} on a page without article text"
    if line < body[0]:
        return f"{look}, {body[0] - line} lines above the article"
    if line > body[-1]:
        return f"{look}, {line - body[-1]} lines below the article"
    return f"{look} among other removed lines" if _in_run(chances, line) else f"{look} foreign to the text around it"


def _in_run(chances: NDArray[np.float32], line: int) -> bool:
    return bool(np.mean(chances[max(0, line - 1) : line + 2] >= 0.5) > 0.5)
