"""What goes to the workers and what comes back: files, or some records of a file that is too large for one worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from cleantext.batch.plan import Row
from cleantext.batch.walk import Input


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a Parquet column, None for a null; `source` names the row, or is the address in the site's column."""

    source: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """A page out of a WARC file with its address, as it was sent: packed in these ways, the outermost first."""

    source: str
    data: bytes
    packed: tuple[str, ...] = ()


Record: TypeAlias = bytes | Text | Document  # bytes: a line of a JSON Lines file


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
class RecordsTask:
    """Clean some records of a file, of which `first` is the number of the first (in JSON Lines files: the line).

    `end` comes with the last ones: the file's digest, or the reason why it could not be read to its end.
    """

    input: Input
    first: int
    records: tuple[Record, ...]
    end: Row | None = None
    pass_through: bool = False


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that could not be cleaned, and why."""

    number: int
    reason: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Chunk:
    """The outcome of a RecordsTask: what to write, what was done, records kept aside, trails, lines of a report."""

    data: bytes
    row: Row
    rejects: tuple[Reject, ...] = ()
    trails: bytes = b""
    reports: bytes = b""


@dataclass(frozen=True, slots=True)
class FilesTask:
    """Clean several small files: pages that go through the stages together cost less."""

    files: tuple[FileTask, ...]


Task: TypeAlias = FileTask | FilesTask | RecordsTask


def size_of(record: Record) -> int:
    """The size of a record, about in bytes."""
    match record:
        case Text():
            return 3 * len(record.text or "")
        case Document():
            return len(record.data)
    return len(record)


def content_of(record: Record) -> bytes:
    """What is kept aside of a record: the line, the text, the address of the page."""
    match record:
        case Text():
            return (record.text or "").encode("utf-8", "surrogatepass")
        case Document():
            return record.source.encode("utf-8", "surrogateescape")
    return record
