"""Judging texts: dictionary candidates, context score, per-page decision.

A page must prove itself spun before ambiguous rows fire; rows whose spun form clean Chinese does not know (tier
`sure`) may fire alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cleantext.records import Edit, Options, StageEdits
from cleantext.spun import RULE, SURE_RULE
from cleantext.spun import dictionary as dictionaries
from cleantext.spun.dictionary import KINDS, Dictionary
from cleantext.spun.evidence import first_features
from cleantext.spun.explain import reasons
from cleantext.spun.page import choose, judge_slots, load_decision, page_evidence, quoted
from cleantext.spun.proof import look_at
from cleantext.spun.slots import Floats, Slots, find_slots, load_models

# Probability from which a stretch counts as spun: the highest of 982 clean test pages has 0.53, of 294 genuine
# look-alikes 0.9996; the lowest of 27 marked pages 0.99996.
PROOF = 0.9998
WINDOW = 4.0  # hundreds of Han characters: the stretch that a page spun only in part must prove
# Probability below which a stretch of a page proven as a whole counts as genuine: 99.9 % of 5,330 clean windows lie
# below, all windows of the dev passages and of the example page above (the lowest at 0.012).
LOCAL = 3e-4
SURE_FIRST = 0.9  # first-look probability from which a sure row fires on a page that has not proven itself
USER_CONFIDENCE = 0.99  # of a user's own sure row: who writes it wants it
USER = KINDS.index("user")

_SURROGATE_RE = re.compile("[\ud800-\udfff]")


def find_many(texts: Sequence[str], options: Options) -> list[StageEdits]:
    """What is found in each of several texts; the fact "spun" is the probability that it, or a stretch, was spun."""
    texts = [_SURROGATE_RE.sub("\ufffd", text) for text in texts]  # the matcher takes valid Unicode only
    rows = dictionaries.load(options.dictionaries)
    seen = look_at(texts, rows, load_models(), load_decision(), WINDOW)
    chances = np.where(rows.facts[seen.row, USER] > 0, USER_CONFIDENCE, seen.chance)
    certain = {*seen.text[rows.sure[seen.row] & (chances >= SURE_FIRST)].tolist()}
    return [
        _judge(text, rows, options)
        if not options.detect_only and (spun >= PROOF or number in certain)
        else StageEdits("spun", [], {"spun": spun})
        for number, (text, spun) in enumerate(zip(texts, seen.spun, strict=True))
    ]


def _judge(text: str, rows: Dictionary, options: Options) -> StageEdits:
    """The repairs of a text that has some, or may have."""
    signs = find_slots(text, rows, load_models(), signs_only=True)
    chances = load_decision().first.probability(first_features(signs, rows))
    spun, proven = _proven(text, page_evidence(text, signs, chances))
    edits = _repairs(text, rows, options, proven) if proven.any() else []
    return StageEdits("spun", _with_sure(text, (signs, chances), rows, options, edits), {"spun": spun})


def _proven(text: str, evidence: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.bool_]]:
    """The highest probability of the page and of its windows, and which characters lie in a proven stretch.

    On a page proven as a whole the stretches that look genuine by themselves stay out: a clean article with a spun one
    pasted into it. On any other page a stretch must prove itself.
    """
    look = load_decision().page
    whole = float(look.probability(evidence[-1:])[0])
    han = evidence[:, 2]
    if han[-1] <= WINDOW:
        return whole, np.full(len(text), whole >= PROOF)
    starts = np.searchsorted(han, np.append(np.arange(0.0, han[-1] - WINDOW, WINDOW / 4), han[-1] - WINDOW))
    ends = np.minimum(np.searchsorted(han, han[starts] + WINDOW), len(text))
    chances = look.probability(evidence[ends] - evidence[starts])
    proven = np.zeros(len(text), dtype=bool)
    for start, end in zip(starts[chances >= PROOF], ends[chances >= PROOF], strict=True):
        proven[start:end] = True
    if whole >= PROOF:
        proven[:] = True
        for start, end in zip(starts[chances < LOCAL], ends[chances < LOCAL], strict=True):
            proven[start:end] = False
    return max(whole, float(chances.max())), proven


def _repairs(text: str, rows: Dictionary, options: Options, proven: npt.NDArray[np.bool_]) -> list[Edit]:
    """Repairs inside the proven stretches."""
    if RULE in options.disable:
        return []
    slots, probability = judge_slots(text, rows, load_models(), load_decision())
    probability = np.where(proven[slots.start][slots.slot], probability, 0.0).astype(np.float32)
    chosen = choose(slots, probability, options.min_confidence)
    return [
        _edit(text, slots, candidate, rows, RULE, reason, float(probability[candidate]))
        for candidate, reason in zip(chosen, reasons(text, slots, chosen, rows), strict=True)
    ]


def _with_sure(
    text: str, judged: tuple[Slots, Floats], rows: Dictionary, options: Options, edits: list[Edit]
) -> list[Edit]:
    """The edits, and repairs by sure rows where none of them is."""
    signs, chances = judged
    users = rows.facts[signs.row, USER] > 0
    chances = np.where(users, USER_CONFIDENCE, chances)
    certain = rows.sure[signs.row] & (chances >= SURE_FIRST)
    if SURE_RULE in options.disable or not certain.any():
        return edits
    # A quoted word is mentioned, not used; but a user's row means every place.
    meant = users | ~quoted(text, signs.start)[signs.slot]
    probability = np.where(certain & meant, chances, 0).astype(np.float32)
    taken = {k for edit in edits for k in range(edit.start, edit.end)}
    chosen = [
        candidate
        for candidate in choose(signs, probability, max(options.min_confidence, SURE_FIRST))
        if taken.isdisjoint(range(int(signs.start[signs.slot[candidate]]), int(signs.end[signs.slot[candidate]])))
    ]
    found = [
        _edit(text, signs, candidate, rows, SURE_RULE, reason, float(probability[candidate]))
        for candidate, reason in zip(chosen, reasons(text, signs, chosen, rows), strict=True)
    ]
    return sorted([*edits, *found], key=lambda edit: edit.start)


def _edit(text: str, slots: Slots, candidate: int, rows: Dictionary, rule: str, reason: str, confidence: float) -> Edit:
    slot = slots.slot[candidate]
    start, end = int(slots.start[slot]), int(slots.end[slot])
    original = rows.rows[slots.row[candidate]].original
    return Edit(start, end, text[start:end], original, rule, reason, round(confidence, 4))
