"""Slots of a page: where a spun form stands, what could have stood there, and how well each candidate fits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleantext.spun.context import ContextModel, prepare, slot_features
from cleantext.spun.dictionary import Dictionary

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

MAX_DELTA = 8.0  # nats: beyond this a context says no more


@dataclass(frozen=True, slots=True)
class Slots:
    """Slots sorted by position, and their candidates slot by slot.

    Per slot: `form`, `start`, `end`. Per candidate: its `slot`, its dictionary `row` and `delta`, the score of the
    original minus the score of the spun form in nats.
    """

    form: Ints
    start: Ints
    end: Ints
    slot: Ints
    row: Ints
    delta: Floats

    def __len__(self) -> int:
        return len(self.form)


def find_slots(text: str, dictionary: Dictionary, model: ContextModel, signs_only: bool = False) -> Slots:
    """All slots of a text that no shield covers, with scored candidates; `signs_only`: signature rows' forms only."""
    found = dictionary.find(text)
    if len(found):
        found = _unshielded(found, dictionary)
    if signs_only:
        found = found[dictionary.is_sign[found[:, 0]]]
    found = found[np.lexsort((found[:, 2], found[:, 1]))]
    return score_slots(text, found, dictionary, model)


def _unshielded(found: Ints, dictionary: Dictionary) -> Ints:
    """Without shields and without what overlaps one."""
    shield = dictionary.is_shield[found[:, 0]]
    if not shield.any():
        return found
    covered = np.zeros(int(found[:, 2].max()) + 1, dtype=np.int64)
    np.add.at(covered, found[shield, 1], 1)
    np.add.at(covered, found[shield, 2], -1)
    inside = np.concatenate([[0], np.cumsum(np.cumsum(covered) > 0)])
    free: Ints = found[~shield & (inside[found[:, 2]] == inside[found[:, 1]])]
    return free


def score_slots(text: str, found: Ints, dictionary: Dictionary, model: ContextModel) -> Slots:
    """Score the candidates of given (form, start, end) slots in their contexts in `text`."""
    form, start, end = found[:, 0], found[:, 1], found[:, 2]
    counts = dictionary.first[form + 1] - dictionary.first[form]
    slot = np.repeat(np.arange(len(form)), counts)
    before = np.cumsum(counts) - counts
    row = dictionary.first[form][slot] + np.arange(len(slot)) - before[slot]
    if not len(form):
        return Slots(form, start, end, slot, row, np.zeros(0, dtype=np.float32))
    features = slot_features(prepare(text), start, end)
    own = model.score(features, dictionary.spun_hash[form])
    delta = model.score(features[slot], dictionary.original_hash[row]) - own[slot]
    delta[~dictionary.trained[row]] = 0.0  # a user's word that the model never met: its hash would score noise
    return Slots(form, start, end, slot, row, np.clip(delta, -MAX_DELTA, MAX_DELTA))
