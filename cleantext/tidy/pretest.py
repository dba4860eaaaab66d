"""What of many texts may need tidying: a look at the ends of all their lines at once.

It may say yes for nothing, but never no where the stage would find something; most pages are let off by it.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleantext.presence import Sheaf
from cleantext.tidy.wrap import FULL_LINES, FULL_SHARE, NARROWEST, SLACK_ABOVE, SLACK_BELOW, WIDER_SHARE

Ints: TypeAlias = NDArray[np.int64]

_SPACE, _STRAY = 1, 2
_LIMIT = 0x3001  # no white space from here on


@cache
def _table(stray: str) -> NDArray[np.uint8]:
    """By code point: _SPACE for white space, _STRAY for what a line must not begin with."""
    table = np.zeros(_LIMIT + 1, np.uint8)
    table[[code for code in range(_LIMIT) if chr(code).isspace()]] = _SPACE
    table[[ord(char) for char in stray]] |= _STRAY
    return table


class Needs(NamedTuple):
    """Per text what may be found in it: each finder of the stage needs one of these."""

    blank: list[bool]  # more than so many blank lines in a row, or one at an edge
    spaces: list[bool]  # a line that begins with a stray space or ends in white space
    wrapped: list[bool]  # lines that may be cut at one width
    last_end: list[bool]  # a last line without a line end, behind others


def needs(sheaf: Sheaf, stray: str, blank_lines: int) -> Needs:
    """What may be found in each text; `stray` are the characters that a line must not begin with."""
    codes = sheaf.codes
    kind = _table(stray).take(codes, mode="clip")
    breaks = codes == 10
    crossed = codes[:-1] == 13
    if crossed.any():
        inner = breaks[1:].copy()
        inner[sheaf.end - 1] = False  # a return at the end of a text: the separator behind it is not part of it
        breaks[:-1] |= crossed & ~inner
    behind = breaks.nonzero()[0]  # the last character of each line end
    start = np.append(0, behind[:-1] + 1)
    text = sheaf.end.searchsorted(behind)
    real = behind != sheaf.end[text]  # the others end at a separator: the last line, without a line end of its own
    end = behind - ((codes[behind] == 10) & (codes[behind - 1] == 13) & real & (behind > start))
    filled = end > start
    edges = filled & ((kind[np.minimum(start, len(kind) - 1)] & _STRAY > 0) | (kind[end - 1] & _SPACE > 0))
    lines = filled | real
    written = np.logical_or.reduceat(kind & _SPACE == 0, start)  # line ends are white space
    ascii_signs = np.add.reduceat(codes < 0x80, start, dtype=np.int32) - (behind + 1 - end)  # without line ends
    marks = [
        _blank_runs(text[lines], written[lines], blank_lines),
        text[edges],
        _wrapped(text, 2 * (end - start) - ascii_signs, len(sheaf.end)),
        text[~real & filled & (start > sheaf.start[text])],
    ]
    found = np.zeros((len(marks), len(sheaf.end)), bool)
    for row, mark in zip(found, marks, strict=True):
        row[mark] = True
    found[2] |= found[1]  # widths are counted without the spaces at the ends of lines
    return Needs(*found.tolist())


def _blank_runs(text: Ints, written: NDArray[np.bool_], most: int) -> Ints:
    """The texts with a blank line first or last, or more than `most` in a row; one number for each line."""
    if not len(text):
        return text
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
