"""The output of one file of records in the making: chunks go in, in order, and a row for the file comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

from cleantext.batch import formats
from cleantext.batch.parquet import ColumnSink, Kept, PagesSink, Sink, pack_texts
from cleantext.batch.place import Place
from cleantext.batch.plan import DIED, BatchOptions, Row, combine
from cleantext.batch.pool import Fault
from cleantext.batch.tasks import Chunk, RecordsTask, Reject, Text, content_of
from cleantext.batch.walk import PAGES, PARQUET, REJECTS, Input, split_name
from cleantext.files import PendingFile


class Assembly:
    """Output, trails and report of one file. What is not finished is discarded."""

    def __init__(
        self, item: Input, place: Place, key: str, kept: Kept, keep_aside: Callable[[Sequence[Reject]], object]
    ) -> None:
        self.item = item
        self._place, self._key, self._keep_aside = place, key, keep_aside
        self._row = Row("")
        self._pending: list[PendingFile] = []
        self._file = self._open(place.pending(item))
        self._trails = self._open(place.pending_trail(item)) if place.batch.trails else None
        self._reports = self._open(place.pending_report(item, PAGES)) if place.batch.page_reports else None
        self._out = formats.HashingWriter(self._file.stream)
        self._sink = _sink(item, self._out, place.batch, kept)

    def take(self, task: RecordsTask, value: Chunk | Fault) -> None:
        """Write one chunk. A record on which a worker died is kept aside; in a Parquet column it stays as it was.

        Raises ValueError for a chunk that failed as a whole: its records must not be missing in silence.
        """
        if isinstance(value, Fault):
            value = _lost(task, value, self._place.batch)
        if value.row.reason:
            raise ValueError(value.row.reason)
        self._sink.write(value.data)
        for pending, data in ((self._trails, value.trails), (self._reports, value.reports)):
            if pending:
                pending.stream.write(data)
        self._row = combine((self._row, value.row))
        self._keep_aside(value.rejects)

    def finish(self, end: Row) -> Row:
        """Put the file in its place, if its input was read to the end."""
        row = replace(
            self._row,
            source=end.source,
            target=end.target,
            reason=end.reason,
            left_out=end.left_out,
            bytes_in=end.bytes_in,
            input_sha256=end.input_sha256,
            key=self._key,
        )
        if row.reason:
            return row
        self._sink.close()
        row = replace(row, bytes_out=self._out.size, output_sha256=self._out.digest())
        if row.rejected:
            row = replace(row, reason=f"{row.rejected} records kept aside in {REJECTS}/{self.item.name}.jsonl")
        else:
            row = replace(row, status="cleaned" if row.changed else "unchanged")
        if self._trails and not (self._place.batch.in_place and row.output_sha256 == row.input_sha256):
            self._place.commit_trail(self._trails, self.item)
        if self._reports:
            self._reports.commit()
        self._place.commit(self._file, self.item, row)
        return row

    def discard(self) -> None:
        """Give up what is not in its place yet."""
        self._out.give_up()
        for pending in self._pending:
            pending.discard()

    def _open(self, pending: PendingFile) -> PendingFile:
        self._pending.append(pending)
        return pending


def _sink(item: Input, out: formats.HashingWriter, batch: BatchOptions, kept: Kept) -> Sink:
    _, kind, packing = split_name(item.name)
    if batch.to == "parquet":
        return PagesSink(out, batch.with_trail)
    if kind == PARQUET:
        return ColumnSink(out, batch.text_field, kept) if batch.to == "same" else formats.packed(out, "")
    return cast(Sink, formats.packed(out, packing))


def _lost(task: RecordsTask, fault: Fault, batch: BatchOptions) -> Chunk:
    """The outcome of records that no worker could do."""
    rejects = tuple(Reject(task.first + k, fault.reason, content_of(record)) for k, record in enumerate(task.records))
    row = Row("", rejected=len(rejects), flags={DIED: len(rejects)} if rejects else {})
    texts = [record.text for record in task.records if isinstance(record, Text)] if batch.to == "same" else []
    return Chunk(pack_texts(texts) if texts else b"", row, rejects)
