"""What a batch has done, in a file of the target: the journal that a rerun skips by, and the report.

`TARGET/.cleantext/report.jsonl` holds one `Row` a line, written after its output is in place: a run that was killed
loses nothing but the rows that were not yet written, and their files are done again, with the same bytes.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from cleantext.batch.plan import ROW_NAMES, BatchError, Row
from cleantext.batch.tasks import Reject
from cleantext.batch.walk import REJECTS, REPORT, SCRATCH
from cleantext.files import PendingFile
from cleantext.trail import json_line

_FIELDS = set(ROW_NAMES)


class Journal:
    """The journal of one run, in a target that the run has claimed. Use it as a context."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._path = target / REPORT
        self._places = dict(_places(self._path))
        self._file = open(self._path, "ab", buffering=0)  # noqa: SIM115  # closed by __exit__
        self._waiting = bytearray()  # rows for which the disk had no room; it may have some later
        self._begin = self._file.seek(0, os.SEEK_END)
        if self._begin and not _ends_line(self._path):  # a row cut short by a kill
            self._waiting += b"\n"
            self._begin += 1

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def done(self, name: str) -> Row | None:
        """What the last run noted of this input."""
        place = self._places.get(name)
        if place is None:
            return None
        with open(self._path, "rb") as file:
            file.seek(place)
            return _row(file.readline())

    def add(self, row: Row) -> None:
        """Note what was done with one input."""
        self._waiting += json_line(row.record())
        with suppress(OSError):  # a full disk: other files may still have room, and this row is written later
            self._write()

    def _write(self) -> None:
        while self._waiting:
            del self._waiting[: self._file.write(self._waiting)]

    def finish(self, whole: bool) -> None:
        """After a complete run: leave only its rows, which stand in the order of the inputs.

        Unless `whole`, the run had one file as its source: the rows of other files stay, in front of its own.
        """
        self._write()
        os.fsync(self._file.fileno())
        if self._begin:
            with PendingFile(self._path, self._target / SCRATCH) as pending, open(self._path, "rb") as file:
                file.seek(self._begin)
                rows = file.read() if not whole else b""
                mine = {row.source for row in map(_row, rows.splitlines()) if row}
                for name, place in self._places.items() if not whole else ():
                    if name not in mine:
                        file.seek(place)
                        pending.stream.write(file.readline())
                file.seek(self._begin)
                shutil.copyfileobj(file, pending.stream)
                pending.commit()

    def forget_rejects(self, name: str) -> None:
        """Begin anew with the lines of a JSON Lines file that are kept aside."""
        self._rejects(name).unlink(missing_ok=True)

    def keep_aside(self, name: str, rejects: Sequence[Reject]) -> None:
        """Keep lines of a JSON Lines file that could not be cleaned."""
        if rejects:
            self._rejects(name).parent.mkdir(parents=True, exist_ok=True)
            with open(self._rejects(name), "ab") as file:
                for one in rejects:
                    data = one.data.decode("utf-8", "surrogateescape").rstrip("\n")
                    file.write(json_line({"line": one.number, "reason": one.reason, "data": data}))

    def _rejects(self, name: str) -> Path:
        return self._target / REJECTS / f"{name}.jsonl"


def read_rows(target: Path) -> Iterator[Row]:
    """The rows of a target's report, one an input. Raises BatchError when there is none."""
    path = target / REPORT
    if not path.is_file():
        raise BatchError(f"{target}: no report in it; `cleantext batch` writes one")
    with open(path, "rb") as file:
        for place in dict(_places(path)).values():
            file.seek(place)
            row = _row(file.readline())
            if row:
                yield row


def _places(path: Path) -> Iterator[tuple[str, int]]:
    """Each row's input and the place of the row in the file; later rows replace earlier ones."""
    if not path.is_file():
        return
    with open(path, "rb") as file:
        place = 0
        for line in file:
            row = _row(line)
            if row:
                yield row.source, place
            place += len(line)


def _row(line: bytes) -> Row | None:
    """A row, or None for a line that was cut short or comes from another version."""
    try:
        record = json.loads(line)
        return Row(**record) if isinstance(record, dict) and set(record) == _FIELDS else None
    except ValueError:
        return None


def _ends_line(path: Path) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"
