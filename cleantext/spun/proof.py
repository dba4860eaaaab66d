"""Which pages, and which stretches of them, are spun: the first look at the rows of known spinners.

Most pages prove nothing and have no sure row; for them this is all there is to do. Sums are taken over counts of Han
and over few summands, never across pages.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from cleantext.spun.context import han_codes, han_flags
from cleantext.spun.dictionary import Dictionary
from cleantext.spun.evidence import first_features, slot_totals
from cleantext.spun.lot import AT_ONCE, Floats, Ints, Lot
from cleantext.spun.page import WEAK, Decision, page_probability, slot_evidence
from cleantext.spun.slots import Models, Slots, find_slots, joined, picked

# Probability from which a stretch counts as spun: in log odds 6.2. That of the highest of 982 clean test pages is below
# zero, of 294 genuine look-alikes and all of them in a row 5.5, of the lowest of 27 marked pages 7.9.
PROOF = 0.998
WINDOW = 400  # Han characters: the stretch that a page spun only in part must prove
STEP = WINDOW // 4  # Han characters from one such stretch to the next
# Probability below which a stretch of a page proven as a whole counts as genuine: 99.9 % of 14,529 clean windows lie
# below, all windows of the dev passages and of the example page above (the lowest at 0.010).
LOCAL = 3e-3

Numbers = npt.NDArray[np.float64]


class Stretches(NamedTuple):
    """Stretches of WINDOW Han: the text of each, where it starts and ends in the lot, its probability."""

    text: Ints
    start: Ints
    end: Ints
    chance: Floats


class Sighting(NamedTuple):
    """What the first look sees in the texts of a lot.

    `chance` is the probability of each candidate of `signs`; `whole` that of each text, `spun` the highest of it and
    its stretches.
    """

    signs: Slots
    chance: Floats
    whole: Floats
    spun: list[float]
    stretches: Stretches

    def proven(self, lot: Lot, text: int) -> npt.NDArray[np.bool_]:
        """Which characters of a text, and of the separator behind it, lie in a stretch that is proven spun.

        On a page proven as a whole the stretches that look genuine by themselves stay out: a clean article with a spun
        one pasted into it. On any other page a stretch must prove itself.
        """
        whole = bool(self.whole[text] >= PROOF)
        first = int(lot.start[text])
        proven = np.full(int(lot.end[text]) + 1 - first, whole)
        of_text = self.stretches.text == text
        chance = self.stretches.chance
        other = of_text & ((chance < LOCAL) if whole else (chance >= PROOF))
        for start, end in zip(self.stretches.start[other] - first, self.stretches.end[other] - first, strict=True):
            proven[start:end] = not whole
        return proven


def look_at(lot: Lot, rows: Dictionary, models: Models, decision: Decision) -> Sighting:
    """The first look at the texts of a lot."""
    signs, chance = _signs(lot, rows, models, decision)
    evidence = gather(lot, signs, chance)
    whole = page_probability(decision.page, evidence.whole())
    text, start, end, found = evidence.windows()
    stretches = Stretches(text, start, end, page_probability(decision.page, found))
    spun = whole.astype(np.float64)
    np.maximum.at(spun, text, stretches.chance)
    return Sighting(signs, chance, whole, spun.tolist(), stretches)


def _signs(lot: Lot, rows: Dictionary, models: Models, decision: Decision) -> tuple[Slots, Floats]:
    """The slots with rows of known spinners, and the first look's probability of each candidate; of a long text only
    those that can be evidence or fire alone: all of them are several times as large as the text.
    """
    if not lot.is_long:
        signs = find_slots(lot, rows, models, signs_only=True)
        return signs, decision.first.probability(first_features(signs, rows))
    found: list[tuple[Slots, int]] = []
    chances: list[Floats] = []
    for part, base, low, high in lot.stretches():
        signs = find_slots(part, rows, models, signs_only=True, within=(low, high))
        chance = decision.first.probability(first_features(signs, rows))
        telling = slot_totals(signs, chance) > WEAK
        telling[signs.slot[rows.sure[signs.row]]] = True
        kept = telling[signs.slot]
        found.append((picked(signs, telling), base))
        chances.append(chance[kept])
    return joined(found), np.concatenate(chances)


class _Places:
    """Where the Han of a long text stand: every one at which a stretch may begin or end, the last WINDOW and one more.

    A list of them all is several times as large as the text.
    """

    def __init__(self, size: int, edges: Ints, last: Ints) -> None:
        """`size` counts all; `edges` are those of number STEP - 1, 2 STEP - 1 …, `last` the last ones."""
        self._size, self._edges, self._last = size, edges, last

    @classmethod
    def of(cls, lot: Lot) -> _Places:
        """Those of a lot of one text."""
        size = 0
        edges: list[Ints] = []
        last = np.zeros(0, dtype=np.int64)
        for low in range(0, len(lot.text), AT_ONCE):
            here = han_flags(lot.text[low : low + AT_ONCE]).nonzero()[0]
            here += low
            edges.append(here[STEP - 1 - size % STEP :: STEP].copy())
            last = np.concatenate([last, here])[-WINDOW - 1 :]
            size += len(here)
        return cls(size, np.concatenate(edges), last)

    def __len__(self) -> int:
        return self._size

    def take(self, numbers: Ints, mode: Literal["clip"] = "clip") -> Ints:
        """The places of these, which are edges or among the last ones; of what lies before the first, any."""
        late = self._last.take(numbers - (self._size - len(self._last)), mode=mode)
        return np.where(numbers >= self._size - len(self._last), late, self._edges.take(numbers // STEP, mode=mode))


def gather(lot: Lot, signs: Slots, chance: Floats) -> Evidence:
    """The evidence of the texts of a lot: `chance` is the first look's at the candidates of `signs`."""
    places = _Places.of(lot) if lot.is_long else han_codes(lot.sheaf.codes).nonzero()[0]
    found = slot_evidence(lot.text, signs, chance)
    some = np.flatnonzero(found.any(axis=1))
    sums = np.zeros((len(some) + 1, 2))
    np.cumsum(found[some], axis=0, out=sums[1:])
    bound = np.append(0, len(places) if isinstance(places, _Places) else places.searchsorted(lot.end))
    return Evidence(lot, places, bound, signs.start[some] + 1, sums)


