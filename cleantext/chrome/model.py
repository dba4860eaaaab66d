"""The learned judge: how likely each line of a page is chrome.

Two looks, as in jusText: each line by its own features and its surroundings, then again knowing the first verdict on
every line. The log-odds are weighed with a few certain grounds, by weights that hold on sites not seen.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome import wording
from cleantext.chrome.features import Measures
from cleantext.chrome.forest import Forest
from cleantext.chrome.grid import Block
from cleantext.chrome.layout import Layout
from cleantext.chrome.lexicon import Hits
from cleantext.chrome.place import second_thoughts

Array = NDArray[np.float32]

SURELY_CHROME = 2.0  # log-odds from which a line counts as evidence that the page is a web page
LINES_AT_ONCE = 2048  # whose features of a long page are made together: 2 MB
_WORDING_STEPS = 24  # stored steps per unit of log-odds


@dataclass(frozen=True, slots=True)
class Model:
    """Bigram weights, first and second look, and the calibration: probability = sigmoid(calibration · grounds)."""

    wording: Array
    first: Forest
    second: Forest
    calibration: Array

    def judge(self, page: Layout, hits: Hits) -> Array:
        """The probability that each line is chrome."""
        return self._probabilities(Measures.of(page, hits, wording.score(page, self.wording)), page.blocks())

    def probabilities(self, rows: Array, pages: Iterable[Block]) -> Array:
        """The same, from the feature matrix of the lines of these pages."""
        return self._probabilities(Measures(rows.shape[1], rows), pages)

    def _probabilities(self, measures: Measures, pages: Iterable[Block]) -> Array:
        pages, count = list(pages), measures.count
        runs = [slice(low, min(low + LINES_AT_ONCE, count)) for low in range(0, count, LINES_AT_ONCE)] or [slice(0, 0)]
        odds = np.concatenate([self.first.score(measures.rows(run)) for run in runs])
        log_size, prose, telling = measures.some("log_size", "prose", "sure")
        again = second_thoughts(log_size, odds, pages)
        odds = np.concatenate([self.second.score(measures.rows(run), again[:, run]) for run in runs])
        parts = zip(grounds(prose, telling, odds, pages), self.calibration, strict=True)
        weighed = [part * weight for part, weight in parts]
        out: Array = 1 / (1 + np.exp(-sum(weighed)))
        return out

    def dump(self) -> bytes:
        """The model as the bytes of an .npz file."""
        file = io.BytesIO()
        arrays: dict[str, NDArray[Any]] = {
            "wording": np.round(self.wording * _WORDING_STEPS).clip(-127, 127).astype(np.int8),
            **self.first.arrays("first_"),
            **self.second.arrays("second_"),
            "calibration": self.calibration,
        }
        np.savez_compressed(file, allow_pickle=False, **arrays)
        return file.getvalue()

    @classmethod
    def parse(cls, data: bytes) -> Model:
        """Read back what `dump` gave."""
        with np.load(io.BytesIO(data)) as stored:
            words = stored["wording"].astype(np.float32) / _WORDING_STEPS
            return cls(words, Forest.load(stored, "first_"), Forest.load(stored, "second_"), stored["calibration"])


def grounds(prose: Array, telling: Array, odds: Array, pages: Iterable[Block]) -> Array:
    """What the calibration weighs: the log-odds; whether the line is prose without or with a telling phrase, or a
    telling phrase alone; for lines without one, how much of the page is surely chrome (it must prove itself); and one.
    """
    plain = 1 - telling
    out = np.empty((6, len(odds)), np.float32)
    out[0] = odds
    np.multiply(prose, plain, out=out[1])
    np.multiply(prose, telling, out=out[2])
    np.subtract(telling, out[2], out=out[3])
    for block in pages:
        sure = block.spread(odds[block.lines] > SURELY_CHROME, False)
        number = np.log1p(np.count_nonzero(sure, axis=1).astype(np.float64)).astype(np.float32)
        out[4, block.lines] = plain[block.lines] * number.repeat(block.count[:, 0])
    out[5] = 1
    return out


@cache
def shipped() -> Model:
    """The model that comes with the package."""
    return Model.parse((files("cleantext") / "data" / "chrome" / "model.npz").read_bytes())
