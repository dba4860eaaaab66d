"""Batch under attack: killed workers, a killed run, pages that take for ever, a full disk."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from test_batch import DIRTY, PLAIN, tree

from cleantext.batch.plan import BatchOptions
from cleantext.batch.pool import Fault, Pool, PoolError
from cleantext.batch.run import run
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
    done = batch(source, tmp_path / "out", hostile, "--page-seconds", "1.5", "-j", "2")
    assert done.returncode == 3
    out = tree(tmp_path / "out")
    assert out["slow.txt"] == f"{SLOW}{DIRTY}".encode()  # passed through
    assert "deadly.txt" not in out
    assert "deadly.txt: the worker process died twice on it (SIGKILL)" in done.stderr
    assert "2 × time-budget" in done.stderr
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


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """Needs the right to mount: the files must really find no room."""
    target = tmp_path / "small"
    target.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", target], capture_output=True, check=False)
    if mount.returncode:
        pytest.skip("cannot mount a small disk here")
    try:
        source = tmp_path / "in"
        source.mkdir()
        (source / "big.txt").write_text(PLAIN * 5000, encoding="utf-8")
        (source / "small.txt").write_text(DIRTY, encoding="utf-8")
        summary = run(source, target)
        assert [(name, "No space left" in reason) for name, reason in summary.failures] == [("big.txt", True)]
        assert set(tree(target)) == {"small.txt"}
    finally:
        subprocess.run(["umount", target], check=True)


def test_edits_of_a_stage_that_do_not_fit_fail_only_their_page(monkeypatch: pytest.MonkeyPatch) -> None:
    from cleantext import pipeline
    from cleantext.edits import EditError

    def find_many(pages: Sequence[Page], options: Options) -> list[StageEdits]:
        return [StageEdits("tidy", [Edit(0, 1, "not there", "", "r", "", 1.0)]) for _ in pages]

    monkeypatch.setattr(pipeline, "STAGES", (("tidy", find_many),))
    with pytest.raises(EditError):
        pipeline.clean(PLAIN)
