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
CLOCK_DIGITS: Final = 3
PATH_RE: Final = re.compile(r"[^>＞»›→]{1,14}(?:(?:[>＞]+|->|»|›|→)[^>＞»›→]{1,16})+")


def stamps(page: Layout, lines: NDArray[np.int64], *, timed: bool = True) -> NDArray[np.int64]:
    """Which of these lines are a day and a time, or a day alone, and little else."""
    counts = page.counts[lines]
    may = (page.size[lines] <= SIZE) & (counts[:, DIGIT] >= (DIGITS if timed else DAY_DIGITS))
    may &= (counts[:, FINAL] == 0) & (counts[:, COMMA] == 0)
    if timed:
        may &= counts[:, COLON] > 0
    pattern = STAMP_RE if timed else DAY_RE
    found = []
    for line in lines[may].tolist():
        rest, number = pattern.subn("", ADDRESS_RE.sub(" ", _core(page, line)))
        if number == 1 and len("".join(rest.split())) <= REST:
            found.append(line)
    return np.array(found, np.int64)


def clocks(page: Layout, lines: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Those of these lines that begin with the time of the day, and that time in minutes."""
    counts = page.counts[lines]
    may = (page.size[lines] <= SIZE) & (counts[:, DIGIT] >= CLOCK_DIGITS) & (counts[:, COLON] > 0)
    may &= page.kind[page.first[lines]] == DIGIT
    for line in lines[may].tolist():
        found = CLOCK_RE.match(_core(page, line))
        if found:
            yield line, int(found[1]) * 60 + int(found[2])


def paths(page: Layout, lines: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which of these lines are the path of the page on its site, by their form: short names with arrows between."""
    counts = page.counts[lines]
    may = (page.size[lines] <= SIZE) & (counts[:, ARROW] > 0) & (counts[:, FINAL] == 0)
    found = [line for line in lines[may].tolist() if PATH_RE.fullmatch(_core(page, line))]
    return np.array(found, np.int64)


def _core(page: Layout, line: int) -> str:
    return "".join(map(chr, page.codes[page.first[line] : page.last[line]].tolist()))
