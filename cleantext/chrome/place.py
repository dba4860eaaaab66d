"""What is measured of a line in company: its neighbours, its place on the page, and the first verdicts around it."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome.lexicon import Hits, bit

Array = NDArray[np.float32]
Rows: TypeAlias = dict[str, NDArray[np.generic] | np.floating]

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


def names_in_company() -> list[str]:
    """The names of the rows of `company`, in order."""
    near = [f"{name}{k:+d}" for k in REACH for name in SHARED]
    around = [f"{name}_{side}{window}" for window in WINDOWS for side in ("above", "below") for name in _WINDOWED]
    return near + around


def company(base: Array, out: Array) -> int:
    """Write the SHARED measures of the neighbours one by one, and means in windows above and below, into a matrix.

    `base` holds the SHARED rows of the lines themselves. Returns the number of rows written.
    """
    height, count = base.shape
    pad = max(REACH)
    padded = np.full((height, count + 2 * pad), -1, np.float32)
    padded[:, pad : pad + count] = base
    for at, k in enumerate(REACH):
        out[at * height : (at + 1) * height] = padded[:, pad + k : pad + k + count]
    at = len(REACH) * height
    end: int = at + 2 * len(WINDOWS) * len(_WINDOWED)
    out[at:end] = _around(base.take(_WINDOWED_ROWS, 0))
    return end


def _around(base: Array) -> Array:
    """The means of each row over the lines above and below, per window: rows (window, side, row)."""
    height, count = base.shape
    total = np.zeros((height, count + 1), np.float32)
    np.cumsum(base, axis=1, out=total[:, 1:])
    here = np.arange(count)
    low = np.maximum(here - _WINDOW_COLUMN, 0)
    high = np.minimum(here + (_WINDOW_COLUMN + 1), count)
    out = np.empty((len(WINDOWS), 2, height, count), np.float32)
    sums = out.transpose(2, 1, 0, 3)  # row, side, window, line
    np.subtract(total[:, None, :-1], total.take(low, 1), out=sums[:, 0])
    np.subtract(total.take(high, 1), total[:, None, 1:], out=sums[:, 1])
    number = np.stack((here - low, high - here - 1)).astype(np.float32)
    sums /= np.maximum(number, 1)
    return out.reshape(-1, count)


def place(rows: Rows, hits: Hits) -> Rows:
    """Where the line stands: in the page, relative to prose, to the core of the article, and below headings."""
    out: Rows = {}
    prose = np.asarray(rows["prose"], bool)
    log_han = np.asarray(rows["log_han"], np.float32)
    count = len(prose)
    here = np.arange(count)
    out["from_top"] = np.minimum(here, FAR)
    out["from_end"] = np.minimum(count - 1 - here, FAR)
    out["place"] = here / max(count, 1)
    weight = prose * np.expm1(log_han)
    done = weight.cumsum()
    total = max(float(done[-1]), 1.0)
    out["prose_before"] = (done - weight) / total
    out["prose_after"] = (total - done) / total if done[-1] else 0 * done
    out["since_prose"], out["until_prose"] = _distances(prose, here)
    low, high = _core(prose, log_han)
    out["core"] = np.minimum(np.maximum(np.maximum(low - here, here - high), -3), FAR)
    out["above_core"] = here < low
    out["core_share"] = (done[high] - done[low] + weight[low]) / total
    sure, label, final = (int(np.count_nonzero(rows[name])) for name in ("sure", "label", "ends_final"))
    out["page_lines"] = np.log1p(count)
    out["page_prose"] = np.count_nonzero(prose) / np.float64(count)
    out["page_sure"] = sure / np.float64(count)
    out["page_sure_lines"] = np.float64(min(sure, 40))
    out["page_label"] = label / np.float64(count)
    out["page_final"] = final / np.float64(count)
    out["page_weight"] = np.log1p(total)
    heading = ((hits.mask & _HEADING_BITS) > 0) & (rows["log_size"] < _SHORT)
    out["since"] = np.minimum(here - np.maximum.accumulate(np.where(heading, here, -FAR), axis=1), FAR)
    mark = np.maximum.accumulate(np.where(heading, done, -1), axis=1)
    out["prose_since"] = np.where(mark < 0, -1, np.minimum(done - mark, 2000))
    listed = ~np.asarray(rows["ends_final"], bool) & ~prose
    out["list_run"] = np.minimum(_runs(listed), FAR)
    out["prose_run"] = np.minimum(_runs(prose), FAR)
    return out


def _distances(flag: NDArray[np.bool_], here: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many lines above and below the nearest flagged line stands, FAR at most."""
    before = np.maximum.accumulate(np.where(flag, here, -FAR))
    after = np.minimum.accumulate(np.where(flag, here, len(here) + FAR)[::-1])[::-1]
    return np.minimum(here - before, FAR), np.minimum(after - here, FAR)


def _runs(flag: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The length of the run of true values that each line belongs to (0 where false)."""
    edges = np.zeros(len(flag) + 2, bool)
    edges[1:-1] = flag
    ends = (edges[1:] != edges[:-1]).nonzero()[0]  # where runs begin and end, by turns
    sizes = np.zeros(len(ends) + 1, np.int64)
    sizes[1:-1:2] = ends[1::2] - ends[::2]
    lengths = np.empty(len(ends) + 1, np.int64)
    lengths[0] = ends[0] if len(ends) else len(flag)
    lengths[1:-1] = ends[1:] - ends[:-1]
    if len(ends):
        lengths[-1] = len(flag) - ends[-1]
    return sizes.repeat(lengths)


def _stretch(gain: NDArray[np.floating]) -> tuple[int, int]:
    """The first and last line of the stretch of the largest sum (Kadane's)."""
    total = np.zeros(len(gain) + 1, gain.dtype)
    np.cumsum(gain, out=total[1:])
    high = int((total[1:] - np.minimum.accumulate(total[:-1])).argmax())
    return min(int(total[: high + 1].argmin()), high), high


def _core(prose: NDArray[np.bool_], log_han: Array) -> tuple[int, int]:
    """The first and last line of the article's core: the stretch where prose outweighs all else."""
    return _stretch(np.where(prose, log_han, np.float32(-1.5)))


def reconsider(rows: Array, odds: Array) -> Array:
    """Features for the second look: `rows` and the first look's log-odds of chrome, here, around and as a whole."""
    height, count = rows.shape
    out = np.empty((height + _AGAIN, count), np.float32)
    out[:height] = rows
    new = out[height:]
    odds = np.minimum(np.maximum(odds, -6), 6)
    new[0] = odds
    padded = np.full(count + 2 * _FIRST_REACH, 6, np.float32)
    padded[_FIRST_REACH : _FIRST_REACH + count] = odds
    for row, k in enumerate(_FIRST_NEIGHBOURS, 1):
        new[row] = padded[_FIRST_REACH + k : _FIRST_REACH + k + count]
    new[9:15] = _around(odds[None])
    here = np.arange(count)
    kept = odds < 0
    body = np.where(kept, np.expm1(rows[0]), 0)
    done = body.cumsum()
    whole = max(float(done[-1]), 1.0)
    new[15] = (done - body) / whole
    new[16] = (done[-1] - done) / whole
    new[17], new[18] = _distances(odds < -_SURE_BODY, here)
    low, high = _stretch(-odds * np.where(kept, rows[0], np.float32(0.5)))
    new[19] = np.minimum(np.maximum(np.maximum(low - here, here - high), -3), FAR)
    new[20] = np.float32(np.count_nonzero(odds > 0)) / np.float32(count)
    new[21] = np.log1p(whole)
    return out
