"""Batch under attack: killed workers, a killed run, pages that take for ever, a full disk."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from test_batch import CLEAN, DIRTY, PLAIN, tree

from cleantext.batch.place import Place
from cleantext.batch.plan import BatchOptions, Keys, Row
from cleantext.batch.pool import Fault, Pool, PoolError
from cleantext.batch.run import run
from cleantext.batch.tasks import Chunk, FilesTask, FileTask, RecordsTask, Task
from cleantext.batch.walk import find_inputs
from cleantext.batch.work import Worker
from cleantext.records import Edit, Options, Page, StageEdits

# How often the whole run is killed at a random moment; raise it for a long test.
KILLS = int(os.environ.get("CLEANTEXT_KILLS", "3"))


@dataclass(frozen=True)
class Work:
    """Tasks are words: what a worker shall do."""

    folder: Path

    def __call__(self, task: str) -> str:
        what, _, name = task.partition(" ")
        marker = self.folder / name
        if what == "die" or (what == "die-once" and not marker.exists()):
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "sleep":
            time.sleep(60)
        return task.upper()


def _keep(task: str, fault: Fault) -> Sequence[str]:
    return [f"ok {task.split()[1]}a", f"ok {task.split()[1]}b"] if task.startswith("sleep split") else []


def outcomes(folder: Path, tasks: Sequence[str], jobs: int = 2) -> list[tuple[str, str]]:
    with Pool[str, str](Work(folder), jobs, lambda task: 1.0, _keep) as pool:
        return [(task, value.kind if isinstance(value, Fault) else value) for task, value in pool.run(iter(tasks))]


def test_pool_keeps_order_and_survives_everything(tmp_path: Path) -> None:
    tasks = [f"ok {n}" for n in range(40)]
    tasks[3:3] = ["die 1", "sleep 2", "die-once 3", "sleep split4"]
    done = outcomes(tmp_path, tasks)
    fine = [task for task, _ in done if task.startswith("ok ") and "split" not in task]
    assert fine == [f"ok {n}" for n in range(40)]
    assert done[3:8] == [
        ("die 1", "died"),
        ("sleep 2", "time"),
        ("die-once 3", "DIE-ONCE 3"),
        ("ok split4a", "OK SPLIT4A"),
        ("ok split4b", "OK SPLIT4B"),
    ]


@dataclass(frozen=True)
class Louder:
    """Other work for the same workers."""

    def __call__(self, task: str) -> str:
        return f"{task}!"


def test_pool_changes_its_work(tmp_path: Path) -> None:
    with Pool[str, str](Work(tmp_path), 2, lambda task: 5.0, _keep) as pool:
        assert [value for _, value in pool.run(iter(["a", "die-once 1", "b"]))] == ["A", "DIE-ONCE 1", "B"]
        os.kill(pool._workers[0].process.pid or 0, signal.SIGKILL)  # it may be dead when the news reach it
        pool.change(Louder())
        assert [value for _, value in pool.run(iter("abcdefgh"))] == [f"{letter}!" for letter in "abcdefgh"]


def test_pool_ends_by_an_interrupt_that_python_has_lost(tmp_path: Path) -> None:
    """One that comes while a finalizer runs is printed and forgotten."""

    def seconds(task: str) -> float:
        with suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)
        return 50.0

    before = signal.getsignal(signal.SIGINT)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt), Pool[str, str](Work(tmp_path), 1, seconds, _keep) as pool:
        list(pool.run(iter(["sleep 1"])))
    assert time.monotonic() - began < 30
    assert signal.getsignal(signal.SIGINT) is before


def test_pool_without_tasks(tmp_path: Path) -> None:
    assert outcomes(tmp_path, []) == []


class Unstartable:
    """Breaks a worker when it is unpickled there."""

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (os._exit, (3,))


def test_workers_that_cannot_start_are_an_error() -> None:
    with Pool[str, str](Unstartable(), 1, lambda task: 1.0, _keep) as pool, pytest.raises(PoolError):  # type: ignore[arg-type]
        list(pool.run(iter(["x"])))


SLOW = "慢"
DEADLY = "死"

# Run with these stages in the workers too: a spawned worker imports this file's stand-in through sitecustomize.
_STAGES = f"""
import time, os, signal
from cleantext import pipeline, tidy
from cleantext.records import StageEdits

