"""A page as a whole: is it spun, and which repairs does it need?

The proof: repairs that only the rows of known spinners would make, summed up over the page against its length. Clean
pages collect such evidence at a low rate, spun pages many times faster; a logistic regression over (strong repairs,
nats of evidence, length) separates them. Short pages need more evidence by themselves: what counts is the sum.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import regex

from cleantext.spun.context import prepare
from cleantext.spun.dictionary import Dictionary
from cleantext.spun.evidence import Look, count_originals, first_features, later_features, slot_totals
from cleantext.spun.slots import Floats, Ints, Models, Slots, find_slots, pruned, score_slots

STRONG = 0.8  # first-look probability from which a slot counts as a strong repair
WEAK = 0.1  # below it a slot is no evidence at all
MAX_NATS = 6.0  # that one slot can add to the evidence
PAGE = ("strong repairs", "nats of evidence", "hundreds of Han")
RULED_OUT = 0.01  # first-look probability below which a candidate is dropped: 28 % of all, 0.2 % of the right ones
REACH = 40  # characters: farther than any feature of either model looks, but across long runs of Latin or digits
SETTLED = 0.7  # probability from which a repair becomes context for its neighbours

# Quoted words are mentioned, not used (an article about 伪原创 quotes it): they prove nothing about the page.
LONGEST_QUOTE = 81  # characters from the mark that opens it to the last one inside
_OPENING_RE = re.compile('[“「『"]')
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


def han_flags(text: str) -> npt.NDArray[np.bool_]:
    """Which characters are Han."""
    return han_codes(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4"))


def han_codes(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """The same, of code points."""
    flags: npt.NDArray[np.bool_] = (points - np.uint32(0x3400)) <= 0x9FFF - 0x3400  # unsigned: smaller ones wrap around
    return flags


def page_evidence(text: str, signs: Slots, probability: Floats) -> npt.NDArray[np.float64]:
    """Evidence per character, cumulated: shape (len(text) + 1, len(PAGE)); differences give any stretch's evidence.

    `probability` is the first look's at the candidates of `signs`.
    """
    steps = np.zeros((len(text) + 1, len(PAGE)))
    steps[1:, 2] = han_flags(text) / 100
    np.add.at(steps[:, :2], signs.start + 1, slot_evidence(text, signs, probability))
    cumulated: npt.NDArray[np.float64] = np.cumsum(steps, axis=0)
    return cumulated


def slot_evidence(text: str, signs: Slots, probability: Floats) -> Floats:
    """Per slot whether it is a strong repair (its probability), and its nats of evidence; none where it is quoted."""
    total = slot_totals(signs, probability)
    best = np.full(len(signs), -np.inf, dtype=np.float32)
    np.maximum.at(best, signs.slot, signs.delta)
    likely = total > WEAK
    likely[likely] = ~quoted(text, signs.start[likely])
    return np.column_stack([total * (likely & (total > STRONG)), np.clip(best, 0, MAX_NATS) * likely])


def quoted(text: str, starts: Ints) -> npt.NDArray[np.bool_]:
    """Which of the slots that begin there (in the order of the text) stand between quotation marks."""
    inside = np.zeros(len(starts), dtype=bool)
    marks = np.array([match.start() for match in _OPENING_RE.finditer(text)], dtype=np.int64)
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


def judge_slots(text: str, dictionary: Dictionary, models: Models, decision: Decision) -> tuple[Slots, Floats]:
    """All slots of a page taken as spun, and the probability of each candidate after all looks.

    Each look sees the page with the repairs that the last one was sure of.
    """
    slots = find_slots(text, dictionary, models)
    slots = plausible(slots, dictionary, decision.first)
    if not len(slots.row):
        return slots, np.zeros(0, dtype=np.float32)
    probability = decision.first.probability(first_features(slots, dictionary))
    originals = count_originals(text, slots, dictionary)
    settled: list[int] = []
    for number, look in enumerate(decision.later):
        if number:
            chosen = choose(slots, probability, SETTLED)
            slots = rescored(text, slots, (settled, chosen), dictionary, models)
            settled = chosen
        probability = look.probability(later_features(text, slots, dictionary, probability, originals))
    return slots, probability


def plausible(slots: Slots, dictionary: Dictionary, first: Look) -> Slots:
    """Without the candidates that the first look rules out."""
    return pruned(slots, first.probability(first_features(slots, dictionary)) > RULED_OUT)


def choose(slots: Slots, probability: Floats, least: float) -> list[int]:
    """Candidates to carry out: the most probable first, none overlapping another, in the order of the text."""
    taken: list[int] = []
    used: set[int] = set()
    likely = np.flatnonzero(probability >= least)
    for candidate in likely[np.argsort(-probability[likely], kind="stable")]:
        span = range(int(slots.start[slots.slot[candidate]]), int(slots.end[slots.slot[candidate]]))
        if used.isdisjoint(span):
            used.update(span)
            taken.append(int(candidate))
    return sorted(taken, key=lambda c: int(slots.start[slots.slot[c]]))


def rescored(
    text: str, slots: Slots, settled: tuple[list[int], list[int]], dictionary: Dictionary, models: Models
) -> Slots:
    """The same slots, scored in contexts where other repairs than before have been made.

    `settled` holds the repairs of the slots' present scores and those to be made now; only slots that a difference
    between the two can reach are scored again.
    """
    chosen = settled[1]
    changed = slots.slot[sorted({*settled[0]} ^ {*chosen})]
    if not len(changed):
        return slots
    steps = np.zeros(len(text) + 1, dtype=np.int64)
    np.add.at(steps, np.maximum(slots.start[changed] - REACH, 0), 1)
    np.add.at(steps, np.minimum(slots.end[changed] + REACH, len(text)), -1)
    reached = np.cumsum(steps)[slots.start] > 0
    repaired = {int(slots.slot[c]): dictionary.rows[slots.row[c]].original for c in chosen}
    spots = np.array([*repaired], dtype=np.int64)
    starts, ends = slots.start[spots], slots.end[spots]
    growth = np.cumsum(np.array([len(o) for o in repaired.values()], dtype=np.int64) - (ends - starts))
    pieces: list[str] = []
    at = 0
    for s, original in repaired.items():
        pieces += (text[at : slots.start[s]], original)
        at = int(slots.end[s])
    new_text = "".join(pieces) + text[at:]
    # A slot inside a repaired stretch, other than the repaired slot itself, has no place in the new text.
    before = np.searchsorted(ends, slots.start, side="right")
    free = np.searchsorted(starts, slots.end, side="left") == before
    shift = np.concatenate([[0], growth])[before]
    start, end = slots.start + shift, slots.end + shift
    for s, original in repaired.items():
        free[s], end[s] = True, start[s] + len(original)
    free &= reached
    kept = free[slots.slot]
    # Only slots that have a place there are scored anew: they get their new offsets, and their candidates new slots.
    number = np.cumsum(free) - 1
    none = np.zeros(int(kept.sum()), dtype=np.float32)
    moved = Slots(slots.form[free], start[free], end[free], number[slots.slot[kept]], slots.row[kept], none, none)
    moved = score_slots(prepare(new_text), moved, dictionary, models)
    delta, fluency = slots.delta.copy(), slots.fluency.copy()
    delta[kept], fluency[kept] = moved.delta, moved.fluency
    return replace(slots, delta=delta, fluency=fluency)
