"""The page as arrays: line bounds, and what kinds of characters each line holds.

Everything later works on whole-page arrays, because a loop over lines in Python would cost more than all the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome.grid import Block, blocks
from cleantext.presence import bind

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


@dataclass(frozen=True, slots=True)
class Layout:
    """The non-blank lines of one text or several, as arrays over lines (`start` …) and over characters (`kind` …).

    [start, end) is a line with its ending; [first, last) its core without indent, bullets and brackets at the edges;
    `size` its visible characters; `counts[line, class]` its characters by class; `number` its place among all lines of
    its page (0-based), `page` the number of that page. `line_of` gives each character its non-blank line, or -1 (one
    entry more than characters). The texts stand as in a `Sheaf`; text k is codes[page_start[k]:page_end[k]] and has
    the lines [bound[k], bound[k + 1]).
    """

    codes: NDArray[np.uint32]
    kind: NDArray[np.uint8]
    visible: NDArray[np.bool_]
    word: NDArray[np.bool_]
    line_of: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    size: NDArray[np.int64]
    counts: NDArray[np.int64]
    number: NDArray[np.int64]
    page: NDArray[np.int64]
    page_start: NDArray[np.int64]
    page_end: NDArray[np.int64]
    bound: NDArray[np.int64]

    def blocks(self) -> Iterator[Block]:
        """The texts in blocks of about the same number of lines; texts without any are left out."""
        counts = np.diff(self.bound)
        return blocks(counts[counts > 0])

    def text(self, number: int) -> Layout:
        """The layout of one of the texts, in its own offsets."""
        low, high = self.bound[number : number + 2].tolist()
        base, stop = int(self.page_start[number]), int(self.page_end[number])
        chars, lines = slice(base, stop), slice(low, high)
        line_of = self.line_of[base : stop + 1]
        return Layout(
            self.codes[chars], self.kind[chars], self.visible[chars], self.word[chars],
            np.where(line_of < 0, -1, line_of - low) if low else line_of,
            self.start[lines] - base, self.end[lines] - base, self.first[lines] - base, self.last[lines] - base,
            self.size[lines], self.counts[lines], self.number[lines], self.page[lines] - number,
            np.zeros(1, np.int64), np.array([stop - base]), np.array([0, high - low]),
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
        rank = np.append(np.where(lines, lines.cumsum() - 1, -1), -1)
        return Layout(
            self.codes[chars], self.kind[chars], self.visible[chars], self.word[chars],
            rank[np.append(self.line_of[:-1][chars], -1)],
            self.start[lines] - shift, self.end[lines] - shift, self.first[lines] - shift, self.last[lines] - shift,
            self.size[lines], self.counts[lines], self.number[lines], page,
            end - size, end, np.append(0, np.diff(self.bound)[wanted].cumsum()),
        )  # fmt: skip


def lay_out(text: str) -> Layout:
    """Cut a text into its non-blank lines (at \\n, \\r\\n and \\r, as `records.split_lines` does) and count classes."""
    return lay_out_many([text])


def lay_out_many(texts: Sequence[str]) -> Layout:
    """The layout of several texts."""
    sheaf = bind(texts)
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
    rank = np.full(len(ends) + 1, -1)
    rank[kept] = np.arange(len(kept))
    line_of = rank.repeat(np.append(length, 1))
    visible = seen >= _IS_VISIBLE
    word = seen & np.uint8(_IS_WORD) != 0
    page = lasts.searchsorted(kept)
    end, start = ends[kept], start[kept]
    counts = counts[kept]
    first, last = _cores(seen & np.uint8(_IS_CORE) != 0, counts @ _CORE_WEIGHT, visible, start, end)
    number = kept - np.append(0, lasts[:-1] + 1)[page]
    bound = np.append(0, kept.searchsorted(lasts, side="right"))
    return Layout(
        codes, kind, visible, word, line_of, start, end, first, last, size[kept], counts, number, page,
        sheaf.start, stops, bound,
    )  # fmt: skip


def _cores(
    core: NDArray[np.bool_], number: NDArray[np.int64], visible: NDArray[np.bool_], starts: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
    """The first core character of each kept line, and the offset behind its last; visible ones where none is core.

    `number` counts the core characters of each line; there are none outside the kept lines.
    """
    if not len(starts):
        return starts, ends
    places = core.nonzero()[0]
    high = number.cumsum()
    low = high - number
    bare = number == 0
    if not len(places):
        places = visible.nonzero()[0]
    first = places.take(low, mode="clip")
    last = places.take(high - 1, mode="clip") + 1
    if bare.any():
        shown = visible.nonzero()[0]
        first = np.where(bare, shown[np.minimum(np.searchsorted(shown, starts), len(shown) - 1)], first)
        last = np.where(bare, shown[np.searchsorted(shown, ends) - 1] + 1, last)
    return first, last
