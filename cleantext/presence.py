"""Which rules can find anything in which texts: one look at all characters of many texts, for all rules at once.

A rule says what it cannot do without: a character of one set, right before a character of another, at so many places.
Most rules need something that most pages do not hold, so that a page costs a few nanoseconds a character and no rule is
asked in vain. Two look-ups in tables by code point answer for all rules, one bit each, and for all texts of a batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleantext.sieve import FACTORS, LIMIT, PAIR_BITS

Codes = NDArray[np.uint32]

STRETCH = 1 << 17  # characters that are looked at together: what they need stays in the processor's caches
LONG = STRETCH + STRETCH // 2  # characters from which texts are looked at in stretches
SEPARATOR = "\n"  # stands behind each text of a batch: no pair reaches across, and no text is empty


Chars: TypeAlias = "str | range | NDArray[np.int64]"  # characters, or code points


@dataclass(frozen=True, slots=True)
class Want:
    """What a rule cannot do without: `least` places where one of `first` stands right before one of `then` (if any).

    With `pairs`, not any two of these, but these pairs (and, rarely, others, since they are looked up by a hash).

    The test may pass for nothing, but it must not fail a text in which the rule would find something. All code points
    beyond the basic plane count as one.
    """

    name: str
    first: tuple[Chars, ...]
    then: tuple[Chars, ...] = ()
    least: int = 1
    pairs: frozenset[str] = frozenset()

    @classmethod
    def words(cls, name: str, words: Iterable[str]) -> Want:
        """What holds one of some words: the beginning of one, two characters, or all of it if it has no more."""
        starts = [word[:2] for word in words]
        pairs = frozenset(start for start in starts if len(start) == 2)
        if len(pairs) < len({*starts}):  # a word of one character may stand before anything
            return cls(name, tuple(start[0] for start in starts))
        return cls(name, tuple(start[0] for start in starts), tuple(start[1] for start in starts), 1, pairs)


@dataclass(frozen=True, slots=True)
class Sheaf:
    """Several texts as one row of code points; text k stands in codes[start[k]:end[k]], a SEPARATOR behind it."""

    codes: Codes
    start: NDArray[np.int64]
    end: NDArray[np.int64]


def bind(texts: Sequence[str]) -> Sheaf:
    """The sheaf of some texts."""
    if len(texts) == 1:  # with fewer array operations: each stage asks this of every page
        codes = np.frombuffer((texts[0] + SEPARATOR).encode("utf-32-le", "surrogatepass"), "<u4")
        return Sheaf(codes, np.zeros(1, np.int64), np.array([len(codes) - 1]))
    joined = SEPARATOR.join(texts) + SEPARATOR
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4")
    size = np.array([len(text) for text in texts], np.int64)
    end = (size + 1).cumsum()
    end -= 1
    return Sheaf(codes, end - size, end)


class Part(NamedTuple):
    """Some texts in a row, or a stretch of a long one that begins at `begin`; `first` is the number of the first text.

    The last `ahead` characters of a stretch are the first ones of the next.
    """

    sheaf: Sheaf
    first: int
    begin: int = 0
    ahead: int = 0


def parts(texts: Sequence[str], ahead: int = 0, whole_lines: bool = False) -> Iterator[Part]:
    """All texts, so many characters at a time as the caches hold: a long text does not take a multiple of its size.

    `ahead`: so many characters behind its own are shown with each stretch of a long text. `whole_lines`: it is cut
    behind line feeds only.
    """
    low = size = 0
    for number, text in enumerate(texts):
        if size + len(text) > LONG:
            if number > low:
                yield Part(bind(texts[low:number]), low)
            low, size = number, 0
        if len(text) > LONG:
            for begin, end in stretches(text, whole_lines):
                shown = text[begin : end + ahead]
                yield Part(bind([shown]), number, begin, max(0, len(shown) - (end - begin)))
            low = number + 1
        else:
            size += len(text)
    if low < len(texts):
        yield Part(bind(texts[low:]), low)


def stretches(text: str, whole_lines: bool, size: int = STRETCH) -> Iterator[tuple[int, int]]:
    """Stretches [low, high) of a text of about so many characters each."""
    low = 0
    while low < len(text):
        high = low + size
        if whole_lines and high < len(text):
            high = text.rfind("\n", low, high) + 1 or text.find("\n", high) + 1
        high = min(high or len(text), len(text))
        yield low, high
        low = high


@dataclass(frozen=True, slots=True)
class Probe:
    """The wants of several rules: three tables, a bit for each want (first character, next one, both by a hash)."""

    names: tuple[str, ...]
    least: NDArray[np.int64]
    tables: NDArray[np.unsignedinteger]

    @classmethod
    def build(cls, wants: Sequence[Want]) -> Probe:
        """The tables of at most 32 wants."""
        kind = next(kind for kind in (np.uint8, np.uint16, np.uint32) if len(wants) <= np.iinfo(kind).bits)
        tables = np.zeros((3, LIMIT + 1), kind)
        for bit, want in enumerate(wants):
            mark = kind(1 << bit)
            _set(tables[0], want.first, mark)
            _set(tables[1], want.then or (range(LIMIT + 1),), mark)
            pairs = np.array([[ord(char) for char in pair] for pair in want.pairs], np.uint32).reshape(-1, 2)
            tables[2, _hashed(*pairs.T) if want.pairs else slice(None)] |= mark
        return cls(tuple(want.name for want in wants), np.array([want.least for want in wants]), tables)

    def save(self, folder: Path) -> None:
        """Store it as `probe.npy` and `probe.tsv` in a folder."""
        np.save(folder / "probe.npy", self.tables)
        rows = (f"{name}\t{least}\n" for name, least in zip(self.names, self.least, strict=True))
        (folder / "probe.tsv").write_text("".join(rows), encoding="utf-8")

    @classmethod
    def load(cls, area: str) -> Probe:
        """The shipped one of a stage: a rule's own module need not be imported to know that it has nothing to do."""
        folder = Path(__file__).parent / "data" / area
        rows = [row.split("\t") for row in (folder / "probe.tsv").read_text(encoding="utf-8").splitlines()]
        names, least = (name for name, _ in rows), [int(number) for _, number in rows]
        return cls(tuple(names), np.array(least), np.load(folder / "probe.npy"))

    def ask(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Per text and want whether the text holds what it takes: shape (texts, wants)."""
        number = len(self.names)
        counts = np.zeros(len(texts) * number, np.int64)
        for part in parts(texts, ahead=1):
            place, bit = self._places(part.sheaf, part.ahead)
            cells = (part.sheaf.end.searchsorted(place) + part.first) * number + bit
            counts += np.bincount(cells, minlength=len(counts))
        enough: NDArray[np.bool_] = counts.reshape(-1, number) >= self.least
        return enough

    def _places(self, sheaf: Sheaf, ahead: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Places in a sheaf but for its last `ahead` characters, and what wants what stands there."""
        first, then, pairs = self.tables
        index = sheaf.codes.astype(np.intp)  # once for both tables
        found = first.take(index, mode="clip")
        found[:-1] &= then.take(index[1:], mode="clip")
        found[sheaf.end] = 0  # the separators are nobody's
        places = (found[: len(found) - ahead - 1] != 0).nonzero()[0]
        found = found[places]
        found &= pairs[_hashed(sheaf.codes[places], sheaf.codes[places + 1])]
        kept = (found != 0).nonzero()[0]
        bits = found[kept, None] >> np.arange(len(self.names), dtype=found.dtype) & 1 != 0
        # One row of flags takes half the time of several.
        place, bit = np.divmod(bits.ravel().nonzero()[0], len(self.names))
        return places[kept][place], bit


def _hashed(first: Codes, then: Codes) -> Codes:
    return (first * np.uint32(FACTORS[0]) + then) * np.uint32(FACTORS[1]) >> np.uint32(32 - PAIR_BITS)


def _set(table: NDArray[np.unsignedinteger], parts: Sequence[Chars], mark: np.unsignedinteger) -> None:
    for part in parts:
        codes = np.frombuffer(part.encode("utf-32-le"), "<u4") if isinstance(part, str) else np.asarray(part)
        table[np.minimum(codes, LIMIT)] |= mark
