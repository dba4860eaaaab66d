"""Slots of a page: where a spun form stands, what could have stood there, and how well each candidate fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleantext.presence import Sheaf
from cleantext.spun.context import ContextModel, Contexts, feature_columns, load_model
from cleantext.spun.dictionary import Dictionary
from cleantext.spun.lot import Floats, Ints, Lot
from cleantext.spun.ngrams import NgramModel, load_ngrams

MAX_DELTA = 8.0  # nats: beyond this a context says no more
HOPELESS = -1.5  # nats of delta: on the dev passages 1.5 % of the right candidates and 30 % of all lie below
# Nats: the same for the n-gram model. Held-out F0.5 with 8, 10, 12, 16, 24: 0.898, 0.902, 0.901, 0.900, 0.891.
MAX_FLUENCY = 10.0


class Models(NamedTuple):
    """The two models of context."""

    context: ContextModel
    ngrams: NgramModel


@dataclass(frozen=True, slots=True)
class Slots:
    """Slots sorted by position, and their candidates slot by slot.

    Per slot: `page` (which text of the lot it stands in), `form`, `start`, `end`. Per candidate: its `slot`, its
    dictionary `row`, and how much better the original fits than the spun form, in nats: `delta` by the context model,
    `fluency` by the n-gram model.
    """

    page: Ints
    form: Ints
    start: Ints
    end: Ints
    slot: Ints
    row: Ints
    delta: Floats
    fluency: Floats

    def __len__(self) -> int:
        return len(self.form)


def find_slots(
    lot: Lot,
    dictionary: Dictionary,
    models: Models,
    signs_only: bool = False,
    known: Slots | None = None,
    within: tuple[int, int] | None = None,
) -> Slots:
    """All slots of a lot that no shield covers, with scored candidates; `signs_only`: rows of known spinners only.

    `known`: the latter of the same lot, which are not scored again. `within`: slots that begin within this stretch.
    """
    found = dictionary.find_signs(lot.sheaf.codes) if signs_only else dictionary.find(lot.sheaf.codes)
    found = _outermost(_unshielded(found, dictionary), dictionary)
    if within:
        found = found[(found[:, 1] >= within[0]) & (found[:, 1] < within[1])]
    if signs_only:
        found = found[dictionary.is_sign[found[:, 0]]]
    slots = _slots(found, lot.sheaf, dictionary, dictionary.sign_row if signs_only else None)
    if known is not None and len(known.row):
        return _scored_but(known, lot, slots, dictionary, models)
    # A sign must fit better than the word in place to be evidence at all: what does not needs no second opinion.
    return score_slots(lot.contexts, slots, dictionary, models, floor=0.0 if signs_only else HOPELESS)


def _scored_but(known: Slots, lot: Lot, slots: Slots, dictionary: Dictionary, models: Models) -> Slots:
    """The slots, scored where they are not among the known ones; of these, such as do not fit have no full score."""
    many = len(dictionary.rows)
    there = known.start[known.slot] * many + known.row
    order = np.argsort(there)
    wanted = slots.start[slots.slot] * many + slots.row
    at = order.take(there[order].searchsorted(wanted), mode="clip")
    same = (there[at] == wanted) & (known.delta[at] > 0)
    delta, fluency = known.delta[at], known.fluency[at]
    scored = score_slots(lot.contexts, pruned(slots, ~same), dictionary, models)
    delta[~same], fluency[~same] = scored.delta, scored.fluency
    return replace(slots, delta=delta, fluency=fluency)


def _slots(found: Ints, sheaf: Sheaf, dictionary: Dictionary, wanted: npt.NDArray[np.bool_] | None) -> Slots:
    """Slots at (form, start, end), with the wanted rows (None: all) as candidates."""
    found = found[np.lexsort((found[:, 2], found[:, 1]))]
    slot, row = _candidates(found[:, 0], dictionary)
    if wanted is not None:
        kept = wanted[row]
        slot, row = slot[kept], row[kept]
    zero = np.zeros(len(row), dtype=np.float32)
    form, start, end = (np.ascontiguousarray(column) for column in found.T)
    return Slots(sheaf.end.searchsorted(start), form, start, end, slot, row, zero, zero)


def _unshielded(found: Ints, dictionary: Dictionary) -> Ints:
    """Without shields and without what overlaps one."""
    if not len(found):
        return found
    is_shield = dictionary.is_shield[found[:, 0]]
    shields = found[is_shield]
    if not len(shields):
        return found
    shields = shields[shields[:, 1].argsort(kind="stable")]
    reach = np.maximum.accumulate(np.append(-1, shields[:, 2]))  # how far the first so many reach
    under = reach[shields[:, 1].searchsorted(found[:, 2])] > found[:, 1]
    free: Ints = found[~(is_shield | under)]
    return free


def _outermost(found: Ints, dictionary: Dictionary) -> Ints:
    """Without what lies inside a compound that only spinners write: 小我 and 私人 are no words in 小我私人."""
    compound = found[dictionary.is_compound[found[:, 0]]]
    if not len(compound):
        return found
    compound = compound[np.lexsort((-compound[:, 2], compound[:, 1]))]  # those around another stand before it
    reach = np.maximum.accumulate(np.append(-1, compound[:, 2]))  # how far the first so many reach
    before = compound[:, 1].searchsorted(found[:, 1], "right")
    inside = reach[before] >= found[:, 2]
    # A compound reaches as far as itself: it is inside of another only if an earlier one does so, too.
    itself = np.flatnonzero(dictionary.is_compound[found[:, 0]])
    rank = np.empty(len(itself), dtype=np.int64)
    rank[np.lexsort((-found[itself, 2], found[itself, 1]))] = np.arange(len(itself))
    inside[itself] = reach[rank] >= found[itself, 2]
    outer: Ints = found[~inside]
    return outer


def _candidates(form: Ints, dictionary: Dictionary) -> tuple[Ints, Ints]:
    """Slot and dictionary row of every candidate."""
    counts = dictionary.first[form + 1] - dictionary.first[form]
    slot = np.repeat(np.arange(len(form)), counts)
    before = np.cumsum(counts) - counts
    return slot, dictionary.first[form][slot] + np.arange(len(slot)) - before[slot]


def score_slots(
    contexts: Contexts,
    slots: Slots,
    dictionary: Dictionary,
    models: Models,
    floor: float = HOPELESS,
    unchanged: npt.NDArray[np.bool_] | None = None,
) -> Slots:
    """The same slots with `delta` and `fluency` of every candidate in their contexts.

    Candidates whose delta is not above `floor` (nats) are not shown to the n-gram model; nor, again, those of slots
    that are `unchanged` as far as that model sees.
    """
    if not len(slots.row):
        return slots
    live, back = _distinct(slots.slot)
    columns = feature_columns(contexts, slots.start[live], slots.end[live])
    words = np.concatenate([dictionary.spun_hash[slots.form[live]], dictionary.original_hash[slots.row]])
    nats = models.context.score(columns, words, np.concatenate([np.arange(len(live)), back]))
    delta = nats[len(live) :] - nats[back]
    delta[~dictionary.trained[slots.row]] = 0.0  # a user's word that the model never met: its hash would score noise
    shown = delta > floor
    fluency = np.where(shown, slots.fluency, np.float32(floor))
    if unchanged is not None:
        shown &= ~unchanged[slots.slot] | (slots.delta <= floor)
    open_ = np.flatnonzero(shown)
    if len(open_):
        asked, back = _distinct(slots.slot[open_])
        places = np.concatenate([slots.slot[open_], asked])
        codes = [dictionary.original_codes[slots.row[open_]], dictionary.form_codes[slots.form[asked]]]
        score = models.ngrams.score(contexts, slots.start[places], slots.end[places], np.concatenate(codes))
        fluency[open_] = score[: len(open_)] - score[len(open_) :][back]
    for nats, most in ((delta, MAX_DELTA), (fluency, MAX_FLUENCY)):
        np.minimum(np.maximum(nats, -most, out=nats), most, out=nats)
    return replace(slots, delta=delta, fluency=fluency)


def _distinct(numbers: Ints) -> tuple[Ints, Ints]:
    """The different ones of sorted numbers, and for each number which of these it is."""
    new = np.ones(len(numbers), dtype=bool)
    np.not_equal(numbers[1:], numbers[:-1], out=new[1:])
    rank = new.cumsum()
    rank -= 1
    return numbers[new], rank


def joined(found: Sequence[tuple[Slots, int]]) -> Slots:
    """The slots of the stretches of one text, each with the place where its lot begins."""
    sizes = np.cumsum([0, *(len(slots) for slots, _ in found)]).tolist()
    moved = [
        (s.page, s.form, s.start + base, s.end + base, s.slot + size, s.row, s.delta, s.fluency)
        for (s, base), size in zip(found, sizes, strict=False)
    ]
    page, form, start, end, slot, row, delta, fluency = map(np.concatenate, zip(*moved, strict=True))
    return Slots(page, form, start, end, slot, row, delta, fluency)


def picked(slots: Slots, keep: npt.NDArray[np.bool_]) -> Slots:
    """Some of the slots, with all their candidates."""
    number, kept = np.cumsum(keep) - 1, keep[slots.slot]
    places = slots.page[keep], slots.form[keep], slots.start[keep], slots.end[keep]
    return Slots(*places, number[slots.slot[kept]], slots.row[kept], slots.delta[kept], slots.fluency[kept])


def pruned(slots: Slots, keep: npt.NDArray[np.bool_]) -> Slots:
    """The same slots with some of their candidates only."""
    return replace(
        slots, slot=slots.slot[keep], row=slots.row[keep], delta=slots.delta[keep], fluency=slots.fluency[keep]
    )


def load_models() -> Models:
    """The shipped models."""
    return Models(load_model(), load_ngrams())
