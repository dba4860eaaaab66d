"""The algebra of edits: apply, compose, invert. The one place where text is changed.

Edits of one list are sorted, disjoint, and refer to the same text. The approach follows ftfy's runnable explanations
(`apply_plan`) and pyupgrade's "find first, apply last to first".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

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
        if edit.start < at or edit.end < edit.start or text[edit.start : edit.end] != edit.before:
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
        shift += len(edit.after) - len(edit.before)
    return back


def compose(original: str, trail: Sequence[TracedEdit], later: Sequence[TracedEdit]) -> list[TracedEdit]:
    """One list of edits, in offsets of `original`, that does `trail` first and then `later` (offsets after `trail`).

    Edits that touch the same characters are merged into one; those that cancel out vanish.
    """
    out: list[TracedEdit] = []
    first, second = list(trail), list(later)
    i = j = 0
    shift = 0  # offset in the middle text minus offset in the original, before first[i]
    while i < len(first) or j < len(second):
        if j == len(second) or (i < len(first) and _ends_before(first[i].edit, shift, second[j].edit)):
            out.append(first[i])
            shift += _growth(first[i].edit)
            i += 1
        elif i == len(first) or second[j].edit.end <= first[i].edit.start + shift and not _collide(
            first[i].edit, shift, second[j].edit
        ):
            edit = second[j].edit
            out.append(TracedEdit(second[j].stage, replace(edit, start=edit.start - shift, end=edit.end - shift)))
            j += 1
        else:
            merged, i, j, shift = _merge(original, (first, i), (second, j), shift)
            if merged.edit.before != merged.edit.after:
                out.append(merged)
    return out


def _growth(edit: Edit) -> int:
    return len(edit.after) - len(edit.before)


def _ends_before(first: Edit, shift: int, second: Edit) -> bool:
    """Whether `first`, as it stands in the middle text, lies wholly before `second`."""
    end = first.start + shift + len(first.after)
    return end <= second.start and not _collide(first, shift, second)


def _collide(first: Edit, shift: int, second: Edit) -> bool:
    """Whether both edits claim the same characters, or the same gap (where their order would be lost)."""
    start = first.start + shift
    end = start + len(first.after)
    if start == end or second.start == second.end:
        return second.start <= start <= second.end if start == end else start <= second.start <= end
    return second.start < end and start < second.end


def _merge(
    original: str, firsts: tuple[list[TracedEdit], int], seconds: tuple[list[TracedEdit], int], shift: int
) -> tuple[TracedEdit, int, int, int]:
    """Merge the cluster of colliding edits that begins at first[i] and second[j]."""
    (first, i), (second, j) = firsts, seconds
    shift_at_start = shift
    cluster_first: list[Edit] = []
    cluster_second: list[TracedEdit] = []
    low = min(first[i].edit.start + shift, second[j].edit.start)
    high = low
    while True:
        if i < len(first) and (
            not cluster_first and not cluster_second
            or any(_collide(first[i].edit, shift, s.edit) for s in cluster_second[-1:])
        ):
            high = max(high, first[i].edit.start + shift + len(first[i].edit.after))
            cluster_first.append(first[i].edit)
            last_start_shift = shift
            shift += _growth(first[i].edit)
            i += 1
        elif j < len(second) and cluster_first and _collide(cluster_first[-1], last_start_shift, second[j].edit):
            high = max(high, second[j].edit.end)
            cluster_second.append(second[j])
            j += 1
        else:
            break
    start, end = low - shift_at_start, high - shift
    inner = [replace(e, start=e.start - start, end=e.end - start) for e in cluster_first]
    middle = apply(original[start:end], inner)
    outer = [replace(s.edit, start=s.edit.start - low, end=s.edit.end - low) for s in cluster_second]
    after = apply(middle, outer)
    last = cluster_second[-1]
    reasons = dict.fromkeys([e.reason for e in cluster_first] + [s.edit.reason for s in cluster_second])
    # A removal explains itself; what was normalised inside it no longer matters to the reader.
    reason = last.edit.reason if not after else "; then ".join(reasons)
    confidence = min(e.confidence for e in [*cluster_first, *(s.edit for s in cluster_second)])
    if not after:
        confidence = last.edit.confidence
    merged = Edit(start, end, original[start:end], after, last.edit.rule, reason, confidence)
    return TracedEdit(last.stage, merged), i, j, shift
