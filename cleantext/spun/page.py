"""A page as a whole: is it spun, and which repairs does it need?

The proof: repairs that only the rows of known spinners would make, summed up over the page against its length. Clean
pages collect such evidence at a low rate, spun pages many times faster; a logistic regression over (strong repairs,
nats of evidence, length) separates them. Short pages need more evidence by themselves: what counts is the sum.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from cleantext.presence import STRETCH, Sheaf
from cleantext.spun.context import WINDOW, Contexts, prepare_many
from cleantext.spun.dictionary import Dictionary
from cleantext.spun.evidence import Look, first_features, later_features, sigmoid, slot_totals
from cleantext.spun.lot import Floats, Ints, Lot
from cleantext.spun.ngrams import ORDER
from cleantext.spun.scene import survey
from cleantext.spun.slots import Models, Slots, find_slots, pruned, score_slots

STRONG = 0.8  # first-look probability from which a slot counts as a strong repair
WEAK = 0.1  # below it a slot is no evidence at all
MAX_NATS = 6.0  # that one slot can add to the evidence
PAGE = ("strong repairs", "nats of evidence", "hundreds of Han")
# First-look probability below which a candidate is dropped, 55 % of all: the later looks then learn from what is in
# doubt. Leave-one-site-out F0.5 at 0.8 for 0.01, 0.03, 0.06, 0.1, 0.15: 0.900, 0.902, 0.904, 0.904, 0.900.
RULED_OUT = 0.06
SETTLED = 0.7  # probability from which a repair becomes context for its neighbours

# Quoted words are mentioned, not used (an article about 伪原创 quotes it): they prove nothing about the page.
LONGEST_QUOTE = 81  # characters from the mark that opens it to the last one inside
_OPENING = tuple(np.uint32(ord(mark)) for mark in '“「『"')
_QUOTE_RE = regex.compile(r"“[^“”\n]{1,80}”|「[^「」\n]{1,80}」|『[^『』\n]{1,80}』|\"[^\"\n]{1,40}\"")


@dataclass(frozen=True, slots=True)
class Decision:
    """The learned decision: a look at each candidate alone, later ones with the page around it, one at the page."""

    first: Look
    later: tuple[Look, ...]
    page: Look


@cache
def load_decision() -> Decision:
    """The shipped weights (`decision.json`, written by fit.py)."""
    looks = json.loads((files("cleantext") / "data" / "spun" / "decision.json").read_text(encoding="utf-8"))["looks"]
    read = {name: Look(np.array(list(look["weights"].values())), look["bias"]) for name, look in looks.items()}
    return Decision(read["first"], tuple(read[name] for name in read if name.startswith("later")), read["page"])


def page_probability(look: Look, evidence: npt.NDArray[np.float64]) -> Floats:
    """The probability that stretches with this evidence (rows as in PAGE) are spun."""
    logit = np.full(len(evidence), look.bias)
    for column, weight in zip(evidence.T, look.weights.tolist(), strict=True):
        logit += column * weight
    return sigmoid(logit)


def slot_evidence(text: str, signs: Slots, probability: Floats) -> Floats:
    """Per slot whether it is a strong repair (its probability), and its nats of evidence; none where it is quoted."""
    total = slot_totals(signs, probability)
    best = np.full(len(signs), -np.inf, dtype=np.float32)
    np.maximum.at(best, signs.slot, signs.delta)
    strong = total > STRONG
    likely = (total > WEAK) & (strong | (best > 0))  # the others are no evidence, quoted or not
    likely[likely] = ~quoted(text, signs.start[likely])
    return np.array([total * (likely & strong), np.minimum(np.maximum(best, 0), MAX_NATS) * likely]).T


def quoted(text: str, starts: Ints) -> npt.NDArray[np.bool_]:
    """Which of the slots that begin there (in the order of the text) stand between quotation marks."""
    inside = np.zeros(len(starts), dtype=bool)
    marks = np.concatenate([_openings(text[low : low + STRETCH]) + low for low in range(0, len(text), STRETCH)])
    before = np.append(-LONGEST_QUOTE - 1, marks)[marks.searchsorted(starts)]  # the last mark before each
    near = np.flatnonzero(starts - before <= LONGEST_QUOTE)
    end, spans = -1, []  # of the line that was looked at last
    for number, start in zip(near.tolist(), starts[near].tolist(), strict=True):
        if start >= end:
            low, end = text.rfind("\n", 0, start) + 1, text.find("\n", start)
            end = end if end >= 0 else len(text)
            spans = [match.span() for match in _QUOTE_RE.finditer(text, low, end)]
        at = bisect_right(spans, (start, len(text)))
        inside[number] = at > 0 and start < spans[at - 1][1]
    return inside


def _openings(text: str) -> Ints:
    """Where the marks stand that may open a quotation."""
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
    flags = codes == _OPENING[0]
    for mark in _OPENING[1:]:
        flags |= codes == mark
    places: Ints = flags.nonzero()[0]
    return places


def judge_slots(
    lot: Lot, dictionary: Dictionary, models: Models, decision: Decision, signs: Slots | None = None
) -> tuple[Slots, Floats]:
    """All slots of pages taken as spun, and the probability of each candidate after all looks.

    After the first of the later looks the pages are seen with the repairs that it was sure of; to do so after each of
    them gained nothing (leave-one-site-out F0.5 at 0.8: 0.9051 against 0.9046). `signs`: what the first look at these
    pages has scored already.
    """
    slots, probability = plausible(find_slots(lot, dictionary, models, known=signs), dictionary, decision.first)
    if not len(slots.row):
        return slots, probability
    scene = survey(lot, slots, dictionary)
    for number, look in enumerate(decision.later):
        if number == 1:
            slots = rescored(lot, slots, choose(slots, probability, SETTLED), dictionary, models)
        probability = look.probability(later_features(slots, dictionary, probability, scene))
    return slots, probability


def plausible(slots: Slots, dictionary: Dictionary, first: Look) -> tuple[Slots, Floats]:
    """Without the candidates that the first look rules out, and its probabilities of the others."""
    probability = first.probability(first_features(slots, dictionary))
    keep = probability > RULED_OUT
    return pruned(slots, keep), probability[keep]


def choose(slots: Slots, probability: Floats, least: float) -> Ints:
    """Candidates to carry out: the most probable first, none overlapping another, in the order of the text."""
    likely = np.flatnonzero(probability >= least)
    order = likely[np.argsort(-probability[likely], kind="stable")]
    best = order[np.unique(slots.slot[order], return_index=True)[1]]  # the best of each slot, slot by slot
    start, end = slots.start[slots.slot[best]], slots.end[slots.slot[best]]
    reach = np.maximum.accumulate(np.append(0, end))
    bunch = np.cumsum(start >= reach[:-1])  # slots that overlap each other, perhaps through others between them
    crowded = np.bincount(bunch, minlength=1)[bunch] > 1
    kept = ~crowded
    used: set[int] = set()
    rivals = np.flatnonzero(crowded)
    for k in rivals[np.argsort(-probability[best[rivals]], kind="stable")].tolist():
        span = range(int(start[k]), int(end[k]))
        if used.isdisjoint(span):
            used.update(span)
            kept[k] = True
    return best[kept]


def rescored(lot: Lot, slots: Slots, settled: Ints, dictionary: Dictionary, models: Models) -> Slots:
    """The same slots, scored where some repairs have been made; only slots that see one of them are scored again."""
    changed = slots.slot[settled]
    if not len(changed):
        return slots
    spots, sheaf = _repaired(lot.sheaf, slots, settled, dictionary)
    # A slot inside a repaired stretch, other than the repaired slot itself, has no place in the new text.
    before = spots.end.searchsorted(slots.start, "right")
    free = spots.start.searchsorted(slots.end, "left") == before
    shift = np.append(0, spots.growth)[before]
    start, end = slots.start + shift, slots.end + shift
    free[spots.slot] = True
    end[spots.slot] = start[spots.slot] + spots.length
    contexts = prepare_many(sheaf)
    changed = changed[free[changed]]
    free &= _seeing(contexts, (start, end), changed, WINDOW)
    unchanged = ~_seeing(contexts, (start, end), changed, ORDER - 1)
    kept = free[slots.slot]
    # Only slots that have a place there are scored anew: they get their new offsets, and their candidates new slots.
    number = np.cumsum(free) - 1
    place = (slots.page[free], slots.form[free], start[free], end[free])
    moved = Slots(*place, number[slots.slot[kept]], slots.row[kept], slots.delta[kept], slots.fluency[kept])
    moved = score_slots(contexts, moved, dictionary, models, unchanged=unchanged[free])
    delta, fluency = slots.delta.copy(), slots.fluency.copy()
    delta[kept], fluency[kept] = moved.delta, moved.fluency
    return replace(slots, delta=delta, fluency=fluency)


class _Spots(NamedTuple):
    """Repairs in the order of the text: slot, start, end, length of the original, growth of the text up to its end."""

    slot: Ints
    start: Ints
    end: Ints
    length: Ints
    growth: Ints


def _repaired(sheaf: Sheaf, slots: Slots, chosen: Ints, dictionary: Dictionary) -> tuple[_Spots, Sheaf]:
    """The texts with some repairs made."""
    slot = slots.slot[chosen]
    start, end = slots.start[slot], slots.end[slot]
    words = dictionary.original_codes[slots.row[chosen]]
    length = (words != 0).sum(axis=1)
    spots = _Spots(slot, start, end, length, np.cumsum(length - (end - start)))
    codes = sheaf.codes
    steps = np.zeros((2, len(codes) + 1), dtype=np.int64)
    steps[0, start] += 1
    steps[0, end] -= 1
    steps[1, end] = length - (end - start)
    inside, growth = np.cumsum(steps, axis=1)[:, :-1]
    kept = np.flatnonzero(inside == 0)
    out = np.empty(len(codes) + int(growth[-1]), dtype=np.uint32)
    out[kept + growth[kept]] = codes[kept]
    into = start + np.append(0, spots.growth[:-1])
    column = np.arange(words.shape[1])
    filled = column < length[:, None]
    out[(into[:, None] + column)[filled]] = words[filled]
    shift = np.append(0, spots.growth)
    moved = (bound + shift[spots.end.searchsorted(bound, "right")] for bound in (sheaf.start, sheaf.end))
    return spots, Sheaf(out, *moved)


def _seeing(contexts: Contexts, spans: tuple[Ints, Ints], changed: Ints, reach: int) -> npt.NDArray[np.bool_]:
    """Which slots, at their places in a text, are or have one of the changed ones within `reach` characters."""
    left, right = (contexts.at.take(at, mode="clip") for at in (spans[0], spans[1] - 1))
    right += 1
    order = left[changed].argsort(kind="stable")
    begin, end = left[changed][order], right[changed][order]
    farthest = np.maximum.accumulate(np.append(-1, end))  # how far the first so many reach
    seen: npt.NDArray[np.bool_] = farthest[begin.searchsorted(right + reach)] > left - reach
    return seen
