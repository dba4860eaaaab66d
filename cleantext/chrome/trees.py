"""Training the ensemble: gradient boosting of oblivious trees for weighted logistic loss. Needs numba; training only.

Method: Friedman's gradient boosting with second-order gains (Chen & Guestrin 2016) on binned features, and the
symmetric trees of CatBoost (Prokhorenkova et al. 2018), which overfit little on few pages and evaluate fast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from cleantext.chrome.forest import Forest


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an ensemble is grown; defaults chosen by cross-validation over sites (see the provenance note)."""

    trees: int = 160
    depth: int = 5
    rate: float = 0.15
    ridge: float = 8.0  # L2 on leaf values, in units of line weight
    borders: int = 40
    rows: float = 0.6  # share of lines drawn for each tree
    columns: float = 0.4  # share of features drawn for each tree
    seed: int = 20


@numba.njit(cache=True)
def _histogram(
    bins: NDArray[np.uint8], used: NDArray[np.int64], node: NDArray[np.int64], grad: NDArray[np.float64],
    hess: NDArray[np.float64], nodes: int, width: int,
) -> NDArray[np.float64]:  # fmt: skip
    columns = bins.shape[1]
    out = np.zeros((nodes, columns, width, 2))
    for i in used:
        g, h, n = grad[i], hess[i], node[i]
        for k in range(columns):
            b = bins[i, k]
            out[n, k, b, 0] += g
            out[n, k, b, 1] += h
    return out


def _bin(matrix: NDArray[np.float32], count: int) -> tuple[NDArray[np.uint8], list[NDArray[np.float32]]]:
    """Bin each feature of a (lines, features) matrix at its quantiles."""
    bins = np.empty(matrix.shape, np.uint8)
    borders = []
    for column in range(matrix.shape[1]):
        values = np.unique(matrix[:, column])
        if len(values) > count:
            values = np.unique(np.quantile(matrix[:, column], np.linspace(0, 1, count + 2)))
        cut = ((values[1:] + values[:-1]) / 2).astype(np.float32)
        borders.append(cut)
        bins[:, column] = np.searchsorted(cut, matrix[:, column], side="left")
    return bins, borders


def grow(
    matrix: NDArray[np.float32], target: NDArray[np.float64], weight: NDArray[np.float64], recipe: Recipe
) -> Forest:
    """Train on a (lines, features) matrix; `target` 1 = chrome."""
    random = np.random.default_rng(recipe.seed)
    bins, borders = _bin(matrix, recipe.borders)
    width = max(len(cut) for cut in borders) + 1
    lines, features = matrix.shape
    prior = float(np.average(target, weights=weight))
    bias = float(np.log(prior / (1 - prior)))
    score = np.full(lines, bias)
    asked = np.zeros((recipe.depth, recipe.trees), np.int64)
    border = np.zeros((recipe.depth, recipe.trees), np.float32)
    leaves = np.zeros((recipe.trees, 1 << recipe.depth), np.float32)
    for tree in range(recipe.trees):
        chance = 1 / (1 + np.exp(-score))
        grad = weight * (target - chance)
        hess = weight * chance * (1 - chance)
        rows = np.flatnonzero(random.random(lines) < recipe.rows)
        columns = np.sort(random.choice(features, int(features * recipe.columns), replace=False))
        drawn = bins[rows[:, None], columns]
        upper, lower = grad[rows], hess[rows]
        node, above = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
        table = _histogram(drawn, np.arange(len(rows)), node, upper, lower, 1, width)
        for level in range(recipe.depth):
            if level:
                table = _split(table, drawn, above, node & 1, upper, lower)
            pick, cut = _best_question(table, [len(borders[c]) for c in columns], recipe.ridge)
            asked[level, tree], border[level, tree] = columns[pick], borders[columns[pick]][cut]
            above, node = node, node * 2 + (drawn[:, pick] > cut)
        size = 1 << recipe.depth
        leaves[tree] = recipe.rate * np.bincount(node, upper, size) / (np.bincount(node, lower, size) + recipe.ridge)
        score += leaves[tree][_leaves_of(bins, asked[:, tree], border[:, tree], borders)]
    return Forest(asked, border, leaves, bias)


def _split(
    table: NDArray[np.float64], bins: NDArray[np.uint8], node: NDArray[np.int64], side: NDArray[np.int64],
    grad: NDArray[np.float64], hess: NDArray[np.float64],
) -> NDArray[np.float64]:  # fmt: skip
    """The table of the next level: the smaller side is counted, the other one is what it leaves of its parent."""
    smaller = int(2 * np.count_nonzero(side) <= len(side))
    counted = _histogram(bins, np.flatnonzero(side == smaller), node, grad, hess, len(table), table.shape[2])
    out = np.empty((2 * len(table), *table.shape[1:]))
    out[smaller::2], out[1 - smaller :: 2] = counted, table - counted
    return out


def _leaves_of(
    bins: NDArray[np.uint8], asked: NDArray[np.int64], border: NDArray[np.float32], borders: list[NDArray[np.float32]]
) -> NDArray[np.int64]:
    node = np.zeros(len(bins), np.int64)
    for column, value in zip(asked.tolist(), border, strict=True):
        node = node * 2 + (bins[:, column] > np.searchsorted(borders[column], value))
    return node


def _best_question(table: NDArray[np.float64], cuts: list[int], ridge: float) -> tuple[int, int]:
    left = np.cumsum(table, axis=2)
    whole = left[:, :, -1:, :]
    right = whole - left
    gain = left[..., 0] ** 2 / (left[..., 1] + ridge) + right[..., 0] ** 2 / (right[..., 1] + ridge)
    total = gain.sum(axis=0)
    total[np.arange(total.shape[1])[None, :] >= np.array(cuts)[:, None]] = -np.inf
    pick, cut = np.unravel_index(int(np.argmax(total)), total.shape)
    return int(pick), int(cut)
