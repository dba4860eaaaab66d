"""The text that the inline rules look at: an ASCII-folded copy of the same length, and the line around a place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

import numpy as np
import numpy.typing as npt

from cleantext.han import HAN, is_han
from cleantext.presence import parts
from cleantext.records import Edit

# Prose that must remain in the line when something is cut out of it; a line that is all lure is the chrome stage's.
REACH = 200  # characters each way that are looked at: a line may be a megabyte long
LEAST_PROSE = 12  # Han

SPOKEN_RE = re.compile(r"(?:[写标印注署说叫是为有贴称出示](?:着|了|明|有)?[:：]?|[:：“‘])$")
SPOKEN_AFTER_RE = re.compile(r"[”’]|.{0,3}(?:字|字样|的(?:标|提示|说|声明|链接|按钮))")


@cache
def _folding() -> npt.NDArray[np.uint8]:
    """By code point the ASCII character that NFKC makes of it (full-width, circled, mathematical letters …), or 0.

    The last entry stands for all code points behind.
    """
    blocks = (range(0x2460, 0x2500), range(0xFF01, 0xFF5F), range(0x1D400, 0x1D800), range(0x2100, 0x2150))
    pairs = [(c, unicodedata.normalize("NFKC", chr(c))) for block in blocks for c in block]
    table = np.zeros(0x1D801, np.uint8)
    for code, plain in pairs:
        if len(plain) == 1 and plain.isascii():
            table[code] = ord(plain)
    return table


def fold(texts: Sequence[str]) -> list[Sheet]:
    """The sheets of several texts, folded together."""
    flat: list[list[str]] = [[] for _ in texts]
    for part in parts(texts):
        folded = _folded(part.sheaf.codes)
        for number, (start, end) in enumerate(zip(part.sheaf.start.tolist(), part.sheaf.end.tolist(), strict=True)):
            stretch = texts[part.first + number][part.begin : part.begin + end - start]
            flat[part.first + number].append(folded[start:end] if folded else stretch)
    return [Sheet(text, "".join(stretches)) for text, stretches in zip(texts, flat, strict=True)]


def _folded(codes: npt.NDArray[np.uint32]) -> str:
    """The characters, folded; "" where there is nothing to fold."""
    plain = _folding().take(codes, mode="clip")
    places = (plain != 0).nonzero()[0]
    if not len(places):
        return ""
    folded = codes.copy()
    folded[places] = plain[places]
    return folded.tobytes().decode("utf-32-le", "surrogatepass")


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

    def spoken_of(self, start: int, end: int) -> bool:
        """Whether the sentence speaks of the words [start, end): 屏幕上写着（本章未完）, （盗版必究）四个字."""
        before, after = self.text[max(0, start - 3) : start], self.text[end : end + 8]
        return SPOKEN_RE.search(before) is not None or SPOKEN_AFTER_RE.match(after) is not None

    def cut(self, start: int, end: int, rule: str, reason: str, confidence: float) -> Edit:
        """The edit that removes [start, end)."""
        return Edit(start, end, self.text[start:end], "", rule, reason, round(confidence, 3))


HAN_CLASS = f"[{HAN}]"
