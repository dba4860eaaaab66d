"""Learning the line weights: `python -m cleantext.chrome.train --data DIR --corpus DIR [--cross-validate]`.

DIR holds `chrome_dev/labelled`, `chrome_dev/pages.jsonl.xz` and `pages_dev`; the corpus is a folder of clean text, one
paragraph a line. Sites are never split between learning and judging: not in the folds of `--cross-validate`, and not
in the folds that give the second look and the calibration their first verdicts. Same input, same model.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome import examples, lexicon
from cleantext.chrome.examples import Example
from cleantext.chrome.features import measure, reconsider
from cleantext.chrome.forest import Forest
from cleantext.chrome.layout import lay_out
from cleantext.chrome.model import Model
from cleantext.chrome.trees import Recipe, grow

Array = NDArray[np.float32]

INNER_FOLDS = 4
CLEAN_PER_SOURCE = 24  # pages of clean prose per source of the corpus
MIXTURES = 900
# What a line counts, in units of a short chrome line of a site with one page: long body lines up to three, because
# losing them is the worst error; synthetic and derived pages half.
BODY_WEIGHT = 1.0
DERIVED_WEIGHT = 0.5
FIRST = Recipe(trees=160, depth=5)
SECOND = Recipe(trees=160, depth=5, seed=21)


@dataclass(frozen=True, slots=True)
class Measured:
    """A page of examples as arrays: features (features, lines), labels and weights of its lines."""

    page: Example
    rows: Array
    labels: NDArray[np.int64]
    weights: NDArray[np.float64]


def fold_of(group: str, folds: int) -> int:
    """The fold of a site: fixed by its name alone."""
    return int(hashlib.md5(group.encode()).hexdigest(), 16) % folds


def prepare(page: Example) -> Measured:
    """Measure a page of examples."""
    layout = lay_out(page.text)
    rows = measure(layout, lexicon.find_hits(page.text, layout, lexicon.shipped()))
    labels = np.array(page.labels)[layout.number]
    size = np.minimum(layout.size, 100)
    weights = np.where(labels == 0, BODY_WEIGHT * (1 + size / 50), 1 + np.minimum(size, 60) / 60) * page.weight
    if page.kind not in ("labelled", "pages_dev", "A news", "B article", "B forum"):
        weights = weights * DERIVED_WEIGHT
    return Measured(page, rows, labels, np.where(labels < 0, 0, weights))


def with_derived(pages: Sequence[Example], clean: Sequence[Example], seed: int) -> list[Example]:
    """The pages, the clean ones, and what is made of them."""
    random = Random(seed)
    return [
        *pages, *clean, *examples.bodies(pages), *examples.stripped(pages),
        *examples.mixtures(pages, clean, random, MIXTURES),
    ]  # fmt: skip


def _fit(pages: Sequence[Measured], rows: Sequence[Array], recipe: Recipe) -> Forest:
    matrix = np.concatenate(rows, axis=1).T
    labels = np.concatenate([page.labels for page in pages])
    weights = np.concatenate([page.weights for page in pages])
    used = weights > 0
    return grow(np.ascontiguousarray(matrix[used]), labels[used].astype(float), weights[used], recipe)


def learn(pages: Sequence[Measured], calibrate: bool = True) -> Model:
    """Learn both looks; the second from first verdicts on sites that the first look had not seen."""
    odds: dict[int, Array] = {}
    again: dict[int, Array] = {}
    folds = [fold_of("inner" + page.page.group, INNER_FOLDS) for page in pages]
    for fold in range(INNER_FOLDS):
        seen = [page for page, at in zip(pages, folds, strict=True) if at != fold]
        forest = _fit(seen, [page.rows for page in seen], FIRST)
        odds |= {n: forest.score(page.rows) for n, page in enumerate(pages) if folds[n] == fold}
    second_rows = [reconsider(page.rows, odds[n]) for n, page in enumerate(pages)]
    if calibrate:
        for fold in range(INNER_FOLDS):
            seen_at = [n for n in range(len(pages)) if folds[n] != fold]
            forest = _fit([pages[n] for n in seen_at], [second_rows[n] for n in seen_at], SECOND)
            again |= {n: forest.score(second_rows[n]) for n in range(len(pages)) if folds[n] == fold}
    model = Model(_fit(pages, [page.rows for page in pages], FIRST), _fit(pages, second_rows, SECOND))
    return replace(model, slope=_slope(pages, again), shift=0.0) if calibrate else model


def _slope(pages: Sequence[Measured], odds: dict[int, Array]) -> float:
    """The slope that makes held-out log-odds honest (Platt 1999, without shift), by golden-section-free grid search."""
    scores = np.concatenate([odds[n] for n in range(len(pages))])
    labels = np.concatenate([page.labels for page in pages])
    weights = np.concatenate([page.weights for page in pages])
    sign = np.where(labels == 1, 1, -1)
    grid = np.arange(0.3, 1.6, 0.05)
    losses = [np.sum(weights * np.logaddexp(0, -sign * slope * scores)) for slope in grid]
    return float(grid[int(np.argmin(losses))])


def load(data: Path, corpus: Path) -> tuple[list[Example], list[Example]]:
    """The real pages and the clean ones."""
    real = [
        *examples.load_labelled(data / "chrome_dev" / "labelled", "labelled"),
        *examples.load_labelled(data / "pages_dev", "pages_dev"),
        *examples.load_pages(data / "chrome_dev" / "pages.jsonl.xz"),
    ]
    return examples.balance(real), examples.clean_pages(corpus, Random(1), CLEAN_PER_SOURCE)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and write the model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "data" / "chrome" / "model.npz")
    options = parser.parse_args(arguments)
    real, clean = load(options.data, options.corpus)
    pages = [prepare(page) for page in with_derived(real, clean, 2)]
    model = learn(pages)
    options.out.write_bytes(model.dump())
    print(f"{len(pages)} pages, slope {model.slope:.2f}, {options.out.stat().st_size} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
