"""What is measured of a line in company: its neighbours, its place on the page, and the first verdicts around it."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome.lexicon import Hits, bit

Array = NDArray[np.float32]
Rows: TypeAlias = dict[str, NDArray[np.generic]]

# A label: at most this many visible characters and no punctuation that ends or divides a sentence. Set by hand.
LABEL_SIZE: Final = 12
WINDOWS: Final = (2, 6, 15)  # lines to each side
REACH: Final = (-3, -2, -1, 1, 2, 3)  # neighbours looked at one by one
FAR: Final = 60  # distances in lines are capped here
_FIRST_REACH: Final = 4  # neighbours whose first verdict the second look sees one by one
_SURE_BODY: Final = 2.0  # log-odds of body from which a line anchors the article
HEADINGS: Final = ("navigation", "comment", "footer", "ad")
_SHARED: Final = (
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
_HEADING_BITS: Final = np.array([[bit(family)] for family in HEADINGS])


def stack(rows: Rows) -> Array:
    """All rows and blocks of rows as one matrix."""
    height = sum(len(row) if row.ndim > 1 else 1 for row in rows.values())
    out = np.empty((height, next(iter(rows.values())).shape[-1]), np.float32)
    at = 0
    for row in rows.values():
        if row.ndim > 1:
            out[at : at + len(row)] = row
            at += len(row)
        else:
            out[at] = row
            at += 1
    return out


def names_in_company() -> list[str]:
    """The names of the rows of `company`, in order."""
    near = [f"{name}{k:+d}" for k in REACH for name in _SHARED]
    around = [f"{name}_{side}{window}" for window in WINDOWS for side in ("above", "below") for name in _WINDOWED]
    return near + around


def company(rows: Rows) -> list[Array]:
    """The same measures of the neighbours one by one, and their means in windows above and below, as blocks of rows."""
    out = []
    base = stack({name: rows[name] for name in _SHARED})
    count = base.shape[1]
    pad = max(abs(k) for k in REACH)
    padded = np.full((len(_SHARED), count + 2 * pad), -1, np.float32)
    padded[:, pad : pad + count] = base
    out += [padded[:, pad + k : pad + k + count] for k in REACH]
    wide = base[[_SHARED.index(name) for name in _WINDOWED]]
    total = np.zeros((len(_WINDOWED), count + 1), np.float32)
    np.cumsum(wide, axis=1, out=total[:, 1:])
    here = np.arange(count)
    for window in WINDOWS:
        low, high = np.maximum(here - window, 0), np.minimum(here + window + 1, count)
        out.append((total[:, :-1] - total[:, low]) / np.maximum(here - low, 1).astype(np.float32))
        out.append((total[:, high] - total[:, 1:]) / np.maximum(high - here - 1, 1).astype(np.float32))
    return out


def place(rows: Rows, hits: Hits) -> Rows:
    """Where the line stands: in the page, relative to prose, to the core of the article, and below headings."""
    out: Rows = {}
    prose = np.asarray(rows["prose"], np.float32)
    count = len(prose)
    here = np.arange(count)
    ones = np.ones(count, np.float32)
    out["from_top"] = np.minimum(here, FAR)
    out["from_end"] = np.minimum(count - 1 - here, FAR)
    out["place"] = here / max(count, 1)
    weight = prose * np.expm1(np.asarray(rows["log_han"], np.float32))
    done = np.cumsum(weight)
    total = max(float(done[-1]), 1.0)
    out["prose_before"] = (done - weight) / total
    out["prose_after"] = (total - done) / total if done[-1] else 0 * ones
    before = np.maximum.accumulate(np.where(prose > 0, here, -FAR))
    after = np.minimum.accumulate(np.where(prose > 0, here, count + FAR)[::-1])[::-1]
    out["since_prose"] = np.minimum(here - before, FAR)
    out["until_prose"] = np.minimum(after - here, FAR)
    low, high = _core(prose, np.asarray(rows["log_han"], np.float32))
    out["core"] = np.clip(np.maximum(low - here, here - high), -3, FAR)
    out["above_core"] = here < low
    out["core_share"] = ones * ((done[high] - done[low] + weight[low]) / total)
    out["page_lines"] = ones * np.log1p(count)
    out["page_prose"] = ones * prose.mean()
    out["page_sure"] = ones * np.asarray(rows["sure"], np.float32).mean()
    out["page_sure_lines"] = ones * min(float(np.sum(rows["sure"])), 40)
    out["page_label"] = ones * np.asarray(rows["label"], np.float32).mean()
    out["page_final"] = ones * np.asarray(rows["ends_final"], np.float32).mean()
    out["page_weight"] = ones * np.log1p(total)
    short = np.asarray(rows["log_size"]) < np.log1p(LABEL_SIZE * 2)
    heading = ((hits.mask & _HEADING_BITS) > 0) & short
    out["since"] = np.minimum(here - np.maximum.accumulate(np.where(heading, here, -FAR), axis=1), FAR)
    mark = np.maximum.accumulate(np.where(heading, done, -1), axis=1)
    out["prose_since"] = np.where(mark < 0, -1, np.minimum(done - mark, 2000))
    listed = ~np.asarray(rows["ends_final"], bool) & (prose == 0)
    out["list_run"] = np.minimum(_runs(listed), FAR)
    out["prose_run"] = np.minimum(_runs(prose > 0), FAR)
    return out


def _runs(flag: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The length of the run of true values that each line belongs to (0 where false)."""
    edge = np.diff(flag.astype(np.int8), prepend=0, append=0)
    starts, ends = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    out = np.zeros(len(flag), np.int64)
    if len(starts):
        mark = np.zeros(len(flag) + 1, np.int64)
        mark[starts] += ends - starts
        mark[ends] -= ends - starts
        out = np.cumsum(mark)[:-1]
    return out


