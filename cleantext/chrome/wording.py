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


def bigrams(page: Layout) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Line and bucket of each character bigram of the lines' cores, edges included."""
    codes = np.where(page.kind == DIGIT, _ZERO, page.codes).astype(np.uint32)
    padded = np.concatenate((np.array([_EDGE], np.uint32), codes, np.array([_EDGE], np.uint32)))
    padded[page.first] = _EDGE
    padded[page.last + 1] = _EDGE
    inside = np.zeros(len(padded) + 1, np.int8)
    inside[page.first] += 1
    np.subtract.at(inside, page.last + 1, 1)
    places = np.flatnonzero(np.cumsum(inside)[: len(padded) - 1])
    mixed = padded[places] * _LEFT ^ padded[places + 1] * _RIGHT
    buckets = (mixed ^ (mixed >> np.uint32(15))) >> _SHIFT
    return np.repeat(np.arange(len(page.first)), page.last - page.first + 1), buckets


def score(page: Layout, weights: Array) -> Array:
    """Two rows of features per line: the sum of its bigrams' weights over the root of their number, and the largest."""
    line, bucket = bigrams(page)
    value = weights[bucket]
    count = len(page.start)
    number = np.maximum(np.bincount(line, minlength=count), 1)
    total = np.bincount(line, value, count) / np.sqrt(number)
    heads = np.flatnonzero(np.diff(line, prepend=-1))
    largest = np.zeros(count, np.float32)
    largest[line[heads]] = np.maximum.reduceat(value, heads)
    return np.stack((total.astype(np.float32), largest))
