"""Which pages are plainly not spun: the first look at the rows of known spinners, taken at many pages at once.

Most pages prove nothing and have no sure row; for them this is all there is to do, and it gives the same probability
as judging them one by one. Sums are taken over counts of Han and over few summands, never across pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleantext.presence import SEPARATOR, Sheaf, bind
from cleantext.spun.context import prepare_many
from cleantext.spun.dictionary import Dictionary
from cleantext.spun.evidence import first_features
from cleantext.spun.page import Decision, han_codes, slot_evidence
from cleantext.spun.slots import Floats, Ints, Models, Slots, score_slots, sign_slots

Numbers = npt.NDArray[np.float64]


class Sighting(NamedTuple):
    """What the first look sees in several texts.

    Per text: `han`, its Han characters; `spun`, the highest probability of the text and its windows. Per candidate of
    all texts: the `text` that it stands in, its dictionary `row` and its `chance`.
    """

    han: Ints
    spun: list[float]
    text: Ints
    row: Ints
    chance: Floats


def look_at(texts: Sequence[str], rows: Dictionary, models: Models, decision: Decision, window: float) -> Sighting:
    """The first look at several texts; `window` is the length of the stretches, in hundreds of Han."""
    sheaf = bind(texts)
    joined = SEPARATOR.join(texts)
    signs = score_slots(prepare_many(sheaf), sign_slots(joined, rows), rows, models, floor=0.0)
    chances = decision.first.probability(first_features(signs, rows))
    places: Ints = han_codes(sheaf.codes).nonzero()[0]
    bound = np.append(0, places.searchsorted(sheaf.end))
    evidence = _Evidence(sheaf, places, bound, *_events(joined, signs, chances))
    whole = decision.page.probability(evidence.whole())
    spun = whole.astype(np.float64)
    text, stretches = evidence.windows(window)
    np.maximum.at(spun, text, decision.page.probability(stretches))
    return Sighting(np.diff(bound), spun.tolist(), sheaf.end.searchsorted(signs.start)[signs.slot], signs.row, chances)


def _events(text: str, signs: Slots, chances: Floats) -> tuple[Ints, Numbers]:
    """Where evidence stands (the offset behind the slot's first character), and the sums of evidence up to there."""
    found = slot_evidence(text, signs, chances)
    some = np.flatnonzero(found.any(axis=1))
    sums = np.zeros((len(some) + 1, 2))
    np.cumsum(found[some], axis=0, out=sums[1:])
    return signs.start[some] + 1, sums


class _Evidence(NamedTuple):
    """The evidence of all texts: places of Han (`bound[k]` is the first of text k), of repairs, and sums over these."""

    sheaf: Sheaf
    places: Ints
    bound: Ints
    events: Ints
    sums: Numbers

    def _between(self, low: Ints, high: Ints) -> Numbers:
        """What is found in the stretches from low to high."""
        found: Numbers = self.sums[self.events.searchsorted(high, "right")]
        return found - self.sums[self.events.searchsorted(low, "right")]

    def _hundreds(self) -> Numbers:
        """The length of n Han, for each n that occurs: summed up as `page_evidence` does."""
        most = int(np.diff(self.bound).max(initial=0))
        return np.append(0.0, np.cumsum(np.full(most, 0.01)))

    def whole(self) -> Numbers:
        """The evidence of each text: a row as in `page.PAGE`."""
        length = self._hundreds()[np.diff(self.bound)]
        return np.column_stack([self._between(self.sheaf.start, self.sheaf.end), length])

    def windows(self, window: float) -> tuple[Ints, Numbers]:
        """The evidence of the stretches of texts that are longer than one, a quarter of one apart, and their texts."""
        hundreds = self._hundreds()
        number = np.diff(self.bound)
        long = (hundreds[number] > window).nonzero()[0]
        rest = hundreds[number[long]] - window
        steps = np.ceil(rest / (window / 4)).astype(np.int64)  # stretches that begin at a step; one more ends the text
        text = long.repeat(steps + 1)
        step = np.arange(len(text)) - (np.cumsum(steps + 1) - steps - 1).repeat(steps + 1)
        begin = np.where(step == steps.repeat(steps + 1), rest.repeat(steps + 1), step * (window / 4))
        low = hundreds.searchsorted(begin)
        high = hundreds.searchsorted(hundreds[low] + window)
        beyond = high > number[text]
        high = np.minimum(high, number[text])
        first = self.bound[text] - 1  # the Han before the text's own
        start = np.where(low > 0, self.places.take(first + low, mode="clip") + 1, self.sheaf.start[text])
        end = np.where(beyond, self.sheaf.end[text], self.places.take(first + high, mode="clip") + 1)
        return text, np.column_stack([self._between(start, end), hundreds[high] - hundreds[low]])
