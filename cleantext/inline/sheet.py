"""The text that the inline rules look at: an ASCII-folded copy of the same length, and the line around a place."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, islice, pairwise

import numpy as np
import numpy.typing as npt

from cleantext.han import HAN, is_han
from cleantext.records import Edit

# Prose that must remain in the line when something is cut out of it; a line that is all lure is the chrome stage's.
REACH = 200  # characters each way that are looked at: a line may be a megabyte long
LEAST_PROSE = 12  # Han


@cache
def _folding() -> npt.NDArray[np.uint32]:
    """By code point: characters that NFKC turns into one ASCII character (full-width, circled, mathematical letters …)
    as that one, all others as themselves; the last entry stands for all code points behind.
    """
    blocks = (range(0x2460, 0x2500), range(0xFF01, 0xFF5F), range(0x1D400, 0x1D800), range(0x2100, 0x2150))
    pairs = [(c, unicodedata.normalize("NFKC", chr(c))) for block in blocks for c in block]
    table = np.arange(0x1D801, dtype=np.uint32)
    for code, plain in pairs:
        if len(plain) == 1 and plain.isascii():
            table[code] = ord(plain)
    return table


def fold(texts: Sequence[str]) -> list[Sheet]:
    """The sheets of several texts, folded together."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), "<u4")
    table = _folding()
    folded = np.where(codes < len(table), table.take(codes, mode="clip"), codes).astype("<u4")
    flat = folded.tobytes().decode("utf-32-le", "surrogatepass")
    ends = [*accumulate(map(len, texts), initial=0)]
    return [Sheet(text, flat[start:end]) for text, (start, end) in zip(texts, pairwise(ends), strict=True)]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text under examination; `flat` is the text with disguised ASCII made plain, character for character: offsets
    are the same.
    """

    text: str
    flat: str

    def line(self, at: int) -> tuple[int, int]:
        """Start and end of the line around an offset, without its ending; no more than REACH characters each way."""
        low, high = max(0, at - REACH), min(len(self.text), at + REACH)
        start, end = self.text.rfind("\n", low, at), self.text.find("\n", at, high)
        start, end = start + 1 if start >= 0 else low, end if end >= 0 else high
        return start, end - 1 if end > start and self.text[end - 1] == "\r" else end

    def prose_around(self, start: int, end: int) -> bool:
        """Whether the line still holds prose when [start, end) is gone."""
        rest = self.text[self.line(start)[0] : start] + self.text[end : self.line(max(start, end - 1))[1]]
        return next(islice(filter(is_han, rest), LEAST_PROSE - 1, None), None) is not None

    def cut(self, start: int, end: int, rule: str, reason: str, confidence: float) -> Edit:
        """The edit that removes [start, end)."""
        return Edit(start, end, self.text[start:end], "", rule, reason, round(confidence, 3))


HAN_CLASS = f"[{HAN}]"
