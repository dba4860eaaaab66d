"""Slots of a page: where a spun form stands, what could have stood there, and how well each candidate fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleantext.spun.context import ContextModel, load_model, prepare, slot_features
from cleantext.spun.dictionary import Dictionary
from cleantext.spun.ngrams import NgramModel, load_ngrams

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

MAX_DELTA = 8.0  # nats: beyond this a context says no more
MAX_FLUENCY = 10.0  # nats: the same for the n-gram model


class Models(NamedTuple):
    """The two models of context."""

    context: ContextModel
    ngrams: NgramModel


@dataclass(frozen=True, slots=True)
class Slots:
    """Slots sorted by position, and their candidates slot by slot.

    Per slot: `form`, `start`, `end`. Per candidate: its `slot`, its dictionary `row`, and how much better the original
    fits than the spun form, in nats: `delta` by the context model, `fluency` by the n-gram model.
    """

    form: Ints
    start: Ints
    end: Ints
    slot: Ints
    row: Ints
    delta: Floats
    fluency: Floats

    def __len__(self) -> int:
        return len(self.form)


def find_slots(text: str, dictionary: Dictionary, models: Models, signs_only: bool = False) -> Slots:
    """All slots of a text that no shield covers, with scored candidates; `signs_only`: signature rows' forms only."""
    found = dictionary.find(text)
    if len(found):
        found = _unshielded(found, dictionary)
    if signs_only:
        found = found[dictionary.is_sign[found[:, 0]]]
    found = found[np.lexsort((found[:, 2], found[:, 1]))]
    return score_slots(text, found, dictionary, models)


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


def score_slots(text: str, found: Ints, dictionary: Dictionary, models: Models) -> Slots:
    """Score the candidates of given (form, start, end) slots in their contexts in `text`."""
    form, start, end = found[:, 0], found[:, 1], found[:, 2]
    counts = dictionary.first[form + 1] - dictionary.first[form]
    slot = np.repeat(np.arange(len(form)), counts)
    before = np.cumsum(counts) - counts
    row = dictionary.first[form][slot] + np.arange(len(slot)) - before[slot]
    none = np.zeros(0, dtype=np.float32)
    if not len(form):
        return Slots(form, start, end, slot, row, none, none)
    contexts = prepare(text)
    features = slot_features(contexts, start, end)
    own = models.context.score(features, dictionary.spun_hash[form])
    delta = models.context.score(features[slot], dictionary.original_hash[row]) - own[slot]
    own = models.ngrams.score(contexts, start, end, [dictionary.forms[f] for f in form])
    originals = [dictionary.rows[r].original for r in row]
    fluency = models.ngrams.score(contexts, start[slot], end[slot], originals) - own[slot]
    delta[~dictionary.trained[row]] = 0.0  # a user's word that the model never met: its hash would score noise
    delta, fluency = np.clip(delta, -MAX_DELTA, MAX_DELTA), np.clip(fluency, -MAX_FLUENCY, MAX_FLUENCY)
    return Slots(form, start, end, slot, row, delta, fluency)


def load_models() -> Models:
    """The shipped models."""
    return Models(load_model(), load_ngrams())
