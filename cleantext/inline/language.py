"""A small character n-gram model: how likely a stretch of Chinese is to follow another.

Stupid backoff (Brants et al. 2007) over n-grams of up to four characters; everything that is not Han is one boundary
symbol. It only ever compares readings of the same characters, so it need not be normalised.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from math import log

import numpy as np
import numpy.typing as npt

BOUNDARY = 1  # the symbol for everything that is not Han
ORDER = 4  # characters in the longest n-gram
LOG_STEP = 0.1  # resolution of the stored log counts
BACKOFF = log(0.4)  # Brants et al. 2007
UNSEEN = log(0.5)  # count given to a character that the model does not know

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint32]


def symbols(text: str) -> Ints:
    """The text as numbers: Han by code point, all else BOUNDARY."""
    points = np.frombuffer(text.encode("utf-32-le", errors="replace"), "<u4").astype(np.int64)
    return np.where((points >= 0x4E00) & (points < 0xA000), points - 0x4E00 + 2, BOUNDARY)


def window_hashes(row: Ints, n: int) -> Hashes:
    """A 32-bit hash of every window of n symbols (different n give different hashes)."""
    if len(row) < n:
        return np.zeros(0, np.uint32)
    mixed = np.full(len(row) - n + 1, n, np.uint64)
    for k in range(n):
        mixed = (mixed ^ row[k : len(row) - n + 1 + k].astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(32)).astype(np.uint32)


@cache
def _table() -> tuple[Hashes, npt.NDArray[np.uint8], float]:
    """Sorted hashes, log counts in LOG_STEP, log of the number of symbols counted."""
    with as_file(files("cleantext") / "data" / "inline" / "ngrams.npz") as path, np.load(path) as data:
        gaps = data["low"].astype(np.uint32) | (data["high"].astype(np.uint32) << np.uint32(16))
        return np.cumsum(gaps, dtype=np.uint32), data["level"], log(float(data["total"][0]))


def scores(text: str) -> list[float]:
    """Log score of each character given the (up to three) before it; boundaries count as well."""
    row = np.concatenate(([BOUNDARY], symbols(text)))
    hashes, level, total = _table()
    counts = []  # per n: log count of the n-gram that ends at each symbol, -1 where unknown
    for n in range(1, ORDER + 1):
        found = np.full(len(row), -1.0)
        wanted = window_hashes(row, n)
        if len(wanted):
            at = np.searchsorted(hashes, wanted)
            at[at == len(hashes)] = 0
            found[n - 1 :] = np.where(hashes[at] == wanted, level[at] * LOG_STEP, -1.0)
        counts.append(found.tolist())
    return [_backoff(counts, at, total) for at in range(1, len(row))]


def _backoff(counts: list[list[float]], at: int, total: float) -> float:
    """Stupid backoff for the symbol at one place."""
    penalty = 0.0
    for n in range(ORDER, 1, -1):
        seen = counts[n - 1][at]
        if seen >= 0:
            return penalty + seen - counts[n - 2][at - 1]
        penalty += BACKOFF
    one = counts[0][at]
    return penalty + (one if one >= 0 else UNSEEN) - total
