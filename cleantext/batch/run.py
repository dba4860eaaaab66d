"""A batch from beginning to end: tasks out, results in, everything noted."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from cleantext.batch.journal import Journal
from cleantext.batch.jsonlines import Assembly, chunks, is_json_lines
from cleantext.batch.plan import BatchOptions, Row, Summary, check_choices, fingerprint
from cleantext.batch.pool import Fault, Pool
from cleantext.batch.walk import Input, check_places, find_inputs
from cleantext.batch.work import Chunk, ChunkTask, FileTask, Task, Worker, sha256_of
from cleantext.faults import reason_of
from cleantext.records import Options

# Seconds that a page may take on top of the budget, per byte: a tenth of the promised 2 MB/s.
SECONDS_PER_BYTE = 10 / 2**21

NO_TRAILS = "records of JSON files have no trails; clean this file without --trails"


def run(
    source: Path,
    target: Path,
    options: Options | None = None,
    batch: BatchOptions | None = None,
    progress: Callable[[Row], object] = lambda row: None,
) -> Summary:
    """Clean all files of `source` (a folder or one file) into the folder `target`; `progress` hears of every input.

    A rerun skips what is done. Raises BatchError when source and target are impossible, OSError when the target cannot
    be written at all; what goes wrong with single inputs is in the summary.
    """
    check_choices(batch or BatchOptions())
    check_places(source, target)
    began = time.monotonic()
    with Journal(target) as journal:
        one = _Run(source, target, options or Options(), batch or BatchOptions(), journal, progress)
        try:
            one.run()
            journal.finish()
        except KeyboardInterrupt:
            one.summary.interrupted = True
        finally:
            one.discard()
    one.summary.seconds = time.monotonic() - began
    return one.summary


class _Run:
    """The state of one run."""

    def __init__(
        self,
        source: Path,
        target: Path,
        options: Options,
        batch: BatchOptions,
        journal: Journal,
        progress: Callable[[Row], object],
    ) -> None:
        self.source, self.target, self.batch, self.journal, self.progress = source, target, batch, journal, progress
        self.key = fingerprint(options, batch)
        self.worker = Worker(options, batch, target, self.key)
        self.summary = Summary()
        self._open: Assembly | None = None  # results come in order, so one JSON Lines file is open at a time
        self._broken: Row | None = None  # why the one at hand cannot be written

    def run(self) -> None:
        jobs = self.batch.jobs or len(os.sched_getaffinity(0))
        with Pool[Task, Row | Chunk](self.worker, jobs, self._seconds, _instead) as pool:
            for task, value in pool.run(self._tasks()):
                if isinstance(task, ChunkTask):
                    assert not isinstance(value, Row)
                    self._take_chunk(task, value)
                elif isinstance(value, Row):
                    self._note(value)
                else:
                    assert isinstance(value, Fault)
                    self._note(Row(task.input.name, task.input.target, reason=value.reason, key=self.key))

    def discard(self) -> None:
        """Give up an output that is not complete."""
        if self._open:
            self._open.discard()
            self._open = None

    def _tasks(self) -> Iterator[Task]:
        for item in find_inputs(self.source, self.target, self.batch):
            if item.skipped:
                self.summary.skipped[item.skipped] += 1
                continue
            done = None if self.batch.force else self.journal.done(item.name)
            if item.problem or not is_json_lines(item.name):
                yield FileTask(item, done)
            elif self.batch.trails:
                yield FileTask(replace(item, problem=NO_TRAILS))
            elif done and self._still_good(item, done):
                yield FileTask(item, done, settled=True)
            else:
                yield from chunks(item, self.batch)

    def _still_good(self, item: Input, done: Row) -> bool:
        return (
            done.status != "failed"
            and done.key == self.key
            and done.input_sha256 == sha256_of(Path(item.path))
            and done.output_sha256 == sha256_of(self.target / done.target)
        )

    def _seconds(self, task: Task) -> float:
        """The time budget of a task."""
        try:
            size = sum(map(len, task.lines)) if isinstance(task, ChunkTask) else os.path.getsize(task.input.path)
        except OSError:
            size = 0
        return self.batch.page_seconds + size * SECONDS_PER_BYTE

    def _take_chunk(self, task: ChunkTask, value: Chunk | Fault) -> None:
        name = task.input.name
        try:
            if self._open is None and self._broken is None:
                self.journal.forget_rejects(name)
                self._open = Assembly(task.input, self.target, lambda found: self.journal.keep_aside(name, found))
            if self._open:
                self._open.take(task, value)
                if task.end:
                    self._note(self._open.finish(task.end, self.key))
        except (OSError, ValueError) as error:
            self._broken = Row(name, task.input.target, reason=reason_of(name, error), key=self.key)
        if task.end:
            if self._broken:
                self._note(self._broken)
            self.discard()
            self._broken = None

    def _note(self, row: Row) -> None:
        self.journal.add(row)
        self.summary.add(row)
        self.progress(row)


def _instead(task: Task, fault: Fault) -> Sequence[Task]:
    """What to do about a fault: try the records of a chunk one by one, pass a page through that takes too long."""
    if isinstance(task, ChunkTask) and len(task.lines) > 1:
        last = len(task.lines) - 1
        return [
            replace(task, first=task.first + k, lines=(line,), end=task.end if k == last else None)
            for k, line in enumerate(task.lines)
        ]
    if fault.kind == "time" and not task.pass_through:
        return [replace(task, pass_through=True)]
    return []
