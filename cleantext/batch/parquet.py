"""Parquet files, by pyarrow: one column of text is cleaned, all others and the schema stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any

from cleantext.batch.formats import FormatError

# Rows that are held in memory at a time, and that a row group of the output has.
ROWS = 4_096


def clean_parquet(path: str, out: IO[bytes], column: str, change: Callable[[str], str]) -> None:
    """Copy a Parquet file with `change(text)` in place of every text of a column; nulls stay.

    Raises FormatError when the library is missing, the file is damaged, or the column holds no text.
    """
    arrow, parquet = _pyarrow()
    try:
        with parquet.ParquetFile(path) as file:
            schema = file.schema_arrow
            at = schema.get_field_index(column)
            if at < 0:
                raise FormatError(f"no column {column!r}, or several; there are {', '.join(schema.names)}")
            kind = schema.field(at).type
            if not (arrow.types.is_string(kind) or arrow.types.is_large_string(kind)):
                raise FormatError(f"the column {column!r} holds no text, but {kind}")
            packing = file.metadata.row_group(0).column(0).compression if file.num_row_groups else "SNAPPY"
            packing = "NONE" if packing == "UNCOMPRESSED" else packing
            with parquet.ParquetWriter(out, schema, compression=packing) as writer:
                for rows in file.iter_batches(batch_size=ROWS):
                    texts = [text if text is None else change(text) for text in rows.column(at).to_pylist()]
                    changed = rows.set_column(at, schema.field(at), arrow.array(texts, kind))
                    writer.write_batch(changed.cast(schema))
    except arrow.ArrowException as error:
        raise FormatError(f"damaged: {' '.join(str(error).split())}") from error


def _pyarrow() -> tuple[Any, Any]:
    """The library, which is optional."""
    try:
        import pyarrow  # type: ignore[import-untyped, unused-ignore]  # ships no types, and is optional
        import pyarrow.parquet  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        raise FormatError("Parquet needs a library: pip install 'cleantext-zh[parquet]'") from None
    return pyarrow, pyarrow.parquet
