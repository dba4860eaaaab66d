"""Kill batches at random moments, and see that nothing is lost.

    python tests/bench/kill.py KILLS [--seed N] [--jobs N] [--only NAME]

A folder of pages of all kinds is cleaned again and again, in several ways (`WAYS`: folder to folder, trails, records
and Parquet out, in place with a backup, in place with trails). Each run is killed with SIGKILL, with all of its workers
or the parent alone, at a random moment of its life; then the state is checked: every output that is there is whole,
every original that is gone is in the backup. After some kills the run is let through: outputs must be the same bytes
as those of a run without kills, originals must come back byte for byte, and no temporary file may be left. Exit code 1
when anything differs. The code must not change meanwhile: run it in a copy of the tree that nobody works on.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import json
import lzma
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cleantext.trail import load, restore

ROOT = Path(__file__).parents[2]
SEED = next((ROOT / "seeds").glob("*.txt"))
# Kills of one run before it is let through; then the next way has its turn.
KILLS_A_RUN = 5

Tree = dict[str, bytes]


@dataclass(frozen=True)
class Way:
    """A way of running a batch. `{t}` in its words is a folder of its own."""

    name: str
    words: tuple[str, ...] = ()
    in_place: bool = False
    include: tuple[str, ...] = ()


WAYS = (
    Way("folder"),
    Way("trails", ("--trails", "{t}/trails")),
    Way("jsonl", ("--to", "jsonl", "--with-trail")),
    Way("parquet", ("--to", "parquet", "--with-trail", "--page-reports")),
    Way("backup", ("--in-place", "--backup", "{t}/backup"), in_place=True),
    Way("in-place-trails", ("--in-place", "--trails", "{t}/trails"), in_place=True, include=("*.txt",)),
)


def make_source(folder: Path, dice: random.Random) -> None:
    """Pages of all kinds and sizes, deterministic."""
    page = SEED.read_text(encoding="utf-8")
    lines = page.splitlines(keepends=True)

    def some() -> str:
        begin = dice.randrange(len(lines))
        return "首页 > 新闻\n" + "".join(lines[begin : begin + dice.randrange(2, 40)]) + "有家着名的服装品牌。\n"

    for k in range(30):
        place = folder / f"site{k % 3}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{k:02}.txt").write_bytes(some().encode("gb18030" if k % 7 == 3 else "utf-8"))
    (folder / "large.txt").write_text(page * 10, encoding="utf-8")
    for ending, pack in ((".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)):
        (folder / f"packed.txt{ending}").write_bytes(pack(some().encode()))
    records = "".join(json.dumps({"n": n, "text": some()}, ensure_ascii=False) + "\n" for n in range(60))
    (folder / "records.jsonl").write_text(records, encoding="utf-8")
    (folder / "records.jsonl.gz").write_bytes(gzip.compress(records.encode(), mtime=0))
    (folder / "records.json").write_text(json.dumps([{"text": some()} for _ in range(20)]), encoding="utf-8")
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ImportError:
        return
    parquet.write_table(pyarrow.table({"text": [some() for _ in range(60)]}), folder / "rows.parquet")


def tree(folder: Path) -> Tree:
    """Path and content of every file, but for the batch's own reports and locks."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if ".cleantext" not in path.parts}


def left_over(folder: Path) -> list[str]:
    """Temporary files, and what a batch keeps only while it runs."""
    names = (path for path in folder.rglob("*") if path.name.startswith(".cleantext-"))
    return [str(path) for path in (*names, *folder.rglob("scratch"), *folder.rglob("notes"))]


