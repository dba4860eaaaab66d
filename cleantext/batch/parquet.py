"""Parquet files, by pyarrow: one column of text is cleaned, all others and the schema stay; or pages as rows.

The parent reads and writes the files, workers see texts only. Row groups depend on the rows alone, so that the output
is the same with any number of workers.
"""

from __future__ import annotations

import io
import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from cleantext.batch.formats import FormatError
from cleantext.batch.plan import BatchOptions
from cleantext.batch.records import PageRecord
from cleantext.batch.tasks import Text
from cleantext.batch.walk import Input

# Rows of a batch that is read at a time, and so of a row group of the output; fewer where rows are long.
ROWS = 4_096
BATCH_BYTES = 8 * 2**20
# A column chunk that unpacks to this many times its size, and to more than a page may have, is a bomb.
BOMB_RATIO = 1_000


@dataclass
class Kept:
    """What the parent keeps of a file while its texts are with the workers."""

    schema: Any = None
    packing: str = "NONE"
    batches: deque[Any] = field(default_factory=deque)
    left_out: int = 0  # records of WARC files that hold no page


def texts(item: Input, batch: BatchOptions, kept: Kept) -> Iterator[Text]:
    """The texts of a file's column, row by row. What stays as it is goes to `kept`, unless pages are written.

    Raises FormatError when the library is missing, the file is damaged, or the column holds no text.
    """
    arrow, parquet = _pyarrow()
    number = 0
    try:
        with parquet.ParquetFile(item.path) as file:
            at, site_at = _columns(arrow, file.schema_arrow, batch)
            kept.schema, kept.packing = file.schema_arrow, _packing(file.metadata)
            columns = None if batch.to == "same" else [name for name in (batch.text_field, batch.site_field) if name]
            for rows in file.iter_batches(batch_size=_batch_rows(file.metadata, batch), columns=columns):
                if batch.to == "same":
                    kept.batches.append(rows)
                values = rows.column(at if columns is None else 0).to_pylist()
                sites = (
                    [None] * len(values) if site_at < 0 else rows.column(site_at if columns is None else 1).to_pylist()
                )
                for value, site in zip(values, sites, strict=True):
                    number += 1
                    yield Text(source_of(site, item.name, number), value)
    except (arrow.ArrowException, OSError, UnicodeError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise FormatError(f"damaged: {' '.join(str(error).split())}") from error


def source_of(site: object, name: str, number: int) -> str:
    """How a record is called: by its own address or site, if it has one, else by file and number."""
    if not isinstance(site, str) or not site:
        return f"{name}:{number}"
    return site if "://" in site else f"{site}/{name}:{number}"


def _columns(arrow: Any, schema: Any, batch: BatchOptions) -> tuple[int, int]:
    """The places of the text's and of the site's column (-1: none asked for)."""
    places = [-1, -1]
    for k, column in enumerate((batch.text_field, batch.site_field)):
        if not column:
            continue
        places[k] = schema.get_field_index(column)
        if places[k] < 0:
            raise FormatError(f"no column {column!r}, or several; there are {', '.join(schema.names)}")
        kind = schema.field(places[k]).type
        if not (arrow.types.is_string(kind) or arrow.types.is_large_string(kind)):
            raise FormatError(f"the column {column!r} holds no text, but {kind}")
    return places[0], places[1]


def _packing(metadata: Any) -> str:
    packing = metadata.row_group(0).column(0).compression if metadata.num_row_groups else "SNAPPY"
    return "NONE" if packing == "UNCOMPRESSED" else str(packing)


def _batch_rows(metadata: Any, batch: BatchOptions) -> int:
    """How many rows are read at a time, so that they take some BATCH_BYTES. Raises FormatError for a bomb."""
    size = rows = 0
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        size, rows = size + group.total_byte_size, rows + group.num_rows
        for column in map(group.column, range(group.num_columns)):
            unpacked, packed = column.total_uncompressed_size, column.total_compressed_size
            if unpacked > max(batch.max_page_bytes, BOMB_RATIO * packed):
                raise FormatError(f"a column unpacks to {unpacked / 2**20:,.0f} MB from {packed:,} bytes")
    return max(1, min(ROWS, BATCH_BYTES * max(1, rows) // max(1, size)))


class Sink(Protocol):
    """Where the outcomes of tasks are written, in order."""

    def write(self, data: bytes, /) -> object:
        """Take the outcome of one task."""

    def close(self) -> None:
        """Write what is left; the file below stays open."""


class ColumnSink:
    """Writes a file anew with other texts in its column."""

    def __init__(self, out: Any, column: str, kept: Kept) -> None:
        self._arrow, parquet = _pyarrow()
        self._kept, self._column = kept, column
        self._parquet, self._out = parquet, out
        self._writer: Any = None
        self._texts: list[str | None] = []

    def write(self, data: bytes) -> None:
        """Take packed texts (`pack_texts`); a batch is written when all its texts are there."""
        self._texts += unpack_texts(data) if data else []
        batches = self._kept.batches
        while batches and len(self._texts) >= batches[0].num_rows:
            rows = batches.popleft()
            at = self._kept.schema.get_field_index(self._column)
            wanted = self._kept.schema.field(at)
            new, self._texts = self._texts[: rows.num_rows], self._texts[rows.num_rows :]
            rows = rows.set_column(at, wanted, self._arrow.array(new, wanted.type))
            self._open().write_batch(rows.cast(self._kept.schema))

    def close(self) -> None:
        """Finish the file."""
        self._open().close()

    def _open(self) -> Any:
        """The writer; there is no schema before the first rows were read."""
        if self._writer is None:
            self._writer = self._parquet.ParquetWriter(self._out, self._kept.schema, compression=self._kept.packing)
        return self._writer


class PagesSink:
    """Writes pages as rows. Where a row group ends depends on the rows, not on how they come."""

    def __init__(self, out: Any, with_trail: bool) -> None:
        self._arrow, parquet = _pyarrow()
        self._schema = page_schema(with_trail)
        self._writer = parquet.ParquetWriter(out, self._schema, compression="zstd")
        self._waiting: list[Any] = []
        self._rows = self._size = 0

    def write(self, data: bytes) -> None:
        """Take packed pages (`pack_pages`)."""
        if not data:
            return
        batch = self._arrow.ipc.read_record_batch(self._arrow.py_buffer(data), self._schema)
        begin = 0
        for end, text in enumerate(batch.column(0), 1):
            self._rows, self._size = self._rows + 1, self._size + text.as_buffer().size
            if self._rows >= ROWS or self._size >= BATCH_BYTES:
                self._waiting.append(batch.slice(begin, end - begin))
                self._flush()
                begin = end
        self._waiting.append(batch.slice(begin))

    def close(self) -> None:
        """Finish the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(self._arrow.Table.from_batches(self._waiting, self._schema), ROWS)
            self._waiting, self._rows, self._size = [], 0, 0


def page_schema(with_trail: bool) -> Any:
    """The columns of pages as rows."""
    arrow, _ = _pyarrow()
    words = [(name, arrow.string()) for name in ("title", "author", "date", "origin")]
    verdict = arrow.struct([("spun", arrow.float64()), ("flags", arrow.list_(arrow.string())), *words])
    columns = [("text", arrow.large_string()), ("source", arrow.string()), ("verdict", verdict)]
    return arrow.schema([*columns, ("trail", arrow.large_string())] if with_trail else columns)


def pack_pages(pages: Sequence[PageRecord], with_trail: bool) -> bytes:
    """Pages as bytes, for `PagesSink`."""
    arrow, _ = _pyarrow()
    rows = [
        {
            "text": utf8(page.text),
            "source": utf8(page.source),
            "verdict": {key: utf8(value) if isinstance(value, str) else value for key, value in page.verdict.items()},
            "trail": page.trail.decode("utf-8").rstrip("\n") if page.trail else None,
        }
        for page in pages
    ]
    batch = arrow.RecordBatch.from_pylist(rows, page_schema(with_trail))
    return bytes(batch.serialize()) if rows else b""


def page_file(pages: Sequence[PageRecord], with_trail: bool) -> bytes:
    """A Parquet file of some pages."""
    out = io.BytesIO()
    sink = PagesSink(out, with_trail)
    sink.write(pack_pages(pages, with_trail))
    sink.close()
    return out.getvalue()


def pack_texts(values: Sequence[str | None]) -> bytes:
    """Texts as bytes, for `ColumnSink`. Workers need no pyarrow for that, which would cost them 70 MB each."""
    return json.dumps([value if value is None else utf8(value) for value in values], ensure_ascii=False).encode()


def unpack_texts(data: bytes) -> list[str | None]:
    """What `pack_texts` has packed."""
    return list(json.loads(data))


def utf8(text: str) -> str:
    """A text that UTF-8 can hold: lone surrogates as their escapes, as in clean files."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _pyarrow() -> tuple[Any, Any]:
    """The library, which is optional."""
    try:
        import pyarrow  # type: ignore[import-untyped, unused-ignore]  # ships no types, and is optional
        import pyarrow.parquet  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        raise FormatError("Parquet needs a library: pip install 'cleantext-zh[parquet]'") from None
    return pyarrow, pyarrow.parquet
