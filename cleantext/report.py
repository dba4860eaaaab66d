"""What was done to a page, as values that a person or a program reads: records, shown edits, summaries."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from cleantext.records import Cleaned, Edit, split_lines
from cleantext.trail import edit_record

# Unchanged characters shown on either side of a repair.
CONTEXT_CHARS = 10

# What a person should know of a flagged page, in words.
FLAG_WORDS = {
    "kept-original": "nothing would have remained; the original was kept",
    "undecodable-bytes": "some bytes could not be decoded; each run of them stands as U+FFFD (restore gives them back)",
    "mixed-encoding": "several encodings in one file",
    "no-text": "the HTML holds no text (a page made by scripts?)",
    "no-article": "no part of the HTML looks like an article; all its text outside links was kept",
    "garbled": "some characters are garbled beyond repair",
    "stuffed": "a question for search engines stands in the text as a name again and again",
    "not-converged": "the repairs of its wording never came to an end, and were left out",
    "time-budget": "took longer than the time budget; passed through as it was",
}


def record(cleaned: Cleaned) -> dict[str, object]:
    """One page as `explain --format json` gives it: edits in character offsets of the decoded original text."""
    origin = cleaned.page.origin
    return {
        "source": cleaned.page.source,
        "kind": origin.kind,
        "encoding": origin.encoding,
        "text": cleaned.text,
        "edits": [edit_record(traced) for traced in cleaned.trail],
        "verdict": verdict_record(cleaned),
    }


def verdict_record(cleaned: Cleaned) -> dict[str, object]:
    """The verdict as JSON keeps it."""
    return {**asdict(cleaned.verdict), "spun": round(cleaned.verdict.spun, 4)}


def notes(cleaned: Cleaned) -> list[str]:
    """What a person should know of this page, one phrase each."""
    return [FLAG_WORDS.get(flag, flag) for flag in cleaned.verdict.flags]


@dataclass(frozen=True, slots=True)
class ShownEdit:
    """An edit with its place: 1-based number of the line it begins in, and the text around it on that line."""

    line: int
    left: str
    right: str
    stage: str
    edit: Edit

    @property
    def whole_lines(self) -> bool:
        """Whether whole lines are cut: nothing of the lines stands beside it."""
        return not self.edit.after and not self.left and not self.right


def shown_edits(cleaned: Cleaned) -> Iterator[ShownEdit]:
    """The edits of a page, in order, as a person looks for them."""
    text = cleaned.page.text
    lines = split_lines(text)
    starts = [line.start for line in lines]
    for traced in cleaned.trail:
        edit = traced.edit
        number = max(0, bisect_right(starts, edit.start) - 1)
        first = lines[number] if lines else None
        last = lines[max(0, bisect_right(starts, max(edit.start, edit.end - 1)) - 1)] if lines else None
        left = text[max(first.start, edit.start - CONTEXT_CHARS) : edit.start] if first else ""
        right = text[edit.end : min(last.start + len(last.text), edit.end + CONTEXT_CHARS)] if last else ""
        yield ShownEdit(number + 1, left, right, traced.stage, edit)


@dataclass(frozen=True, slots=True)
class Tally:
    """What one rule did: how many edits, characters taken out and put in, and the mean confidence."""

    stage: str
    rule: str
    edits: int = 0
    removed: int = 0
    inserted: int = 0
    confidence: float = 0.0


def tally(pages: Iterable[Cleaned]) -> list[Tally]:
    """One row per rule, in the order of the stages, then by number of edits."""
    rows: dict[tuple[str, str], list[Edit]] = {}
    for cleaned in pages:
        for traced in cleaned.trail:
            rows.setdefault((traced.stage, traced.edit.rule), []).append(traced.edit)
    return sorted((_tally_row(stage, rule, found) for (stage, rule), found in rows.items()), key=_tally_order)


def _tally_row(stage: str, rule: str, found: list[Edit]) -> Tally:
    removed, inserted = sum(len(edit.before) for edit in found), sum(len(edit.after) for edit in found)
    return Tally(stage, rule, len(found), removed, inserted, sum(edit.confidence for edit in found) / len(found))


def _tally_order(row: Tally) -> tuple[str, int, str]:
    return row.stage, -row.edits, row.rule


def rule_counts(cleaned: Cleaned) -> Mapping[str, int]:
    """How many edits each rule made, as "stage/rule"."""
    return {f"{row.stage}/{row.rule}": row.edits for row in tally([cleaned])}


def cut_counts(cleaned: Cleaned) -> Mapping[str, int]:
    """How many of those edits only take something away."""
    cuts = Counter(f"{traced.stage}/{traced.edit.rule}" for traced in cleaned.trail if not traced.edit.after)
    return dict(sorted(cuts.items()))
