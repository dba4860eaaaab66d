"""Files of records as streams: cut into tasks for the workers, so that big files are split over all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cleantext.batch import formats, parquet, warc
from cleantext.batch.plan import BatchOptions, Row
from cleantext.batch.tasks import Record, RecordsTask, size_of
from cleantext.batch.walk import JSON_LINES, PARQUET, WARC, Input, split_name
from cleantext.faults import reason_of

# Bytes of records that go to a worker at a time: some tens of milliseconds of work.
CHUNK_BYTES = 128 * 2**10
CHUNK_RECORDS = 256


def holds_records(name: str) -> bool:
    """Whether a file is a stream of records, by its name."""
    return split_name(name)[1] in (*JSON_LINES, PARQUET, WARC)


def tasks_of(item: Input, batch: BatchOptions, kept: parquet.Kept) -> Iterator[RecordsTask]:
    """The tasks of one file; the last one tells the file's digest, or why it could not be read to its end.

    What a Parquet file holds besides the text goes to `kept`, where the output is written from.
    """
    first, size = 1, 0
    taken: list[Record] = []
    try:
        with open(item.path, "rb") as raw:
            hashing = formats.HashingReader(raw)
            for record in _records(item, hashing, batch, kept):
                taken.append(record)
                size += size_of(record)
                if size >= CHUNK_BYTES or len(taken) >= CHUNK_RECORDS:
                    yield RecordsTask(item, first, tuple(taken))
                    first, size, taken = first + len(taken), 0, []
            if split_name(item.name)[1] == PARQUET:  # it was not read from its beginning to its end
                raw.seek(0)
                hashing = formats.HashingReader(raw)
            digest = hashing.finish()
            end = Row(item.name, item.target, bytes_in=hashing.size, input_sha256=digest, left_out=kept.left_out)
    except Exception as error:  # whatever a damaged file makes a library raise
        end = Row(item.name, item.target, reason=reason_of(item.name, error))
    yield RecordsTask(item, first, tuple(taken), end=end)


def _records(item: Input, stream: formats.HashingReader, batch: BatchOptions, kept: parquet.Kept) -> Iterable[Record]:
    _, kind, packing = split_name(item.name)
    if kind == PARQUET:
        return parquet.texts(item, batch, kept)
    if kind == WARC:
        return warc.documents(stream, packing, batch.max_page_bytes, kept)
    return formats.lines(stream, packing, batch.max_page_bytes)
