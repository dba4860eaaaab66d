"""The word lists of data/inline/words.tsv, as words and as regexes."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files


@cache
def _lists() -> dict[str, tuple[str, ...]]:
    text = (files("cleantext") / "data" / "inline" / "words.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {name: tuple(row.split(" ")) for name, row in rows}


def words(name: str) -> tuple[str, ...]:
    """The words of one list."""
    return _lists()[name]


@cache
def pattern(name: str, form: str = "{}") -> re.Pattern[str]:
    """A regex for any of the words, longest first; `form` says where it must stand, e.g. "{}$"."""
    ranked = sorted(map(re.escape, words(name)), key=len, reverse=True)
    return re.compile(form.format("(?:" + "|".join(ranked) + ")"))
