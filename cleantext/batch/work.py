"""What a worker does with one task: a file, or some records of a JSON Lines file."""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from cleantext.batch import formats
from cleantext.batch.jsonfields import RecordError, replace_field, replace_in_document
from cleantext.batch.parquet import clean_parquet
from cleantext.batch.plan import SPUN_FROM, BatchOptions, Row, combine
from cleantext.batch.records import page_line
from cleantext.batch.walk import SCRATCH, Input, split_name
from cleantext.decode import DecodeError
from cleantext.faults import reason_of
from cleantext.files import PendingFile, atomic_write
from cleantext.pipeline import Cleaner
from cleantext.records import STAGE_NAMES, Cleaned, Options
from cleantext.report import rule_counts
from cleantext.trail import dump, output_bytes, trail_of

PARQUET = ".parquet"


@dataclass(frozen=True, slots=True)
class FileTask:
    """Clean one file, of which an earlier run noted `done`; `settled`: it is known to be still good.

    `pass_through`: it took too long, write it as it is.
    """

    input: Input
    done: Row | None = None
    settled: bool = False
    pass_through: bool = False


@dataclass(frozen=True, slots=True)
class ChunkTask:
    """Clean some records of a JSON Lines file, of which `first` is the number of the first line.

    `end` comes with the last ones: the file's digest, or the reason why it could not be read to its end.
    """

    input: Input
    first: int
    lines: tuple[bytes, ...]
    end: Row | None = None
    pass_through: bool = False


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that is kept aside, and why."""

    line: int
    reason: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Chunk:
    """The outcome of a ChunkTask: the lines to write, what was done, and the lines kept aside."""

    data: bytes
    row: Row
    rejects: tuple[Reject, ...] = ()


Task: TypeAlias = FileTask | ChunkTask


@dataclass(frozen=True)
class Worker:
    """Picklable: built in the parent, called in the workers."""

    options: Options
    batch: BatchOptions
    target: Path
    key: str

    def __call__(self, task: Task) -> Row | Chunk:
        """Do one task. Never raises: what goes wrong is in the row."""
        try:
            return self._file(task) if isinstance(task, FileTask) else self._chunk(task)
        except Exception as error:  # one page's fault must never stop the other pages
            row = Row(task.input.name, task.input.target, reason=reason_of(task.input.name, error), key=self.key)
            return row if isinstance(task, FileTask) else Chunk(b"", row)

    @cached_property
    def _cleaner(self) -> Cleaner:
        return Cleaner(self.options)

    @cached_property
    def _untouching(self) -> Cleaner:
        return Cleaner(replace(self.options, skip=STAGE_NAMES))

    def _file(self, task: FileTask) -> Row:
        began = time.perf_counter()
        item = task.input
        if item.problem:
            raise ValueError(item.problem)
        if task.done and task.settled:
            return replace(task.done, resumed=True)
        if split_name(item.name)[1] == PARQUET:
            return self._parquet(task, began)
        with open(item.path, "rb") as file:
            raw = formats.read_limited(file, self.batch.max_page_bytes)
        row = Row(item.name, item.target, key=self.key, bytes_in=len(raw), input_sha256=_sha256(raw))
        if task.done and self._still_good(task.done, row):
            return replace(task.done, resumed=True)
        _, kind, packing = split_name(item.name)
        data = raw
        if packing:
            with formats.unpacked(io.BytesIO(raw), packing) as stream:
                data = formats.read_limited(stream, self.batch.max_page_bytes)
        if kind == ".json":
            clean, facts = self._document(item.name, data, task.pass_through)
        else:
            cleaned = self._clean(item.name, data, task.pass_through)
            records = self.batch.to == "jsonl"
            clean = page_line(cleaned, data, self.batch.with_trail) if records else output_bytes(cleaned)
            facts = _facts(cleaned, task.pass_through)
            if self.batch.trails:
                place = below(Path(self.batch.trails), f"{item.target}.trail")
                atomic_write(place, [dump(trail_of(cleaned, data))])
        written = formats.pack(clean, packing)
        atomic_write(below(self.target, item.target), [written], self.target / SCRATCH)
        return _finished(row, facts, len(written), _sha256(written), began)

    def _parquet(self, task: FileTask, began: float) -> Row:
        """A Parquet file, as a stream of rows."""
        item = task.input
        if self.batch.trails or self.batch.to != "same":
            raise ValueError("Parquet stays Parquet and has no trails; clean this file without --trails and --to")
        size, digest = os.path.getsize(item.path), sha256_of(Path(item.path))
        row = Row(item.name, item.target, key=self.key, bytes_in=size, input_sha256=digest)
        if task.done and self._still_good(task.done, row):
            return replace(task.done, resumed=True)
        facts = Row("")
        row_number = 0

        def change(text: str) -> str:
            nonlocal facts, row_number
            row_number += 1
            rows: list[Row] = []
            try:
                text = self._changer(f"{item.name}:{row_number}", rows, task.pass_through)(text)
            except DecodeError:  # HTML without any text: a row cannot be left out, so it stays
                rows.append(Row("", pages=1, flags={"no-text": 1}))
            facts = combine((facts, *rows))
            return text

        place = below(self.target, item.target)
        with PendingFile(place, self.target / SCRATCH) as pending:
            clean_parquet(item.path, pending.stream, self.batch.text_field, change)
            pending.commit()
        return _finished(row, facts, os.path.getsize(place), sha256_of(place), began)

    def _clean(self, name: str, data: bytes, pass_through: bool) -> Cleaned:
        cleaner = self._untouching if pass_through else self._cleaner
        return cleaner.clean_bytes(data, name)

    def _still_good(self, done: Row, now: Row) -> bool:
        """Whether an earlier run's output is that of this input with these options, and lies there untouched."""
        if done.status == "failed" or (done.key, done.input_sha256) != (now.key, now.input_sha256):
            return False
        return sha256_of(self.target / done.target) == done.output_sha256

    def _document(self, name: str, data: bytes, pass_through: bool) -> tuple[bytes, Row]:
        rows: list[Row] = []
        text = data.decode("utf-8-sig")
        pages: list[bytes] = []
        change = self._changer(name, rows, pass_through, pages)
        clean = replace_in_document(text, self.batch.text_field, change).encode("utf-8", "backslashreplace")
        return b"".join(pages) if self.batch.to == "jsonl" else clean, combine(rows)

    def _chunk(self, task: ChunkTask) -> Chunk:
        rows: list[Row] = []
        out: list[bytes] = []
        rejects: list[Reject] = []
        for number, line in enumerate(task.lines, task.first):
            if not line.strip():
                out.append(line)
                continue
            pages: list[bytes] = []
            change = self._changer(f"{task.input.name}:{number}", rows, task.pass_through, pages)
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
                ending = "\n" if text.endswith("\n") else ""
                record = replace_field(text.removesuffix("\n"), self.batch.text_field, change)
                out += pages or [(record + ending).encode("utf-8", "backslashreplace")]
            except Exception as error:  # one record's fault must never stop the other records
                known = isinstance(error, RecordError | UnicodeError)
                rejects.append(Reject(number, str(error) if known else reason_of(task.input.name, error), line))
        return Chunk(b"".join(out), replace(combine(rows), rejected=len(rejects)), tuple(rejects))

    def _changer(
        self, name: str, rows: list[Row], pass_through: bool, pages: list[bytes] | None = None
    ) -> Callable[[str], str]:
        """What cleans one text and adds what it did to `rows`, and with `--to jsonl` its record to `pages`."""
        cleaner = self._untouching if pass_through else self._cleaner

        def change(text: str) -> str:
            cleaned = cleaner.clean(text, name)
            if pages is not None and self.batch.to == "jsonl":
                pages.append(page_line(cleaned, text.encode("utf-8", "surrogatepass"), self.batch.with_trail))
            rows.append(_facts(cleaned, pass_through))
            return cleaned.text

        return change


