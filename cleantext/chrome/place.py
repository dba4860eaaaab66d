"""What is measured of a line in company: its neighbours, its place on the page, and the first verdicts around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome.grid import Block
from cleantext.chrome.lexicon import bit

Array = NDArray[np.float32]
Rows: TypeAlias = dict[str, NDArray[np.generic]]
Row: TypeAlias = tuple[str, NDArray[np.generic]]  # its name, and its values

# A label: at most this many visible characters and no punctuation that ends or divides a sentence. Set by hand.
LABEL_SIZE: Final = 12
WINDOWS: Final = (2, 6, 15)  # lines to each side
REACH: Final = (-3, -2, -1, 1, 2, 3)  # neighbours looked at one by one
FAR: Final = 60  # distances in lines are capped here
_FIRST_REACH: Final = 4  # neighbours whose first verdict the second look sees one by one
_SURE_BODY: Final = 2.0  # log-odds of body from which a line anchors the article
HEADINGS: Final = ("navigation", "comment", "footer", "ad")
SHARED: Final = (
    "log_size",
    "prose",
    "ends_final",
    "sure",
    "covered",
    "indent",
    "label",
    "grammar",
    "times",
    "wording",
    "echo",
)
PLACED: Final = ("log_size", "log_han", "prose", "sure", "label", "ends_final")  # what `place` looks at
_WINDOWED: Final = ("log_size", "prose", "sure", "covered", "label", "ends_final", "grammar", "wording", "echo")
_WINDOWED_ROWS: Final = np.array([SHARED.index(name) for name in _WINDOWED])
_WINDOW_COLUMN: Final = np.array(WINDOWS)[:, None]
_FIRST_NEIGHBOURS: Final = [k for k in range(-_FIRST_REACH, _FIRST_REACH + 1) if k]
_AGAIN: Final = 1 + len(_FIRST_NEIGHBOURS) + 2 * len(WINDOWS) + 7  # rows that the second look adds
_SHORT: Final = np.log1p(LABEL_SIZE * 2)
_HEADING_BITS: Final = np.array([[bit(family)] for family in HEADINGS])


def stack(rows: Rows, out: Array) -> int:
    """Write all rows and blocks of rows into a matrix, from its top; returns the number of rows written."""
    at = 0
    for row in rows.values():
        if row.ndim > 1:
            height = row.shape[0]
            out[at : at + height] = row
            at += height
        else:
            out[at] = row
            at += 1
    return at


def stack_grid(rows: Iterable[Row], out: Array, block: Block) -> None:
    """The same for rows on the grid of a block (pages, lines), a column (pages, 1) for what is the same for a page."""
    alone = len(block.count) == 1
    grid = out[:, None] if alone else np.empty((len(out), len(block.count), block.width), np.float32)
    at = 0
    for _, row in rows:
        above = at + (row.shape[0] if row.ndim > 2 else 1)
        grid[at:above] = row
        at = above
    if not alone:
        out[:] = block.gather(grid)


def names_in_company() -> list[str]:
    """The names of the rows of `company`, in order."""
    near = [f"{name}{k:+d}" for k in REACH for name in SHARED]
    around = [f"{name}_{side}{window}" for window in WINDOWS for side in ("above", "below") for name in _WINDOWED]
    return near + around


@dataclass(frozen=True, slots=True)
class Company:
    """The SHARED measures of the neighbours one by one, and means in windows above and below.

    `padded` holds the measures of the lines on the grid of a block, with what stands for lines beyond the page; `total`
    running sums of those that are averaged.
    """

    padded: Array
    total: Array
    block: Block

    @classmethod
    def of(cls, base: Array, block: Block) -> Company:
        """That of the lines of a block; `base` holds their SHARED rows."""
        pad = max(REACH)
        grid = block.spread(base, -1)
        height, pages, width = grid.shape
        padded = np.full((height, pages, width + 2 * pad), -1, np.float32)
        padded[..., pad : pad + width] = grid
        return cls(padded, _running(grid.take(_WINDOWED_ROWS, 0)), block)

    @property
    def height(self) -> int:
        """The number of its rows."""
        return len(REACH) * len(SHARED) + 2 * len(WINDOWS) * len(_WINDOWED)

    def write(self, out: Array, lines: slice | None = None) -> int:
        """Write the rows into a matrix, from its top; returns their number. `lines`: of some of a single page."""
        low, high = (lines.start, lines.stop) if lines else (0, self.block.width)
        at = 0
        for k in REACH:
            near = self.padded[..., max(REACH) + k + low : max(REACH) + k + high]
            out[at : at + len(near)] = self.block.gather(near)
            at += len(near)
        out[at : self.height] = self.block.gather(_around(self.total, self.block.count, low, high))
        return self.height


def _running(base: Array) -> Array:
    """The sums of rows (rows, pages, lines) up to each line, and of all lines of a page."""
    total = np.zeros((*base.shape[:2], base.shape[2] + 1), np.float32)
    np.cumsum(base, axis=2, out=total[..., 1:])
    return total


def _around(total: Array, count: NDArray[np.int64], first: int, stop: int) -> Array:
    """The means of each row over the lines above and below, per window, of lines [first, stop): (window, side, row).

    `total` is as `_running` gives it; so many lines of each page count.
    """
    height, pages, width = total.shape
    here = np.arange(first, stop)
    low = np.maximum(here - _WINDOW_COLUMN, 0)[None]  # pages, window, line
    high = np.minimum(np.minimum(here + (_WINDOW_COLUMN + 1), width - 1), count[..., None])
    flat = total.reshape(height, -1)
    page = np.arange(0, pages * width, width)[:, None, None]
    out = np.empty((len(WINDOWS), 2, height, pages, len(here)), np.float32)
    sums = out.transpose(2, 1, 3, 0, 4)  # row, side, page, window, line
    np.subtract(total[:, :, None, first:stop], flat.take(page + low, 1), out=sums[:, 0])
    np.subtract(flat.take(page + high, 1), total[:, :, None, first + 1 : stop + 1], out=sums[:, 1])
    number = np.empty((2, *high.shape), np.float32)
    np.subtract(here, low, out=number[0])
    np.subtract(high, here + 1, out=number[1])
    sums /= np.maximum(number, 1, out=number)
    return out.reshape(-1, pages, len(here))


def place(rows: Rows, mask: NDArray[np.int64], block: Block) -> Iterator[Row]:
    """Where the line stands: in the page, relative to prose, to the core of the article, and below headings.

    `rows` holds the PLACED measures of the lines, `mask` their families; the result lies on the grid of the block.
    """
    prose = block.spread(np.asarray(rows["prose"], bool), False)
    log_han = block.spread(np.asarray(rows["log_han"], np.float32), 0)
    count = block.count
    here = np.arange(block.width)
    yield "from_top", np.minimum(here, FAR)
    yield "from_end", np.minimum(count - 1 - here, FAR)
    yield "place", here / count
    weight = prose * np.expm1(log_han)
    done = weight.cumsum(axis=1)
    whole = done[:, -1:]
    total = np.maximum(whole, 1)
    yield "prose_before", (done - weight) / total
    yield "prose_after", np.where(whole > 0, (total - done) / total, 0 * done)
    since, until = _distances(prose, count)
    yield "since_prose", since
    yield "until_prose", until
    low, high = _core(prose, log_han, count)
    yield "core", np.minimum(np.maximum(np.maximum(low - here, here - high), -3), FAR)
    yield "above_core", here < low
    page = np.arange(len(count))[:, None]
    yield "core_share", (done[page, high] - done[page, low] + weight[page, low]) / total
    sure, label, final = (block.spread(np.asarray(rows[name], bool), False) for name in ("sure", "label", "ends_final"))
    number = count.astype(np.float64)
    yield "page_lines", np.log1p(number)
    yield "page_prose", _sum(prose) / number
    telling = _sum(sure)
    yield "page_sure", telling / number
    yield "page_sure_lines", np.minimum(telling, 40)
    yield "page_label", _sum(label) / number
    yield "page_final", _sum(final) / number
    yield "page_weight", np.log1p(total.astype(np.float64))
    heading = block.spread(((mask & _HEADING_BITS) > 0) & (rows["log_size"] < _SHORT), False)
    yield "since", np.minimum(here - np.maximum.accumulate(np.where(heading, here, -FAR), axis=2), FAR)
    mark = np.maximum.accumulate(np.where(heading, done, np.float32(-1)), axis=2)
    yield "prose_since", np.where(mark < 0, -1, np.minimum(done - mark, 2000))
    runs = _runs(np.concatenate((~final & ~prose & (here < count), prose)))
    yield "list_run", np.minimum(runs[: len(count)], FAR)
    yield "prose_run", np.minimum(runs[len(count) :], FAR)


def _sum(flag: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many lines of each page are flagged, as a column."""
    number: NDArray[np.int64] = np.add.reduce(flag, axis=1, keepdims=True)
    return number


