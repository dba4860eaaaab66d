"""Which of many texts may need tidying: a look at the ends of all their lines at once.

It may say yes for nothing, but never no where `tidy.find` would find something; most pages are let off by it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleantext.presence import Sheaf
from cleantext.tidy.wrap import FULL_LINES, FULL_SHARE, NARROWEST, SLACK_ABOVE, SLACK_BELOW, WIDER_SHARE

_SPACE, _STRAY = 1, 2
_LIMIT = 0x3001  # no white space from here on


@cache
def _table(stray: str) -> NDArray[np.uint8]:
    """By code point: _SPACE for white space, _STRAY for what a line must not begin with."""
    table = np.zeros(_LIMIT + 1, np.uint8)
    table[[code for code in range(_LIMIT) if chr(code).isspace()]] = _SPACE
    table[[ord(char) for char in stray]] |= _STRAY
    return table


def may_need_tidying(sheaf: Sheaf, stray: str, blank_lines: int) -> NDArray[np.bool_]:
    """Per text: whether a line begins with one of `stray` or ends in white space, more than `blank_lines` stand in a
    row or some at an edge, the last line end is missing, or the lines may be cut at one width.
    """
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
    number = len(sheaf.end)
    wanted = np.zeros(number, bool)
    filled = end > start
    wanted[text[~real & filled & (start > sheaf.start[text])]] = True  # the last line end is missing
    edges = filled & ((kind[np.minimum(start, len(kind) - 1)] & _STRAY > 0) | (kind[end - 1] & _SPACE > 0))
    wanted[text[edges]] = True
    lines = filled | real
    text, filled = text[lines], filled[lines]
    _mark_blank_runs(wanted, text, filled, blank_lines)
    _mark_wrapped(wanted, text, _widths(codes, start[lines], end[lines]))
    return wanted


def _mark_blank_runs(wanted: NDArray[np.bool_], text: NDArray[np.int64], filled: NDArray[np.bool_], most: int) -> None:
    """Texts with a blank line first or last, or more than `most` in a row."""
    if not len(text):
        return
    new = np.append(True, text[1:] != text[:-1])
    wanted[text[~filled & (new | np.append(new[1:], True))]] = True
    here = np.arange(len(text))
    since = here - np.maximum.accumulate(np.where(filled | new, here, 0))
    wanted[text[since > most]] = True


def _widths(codes: NDArray[np.uint32], start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Columns of each line, as `wrap` counts them in lines that do not end in spaces."""
    narrow = np.zeros(len(codes) + 1, np.int64)
    np.cumsum(codes < 0x80, out=narrow[1:])
    widths: NDArray[np.int64] = 2 * (end - start) - (narrow[end] - narrow[start])
    return widths


def _mark_wrapped(wanted: NDArray[np.bool_], text: NDArray[np.int64], widths: NDArray[np.int64]) -> None:
    """Texts of which FULL_SHARE of the wide lines may end at one margin, and no more than WIDER_SHARE beyond it.

    Then the widest line but for that share, and the one in the middle, lie within the slack around one margin.
    """
    wide = widths >= NARROWEST
    text, widths = text[wide], widths[wide]
    widths = widths[np.lexsort((widths, text))]
    number = np.bincount(text, minlength=len(wanted))
    number = np.where(number < FULL_LINES, 0, number)
    asked = number.nonzero()[0]
    last = np.bincount(text, minlength=len(wanted)).cumsum()[asked] - 1
    number = number[asked]
    top = widths[last - np.floor(WIDER_SHARE * number).astype(np.int64)]
    middle = widths[last + 1 - np.ceil(FULL_SHARE * number).astype(np.int64)]
    wanted[asked[top - middle <= SLACK_ABOVE + SLACK_BELOW]] = True
