"""Hand-marked spun pages (raw/*.txt, gold/*.gold, index.tsv), their slots, and what is right there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cleantext.spun.dictionary import Dictionary
from cleantext.spun.lot import Lot
from cleantext.spun.slots import Slots, find_slots, load_models

SITE_LENGTH = 22  # letters and digits of a source that name its repository or file, not the place inside it


@dataclass(frozen=True, slots=True)
class Marked:
    """A hand-marked page: its slots and a label per candidate (1 right, 2 optional, 0 wrong, -1 not to be judged)."""

    name: str
    site: str
    lot: Lot
    slots: Slots
    labels: npt.NDArray[np.int8]
    due: int  # repairs that must be made


Mark = tuple[int, int, tuple[str, ...], str]  # start, end, words that may stand there, level


def read_gold(path: Path, text: str) -> list[Mark]:
    """Every mark; its level is must, may, keep, cut or skip (the .gold format, as in tests/gate/measures.py)."""
    lines = text.split("\n")
    starts = np.cumsum([0, *(len(line) + 1 for line in lines)])
    marks = []
    for row in path.read_text(encoding="utf-8").splitlines():
        if not row.strip() or row.startswith("#"):
            continue
        number, rest = row.split(":", 1)
        line, at = lines[int(number) - 1], 0
        for item in rest.split():
            level = {"=": "keep", "-": "cut", "!": "skip", "?": "may"}.get(item[0], "must")
            body = item if level == "must" else item[1:]
            word, _, words = body.partition(">") if level in ("must", "may") else (body, "", "")
            found = line.index(word, at)
            at = found + len(word)
            start = int(starts[int(number) - 1]) + found
            marks.append((start, start + len(word), tuple(words.split("/")), level))
    return marks


def site_of(source: str) -> str:
    """The site that a passage comes from, as index.tsv tells it: who copied it, else the file that holds it."""
    copied = re.search(r"\((\w+) copy\b", source)
    return copied[1] if copied else re.sub(r"\W", "", source)[:SITE_LENGTH]


def read_marked(folder: Path, dictionary: Dictionary) -> list[Marked]:
    """All hand-marked pages of a folder."""
    sites = {}
    for line in (folder / "index.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        name, source = line.split("\t")[:2]
        sites[name] = site_of(source)
    pages = []
    for path in sorted((folder / "gold").glob("*.gold")):
        text = (folder / "raw" / f"{path.stem}.txt").read_bytes().decode("utf-8")
        lot = Lot([text])
        slots = find_slots(lot, dictionary, load_models())
        marks = read_gold(path, text)
        due = sum(level == "must" for *_, level in marks)
        pages.append(Marked(path.stem, sites[path.stem], lot, slots, _labels(text, marks, slots, dictionary), due))
    return pages


def _labels(text: str, marks: list[Mark], slots: Slots, dictionary: Dictionary) -> npt.NDArray[np.int8]:
    exact = {(start, end): (words, level) for start, end, words, level in marks}
    owner = np.full(len(text) + 1, -1, dtype=np.int64)  # the mark, other than one to keep, that covers a character
    for number, (start, end, _, level) in enumerate(marks):
        if level != "keep":
            owner[start:end] = number
    labels = np.zeros(len(slots.row), dtype=np.int8)
    for k, (slot, row) in enumerate(zip(slots.slot, slots.row, strict=True)):
        span = (int(slots.start[slot]), int(slots.end[slot]))
        words, level = exact.get(span, ((), ""))
        right = dictionary.rows[row].original in words
        if level == "must":
            labels[k] = right
        elif level == "may":
            labels[k] = 2 if right else 0
        elif level in ("skip", "cut") or (not level and (owner[span[0] : span[1]] >= 0).any()):
            labels[k] = _repairs_mark(text, marks, set(owner[span[0] : span[1]]), span, dictionary.rows[row].original)
    return labels


def _repairs_mark(text: str, marks: list[Mark], owners: set[int], span: tuple[int, int], original: str) -> int:
    """1 where a slot inside a wider mark repairs all of it (办事 in 办事器→服务器), else not to be judged."""
    if len(owners) == 1 and -1 not in owners:
        start, end, words, level = marks[owners.pop()]
        if level == "must" and start <= span[0] and span[1] <= end:
            return 1 if text[start : span[0]] + original + text[span[1] : end] in words else -1
    return -1