def _distances(flag: NDArray[np.bool_], count: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many lines above and below the nearest flagged line of the page stands, FAR at most."""
    here = np.arange(flag.shape[1])
    before = np.maximum.accumulate(np.where(flag, here, -FAR), axis=1)
    after = np.minimum.accumulate(np.where(flag, here, count + FAR)[:, ::-1], axis=1)[:, ::-1]
    return np.minimum(here - before, FAR), np.minimum(after - here, FAR)


def _runs(flag: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The length of the run of true values of a page that each line belongs to (0 where false)."""
    pages, width = flag.shape
    edges = np.zeros(1 + pages * (width + 1), bool)  # a false value in front, and one behind each page
    edges[1:].reshape(pages, width + 1)[:, :width] = flag
    places = (edges[1:] != edges[:-1]).nonzero()[0]  # where runs begin and end, by turns
    ends = np.concatenate(([0], places, [len(edges) - 1]))
    lengths = ends[1:] - ends[:-1]
    sizes = lengths.copy()
    sizes[::2] = 0
    return sizes.repeat(lengths).reshape(pages, width + 1)[:, :width]


def _stretch(gain: NDArray[np.floating], count: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first and last line of each page's stretch of the largest sum (Kadane's), as columns."""
    pages, width = gain.shape
    total = np.zeros((pages, width + 1), gain.dtype)
    np.cumsum(gain, axis=1, out=total[:, 1:])
    rise = total[:, 1:] - np.minimum.accumulate(total[:, :-1], axis=1)
    here = np.arange(width + 1)
    high = np.where(here[:-1] < count, rise, -np.inf).argmax(axis=1, keepdims=True)
    low = np.where(here <= high, total, np.inf).argmin(axis=1, keepdims=True)
    return np.minimum(low, high), high


def _core(
    prose: NDArray[np.bool_], log_han: Array, count: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first and last line of the article's core: the stretch where prose outweighs all else."""
    return _stretch(np.where(prose, log_han, np.float32(-1.5)), count)


def reconsider(rows: Array, odds: Array, pages: Iterable[Block]) -> Array:
    """The features for the second look as one matrix: `rows`, of which the first is log_size, and the new ones."""
    return np.vstack([rows, second_thoughts(rows[0], odds, pages)])


def second_thoughts(log_size: Array, odds: Array, pages: Iterable[Block]) -> Array:
    """What the second look knows besides: the first look's log-odds of chrome, here, around and as a whole."""
    out = np.empty((_AGAIN, len(odds)), np.float32)
    odds = np.minimum(np.maximum(odds, -6), 6)
    for block in pages:
        _again(log_size[block.lines], odds[block.lines], out[:, block.lines], block)
    return out


def _again(log_size: Array, odds: Array, out: Array, block: Block) -> None:
    """Write the rows that the second look adds for a block of pages."""
    grid = block.spread(odds, 6)
    sizes = block.spread(log_size, 0)
    pages, width = grid.shape
    count, here = block.count, np.arange(width)
    new = out[:, None] if pages == 1 else np.empty((_AGAIN, pages, width), np.float32)
    new[0] = grid
    padded = np.full((pages, width + 2 * _FIRST_REACH), 6, np.float32)
    padded[:, _FIRST_REACH : _FIRST_REACH + width] = grid
    for row, k in enumerate(_FIRST_NEIGHBOURS, 1):
        new[row] = padded[:, _FIRST_REACH + k : _FIRST_REACH + k + width]
    new[9:15] = _around(_running(grid[None]), count, 0, width)
    kept = grid < 0  # what fills up the shorter pages is not
    body = np.where(kept, np.expm1(sizes), 0)
    done = body.cumsum(axis=1)
    whole = np.maximum(done[:, -1:], 1)
    new[15] = (done - body) / whole
    new[16] = (done[:, -1:] - done) / whole
    new[17], new[18] = _distances(grid < -_SURE_BODY, count)
    low, high = _stretch(-grid * np.where(kept, sizes, np.float32(0.5)), count)
    new[19] = np.minimum(np.maximum(np.maximum(low - here, here - high), -3), FAR)
    new[20] = _sum((grid > 0) & (here < count)).astype(np.float32) / count.astype(np.float32)
    new[21] = np.log1p(whole.astype(np.float64))
    if pages > 1:
        out[:] = block.gather(new)
