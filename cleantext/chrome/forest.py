"""Evaluating a boosted ensemble of oblivious trees with a handful of array operations.

In an oblivious tree every level asks one question, whatever the path, so a tree of depth d is d comparisons and one
look-up in 2^d leaf values. All trees and all lines are answered at once. Training is in `trees.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

LINES_AT_ONCE = 512  # what they need then stays in the processor's caches


@dataclass(frozen=True)
class Forest:
    """`feature` and `border` (depth, trees): question k of tree t is x[feature] > border; `leaf` (trees, 2^depth)."""

    feature: NDArray[np.int64]
    border: Array
    leaf: Array
    bias: float

    def score(self, *blocks: Array) -> Array:
        """The log-odds of each line, for a feature matrix (features, lines), given as one block of rows or several."""
        lines = blocks[0].shape[1]
        out = np.empty(lines, np.float32)
        for low in range(0, lines, LINES_AT_ONCE):
            parts = [block[:, low : low + LINES_AT_ONCE] for block in blocks]
            part = np.concatenate(parts) if len(parts) > 1 else parts[0]
            # Of one line alone numpy would sum the trees in another order than of several.
            alone = part.shape[1] == 1
            out[low : low + LINES_AT_ONCE] = self._odds(part.repeat(2, 1))[:1] if alone else self._odds(part)
        return out

    def _odds(self, rows: Array) -> Array:
        depth, trees = self.feature.shape
        feature, border, which = self._questions
        asked = rows.take(feature, 0) > border
        answers = asked.view(np.uint8).take(which, 0).reshape(depth, trees, -1)
        path = answers[0]
        for level in range(1, depth):  # in bytes: a tree of depth 8 has 256 leaves
            path += path
            path += answers[level]
        index = path + np.arange(0, self.leaf.size, self.leaf.shape[1], dtype=np.intp)[:, None]
        total: Array = np.add.reduce(self.leaf.ravel().take(index), 0)
        return total + np.float32(self.bias)

    @cached_property
    def _questions(self) -> tuple[NDArray[np.int64], Array, NDArray[np.int64]]:
        """The different questions (half of all), as feature and border, and which of them each tree asks."""
        pairs = np.stack((self.feature.ravel().astype(np.float32), self.border.ravel()), axis=1)
        unique, which = np.unique(pairs, axis=0, return_inverse=True)
        return unique[:, 0].astype(np.int64), unique[:, 1:], which.ravel()

    def arrays(self, prefix: str) -> dict[str, NDArray[np.generic]]:
        """The arrays to store, in the types they are stored in."""
        return {
            prefix + "feature": self.feature.astype(np.int16),
            prefix + "border": self.border.astype(np.float32),
            prefix + "leaf": self.leaf.astype(np.float16),
            prefix + "bias": np.array(self.bias, np.float32),
        }

    @classmethod
    def load(cls, stored: Mapping[str, NDArray[np.generic]], prefix: str) -> Forest:
        """Read back what `arrays` gave."""
        return cls(
            np.asarray(stored[prefix + "feature"], np.int64),
            np.asarray(stored[prefix + "border"], np.float32),
            np.asarray(stored[prefix + "leaf"], np.float32),
            float(np.asarray(stored[prefix + "bias"], np.float32)),
        )


def mean(forests: Sequence[Forest]) -> Forest:
    """One ensemble that scores as several do on average."""
    feature = np.concatenate([one.feature for one in forests], axis=1)
    border = np.concatenate([one.border for one in forests], axis=1)
    leaf = (np.concatenate([one.leaf for one in forests]) / len(forests)).astype(np.float32)
    return Forest(feature, border, leaf, sum(one.bias for one in forests) / len(forests))
