"""Hard-wrapped lines: paragraphs that a mail client or an old web page cut at a fixed width."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from cleantext.han import CLOSING, SENTENCE_END
from cleantext.records import Edit, Line
from cleantext.tidy.layout import ascii_count

NAME = "hard-wrap"
# Widths in columns: a Han counts two, an ASCII character one.
NARROWEST = 40  # margin; below, one-phrase lines and verse (7 Han = 14 columns, long lines of songs about 30)
SLACK_BELOW, SLACK_ABOVE = 4, 4  # columns around the margin that a full line may end in (marks may hang over it)
FULL_LINES = 4  # full lines on the page at least
FULL_SHARE = 0.5  # of the lines as wide as NARROWEST that are full: headlines and list items vary in width
WIDER_SHARE = 0.02  # of the lines may exceed the margin; a page with real long lines is not wrapped
OPEN_SHARE = 0.5  # of the full lines must end in the middle of a sentence
INNER_SHARE = 0.4  # of the full lines must hold a mark before their end: headlines have none

ENDS = tuple(SENTENCE_END + CLOSING + "：:")
INNER_RE = re.compile("[，。；！？,](?=.)")
# What a new paragraph or item may begin with.
FRESH_RE = re.compile(
    r"[\s\u3000]|[-*•·●○■□◆◇▪★☆※①-⑳⑴-⒇㈠-㈩]|[（(【〔\[]?(?:\d{1,3}|[一二三四五六七八九十百]{1,4}|[a-zA-Z])[、.．)）】\]〕:：]|第.{1,6}[条章节回集部篇]|"
    r"【|[^，。；！？,]{1,8}[：:]|——|附[：:件录]|[“\"]?[问答][：:]"
)


@dataclass(frozen=True, slots=True)
class Margin:
    """The width at which the page is cut, and whether its paragraphs are indented."""

    width: int
    indented: bool


def may_be_wrapped(widths: Iterable[int]) -> bool:
    """Whether lines of these widths may be wrapped: `table` asks the same of many texts at once, and says why."""
    wide = sorted(width for width in widths if width >= NARROWEST)
    number = len(wide)
    if number < FULL_LINES:
        return False
    top, middle = wide[number - 1 - int(WIDER_SHARE * number)], wide[number - ceil(FULL_SHARE * number)]
    return top - middle <= SLACK_ABOVE + SLACK_BELOW


def joins(lines: Sequence[Line]) -> Iterator[Edit]:
    """Line ends inside sentences, on pages that prove to be wrapped at one width."""
    widths = [_width(line.text) for line in lines]
    margin = _margin(lines, widths)
    if margin is None:
        return
    for line, width, following in zip(lines, widths, lines[1:], strict=False):
        text = line.text.rstrip()
        full = margin.width - SLACK_BELOW <= width <= margin.width + SLACK_ABOVE
        if not full or not following.text.strip() or FRESH_RE.match(following.text):
            continue
        if text.endswith(ENDS) and not margin.indented:
            continue
        latin = (
            text[-1:].isascii() and text[-1:].isalnum() and following.text[0].isascii() and following.text[0].isalnum()
        )
        at = line.start + len(line.text)
        reason = f"line cut at column {margin.width}, sentence goes on"
        yield Edit(at, line.end, line.ending, " " if latin else "", NAME, reason, 0.9)


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _width(text: str) -> int:
    text = text.rstrip()
    return 2 * len(text) - ascii_count(text)


def _margin(lines: Sequence[Line], widths: Sequence[int]) -> Margin | None:
    """The page's margin, if the lines prove one."""
    wide = [width for width in widths if width >= NARROWEST]
    if len(wide) < FULL_LINES:
        return None
    counts = Counter(wide)
    best = max(counts, key=lambda width: (sum(counts[width + d] for d in (-2, -1, 0, 1, 2)), width))
    full = [line.text for line, w in zip(lines, widths, strict=True) if best - SLACK_BELOW <= w <= best + SLACK_ABOVE]
    over = sum(width > best + SLACK_ABOVE for width in wide)
    open_ended = sum(not text.rstrip().endswith(ENDS) for text in full)
    inner = sum(INNER_RE.search(text) is not None for text in full)
    if len(full) < max(FULL_LINES, FULL_SHARE * len(wide)) or over > WIDER_SHARE * len(wide):
        return None
    if open_ended < OPEN_SHARE * len(full) or inner < INNER_SHARE * len(full):
        return None
    indents = sum(line.text.startswith(("\u3000\u3000", "    ")) for line in lines)
    return Margin(best, indents >= 2)
