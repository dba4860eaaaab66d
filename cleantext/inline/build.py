"""Makes `data/inline/ngrams.npz` anew: `python -m cleantext.inline.build CORPUS.txt...`.

Counts of character n-grams of clean Chinese text, one paragraph per line. Everything that is not Han is one boundary
symbol. Kept are the n-grams that occur often enough; a count is stored as a rounded logarithm, an n-gram as a hash.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cleantext.language import BOUNDARY, LOG_STEP, symbols, window_hashes

PER_FILE = 3_000_000  # characters of each file: large sources must not drown the small ones
LEAST = {1: 20, 2: 10, 3: 20, 4: 40}  # occurrences, by n; swept for size (about 900,000 entries) on 66 M characters
DATA = Path(__file__).parent.parent / "data" / "inline" / "ngrams.npz"

Ints = npt.NDArray[np.int64]


def stream(paths: list[Path]) -> Ints:
    """The symbols of all files in one row, repeated boundaries merged."""
    parts = [symbols(path.read_text(encoding="utf-8", errors="ignore")[:PER_FILE]) for path in paths]
    row = np.concatenate(parts)
    keep = np.ones(len(row), bool)
    keep[1:] = (row[1:] != BOUNDARY) | (row[:-1] != BOUNDARY)
    return row[keep]


def main() -> None:
    """Count and write."""
    row = stream([Path(name) for name in sys.argv[1:]])
    hashes, levels = [], []
    for n, least in LEAST.items():
        unique, counts = np.unique(window_hashes(row, n), return_counts=True)
        kept = counts >= least
        hashes.append(unique[kept])
        levels.append(np.round(np.log(counts[kept]) / LOG_STEP).astype(np.uint8))
    every, level = np.concatenate(hashes), np.concatenate(levels)
    order = np.argsort(every)
    every, level = every[order], level[order]
    gaps = np.diff(every, prepend=np.uint32(0)).astype(np.uint32)  # small numbers compress well
    low, high = (gaps & 0xFFFF).astype(np.uint16), (gaps >> 16).astype(np.uint8)
    np.savez_compressed(DATA, low=low, high=high, level=level, total=np.array([len(row)]))
    print(f"{len(every)} n-grams of {len(row)} symbols, {DATA.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
