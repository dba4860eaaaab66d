"""How much a line says what the page's prose says: its Han bigrams are looked for there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome.layout import HAN, Layout
from cleantext.presence import STRETCH

Array = NDArray[np.float32]
Pairs: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]

_MASK: Final = (1 << 14) - 1  # buckets for the bigrams of a page
_PAGES: Final = 8  # pages whose buckets are filled together: they stay in the processor's caches


def echo(page: Layout, prose: NDArray[np.bool_]) -> Array:
    """The share of a line's Han bigrams that occur in the page's prose: titles and captions echo it, menus do not.

    A prose line must find its bigrams in another place too.
    """
    number, found = np.zeros((2, len(page.start)), np.int64)
    # How often each bucket is said, 2 for more; and the last one that said it.
    buckets = (_MASK + 1) * min(_PAGES, len(page.page_end))
    times, last = np.zeros(buckets, np.uint8), np.empty(buckets, np.int32)
    for first in range(0, len(page.page_end), _PAGES):
        pairs = [*_pairs(page, first)] if not page.is_long else ()
        for line, key in pairs or _pairs(page, first):
            said = key[prose[line]]
            rank = np.arange(len(said), dtype=np.int32)
            again = said[times.take(said) > 0]
            times[said] = 1
            last[said] = rank
            times[said[last.take(said) != rank]] = 2  # all but the last one found it said
            times[again] = 2
        for line, key in pairs or _pairs(page, first):
            if len(line):
                lines = slice(line[0], line[-1] + 1)
                edges = line.searchsorted(np.arange(line[0], line[-1] + 2))
                echoed = (times.take(key) > prose[line]).nonzero()[0].searchsorted(edges)
                number[lines] += np.diff(edges)
                found[lines] += np.diff(echoed)
        times[:] = 0
    return (found / np.maximum(number, 1)).astype(np.float32)


def _pairs(page: Layout, first: int) -> Iterator[Pairs]:
    """The pairs of Han of _PAGES pages, from `first` on, a stretch at a time."""
    if page.is_long:
        for lines, part in page.stretches():
            line, key = _han_pairs(part, 0, len(part.codes), 0)
            yield line + lines.start, key
        return
    low, high = int(page.page_start[first]), int(page.page_end[first : first + _PAGES][-1])
    for begin in range(low, high, STRETCH):
        yield _han_pairs(page, begin, min(begin + STRETCH, high), first)


def _han_pairs(page: Layout, low: int, high: int, first: int) -> Pairs:
    """Line and bucket of each pair of Han characters that begins in [low, high); buckets of each page, from `first`."""
    han = (page.kind[low : high + 1] - HAN) < 2  # han or grammar: unsigned, so that smaller kinds wrap around
    places = (han[:-1] & han[1:]).nonzero()[0]
    line = page.line_of[low:high].take(places)
    codes = page.codes[low : high + 1]
    key = ((codes[:-1] * np.uint32(31) + codes[1:]) & np.uint32(_MASK)).take(places)
    return line, key + (page.page.take(line) - first) * (_MASK + 1)