class Trial:
    """One way, with a folder of its own, and what an undisturbed run makes of it."""

    def __init__(self, way: Way, home: Path, source: Path, jobs: int) -> None:
        self.way, self.home = way, home
        self.originals = tree(source)
        self._source, self._jobs = source, jobs
        began = time.monotonic()
        self._fresh("whole")
        done = self._start("whole")
        self._words = done.communicate()[1]
        self.seconds = time.monotonic() - began
        if done.returncode not in (0, 3):
            raise SystemExit(f"{way.name}: {self._words}")
        self.want = tree(self._out("whole"))
        self.kept = {name: tree(home / "whole" / name) for name in ("backup", "trails")}
        self.problems = self._check_back("whole")

    def _fresh(self, name: str) -> None:
        shutil.rmtree(self.home / name, ignore_errors=True)
        shutil.copytree(self._source, self.home / name / "in")

    def _out(self, name: str) -> Path:
        return self.home / name / ("in" if self.way.in_place else "out")

    def _start(self, name: str) -> subprocess.Popen[str]:
        here = self.home / name
        words = [word.replace("{t}", str(here)) for word in self.way.words]
        places = [str(here / "in"), *([] if self.way.in_place else [str(here / "out")])]
        includes = [word for glob in self.way.include for word in ("--include", glob)]
        command = [sys.executable, "-m", "cleantext", "batch", *places, *words, *includes, "-j", str(self._jobs)]
        return subprocess.Popen(
            command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True
        )

    def run(self, kills: int, dice: random.Random) -> list[str]:
        """Kill a run some times and let it through; what was wrong."""
        self._fresh("killed")
        problems: list[str] = []
        for _ in range(kills):
            process = self._start("killed")
            time.sleep(dice.uniform(0.05, 1.05) * self.seconds)
            (os.killpg if dice.random() < 0.7 else os.kill)(process.pid, signal.SIGKILL)
            process.communicate()
            time.sleep(0.3 if dice.random() < 0.5 else 0)  # workers that lost their parent end by themselves
            problems += self._check_partial("killed")
        process = self._start("killed")
        words = process.communicate()[1]
        if process.returncode not in (0, 3):
            problems.append(f"exit code {process.returncode}: {words}")
        found = tree(self._out("killed"))
        problems += _difference("output", found, self.want)
        for name, kept in self.kept.items():
            problems += _difference(name, tree(self.home / "killed" / name), kept)
        problems += [f"left over: {name}" for name in left_over(self.home / "killed")]
        return [f"{self.way.name}: {problem}" for problem in problems + self._check_back("killed")]

    def _check_partial(self, name: str) -> list[str]:
        """Every output is whole, or not there; in place: the original or the clean file, and the original not lost."""
        here = tree(self._out(name))
        problems = [
            f"half-written: {path}"
            for path, data in here.items()
            if data != self.want.get(path) and not (self.way.in_place and data == self.originals.get(path))
        ]
        if self.way.in_place:
            problems += [f"gone: {path}" for path in self.originals.keys() - here.keys()]
        return problems + self._check_back(name)

    def _check_back(self, name: str) -> list[str]:
        """In place: the original of every file that differs from it is in the backup, or its trail leads there."""
        if not self.way.in_place:
            return []
        problems = []
        kept, trails = tree(self.home / name / "backup"), tree(self.home / name / "trails")
        for path, data in tree(self._out(name)).items():
            original = self.originals[path]
            if data == original or kept.get(path) == original:
                continue
            try:
                (trail,) = load(trails[f"{path}.trail"])
                if restore(data, trail) == original:
                    continue
            except (KeyError, ValueError):
                pass
            problems.append(f"original lost: {path}")
        return problems


def _difference(what: str, found: Tree, want: Tree) -> list[str]:
    names = sorted(found.keys() | want.keys())
    return [f"{what} differs: {name}" for name in names if found.get(name) != want.get(name)]


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kills", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", choices=[way.name for way in WAYS])
    asked = parser.parse_args(words)
    dice = random.Random(asked.seed)
    done = 0
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as home:
        source = Path(home) / "source"
        make_source(source, random.Random(0))
        ways = [way for way in WAYS if asked.only in (None, way.name)]
        trials = [Trial(way, Path(home) / way.name, source, asked.jobs) for way in ways]
        for trial in trials:
            problems += trial.problems
            print(f"{trial.way.name}: {len(trial.want)} outputs in {trial.seconds:.1f} s", flush=True)
        while done < asked.kills:
            trial = trials[done // KILLS_A_RUN % len(trials)]
            kills = min(KILLS_A_RUN, asked.kills - done)
            found = trial.run(kills, dice)
            done += kills
            problems += found
            print(f"{done} kills, {trial.way.name}: {len(found)} problems", *found[:5], sep="\n  ", flush=True)
    print(f"{done} kills, seed {asked.seed}: {len(problems)} problems")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
