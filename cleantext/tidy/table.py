"""The lines of many texts as arrays: where each begins and ends, and what it may hold for the stage.

The flags may say yes for nothing, but never no where the stage would find something; most pages are let off by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleantext.presence import Codes, Part, parts
from cleantext.tidy.layout import BAR_OR_TAB, GAP, STARTS, TAILS
from cleantext.tidy.wrap import FULL_LINES, FULL_SHARE, NARROWEST, SLACK_ABOVE, SLACK_BELOW, WIDER_SHARE

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

_SPACE, _STRAY, _START, _TAIL, _CELL, _BLANK = 1, 2, 4, 8, 16, 32
_LIMIT = 1 << 16  # all code points from here on share one entry
_WIDE = 0x80
# All decimal digits lie there, among letters.
_DIGITS = (slice(0x30, 0x3A), slice(0x660, 0x1C5A), slice(0xA620, 0xABFA), slice(0xFF10, 0xFF1A), slice(_LIMIT, None))


@cache
def _kinds(stray: str) -> NDArray[np.uint8]:
    """By code point: white space, what a line must not begin with, and what a line of code or a table may begin with,
    end with or hold.
    """
    table = np.zeros(_LIMIT + 1, np.uint8)
    table[[code for code in range(0x3001) if chr(code).isspace()]] = _SPACE | _START
    for digits in _DIGITS:
        table[digits] |= _START
    table[[ord(char) for char in STARTS]] |= _START
    for bit, members in ((_STRAY, stray), (_TAIL, TAILS), (_CELL, BAR_OR_TAB), (_BLANK, GAP[0])):
        table[[ord(char) for char in members]] |= bit
    return table


class Table(NamedTuple):
    """The lines of several texts, in their order; offsets are those of the text.

    [start, end) is the line without its ending, [start, stop) all of it; `text` the number of its text.
    """

    text: Ints
    start: Ints
    end: Ints
    stop: Ints
    wide: Ints  # characters outside ASCII
    written: Flags  # it is not blank
    stray: Flags  # it begins with a stray space
    trailing: Flags  # it ends in white space
    laid_out: Flags  # it may be one of Markdown, code or a table

    def of(self, number: int) -> Table:
        """The lines of one of the texts."""
        lines = slice(*self.text.searchsorted((number, number + 1)).tolist())
        return Table._make(column[lines] for column in self)


def lines_of(texts: Sequence[str], stray: str) -> Table:
    """The lines of several texts; `stray` are the characters that a line must not begin with."""
    tables = [_lines(part, stray) for part in parts(texts, whole_lines=True)]
    return Table._make(map(np.concatenate, zip(*tables, strict=True))) if len(tables) > 1 else tables[0]


def _lines(part: Part, stray: str) -> Table:
    sheaf = part.sheaf
    codes = sheaf.codes
    kind = _kinds(stray).take(codes, mode="clip")
    behind = _line_ends(codes, sheaf.end)  # the last character of each line end
    start = np.empty_like(behind)
    start[0], start[1:] = 0, behind[:-1] + 1
    text = sheaf.end.searchsorted(behind)
    real = behind != sheaf.end[text]  # the others end at a separator: the last line, without a line end of its own
    end = behind - ((codes[behind] == 10) & (codes[behind - 1] == 13) & real & (behind > start))
    filled = end > start
    first, last = kind[np.minimum(start, len(kind) - 1)], kind[end - 1]
    ascii_signs = np.add.reduceat(codes < _WIDE, start, dtype=np.int32) - (behind + 1 - end)  # without line ends
    laid_out = filled & ((first & _START > 0) | (last & _TAIL > 0))
    blanks = kind & _BLANK > 0
    gaps = blanks[:-2] & blanks[1:-1] & blanks[2:]
    for places in ((kind & _CELL != 0).nonzero()[0], gaps.nonzero()[0]):
        laid_out[behind.searchsorted(places)] = True
    found = Table(
        text + part.first,
        start + (shift := part.begin - sheaf.start[text]),
        end + shift,
        behind + real + shift,
        end - start - ascii_signs,
        np.logical_or.reduceat(kind & _SPACE == 0, start),  # line ends are white space
        filled & (first & _STRAY > 0),
        filled & (last & _SPACE > 0),
        laid_out,
    )
    kept = filled | real
    return found if kept.all() else Table._make(column[kept] for column in found)


def _line_ends(codes: Codes, ends: Ints) -> Ints:
    """The last character of each line end, separators included."""
    breaks = codes == 10
    crossed = codes[:-1] == 13
    if crossed.any():
        inner = breaks[1:].copy()
        inner[ends - 1] = False  # a return at the end of a text: the separator behind it is not part of it
        breaks[:-1] |= crossed & ~inner
    places: Ints = breaks.nonzero()[0]
    return places


class Needs(NamedTuple):
    """Per text what may be found in it: each finder of the stage needs one of these."""

    blank: list[bool]  # more than so many blank lines in a row, or one at an edge
    spaces: list[bool]  # a line that begins with a stray space or ends in white space
    wrapped: list[bool]  # lines that may be cut at one width
    last_end: list[bool]  # a last line without a line end, behind others


def needs(lines: Table, texts: int, blank_lines: int) -> Needs:
    """What may be found in each of so many texts."""
    text = lines.text
    edges = lines.stray | lines.trailing
    open_end = (lines.stop == lines.end) & (lines.start > 0)
    marks = [
        _blank_runs(text, lines.written, blank_lines),
        text[edges],
        _wrapped(text, lines.end - lines.start + lines.wide, texts),
        text[open_end],
    ]
    found = np.zeros((len(marks), texts), bool)
    for row, mark in zip(found, marks, strict=True):
        row[mark] = True
    found[2] |= found[1]  # widths are counted without the spaces at the ends of lines
    return Needs(*found.tolist())


def _blank_runs(text: Ints, written: Flags, most: int) -> Ints:
    """The texts with a blank line first or last, or more than `most` in a row; one number for each line."""
    if written.all():
        return text[:0]
    new = np.append(True, text[1:] != text[:-1])
    here = np.arange(len(text))
    since = here - np.maximum.accumulate(np.where(written | new, here, 0))
    found: Ints = text[(~written & (new | np.append(new[1:], True))) | (since > most)]
    return found


def _wrapped(text: Ints, widths: Ints, texts: int) -> Ints:
    """The texts of which FULL_SHARE of the wide lines may end at one margin, and no more than WIDER_SHARE beyond it.

    `widths`: columns of each line, as `wrap` counts them where no spaces end a line. Then the widest line but for that
    share, and the one in the middle, lie within the slack around one margin.
    """
    wide = widths >= NARROWEST
    text, widths = text[wide], widths[wide]
    widths = widths[np.lexsort((widths, text))]
    number = np.bincount(text, minlength=texts)
    last = number.cumsum() - 1
    asked = (number >= FULL_LINES).nonzero()[0]
    number, last = number[asked], last[asked]
    top = widths[last - np.floor(WIDER_SHARE * number).astype(np.int64)]
    middle = widths[last + 1 - np.ceil(FULL_SHARE * number).astype(np.int64)]
    found: Ints = asked[top - middle <= SLACK_ABOVE + SLACK_BELOW]
    return found
