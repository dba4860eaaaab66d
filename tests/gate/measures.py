"""Figures on labelled cases; all lie between 0 and 1, and more is better.

Line labels (.tags, one a line of the page): K body or title, K! body with something injected (what must stand there
afterwards is in .fix, as number<TAB>text), B blank, anything else chrome. Gold repairs (.gold): `LINE: item item ...`,
the items from left to right: `spun>original/other` must be repaired, `?spun>original` may be, `=word` must stay,
`-text` must be cut, `!text` is not counted. Spun cases (.tsv): `text<TAB>wanted text`, a short passage a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cleantext.edits import apply
from cleantext.pipeline import Cleaner
from cleantext.records import Cleaned, Edit

Figures = dict[str, float]

# A line counts as dropped when this share of its characters, blanks aside, is gone.
DROPPED = 0.8
# The stages whose edits are repairs; what chrome and tidy do is measured by the lines.
REPAIRING = ("normalize", "inline", "spun")


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def clean(path: Path) -> Cleaned:
    return Cleaner().clean_bytes(path.read_bytes(), path.name)


def lines(pages: Sequence[Path], labels: Path) -> Figures:
    """Body lines kept, chrome lines dropped, injections cut exactly; the labels stand in `labels`/NAME.tags."""
    counts: Counter[str] = Counter()
    for page in pages:
        cleaned = clean(page)
        gone = bytearray(len(cleaned.page.text))
        for edit in cleaned.edits:
            if not edit.after:
                gone[edit.start : edit.end] = b"\1" * (edit.end - edit.start)
        tags = read(labels / f"{page.stem}.tags").split()
        fixes = _fixes(labels / f"{page.stem}.fix")
        out = {line.strip() for line in cleaned.text.split("\n")}
        start = 0
        rows = cleaned.page.text.split("\n")
        assert len(tags) in (len(rows), len(rows) - 1), f"{page.stem}: {len(tags)} labels for {len(rows)} lines"
        for number, (line, tag) in enumerate(zip(rows, tags, strict=False), 1):
            seen = [k for k, char in enumerate(line, start) if not char.isspace()]
            dropped = bool(seen) and sum(gone[k] for k in seen) >= DROPPED * len(seen)
            start += len(line) + 1
            if tag.startswith("K"):
                counts["lost" if dropped else "kept"] += 1
                if tag == "K!":
                    counts["fixed" if fixes[number] in out else "unfixed"] += 1
            elif tag != "B" and seen:
                counts["dropped" if dropped else "left"] += 1
    figures = {"body_kept": _share(counts, "kept", "lost"), "chrome_dropped": _share(counts, "dropped", "left")}
    return {**figures, **({"fixed": _share(counts, "fixed", "unfixed")} if counts["fixed"] + counts["unfixed"] else {})}


def _fixes(path: Path) -> dict[int, str]:
    if not path.exists():
        return {}
    rows = (line.split("\t", 1) for line in read(path).splitlines() if "\t" in line)
    return {int(number): text.strip() for number, text in rows}


def _share(counts: Counter[str], good: str, bad: str) -> float:
    total = counts[good] + counts[bad]
    return counts[good] / total if total else 1.0


@dataclass(frozen=True)
class Item:
    """A marked stretch [start, end) of a page and what may stand there afterwards."""

    kind: str  # "must", "may", "keep" or "skip"
    start: int
    end: int
    wanted: tuple[str, ...]


def gold_items(text: str, gold: str) -> Iterator[Item]:
    """The marks of a .gold file, in order. Raises ValueError for a word that is not on its line."""
    rows = text.split("\n")
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row) + 1)
    for mark in gold.splitlines():
        if not mark.strip() or mark.startswith("#"):
            continue
        number, _, rest = mark.partition(":")
        row, at = int(number) - 1, 0
        for item in rest.split():
            kind = {"=": "keep", "-": "must", "!": "skip", "?": "may"}.get(item[0], "must")
            word, _, wanted = item.removeprefix("?").partition(">")
            if item[0] in "=-!":
                word, wanted = item[1:], ""
            found = rows[row].find(word, at)
            if found < 0:
                raise ValueError(f"line {row + 1}: {word!r} not found behind character {at}")
            at = found + len(word)
            yield Item(kind, starts[row] + found, starts[row] + at, tuple(wanted.split("/")) if wanted else ("",))


def repairs(page: Path, gold: Path) -> Figures:
    """Precision and recall of the repairs on one page."""
    cleaned = clean(page)
    edits = [traced.edit for traced in cleaned.trail if traced.stage in REPAIRING]
    return judge(cleaned.page.text, list(gold_items(cleaned.page.text, read(gold))), edits)


def judge(text: str, items: Sequence[Item], edits: Sequence[Edit]) -> Figures:
    """Precision and recall of edits against marks. An edit that touches no mark is wrong: everything due is marked."""
    counts: Counter[str] = Counter()
    used: set[int] = set()
    for item in items:
        mine = [k for k, edit in enumerate(edits) if edit.start < item.end and item.start < edit.end]
        used.update(mine)
        if item.kind == "skip":
            continue
        start = min([item.start, *(edits[k].start for k in mine)])
        end = max([item.end, *(edits[k].end for k in mine)])
        moved = [edits[k]._replace(start=edits[k].start - start, end=edits[k].end - start) for k in mine]
        result = apply(text[start:end], moved)
        if result == text[start:end]:
            counts["missed"] += item.kind == "must"
        elif result in _wanted(text, items, start, end):
            counts["hit"] += item.kind == "must"
        else:
            counts["wrong"] += 1
            counts["missed"] += item.kind == "must"
    counts["wrong"] += len(edits) - len(used)
    return {"precision": _share(counts, "hit", "wrong"), "recall": _share(counts, "hit", "missed")}


def _wanted(text: str, items: Sequence[Item], start: int, end: int) -> set[str]:
    """What may stand in place of text[start:end]: an edit may cover several marks."""
    results, at = {""}, start
    for item in items:
        if start <= item.start and item.end <= end:
            choices = {text[item.start : item.end]} if item.kind in ("keep", "skip", "may") else set()
            choices |= set(item.wanted) if item.kind in ("must", "may") else set()
            results = {head + text[at : item.start] + choice for head in results for choice in choices}
            at = item.end
    return {head + text[at:end] for head in results}


def passages(table: Path) -> Figures:
    """The share of short passages (text<TAB>wanted text) that come out exactly as wanted."""
    counts: Counter[str] = Counter()
    for row in read(table).splitlines():
        if row.strip() and not row.startswith("#"):
            text, wanted = row.split("\t")[:2]
            counts["right" if Cleaner().clean(text).text.strip() == wanted.strip() else "wrong"] += 1
    return {"right": _share(counts, "right", "wrong")}
