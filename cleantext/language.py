"""A small character n-gram model: how likely a stretch of Chinese is to follow another.

Stupid backoff (Brants et al. 2007) over n-grams of up to four characters; everything that is not Han is one boundary
symbol. It only ever compares readings of the same characters, so it need not be normalised.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import as_file, files
from itertools import accumulate
from math import log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

SYMBOLS = 0xA000 - 0x4E00 + 2
MANY = 4096  # symbols of texts from which a table of single ones is worth making
BOUNDARY = 1  # the symbol for everything that is not Han
ORDER = 4  # characters in the longest n-gram
LOG_STEP = 0.1  # resolution of the stored log counts
BACKOFF = log(0.4)  # Brants et al. 2007
UNSEEN = log(0.5)  # count given to a character that the model does not know

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Hashes = npt.NDArray[np.uint32]


def symbols(text: str) -> Ints:
    """The text as numbers: Han by code point, all else BOUNDARY."""
    points = np.frombuffer(text.encode("utf-32-le", errors="replace"), "<u4").astype(np.int64)
    return np.where((points >= 0x4E00) & (points < 0xA000), points - 0x4E00 + 2, BOUNDARY)


def window_hashes(row: Ints, n: int) -> Hashes:
    """A 32-bit hash of every window of n symbols (different n give different hashes)."""
    return _hashes(row)[n - 1, : max(0, len(row) - n + 1)]


def _hashes(row: Ints) -> Hashes:
    """Per n and symbol the hash of the n symbols from there on; meaningless where the row ends before."""
    wide = row.astype(np.uint64)
    mixed = np.arange(1, ORDER + 1, dtype=np.uint64)[:, None].repeat(len(row), 1)
    for k in range(min(ORDER, len(row))):
        part = mixed[k:, : len(row) - k]
        part ^= wide[k:]
        part *= np.uint64(0x9E3779B97F4A7C15)
        part ^= part >> np.uint64(29)
    return (mixed >> np.uint64(32)).astype(np.uint32)


@cache
def _table() -> tuple[Hashes, npt.NDArray[np.uint8], float]:
    """Sorted hashes, log counts in LOG_STEP, log of the number of symbols counted."""
    with as_file(files("cleantext") / "data" / "inline" / "ngrams.npz") as path, np.load(path) as data:
        gaps = data["low"].astype(np.uint32) | (data["high"].astype(np.uint32) << np.uint32(16))
        return np.cumsum(gaps, dtype=np.uint32), data["level"], log(float(data["total"][0]))


def scores(text: str) -> list[float]:
    """Log score of each character given the (up to three) before it; boundaries count as well."""
    return scores_of([text])[0]


def scores_of(texts: Sequence[str]) -> list[list[float]]:
    """The scores of several texts, each read as if alone (one search for all of them)."""
    return [score[1:] for score in _scores([f"\n{text}" for text in texts])]  # each begins behind a boundary


class Split(NamedTuple):
    """A text that goes on with `tail`, and a stretch before `tail` of which a part from any place on may be foreign."""

    head: str
    stretch: str
    tail: str


def split_scores(splits: Sequence[Split]) -> Iterator[tuple[list[float], list[float]]]:
    """For each place k of each stretch the score of head + stretch[:k] + tail and that of stretch[k:] + " ", as texts.

    The score of a character depends on the three before it: what the texts have in common is scored once.
    """
    if not splits:
        return
    near = ORDER - 1
    pieces: list[str] = []
    for head, stretch, tail in splits:
        start, end, places = f"\n{head}", f"{stretch} ", range(len(stretch) + 1)
        pieces += (start + end, "\n" + tail)
        pieces += [(start + stretch[:k])[-near:] + tail[:near] for k in places]
        pieces += ["\n" + end[k : k + near] for k in places]
    scores = iter(_scores(pieces))
    for head, stretch, tail in splits:
        common, ending, places = next(scores)[1:], next(scores)[1 + near :], range(len(stretch) + 1)
        kept, seen = [*accumulate(common, initial=0.0)], len(tail[:near])
        authors = [sum(ending, sum(_last(next(scores), seen), kept[len(head) + k])) for k in places]
        others = [sum(common[len(head) + k + near :], sum(next(scores)[1:])) for k in places]
        yield authors, others


def _last(row: list[float], number: int) -> list[float]:
    return row[len(row) - number :]


def _scores(pieces: Sequence[str]) -> list[list[float]]:
    """The scores of the characters of each piece, given what stands before them in it."""
    row = symbols("".join(pieces))
    sizes = np.fromiter(map(len, pieces), np.int64, len(pieces))
    ends = sizes.cumsum()
    place = np.arange(len(row)) - (ends - sizes).repeat(sizes)  # of each symbol within its piece
    wanted = _hashes(row)
    counts = np.full(wanted.shape, -1.0)  # per n: log count of the n-gram that ends at each symbol, -1 where unknown
    many = len(row) > MANY
    if many:
        counts[0] = _singles().take(row)
    for n in range(many, ORDER):
        last = (place >= n).nonzero()[0]
        counts[n, last] = _log_counts(wanted[n, last - n])
    score = _backoff(counts, _table()[2]).tolist()
    return [score[end - size : end] for end, size in zip(ends.tolist(), sizes.tolist(), strict=True)]


def _log_counts(keys: Hashes) -> Floats:
    """The log counts of n-grams, -1 where unknown."""
    hashes, level, _ = _table()
    order = keys.argsort()  # near ones one after the other: the processor's caches hold what they need
    keys = keys[order]
    at = hashes.searchsorted(keys)
    at[at == len(hashes)] = 0
    counts = np.empty(len(keys))
    counts[order] = np.where(hashes[at] == keys, level[at] * LOG_STEP, -1.0)
    return counts


@cache
def _singles() -> Floats:
    """Those of all symbols alone."""
    return _log_counts(_hashes(np.arange(SYMBOLS))[0])


def _backoff(counts: Floats, total: float) -> Floats:
    """Stupid backoff for each symbol."""
    score = np.where(counts[0] >= 0, counts[0], UNSEEN)
    score += (ORDER - 1) * BACKOFF
    score -= total
    for n in range(2, ORDER + 1):
        seen = (counts[n - 1] >= 0).nonzero()[0]
        score[seen] = (ORDER - n) * BACKOFF + counts[n - 1][seen] - counts[n - 2][seen - 1]
    return score
