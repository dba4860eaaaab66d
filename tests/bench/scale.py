"""Memory and time of large batches.

    python tests/bench/scale.py files 100000 [--jobs 2]
    python tests/bench/scale.py records 400 [--jobs 2]      (a JSON Lines file of so many MB; also: parquet 400)

Makes the input (short pages drawn from tests/cases/pages_dev), runs `cleantext batch` on it and looks every half second
at the memory of parent and workers: RSS, in which pages that they share count for each, and PSS, where they count once.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "tests/cases/pages_dev").glob("*.txt"))
FILES_A_FOLDER = 1000
SHORT_LINES = 8  # of a page of the many files
LONG_LINES = 60  # of a record
LOOK_SECONDS = 0.5


def texts(lines: int) -> Iterator[str]:
    """Pages of up to so many lines, without end; the same every time."""
    dice = random.Random(1)
    known = [path.read_bytes().decode("utf-8").splitlines(keepends=True) for path in PAGES]
    while True:
        page = dice.choice(known)
        begin = dice.randrange(len(page))
        yield "".join(page[begin : begin + dice.randrange(1, lines)])


def make_files(folder: Path, number: int) -> None:
    for n, text in enumerate(islice(texts(SHORT_LINES), number)):
        place = folder / f"{n // FILES_A_FOLDER:04}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{n}.txt").write_text(text, encoding="utf-8")


def make_records(path: Path, megabytes: int) -> None:
    with open(path, "w", encoding="utf-8") as file:
        for n, text in enumerate(texts(LONG_LINES)):
            file.write(json.dumps({"id": n, "text": text}, ensure_ascii=False) + "\n")
            if file.tell() > megabytes * 1e6:
                return


def make_parquet(path: Path, megabytes: int) -> None:
    import pyarrow
    import pyarrow.parquet as parquet

    schema = pyarrow.schema([("id", pyarrow.int64()), ("text", pyarrow.string())])
    size = n = 0
    pages = texts(LONG_LINES)
    with parquet.ParquetWriter(path, schema) as writer:
        while size < megabytes * 1e6:
            rows = list(islice(pages, 2000))
            writer.write_batch(pyarrow.record_batch([list(range(n, n + 2000)), rows], schema=schema))
            n, size = n + 2000, size + sum(len(row.encode()) for row in rows)


def memory(process: int) -> tuple[int, int]:
    """RSS and PSS in bytes, of a process and its children."""
    rss = pss = 0
    with open(f"/proc/{process}/task/{process}/children") as file:
        family = [process, *map(int, file.read().split())]
    for one in family:
        try:
            with open(f"/proc/{one}/smaps_rollup") as file:
                for line in file:
                    name, _, value = line.partition(":")
                    rss += 1024 * int(value.split()[0]) if name == "Rss" else 0
                    pss += 1024 * int(value.split()[0]) if name == "Pss" else 0
        except OSError:  # it has just ended
            continue
    return rss, pss


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("files", "records", "parquet"))
    parser.add_argument("number", type=int)
    parser.add_argument("--jobs", type=int, default=2)
    asked, more = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as home:
        source = Path(home) / ("in" if asked.what == "files" else f"in.{asked.what.replace('records', 'jsonl')}")
        {"files": make_files, "records": make_records, "parquet": make_parquet}[asked.what](source, asked.number)
        command = [sys.executable, "-m", "cleantext", "batch", str(source), f"{home}/out", "-j", str(asked.jobs), *more]
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        looks: list[tuple[int, int]] = []
        while process.poll() is None:
            try:
                looks.append(memory(process.pid))
            except OSError:
                break
            time.sleep(LOOK_SECONDS)
        _, words = process.communicate()
        print("\n".join(words.splitlines()[:3]))
        print(f"{time.monotonic() - began:.1f} s, load {os.getloadavg()[0]:.1f}; memory of parent and workers in MB:")
        for part in range(5):
            some = looks[len(looks) * part // 5 : len(looks) * (part + 1) // 5] or looks[-1:]
            rss, pss = (max(look[k] for look in some) / 1e6 for k in (0, 1))
            print(f"  in fifth {part + 1} of the run at most {rss:.0f} RSS, {pss:.0f} PSS")
        return int(process.returncode or 0)


if __name__ == "__main__":
    sys.exit(main())
