"""Evidence for each candidate: first from its own slot, then from the page around it.

All looks are logistic regressions over named features; `fit.py` learns their weights (`data/spun/decision.json`).
The later looks carry the idea of the per-page EM of a replacement model: a spinner replaces nearly every occurrence
of a pair that it has, so other slots of the same row, unreplaced originals, the tool's other rows and the density of
repairs nearby all change how likely a repair is.

No sum depends on what other pages of a lot hold: it runs over the page's own items in their order, or over integers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleantext.spun.dictionary import FACTS, Dictionary
from cleantext.spun.lot import Floats, Ints
from cleantext.spun.scene import Scene
from cleantext.spun.slots import Slots

_SPREADS = (-3.0, 6.0)  # of a row's null distribution: the range in which it still says something
_UNIT = 2.0**-24  # of the integers that probabilities are added up as

Numbers = npt.NDArray[np.float64]

FIT = ("delta", "positive delta", "fluency", "positive fluency", "delta over null", "spreads over null")
FIRST = (*FIT, *FACTS)
LATER = (
    *FIRST,
    "last look",
    "lead over rival",
    "is best",
    "same row elsewhere",
    "nats elsewhere",
    "spreads elsewhere",
    "surprise elsewhere",
    "occurs once",
    "log occurrences",
    "originals on page",
    "any original on page",
    "density nearby",
    "density of page",
    "overlapping rival",
    "same tool",
    "share of delta",
    "share of fluency",
    "topic",
    "share of topic",
)


class Features(NamedTuple):
    """Features of candidates, in the order FIT, FACTS, and those of the page around (none in the first look).

    `fit` and `page` hold one array per feature; `facts` a line per dictionary row that occurs, and `line` tells
    for each candidate which one is its own.
    """

    fit: list[npt.NDArray[np.generic]]
    facts: Floats
    line: Ints
    page: list[npt.NDArray[np.generic]]

    def matrix(self) -> Numbers:
        """All of them, shape (candidates, features)."""
        facts = [column[self.line] for column in self.facts.T]
        return np.array([*self.fit, *facts, *self.page], dtype=np.float64).T


class Look(NamedTuple):
    """Weights of one logistic regression, in the order of its feature names."""

    weights: Numbers
    bias: float

    def probability(self, features: Features) -> Floats:
        """Probabilities, one per candidate."""
        weights = iter(self.weights.tolist())
        logit = np.full(len(features.line), self.bias)
        fit = [(column, next(weights)) for column in features.fit]
        facts = np.zeros(len(features.facts))
        for column in features.facts.T:
            facts += np.multiply(column, next(weights), dtype=np.float64)
        logit += facts[features.line]
        for column, weight in [*fit, *zip(features.page, weights, strict=True)]:
            logit += np.multiply(column, weight, dtype=np.float64)
        return sigmoid(logit)


def sigmoid(logit: Numbers) -> Floats:
    """Probabilities of log odds."""
    return (1.0 / (1.0 + np.exp(-np.clip(logit, -30, 30)))).astype(np.float32)


def first_features(slots: Slots, dictionary: Dictionary, scene: Scene | None = None) -> Features:
    """Features of the first look."""
    rows, line = (scene.rows, scene.line) if scene else np.unique(slots.row, return_inverse=True)
    null = dictionary.null[rows]
    over = slots.delta - null[line, 0]
    fit = [
        slots.delta,
        np.maximum(slots.delta, 0),
        slots.fluency,
        np.maximum(slots.fluency, 0),
        over,
        np.clip(over / null[line, 1], *_SPREADS),
    ]
    return Features([*fit], dictionary.facts[rows], line, [])


def slot_totals(slots: Slots, probability: Floats) -> Floats:
    """Per slot: the probability that anything was replaced there."""
    return np.minimum(np.bincount(slots.slot, probability, len(slots)), 1.0).astype(np.float32)


def later_features(slots: Slots, dictionary: Dictionary, probability: Floats, scene: Scene) -> Features:
    """Features of a later look, given the last one's probabilities."""
    first = first_features(slots, dictionary, scene)
    total = slot_totals(slots, probability)
    best, lead, is_best = _leads(slots, probability)
    same_row = np.bincount(scene.pair, probability)[scene.pair] - probability
    spreads = first.fit[4] / dictionary.null[scene.rows, 1][scene.line]
    nearby, page = _densities(slots, total, scene)
    columns = [
        np.log(probability + 1e-9) - np.log(1 - probability + 1e-6),
        lead,
        is_best,
        same_row / np.maximum(scene.occurrences - 1, 1),
        _elsewhere(scene, np.clip(slots.delta, -3, 4)),
        _elsewhere(scene, np.clip(spreads, -3, 4)),
        _elsewhere(scene, -np.log1p(-np.minimum(probability, 0.99))).clip(max=6),
        scene.occurrences == 1,
        np.log(scene.occurrences),
        np.minimum(scene.originals, 6),
        scene.originals > 0,
        nearby[slots.slot],
        page[slots.page[slots.slot]],
        _rivals(best, scene)[slots.slot],
        _same_tool(slots, dictionary, probability, total, len(scene.length)),
        _log_share(slots, slots.delta),
        _log_share(slots, slots.fluency),
        scene.topic,
        _log_share(slots, scene.topic),
    ]
    return first._replace(page=columns)


