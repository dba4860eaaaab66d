"""Judging texts: dictionary candidates, context score, per-page decision.

A page must prove itself spun before ambiguous rows fire; rows whose spun form clean Chinese does not know (tier
`sure`) may fire alone.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleantext.memory import give_back
from cleantext.presence import LONG
from cleantext.records import Edit, Options, StageEdits
from cleantext.spun import RULE, SURE_RULE
from cleantext.spun import dictionary as dictionaries
from cleantext.spun.dictionary import Dictionary
from cleantext.spun.explain import reasons
from cleantext.spun.lot import Floats, Ints, Lot
from cleantext.spun.page import choose, judge_slots, load_decision, quoted
from cleantext.spun.proof import PROOF, Sighting, look_at
from cleantext.spun.rows import KINDS
from cleantext.spun.site import Candidates, SitePairs, needed_rows, pair
from cleantext.spun.slots import Slots, load_models

SURE_FIRST = 0.9  # first-look probability from which a sure row fires on a page that has not proven itself
USER_CONFIDENCE = 0.99  # of a user's own sure row: who writes it wants it
USER = KINDS.index("user")
TOGETHER = 140_000  # characters of spun pages that are repaired together, as many as a lot has

_SURROGATE_RE = re.compile("[\ud800-\udfff]")

Bools = npt.NDArray[np.bool_]
Found = list[list[Edit]]  # the edits of each text


class Judged(NamedTuple):
    """Texts taken as spun: their numbers among all, their lot, its slots, and the probability of each candidate."""

    numbers: list[int]
    lot: Lot
    slots: Slots
    probability: Floats

    def by_text(self) -> Iterator[tuple[int, slice, Candidates]]:
        """Each text's number, where its candidates stand among all, and these."""
        slot, row = self.slots.slot, self.slots.row
        bounds = self.slots.page[slot].searchsorted(np.arange(len(self.numbers) + 1)).tolist()
        for number, ends in zip(self.numbers, itertools.pairwise(bounds), strict=True):
            mine = slice(*ends)
            yield number, mine, Candidates(slot[mine], row[mine], self.probability[mine])


def find_many(texts: Sequence[str], sites: Sequence[str], options: Options) -> list[StageEdits]:
    """What is found in each of several texts; the fact "spun" is the probability that it, or a stretch, was spun.

    `sites` names the site of each text.
    """
    texts = [*map(_encodable, texts)]
    rows = dictionaries.load(options.dictionaries)
    lot = Lot(texts)
    if lot.is_long:
        give_back()  # what reading the rows took
    seen = look_at(lot, rows, load_models(), load_decision())
    found: Found = [[] for _ in texts]
    if not options.detect_only:
        if RULE not in options.disable:
            for judged in _judge(texts, lot, seen, rows):
                _repair(found, judged, sites, rows, options)
        if SURE_RULE not in options.disable:
            _repair_surely(found, lot, seen, rows, options)
    return [StageEdits("spun", edits, {"spun": spun}) for edits, spun in zip(found, seen.spun, strict=True)]


def _encodable(text: str) -> str:
    """The text with U+FFFD for lone surrogates."""
    if len(text) <= LONG:
        with suppress(UnicodeEncodeError):
            text.encode("utf-32-le")  # a tenth of the time of looking for them
            return text
    return _SURROGATE_RE.sub("\ufffd", text)


def pairs_of(texts: Sequence[str], options: Options) -> list[list[str]]:
    """The pairs that each text needs (`site.PairCounter`); none of a text that is not proven spun."""
    texts = [*map(_encodable, texts)]
    rows = dictionaries.load(options.dictionaries)
    lot = Lot(texts)
    found: list[list[str]] = [[] for _ in texts]
    for judged in _judge(texts, lot, look_at(lot, rows, load_models(), load_decision()), rows):
        for number, _, candidates in judged.by_text():
            found[number] = [pair(rows.rows[row]) for row in needed_rows(candidates).tolist()]
    return found


