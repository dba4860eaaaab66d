"""A character 5-gram model as counts: how likely is the stretch around a slot with this word in it?

Counts of n-grams (n = 1..5) of clean text in one hashed table, scored by stupid backoff (Brants et al. 2007). It knows
rare long matches that the linear model shares out among features; the two together beat each one alone. Build it with
`python -m cleantext.spun.ngrams CORPUS`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleantext.spun.context import U16, Contexts, compress

U64 = npt.NDArray[np.uint64]

ORDER = 5
TABLE_BITS = 23  # log2 of the entries: 2 bytes each, 16 MiB
MIN_COUNTS = (1, 2, 2, 2, 2)  # n-grams seen less often than this are left out, by n
FILL = 0.95  # share of the entries that are used: nearly all n-grams then find one of their two places free
STRETCHES_AT_ONCE = 4096  # that are scored together: they stay in the processor's caches
FEW = 1024  # stretches: up to here one look-up for all is faster than one for each length of word
BACKOFF = -0.9  # nats: log 0.4, the constant of the method
UNSEEN = -18.0  # nats: a character that the corpus does not hold
PER_OCTAVE = 8.0  # steps of the stored log2 counts per doubling

_STEP, _MIX, _SALT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), 0x94D049BB133111EB


def _mixed(key: U64, n: int) -> U64:
    key = key ^ np.uint64(n * _SALT % 2**64)
    key ^= key >> np.uint64(30)
    key *= _MIX
    key ^= key >> np.uint64(27)
    return key


def _places(key: U64) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], U16]:
    """The two entries that may hold a key, and its fingerprint."""
    one = (key >> np.uint64(64 - TABLE_BITS)).astype(np.int64)
    other = one ^ (((key >> np.uint64(16)) & np.uint64((1 << TABLE_BITS) - 1)).astype(np.int64) | 1)
    return one, other, ((key >> np.uint64(8)) & np.uint64(0xFF)).astype(np.uint16)


# Natural log of the count that a stored byte stands for; -1 for none.
_LOGS = np.append(np.float32(-1), np.arange(255, dtype=np.float32) * np.float32(np.log(2) / PER_OCTAVE))


@dataclass(frozen=True, slots=True)
class NgramModel:
    """Entries: fingerprint in the upper byte, quantised log count plus one in the lower; `size` in characters."""

    table: U16
    size: int

    def _log_counts(self, key: U64) -> npt.NDArray[np.float32]:
        """Natural log of the counts; -1 where there is none. `key` has one dimension."""
        one, other, mark = _places(key)
        entry = self.table.take(one)
        elsewhere = np.flatnonzero(entry >> np.uint16(8) != mark)
        second = self.table.take(other.take(elsewhere))
        second *= second >> np.uint16(8) == mark.take(elsewhere)
        entry[elsewhere] = second
        return _LOGS.take(entry & np.uint16(0xFF))

    def log_probability(self, codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.float32]:
        """Log probability of each code from row ORDER - 1 on, given those in the rows before; in nats.

        Each column of `codes` is a stretch of text.
        """
        wide = codes.astype(np.uint64)
        key = wide
        # Counts of what ends in row ORDER - 2, the last one of the history, and in those after it.
        shorter = self._log_counts(_mixed(key[ORDER - 2 :].ravel(), 1)).reshape(-1, codes.shape[1])
        score = np.where(shorter >= 0, shorter - np.float32(np.log(self.size)), np.float32(UNSEEN))[1:]
        for n in range(2, ORDER + 1):
            key = key[:-1] * _STEP + wide[n - 1 :]
            context = shorter[:-1]
            beginning = context >= 0
            known = np.flatnonzero(beginning)  # what has no beginning in the table is not there itself
            longer = np.full(context.shape, -1, dtype=np.float32)
            longer.ravel()[known] = self._log_counts(_mixed(key[ORDER - n :].ravel().take(known), n))
            score = score + beginning * np.float32(BACKOFF)
            np.copyto(score, np.minimum(longer - context, 0), where=longer >= 0)
            if n < ORDER:
                shorter = np.vstack([self._log_counts(_mixed(key[ORDER - n - 1], n)), longer])
        return score

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
            behind = contexts.codes[right[rows] + np.clip(column, 0, ORDER - 2)]
            inside = np.pad(words[rows, :longest].T, ((0, ORDER - 1), (0, 0)))
            before = contexts.codes[left[rows] + np.arange(1 - ORDER, 0)[:, None]]
            chances = self.log_probability(np.vstack([before, np.where(column < 0, inside, behind)]))
            # Added up line by line: a slot's score must not depend on how many others are scored with it.
            for chance, own in zip(chances, column < ORDER - 1, strict=True):
                total[rows] += chance * own
        return total


def _together(lengths: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Which words are scored together: those of one length, but all of them if they are few."""
    if len(lengths) <= FEW:
        return [np.arange(len(lengths))]
    alike = [np.flatnonzero(lengths == length) for length in np.unique(lengths).tolist()]
    return [rows[low : low + STRETCHES_AT_ONCE] for rows in alike for low in range(0, len(rows), STRETCHES_AT_ONCE)]


