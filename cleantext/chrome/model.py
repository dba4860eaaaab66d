"""The learned judge: how likely each line of a page is chrome.

Two looks, as in jusText: each line by its own features and its surroundings, then again knowing the first verdict on
every line. The log-odds are calibrated on sites that the model had not seen, so that they mean probabilities.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome import wording
from cleantext.chrome.features import measure, reconsider
from cleantext.chrome.forest import Forest
from cleantext.chrome.layout import Layout
from cleantext.chrome.lexicon import Hits

Array = NDArray[np.float32]

_WORDING_STEPS = 24  # stored steps per unit of log-odds


@dataclass(frozen=True, slots=True)
class Model:
    """Bigram weights, first and second look, and the calibration: probability = sigmoid(slope * log-odds + shift)."""

    wording: Array
    first: Forest
    second: Forest
    slope: float = 1.0
    shift: float = 0.0

    def judge(self, page: Layout, hits: Hits) -> Array:
        """The probability that each line is chrome."""
        return self.probabilities(measure(page, hits, wording.score(page, self.wording)))

    def probabilities(self, rows: Array) -> Array:
        """The same, from the feature matrix."""
        odds = self.second.score(reconsider(rows, self.first.score(rows)))
        out: Array = 1 / (1 + np.exp(-(self.slope * odds + self.shift)))
        return out

    def dump(self) -> bytes:
        """The model as the bytes of an .npz file."""
        file = io.BytesIO()
        arrays: dict[str, NDArray[Any]] = {
            "wording": np.round(self.wording * _WORDING_STEPS).clip(-127, 127).astype(np.int8),
            **self.first.arrays("first_"),
            **self.second.arrays("second_"),
            "calibration": np.array([self.slope, self.shift], np.float32),
        }
        np.savez_compressed(file, allow_pickle=False, **arrays)
        return file.getvalue()

    @classmethod
    def parse(cls, data: bytes) -> Model:
        """Read back what `dump` gave."""
        with np.load(io.BytesIO(data)) as stored:
            slope, shift = stored["calibration"].tolist()
            words = stored["wording"].astype(np.float32) / _WORDING_STEPS
            return cls(words, Forest.load(stored, "first_"), Forest.load(stored, "second_"), slope, shift)


@cache
def shipped() -> Model:
    """The model that comes with the package."""
    return Model.parse((files("cleantext") / "data" / "chrome" / "model.npz").read_bytes())
