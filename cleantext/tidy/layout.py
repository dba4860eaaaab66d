"""Pages whose layout carries meaning (Markdown, code, tables): the tidy stage leaves them byte for byte as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleantext.records import Line

# How a line of Markdown, code or a table begins. Four spaces before Han are a scraped indent, not code.
LAYOUT_RE = re.compile(
    r"#{1,6} |```|~~~|\s{0,3}[-*+] \S|\s{0,3}\d{1,3}\. \S|> ?\S|\||(?: {4}|\t)\s{0,40}[!-~]|[-=*_]{3,}$"
)
STARTS = frozenset("#`~-*+>|=_")  # or white space, or a digit
CODE_ENDS = ("{", "}", ";", "\\", "/>", "</")
LAYOUT_SHARE = 0.05  # of the lines that are not blank; below, a stray bullet on a page of prose
LAYOUT_LINES = 2
FENCES = ("```", "~~~")


def is_laid_out(lines: Sequence[Line]) -> bool:
    """Whether enough lines look like Markdown, code or a table."""
    written = [line.text for line in lines if line.text and not line.text.isspace()]
    if any(text.startswith(FENCES) for text in written):
        return True
    found = sum(map(_is_layout, written))
    return found >= LAYOUT_LINES and found >= LAYOUT_SHARE * len(written)


def _is_layout(text: str) -> bool:
    first = text[0]
    if (first in STARTS or first.isspace() or first.isdecimal()) and LAYOUT_RE.match(text):
        return True
    if text.endswith(CODE_ENDS) or ("\t" in text and "\t" in text.strip()):
        return True
    # cells parted by bars or by wide gaps; bars between words are also a menu, which is no reason to tidy either
    return text.count("|") >= 2 or ("   " in text and _columns(text))


def _columns(text: str) -> bool:
    """Two or more gaps of three spaces inside the line: columns."""
    stripped = text.strip()
    return "   " in stripped and len(re.findall(r"\S {3,40}(?=\S)", stripped)) >= 2


def ascii_count(text: str) -> int:
    """ASCII characters in a text; the others are Chinese or its marks."""
    return len(text.encode("ascii", errors="ignore"))
