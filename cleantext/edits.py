"""The algebra of edits: apply, compose, invert. The one place where text is changed.

Edits of one list are sorted, disjoint, and refer to the same text. The approach follows ftfy's runnable explanations
(`apply_plan`) and pyupgrade's "find first, apply last to first".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from cleantext.records import Edit, TracedEdit


class EditError(ValueError):
    """A list of edits does not fit its text: unsorted, overlapping, out of range or with another `before`."""


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Carry out sorted, disjoint edits.

    Raises EditError when an edit overlaps its predecessor or its `before` is not what stands in the text.
    """
    pieces: list[str] = []
    at = 0
    for edit in edits:
        if not at <= edit.start <= edit.end <= len(text) or text[edit.start : edit.end] != edit.before:
            raise EditError(f"edit does not fit the text: {edit}")
        pieces += (text[at : edit.start], edit.after)
        at = edit.end
    pieces.append(text[at:])
    return "".join(pieces)


def invert(edits: Iterable[Edit]) -> list[Edit]:
    """The edits that lead from the edited text back, in offsets of the edited text."""
    back: list[Edit] = []
    shift = 0
    for edit in edits:
        start = edit.start + shift
        back.append(replace(edit, start=start, end=start + len(edit.after), before=edit.after, after=edit.before))
        shift += _growth(edit)
    return back


def compose(original: str, trail: Sequence[TracedEdit], later: Sequence[TracedEdit]) -> list[TracedEdit]:
    """One list of edits, in offsets of `original`, that does `trail` first and then `later` (offsets after `trail`).

    Edits that share characters are merged into one, neighbours that merely touch are not, and what is done and then
    undone vanishes.
    """
    if not trail:
        return list(later)
    first = list(_place(trail))
    second = list(_split_at_dropped_lines(later, first))
    out: list[TracedEdit] = []
    i = j = 0
    shift = 0  # offset in the middle text minus offset in the original, in front of first[i]
    while i < len(first) or j < len(second):
        if j == len(second) or (i < len(first) and first[i].end <= second[j].edit.start):
            out.append(first[i].traced)
            shift += _growth(first[i].traced.edit)
            i += 1
        elif i == len(first) or second[j].edit.end <= first[i].start:
            out.append(_move(second[j], -shift))
            j += 1
        else:
            i_end, j_end, low, high = _cluster(first, i, second, j)
            start = low - shift
            shift += sum(_growth(placed.traced.edit) for placed in first[i:i_end])
            span = (start, high - shift)
            merged = _merge(original, span, [placed.traced for placed in first[i:i_end]], second[j:j_end], low)
            if merged.edit.before != merged.edit.after:
                out.append(merged)
            i, j = i_end, j_end
    return out


class _Placed(NamedTuple):
    """An edit of the first list, with the place in the middle text [start, end) that its `after` takes."""

    start: int
    end: int
    traced: TracedEdit


def _growth(edit: Edit) -> int:
    return len(edit.after) - len(edit.before)


def _move(traced: TracedEdit, by: int) -> TracedEdit:
    if not by:
        return traced
    edit = traced.edit  # written out: dataclasses.replace took half of the time of compose
    start, end = edit.start + by, edit.end + by
    return TracedEdit(traced.stage, Edit(start, end, edit.before, edit.after, edit.rule, edit.reason, edit.confidence))


def _place(trail: Sequence[TracedEdit]) -> Iterator[_Placed]:
    shift = 0
    for traced in trail:
        start = traced.edit.start + shift
        yield _Placed(start, start + len(traced.edit.after), traced)
        shift += _growth(traced.edit)


def _split_at_dropped_lines(later: Sequence[TracedEdit], first: Sequence[_Placed]) -> Iterator[TracedEdit]:
    """Cut removals in two where a line was dropped before, so that the dropped line keeps its own reason.

    Else a blank run collapsed around a dropped advertisement would swallow it into an edit named "blank-run".
    """
    gaps = [
        p.start for p in first if p.start == p.end and "\n" in p.traced.edit.before and p.traced.edit.before.strip()
    ]
    k = 0
    for traced in later:
        edit = traced.edit
        while k < len(gaps) and gaps[k] <= edit.start:
            k += 1
        while not edit.after and k < len(gaps) and gaps[k] < edit.end:
            cut = gaps[k] - edit.start
            if cut:  # several lines may have been dropped at one place
                yield TracedEdit(traced.stage, replace(edit, end=gaps[k], before=edit.before[:cut]))
                edit = replace(edit, start=gaps[k], before=edit.before[cut:])
            k += 1
        yield traced if edit is traced.edit else TracedEdit(traced.stage, edit)


def _cluster(first: Sequence[_Placed], i: int, second: Sequence[TracedEdit], j: int) -> tuple[int, int, int, int]:
    """The ends of the runs from first[i] and second[j] that hang together, and the middle span that they cover."""
    low, high = min(first[i].start, second[j].edit.start), max(first[i].end, second[j].edit.end)
    i, j = i + 1, j + 1
    while True:
        if i < len(first) and first[i].start < high:
            high = max(high, first[i].end)
            i += 1
        elif j < len(second) and second[j].edit.start < high:
            high = max(high, second[j].edit.end)
            j += 1
        else:
            return i, j, low, high


def _merge(
    original: str, span: tuple[int, int], first: Sequence[TracedEdit], second: Sequence[TracedEdit], low: int
) -> TracedEdit:
    """One edit of original[span] for edits that share characters; the middle text of the span begins at `low`."""
    before = original[slice(*span)]
    middle = apply(before, [_move(traced, -span[0]).edit for traced in first])
    after = apply(middle, [_move(traced, -low).edit for traced in second])
    last = second[-1]
    if not after:  # a removal explains itself: what was normalised inside it no longer matters to the reader
        return TracedEdit(last.stage, replace(last.edit, start=span[0], end=span[1], before=before, after=after))
    parts = [traced.edit for traced in (*first, *second)]
    reason = "; then ".join(dict.fromkeys(edit.reason for edit in parts))
    confidence = min(edit.confidence for edit in parts)
    return TracedEdit(last.stage, Edit(*span, before, after, last.edit.rule, reason, confidence))
