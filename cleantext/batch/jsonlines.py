"""JSON Lines files as streams: cut into chunks for the workers, and put together again in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from cleantext.batch import formats
from cleantext.batch.plan import BatchOptions, Row, combine
from cleantext.batch.pool import Fault
from cleantext.batch.walk import JSON_LINES, REJECTS, SCRATCH, Input, split_name
from cleantext.batch.work import Chunk, ChunkTask, Reject, below
from cleantext.faults import reason_of
from cleantext.files import PendingFile

# Bytes of records that go to a worker at a time: some tens of milliseconds of work.
CHUNK_BYTES = 128 * 2**10


def is_json_lines(name: str) -> bool:
    """Whether a file holds a JSON record a line, by its name."""
    return split_name(name)[1] in JSON_LINES


def chunks(item: Input, batch: BatchOptions) -> Iterator[ChunkTask]:
    """The tasks of one file; the last one tells the file's digest, or why it could not be read to its end."""
    number, size = 1, 0
    taken: list[bytes] = []
    try:
        with open(item.path, "rb") as raw:
            hashing = formats.HashingReader(raw)
            for line in formats.lines(hashing, split_name(item.name)[2], batch.max_page_bytes):
                taken.append(line)
                size += len(line)
                if size >= CHUNK_BYTES:
                    yield ChunkTask(item, number, tuple(taken))
                    number, size, taken = number + len(taken), 0, []
            end = Row(item.name, item.target, bytes_in=hashing.size, input_sha256=hashing.finish())
    except (OSError, *formats.BROKEN) as error:
        end = Row(item.name, item.target, reason=reason_of(item.name, error))
    yield ChunkTask(item, number, tuple(taken), end=end)


class Assembly:
    """The output of one JSON Lines file in the making: chunks go in, in order, and a row for the file comes out."""

    def __init__(self, item: Input, target: Path, keep_aside: Callable[[Sequence[Reject]], object]) -> None:
        self.item = item
        self._keep_aside = keep_aside
        self._row = Row("")
        self._file = PendingFile(below(target, item.target), target / SCRATCH)
        self._out = formats.HashingWriter(self._file.stream)
        self._stream = formats.packed(self._out, split_name(item.name)[2])

    def take(self, task: ChunkTask, value: Chunk | Fault) -> None:
        """Write one chunk. A record on which a worker died is kept aside."""
        if isinstance(value, Fault):
            rejects = tuple(Reject(task.first + k, value.reason, line) for k, line in enumerate(task.lines))
            value = Chunk(b"", Row("", rejected=len(rejects)), rejects)
        self._stream.write(value.data)
        self._row = combine((self._row, value.row))
        self._keep_aside(value.rejects)

    def finish(self, end: Row, key: str) -> Row:
        """Put the file in its place, if its input was read to the end."""
        row = replace(
            self._row,
            source=end.source,
            target=end.target,
            reason=end.reason,
            bytes_in=end.bytes_in,
            input_sha256=end.input_sha256,
            key=key,
        )
        if row.reason:
            return row
        self._stream.close()
        self._file.commit()
        row = replace(row, bytes_out=self._out.size, output_sha256=self._out.digest())
        if row.rejected:
            return replace(row, reason=f"{row.rejected} records kept aside in {REJECTS}/{self.item.name}.jsonl")
        return replace(row, status="cleaned" if row.changed else "unchanged")

    def discard(self) -> None:
        """Give the file up."""
        self._file.discard()
