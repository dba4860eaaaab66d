"""A batch from beginning to end: tasks out, results in, everything noted."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cleantext.batch.assembly import Assembly
from cleantext.batch.journal import Journal
from cleantext.batch.parquet import Kept
from cleantext.batch.place import Claim, Place, sha256_of
from cleantext.batch.plan import BatchError, BatchOptions, Keys, Row, Summary, check_choices, keys_of
from cleantext.batch.pool import Fault, Pool
from cleantext.batch.streams import holds_records, tasks_of
from cleantext.batch.survey import Surveyor, SurveyTask, counters, survey_tasks
from cleantext.batch.tasks import Chunk, FilesTask, FileTask, RecordsTask, Task, size_of
from cleantext.batch.walk import HIDDEN, SCRATCH, STDIN, Input, check_places, check_target, find_inputs
from cleantext.batch.work import NO_WAY_BACK, Worker
from cleantext.faults import reason_of
from cleantext.records import Options

# Seconds that a page may take on top of the budget, per byte: a tenth of the promised 2 MB/s.
SECONDS_PER_BYTE = 10 / 2**21
# Small files go to the workers in groups of at most so many bytes and files: some tens of milliseconds of work.
GROUP_BYTES = 128 * 2**10
GROUP_FILES = 64


def run(
    source: Path,
    target: Path | None = None,
    options: Options | None = None,
    batch: BatchOptions | None = None,
    progress: Callable[[Row], object] = lambda row: None,
) -> Summary:
    """Clean all files of `source` (a folder or one file) into the folder `target`; `progress` hears of every input.

    With `batch.in_place` there is no target. A rerun skips what is done. Raises BatchError when source and target are
    impossible, OSError when the target cannot be written at all; what goes wrong with single inputs is in the summary.
    """
    batch = batch or BatchOptions()
    check_choices(batch)
    if batch.in_place == (target is not None):
        raise BatchError("--in-place has no target" if target else "a target is missing")
    target = place_of(source, target)
    if str(source) == STDIN:
        check_target(target)
    else:
        check_places(source, target, batch)
    began = time.monotonic()
    extra = (Path(folder) for folder in (batch.trails, batch.backup) if folder)
    with Claim((target, *extra)), Journal(target) as journal:
        if str(source) == STDIN:
            source = _spooled(target / SCRATCH, batch)
        one = _Run(source, Place(target, batch), options or Options(), journal, progress)
        try:
            one.run()
            journal.finish(whole=source.is_dir())
            one.place.forget_notes()
        except KeyboardInterrupt:
            one.summary.interrupted = True
        finally:
            one.discard()
    one.summary.seconds = time.monotonic() - began
    return one.summary


def place_of(source: Path, target: Path | None) -> Path:
    """Where the outputs and the report go: the target, or in place of the inputs."""
    return target or (source if source.is_dir() else source.parent)


def _spooled(folder: Path, batch: BatchOptions) -> Path:
    """Standard input as a file: its pages may be asked for again, and a rerun asks for its digest."""
    if batch.in_place or os.path.basename(batch.stdin_name) != batch.stdin_name or batch.stdin_name.startswith(HIDDEN):
        raise BatchError(f"{batch.stdin_name}: standard input goes into a folder, under a name without folders")
    path = folder / "stdin" / batch.stdin_name
    path.parent.mkdir()
    with open(path, "wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return path


def _cores() -> int:
    """The processor cores that this process may use, as far as the system tells."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1


