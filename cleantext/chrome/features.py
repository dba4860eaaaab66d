"""What is measured of each line: alone, beside its neighbours, and in its place on the page.

`measure` gives a matrix (features, lines) of float32 in the order of `names()`. Features are cheap whole-page array
operations. None needs the page's site; a per-site set of repeated lines can be added as one more row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome import layout as kinds
from cleantext.chrome.echo import echo
from cleantext.chrome.grid import Block
from cleantext.chrome.layout import Layout
from cleantext.chrome.lexicon import ARTICLE, FAMILIES, SURE, TIERS, Hits
from cleantext.chrome.place import (
    HEADINGS,
    LABEL_SIZE,
    PLACED,
    SHARED,
    Company,
    Rows,
    names_in_company,
    place,
    stack,
    stack_grid,
)
from cleantext.presence import STRETCH

Array = NDArray[np.float32]

# A prose line: at least this many Han characters, with a sentence end or two commas. Only a feature, not a verdict; the
# bound was set by hand (headlines run to 24 Han, but without such marks) and not swept: the trees also see the length.
PROSE_HAN: Final = 18

LINES_AT_ONCE: Final = 1 << 13  # that a table with a dozen numbers a line is made of

_BITS: Final = np.arange(2 * (len(FAMILIES) + 1))[:, None]
_COUNTED: Final = ("final", "comma", "colon", "quote", "open", "pipe", "arrow", "dash", "bullet", "ellipsis", "kana")
_COUNTED_KINDS: Final = np.array([kinds.CLASSES.index(name) for name in _COUNTED])
_SHARE: Final = ("digit", "latin", "other", "url")
_SHARE_KINDS: Final = np.array([kinds.CLASSES.index(name) for name in _SHARE])
# Features of a line alone that are not whole numbers from 0 to 255.
_FRACTIONS: Final = frozenset(
    ("log_size", "log_han", "han", "grammar", *_SHARE, "word_size", "code", "covered", "wording", "worst_word", "echo")
)
_CODE, _NUMERAL, _AFTER = 1, 2, 3
_MARKS: Final = np.zeros(1 << 16, np.uint8)
for _kind, _members in (
    (_CODE, "(){}[]=;<>'\"_$&"),
    (_NUMERAL, "一二三四五六七八九十第（①②③④⑤"),
    (_AFTER, "、章节条部．）"),
):
    _MARKS[[ord(char) for char in _members]] = _kind
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_POWERS: Final = np.cumprod(np.full(4096, _SPREAD, np.uint64), dtype=np.uint64)
_APART: Final = np.uint64(0xD6E8FEB86659FD93)  # parts the keys of different pages
_SEEN: Final = _POWERS[: len(kinds.CLASSES)] * kinds.VISIBLE


def fingerprints(page: Layout) -> NDArray[np.uint64]:
    """A 64-bit fingerprint of each line's visible text: equal lines of any pages have equal fingerprints."""
    # Visible characters stand in non-blank lines only.
    found = [_fingerprints(part.codes[part.visible], part.size) for _, part in page.stretches()]
    return found[0] if len(found) == 1 else np.concatenate(found)