def find_many(pages, options):
    for page in pages:
        if {SLOW!r} in page.text:
            time.sleep(60)
        if {DEADLY!r} in page.text:
            os.kill(os.getpid(), signal.SIGKILL)
    return [StageEdits("tidy") for _ in pages]

pipeline.STAGES = (*pipeline.STAGES, ("tidy", find_many))
"""


@pytest.fixture
def hostile(tmp_path: Path) -> dict[str, str]:
    """An environment in which some pages are slow and some kill their worker."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(_STAGES, encoding="utf-8")
    paths = [str(tmp_path / "site"), str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def batch(source: Path, target: Path, env: dict[str, str], *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cleantext", "batch", str(source), str(target), *more]
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


def test_slow_and_deadly_pages(tmp_path: Path, hostile: dict[str, str]) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for k in range(6):
        (source / f"{k}.txt").write_text(DIRTY, encoding="utf-8")
    (source / "slow.txt").write_text(f"{SLOW}{DIRTY}", encoding="utf-8")
    (source / "deadly.txt").write_text(f"{DEADLY}{DIRTY}", encoding="utf-8")
    texts = [PLAIN, SLOW + DIRTY, PLAIN, DEADLY, PLAIN]
    records = [json.dumps({"text": text}, ensure_ascii=False) for text in texts]
    (source / "all.jsonl").write_text("\n".join(records) + "\n", encoding="utf-8")
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.table({"text": texts}), source / "rows.parquet")
    done = batch(source, tmp_path / "out", hostile, "--page-seconds", "3", "-j", "2")
    assert done.returncode == 3
    out = tree(tmp_path / "out")
    assert out["slow.txt"] == f"{SLOW}{DIRTY}".encode()  # passed through
    assert "deadly.txt" not in out
    assert "deadly.txt: the worker process died twice on it (SIGKILL)" in done.stderr
    assert "3 × time-budget" in done.stderr
    assert parquet.read_table(tmp_path / "out/rows.parquet").column("text").to_pylist() == texts  # all rows stay
    assert "rows.parquet: 1 records kept aside" in done.stderr
    assert all(f"{k}.txt" in out for k in range(6))
    kept = [json.loads(line)["text"] for line in out["all.jsonl"].decode().splitlines()]
    assert kept == [PLAIN, SLOW + DIRTY, PLAIN, PLAIN]
    (aside,) = (tmp_path / "out/.cleantext/rejects/all.jsonl.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(aside)["line"] == 4


def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for k in range(40):
        (source / f"{k:02}.txt").write_text(DIRTY * (5 * k + 1), encoding="utf-8")
    record = json.dumps({"text": DIRTY}, ensure_ascii=False) + "\n"
    (source / "99.jsonl").write_text(record * 300, encoding="utf-8")
    began = time.monotonic()
    run(source, tmp_path / "whole", batch=BatchOptions(jobs=2))
    duration = time.monotonic() - began
    command = [sys.executable, "-m", "cleantext", "batch", str(source), str(tmp_path / "out"), "-j", "2"]
    for _ in range(KILLS):
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0, duration))
        process.send_signal(signal.SIGKILL)
        process.wait()
        for name, data in tree(tmp_path / "out").items():
            assert data == (tmp_path / "whole" / name).read_bytes(), f"half-written: {name}"
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")
    assert sorted(os.listdir(tmp_path / "out/.cleantext")) == ["lock", "report.jsonl", "site-rules.tsv"]


def test_ctrl_c_ends_with_a_summary(tmp_path: Path, hostile: dict[str, str]) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.jsonl").write_text(json.dumps({"text": DIRTY}) + "\n", encoding="utf-8")
    (source / "b.txt").write_text(SLOW, encoding="utf-8")
    command = [sys.executable, "-m", "cleantext", "batch", str(source), str(tmp_path / "out"), "-j", "1"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=hostile)
    while not (tmp_path / "out/a.jsonl").exists():
        time.sleep(0.05)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "interrupted; run the same command again to go on" in words
    assert "1 files: 1 cleaned" in words
    assert "Traceback" not in words


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a small disk of a given size, or gives the mounted one other options. Needs the right to mount."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = False

    def mount(options: str) -> Path:
        nonlocal mounted
        words = f"remount,{options}" if mounted else options
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", words, "none", str(place)], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip("cannot mount a small disk here")
        mounted = True
        return place

    yield mount
    if mounted:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told(tmp_path: Path, small_disk: Callable[[str], Path]) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "big.txt").write_text(PLAIN * 5000, encoding="utf-8")
    (source / "big.jsonl").write_text(json.dumps({"text": PLAIN * 5000}) + "\n", encoding="utf-8")
    (source / "small.txt").write_text(DIRTY, encoding="utf-8")
    target = small_disk("size=64k")
    summary = run(source, target)
    assert [name for name, reason in summary.failures if "No space left" in reason] == ["big.jsonl", "big.txt"]
    assert set(tree(target)) == {"small.txt"}
    small_disk("size=10m")
    assert run(source, target).resumed == 1
    run(source, tmp_path / "whole")
    assert tree(target) == tree(tmp_path / "whole")


