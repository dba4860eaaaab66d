"""What a worker does with one task: a file, or some records of a larger file."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from cleantext.batch import formats, parquet
from cleantext.batch.jsonfields import RecordError, replace_in_document
from cleantext.batch.pages import Lot, Pages
from cleantext.batch.place import Place
from cleantext.batch.plan import BatchOptions, Keys, Row, combine
from cleantext.batch.recordtext import clean_record, packed_records, texts_of
from cleantext.batch.tasks import Chunk, FileTask, RecordsTask, Reject, Task, Text, content_of
from cleantext.batch.walk import JSON, WARC, Input, split_name
from cleantext.decode import DecodeError
from cleantext.faults import reason_of
from cleantext.files import PendingFile
from cleantext.pipeline import Cleaner
from cleantext.records import STAGE_NAMES, Options
from cleantext.trail import output_bytes

T = TypeVar("T")

NO_WAY_BACK = "no trail can give this file back byte for byte: in place it needs --backup DIR"


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was read: its bytes as they lie on the disk, and unpacked."""

    task: FileTask
    row: Row
    raw: bytes
    data: bytes
    kind: str
    packing: str
    began: float


@dataclass(frozen=True, slots=True)
class _Made:
    """What is to be written of a file."""

    task: FileTask
    row: Row
    out: bytes
    trails: list[bytes]
    trail: PendingFile | None = None  # when they are written
    output: PendingFile | None = None


