"""Count the n-grams of clean text: `python -m cleantext.spun.count CORPUS`.

CORPUS is a folder of .txt files of clean Chinese. Writes `ngrams.npy`, the table that `ngrams.py` asks. Takes about six
minutes and 8 GB; needs the `train` extra (numba).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import ahocorasick_rs
import numba
import numpy as np
import numpy.typing as npt

from cleantext.spun.context import U16, U32, compress
from cleantext.spun.corpus import TRAINING, blocks
from cleantext.spun.ngrams import BACKOFF, ENTRIES, LAST, ORDER, PER_OCTAVE, STEP, U64, fingerprint, mixed, place
from cleantext.spun.rows import SHIELD, shipped_rows

MIN_COUNTS = (1, 2, 2, 2, 2)  # n-grams seen less often than this are left out, by n
FILL = 1.0  # n-grams per entry: five of six then find a place, the least worth do not
PIECE = 2_000_000  # characters that are searched for words at once: the matches are Python's


def count(texts: Iterable[str], words: Sequence[str]) -> tuple[U16, int]:
    """Count the n-grams of texts into a table: those that tell most beyond what backing off from them would say.

    An n-gram's worth is how often it is asked for, were `words` judged wherever they stand, times the distance between
    its score and the backed-off one (weighted difference pruning, Seymore & Rosenfeld 1996). A kept n-gram keeps its
    own beginnings, without which it is never asked.
    """
    matcher = ahocorasick_rs.AhoCorasick(words)
    gap = np.full(ORDER, ord("\n"), dtype=np.uint32), np.zeros(ORDER, dtype=bool)
    parts = [part for text in texts for part in (_asked(text, matcher), gap)]
    codes = np.concatenate([part for part, _ in parts]).astype(np.uint64)
    asked = np.concatenate([part for _, part in parts])
    parts.clear()
    levels: list[_Level] = []
    key = codes
    for n in range(1, ORDER + 1):
        if n > 1:
            key = key[:-1] * STEP + codes[n - 1 :]
        levels.append(_level(mixed(key, n), n, levels[-1] if levels else None, asked[n - 1 :]))
        if n > 1:
            levels[-2] = levels[-2]._replace(at=np.zeros(0, dtype=np.int32))  # asked for no more: a third of the memory
    room = int(FILL * ENTRIES)
    low, high = -3.0, 12.0  # log of the least worth that fills the table: found by halving
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (middle, high) if sum(k.sum() for k in _kept(levels, np.exp(middle))) > room else (low, middle)
    kept = _kept(levels, np.exp(high))
    keys = np.concatenate([level.keys[keep] for level, keep in zip(levels, kept, strict=True)])
    counts = np.concatenate([level.counts[keep] for level, keep in zip(levels, kept, strict=True)])
    order = np.argsort(-np.concatenate(_values(levels, kept)), kind="stable")  # beginnings before what they begin
    return _table(keys[order], counts[order]), len(codes)


def _asked(text: str, matcher: ahocorasick_rs.AhoCorasick) -> tuple[U32, npt.NDArray[np.bool_]]:
    """The codes of a text, and which of them are scored when the words of the matcher are judged."""
    codes, keep = compress(text)
    at = np.cumsum(keep) - 1
    steps = np.zeros(len(codes) + ORDER, dtype=np.int32)
    for low in range(0, len(text), PIECE):  # words that a cut divides are few
        matches = matcher.find_matches_as_indexes(text[low : low + PIECE], overlapping=True)
        _, start, end = np.array(matches, dtype=np.int64).reshape(-1, 3).T
        np.add.at(steps, at[start + low], 1)
        np.add.at(steps, at[end + low - 1] + ORDER, -1)
    return codes, np.cumsum(steps[: len(codes)]) > 0


class _Level(NamedTuple):
    """The n-grams of one length that the texts hold often enough, one entry each."""

    keys: U64
    counts: npt.NDArray[np.int64]
    score: npt.NDArray[np.float32]  # log probability as `log_probability` would give it
    worth: npt.NDArray[np.float32]
    start: npt.NDArray[np.int32]  # entry of the n-gram's first n - 1 characters
    at: npt.NDArray[np.int32]  # per position of the text: the entry of the n-gram that begins there, -1 if none


def _level(found: U64, n: int, below: _Level | None, asked: npt.NDArray[np.bool_]) -> _Level:
    keys, first, back, counts = np.unique(found, return_index=True, return_inverse=True, return_counts=True)
    often = counts >= MIN_COUNTS[n - 1]
    at = np.where(often, np.cumsum(often) - 1, -1).astype(np.int32)[back]
    times = np.bincount(back[asked], minlength=len(keys))[often]
    keys, first, counts = keys[often], first[often], counts[often]
    logs = np.log(counts).astype(np.float32)
    if below is None:
        score = logs - np.float32(np.log(len(found)))
        return _Level(keys, counts, score, np.full(len(keys), np.inf, dtype=np.float32), first.astype(np.int32), at)
    # What is often enough has a beginning and an end that are, too.
    start = below.at[first]
    score = np.minimum(logs - np.log(below.counts[start]).astype(np.float32), 0)
    backed_off = below.score[below.at[first + 1]] + np.float32(BACKOFF)
    return _Level(keys, counts, score, (times * np.abs(score - backed_off)).astype(np.float32), start, at)


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


def _values(levels: Sequence[_Level], kept: Sequence[npt.NDArray[np.bool_]]) -> list[npt.NDArray[np.float32]]:
    """What each kept n-gram is worth: the most of it and of those that it begins."""
    values = [level.worth.copy() for level in levels]
    for n in range(ORDER - 1, 0, -1):
        np.maximum.at(values[n - 1], levels[n].start[kept[n]], values[n][kept[n]])
    return [value[keep] for value, keep in zip(values, kept, strict=True)]


def _table(keys: U64, counts: npt.NDArray[np.int64]) -> U16:
    """The table of n-grams, the most important first: these are sure to find a place."""
    small = np.minimum(np.round(np.log2(counts) * PER_OCTAVE) + 1, LAST).astype(np.uint16)
    owner = _owners(np.column_stack([place(keys, 0), place(keys, 1)]).astype(np.int32))
    print(f"{len(keys)} n-grams, {len(keys) - int((owner >= 0).sum())} without a place")
    return np.where(owner >= 0, (fingerprint(keys) | small)[owner], np.uint16(0))


@numba.njit(cache=True)
def _owners(places: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Which n-gram each entry belongs to (-1: none): one whose places are taken sends an owner on to its other place.

    Cuckoo hashing (Pagh & Rodler 2001), at most two moves deep.
    """
    owner = np.full(ENTRIES, -1, dtype=np.int32)
    for new in range(len(places)):
        for entry in places[new]:
            if owner[entry] < 0:
                owner[entry] = new
                break
        else:
            _make_room(places, owner, new)
    return owner


@numba.njit(cache=True)
def _make_room(places: npt.NDArray[np.int32], owner: npt.NDArray[np.int32], new: int) -> None:
    for entry in places[new]:
        first = owner[entry]
        for beyond in places[first]:
            if owner[beyond] < 0:
                owner[beyond], owner[entry] = first, new
                return
            second = owner[beyond]
            for last in places[second]:
                if second != first and owner[last] < 0:
                    owner[last], owner[beyond], owner[entry] = second, first, new
                    return


def main() -> None:
    """Command line of the counting."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "data" / "spun")
    args = parser.parse_args()
    texts = ("".join(blocks(path, TRAINING, 12_000_000)) for path in sorted(args.corpus.glob("*.txt")))
    words = {word for row in shipped_rows() if row.tier != SHIELD for word in (row.spun, row.original) if len(word) > 1}
    table, size = count(texts, sorted(words))
    np.save(args.out / "ngrams.npy", table)
    record = {"made by": "python -m cleantext.spun.count CORPUS", "size": size, "minimal counts": MIN_COUNTS}
    (args.out / "ngrams.json").write_text(json.dumps(record) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