def _finished(row: Row, facts: Row, size: int, digest: str, began: float) -> Row:
    """The row of a file that is done: what is known of the input, what was done, what was written."""
    return replace(
        facts,
        source=row.source,
        target=row.target,
        status="cleaned" if facts.changed else "unchanged",
        bytes_in=row.bytes_in,
        bytes_out=size,
        seconds=round(time.perf_counter() - began, 4),
        input_sha256=row.input_sha256,
        output_sha256=digest,
        key=row.key,
    )


def _facts(cleaned: Cleaned, pass_through: bool) -> Row:
    """What is counted of one page."""
    flags = Counter(cleaned.verdict.flags)
    if pass_through:
        flags["time-budget"] += 1
    edits = cleaned.edits
    return Row(
        "",
        pages=1,
        changed=int(cleaned.text != cleaned.page.text),
        spun=round(cleaned.verdict.spun, 4),
        spun_pages=int(cleaned.verdict.spun >= SPUN_FROM),
        flags=dict(flags),
        edits=rule_counts(cleaned),
        confidence=round(sum(edit.confidence for edit in edits) / len(edits), 4) if edits else 0.0,
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file; empty when there is none."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def below(root: Path, name: str) -> Path:
    """The path of `name` in `root`, its folders made. Raises ValueError when a link would lead out of `root`."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    real_root = os.path.realpath(root)
    if os.path.commonpath([real_root, os.path.realpath(path.parent)]) != real_root:
        raise ValueError(f"{path.parent} leads out of {root}")
    return path
