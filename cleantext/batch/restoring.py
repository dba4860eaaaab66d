"""Files of records back to what they were: every text gets its own back from the trails of `--trails`.

Texts come back exactly; the JSON around a text that was changed may be escaped in another way than it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cleantext.batch import formats, parquet
from cleantext.batch.jsonfields import replace_field, replace_in_document
from cleantext.batch.plan import BatchOptions
from cleantext.batch.streams import holds_records
from cleantext.batch.walk import JSON, PARQUET, Input, split_name
from cleantext.trail import Digest, Trail, TrailError, load, restore


def is_of_records(name: str) -> bool:
    """Whether a clean file holds records, by its name."""
    return holds_records(name) or split_name(name)[1] == JSON


def restore_records(path: Path, trails: Path, field: str, out: IO[bytes]) -> None:
    """Write the records of a clean file with their original texts.

    Raises TrailError when trails are left that fit no text, RecordError or FormatError for what holds no records.
    """
    _, kind, packing = split_name(path.name)
    limit = BatchOptions().max_page_bytes
    back = _Back(trails)
    with open(path, "rb") as raw:
        if kind == PARQUET:
            _restore_parquet(path, back, field, out)
        else:
            stream = formats.packed(out, packing)
            if kind == JSON:
                with formats.unpacked(raw, packing) as plain:
                    document = formats.read_limited(plain, limit).decode("utf-8-sig")
                stream.write(replace_in_document(document, field, back).encode("utf-8", "backslashreplace"))
            else:
                for line in formats.lines(formats.HashingReader(raw), packing, limit):
                    record = line.decode("utf-8")
                    if record.strip():
                        bare = record.removesuffix("\n")
                        record = replace_field(bare, field, back) + record[len(bare) :]
                    stream.write(record.encode("utf-8", "backslashreplace"))
            stream.close()
    back.finish()


def _restore_parquet(path: Path, back: _Back, field: str, out: IO[bytes]) -> None:
    kept = parquet.Kept()
    batch = BatchOptions(text_field=field)
    sink = parquet.ColumnSink(formats.HashingWriter(out), field, kept)
    for text in parquet.texts(Input(path.name, str(path)), batch, kept):
        sink.write(parquet.pack_texts([text.text if text.text is None else back(text.text)]))
    sink.close()


class _Back:
    """Gives texts back, one after the other. A text that the next trail does not fit stayed as it was."""

    def __init__(self, trails: Path) -> None:
        self._trails = _trails(trails)
        self._next = next(self._trails, None)

    def __call__(self, text: str) -> str:
        clean = text.encode("utf-8", "backslashreplace")
        trail = self._next
        if trail is None or Digest.of(clean) != trail.clean:
            return text
        self._next = next(self._trails, None)
        return restore(clean, trail).decode("utf-8")

    def finish(self) -> None:
        """Raise TrailError when a trail is left."""
        if self._next is not None:
            raise TrailError(f"no record fits the trail of {self._next.source}")


def _trails(path: Path) -> Iterator[Trail]:
    with open(path, "rb") as file:
        for line in file:
            yield from load(line)
