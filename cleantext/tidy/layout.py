"""Pages whose layout carries meaning (Markdown, code, tables): the tidy stage leaves them byte for byte as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

# How a line of Markdown, code or a table begins. Four spaces before Han are a scraped indent, not code.
LAYOUT_RE = re.compile(
    r"#{1,6} |```|~~~|\s{0,3}[-*+] \S|\s{0,3}\d{1,3}\. \S|> ?\S|\||(?: {4}|\t)\s{0,40}[!-~]|[-=*_]{3,}$"
)
STARTS = frozenset("#`~-*+>|=_")  # or white space, or a digit
CODE_ENDS = ("{", "}", ";", "\\", "/>", "</")
TAILS = "".join({end[-1] for end in CODE_ENDS})  # what a line of code ends with
BAR_OR_TAB = "|\t"  # of a line of a table
GAP = "   "  # between its columns
LAYOUT_SHARE = 0.05  # of the lines that are not blank; below, a stray bullet on a page of prose
LAYOUT_LINES = 2
FENCES = ("```", "~~~")


def is_laid_out(candidates: Sequence[str], written: int) -> bool:
    """Whether enough lines look like Markdown, code or a table.

    `candidates` are all lines that begin with STARTS, white space or a digit, end with TAILS, or hold a bar, a tab or a
    GAP; `written` counts all that are not blank.
    """
    if any(text.startswith(FENCES) for text in candidates):
        return True
    least = max(LAYOUT_LINES, LAYOUT_SHARE * written)
    return len(candidates) >= least and sum(map(_is_layout, candidates)) >= least


def _is_layout(text: str) -> bool:
    first = text[0]
    if (first in STARTS or first.isspace() or first.isdecimal()) and LAYOUT_RE.match(text):
        return True
    if text.endswith(CODE_ENDS) or ("\t" in text and "\t" in text.strip()):
        return True
    # cells parted by bars or by wide gaps; bars between words are also a menu, which is no reason to tidy either
    return text.count("|") >= 2 or (GAP in text and _columns(text))


def _columns(text: str) -> bool:
    """Two or more gaps of three spaces inside the line: columns."""
    stripped = text.strip()
    return GAP in stripped and len(re.findall(r"\S {3,40}(?=\S)", stripped)) >= 2


def ascii_count(text: str) -> int:
    """ASCII characters in a text; the others are Chinese or its marks."""
    return len(text.encode("ascii", errors="ignore"))
