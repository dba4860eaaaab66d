"""How probably each block belongs to the article: boosted trees over the block features, from data/html/forest.tsv.

The trees are learned by tests/bench/train_html.py and evaluated here with numpy alone, all trees at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from cleantext.html.words import Floats

# Memory for one lot of rows: this many times the number of trees, times some 40 bytes (25 MB).
ROWS_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees as one array per column, (trees, nodes): left where feature <= threshold; a leaf leads to itself."""

    feature: NDArray[np.int64]
    threshold: Floats
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: Floats
    base: float
    depth: int

    def probabilities(self, features: Floats) -> Floats:
        """One probability per row of features."""
        parts = [self._odds(features[at : at + ROWS_AT_ONCE]) for at in range(0, len(features), ROWS_AT_ONCE)]
        probability: Floats = 1 / (1 + np.exp(-np.concatenate(parts)))
        return probability

    def _odds(self, features: Floats) -> Floats:
        trees, nodes = self.feature.shape
        roots = np.arange(0, trees * nodes, nodes)  # nodes are counted through all trees
        left, right = (self.left + roots[:, None]).ravel(), (self.right + roots[:, None]).ravel()
        feature, threshold = self.feature.ravel(), self.threshold.ravel()
        values, rows = features.ravel(), np.arange(0, features.size, features.shape[1])[:, None]
        node = np.broadcast_to(roots, (len(features), trees))
        for _ in range(self.depth):
            goes_left = values.take(rows + feature.take(node)) <= threshold.take(node)
            node = np.where(goes_left, left.take(node), right.take(node))
        odds: Floats = self.base + self.value.ravel().take(node).sum(axis=1)
        return odds


@cache
def load() -> Forest:
    """The shipped forest. Rows: tree, node, feature, threshold, left, right, value; left == right == node in a leaf."""
    rows: list[list[float]] = []
    base, depth = 0.0, 0
    for line in files("cleantext").joinpath("data", "html", "forest.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("base\t"):
            _, base_text, depth_text = line.split("\t")
            base, depth = float(base_text), int(depth_text)
        elif not line.startswith("#"):
            rows.append([float(cell) for cell in line.split("\t")])
    table = np.array(rows)
    tree, node = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    columns = np.zeros((5, tree.max() + 1, node.max() + 1))
    columns[:, tree, node] = table[:, 2:].T
    feature, threshold, left, right, value = columns
    return Forest(
        feature.astype(np.int64), threshold, left.astype(np.int64), right.astype(np.int64), value, base, depth
    )
