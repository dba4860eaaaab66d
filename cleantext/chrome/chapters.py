"""Chapters that the page's own table of contents names: their headings and short lines are the text, not a menu."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome.layout import FINAL, HAN, Layout

Flags = NDArray[np.bool_]

# Han characters in clear sentences from which a page needs no help: one of chrome_dev has lists of notes and links
# among its chapters, and would keep them all.
PLAIN: Final = 200
CONTENTS: Final = tuple(np.array([ord(char) for char in word], np.uint32) for word in ("目录", "目錄"))
CONTENTS_SIZE: Final = 8  # visible characters of the line that says 目录 (本词条目录, 目录 [隐藏]), at most
ENTRIES: Final = 60  # lines of a table of contents, at most
ENTRY_SIZE: Final = 30  # visible characters of an entry, at most
LEAST: Final = 2  # chapters that must be found again, in their order …
SHARE: Final = 0.5  # … and share of the entries
_LABEL_RE: Final = re.compile(
    r"^[\s•·*\-]*(?:\d+(?:\.\d+)*[.、]?|[一二三四五六七八九十]+、)?\s*|\s*(?:\[?编辑\]?|\[?編輯\]?|[.…·]+\s*\d+)$"
)


def spare(page: Layout, dropped: Flags, telling: Flags, clear: Flags) -> None:
    """Take back the lines of the chapters on pages with few clear sentences (`clear`)."""
    codes = page.codes
    at = np.maximum(page.last - 2, page.first)
    for word in CONTENTS:
        said = (codes[page.first] == word[0]) & (codes.take(page.first + 1, mode="clip") == word[1])
        said |= (codes[at] == word[0]) & (codes.take(at + 1, mode="clip") == word[1])
        for line in (said & (page.size <= CONTENTS_SIZE)).nonzero()[0].tolist():
            mine = slice(*page.bound[page.page[line] : page.page[line] + 2].tolist())
            if (page.counts[mine, HAN] * clear[mine]).sum() < PLAIN:
                _spare(page, line, dropped, telling)


def _spare(page: Layout, line: int, dropped: Flags, telling: Flags) -> None:
    end = int(page.bound[page.page[line] + 1])
    stop = line + 1
    while stop < min(end, line + 1 + ENTRIES) and page.size[stop] <= ENTRY_SIZE and page.counts[stop, FINAL] == 0:
        stop += 1
    names = [_name(page, number) for number in range(line + 1, end)]
    entries = names[: stop - line - 1]
    # The entries end where the first one is said again.
    again = names.index(entries[0], 1) if entries and entries[0] in names[1:] else 0
    entries = entries[:again] if again else []
    found, below = [], again
    for entry in entries:
        if entry and entry in names[below:]:
            below = names.index(entry, below) + 1
            found.append(line + below)
    if len(found) < max(LEAST, SHARE * len(entries)):
        return
    # The last chapter has no heading below it: it may be as long as the others are, and ends with a telling line.
    last, reach = found[-1] + 1, found[-1] + max(1, int(np.median(np.diff(found))))
    while last < min(end, reach) and not (telling[last] and dropped[last]):
        last += 1
    dropped[found[0] : last] &= telling[found[0] : last]


def _name(page: Layout, line: int) -> str:
    text = "".join(map(chr, page.codes[page.first[line] : page.last[line]].tolist()))
    return _LABEL_RE.sub("", text).strip()
