"""The text in a record: found, cleaned and put back, whatever the file's format is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress

from cleantext.batch import parquet, warc
from cleantext.batch.jsonfields import replace_field
from cleantext.batch.pages import Pages
from cleantext.batch.plan import BatchOptions
from cleantext.batch.tasks import Document, Record, RecordsTask, Text
from cleantext.batch.walk import WARC, split_name
from cleantext.records import Cleaned


def source_of(name: str, number: int, record: Record, batch: BatchOptions) -> str:
    """How the page in a record is called: by its address or its site, if it tells any, else by file and number."""
    match record:
        case Text():
            return record.source
        case Document():
            return record.source or f"{name}:{number}"
    site = None
    if batch.site_field:
        # What is no record at all is told when its text is looked for.
        with suppress(ValueError, AttributeError, RecursionError):
            site = json.loads(record).get(batch.site_field)
    return parquet.source_of(site, name, number)


def clean_record(
    task: RecordsTask, number: int, record: Record, batch: BatchOptions, clean: Callable[[str, bytes | str], Cleaned]
) -> bytes | str | None:
    """The record with its text cleaned. Raises ValueError when it is none, or too large."""
    limit = batch.max_page_bytes
    source = source_of(task.input.name, number, record, batch)
    match record:
        case Text(_, text):
            if text is None:
                return None
            if len(text) > limit:
                raise ValueError(f"larger than {limit / 2**20:,.0f} MB")
            return clean(source, text).text
        case Document():
            clean(source, warc.body(record, limit))
            return b""
    if not record.strip():
        return record
    line = record.decode("utf-8-sig" if number == 1 else "utf-8")
    bare = line.removesuffix("\n")
    changed = replace_field(bare, batch.text_field, lambda text: clean(source, text).text)
    return (changed + line[len(bare) :]).encode("utf-8", "backslashreplace")


def texts_of(task: RecordsTask, batch: BatchOptions) -> Iterator[tuple[str, bytes | str]]:
    """The pages in the records with their names, before anything is done with them."""
    found: list[tuple[str, bytes | str]] = []

    def look(source: str, data: bytes | str) -> Cleaned:
        found.append((source, data))
        raise LookupError  # enough was seen of this record

    for number, record in enumerate(task.records, task.first):
        with suppress(Exception):  # what is wrong with it is told when it is cleaned
            clean_record(task, number, record, batch, look)
    yield from found


def packed_records(task: RecordsTask, out: list[bytes | str | None], pages: Pages, batch: BatchOptions) -> bytes:
    """What is written of some records: see the sinks of `assembly`."""
    if batch.to == "parquet":
        return parquet.pack_pages(pages.records, batch.with_trail)
    if batch.to == "jsonl" or split_name(task.input.name)[1] == WARC:
        return b"".join(page.line() for page in pages.records)
    if task.records and isinstance(task.records[0], Text):
        return parquet.pack_texts([piece for piece in out if not isinstance(piece, bytes)])
    return b"".join(piece for piece in out if isinstance(piece, bytes))
