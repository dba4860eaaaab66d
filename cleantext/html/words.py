"""The words of data/html/words.tsv: what class names and texts of a page's furniture hold."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@cache
def families() -> tuple[tuple[re.Pattern[str], ...], re.Pattern[str]]:
    """The words of data/html/words.tsv: a pattern for each family of class names, one for text (a group a family)."""
    classes: list[re.Pattern[str]] = []
    texts: list[str] = []
    first: set[str] = set()
    for row in files("cleantext").joinpath("data", "html", "words.tsv").read_text(encoding="utf-8").splitlines():
        name, tab, cell = row.partition("\t")
        words = sorted(cell.split(), key=lambda word: len(re.escape(word)), reverse=True)
        if tab and name.startswith("class-"):
            # Part of a name, but "ad" not in "header": a word starts where letters start, or after - and _.
            classes.append(re.compile("(?<![a-z])(?:" + "|".join(map(re.escape, words)) + ")"))
        elif tab:
            words = [word.replace(".", " ") for word in words]
            first |= {word[0] for word in words}
            texts.append("(" + "|".join(f"(?<={re.escape(word[0])}){re.escape(word[1:])}" for word in words) + ")")
    # It begins with a set, and looks back at what that was: the search then skips all other characters at once.
    return tuple(classes), re.compile(f"[{re.escape(''.join(sorted(first)))}](?:{'|'.join(texts)})")


def count_words(heads: list[str]) -> Floats:
    """How many words of each family stand in the heads of the blocks; no word holds a line end."""
    words = families()[1]
    starts = np.cumsum([0, *(len(head) + 1 for head in heads[:-1])])
    found = [(match.start(), (match.lastindex or 1) - 1) for match in words.finditer("\n".join(heads))]
    out = np.zeros((len(heads), words.groups))
    if found:
        at, family = np.array(found).T
        np.add.at(out, (starts.searchsorted(at, "right") - 1, family), 1.0)
    return out
