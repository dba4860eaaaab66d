"""The page around the slots, as far as it stays the same however the slots are judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleantext.spun.context import han_codes
from cleantext.spun.dictionary import Dictionary
from cleantext.spun.lot import Floats, Ints, Lot
from cleantext.spun.slots import Slots
from cleantext.spun.topic import load_topics

NEARBY = 200  # characters on each side that count as the neighbourhood of a slot
MIN_NEAR, MIN_PAGE = 60, 100  # Han characters: shorter neighbourhoods and pages count as this long
MAX_TOPIC = 4.0  # nats: beyond this a page's topic says no more
_NEIGHBOURS = 10  # slots to look ahead for overlaps: forms have at most six characters


@dataclass(frozen=True, slots=True)
class Scene:
    """What the pages of a lot hold around some slots, the same in all looks.

    Per candidate: `line`, the number of its row among the `rows` that occur; `pair`, that of its row on its page;
    `occurrences` of its spun form and `originals` on the page, `topic`, how much better the original fits the page as a
    whole, in nats. Per slot: `low` and `high`, the slots of its
    neighbourhood, `near` its length in hundreds of Han. Per page: `length`, in hundreds of Han. `overlapping`: all
    pairs of slots that overlap.
    """

    rows: Ints
    line: Ints
    pair: Ints
    occurrences: Ints
    originals: Ints
    topic: Floats
    low: Ints
    high: Ints
    near: npt.NDArray[np.float64]
    length: npt.NDArray[np.float64]
    overlapping: tuple[Ints, Ints]


def survey(lot: Lot, slots: Slots, dictionary: Dictionary) -> Scene:
    """The scene of some slots of a lot."""
    rows, line = np.unique(slots.row, return_inverse=True)
    page = slots.page[slots.slot]
    many = max(len(rows), 1)
    pairs, pair = np.unique(page * many + line, return_inverse=True)
    _, form, times = np.unique(slots.page * len(dictionary.forms) + slots.form, return_inverse=True, return_counts=True)
    start, end = lot.sheaf.start[slots.page], lot.sheaf.end[slots.page]
    low, high = np.maximum(slots.start - NEARBY, start), np.minimum(slots.end + NEARBY, end)
    han = np.append(0, np.cumsum(han_codes(lot.sheaf.codes)))
    pages = np.maximum(han[lot.sheaf.end] - han[lot.sheaf.start], MIN_PAGE)
    return Scene(
        rows,
        line,
        pair,
        times[form][slots.slot],
        _count_originals(lot, page, slots.row, dictionary),
        topic_leads(lot, pairs // many, rows[pairs % many], dictionary)[pair],
        slots.start.searchsorted(low),
        slots.start.searchsorted(high),
        np.maximum(han[high] - han[low], MIN_NEAR) / 100,
        pages / 100,
        _overlapping(slots),
    )


def _count_originals(lot: Lot, page: Ints, row: Ints, dictionary: Dictionary) -> Ints:
    """Per candidate: how often its original stands on the page itself. A spinner leaves few."""
    number, start = dictionary.find_originals(lot.sheaf.codes)
    many = len(dictionary.rows)
    keys, counts = np.unique(lot.sheaf.end.searchsorted(start) * many + number, return_counts=True)
    wanted = page * many + dictionary.original_number[row]
    at = keys.searchsorted(wanted)
    keys, counts = np.append(keys, -1), np.append(counts, 0)
    return np.where(keys[at] == wanted, counts[at], 0)


def topic_leads(lot: Lot, page: Ints, row: Ints, dictionary: Dictionary) -> Floats:
    """How much better the original of a row fits a page as a whole than its spun form, in nats."""
    model = load_topics()
    rows, line = np.unique(row, return_inverse=True)
    forms = dictionary.first.searchsorted(rows, "right") - 1
    original, spun = model.places(dictionary.original_hash[rows]), model.places(dictionary.spun_hash[forms])
    nats = model.lead(lot.directions[page], original[line], spun[line])
    return np.clip(nats, -MAX_TOPIC, MAX_TOPIC)


def _overlapping(slots: Slots) -> tuple[Ints, Ints]:
    """All pairs of slots that overlap, the first of them first."""
    pairs = [np.zeros((2, 0), dtype=np.int64)]
    for step in range(1, min(_NEIGHBOURS, len(slots))):
        first = np.flatnonzero(slots.start[step:] < slots.end[:-step])
        pairs.append(np.array([first, first + step]))
    one, other = np.hstack(pairs)
    return one, other
