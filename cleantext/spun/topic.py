"""The topic model: which words belong on a page about this?

A page is the bag of its character bigrams, projected onto a few dimensions (latent semantic analysis, Deerwester et
al. 1990); a word is where the pages of clean text that hold it lie on average, against how all pages scatter (linear
discriminant, Fisher 1936). It knows what no window of ten characters tells: 推行 is 推广 on a page about web sites and
执行 on one about policies. Sums run over integers, so that no score depends on what else is in a lot.
`learn_topics.py` builds the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import as_file, files

import numpy as np
import numpy.typing as npt

from cleantext.presence import STRETCH, Sheaf
from cleantext.spun.context import U32

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

FIRST_HAN = 0x4E00  # of the characters whose bigrams count
HAN_COUNT = 0x9FFF - FIRST_HAN + 1  # squared it fits into 32 bits
PLACES = 18  # log2 of the places of the hash table of bigrams
TIMES = 64  # steps per nat of log(1 + occurrences)
UNIT = 1 << 12  # of a page's direction: its length in integers

_GOLDEN = np.uint32(0x9E3779B1)


def bigrams(codes: npt.NDArray[np.uint32]) -> tuple[Ints, U32]:
    """Where two Han characters stand side by side, and the number of each such bigram."""
    han = codes - np.uint32(FIRST_HAN)  # unsigned: smaller ones wrap around
    at = np.flatnonzero((han[:-1] < HAN_COUNT) & (han[1:] < HAN_COUNT))
    return at, han[at] * np.uint32(HAN_COUNT) + han[at + 1]


def bigram_place(number: U32) -> Ints:
    """The place of a bigram in the hash table."""
    return (number * _GOLDEN >> np.uint32(32 - PLACES)).astype(np.int64)


@dataclass(frozen=True)
class TopicModel:
    """Known bigrams (sorted numbers, each in a place of its own) and words (sorted hashes) with their vectors.

    A word's score on a page, in nats up to what all words share there, is `scale` times the product of its vector
    and the page's direction, plus its `constant`.
    """

    bigram: U32
    bigram_vector: npt.NDArray[np.int8]
    word: U32
    word_vector: npt.NDArray[np.int8]
    constant: Floats
    scale: float

    @cached_property
    def _table(self) -> npt.NDArray[np.int32]:
        """The number of the known bigram at each place."""
        table = np.zeros(1 << PLACES, dtype=np.int32)
        table[bigram_place(self.bigram)] = np.arange(len(self.bigram), dtype=np.int32)
        return table

    @cached_property
    def _fine(self) -> Floats:
        """The words' vectors, ready for products."""
        return self.word_vector.astype(np.float32)

    def directions(self, sheaf: Sheaf) -> Ints:
        """The direction of each text, shape (texts, dimensions); zero where no bigram is known."""
        text, known, times = self._bags(sheaf)
        weight = np.rint(np.log1p(times) * TIMES).astype(np.int64)
        total = np.zeros((len(sheaf.start), self.bigram_vector.shape[1]), dtype=np.int64)
        bound = text.searchsorted(np.arange(len(total) + 1)).tolist()
        for k, (low, high) in enumerate(zip(bound, bound[1:], strict=False)):
            total[k] = weight[low:high] @ self.bigram_vector[known[low:high]]
        length = np.sqrt((total.astype(np.float64) ** 2).sum(axis=1))
        whole: Ints = np.rint(total * (UNIT / np.maximum(length, 1.0))[:, None]).astype(np.int64)
        return whole

    def _bags(self, sheaf: Sheaf) -> tuple[Ints, Ints, Ints]:
        """The known bigrams of each text, text by text: the text's number, the bigram's, and how often it occurs."""
        found = []
        for low in range(0, len(sheaf.codes), STRETCH):
            at, number = bigrams(sheaf.codes[low : low + STRETCH + 1])
            known = self._table.take(bigram_place(number))
            hits = np.flatnonzero(self.bigram[known] == number)
            text = sheaf.end.searchsorted(at[hits] + low)
            found.append(np.unique(text * len(self.bigram) + known[hits], return_counts=True))
        items, counts = map(np.concatenate, zip(*found, strict=True))
        item, back = np.unique(items, return_inverse=True)
        return *np.divmod(item, len(self.bigram)), np.bincount(back, counts, len(item)).astype(np.int64)

    def places(self, words: U32) -> Ints:
        """The number of each word, given by its hash; -1 for one that the model does not know."""
        at = np.minimum(self.word.searchsorted(words), len(self.word) - 1)
        found: Ints = np.where(self.word[at] == words, at, -1)
        return found

    def lead(self, direction: Ints, one: Ints, other: Ints) -> Floats:
        """How much better a word (`one`) fits a page's direction (a line each) than another, in nats.

        0 where the model does not know both, or nothing of the page.
        """
        # Whole numbers that stay below 2^24: single precision holds each sum exactly, in whatever order it is taken.
        vectors = self._fine.take(one, axis=0)
        vectors -= self._fine.take(other, axis=0)
        product = np.einsum("ij,ij->i", vectors, direction.astype(np.float32))
        nats = product * np.float32(self.scale) + (self.constant[one] - self.constant[other])
        known = (one >= 0) & (other >= 0) & direction.any(axis=1)
        return np.where(known, nats, np.float32(0))


@cache
def load_topics() -> TopicModel:
    """The shipped model (`data/spun/topics.npz`)."""
    with as_file(files("cleantext") / "data" / "spun" / "topics.npz") as path, np.load(path) as arrays:
        return TopicModel(
            arrays["bigram"],
            arrays["bigram_vector"],
            arrays["word"],
            arrays["word_vector"],
            arrays["constant"],
            float(arrays["scale"]),
        )
