"""How much a line is worded like chrome: a linear score over hashed character bigrams, learned from labelled lines.

The families know the phrases that a person thought of; this knows the rest (马上发表, 使用默认字体大小), in one gather.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome.layout import DIGIT, Layout

Array = NDArray[np.float32]

BUCKETS: Final = 1 << 16
_EDGE: Final = 10  # stands before the first and behind the last character of a line's core
_ZERO: Final = 0x30  # all digits count as one
_LEFT, _RIGHT = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77)
_SHIFT: Final = np.uint32(16)


def _buckets(page: Layout) -> NDArray[np.uint32]:
    """The bucket of each pair of neighbours: entry p is that of characters p - 1 and p, the edges of cores included."""
    padded = np.empty(len(page.codes) + 2, np.uint32)
    padded[0] = padded[-1] = _EDGE
    padded[1:-1] = page.codes
    padded[1:-1][page.kind == DIGIT] = _ZERO
    padded[page.first] = _EDGE
    padded[page.last + 1] = _EDGE
    mixed = padded[:-1] * _LEFT
    mixed ^= padded[1:] * _RIGHT
    mixed ^= mixed >> np.uint32(15)
    mixed >>= _SHIFT
    return mixed


def bigrams(page: Layout) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Line and bucket of each character bigram of the lines' cores, edges included."""
    number = page.last - page.first + 1
    line = np.arange(len(number)).repeat(number)
    places = np.arange(len(line)) + (page.last + 1 - number.cumsum()).repeat(number)
    return line, _buckets(page)[places]


def score(page: Layout, weights: Array) -> Array:
    """Two rows of features per line: the sum of its bigrams' weights over the root of their number, and the largest."""
    out = np.empty((2, len(page.start)), np.float32)
    for lines, part in page.stretches():
        value = weights.take(_buckets(part))
        ends = np.stack((part.first, part.last + 1), axis=1).ravel()  # every second stretch is a line's
        # In double precision the sum is exact (weights are small multiples of a power of two): the order does not
        # matter.
        out[0, lines] = np.add.reduceat(value, ends, dtype=np.float64)[::2] / np.sqrt(part.last - part.first + 1)
        out[1, lines] = np.maximum.reduceat(value, ends)[::2]
    return out
