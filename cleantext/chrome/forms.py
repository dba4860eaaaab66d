"""Lines told by their form: little else than a day and a time (2012-01-12 15:15, http://www.…com 2012年01月12日17:55
某某网), beginning with the time of the day (14:02 气象台发布大风蓝色预警), the page's path (足球 > 国内 > 联赛).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome.layout import ARROW, COLON, COMMA, DIGIT, FINAL, Layout

Flags = NDArray[np.bool_]

_DAY: Final = r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?"
DAY_RE: Final = re.compile(_DAY)
STAMP_RE: Final = re.compile(
    rf"""{_DAY}\D{{0,9}}?(?<!\d)\d{{1,2}}[:：]\d\d(?:[:：]\d\d)?(?!\d)""",
    re.VERBOSE,
)
ADDRESS_RE: Final = re.compile(r"https?://\S+|www\.[A-Za-z.]+", re.IGNORECASE)
SIZE: Final = 60  # visible characters at most …
REST: Final = 14  # … and without the day, the time and an address
DIGITS: Final = 8  # of a day and a time, at least …
DAY_DIGITS: Final = 6  # … and of a day
CLOCK_RE: Final = re.compile(r"(\d{1,2})[:：](\d\d)(?![\d:：])")
PATH_RE: Final = re.compile(r"[^>＞»›→]{1,14}(?:(?:[>＞]+|->|»|›|→)[^>＞»›→]{1,16})+")


def stamps(page: Layout, asked: Flags, *, timed: bool = True) -> NDArray[np.int64]:
    """Which of the lines asked for are a day and a time, or a day alone, and little else."""
    pattern, digits = (STAMP_RE, DIGITS) if timed else (DAY_RE, DAY_DIGITS)
    lines = (asked & (page.counts[:, DIGIT] >= digits) & (page.size <= SIZE)).nonzero()[0]
    if not len(lines):
        return lines
    counts = page.counts[lines]
    found = []
    for line in lines[(counts[:, FINAL] == 0) & (counts[:, COMMA] == 0) & (counts[:, COLON] >= timed)].tolist():
        rest, number = pattern.subn("", ADDRESS_RE.sub(" ", _core(page, line)))
        if number == 1 and len("".join(rest.split())) <= REST:
            found.append(line)
    return np.array(found, np.int64)


def clocks(page: Layout, asked: Flags) -> Iterator[tuple[int, int]]:
    """Those of the lines asked for that begin with the time of the day beside another one, and that time in minutes."""
    lines = (asked & (page.counts[:, COLON] > 0) & (page.size <= SIZE)).nonzero()[0]
    lines = lines[page.kind[page.first[lines]] == DIGIT]
    if len(lines) < 2:
        return
    beside = np.diff(lines, prepend=-9, append=-9) == 1
    for line in lines[beside[1:] | beside[:-1]].tolist():
        found = CLOCK_RE.match(_core(page, line))
        if found:
            yield line, int(found[1]) * 60 + int(found[2])


def paths(page: Layout, asked: Flags) -> NDArray[np.int64]:
    """Which of the lines asked for are the path of the page on its site: short names with arrows between."""
    lines = (asked & (page.counts[:, ARROW] > 0) & (page.size <= SIZE)).nonzero()[0]
    if not len(lines):
        return lines
    found = [line for line in lines[page.counts[lines, FINAL] == 0].tolist() if PATH_RE.fullmatch(_core(page, line))]
    return np.array(found, np.int64)


def _core(page: Layout, line: int) -> str:
    return "".join(map(chr, page.codes[page.first[line] : page.last[line]].tolist()))