class Evidence(NamedTuple):
    """The evidence of the texts of a lot, which stands behind the first character of its slot.

    `places` are those of Han (`bound[k]` is the first of text k), `events` those of evidence; `sums` holds the evidence
    up to each event, and one line more.
    """

    lot: Lot
    places: Ints | _Places
    bound: Ints
    events: Ints
    sums: Numbers

    def _between(self, low: Ints, high: Ints) -> Numbers:
        """What is found in the stretches from low to high."""
        found: Numbers = self.sums[self.events.searchsorted(high, "right")]
        return found - self.sums[self.events.searchsorted(low, "right")]

    def whole(self) -> Numbers:
        """The evidence of each text: a row as in `page.PAGE`."""
        return np.column_stack([self._between(self.lot.start, self.lot.end), np.diff(self.bound) / 100])

    def windows(self) -> tuple[Ints, Ints, Ints, Numbers]:
        """Stretches of texts that are longer than one, a quarter of one apart: text, start, end, and evidence."""
        number = np.diff(self.bound)
        long = (number > WINDOW).nonzero()[0]
        rest = number[long] - WINDOW
        steps = -(-rest // STEP)  # stretches that begin at a step; one more ends the text
        text = long.repeat(steps + 1)
        step = np.arange(len(text)) - (np.cumsum(steps + 1) - steps - 1).repeat(steps + 1)
        low = np.minimum(step * STEP, rest.repeat(steps + 1))
        first = self.bound[text] - 1  # the Han before the text's own
        start = np.where(low > 0, self.places.take(first + low, mode="clip") + 1, self.lot.start[text])
        end = self.places.take(first + low + WINDOW, mode="clip") + 1
        length = np.full(len(text), WINDOW / 100)
        return text, start, end, np.column_stack([self._between(start, end), length])
