"""A character 5-gram model as counts: how likely is the stretch around a slot with this word in it?

Counts of n-grams (n = 1..5) of clean text in one hashed table, scored by stupid backoff (Brants et al. 2007). It knows
rare long matches that the linear model shares out among features; the two together beat each one alone. `count.py`
builds the table.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import as_file, files

import numpy as np
import numpy.typing as npt

from cleantext.spun.context import U16, Contexts

U64 = npt.NDArray[np.uint64]

ORDER = 5
ENTRIES = 10_500_000  # of the table, 2 bytes each
STRETCHES_AT_ONCE = 4096  # that are scored together: they stay in the processor's caches
FEW = 1024  # stretches: up to here one look-up for all is faster than one for each length of word
BACKOFF = -0.9  # nats: log 0.4, the constant of the method
BMP = 1 << 16  # the code points of nearly all text
FEW_CODES = 4096  # likewise: up to here one look-up for all n-grams is faster than one for each length, longest last
MANY = 8192  # characters from which a table of single ones is worth making
UNSEEN = -18.0  # nats: a character that the corpus does not hold
COUNT_BITS, MARK_BITS = 6, 10  # of an entry: a step of the count is then 27 %, one look-up in 1,024 a chance hit
PER_OCTAVE = 2.9  # steps of the stored log2 counts per doubling: 63 steps reach 2.7 million

LAST = (1 << COUNT_BITS) - 1  # the highest step

STEP, _MIX, _SALT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), 0x94D049BB133111EB


def mixed(key: U64, n: int) -> U64:
    """The key of an n-gram in the table, by its code points rolled into one number (times STEP, plus the next)."""
    return _stirred(key ^ _salt(n))


def _salt(n: int) -> np.uint64:
    return np.uint64(n * _SALT % 2**64)


def _stirred(key: U64) -> U64:
    """A salted key, stirred in its place."""
    key ^= key >> np.uint64(30)
    key *= _MIX
    key ^= key >> np.uint64(27)
    return key


def place(key: U64, which: int) -> npt.NDArray[np.int64]:
    """An entry that may hold a key: each has two, one by each half of its bits (`which` is 0 for the upper one)."""
    half = key & np.uint64(0xFFFFFFFF) if which else key >> np.uint64(32)
    half *= np.uint64(ENTRIES)
    half >>= np.uint64(32)
    return half.view(np.int64)


def fingerprint(key: U64) -> U16:
    """What tells a key from others in its place, in the upper bits of an entry: the lowest bits of both halves.

    These hardly tell on the places.
    """
    bits = MARK_BITS // 2
    low = np.uint64((1 << bits) - 1)
    mark = ((key >> np.uint64(32 - bits) & low << np.uint64(bits)) | key & low).astype(np.uint16)
    return mark << np.uint16(COUNT_BITS)


# Natural log of the count that a step stands for; -1 for none.
_LOGS = np.append(np.float32(-1), np.arange(LAST, dtype=np.float32) * np.float32(np.log(2) / PER_OCTAVE))


@dataclass(frozen=True)
class NgramModel:
    """Entries: fingerprint in the upper bits, quantised log count plus one in the lower; `size` in characters."""

    table: U16
    size: int

    @cached_property
    def _singles(self) -> npt.NDArray[np.float32]:
        """The log counts of the code points below BMP: a fifth of all look-ups, in a table that fits the cache."""
        return self._log_counts(mixed(np.arange(BMP, dtype=np.uint64), 1))

    def _log_counts_of(self, codes: U64) -> npt.NDArray[np.float32]:
        """Natural log of the counts of single code points; -1 where there is none."""
        if len(codes) < MANY:
            return self._log_counts(mixed(codes, 1))
        counts = self._singles.take(codes.view(np.int64), mode="clip")
        beyond = np.flatnonzero(codes >= BMP)
        counts[beyond] = self._log_counts(mixed(codes[beyond], 1))
        return counts

    def _log_counts(self, key: U64) -> npt.NDArray[np.float32]:
        """Natural log of the counts; -1 where there is none. `key` has one dimension."""
        mark = fingerprint(key)
        entry = self.table.take(place(key, 0))
        elsewhere = np.flatnonzero((entry ^ mark) > LAST)
        second = self.table.take(place(key.take(elsewhere), 1))
        second *= (second ^ mark.take(elsewhere)) <= LAST
        entry[elsewhere] = second
        return _LOGS.take(entry & np.uint16(LAST))

    def log_probability(self, codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.float32]:
        """Log probability of each code from row ORDER - 1 on, given those in the rows before; in nats.

        Each column of `codes` is a stretch of text.
        """
        keys = _keys(codes)
        counts = self._few_counts(keys) if codes.size <= FEW_CODES else self._many_counts(keys)
        single = counts[0, 1:]
        score = np.where(single >= 0, single - np.float32(np.log(self.size)), np.float32(UNSEEN))
        for n in range(1, ORDER):
            beginning, longer = counts[n - 1, :-1], counts[n, 1:]
            score += (beginning >= 0) * np.float32(BACKOFF)
            np.copyto(score, np.minimum(longer - beginning, 0), where=longer >= 0)
        return score

    def _few_counts(self, keys: Sequence[U64]) -> npt.NDArray[np.float32]:
        """The log counts of the n-grams of each length (`_keys`), in one look-up: of a few that costs least.

        What has no beginning in the table is not there itself.
        """
        salted = [key.ravel() ^ _salt(n) for n, key in enumerate(keys, 1)]
        found = self._log_counts(_stirred(np.concatenate(salted)))
        counts = np.full((ORDER, *keys[0].shape), -1, dtype=np.float32)
        counts[:-1] = found[: counts[:-1].size].reshape(counts[:-1].shape)
        counts[-1, 1:] = found[counts[:-1].size :].reshape(keys[-1].shape)
        for n in range(1, ORDER):
            np.copyto(counts[n, 1:], np.float32(-1), where=counts[n - 1, :-1] < 0)
        return counts

    def _many_counts(self, keys: Sequence[U64]) -> npt.NDArray[np.float32]:
        """The same, but only what has a beginning in the table is looked up."""
        counts = np.full((ORDER, *keys[0].shape), -1, dtype=np.float32)
        counts[0] = self._log_counts_of(keys[0].ravel()).reshape(keys[0].shape)
        for n in range(1, ORDER):
            begun = np.flatnonzero(counts[n - 1, :-1] >= 0)
            ended = keys[n][1:] if n < ORDER - 1 else keys[n]
            counts[n, 1:].reshape(-1)[begun] = self._log_counts(mixed(ended.ravel().take(begun), n + 1))
            if n < ORDER - 1:
                counts[n, 0] = self._log_counts(mixed(keys[n][0], n + 1))
        return counts

    def score(
        self,
        contexts: Contexts,
        starts: npt.NDArray[np.int64],
        ends: npt.NDArray[np.int64],
        words: npt.NDArray[np.uint32],
    ) -> npt.NDArray[np.float32]:
        """Log probability of each slot [start, end) with its word in it and the four characters behind, in nats.

        `words` holds code points, one word a row, padded with zeros.
        """
        left = contexts.at[starts].astype(np.int64)
        right = contexts.at[ends - 1].astype(np.int64) + 1
        lengths = (words != 0).sum(axis=1)
        total = np.zeros(len(words), dtype=np.float32)
        for rows in _together(lengths):
            length = lengths[rows]
            longest = int(length.max())
            column = np.arange(longest + ORDER - 1)[:, None] - length  # negative inside the word
            codes = np.empty((longest + 2 * (ORDER - 1), len(length)), dtype=np.uint32)
            codes[: ORDER - 1] = contexts.codes.take(left[rows] + np.arange(1 - ORDER, 0)[:, None])
            codes[ORDER - 1 :] = contexts.codes.take(right[rows] + np.minimum(np.maximum(column, 0), ORDER - 2))
            np.copyto(codes[ORDER - 1 : longest + ORDER - 1], words[rows, :longest].T, where=column[:longest] < 0)
            chances = self.log_probability(codes)
            chances *= column < ORDER - 1
            # Added up line by line: a slot's score must not depend on how many others are scored with it.
            total[rows] = sum(chances)
        return total


def _keys(codes: npt.NDArray[np.uint32]) -> list[U64]:
    """The keys of the n-grams (n = 1 … ORDER) that end in row ORDER - 2 or after it; of the longest, after it."""
    wide = codes.astype(np.uint64)
    keys = [wide]
    for n in range(2, ORDER + 1):
        keys.append(keys[-1][:-1] * STEP + wide[n - 1 :])
    return [key[max(0, ORDER - 1 - n) :] for n, key in enumerate(keys, 1)]


def _together(lengths: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64] | slice]:
    """Which words are scored together: those of one length, but all of them if they are few."""
    if len(lengths) <= FEW:
        return [slice(None)]
    alike = [np.flatnonzero(lengths == length) for length in np.bincount(lengths).nonzero()[0].tolist()]
    return [rows[low : low + STRETCHES_AT_ONCE] for rows in alike for low in range(0, len(rows), STRETCHES_AT_ONCE)]


@cache
def load_ngrams() -> NgramModel:
    """The shipped counts, memory-mapped."""
    folder = files("cleantext") / "data" / "spun"
    size = int(json.loads((folder / "ngrams.json").read_text(encoding="utf-8"))["size"])
    with as_file(folder / "ngrams.npy") as path:
        return NgramModel(np.asarray(np.load(path, mmap_mode="r")), size)