def _elsewhere(scene: Scene, value: Floats) -> Floats:
    """The sum of a value over the other slots of the candidate's row on its page, kept within -8 and 12.

    A spinner that has a pair uses it everywhere: five slots that each lean a little prove together what one cannot.
    """
    total = np.bincount(scene.pair, value)[scene.pair] - value
    kept: Floats = np.clip(total, -8, 12).astype(np.float32)
    return kept


def _leads(slots: Slots, probability: Floats) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Best probability per slot; per candidate its lead over the best other candidate, and whether it is the best."""
    best = np.zeros(len(slots), dtype=np.float32)
    np.maximum.at(best, slots.slot, probability)
    is_best = probability >= best[slots.slot]
    second = np.zeros(len(slots), dtype=np.float32)
    np.maximum.at(second, slots.slot, np.where(is_best, 0, probability))
    return best, probability - np.where(is_best, second[slots.slot], best[slots.slot]), is_best


def _log_share(slots: Slots, nats: Floats) -> Numbers:
    """Log of the probability of each candidate if its slot held the word in place (0 nats) or one of its originals.

    Three originals that all beat the word in place cannot all be right. Leave-one-site-out F0.5, mean over
    thresholds from 0.64 to 0.88: 0.899 without the two shares, 0.902 with them.
    """
    total = np.bincount(slots.slot, np.exp(nats, dtype=np.float64), len(slots))
    return np.subtract(nats, np.log1p(total)[slots.slot], dtype=np.float64)


def _densities(slots: Slots, total: Floats, scene: Scene) -> tuple[Numbers, Numbers]:
    """Replacements per 100 Han characters: around each slot (itself left out) and per page."""
    mass = np.round(total / np.float64(_UNIT)).astype(np.int64)
    upto = np.append(0, np.cumsum(mass))
    nearby = (upto[scene.high] - upto[scene.low] - mass) * _UNIT / scene.near
    bound = slots.page.searchsorted(np.arange(len(scene.length) + 1))
    return nearby, np.diff(upto[bound]) * _UNIT / scene.length


def _rivals(best: Floats, scene: Scene) -> Floats:
    """Per slot: the best probability among other slots that overlap it."""
    rival = np.zeros(len(best), dtype=np.float32)
    one, other = scene.overlapping
    np.maximum.at(rival, one, best[other])
    np.maximum.at(rival, other, best[one])
    return rival


def _same_tool(slots: Slots, dictionary: Dictionary, probability: Floats, total: Floats, pages: int) -> Numbers:
    """Log share of the page's other replacements that belong to the candidate's family; 0 for rows without one."""
    family = dictionary.family[slots.row]
    count = int(dictionary.family.max(initial=0)) + 1
    page = slots.page[slots.slot]
    mass = np.bincount(page * count + family, probability, pages * count)
    own = np.bincount(slots.slot * count + family, probability, len(slots) * count)[slots.slot * count + family]
    others = mass.reshape(pages, count)[:, 1:].sum(axis=1)[page] - total[slots.slot] + 1.0
    share = (mass[page * count + family] - own + 0.05) / others
    return np.where(family > 0, np.log(np.maximum(share, 1e-3)), 0.0)
