"""The spun stage: dictionary candidates, context score, per-page decision.

A page must prove itself spun before ambiguous rows fire; rows whose spun form clean Chinese does not know (tier
`sure`) may fire alone.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cleantext.records import Edit, Options, Page, StageEdits
from cleantext.spun import dictionary as dictionaries
from cleantext.spun.dictionary import Dictionary
from cleantext.spun.evidence import first_features
from cleantext.spun.explain import reasons
from cleantext.spun.page import choose, han_flags, judge_slots, load_decision, page_evidence, quoted
from cleantext.spun.slots import Slots, find_slots, load_models

RULE, SURE_RULE = "spun-word", "spun-sure"

PROOF = 0.999  # probability from which a stretch counts as spun: of 982 clean pages of the test class none exceeds 0.5
WINDOW = 4.0  # hundreds of Han characters: the stretch that a page spun only in part must prove
SURE_FIRST = 0.9  # first-look probability from which a sure row fires on a page that has not proven itself
MIN_HAN = 4  # Han characters without which no row can stand in its context


def find(page: Page, options: Options) -> StageEdits:
    """Find the repairs of a page; the fact "spun" is the probability that the page, or a stretch of it, was spun."""
    if han_flags(page.text).sum() < MIN_HAN:
        return StageEdits("spun")
    rows, decision = dictionaries.load(options.dictionaries), load_decision()
    signs = find_slots(page.text, rows, load_models(), signs_only=True)
    evidence = page_evidence(page.text, signs, rows, decision.first)
    spun, proven = _proven(page.text, evidence)
    if options.detect_only:
        return StageEdits("spun", (), {"spun": spun})
    edits = _repairs(page.text, rows, options, proven) if proven.any() else []
    edits = _with_sure(page.text, signs, rows, options, edits)
    return StageEdits("spun", edits, {"spun": spun})


def _proven(text: str, evidence: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.bool_]]:
    """The highest probability of the page and of its windows, and which characters lie in a proven stretch."""
    look = load_decision().page
    whole = float(look.probability(evidence[-1:])[0])
    proven = np.full(len(text), whole >= PROOF)
    han = evidence[:, 2]
    if whole >= PROOF or han[-1] <= WINDOW:
        return whole, proven
    starts = np.flatnonzero(np.diff(np.floor(han / (WINDOW / 4)), prepend=-1) > 0)
    ends = np.searchsorted(han, han[starts] + WINDOW)
    keep = ends < len(han)
    starts, ends = starts[keep], ends[keep]
    chances = look.probability(evidence[ends] - evidence[starts])
    for start, end in zip(starts[chances >= PROOF], ends[chances >= PROOF], strict=True):
        proven[start:end] = True
    return max(whole, float(chances.max(initial=0.0))), proven


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


def _with_sure(text: str, signs: Slots, rows: Dictionary, options: Options, edits: list[Edit]) -> list[Edit]:
    """The edits, and repairs by sure rows where none of them is."""
    if SURE_RULE in options.disable or not len(signs):
        return edits
    probability = load_decision().first.probability(first_features(signs, rows))
    probability[~rows.sure[signs.row] | (probability < SURE_FIRST) | quoted(text, signs)[signs.slot]] = 0.0
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


def _edit(
    text: str, slots: Slots, candidate: int, rows: Dictionary, rule: str, reason: str, confidence: float
) -> Edit:
    slot = slots.slot[candidate]
    start, end = int(slots.start[slot]), int(slots.end[slot])
    original = rows.rows[slots.row[candidate]].original
    return Edit(start, end, text[start:end], original, rule, reason, round(confidence, 4))