def _core(prose: Array, log_han: Array) -> tuple[int, int]:
    """The first and last line of the article's core: the stretch where prose outweighs all else (Kadane's sum)."""
    gain = np.where(prose > 0, log_han, np.float32(-1.5))
    total = np.cumsum(gain)
    floor = np.minimum.accumulate(np.concatenate(([0.0], total[:-1])))
    high = int(np.argmax(total - floor))
    low = int(np.argmin(np.concatenate(([0.0], total[:high])))) if high else 0
    return min(low, high), high


def reconsider(rows: Array, odds: Array) -> Array:
    """Features for the second look: `rows` and the first look's log-odds of chrome, here, around and as a whole."""
    count = rows.shape[1]
    odds = np.clip(odds, -6, 6)
    out: list[NDArray[np.floating]] = [odds]
    padded = np.full(count + 2 * _FIRST_REACH, 6, np.float32)
    padded[_FIRST_REACH : _FIRST_REACH + count] = odds
    for k in range(-_FIRST_REACH, _FIRST_REACH + 1):
        if k:
            out.append(padded[_FIRST_REACH + k : _FIRST_REACH + k + count])
    total = np.concatenate((np.zeros(1, np.float32), np.cumsum(odds)))
    here = np.arange(count)
    for window in WINDOWS:
        low, high = np.maximum(here - window, 0), np.minimum(here + window + 1, count)
        out.append((total[here] - total[low]) / np.maximum(here - low, 1))
        out.append((total[high] - total[here + 1]) / np.maximum(high - here - 1, 1))
    body = np.where(odds < 0, np.expm1(rows[0]), 0)
    done = np.cumsum(body)
    whole = max(float(done[-1]), 1.0)
    out.append((done - body) / whole)
    out.append((done[-1] - done) / whole)
    sure = odds < -_SURE_BODY
    before = np.maximum.accumulate(np.where(sure, here, -FAR))
    after = np.minimum.accumulate(np.where(sure, here, count + FAR)[::-1])[::-1]
    out.append(np.minimum(here - before, FAR))
    out.append(np.minimum(after - here, FAR))
    gain = np.cumsum(np.where(odds < 0, -odds * rows[0], -odds * 0.5))
    floor = np.minimum.accumulate(np.concatenate((np.zeros(1), gain[:-1])))
    high_line = int(np.argmax(gain - floor))
    low_line = int(np.argmin(np.concatenate((np.zeros(1), gain[:high_line])))) if high_line else 0
    out.append(np.clip(np.maximum(low_line - here, here - high_line), -3, FAR))
    out.append(np.full(count, np.mean(odds > 0)))
    out.append(np.full(count, np.log1p(whole)))
    return np.concatenate((rows, np.stack(out).astype(np.float32)))