@cache
def load_ngrams() -> NgramModel:
    """The shipped counts, memory-mapped."""
    folder = files("cleantext") / "data" / "spun"
    size = int(json.loads((folder / "ngrams.json").read_text(encoding="utf-8"))["size"])
    with as_file(folder / "ngrams.npy") as path:
        return NgramModel(np.asarray(np.load(path, mmap_mode="r")), size)


def count(texts: Sequence[str]) -> tuple[U16, int]:
    """Count the n-grams of texts into a table: those that tell most beyond what backing off from them would say.

    An n-gram's worth is its count times the distance between its score and the backed-off one (weighted difference
    pruning, Seymore & Rosenfeld 1996). A kept n-gram keeps its own beginnings, without which it is never asked.
    """
    gap = np.full(ORDER, ord("\n"), dtype=np.uint32)
    codes = np.concatenate([part for text in texts for part in (compress(text)[0], gap)]).astype(np.uint64)
    levels: list[_Level] = []
    key = codes
    for n in range(1, ORDER + 1):
        if n > 1:
            key = key[:-1] * _STEP + codes[n - 1 :]
        levels.append(_level(_mixed(key, n), n, levels[-1] if levels else None))
        if n > 1:
            levels[-2] = levels[-2]._replace(at=np.zeros(0, dtype=np.int32))  # asked for no more: a third of the memory
    room = int(FILL * (1 << TABLE_BITS))
    low, high = -3.0, 12.0  # log of the least worth that fills the table: found by halving
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (middle, high) if sum(k.sum() for k in _kept(levels, np.exp(middle))) > room else (low, middle)
    kept = _kept(levels, np.exp(high))
    keys = np.concatenate([level.keys[keep] for level, keep in zip(levels, kept, strict=True)])
    counts = np.concatenate([level.counts[keep] for level, keep in zip(levels, kept, strict=True)])
    return _table(keys, counts), len(codes)


class _Level(NamedTuple):
    """The n-grams of one length that the texts hold often enough, one entry each."""

    keys: U64
    counts: npt.NDArray[np.int64]
    score: npt.NDArray[np.float32]  # log probability as `log_probability` would give it
    worth: npt.NDArray[np.float32]
    start: npt.NDArray[np.int32]  # entry of the n-gram's first n - 1 characters
    at: npt.NDArray[np.int32]  # per position of the text: the entry of the n-gram that begins there, -1 if none


def _level(found: U64, n: int, below: _Level | None) -> _Level:
    keys, first, back, counts = np.unique(found, return_index=True, return_inverse=True, return_counts=True)
    often = counts >= MIN_COUNTS[n - 1]
    at = np.where(often, np.cumsum(often) - 1, -1).astype(np.int32)[back]
    keys, first, counts = keys[often], first[often], counts[often]
    logs = np.log(counts).astype(np.float32)
    if below is None:
        score = logs - np.float32(np.log(len(found)))
        return _Level(keys, counts, score, np.full(len(keys), np.inf, dtype=np.float32), first.astype(np.int32), at)
    # What is often enough has a beginning and an end that are, too.
    start = below.at[first]
    score = np.minimum(logs - np.log(below.counts[start]).astype(np.float32), 0)
    backed_off = below.score[below.at[first + 1]] + np.float32(BACKOFF)
    return _Level(keys, counts, score, (counts * np.abs(score - backed_off)).astype(np.float32), start, at)


def _kept(levels: Sequence[_Level], least: float) -> list[npt.NDArray[np.bool_]]:
    """Which entries of each level are worth their place, longest n-grams first."""
    kept: list[npt.NDArray[np.bool_]] = []
    for n in range(ORDER, 0, -1):
        level = levels[n - 1]
        keep = level.worth >= least
        if kept:
            keep[levels[n].start[kept[0]]] = True
        kept.insert(0, keep)
    return kept


def _table(keys: U64, counts: npt.NDArray[np.int64]) -> U16:
    order = np.argsort(-counts, kind="stable")
    one, other, mark = _places(keys[order])
    small = np.minimum(np.round(np.log2(counts[order]) * PER_OCTAVE) + 1, 255).astype(np.uint16)
    table = np.zeros(1 << TABLE_BITS, dtype=np.uint16)
    lost = 0
    for a, b, entry in zip(one.tolist(), other.tolist(), (mark << np.uint16(8) | small).tolist(), strict=True):
        if not table[a]:
            table[a] = entry
        elif not table[b]:
            table[b] = entry
        else:
            lost += 1
    print(f"{len(keys)} n-grams, {lost} without a place")
    return table


def main() -> None:
    """Command line of the counting."""
    from cleantext.spun.corpus import TRAINING, blocks

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "data" / "spun")
    args = parser.parse_args()
    texts = ["".join(blocks(path, TRAINING, 12_000_000)) for path in sorted(args.corpus.glob("*.txt"))]
    table, size = count(texts)
    np.save(args.out / "ngrams.npy", table)
    record = {"made by": "python -m cleantext.spun.ngrams CORPUS", "size": size, "minimal counts": MIN_COUNTS}
    (args.out / "ngrams.json").write_text(json.dumps(record) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