@dataclass(frozen=True)
class Worker:
    """Picklable: built in the parent, called in the workers."""

    options: Options
    place: Place
    keys: Keys

    def __call__(self, task: Task) -> tuple[Row, ...] | Chunk:
        """Do one task. Never raises: what goes wrong is in the rows, of which there is one a file."""
        if isinstance(task, RecordsTask):
            try:
                return self._records(task)
            except Exception as error:
                return Chunk(b"", self._failed(task.input, error))
        return self._files((task,) if isinstance(task, FileTask) else task.files)

    @property
    def batch(self) -> BatchOptions:
        """What was asked of the batch."""
        return self.place.batch

    @cached_property
    def _cleaner(self) -> Cleaner:
        return Cleaner(self.options)

    @cached_property
    def _untouching(self) -> Cleaner:
        return Cleaner(replace(self.options, skip=STAGE_NAMES))

    def _lot(self, task: FileTask | RecordsTask) -> Lot:
        return Lot(self._untouching if task.pass_through else self._cleaner)

    def _pages(self, task: FileTask | RecordsTask, lot: Lot) -> Pages:
        as_records = self.batch.to != "same" or split_name(task.input.name)[1] == WARC
        return Pages(lot, self.batch, task.pass_through, as_records)

    def _key(self, item: Input) -> str:
        return self.keys.of(item.name, records=False)

    def _failed(self, item: Input, error: Exception) -> Row:
        return Row(item.name, item.target, reason=reason_of(item.name, error), key=self._key(item))

    def _files(self, tasks: Sequence[FileTask]) -> tuple[Row, ...]:
        """Read all, clean all, write all: one file's fault never stops the others."""
        read = [self._tried(task, self.read, task) for task in tasks]
        lot = self._lot(tasks[0])
        if len(tasks) > 1:
            opened = (one for one in read if isinstance(one, Opened) and one.kind != JSON)
            lot.foresee((one.task.input.name, one.data) for one in opened)
        done = [one if isinstance(one, Row) else self._tried(one.task, self._clean, one, lot) for one in read]
        with ExitStack() as leaving:  # all are written before the first waits for the disk: that costs half as much
            written = [
                one if isinstance(one, Row) else self._tried(one.task, self._write, one, leaving) for one in done
            ]
            return tuple(one if isinstance(one, Row) else self._tried(one.task, self._commit, one) for one in written)

    def _tried(self, task: FileTask, step: Callable[..., T], *words: object) -> T | Row:
        try:
            return step(*words)
        except Exception as error:  # whatever it is: it must never stop the other files
            return self._failed(task.input, error)

    def read(self, task: FileTask) -> Opened | Row:
        """Read and unpack a file; of one that is done already the row. Raises what goes wrong."""
        began = time.perf_counter()
        item = task.input
        if item.problem:
            raise ValueError(item.problem)
        if task.done and task.settled:
            return replace(task.done, resumed=True)
        with open(item.path, "rb") as file:
            raw = formats.read_limited(file, self.batch.max_page_bytes)
        row = Row(item.name, item.target, key=self._key(item), bytes_in=len(raw), input_sha256=_sha256(raw))
        if task.done and self.place.still_good(task.done, row.key, item, row.input_sha256):
            return replace(task.done, resumed=True)
        _, kind, packing = split_name(item.name)
        data = raw
        if packing:
            with formats.unpacked(io.BytesIO(raw), packing) as stream:
                data = formats.read_limited(stream, self.batch.max_page_bytes)
        return Opened(task, row, raw, data, kind, packing, time.perf_counter() - began)

    def _clean(self, one: Opened, lot: Lot) -> _Made:
        began = time.perf_counter() - one.began
        name, batch = one.task.input.name, self.batch
        pages = self._pages(one.task, lot)
        if one.kind == JSON:
            clean = _document(name, one.data, batch.text_field, pages)
        else:
            clean = output_bytes(pages.clean(name, one.data))
        if batch.to == "parquet":
            out = parquet.page_file(pages.records, batch.with_trail)
        elif batch.to == "jsonl":
            out = formats.pack(b"".join(page.line() for page in pages.records), one.packing)
        else:  # packing a file anew that is clean already would change its bytes, in place
            out = one.raw if batch.in_place and clean == one.data else formats.pack(clean, one.packing)
        no_text = bool(one.packing) or one.kind == JSON or pages.markup
        if batch.in_place and out != one.raw and not batch.backup and no_text:
            raise ValueError(NO_WAY_BACK)
        seconds = time.perf_counter() - began + sum(row.seconds for row in pages.rows)
        return _Made(one.task, _finished(one.row, pages.rows, out, seconds), out, pages.trails)

    def _write(self, made: _Made, leaving: ExitStack) -> _Made:
        """Write trail and output under temporary names, which are gone when `leaving` is left."""
        item, row = made.task.input, made.row
        if self.batch.in_place and row.output_sha256 == row.input_sha256:
            return made
        with ExitStack() as failing:  # on a full disk others need the room at once
            trail = failing.enter_context(self.place.pending_trail(item)) if self.batch.trails else None
            if trail:
                trail.stream.writelines(made.trails)
                trail.begin_sync()
            output = failing.enter_context(self.place.pending(item))
            output.stream.write(made.out)
            output.begin_sync()
            leaving.push(failing.pop_all())
        return replace(made, trail=trail, output=output)

    def _commit(self, made: _Made) -> Row:
        """Put what was written in its place, the trail first."""
        item, row = made.task.input, made.row
        if made.trail:
            self.place.commit_trail(made.trail, item)
        if made.output:
            self.place.commit(made.output, item, row)
        return row

    def _records(self, task: RecordsTask) -> Chunk:
        pages = self._pages(task, self._lot(task))
        out: list[bytes | str | None] = []
        rejects: list[Reject] = []
        if len(task.records) > 1:
            pages.lot.foresee(texts_of(task, self.batch))
        for number, record in enumerate(task.records, task.first):
            try:
                out.append(clean_record(task, number, record, self.batch, pages.clean))
            except Exception as error:  # one record's fault must never stop the other records
                known = isinstance(error, RecordError | UnicodeError)
                reason = str(error) if known else reason_of(task.input.name, error)
                if isinstance(error, DecodeError) and isinstance(record, Text) and self.batch.to == "same":
                    pages.rows.append(Row("", pages=1, flagged=1, flags={"no-text": 1}))  # HTML without any text
                else:
                    rejects.append(Reject(number, reason, content_of(record)))
                out.append(record.text if isinstance(record, Text) else b"")  # a row stays, whatever it holds
        row = replace(combine(pages.rows), rejected=len(rejects))
        data = packed_records(task, out, pages, self.batch)
        return Chunk(data, row, tuple(rejects), b"".join(pages.trails), b"".join(pages.reports))


def _document(name: str, data: bytes, field: str, pages: Pages) -> bytes:
    """A .json file with its texts cleaned."""
    clean = replace_in_document(data.decode("utf-8-sig"), field, lambda text: pages.clean(name, text).text)
    return clean.encode("utf-8", "backslashreplace")


def _finished(row: Row, pages: list[Row], out: bytes, seconds: float) -> Row:
    """The row of a file that is done: what is known of the input, what was done, what was written."""
    facts = pages[0] if len(pages) == 1 else combine(pages)
    return replace(
        facts,
        source=row.source,
        target=row.target,
        status="cleaned" if facts.changed else "unchanged",
        bytes_in=row.bytes_in,
        bytes_out=len(out),
        seconds=round(seconds, 4),
        input_sha256=row.input_sha256,
        output_sha256=_sha256(out),
        key=row.key,
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
