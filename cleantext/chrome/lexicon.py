"""The phrases of site chrome, by family: one pass over a page gives every line its families.

The phrases live in `data/chrome/families.tsv`, whose head explains its columns. A phrase counts for a line only where
its anchor allows: at the start or end of the line, as the whole line, as a word of its own, or anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import compress
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome.layout import Layout
from cleantext.matcher import Matcher
from cleantext.presence import Probe, Want

FAMILIES: Final = (
    "breadcrumb",
    "metadata",
    "navigation",
    "share",
    "comment",
    "captcha",
    "login",
    "ad",
    "contact",
    "footer",
    "disclaimer",
    "credit",
)
ARTICLE: Final = "article"  # phrases that speak for body text
TIERS: Final = ("sure", "hint")
_ALL: Final = (*FAMILIES, ARTICLE)
ANCHORS: Final = ("any", "start", "end", "whole", "token")


class LexiconError(ValueError):
    """A row of the family file is malformed; the message names the row."""


def bit(family: str, tier: str = "sure") -> int:
    """The bit of a family and tier."""
    return 1 << (2 * _ALL.index(family) + TIERS.index(tier))


_CHROME: Final = bit(ARTICLE) - 1  # the bits of all chrome families
SURE: Final = sum(bit(family) for family in FAMILIES)  # the bits of a telling chrome phrase


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The matcher and, per anchor and phrase, a bit mask of what a hit means: bit 2*family + tier."""

    phrases: tuple[str, ...]
    matcher: Matcher
    masks: NDArray[np.int64]  # (anchors, phrases)
    lengths: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hits:
    """Per line: `mask` of families, the share of its characters `covered` by phrases, hits as line, phrase."""

    mask: NDArray[np.int64]
    covered: NDArray[np.float32]
    lines: NDArray[np.int64]
    phrases: NDArray[np.int64]
    masks: NDArray[np.int64]

    def text(self, layout: Layout, number: int) -> Hits:
        """Those of one of the texts of a layout, by the numbers that its lines have there."""
        return self.between(slice(*layout.bound[number : number + 2].tolist()))

    def between(self, lines: slice) -> Hits:
        """Those of a run of lines, by their numbers among these."""
        mine = slice(*self.lines.searchsorted((lines.start, lines.stop)).tolist())
        here = self.lines[mine] - lines.start
        return Hits(self.mask[lines], self.covered[lines], here, self.phrases[mine], self.masks[mine])

    def some(self, lines: NDArray[np.bool_]) -> Hits:
        """Those of some of the lines, by their numbers among these."""
        mine = lines[self.lines].nonzero()[0]
        rank = lines.cumsum() - 1
        return Hits(self.mask[lines], self.covered[lines], rank[self.lines[mine]], self.phrases[mine], self.masks[mine])


def parse(rows: str) -> Lexicon:
    """Build the lexicon from the rows of a family file. Raises LexiconError naming the first bad row."""
    masks: dict[str, list[int]] = {}
    for number, row in enumerate(rows.splitlines(), 1):
        if not row or row.startswith("#"):
            continue
        cells = row.split("\t")
        if len(cells) != 4 or cells[0] not in _ALL or cells[1] not in ANCHORS or cells[2] not in TIERS or not cells[3]:
            raise LexiconError(f"row {number}: expected family, anchor, tier, phrase: {row!r}")
        family, anchor, tier, phrase = cells
        mask = masks.setdefault(phrase, [0] * len(ANCHORS))
        mask[ANCHORS.index(anchor)] |= bit(family, tier)
        if anchor == "whole" and len(phrase) > 1:  # a label by itself hints at chrome in a row of labels
            mask[ANCHORS.index("token")] |= bit(family, "hint")
    phrases = tuple(masks)
    table = np.array([masks[phrase] for phrase in phrases], np.int64).reshape(-1, len(ANCHORS)).T
    lengths = np.array([len(phrase) for phrase in phrases], np.int64)
    return Lexicon(phrases, Matcher.build(phrases), np.ascontiguousarray(table), lengths)


def probe() -> Probe:
    """What a page must hold for any line to be telling; `python -m cleantext.chrome.lexicon` stores it anew."""
    lexicon = shipped()
    telling = np.bitwise_or.reduce(lexicon.masks, 0) & SURE > 0  # source lines are among them
    phrases = [*compress(lexicon.phrases, telling.tolist())]
    signs = tuple(phrase for phrase in phrases if len(phrase) == 1)
    return Probe.build([Want.words("phrases", (phrase for phrase in phrases if len(phrase) > 1)), Want("signs", signs)])


@cache
def shipped() -> Lexicon:
    """The lexicon that comes with the package."""
    return parse((files("cleantext") / "data" / "chrome" / "families.tsv").read_text("utf-8"))


def find_hits(layout: Layout, lexicon: Lexicon) -> Hits:
    """All phrase hits whose anchors hold, gathered per non-blank line."""
    found = [(lines.start, _find_hits(part, lexicon)) for lines, part in layout.stretches()]
    if len(found) == 1:
        return found[0][1]
    mask, covered, phrases, masks = (
        np.concatenate([getattr(hits, name) for _, hits in found]) for name in ("mask", "covered", "phrases", "masks")
    )
    return Hits(mask, covered, np.concatenate([hits.lines + first for first, hits in found]), phrases, masks)


def _find_hits(layout: Layout, lexicon: Lexicon) -> Hits:
    count = len(layout.start)
    phrase, start, end = lexicon.matcher.find(layout.codes)
    none = np.zeros(0, np.int64)
    if not len(phrase):
        return Hits(np.zeros(count, np.int64), np.zeros(count, np.float32), none, none, none)
    line = layout.line_of[start]
    inside = line >= 0
    first, last = layout.first[line], layout.last[line]
    at_start, at_end = start <= first, end >= last
    word = layout.word
    alone = ~(word[start - 1] & (start > first)) & ~(word[np.minimum(end, len(word) - 1)] & (end < last))
    masks = lexicon.masks.take(phrase, 1)
    mask = masks[0]
    mask |= masks[1] * at_start
    mask |= masks[2] * at_end
    mask |= masks[3] * (at_start & at_end)
    mask |= masks[4] * alone
    keep = ((mask > 0) & inside).nonzero()[0]
    if not len(keep):
        return Hits(np.zeros(count, np.int64), np.zeros(count, np.float32), none, none, none)
    phrase, start, end, line, mask = phrase[keep], start[keep], end[keep], line[keep], mask[keep]
    chrome = (mask & _CHROME) > 0
    covered = _covered(layout, start[chrome], end[chrome])
    total = np.zeros(count, np.int64)
    new = np.ones(len(line), bool)
    np.not_equal(line[1:], line[:-1], out=new[1:])
    heads = new.nonzero()[0]
    total[line[heads]] = np.bitwise_or.reduceat(mask, heads)
    return Hits(total, (covered / layout.size).astype(np.float32), line, phrase, mask)


def _covered(layout: Layout, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many visible characters of each line the spans cover."""
    order = start.argsort(kind="stable")
    start, end = start[order], end[order]
    before = np.append(0, np.maximum.accumulate(end)[:-1])  # what the spans so far cover
    size = np.maximum(end - np.maximum(start, before), 0)
    places = np.arange(int(size.sum())) + (end - size.cumsum()).repeat(size)
    return np.bincount(layout.line_of[places[layout.visible[places]]], minlength=len(layout.start))


if __name__ == "__main__":
    probe().save(Path(__file__).parent.parent / "data" / "chrome")
