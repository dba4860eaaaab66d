"""The change to a page as `diff -u` prints it, built from the edits themselves: linear in the text, never a guess."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from cleantext import edits
from cleantext.records import Cleaned, Edit

# Unchanged lines around a difference, as `diff -u` has them.
CONTEXT_LINES = 3

# As diff and patch see lines: only \n ends one, \r is an ordinary character.
_LINE_RE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class _Block:
    """Old lines [start, end) (0-based) become the lines `new`."""

    start: int
    end: int
    new: Sequence[str]

    @property
    def growth(self) -> int:
        return len(self.new) - (self.end - self.start)


def unified_diff(cleaned: Cleaned) -> Iterator[str]:
    """The lines of a unified diff, each with its ending; nothing when the page did not change."""
    old = _LINE_RE.findall(cleaned.page.text)
    groups = list(_grouped(_changed_blocks(cleaned, old)))
    if groups:
        yield f"--- {cleaned.page.source}\n"
        yield f"+++ {cleaned.page.source} (clean)\n"
    shift = 0  # new line number minus old line number, in front of the hunk
    for group in groups:
        start, end = max(0, group[0].start - CONTEXT_LINES), min(len(old), group[-1].end + CONTEXT_LINES)
        growth = sum(block.growth for block in group)
        yield f"@@ -{_range(start, end - start)} +{_range(start + shift, end - start + growth)} @@\n"
        at = start
        for block in group:
            yield from _marked(" ", old[at : block.start])
            yield from _marked("-", old[block.start : block.end])
            yield from _marked("+", block.new)
            at = block.end
        yield from _marked(" ", old[at:end])
        shift += growth


def _range(start: int, count: int) -> str:
    return f"{start + 1 if count else start},{count}"


def _marked(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield mark + line if line.endswith("\n") else f"{mark}{line}\n\\ No newline at end of file\n"


def _grouped(blocks: Iterator[_Block]) -> Iterator[list[_Block]]:
    """Blocks whose contexts would touch share a hunk."""
    group: list[_Block] = []
    for block in blocks:
        if group and block.start - group[-1].end > 2 * CONTEXT_LINES:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _changed_blocks(cleaned: Cleaned, old: Sequence[str]) -> Iterator[_Block]:
    """The old lines that the edits touch, with what stands there afterwards."""
    text = cleaned.page.text
    starts = [0, *accumulate(map(len, old))]  # one more than there are lines: the last is the end of the text
    ranges: list[tuple[int, int, list[Edit]]] = []
    for edit in cleaned.edits:
        # The line that an edit's end touches belongs to it too: when the ending before it is cut, that line moves up.
        first = max(0, min(bisect_right(starts, edit.start), len(old)) - 1)
        last = min(bisect_right(starts, edit.end), len(old))
        if ranges and first < ranges[-1][1]:
            ranges[-1][2].append(edit)
            ranges[-1] = (ranges[-1][0], max(last, ranges[-1][1]), ranges[-1][2])
        else:
            ranges.append((first, last, [edit]))
    for first, last, mine in ranges:
        base = starts[first]
        moved = [edit._replace(start=edit.start - base, end=edit.end - base) for edit in mine]
        new = _LINE_RE.findall(edits.apply(text[base : starts[last]], moved))
        block = _trimmed(first, old[first:last], new)
        if block.new or block.end > block.start:
            yield block


def _trimmed(start: int, old: Sequence[str], new: Sequence[str]) -> _Block:
    """A block without the lines that both sides share at its head and tail."""
    short = min(len(old), len(new))
    head = next((k for k in range(short) if old[k] != new[k]), short)
    tail = next((k for k in range(short - head) if old[-1 - k] != new[-1 - k]), short - head)
    return _Block(start + head, start + len(old) - tail, new[head : len(new) - tail])
