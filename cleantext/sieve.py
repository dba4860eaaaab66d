"""Whether one short text can hold anything for a stage at all: the tables of `presence.Probe`, asked without numpy.

Importing numpy takes longer than all the rest of cleaning a few words. A text that gets through here goes the usual
way; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal

from cleantext.records import Page

SHORT: Final = 64  # characters; longer texts take the usual way, which then costs less
LIMIT: Final = 1 << 16  # all code points from here on share one entry
PAIR_BITS: Final = 16  # log2 of the entries of the table of pairs
FACTORS: Final = 0x9E3779B1, 0x85EBCA77  # of the hash of a pair

_TABLES: Final = 3  # by first character, by next character, by hashed pair
_HEADER: Final = 10  # bytes of an .npy file before its header
_ITEMS: Final[dict[int, Literal["B", "H", "I"]]] = {1: "B", 2: "H", 4: "I"}


def spares(area: str, pages: Sequence[Page]) -> bool:
    """Whether the pages are one short text in which no rule of the area can find anything."""
    return len(pages) == 1 and len(pages[0].text) <= SHORT and not holds(area, pages[0].text)


def holds(area: str, text: str) -> bool:
    """Whether a text holds what some rule of the area cannot do without."""
    least, (first, then, pairs) = _probe(area)
    counts = [0] * len(least)
    codes = [*map(ord, text), ord("\n")]
    for one, two in pairwise(codes):
        bits = first[min(one, LIMIT)] & then[min(two, LIMIT)]
        if bits:
            bits &= pairs[_hashed(one, two)]
        while bits:
            lowest = bits & -bits
            counts[lowest.bit_length() - 1] += 1
            bits ^= lowest
    return any(count >= enough for count, enough in zip(counts, least, strict=True))


def _hashed(one: int, two: int) -> int:
    return ((one * FACTORS[0] + two) * FACTORS[1] & 0xFFFFFFFF) >> (32 - PAIR_BITS)


@cache
def _probe(area: str) -> tuple[list[int], list[memoryview]]:
    """How many places each want takes, and the tables."""
    folder = Path(__file__).parent / "data" / area
    rows = (folder / "probe.tsv").read_text(encoding="utf-8").splitlines()
    data = memoryview((folder / "probe.npy").read_bytes())
    data = data[_HEADER + int.from_bytes(data[_HEADER - 2 : _HEADER], "little") :]
    size = len(data) // _TABLES
    items = data.cast(_ITEMS[size // (LIMIT + 1)])
    tables = [items[at : at + LIMIT + 1] for at in range(0, len(items), LIMIT + 1)]
    return [int(row.split("\t")[1]) for row in rows], tables
