"""Texts that are judged together, and long ones in stretches: what the search for slots and the models look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleantext.presence import LONG, SEPARATOR, Sheaf, bind, stretches
from cleantext.spun.context import Contexts, compress, prepare_many
from cleantext.spun.topic import load_topics

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

# Around a stretch of a long text: at least so many characters, three words of the longest rows (rows.MAX_LENGTH), and
# so many signs as the models see at most on one side of a slot (context.WINDOW), and some more.
AROUND = 64
SIGHT = 16
AT_ONCE = 1 << 16  # characters of a long text that are looked at together: twice as many take 4 MB more
FARTHEST = 1 << 14  # characters around a stretch: from here on it is not worth it


@dataclass(frozen=True)
class Lot:
    """Texts that are judged together, none of which sees another: offsets count through all of them.

    `text` holds them one after the other, a SEPARATOR behind each (none behind a long one).
    """

    texts: Sequence[str]

    @property
    def is_long(self) -> bool:
        """Whether it is one text so long that it is judged in stretches."""
        return len(self.texts) == 1 and len(self.texts[0]) > LONG

    @cached_property
    def text(self) -> str:
        """All characters."""
        return self.texts[0] if self.is_long else SEPARATOR.join(self.texts) + SEPARATOR

    @cached_property
    def start(self) -> Ints:
        """Where each text begins."""
        return self.end - np.fromiter(map(len, self.texts), np.int64, len(self.texts))

    @cached_property
    def end(self) -> Ints:
        """Where each text ends."""
        return np.fromiter((len(text) + 1 for text in self.texts), np.int64, len(self.texts)).cumsum() - 1

    @cached_property
    def sheaf(self) -> Sheaf:
        """The texts as code points: many times as large as a long text."""
        return bind(self.texts)

    @cached_property
    def contexts(self) -> Contexts:
        """What the models look up: likewise."""
        return prepare_many(self.sheaf)

    @cached_property
    def directions(self) -> Ints:
        """What each text is about: a line of the topic model's dimensions."""
        return load_topics().directions(self.sheaf)

    def stretches(self) -> Iterator[Stretch]:
        """A long text in stretches, each with so much around it that its slots see what they would see in the whole.

        In one piece where the models see hardly anything for thousands of characters (digits, blanks): what stands
        around the stretches would be longer than these.
        """
        text = self.text
        cuts = stretches(text, whole_lines=True, size=AT_ONCE)
        spans = [(low, high, *_around(text, low, high)) for low, high in cuts]
        if max(max(span[2:]) for span in spans) >= FARTHEST:
            spans = [(0, len(text), 0, 0)]
        for low, high, before, after in spans:
            base = max(0, low - before)
            yield Stretch(Lot([text[base : high + after]]), base, low - base, high - base)


def _around(text: str, low: int, high: int) -> tuple[int, int]:
    """How many characters before and behind a stretch its slots may see."""
    before = after = AROUND
    while before < min(low, FARTHEST) and _seen(text[low - before : low]) < SIGHT:
        before *= 4
    while after < min(len(text) - high, FARTHEST) and _seen(text[high : high + after]) < SIGHT:
        after *= 4
    return before, after


class Stretch(NamedTuple):
    """A stretch [low, high) of a lot of its own, which begins at `base` of a long text."""

    lot: Lot
    base: int
    low: int
    high: int


def _seen(text: str) -> int:
    """How many signs the models see of a text."""
    return len(compress(text)[0])
