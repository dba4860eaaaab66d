"""The page as arrays: line bounds, and what kinds of characters each line holds.

Everything later works on whole-page arrays, because a loop over lines in Python would cost more than all the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome.grid import Block, blocks
from cleantext.presence import LONG, STRETCH, Sheaf, bind, parts

# Character classes; each character belongs to exactly one.
CLASSES: Final = (
    "other", "han", "grammar", "digit", "latin", "space", "wide_space", "final", "ellipsis", "comma", "colon", "quote",
    "open", "close", "pipe", "arrow", "dash", "bullet", "url", "newline", "kana",
)  # fmt: skip
OTHER, HAN, GRAMMAR, DIGIT, LATIN, SPACE, WIDE_SPACE, FINAL, ELLIPSIS, COMMA, COLON, QUOTE = range(12)
OPEN, CLOSE, PIPE, ARROW, DASH, BULLET, URL, NEWLINE, KANA = range(12, 21)

# The commonest grammatical characters: a headline or a link label holds few, running text one in six or so.
_GRAMMAR = (
    "的了是在和有不这他我们着也就说而但却还都又被把让给从对与及很吗呢吧啊地得之其于"
    "為這們說從對與還個个那她它会會能要到上"
)
_MEMBERS = {
    SPACE: " \t\x0b\x0c\u00a0\u2002\u2003\u2009\u200b\ufeff",
    WIDE_SPACE: "\u3000",
    FINAL: "。！？!?；;",
    ELLIPSIS: "…",
    COMMA: "，,、",
    COLON: "：:",
    QUOTE: "“”‘’\"'「」『』《》〈〉＂",
    OPEN: "([（【［〔{｛<＜",
    CLOSE: ")]）】］〕}｝",
    PIPE: "|｜│┃/／∣\\",
    ARROW: ">＞»›→≫►▶»",
    DASH: "-—–_~－―=+",
    BULLET: "•·●◆■★▪◇□・※○☆▲△▼◎¤∙⊙✓√*#",
    URL: ".@%&",
    NEWLINE: "\r\n",
}
_LINE_BREAKS: Final = (10, 13)
_LIMIT: Final = 1 << 16  # code points above are looked up as this one: plane 2 ideographs are Han, emoji are rare


def _build_table() -> NDArray[np.uint8]:
    table = np.zeros(_LIMIT + 1, np.uint8)
    for low, high, kind in (
        (0x30, 0x3A, DIGIT), (0x41, 0x5B, LATIN), (0x61, 0x7B, LATIN), (0xC0, 0x250, LATIN), (0xFF10, 0xFF1A, DIGIT),
        (0xFF21, 0xFF3B, LATIN), (0xFF41, 0xFF5B, LATIN), (0x3400, 0xA000, HAN), (0xF900, 0xFB00, HAN),
        (0x3041, 0x3100, KANA), (0xAC00, 0xD7A4, KANA), (0x400, 0x530, LATIN),
    ):  # fmt: skip
        table[low:high] = kind
    for kind, members in _MEMBERS.items():
        for char in members:
            table[ord(char)] = kind
    for char in _GRAMMAR:
        table[ord(char)] = GRAMMAR
    table[_LIMIT] = HAN
    return table


_TABLE: Final = _build_table()
# Spans beyond a line's core: what stands around a label, as in "【关闭】", "• 更多 >>", "相关新闻：".
_CORE: Final = ~np.isin(np.arange(len(CLASSES)), (SPACE, WIDE_SPACE, OPEN, CLOSE, BULLET, NEWLINE, COLON, ARROW))
_WORD: Final = np.isin(np.arange(len(CLASSES)), (HAN, GRAMMAR, DIGIT, LATIN, KANA, OTHER))
VISIBLE: Final = ~np.isin(np.arange(len(CLASSES)), (SPACE, WIDE_SPACE, NEWLINE))
# By code point its class, and bits for what its class is.
_KIND, _IS_CORE, _IS_WORD, _IS_VISIBLE = 31, 32, 64, 128
_BITS: Final = (_IS_CORE * _CORE + _IS_WORD * _WORD + _IS_VISIBLE * VISIBLE).astype(np.uint8)
_SEEN: Final = _TABLE | _BITS[_TABLE]
_VISIBLE_WEIGHT: Final = VISIBLE.astype(np.int64)
_CORE_WEIGHT: Final = _CORE.astype(np.int64)


@dataclass(frozen=True)
class Layout:
    """The non-blank lines of one text or several, as arrays over lines (`start` …) and over characters (`codes` …).

    [start, end) is a line with its ending; [first, last) its core without indent, bullets and brackets at the edges;
    `size` its visible characters; `counts[line, class]` its characters by class; `number` its place among all lines of
    its page (0-based), `page` the number of that page. `seen` holds the class of each character and bits for what it
    is. The texts stand as in a `Sheaf`; text k is codes[page_start[k]:page_end[k]] and has the lines
    [bound[k], bound[k + 1]).
    """

    codes: NDArray[np.unsignedinteger]
    seen: NDArray[np.uint8]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    size: NDArray[np.int64]
    counts: NDArray[np.signedinteger]
    number: NDArray[np.int64]
    page: NDArray[np.int64]
    page_start: NDArray[np.int64]
    page_end: NDArray[np.int64]
    bound: NDArray[np.int64]

    @cached_property
    def kind(self) -> NDArray[np.uint8]:
        """The class of each character."""
        return self.seen & np.uint8(_KIND)

    @cached_property
    def visible(self) -> NDArray[np.bool_]:
        """Which characters are visible; they stand in non-blank lines."""
        return self.seen >= _IS_VISIBLE

    @cached_property
    def word(self) -> NDArray[np.bool_]:
        """Which characters are part of words."""
        flags: NDArray[np.bool_] = self.seen & np.uint8(_IS_WORD) != 0
        return flags

    @cached_property
    def han(self) -> NDArray[np.signedinteger]:
        """How many Han each line holds, grammatical ones included."""
        number: NDArray[np.signedinteger] = self.counts[:, HAN] + self.counts[:, GRAMMAR]
        return number

    @cached_property
    def pointed(self) -> NDArray[np.bool_]:
        """Which lines have the marks of a sentence: one that ends it, or two commas."""
        flags: NDArray[np.bool_] = (self.counts[:, FINAL] > 0) | (self.counts[:, COMMA] > 1)
        return flags

    @cached_property
    def line_of(self) -> NDArray[np.int64]:
        """The non-blank line of each character, or -1; one entry more than characters."""
        count = len(self.start)
        number = np.full(2 * count + 1, -1)
        number[1::2] = np.arange(count)
        edges = np.empty(2 * count + 2, np.int64)
        edges[0], edges[-1] = 0, len(self.codes) + 1
        edges[1:-1:2], edges[2:-1:2] = self.start, self.end
        return number.repeat(np.diff(edges))

    def shown(self, line: int) -> NDArray[np.unsignedinteger]:
        """The visible characters of a line."""
        span = slice(self.start[line], self.end[line])
        return self.codes[span][self.seen[span] >= _IS_VISIBLE]

    def blocks(self) -> Iterator[Block]:
        """The texts in blocks of about the same number of lines; texts without any are left out."""
        counts = np.diff(self.bound)
        return blocks(counts[counts > 0])

    @property
    def is_long(self) -> bool:
        """Whether it is that of a text so long that its characters are looked at in stretches (see `stretches`)."""
        return len(self.page_end) == 1 and len(self.codes) > LONG + 1

    def stretches(self) -> Iterator[tuple[slice, Layout]]:
        """The layout of each stretch of lines of one long text, in its own offsets, and which lines these are; of
        other texts all lines.
        """
        if not self.is_long:
            yield slice(0, len(self.start)), self
            return
        stops = self.start.searchsorted(np.arange(STRETCH, len(self.codes), STRETCH)).tolist()
        edges = [*dict.fromkeys((0, *stops, len(self.start)))]
        for low, high in pairwise(edges):
            base = int(self.start[low])
            stop = int(self.start[high]) if high < len(self.start) else len(self.codes)
            lines = slice(low, high)
            yield lines, self._cut(slice(base, stop), lines, stop - base - (stop == len(self.codes)))

    def text(self, number: int) -> Layout:
        """The layout of one of the texts, in its own offsets."""
        lines = slice(*self.bound[number : number + 2].tolist())
        base, stop = int(self.page_start[number]), int(self.page_end[number])
        return self._cut(slice(base, stop), lines, stop - base)

    def _cut(self, chars: slice, lines: slice, page_end: int) -> Layout:
        """The layout of some lines of one text."""
        base = chars.start
        return Layout(
            self.codes[chars].astype(np.uint32, copy=False), self.seen[chars],
            self.start[lines] - base, self.end[lines] - base, self.first[lines] - base, self.last[lines] - base,
            self.size[lines], self.counts[lines], self.number[lines], np.zeros(lines.stop - lines.start, np.int64),
            np.zeros(1, np.int64), np.array([page_end]), np.array([0, lines.stop - lines.start]),
        )  # fmt: skip

    def some(self, numbers: Sequence[int]) -> Layout:
        """The layout of some of the texts, as if they alone had been laid out."""
        wanted = np.zeros(len(self.page_end), bool)
        wanted[numbers] = True
        size = (self.page_end - self.page_start)[wanted]
        end = (size + 1).cumsum() - 1
        chars = wanted.repeat(self.page_end - self.page_start + 1)
        lines = wanted[self.page]
        page = (wanted.cumsum() - 1)[self.page[lines]]
        shift = (self.page_start[wanted] - (end - size))[page]
        return Layout(
            self.codes[chars], self.seen[chars],
            self.start[lines] - shift, self.end[lines] - shift, self.first[lines] - shift, self.last[lines] - shift,
            self.size[lines], self.counts[lines], self.number[lines], page,
            end - size, end, np.append(0, np.diff(self.bound)[wanted].cumsum()),
        )  # fmt: skip


def lay_out(text: str) -> Layout:
    """Cut a text into its non-blank lines (at \n, \r\n and \r, as `records.split_lines` does) and count classes."""
    return lay_out_many([text])


def lay_out_many(texts: Sequence[str]) -> Layout:
    """The layout of several texts; a long one stands best alone: it is laid out in stretches."""
    return _lay_out_long(texts[0]) if len(texts) == 1 and len(texts[0]) > LONG else _lay_out(bind(texts))[0]


def _lay_out_long(text: str) -> Layout:
    """The layout of one long text, in narrower types where they do: it is several times as large as the text."""
    codes = np.empty(len(text) + 1, np.uint16)
    seen = np.empty(len(text) + 1, np.uint8)
    columns: list[tuple[NDArray[np.signedinteger], ...]] = []
    lines = 0
    for part in parts([text], whole_lines=True):
        here, lines_here = _lay_out(part.sheaf)
        if codes.itemsize == 2 and here.codes.max() > np.iinfo(np.uint16).max:
            codes = codes.astype(np.uint32)
        codes[part.begin : part.begin + len(here.codes)] = here.codes
        seen[part.begin : part.begin + len(here.codes)] = here.seen
        offsets = (column + part.begin for column in (here.start, here.end, here.first, here.last))
        columns.append((*offsets, here.size, here.counts.astype(np.int32), here.number + lines, here.page))
        lines += lines_here - 1  # a stretch ends behind a line feed
    start, end, first, last, size, counts, number, page = map(np.concatenate, zip(*columns, strict=True))
    whole = np.zeros(1, np.int64), np.array([len(text)]), np.array([0, len(start)])
    return Layout(codes, seen, start, end, first, last, size, counts, number, page, *whole)


def _lay_out(sheaf: Sheaf) -> tuple[Layout, int]:
    """The layout of the texts of a sheaf, and the number of all their lines."""
    codes, stops = sheaf.codes, sheaf.end
    seen = _SEEN.take(codes, mode="clip")
    kind = seen & np.uint8(_KIND)
    breaks = codes == _LINE_BREAKS[0]
    returns = codes[:-1] == _LINE_BREAKS[1]
    if returns.any():
        inner = breaks[1:].copy()
        inner[stops - 1] = False  # a return at the end of a text: the separator behind it is not part of it
        breaks[:-1] |= returns & ~inner
    ends = breaks.nonzero()[0] + 1
    length = ends.copy()
    length[1:] -= ends[:-1]
    classes = len(CLASSES)
    cells = np.arange(0, len(ends) * classes, classes).repeat(length) + kind
    counts = np.bincount(cells, minlength=len(ends) * classes).reshape(-1, classes)
    start = ends - length
    lasts = ends.searchsorted(stops + 1)  # the lines that separators end: they are no part of them
    counts[lasts, NEWLINE] -= 1
    ends[lasts] -= 1
    size = counts @ _VISIBLE_WEIGHT
    kept = size.nonzero()[0]
    page = lasts.searchsorted(kept)
    end, start = ends[kept], start[kept]
    counts = counts[kept]
    first, last = _cores(seen, counts @ _CORE_WEIGHT, start, end)
    number = kept - np.append(0, lasts[:-1] + 1)[page]
    bound = np.append(0, kept.searchsorted(lasts, side="right"))
    layout = Layout(
        codes, seen, start, end, first, last, size[kept], counts, number, page, sheaf.start, stops, bound,
    )  # fmt: skip
    return layout, len(ends)


def _cores(
    seen: NDArray[np.uint8], number: NDArray[np.int64], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first core character of each kept line, and the offset behind its last; visible ones where none is core.

    `number` counts the core characters of each line; there are none outside the kept lines.
    """
    if not len(starts):
        return starts, ends
    places = (seen & np.uint8(_IS_CORE) != 0).nonzero()[0]  # of flags numpy finds them four times as fast
    high = number.cumsum()
    low = high - number
    bare = number == 0
    if not len(places):
        places = (seen >= _IS_VISIBLE).nonzero()[0]
    first = places.take(low, mode="clip")
    last = places.take(high - 1, mode="clip") + 1
    if bare.any():
        shown = (seen >= _IS_VISIBLE).nonzero()[0]
        first = np.where(bare, shown[np.minimum(np.searchsorted(shown, starts), len(shown) - 1)], first)
        last = np.where(bare, shown[np.searchsorted(shown, ends) - 1] + 1, last)
    return first, last