def test_a_disk_without_any_room_ends_the_run(tmp_path: Path, small_disk: Callable[[str], Path]) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_text(DIRTY, encoding="utf-8")
    target = small_disk("size=16k")
    (target / "ballast").write_bytes(bytes(2**14 - 4096))
    done = batch(source, target, dict(os.environ))
    assert done.returncode == 3
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    (target / "ballast").unlink()
    assert batch(source, target, dict(os.environ)).returncode == 0
    assert set(tree(target)) == {"a.txt"}


def test_a_full_disk_in_place_loses_nothing(tmp_path: Path, small_disk: Callable[[str], Path]) -> None:
    source = small_disk("size=400k")
    (source / "big.txt").write_text(DIRTY + PLAIN * 5000, encoding="utf-8")
    (source / "small.txt").write_text(DIRTY, encoding="utf-8")
    before = tree(source)
    choice = BatchOptions(in_place=True, backup=str(source / "backup"))
    summary = run(source, batch=choice)
    assert [name for name, reason in summary.failures if "No space left" in reason] == ["big.txt"]
    after = tree(source)
    assert after["big.txt"] == before["big.txt"]
    assert after["backup/small.txt"] == before["small.txt"] != after["small.txt"]
    small_disk("size=10m")
    assert run(source, batch=choice).failures == []
    assert tree(source / "backup") == before


def test_a_read_only_target_is_told(tmp_path: Path, small_disk: Callable[[str], Path]) -> None:
    (tmp_path / "a.txt").write_text(DIRTY, encoding="utf-8")
    done = batch(tmp_path / "a.txt", small_disk("ro") / "out", dict(os.environ))
    assert done.returncode == 3
    assert "Read-only file system" in done.stderr
    assert "Traceback" not in done.stderr


# Root may read and write everything, unless it gives that up.
AS_OTHERS = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


@pytest.mark.skipif(AS_OTHERS != [] and not shutil.which("setpriv"), reason="root, and no setpriv")
@pytest.mark.parametrize("in_place", [False, True])
def test_permissions(tmp_path: Path, in_place: bool) -> None:
    source = tmp_path / "in"
    for name in ("a.txt", "secret.txt", "closed/b.txt", "fixed/c.txt"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(DIRTY, encoding="utf-8")
    (tmp_path / "out/fixed").mkdir(parents=True)
    locked = [source / "secret.txt", source / "closed"]
    for path in locked:
        path.chmod(0)
    (source / "fixed" if in_place else tmp_path / "out/fixed").chmod(0o555)
    where = [str(source), *(["--in-place", "--backup", str(tmp_path / "b")] if in_place else [str(tmp_path / "out")])]
    command = [*AS_OTHERS, sys.executable, "-m", "cleantext", "batch", *where]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1], check=False)
    for path in (*locked, source / "fixed", tmp_path / "out/fixed"):
        path.chmod(0o755)
    assert done.returncode == 3, done.stderr
    told = [line for line in done.stderr.splitlines() if "Permission denied" in line]
    assert [line.split(": ")[1] for line in told] == ["secret.txt", "closed/", "fixed/c.txt"]
    assert "Traceback" not in done.stderr
    out = tree(source if in_place else tmp_path / "out")
    assert out.pop("a.txt") == CLEAN.encode()
    assert set(out.values()) <= {DIRTY.encode()}  # nothing else was written
    if in_place:
        assert tree(tmp_path / "b") == {"a.txt": DIRTY.encode()} or tree(tmp_path / "b")["a.txt"] == DIRTY.encode()


