"""Worker processes that a bad page cannot stop: results in order, bounded work in flight, death and delay survived.

`concurrent.futures` gives up its whole pool when one worker is killed, and cannot tell which task did it. Here every
worker has a pipe of its own, so a death or an overrun belongs to exactly one task, and only its worker is replaced.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic, Literal, TypeVar

T = TypeVar("T")
R = TypeVar("R")

# Tasks that are begun or finished but not yet handed on, per worker: enough to keep all busy behind one slow page.
IN_FLIGHT = 8
# A task whose worker died is tried once more: the death may have come from outside (kill -9, the kernel's OOM killer).
ATTEMPTS = 2
# Workers that die before they are ready, one after the other: then the program itself is broken.
MAX_FALSE_STARTS = 3
# Seconds until an interrupt is seen that Python has lost: one during a finalizer is printed and forgotten.
PATIENCE = 1.0

READY = "ready"
_PR_SET_PDEATHSIG = 1  # Linux, <sys/prctl.h>


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a task has no result."""

    kind: Literal["died", "time"]
    reason: str


class PoolError(RuntimeError):
    """Workers cannot even start."""


@dataclass(slots=True, eq=False)
class _Slot(Generic[T, R]):
    """A task on its way."""

    task: T
    attempts: int = 0
    value: R | Fault | None = None


class _Worker:
    """One process and its pipe."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=_serve, args=(theirs, work), daemon=True)
        self.process.start()
        theirs.close()
        self.ready = False
        self.slot: _Slot[Any, Any] | None = None
        self.deadline = float("inf")

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


@dataclass(frozen=True, slots=True)
class _Change:
    """A message to a worker: what it does from now on."""

    work: Callable[[Any], Any]


def _serve(pipe: Connection, work: Callable[[Any], Any]) -> None:
    """What a worker process runs: one task after the other, until the other end of the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    _die_with_parent()
    pipe.send(READY)
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        if isinstance(task, _Change):
            work = task.work
        else:
            pipe.send(work(task))


def _die_with_parent() -> None:
    """End this process when the parent is killed, where the system can do that: the next run shall be alone.

    Elsewhere a worker ends when its task is done, since its pipe is closed.
    """
    with suppress(OSError, AttributeError, ImportError):
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Pool(Generic[T, R]):
    """Runs `work(task)` in `jobs` processes. Use it as a context: leaving it ends the workers."""

    def __init__(
        self,
        work: Callable[[T], R],
        jobs: int,
        seconds: Callable[[T], float],
        instead: Callable[[T, Fault], Sequence[T]],
    ) -> None:
        """`seconds(task)` is a task's time budget; `instead(task, fault)` the tasks that take a failed one's place."""
        self._work, self._seconds, self._instead = work, seconds, instead
        self._jobs = jobs
        self._workers: list[_Worker] = []  # a worker is started when there is a task for it
        self._window: deque[_Slot[T, R]] = deque()  # in the order of the results
        self._waiting: deque[_Slot[T, R]] = deque()  # for a worker
        self._false_starts = 0
        self._interrupted = False
        self._handler: Any = None  # of Ctrl-C, before

    def __enter__(self) -> Pool[T, R]:
        if threading.current_thread() is threading.main_thread():
            self._handler = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.kill()
        if self._handler is not None:
            signal.signal(signal.SIGINT, self._handler)

    def _interrupt(self, *_: object) -> None:
        self._interrupted = True
        raise KeyboardInterrupt

    def change(self, work: Callable[[T], R]) -> None:
        """Let the workers do something else from now on. There must be no run under way."""
        self._work = work
        for worker in list(self._workers):
            try:
                worker.pipe.send(_Change(work))
            except OSError:
                self._replace(worker)

    def run(self, tasks: Iterator[T]) -> Iterator[tuple[T, R | Fault]]:
        """The tasks with their results, or faults, in the order of the tasks."""
        more = True
        while True:
            while more and len(self._window) < IN_FLIGHT * self._jobs and len(self._waiting) < self._hands():
                task = next(tasks, None)
                more = task is not None
                if task is not None:
                    self._window.append(_Slot(task))
                    self._waiting.append(self._window[-1])
            while len(self._workers) < self._jobs and len(self._waiting) > self._hands(started=True):
                self._workers.append(_Worker(self._work))
            for worker in list(self._workers):
                if self._waiting and worker.ready and worker.slot is None:
                    self._give(worker, self._waiting.popleft())
            while self._window and self._window[0].value is not None:
                done = self._window.popleft()
                assert done.value is not None
                yield done.task, done.value
            if not more and not self._window:
                return
            if any(worker.slot or not worker.ready for worker in self._workers):
                self._collect()

    def _hands(self, started: bool = False) -> int:
        """How many more tasks could be begun, by the workers that are `started` or by all that there may be."""
        idle = sum(worker.slot is None for worker in self._workers)
        return idle if started else idle + self._jobs - len(self._workers)

    def _give(self, worker: _Worker, slot: _Slot[T, R]) -> None:
        slot.attempts += 1
        worker.slot = slot
        worker.deadline = time.monotonic() + self._seconds(slot.task)
        try:
            worker.pipe.send(slot.task)
        except OSError:
            self._lost(worker)

    def _collect(self) -> None:
        """Wait for a result, a death, the next deadline, but no longer than PATIENCE."""
        left = min(worker.deadline for worker in self._workers) - time.monotonic()
        ready = wait([worker.pipe for worker in self._workers], min(max(0.0, left), PATIENCE))
        if self._interrupted:
            raise KeyboardInterrupt
        now = time.monotonic()
        for worker in list(self._workers):
            if worker.pipe in ready:
                self._receive(worker)
            elif worker.deadline <= now and worker.slot is not None:
                seconds = self._seconds(worker.slot.task)
                self._fault(worker, Fault("time", f"took longer than {seconds:.0f} seconds"))

    def _receive(self, worker: _Worker) -> None:
        try:
            value = worker.pipe.recv()
        except (EOFError, OSError):
            self._lost(worker)
            return
        if not worker.ready:
            worker.ready, self._false_starts = True, 0
        elif worker.slot is not None:
            worker.slot.value, worker.slot, worker.deadline = value, None, float("inf")

    def _lost(self, worker: _Worker) -> None:
        """A worker died: try its task again, once."""
        worker.process.join(1)
        code = worker.process.exitcode or 0
        slot = worker.slot
        if slot is None and not worker.ready:
            self._false_starts += 1
            if self._false_starts >= MAX_FALSE_STARTS:
                raise PoolError(f"worker processes die at their start (exit code {code})")
        if slot is not None and slot.attempts < ATTEMPTS:
            self._waiting.append(slot)
            self._replace(worker)
        else:
            how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            self._fault(worker, Fault("died", f"the worker process died twice on it ({how})"))

    def _fault(self, worker: _Worker, fault: Fault) -> None:
        slot = worker.slot
        self._replace(worker)
        if slot is None:
            return
        others = [_Slot[T, R](task) for task in self._instead(slot.task, fault)]
        if not others:
            slot.value = fault
            return
        at = self._window.index(slot)
        del self._window[at]
        for k, other in enumerate(others):
            self._window.insert(at + k, other)
        self._waiting.extend(others)

    def _replace(self, worker: _Worker) -> None:
        worker.kill()
        self._workers[self._workers.index(worker)] = _Worker(self._work)