def _judge(texts: Sequence[str], lot: Lot, seen: Sighting, rows: Dictionary) -> Iterator[Judged]:
    """The texts that are proven spun, in groups; nothing is likely outside the proven stretches."""
    for group in _groups(texts, [number for number, spun in enumerate(seen.spun) if spun >= PROOF]):
        proven = np.concatenate([seen.proven(lot, number) for number in group])
        together, signs = (lot, seen.signs) if len(group) == len(texts) else (Lot([texts[k] for k in group]), None)
        slots, probability = judge_slots(together, rows, load_models(), load_decision(), signs)
        probability = np.where(proven[slots.start][slots.slot], probability, 0.0).astype(np.float32)
        yield Judged(group, together, slots, probability)


def _groups(texts: Sequence[str], numbers: Sequence[int]) -> Iterator[list[int]]:
    """Numbers of texts that are repaired together."""
    group: list[int] = []
    size = 0
    for number in numbers:
        if group and size + len(texts[number]) > TOGETHER:
            yield group
            group, size = [], 0
        group.append(number)
        size += len(texts[number])
    if group:
        yield group


def _repair(found: Found, judged: Judged, sites: Sequence[str], rows: Dictionary, options: Options) -> None:
    """Add the repairs of some texts."""
    slots, probability = judged.slots, judged.probability
    elsewhere = np.zeros(len(slots.row), dtype=np.int64)
    if isinstance(options.site_pairs, SitePairs):
        for number, mine, candidates in judged.by_text():
            probability[mine], elsewhere[mine] = options.site_pairs.weigh(sites[number], candidates, rows)
    chosen = choose(slots, probability, options.min_confidence)
    why = reasons(judged.lot, slots, chosen, rows, elsewhere[chosen])
    for text, edit in _edits(judged.lot, slots, probability, chosen, rows, RULE, why):
        found[judged.numbers[text]].append(edit)


def _repair_surely(found: Found, lot: Lot, seen: Sighting, rows: Dictionary, options: Options) -> None:
    """Add repairs by sure rows where no repair has been found."""
    signs = seen.signs
    users = rows.facts[signs.row, USER] > 0
    chances = np.where(users, USER_CONFIDENCE, seen.chance)
    certain = rows.sure[signs.row] & (chances >= SURE_FIRST)
    if not certain.any():
        return
    # A quoted word is mentioned, not used; but a user's row means every place.
    asked = np.bincount(signs.slot[certain]).nonzero()[0]
    inside = np.zeros(len(signs), dtype=bool)
    inside[asked] = quoted(lot.text, signs.start[asked])
    probability = np.where(certain & (users | ~inside[signs.slot]), chances, 0).astype(np.float32)
    chosen = choose(signs, probability, max(options.min_confidence, SURE_FIRST))
    touched = {*signs.page[signs.slot[chosen]].tolist()}
    taken = np.zeros(len(lot.text) + 1, dtype=np.int64)
    for number in touched:
        for edit in found[number]:
            taken[lot.start[number] + edit.start + 1 : lot.start[number] + edit.end + 1] = 1
    upto = np.cumsum(taken)
    chosen = chosen[upto[signs.end[signs.slot[chosen]]] == upto[signs.start[signs.slot[chosen]]]]
    why = reasons(lot, signs, chosen, rows)
    for text, edit in _edits(lot, signs, probability, chosen, rows, SURE_RULE, why):
        found[text].append(edit)
    for number in touched:
        found[number].sort(key=lambda edit: edit.start)


def _edits(
    lot: Lot, slots: Slots, probability: Floats, chosen: Ints, rows: Dictionary, rule: str, why: list[str]
) -> Iterator[tuple[int, Edit]]:
    """The chosen repairs, each with the number of its text in the lot; `why` holds their reasons."""
    slot = slots.slot[chosen]
    pages, firsts = slots.page[slot], lot.start[slots.page[slot]]
    spans = zip(slots.start[slot].tolist(), slots.end[slot].tolist(), firsts.tolist(), strict=True)
    facts = zip(slots.row[chosen].tolist(), probability[chosen].tolist(), strict=True)
    for page, (start, end, first), (row, chance), reason in zip(pages.tolist(), spans, facts, why, strict=True):
        original = rows.rows[row].original
        yield page, Edit(start - first, end - first, lot.text[start:end], original, rule, reason, round(chance, 4))