class _Broken(Worker):
    """Fails with records, as a whole."""

    def __call__(self, task: Task) -> tuple[Row, ...] | Chunk:
        return Chunk(b"", Row("", reason="broken")) if isinstance(task, RecordsTask) else super().__call__(task)


def test_a_chunk_that_fails_is_not_missing_in_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleantext.batch.run.Worker", _Broken)
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.jsonl").write_text(json.dumps({"text": DIRTY}) + "\n", encoding="utf-8")
    (tmp_path / "in/b.txt").write_text(DIRTY, encoding="utf-8")
    summary = run(tmp_path / "in", tmp_path / "out")
    assert summary.failures == [("a.jsonl", "broken")]
    assert set(tree(tmp_path / "out")) == {"b.txt"}


def test_a_file_that_vanishes(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text(DIRTY, encoding="utf-8")
    tasks = tuple(FileTask(item) for item in find_inputs(tmp_path, tmp_path / "out", BatchOptions()))
    (tmp_path / "b.txt").unlink()
    (tmp_path / "out/.cleantext/scratch").mkdir(parents=True)
    rows = Worker(Options(), Place(tmp_path / "out", BatchOptions()), Keys("k"))(FilesTask(tasks))
    assert isinstance(rows, tuple)
    assert [(row.status, row.reason) for row in rows] == [
        ("cleaned", ""),
        ("failed", "No such file or directory"),
        ("cleaned", ""),
    ]


def test_a_worker_killed_by_the_system(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for k in range(60):
        (source / f"{k:02}.txt").write_text(DIRTY * 400, encoding="utf-8")
    run(source, tmp_path / "whole")
    command = [sys.executable, "-m", "cleantext", "batch", str(source), str(tmp_path / "out"), "-j", "2"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not list((tmp_path / "out").glob("*.txt")):
        time.sleep(0.01)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if children.exists():
        os.kill(int(children.read_text().split()[-1]), signal.SIGKILL)
    _, words = process.communicate(timeout=120)
    assert process.returncode == 0, words
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells children of their parent's death")
def test_workers_do_not_outlive_a_killed_run(tmp_path: Path, hostile: dict[str, str]) -> None:
    (tmp_path / "slow.txt").write_text(SLOW, encoding="utf-8")
    command = [sys.executable, "-m", "cleantext", "batch", str(tmp_path / "slow.txt"), str(tmp_path / "out"), "-j", "1"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=hostile)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not (workers := children.read_text().split()):
        time.sleep(0.02)
    time.sleep(2)  # it shall be at its page
    process.kill()
    process.wait()
    end = time.monotonic() + 10
    while any(_alive(worker) for worker in workers):
        assert time.monotonic() < end
        time.sleep(0.05)


def _alive(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_in_place_a_killed_run_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for k in range(30):
        (source / f"{k:02}.txt").write_text(DIRTY * (8 * k + 1), encoding="utf-8")
    (source / "99.jsonl").write_text((json.dumps({"text": DIRTY}) + "\n") * 200, encoding="utf-8")
    before = tree(source)
    began = time.monotonic()
    run(source, tmp_path / "whole", batch=BatchOptions(jobs=2))
    duration, want = time.monotonic() - began, tree(tmp_path / "whole")
    command = [sys.executable, "-m", "cleantext", "batch", str(source), "--in-place", "--backup", str(tmp_path / "b")]
    for _ in range(KILLS):
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(random.uniform(0, duration))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        kept = tree(tmp_path / "b")
        for name, data in tree(source).items():
            assert data == before[name] or (data, kept[name]) == (want[name], before[name]), name
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert tree(source) == want
    assert tree(tmp_path / "b") == before
    assert sorted(os.listdir(source / ".cleantext")) == ["lock", "report.jsonl", "site-rules.tsv"]
    assert os.listdir(tmp_path / "b/.cleantext") == ["lock"]


def test_edits_of_a_stage_that_do_not_fit_fail_only_their_page(monkeypatch: pytest.MonkeyPatch) -> None:
    from cleantext import pipeline
    from cleantext.edits import EditError

    def find_many(pages: Sequence[Page], options: Options) -> list[StageEdits]:
        return [StageEdits("tidy", [Edit(0, 1, "not there", "", "r", "", 1.0)]) for _ in pages]

    monkeypatch.setattr(pipeline, "STAGES", (("tidy", find_many),))
    with pytest.raises(EditError):
        pipeline.clean(PLAIN)
