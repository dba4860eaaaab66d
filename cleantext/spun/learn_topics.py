"""Learn the topic model: `python -m cleantext.spun.learn_topics CORPUS`.

CORPUS is a folder of .txt files of clean Chinese. Writes `topics.npz`, the model that `topic.py` asks. Takes about half
a minute; needs the `train` extra (scikit-learn).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import ahocorasick_rs
import numpy as np
import numpy.typing as npt
from scipy import sparse  # type: ignore[import-untyped]  # no stubs
from sklearn.utils.extmath import randomized_svd  # type: ignore[import-untyped]  # no stubs

from cleantext.spun.context import U32, word_hashes
from cleantext.spun.corpus import TRAINING, blocks
from cleantext.spun.rows import SHIELD, shipped_rows
from cleantext.spun.topic import HAN_COUNT, UNIT, bigram_place, bigrams

SOURCE_CAP = 6_000_000  # characters taken from one source
MIN_PAGES, MAX_SHARE = 120, 0.3  # pages, and share of all, that hold a bigram which counts
MIN_PMI = 0.5  # nats of pointwise mutual information between its characters: a bigram inside of words, nearly always
# Mean F0.5 over thresholds from 0.64 to 0.88, leave-one-site-out, with 20,000 bigrams in 48 dimensions 0.906, with
# 55,000 in 200 dimensions 0.908, without the model 0.902 (each within 0.001 from one model of context to the next).
DIMENSIONS = 48
PRIOR_PAGES = 100  # pages of no topic that each word counts for; 20 and 400 differ by 0.001
LEVELS = 15  # of a vector's values, on each side of zero: 127 do no better and take twice the space
RIDGE = 1e-4  # of the largest variance, added to each

Numbers = npt.NDArray[np.float64]


def learn(texts: Sequence[str], words: Sequence[str]) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of the model (see `TopicModel`) from pages of clean text.

    No bigram of `words` counts: a page must not be known by the very words that are in question.
    """
    counted = [_counted(text) for text in texts]
    known, weight = _vocabulary(counted, words)
    pages = _matrix(counted, known, weight)
    basis = randomized_svd(pages, DIMENSIONS, n_iter=3, random_state=0)[2]
    place: Numbers = pages @ basis.T
    place /= np.maximum(np.linalg.norm(place, axis=1, keepdims=True), 1e-6)
    centre = place.mean(axis=0)
    variance, axes = np.linalg.eigh(np.cov((place - centre).T))
    inverse = (axes / (variance + RIDGE * variance.max())) @ axes.T
    mean = _word_means(texts, words, place - centre)
    vectors = mean @ inverse
    constant = -(vectors * mean).sum(axis=1) / 2 - vectors @ centre
    hashes = word_hashes(words)
    order = np.argsort(hashes)
    bigram_vector, _ = _quantised(basis.T * weight[:, None])
    word_vector, step = _quantised(vectors[order])
    return {
        "bigram": known,
        "bigram_vector": bigram_vector,
        "word": hashes[order],
        "word_vector": word_vector,
        "constant": constant[order].astype(np.float32),
        "scale": np.array(step / UNIT),
    }


def _counted(text: str) -> tuple[U32, npt.NDArray[np.int64]]:
    """The bigrams of a text and how often each occurs."""
    return np.unique(bigrams(np.frombuffer(text.encode("utf-32-le"), "<u4"))[1], return_counts=True)


def _vocabulary(counted: Sequence[tuple[U32, npt.NDArray[np.int64]]], words: Sequence[str]) -> tuple[U32, Numbers]:
    """The bigrams that count and their weight (inverse document frequency)."""
    numbers, back = np.unique(np.concatenate([number for number, _ in counted]), return_inverse=True)
    times = np.bincount(back, np.concatenate([count for _, count in counted]))
    pages = np.bincount(back)
    first, second = np.divmod(numbers.astype(np.int64), HAN_COUNT)
    left, right = np.bincount(first, times, HAN_COUNT), np.bincount(second, times, HAN_COUNT)
    pmi = np.log(times * times.sum() / (left[first] * right[second]))
    own = np.unique(np.concatenate([_counted(word)[0] for word in words]))
    good = (pages >= MIN_PAGES) & (pages < MAX_SHARE * len(counted)) & (pmi > MIN_PMI) & ~np.isin(numbers, own)
    # Of two bigrams in one place of the table the one on more pages stays.
    good[np.flatnonzero(good)[~_first_in_place(numbers[good], pages[good])]] = False
    return numbers[good], np.log(len(counted) / pages[good])


def _first_in_place(numbers: U32, pages: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    order = np.argsort(-pages, kind="stable")
    kept = np.zeros(len(numbers), dtype=bool)
    kept[order[np.unique(bigram_place(numbers[order]), return_index=True)[1]]] = True
    return kept


def _matrix(counted: Sequence[tuple[U32, npt.NDArray[np.int64]]], known: U32, weight: Numbers) -> sparse.csr_matrix:
    """Pages by bigrams: log(1 + occurrences) times weight, each page of length 1."""
    columns, values, bounds = [], [], [0]
    for numbers, times in counted:
        at = np.minimum(known.searchsorted(numbers), len(known) - 1)
        hit = known[at] == numbers
        value = np.log1p(times[hit]) * weight[at[hit]]
        columns.append(at[hit])
        values.append(value / max(float(np.linalg.norm(value)), 1e-6))
        bounds.append(bounds[-1] + len(value))
    return sparse.csr_matrix((np.concatenate(values), np.concatenate(columns), bounds), (len(counted), len(known)))


def _word_means(texts: Sequence[str], words: Sequence[str], place: Numbers) -> Numbers:
    """Where the pages that hold a word lie on average, drawn to the centre of all pages."""
    matcher = ahocorasick_rs.AhoCorasick(words)
    total, pages = np.zeros((len(words), place.shape[1])), np.full(len(words), float(PRIOR_PAGES))
    for text, where in zip(texts, place, strict=True):
        held = np.array(sorted({match[0] for match in matcher.find_matches_as_indexes(text, overlapping=True)}), int)
        total[held] += where
        pages[held] += 1
    mean: Numbers = total / pages[:, None]
    return mean


def _quantised(values: Numbers) -> tuple[npt.NDArray[np.int8], float]:
    """Values as small integers, and what a step is worth; the greatest thousandth is cut."""
    step = float(np.percentile(np.abs(values), 99.9)) / LEVELS
    return np.clip(np.rint(values / step), -LEVELS, LEVELS).astype(np.int8), step


def main() -> None:
    """Command line of the learning."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "data" / "spun")
    args = parser.parse_args()
    texts = [block for path in sorted(args.corpus.glob("*.txt")) for block in blocks(path, TRAINING, SOURCE_CAP)]
    words = {word for row in shipped_rows() if row.tier != SHIELD for word in (row.spun, row.original) if len(word) > 1}
    arrays = learn(texts, sorted(words))
    print(f"{len(texts)} pages, {len(arrays['bigram'])} bigrams, {len(arrays['word'])} words")
    np.savez_compressed(args.out / "topics.npz", **arrays)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
