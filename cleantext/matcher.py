"""All places of many phrases in a row of code points, overlapping ones too: what an Aho-Corasick automaton reports, as
arrays, and sooner on Chinese, where few characters begin a phrase that goes on as the text does.

Two tables by code point tell where a phrase may begin, a third one by its hashed beginning which; then the other
characters are compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleantext.presence import STRETCH, Codes, parts

Ints = NDArray[np.int64]

_LIMIT: Final = 1 << 16  # all code points from here on share one entry
_SINGLE: Final = 1 << 15  # the bit of phrases of one character; the other bits are dealt out among the pairs
_BITS: Final = 15
_ENTRY_BITS: Final = 16  # log2 of the entries by beginning
_FEW: Final = 4  # letters that are compared at once; they tell most phrases
_BEGINNING: Final = 3  # characters that are hashed, at most
_SURROGATES, _UNKNOWN = np.uint32(0xD800 >> 11), np.uint32(ord("?"))
_FACTORS: Final = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D], np.uint32)
_LAST: Final = np.uint32(0x27D4EB2F)


@dataclass(frozen=True, slots=True)
class Matcher:
    """Tables by first and by next character, and the phrases grouped by the hash of their beginning.

    The phrases of entry e are members[first[e] : first[e + 1]]; entry 0 is that of no phrase. `letters` holds the code
    points of the phrases, one row for each place, padded with zeros.
    """

    tables: NDArray[np.uint16]  # of first and next characters
    entry: NDArray[np.int32]  # by hash
    first: Ints
    members: Ints
    lengths: Ints
    letters: Codes
    asks: bool  # one of the phrases holds a question mark: lone surrogates count as such

    @classmethod
    def build(cls, phrases: Sequence[str]) -> Matcher:
        """The matcher of different phrases, none of them empty or with a line end."""
        tables = np.zeros((2, _LIMIT + 1), np.uint16)
        lengths = np.fromiter(map(len, phrases), np.int64, len(phrases))
        letters = np.zeros((int(lengths.max(initial=_BEGINNING)), len(phrases)), np.uint32)
        for number, phrase in enumerate(phrases):
            letters[: len(phrase), number] = np.frombuffer(phrase.encode("utf-32-le"), "<u4")
        groups: defaultdict[int, list[int]] = defaultdict(list)
        for number, key in enumerate(_hashed(*letters[:_BEGINNING]).tolist()):
            groups[key].append(number)
        bits = (1 << _hashed(*letters[:2]).astype(np.int64) % _BITS).astype(np.uint16)
        alone = lengths == 1
        one, two = np.minimum(letters[:2], _LIMIT)
        np.bitwise_or.at(tables[0], one, np.where(alone, np.uint16(_SINGLE), bits))
        np.bitwise_or.at(tables[1], two[~alone], bits[~alone])
        tables[1] |= _SINGLE
        entry = np.zeros(1 << _ENTRY_BITS, np.int32)
        entry[list(groups)] = np.arange(1, len(groups) + 1)
        members = np.array([number for group in groups.values() for number in group], np.int64)
        return cls(tables, entry, np.cumsum([0, 0, *map(len, groups.values())]), members, lengths, letters,
                   any("?" in phrase for phrase in phrases))  # fmt: skip

    def find_in(self, texts: Sequence[str]) -> tuple[Ints, Ints, Ints, Ints]:
        """Text, phrase, start and end in it, of each occurrence in several texts, one after the other."""
        found = []
        for part in parts(texts, ahead=len(self.letters) - 1):
            phrase, start, end = self.find(part.sheaf.codes)
            if part.ahead:
                own = start < STRETCH
                phrase, start, end = phrase[own], start[own], end[own]
            number = part.sheaf.end.searchsorted(start)
            shift = part.begin - part.sheaf.start[number]
            found.append((number + part.first, phrase, start + shift, end + shift))
        number, phrase, start, end = (np.concatenate(column) for column in zip(*found, strict=True))
        return number, phrase, start, end

    def find(self, codes: Codes) -> tuple[Ints, Ints, Ints]:
        """Phrase, start and end of each occurrence, by end, of several with one end the longest first.

        The last code is a line end; a lone surrogate counts as "?", as in `han.encodable`.
        """
        if self.asks:
            wild = codes >> np.uint32(11) == _SURROGATES
            codes = np.where(wild, _UNKNOWN, codes) if wild.any() else codes
        found = [self._begun(codes, low) for low in range(0, len(codes), STRETCH)]
        phrase, start = (np.concatenate(parts) for parts in zip(*found, strict=True)) if len(found) > 1 else found[0]
        end = start + self.lengths[phrase]
        order = (end * len(self.letters) - self.lengths[phrase]).argsort(kind="stable")
        phrase, end = phrase[order], end[order]
        return phrase, end - self.lengths[phrase], end

    def _begun(self, codes: Codes, low: int) -> tuple[Ints, Ints]:
        """Phrase and start of what begins in a stretch."""
        index = codes[low : low + STRETCH + 1].astype(np.intp)  # once for both tables
        bits = self.tables[0].take(index[:STRETCH], mode="clip")
        bits[: len(index) - 1] &= self.tables[1].take(index[1:], mode="clip")
        places = (bits != 0).nonzero()[0]
        bits = bits[places]
        places += low
        alone = places[bits >= _SINGLE]  # a place may begin both
        places = places[bits != _SINGLE]
        two = codes.take(places) * _FACTORS[0]
        two += codes.take(places + 1, mode="clip") * _FACTORS[1]
        three = codes.take(places + 2, mode="clip") * _FACTORS[2]
        three += two
        groups = self.entry.take(_mixed(np.concatenate((two, three, codes.take(alone) * _FACTORS[0]))))
        known = (groups != 0).nonzero()[0]  # of flags it takes a quarter of the time
        if not len(known):
            return known, known
        start, phrase = self._members(np.concatenate((places, places, alone)).take(known), groups.take(known))
        kept = self._spelled(codes, start, phrase)
        return phrase.take(kept), start.take(kept)

    def _members(self, places: Ints, groups: NDArray[np.int32]) -> tuple[Ints, Ints]:
        """Each place with each phrase of its group."""
        low = self.first.take(groups)
        number = self.first.take(groups + 1) - low
        above = number.cumsum()
        shift = low - above + number
        return places.repeat(number), self.members.take(np.arange(above[-1]) + shift.repeat(number))

    def _spelled(self, codes: Codes, start: Ints, phrase: Ints) -> Ints:
        """Which of these phrases stand there: first letters are compared, then the others of those that are left."""
        right = ~self._differs(codes, start, phrase, 0)
        length = self.lengths.take(phrase)
        for low in range(_FEW, len(self.letters), _FEW):
            rest = (right & (length > low)).nonzero()[0]
            if not len(rest):
                break
            right[rest] = ~self._differs(codes, start.take(rest), phrase.take(rest), low)
        return right.nonzero()[0]

    def _differs(self, codes: Codes, start: Ints, phrase: Ints, low: int) -> NDArray[np.bool_]:
        """Which of these phrases are spelled differently in some of _FEW letters, from letter `low` on."""
        letters = self.letters[low : low + _FEW].take(phrase, axis=1)
        wrong = letters != codes.take(start + np.arange(low, low + len(letters))[:, None], mode="clip")
        wrong &= letters != 0
        found: NDArray[np.bool_] = np.logical_or.reduce(wrong, 0)
        return found


def _hashed(*codes: Codes) -> Codes:
    """A hash of one to three characters; it is the same when zeros follow."""
    mixed: Codes = codes[0] * _FACTORS[0]
    for code, factor in zip(codes[1:], _FACTORS[1:], strict=False):
        mixed += code * factor
    return _mixed(mixed)


def _mixed(key: Codes) -> Codes:
    """The hash, given the sum of the characters times their factors, in its place."""
    key *= _LAST
    key >>= np.uint32(32 - _ENTRY_BITS)
    return key