class _Run:
    """The state of one run."""

    def __init__(
        self, source: Path, place: Place, options: Options, journal: Journal, progress: Callable[[Row], object]
    ) -> None:
        self.source, self.place, self.batch, self.journal, self.progress = source, place, place.batch, journal, progress
        self.options = options
        self.keys = Keys("")
        self.summary = Summary()
        self._open: Assembly | None = None  # results come in order, so one file of records is open at a time
        self._broken: Row | None = None  # why the one at hand cannot be written
        self._kept: dict[str, Kept] = {}  # by the names of files of records that are on their way

    def run(self) -> None:
        """Survey the inputs, then clean them."""
        jobs = self.batch.jobs or _cores()
        with Pool[Any, Any](Surveyor(self.options, self.place), jobs, self._seconds, _instead) as pool:
            if self.batch.survey and (self.source.is_dir() or holds_records(self.source.name)):
                self.options = self._survey(pool)
            self.keys = keys_of(self.options, self.batch)
            pool.change(Worker(self.options, self.place, self.keys))
            for task, value in pool.run(self._tasks()):
                if isinstance(task, RecordsTask):
                    self._take_records(task, value)
                elif isinstance(value, tuple):
                    for row in value:
                        self._note(row)
                else:
                    assert isinstance(task, FileTask)  # see `_instead`
                    assert isinstance(value, Fault)
                    self._note(Row(task.input.name, task.input.target, reason=value.reason, key=self._key(task.input)))

    def discard(self) -> None:
        """Give up an output that is not complete."""
        if self._open:
            self._open.discard()
            self._open = None

    def _survey(self, pool: Pool[Any, Any]) -> Options:
        """The options with all that the inputs tell about each other."""
        saved = self.place.saved_rules(self.options)
        if saved is not None:  # a run in place that was stopped: some of its inputs are clean by now
            return saved
        found = counters(self.options)
        for _, value in pool.run(survey_tasks(self._inputs(), self.options, self.batch)):
            for counter, other in zip(found, () if isinstance(value, Fault) else value, strict=False):
                counter.merge(other)
        options = self.options
        for counter in found:
            options = counter.freeze(options)
        if found:
            self.place.save_rules(options)
        return options

    def _inputs(self) -> Iterator[Input]:
        return find_inputs(self.source, self.place.target, self.batch)

    def _key(self, item: Input) -> str:
        return self.keys.of(item.name, holds_records(item.name))

    def _tasks(self) -> Iterator[Task]:
        """All tasks, small files in groups."""
        group: list[FileTask] = []
        size = 0
        for task in self._single_tasks():
            if group and (not isinstance(task, FileTask) or size + task.input.size > GROUP_BYTES):
                yield _grouped(group)
                group, size = [], 0
            if isinstance(task, FileTask):
                group.append(task)
                size += task.input.size + GROUP_BYTES // GROUP_FILES
            else:
                yield task
        if group:
            yield _grouped(group)

    def _single_tasks(self) -> Iterator[FileTask | RecordsTask]:
        for item in self._inputs():
            if item.skipped:
                self.summary.skipped[item.skipped] += 1
                continue
            done = None if self.batch.force else self.place.noted(item) or self.journal.done(item.name)
            if item.problem or not holds_records(item.name):
                yield FileTask(item, done)
            elif self.batch.in_place and not self.batch.backup:
                yield FileTask(replace(item, problem=NO_WAY_BACK))
            elif done and self._still_good(item, done):
                yield FileTask(item, done, settled=True)
            else:
                kept = self._kept[item.name] = Kept()
                yield from tasks_of(item, self.batch, kept)

    def _still_good(self, item: Input, done: Row) -> bool:
        return self.place.still_good(done, self._key(item), item, sha256_of(Path(item.path)))

    def _seconds(self, task: Task | SurveyTask) -> float:
        """The time budget of a task."""
        if isinstance(task, RecordsTask):
            size = sum(size_of(record) for record in task.records)
        else:
            size = sum(item.size for item in _inputs_of(task))
        return self.batch.page_seconds + size * SECONDS_PER_BYTE

    def _take_records(self, task: RecordsTask, value: Chunk | Fault) -> None:
        name = task.input.name
        try:
            if self._open is None and self._broken is None:
                self.journal.forget_rejects(name)
                self._open = Assembly(
                    task.input,
                    self.place,
                    self._key(task.input),
                    self._kept[name],
                    lambda found: self.journal.keep_aside(name, found),
                )
            if self._open:
                self._open.take(task, value)
                if task.end:
                    self._note(self._open.finish(task.end))
        except Exception as error:  # one file that cannot be written must never stop the others
            self._broken = Row(name, task.input.target, reason=reason_of(name, error), key=self._key(task.input))
        if self._broken:
            self.discard()  # at once: on a full disk others need the room
        if task.end:
            if self._broken:
                self._note(self._broken)
            self.discard()
            self._broken = None
            del self._kept[name]

    def _note(self, row: Row) -> None:
        self.journal.add(row)
        self.summary.add(row)
        self.progress(row)


def _grouped(files: Sequence[FileTask]) -> FileTask | FilesTask:
    return FilesTask(tuple(files)) if len(files) > 1 else files[0]


def _inputs_of(task: FileTask | FilesTask | SurveyTask) -> Sequence[Input]:
    match task:
        case FilesTask(files):
            return [one.input for one in files]
        case SurveyTask(inputs):
            return inputs
    return [task.input]


def _instead(task: Task | SurveyTask, fault: Fault) -> Sequence[Task | SurveyTask]:
    """What to do about a fault: try the parts of a task one by one, pass a page through that takes too long."""
    if isinstance(task, RecordsTask) and len(task.records) > 1:
        last = len(task.records) - 1
        return [
            replace(task, first=task.first + k, records=(record,), end=task.end if k == last else None)
            for k, record in enumerate(task.records)
        ]
    if isinstance(task, SurveyTask):
        return task.parts()
    if isinstance(task, FilesTask):
        return task.files
    if fault.kind == "time" and not task.pass_through:
        return [replace(task, pass_through=True)]
    return []
