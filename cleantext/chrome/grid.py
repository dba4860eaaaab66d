"""Pages of about the same length side by side: what needs a line's place on its own page is computed for all at once.

A block of pages is a grid (pages, lines of the longest); shorter pages are filled up. Sums run along a page only, so
that a page's numbers do not depend on its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_STRETCH: Final = 1.5  # a page may be so many times as long as the shortest of its block …
_SHORT: Final = 24  # … or so many lines long


@dataclass(frozen=True, slots=True)
class Block:
    """A run of pages, lines [low, high) of all lines: `count` lines each, shape (pages, 1); `width` of the longest.

    `where` is the place of each line in the grid, laid out in a row.
    """

    low: int
    high: int
    count: NDArray[np.int64]
    width: int
    where: NDArray[np.int64]

    def spread(self, rows: NDArray[Any], fill: float) -> NDArray[Any]:
        """Rows of values, one a line of the block (..., lines), as a grid (..., pages, width)."""
        shape = (*rows.shape[:-1], len(self.count), self.width)
        if len(self.count) == 1:
            return rows.reshape(shape)
        grid = np.full((*rows.shape[:-1], len(self.count) * self.width), fill, rows.dtype)
        grid[..., self.where] = rows
        return grid.reshape(shape)

    def gather(self, grid: NDArray[Any]) -> NDArray[Any]:
        """The values of the lines of a grid (..., pages, width), in their order."""
        rows = grid.reshape(*grid.shape[:-2], -1)
        return rows if len(self.count) == 1 else rows.take(self.where, -1)

    @property
    def lines(self) -> slice:
        """The lines of the block among all lines."""
        return slice(self.low, self.high)


def blocks(counts: NDArray[np.int64]) -> Iterator[Block]:
    """The blocks of pages with so many lines each, in their order; every page has lines."""
    sizes = counts.tolist()
    low = begin = 0
    least = most = 0
    for page, size in enumerate([*sizes, 0]):
        smaller, larger = min(least, size), max(most, size)
        if page > begin and (page == len(sizes) or larger > max(_SHORT, _STRETCH * smaller)):
            block = _block(low, counts[begin:page], most)
            yield block
            low, begin = block.high, page
            smaller = larger = size
        elif page == begin:
            smaller = larger = size
        least, most = smaller, larger


def _block(low: int, counts: NDArray[np.int64], width: int) -> Block:
    number = int(counts.sum())
    first: NDArray[np.int64] = counts.cumsum() - counts
    shift = np.arange(0, len(counts) * width, width) - first
    return Block(low, low + number, counts[:, None], width, np.arange(number) + shift.repeat(counts))