def _fingerprints(codes: NDArray[np.uint32], size: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Those of lines with so many visible characters each, given these characters."""
    if not len(size):
        return np.zeros(0, np.uint64)
    head = size.cumsum() - size
    out = np.empty(len(size), np.uint64)
    low = 0
    while low < len(size):  # some lines at a time
        high = max(low + 1, int(head.searchsorted(head[low] + STRETCH)))
        begins = head[low:high] - head[low]
        part = codes[head[low] : head[high] if high < len(head) else None]
        rank = np.arange(len(part)) - begins.repeat(size[low:high])
        mixed = (part.astype(np.uint64) + np.uint64(1)) * _POWERS.take(rank & 4095)
        mixed ^= mixed >> np.uint64(29)
        np.add.reduceat(mixed, begins, out=out[low:high])
        low = high
    return out


def measure(page: Layout, hits: Hits, wording: Array) -> Array:
    """The feature matrix (features, lines); `wording` as `wording.score` gives it."""
    return Measures.of(page, hits, wording).rows(slice(0, len(page.start)))


class _Rows:
    """Rows of a feature matrix: those of whole numbers up to 255 are kept as bytes, a quarter of the size."""

    def __init__(self, names: Sequence[str], count: int) -> None:
        """Rows of these names, for so many lines."""
        self._whole = np.array([name not in _FRACTIONS for name in names])
        self._small = np.empty((np.count_nonzero(self._whole), count), np.uint8)
        self._large = np.empty((len(names) - len(self._small), count), np.float32)

    def __len__(self) -> int:
        return len(self._whole)

    def put(self, rows: Array, lines: slice) -> None:
        """Keep the values of some lines."""
        self._small[:, lines] = rows[self._whole]
        self._large[:, lines] = rows[~self._whole]

    def write(self, lines: slice, out: Array) -> None:
        """Write the values of some lines into a matrix."""
        out[self._whole] = self._small[:, lines]
        out[~self._whole] = self._large[:, lines]

    def some(self, numbers: NDArray[np.int64]) -> Array:
        """Some of the rows."""
        out = np.empty((len(numbers), self._small.shape[1]), np.float32)
        rank = np.where(self._whole, self._whole.cumsum(), (~self._whole).cumsum()) - 1
        for row, number in zip(out, numbers.tolist(), strict=True):
            row[:] = (self._small if self._whole[number] else self._large)[rank[number]]
        return out


@dataclass(frozen=True, slots=True)
class Measures:
    """The features of any run of lines. Of a long page those that belong to the lines alone and to their places are
    kept, the others are made of them when they are asked for: all are many times as large as the text.

    `alone` holds the first rows of the feature matrix, or all of them where there is no `company`.
    """

    count: int
    alone: Array | _Rows
    company: Company | None = None
    rest: Array | None = None

    @classmethod
    def of(cls, page: Layout, hits: Hits, wording: Array) -> Measures:
        """The features of the lines of a layout."""
        if page.is_long:
            return cls._of_long(page, hits, wording)
        out = np.empty((len(names()), len(page.start)), np.float32)
        rows = _alone(page, hits, wording, _of_page(page))
        at = stack(rows, out)
        for block in page.blocks():
            part = out[:, block.lines]
            height = Company.of(part[:at].take(_shared_rows(), 0), block).write(part[at:])
            stack_grid(place(_of(rows, block), hits.mask[block.lines], block), part[at + height :], block)
        return cls(len(page.start), out)

    @classmethod
    def _of_long(cls, page: Layout, hits: Hits, wording: Array) -> Measures:
        wide, count = _of_page(page), len(page.start)
        alone = _Rows(names()[: _alone_height()], count)
        for lines, part in page.stretches():
            mine = {name: row[..., lines] for name, row in wide.items()}
            rows = np.empty((len(alone), lines.stop - lines.start), np.float32)
            stack(_alone(part, hits.between(lines), wording[:, lines], mine), rows)
            alone.put(rows, lines)
        block = next(page.blocks())
        placed: Rows = dict(zip(PLACED, alone.some(_placed_rows()), strict=True))
        company = Company.of(alone.some(_shared_rows()), block)
        rest = np.empty((len(names()) - len(alone) - company.height, count), np.float32)
        stack_grid(place(placed, hits.mask, block), rest, block)
        return cls(count, alone, company, rest)

    def rows(self, lines: slice) -> Array:
        """The feature matrix of some lines."""
        if not isinstance(self.alone, _Rows):
            return self.alone[:, lines]
        assert self.company is not None
        assert self.rest is not None
        at, height = len(self.alone), self.company.height
        out = np.empty((at + height + len(self.rest), lines.stop - lines.start), np.float32)
        self.alone.write(lines, out[:at])
        self.company.write(out[at:], lines)
        out[at + height :] = self.rest[:, lines]
        return out

    def some(self, *wanted: str) -> Array:
        """Some of the rows that belong to the lines alone, of all lines."""
        numbers = np.array([names().index(name) for name in wanted])
        return self.alone.some(numbers) if isinstance(self.alone, _Rows) else self.alone.take(numbers, 0)


def _of(rows: Rows, block: Block) -> Rows:
    return {name: np.asarray(row)[..., block.lines] for name, row in rows.items() if name in PLACED}


@cache
def names() -> tuple[str, ...]:
    """The names of the features, in the order of the matrix rows."""
    from cleantext.chrome.lexicon import find_hits, shipped

    text = "一\n二\n"
    page = kinds.lay_out(text)
    hits = find_hits(page, shipped())
    rows = _alone(page, hits, np.zeros((2, 2), np.float32), _of_page(page))
    block = next(page.blocks())
    inside = {
        "share": list(_SHARE),
        "n": [f"n_{name}" for name in _COUNTED],
        "phrase": [f"{family}_{tier}" for family in (*FAMILIES, ARTICLE) for tier in TIERS],
        "since": [f"since_{family}" for family in HEADINGS],
        "prose_since": [f"prose_since_{family}" for family in HEADINGS],
    }
    plain = [
        [name for key in group for name in inside.get(key, [key])]
        for group in (rows, dict(place(rows, hits.mask, block)))
    ]
    return (*plain[0], *names_in_company(), *plain[1])


@cache
def _shared_rows() -> NDArray[np.int64]:
    return np.array([names().index(name) for name in SHARED])


@cache
def _placed_rows() -> NDArray[np.int64]:
    return np.array([names().index(name) for name in PLACED])


@cache
def _alone_height() -> int:
    """How many features belong to the lines themselves."""
    return names().index(names_in_company()[0])


def _of_page(page: Layout) -> Rows:
    """What a line shares with others of its page, and whether it is prose."""
    prose = (page.han >= PROSE_HAN) & page.pointed
    label, start = _beginnings(page, 3, 8)
    same = {"same_label": _copies(label, page.page, 8), "same_start": _copies(start, page.page, 8)}
    own = {"copies": _line_copies(page, 5), "offset": _offsets(page)}
    return {**own, **same, "prose": prose, "echo": echo(page, prose)}


def _offsets(page: Layout) -> NDArray[np.int64]:
    """How far in each line begins, 8 at most; spaces that all lines of a page begin with say nothing."""
    offset = page.first - page.start
    if len(offset):
        number = np.diff(page.bound)
        some = number > 0
        spaces = np.minimum(offset, page.counts[:, kinds.SPACE])
        offset = offset - np.minimum.reduceat(spaces, page.bound[:-1][some]).repeat(number[some])
    capped: NDArray[np.int64] = np.minimum(offset, 8)
    return capped


def _alone(page: Layout, hits: Hits, wording: Array, shared: Rows) -> Rows:
    """The features of each line by itself; `shared` as `_of_page` gives it."""
    counts = page.counts.T.astype(np.float32)
    size = np.maximum(page.size, 1).astype(np.float32)
    han = counts[kinds.HAN] + counts[kinds.GRAMMAR]
    rows: Rows = {"log_size": np.log1p(size)}
    rows["log_han"] = np.log1p(han)
    rows["han"] = han / size
    rows["grammar"] = counts[kinds.GRAMMAR] / np.maximum(han, 4)
    rows["share"] = counts.take(_SHARE_KINDS, 0) / size
    rows["n"] = np.minimum(counts.take(_COUNTED_KINDS, 0), 8)
    shape = page.kind
    final, first = shape[page.last - 1], shape[page.first]
    tail = shape[np.maximum(page.last - 2, page.first)]
    closing = (final == kinds.QUOTE) & (tail == kinds.FINAL)
    rows["ends_final"] = (final == kinds.FINAL) | closing
    rows["ends_comma"] = final == kinds.COMMA
    rows["ends_ellipsis"] = final == kinds.ELLIPSIS
    rows["ends_digit"] = final == kinds.DIGIT
    rows["ends_edge"] = page.end - page.last - counts[kinds.NEWLINE] > 0
    rows["starts_digit"] = first == kinds.DIGIT
    rows["starts_quote"] = first == kinds.QUOTE
    lead = shape[page.start]
    rows["indent"] = lead == kinds.WIDE_SPACE
    rows["offset"] = shared["offset"]
    gaps = (shape[1:] - kinds.SPACE < 2) & page.visible[:-1]  # space or wide space: unsigned, smaller kinds wrap around
    inner = _count(page, gaps.nonzero()[0])
    rows["words"] = np.minimum(inner, 30)
    rows["word_size"] = np.minimum(size / (inner + 1), 60)
    rows["times"], rows["dates"], rows["years"] = _clock(page)
    rows |= {name: shared[name] for name in ("copies", "same_label", "same_start")}
    mark = _MARKS.take(page.codes, mode="clip")
    rows["code"] = _count(page, (mark == _CODE).nonzero()[0]) / size
    rows["tags"], rows["attributes"] = _markup(page, mark)
    rows["underscores"] = np.minimum(_count(page, (page.codes == 0x5F).nonzero()[0]), 4)
    second = mark[np.minimum(page.first + 1, page.page_end[page.page] - 1)]
    rows["ordinal"] = (mark[page.first] == _NUMERAL) & ((second == _NUMERAL) | (second == _AFTER))
    rows["prose"] = shared["prose"]
    rows["label"] = (size <= LABEL_SIZE) & (counts[kinds.FINAL] + counts[kinds.COMMA] == 0)
    rows["sure"] = (hits.mask & SURE) > 0
    rows["covered"] = hits.covered
    sure = ((hits.masks & SURE) > 0).nonzero()[0]
    rows["telling"] = np.minimum(np.bincount(hits.lines[sure], minlength=len(size)), 6)
    rows["phrase"] = (hits.mask >> _BITS) & 1
    rows["wording"], rows["worst_word"] = wording
    rows["echo"] = shared["echo"]
    return rows


def _copies(keys: NDArray[np.uint64], page: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """How often each key occurs on its page, `most` at most."""
    keys = keys ^ page.astype(np.uint64) * _APART
    order = keys.argsort()
    ranked = keys[order]
    new = np.ones(len(keys) + 1, bool)
    np.not_equal(ranked[1:], ranked[:-1], out=new[1:-1])
    heads = new.nonzero()[0]
    number = heads[1:] - heads[:-1]
    out = np.empty(len(keys), np.int64)
    out[order] = np.minimum(number, most).repeat(number)
    return out


def _line_copies(page: Layout, most: int) -> NDArray[np.int64]:
    """How often each line's visible text occurs on its page, `most` at most."""
    keys = np.empty(len(page.start), np.uint64)
    for lines in _runs(len(keys)):  # equal lines have equal numbers of all that is visible
        (page.counts[lines].astype(np.uint64) * _SEEN).sum(axis=1, out=keys[lines])
    alike = _copies(keys, page.page, 2) > 1
    if not alike.any():
        return np.ones(len(keys), np.int64)
    for lines, part in page.stretches():
        some = alike[lines]
        mine = np.append(some, False)[part.line_of[:-1]] & part.visible
        keys[lines][some] = _fingerprints(part.codes[mine], part.size[some])
    return _copies(keys, page.page, most)


def _beginnings(page: Layout, short: int, long: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Keys of each line's first core characters: labels such as 来源： repeat, and titles come twice."""
    keys = np.empty((2, len(page.start)), np.uint64)
    for lines in _runs(len(page.start)):
        places = page.first[lines] + np.arange(long)[:, None]
        codes = page.codes.take(places, mode="clip").astype(np.uint64)
        codes[places >= page.page_end[page.page[lines]]] = 0
        mixed = codes * _POWERS[:long, None]
        np.add.reduce(mixed[:short], 0, out=keys[0, lines])
        np.add.reduce(mixed, 0, out=keys[1, lines])
    return keys[0], keys[1]


def _runs(count: int) -> Iterator[slice]:
    """So many lines, some at a time."""
    return (slice(low, min(low + LINES_AT_ONCE, count)) for low in range(0, count, LINES_AT_ONCE))


def _count(page: Layout, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of the given (visible) characters each line holds."""
    return np.bincount(page.line_of[places], minlength=len(page.start))


def _markup(page: Layout, mark: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Two rows: tags (< or </ before a letter) and attributes (=" or =') per line: what scripts left unfilled."""
    places = ((mark == _CODE) & page.visible).nonzero()[0]
    behind = places + 1
    inside = behind < page.page_end[page.page[page.line_of[places]]]
    code, after = page.codes[places], page.codes.take(behind, mode="clip")
    letter = page.kind.take(behind, mode="clip") == kinds.LATIN
    rows = [
        np.minimum(_count(page, places[inside & (code == sign) & found]), 8)
        for sign, found in ((0x3C, letter | (after == 0x2F)), (0x3D, (after == 0x22) | (after == 0x27)))
    ]
    return np.stack(rows)


def _clock(page: Layout) -> NDArray[np.int64]:
    """Three rows: clock times (12:30), numeric dates (2012-01, 1/12), and 年月日 behind a digit, per line."""
    digit = page.kind == kinds.DIGIT
    places = digit[:-1].nonzero()[0]
    kind, code = page.kind[places + 1], page.codes[places + 1]
    between = digit.take(places + 2, mode="clip")
    between &= places + 2 < len(digit)
    marks = (
        between & (kind == kinds.COLON),
        between & ((kind == kinds.DASH) | (code == 0x2F) | (code == 0x2E)),
        (code == 0x5E74) | (code == 0x6708) | (code == 0x65E5),
    )
    return np.minimum([_count(page, places[mark]) for mark in marks], 4)
