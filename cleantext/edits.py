"""The algebra of edits: apply, compose, invert. The one place where text is changed.

Edits of one list are sorted, disjoint, and refer to the same text. The approach follows ftfy's runnable explanations
(`apply_plan`) and pyupgrade's "find first, apply last to first".
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from cleantext.records import Edit, TracedEdit


class EditError(ValueError):
    """A list of edits does not fit its text: unsorted, overlapping, out of range or with another `before`."""


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Carry out sorted, disjoint edits.

    Raises EditError when an edit overlaps its predecessor or its `before` is not what stands in the text.
    """
    pieces: list[str] = []
    at = 0
    size = len(text)
    for edit in edits:
        start, end, before, after, _, _, _ = edit  # names would take twice as long
        if not at <= start <= end <= size or text[start:end] != before:
            raise EditError(f"edit does not fit the text: {edit}")
        pieces += (text[at:start], after)
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def invert(edits: Iterable[Edit]) -> list[Edit]:
    """The edits that lead from the edited text back, in offsets of the edited text."""
    back: list[Edit] = []
    shift = 0
    for edit in edits:
        start = edit.start + shift
        back.append(edit._replace(start=start, end=start + len(edit.after), before=edit.after, after=edit.before))
        shift += _growth(edit)
    return back


def compose(original: str, trail: Sequence[TracedEdit], later: Sequence[TracedEdit]) -> list[TracedEdit]:
    """One list of edits, in offsets of `original`, that does `trail` first and then `later` (offsets after `trail`).

    Edits that share characters are merged into one, neighbours that merely touch are not, and what is done and then
    undone vanishes.
    """
    if not trail:
        return list(later)
    starts, ends = _places(trail)
    out: list[TracedEdit] = []
    second = list(_split_at_dropped_lines(later, trail, starts))
    i = j = 0
    shift = _shift(trail, starts, ends, 0)
    while j < len(second):
        place = second[j].edit
        before = bisect_right(ends, place.start, i)
        if before > i:
            out += trail[i:before]
            i = before
            shift = _shift(trail, starts, ends, i)
        if i == len(trail) or place.end <= starts[i]:
            out.append(_move(second[j], -shift))
            j += 1
            continue
        i_end, j_end, low, high = _cluster(starts, ends, i, second, j)
        span = (low - shift, high - _shift(trail, starts, ends, i_end))
        merged = _merge(original, span, trail[i:i_end], second[j:j_end], low)
        if merged.edit.before != merged.edit.after:
            out.append(merged)
        i, j = i_end, j_end
        shift = _shift(trail, starts, ends, i)
    return out + list(trail[i:])


def _places(trail: Sequence[TracedEdit]) -> tuple[list[int], list[int]]:
    """The places [start, end) in the edited text that the `after` of each edit takes."""
    starts, ends = [], []
    shift = 0
    for _, (start, end, _, after, _, _, _) in trail:
        starts.append(start + shift)
        ends.append(start + shift + len(after))
        shift += len(after) - (end - start)
    return starts, ends


def _shift(trail: Sequence[TracedEdit], starts: Sequence[int], ends: Sequence[int], i: int) -> int:
    """Offset in the edited text minus offset in the original, between the edits i - 1 and i."""
    if i < len(trail):
        return starts[i] - trail[i].edit.start
    return ends[-1] - trail[-1].edit.end


def _growth(edit: Edit) -> int:
    return len(edit.after) - len(edit.before)


def _move(traced: TracedEdit, by: int) -> TracedEdit:
    if not by:
        return traced
    stage, (start, end, before, after, rule, reason, confidence) = traced  # a fifth of the time of _replace
    return TracedEdit(stage, Edit(start + by, end + by, before, after, rule, reason, confidence))


def _split_at_dropped_lines(
    later: Sequence[TracedEdit], trail: Sequence[TracedEdit], starts: Sequence[int]
) -> Iterator[TracedEdit]:
    """Cut removals in two where a line was dropped before, so that the dropped line keeps its own reason.

    Else a blank run collapsed around a dropped advertisement would swallow it into an edit named "blank-run".
    """
    for traced in later:
        edit = traced.edit
        if edit.after or edit.end - edit.start < 2:
            yield traced
            continue
        for k in range(bisect_right(starts, edit.start), bisect_left(starts, edit.end)):
            cut = starts[k] - edit.start
            if cut and _drops_line(trail[k].edit):  # several lines may have been dropped at one place
                yield TracedEdit(traced.stage, edit._replace(end=starts[k], before=edit.before[:cut]))
                edit = edit._replace(start=starts[k], before=edit.before[cut:])
        yield traced if edit is traced.edit else TracedEdit(traced.stage, edit)


def _drops_line(edit: Edit) -> bool:
    return not edit.after and "\n" in edit.before and not edit.before.isspace()


def _cluster(
    starts: Sequence[int], ends: Sequence[int], i: int, second: Sequence[TracedEdit], j: int
) -> tuple[int, int, int, int]:
    """The ends of the runs from place i and second[j] that hang together, and the middle span that they cover."""
    low, high = min(starts[i], second[j].edit.start), max(ends[i], second[j].edit.end)
    i, j = i + 1, j + 1
    while True:
        if i < len(starts) and starts[i] < high:
            high = max(high, ends[i])
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
        return TracedEdit(last.stage, last.edit._replace(start=span[0], end=span[1], before=before, after=after))
    parts = [traced.edit for traced in (*first, *second)]
    reason = "; then ".join(dict.fromkeys(edit.reason for edit in parts))
    confidence = min(edit.confidence for edit in parts)
    return TracedEdit(last.stage, Edit(*span, before, after, last.edit.rule, reason, confidence))
