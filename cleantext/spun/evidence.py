"""Evidence for each candidate: first from its own slot, then from the page around it.

All looks are logistic regressions over named features; `fit.py` learns their weights (`data/spun/decision.json`).
The later looks carry the idea of the per-page EM of a replacement model: a spinner replaces nearly every occurrence
of a pair that it has, so other slots of the same row, unreplaced originals, the tool's other rows and the density of
repairs nearby all change how likely a repair is.
"""

from __future__ import annotations

from typing import NamedTuple

import ahocorasick_rs
import numpy as np
import numpy.typing as npt

from cleantext.spun.dictionary import FACTS, Dictionary
from cleantext.spun.slots import Floats, Ints, Slots

NEARBY = 200  # characters on each side that count as the neighbourhood of a slot
_SPREADS = (-3.0, 6.0)  # of a row's null distribution: the range in which it still says something
_NEIGHBOURS = 10  # slots to look ahead for overlaps: forms have at most six characters

FIRST = ("delta", "positive delta", "fluency", "positive fluency", "delta over null", "spreads over null", *FACTS)
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
)


class Look(NamedTuple):
    """Weights of one logistic regression, in the order of its feature names."""

    weights: npt.NDArray[np.float64]
    bias: float

    def probability(self, features: npt.NDArray[np.float64]) -> Floats:
        """Probabilities, one per row of features."""
        # Column by column: a product of matrices would round in ways that depend on how many rows it has.
        logit = np.zeros(len(features))
        for column, weight in enumerate(self.weights.tolist()):
            logit += features[:, column] * weight
        logit += self.bias
        return (1.0 / (1.0 + np.exp(-np.clip(logit, -30, 30)))).astype(np.float32)


def first_features(slots: Slots, dictionary: Dictionary) -> npt.NDArray[np.float64]:
    """Features of the first look, shape (candidates, len(FIRST))."""
    over = slots.delta - dictionary.null[slots.row, 0]
    columns = [
        slots.delta,
        np.maximum(slots.delta, 0),
        slots.fluency,
        np.maximum(slots.fluency, 0),
        over,
        np.clip(over / dictionary.null[slots.row, 1], *_SPREADS),
    ]
    return np.hstack([np.array(columns).T, dictionary.facts[slots.row]]).astype(np.float64)


def slot_totals(slots: Slots, probability: Floats) -> Floats:
    """Per slot: the probability that anything was replaced there."""
    return np.minimum(np.bincount(slots.slot, probability, len(slots)), 1.0).astype(np.float32)


def later_features(
    text: str, slots: Slots, dictionary: Dictionary, probability: Floats, originals: Ints
) -> npt.NDArray[np.float64]:
    """Features of a later look, given the last one's probabilities; shape (candidates, len(LATER)).

    `originals` is what `count_originals` says of the same slots.
    """
    total = slot_totals(slots, probability)
    best, lead, is_best = _leads(slots, probability)
    same_row = np.bincount(slots.row, probability, len(dictionary.rows))[slots.row] - probability
    occurrences = np.bincount(slots.form, minlength=len(dictionary.forms))[slots.form][slots.slot]
    spreads = (slots.delta - dictionary.null[slots.row, 0]) / dictionary.null[slots.row, 1]
    nearby, page = _densities(text, slots, total)
    columns = [
        np.log(probability + 1e-9) - np.log(1 - probability + 1e-6),
        lead,
        is_best,
        same_row / np.maximum(occurrences - 1, 1),
        _elsewhere(slots, dictionary, np.clip(slots.delta, -3, 4)),
        _elsewhere(slots, dictionary, np.clip(spreads, -3, 4)),
        _elsewhere(slots, dictionary, -np.log1p(-np.minimum(probability, 0.99))).clip(max=6),
        occurrences == 1,
        np.log(occurrences),
        np.minimum(originals, 6),
        originals > 0,
        nearby[slots.slot],
        np.full(len(slots.slot), page),
        _rivals(slots, best)[slots.slot],
        _same_tool(slots, dictionary, probability, total),
    ]
    return np.hstack([first_features(slots, dictionary), np.array(columns, dtype=np.float64).T])


def _elsewhere(slots: Slots, dictionary: Dictionary, value: Floats) -> Floats:
    """The sum of a value over the other slots of the candidate's row, kept within -8 and 12.

    A spinner that has a pair uses it everywhere: five slots that each lean a little prove together what one cannot.
    """
    total = np.bincount(slots.row, value, len(dictionary.rows))[slots.row] - value
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


def count_originals(text: str, slots: Slots, dictionary: Dictionary) -> Ints:
    """Per candidate: how often its original stands on the page itself. A spinner leaves few."""
    rows, back = np.unique(slots.row, return_inverse=True)
    originals = [dictionary.rows[row].original for row in rows]
    number = {word: k for k, word in enumerate(dict.fromkeys(originals))}
    matcher = ahocorasick_rs.AhoCorasick([*number], matchkind=ahocorasick_rs.MatchKind.Standard)
    found = [k for k, _, _ in matcher.find_matches_as_indexes(text, overlapping=True)]
    counts = np.bincount(np.array(found, dtype=np.int64), minlength=len(number))
    return counts[np.array([number[word] for word in originals], dtype=np.int64)][back]


def _densities(text: str, slots: Slots, total: Floats) -> tuple[Floats, float]:
    """Replacements per 100 Han characters: around each slot (itself left out) and on the page."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    han = np.concatenate([[0], np.cumsum((points >= 0x3400) & (points <= 0x9FFF))])
    mass = np.zeros(len(text) + 1)
    np.add.at(mass, slots.start + 1, total)
    mass = np.cumsum(mass)
    low = np.maximum(slots.start - NEARBY, 0)
    high = np.minimum(slots.end + NEARBY, len(text))
    nearby = (mass[high] - mass[low] - total) / np.maximum(han[high] - han[low], 60) * 100
    return nearby.astype(np.float32), float(total.sum() / max(int(han[-1]), 100) * 100)


def _rivals(slots: Slots, best: Floats) -> Floats:
    """Per slot: the best probability among other slots that overlap it."""
    rival = np.zeros(len(slots), dtype=np.float32)
    for step in range(1, min(_NEIGHBOURS, len(slots))):
        overlap = slots.start[step:] < slots.end[:-step]
        rival[:-step] = np.maximum(rival[:-step], best[step:] * overlap)
        rival[step:] = np.maximum(rival[step:], best[:-step] * overlap)
    return rival


def _same_tool(slots: Slots, dictionary: Dictionary, probability: Floats, total: Floats) -> npt.NDArray[np.float64]:
    """Log share of the page's other replacements that belong to the candidate's family; 0 for rows without one."""
    family = dictionary.family[slots.row]
    count = int(dictionary.family.max(initial=0)) + 1
    mass = np.bincount(family, probability, count)
    own = np.bincount(slots.slot * count + family, probability, len(slots) * count)[slots.slot * count + family]
    share = (mass[family] - own + 0.05) / (mass[1:].sum() - total[slots.slot] + 1.0)
    return np.where(family > 0, np.log(np.maximum(share, 1e-3)), 0.0)
