"""Over-conversion (着名, 干隆, 关於, 甚麽, 乾净 on a Simplified page): phrase rows with shields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from cleantext.han import traditional
from cleantext.matcher import Matcher
from cleantext.normalize.rule import Rule, Sheet
from cleantext.presence import Want
from cleantext.records import Edit

NAME = "over-conversion"
CONFIDENCE = 0.95  # rows were looked up in 80 M characters of clean prose; what is left are unseen neighbours

Hit: TypeAlias = tuple[int, int, int]  # row, start, end

AROUND = 12  # characters each way in which two Traditional ones show a quotation
LEFT_OVER = frozenset("著乾於麽麼後裡裏甚")  # what the same fault leaves in a Simplified text


@cache
def rows() -> tuple[tuple[str, str], ...]:
    """(form, right form) pairs of data/normalize/phrases.tsv; equal ones are shields."""
    text = (files("cleantext") / "data" / "normalize" / "phrases.tsv").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return tuple((form, right) for form, right in pairs)


@cache
def _matcher() -> tuple[Matcher, npt.NDArray[np.bool_]]:
    """The matcher of all forms, and which of them are no shields."""
    return Matcher.build([form for form, _ in rows()]), np.array([form != right for form, right in rows()])


def over_conversion(sheet: Sheet) -> Iterator[Edit]:
    """Rows that occur and are not covered by a longer row."""
    return over_conversions([sheet])[0]


def over_conversions(sheets: Sequence[Sheet]) -> list[Iterator[Edit]]:
    """The same for several texts."""
    matcher, converts = _matcher()
    number, row, start, end = matcher.find_in([sheet.text for sheet in sheets])
    edges = number.searchsorted(np.arange(len(sheets) + 1)).tolist()
    found: list[Iterator[Edit]] = []
    for sheet, low, high in zip(sheets, edges, edges[1:], strict=False):
        some = bool(converts[row[low:high]].any())
        columns = (column[low:high].tolist() for column in (row, start, end)) if some else ()
        found.append(_edits(sheet, [*zip(*columns, strict=True)]))
    return found


def _edits(sheet: Sheet, hits: Sequence[Hit]) -> Iterator[Edit]:
    if not hits or sheet.is_traditional:
        return
    for row, start, end in _longest(hits):
        form, right = rows()[row]
        if form != right and not _in_traditional(sheet.text, start, end):
            yield Edit(start, end, form, right, NAME, f"{form} for {right}", CONFIDENCE)


def _in_traditional(text: str, start: int, end: int) -> bool:
    """Whether the words around are Traditional: a quotation on a Simplified page."""
    around = text[max(0, start - AROUND) : start] + text[end : end + AROUND]
    return sum(char in traditional() and char not in LEFT_OVER for char in around) >= 2


def _longest(hits: Sequence[Hit]) -> Iterator[Hit]:
    """Hits in order of place, each kept when no longer one (or an equally long, earlier one) overlaps it."""
    cluster: list[Hit] = []
    reach = -1
    for hit in sorted(hits, key=lambda h: h[1]):
        if hit[1] >= reach:
            yield from _pick(cluster)
            cluster = []
        cluster.append(hit)
        reach = max(reach, hit[2])
    yield from _pick(cluster)


def _pick(cluster: list[Hit]) -> list[Hit]:
    """The winners of a cluster of overlapping hits, longest first, by place."""
    won: list[Hit] = []
    for hit in sorted(cluster, key=lambda h: (h[1] - h[2], h[1])):
        if all(hit[2] <= other[1] or hit[1] >= other[2] for other in won):
            won.append(hit)
    return sorted(won, key=lambda h: h[1])


def _want() -> Want:
    """In one of the forms that are no shields, the character that goes and one beside it."""
    pairs = set()
    for form, right in rows():
        if form != right:
            at = next((k for k, (old, new) in enumerate(zip(form, right, strict=False)) if old != new), 0)
            pairs.add(form[at : at + 2] if at + 1 < len(form) else form[at - 1 : at + 1])
    return Want.words(NAME, pairs)


RULE = Rule(NAME, _want, over_conversion, find_many=over_conversions)
