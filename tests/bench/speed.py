"""Measure speed side by side in one run, and print README's tables: `python tests/bench/speed.py [--quick]`.

The pages are made from `seeds/` and `tests/cases/pages_dev` by seeded sampling, 20 MB of each kind:

  ordinary  the lines that a pages_dev page's site put around the article and its injections, with body lines drawn
            from all the pages: every page is dirty
  prose     body lines alone, as most pages of a corpus are: nothing to do
  spun      as ordinary, but in the body each word that a known spinner has (rows "seen" and "typical" of the shipped
            dictionary) is replaced with a probability of 0.8, and every third body line is one of the spun seed page
  HTML      the ordinary pages as markup: navigation and lists of links, paragraphs, scripts, styles, class names

Times are processor seconds of this process on one core (OMP_NUM_THREADS=1), the best of --repeat. Peers are measured on
the same pages; those that are not installed are skipped. Give them an environment of their own:
`pip install -e . ftfy jionlp trafilatura readability-lxml jusText`.
"""

from __future__ import annotations

import argparse
import html
import importlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from cleantext.pipeline import Cleaner
from cleantext.records import Page
from cleantext.spun import dictionary

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "tests" / "cases" / "pages_dev"
SEEDS = ROOT / "seeds"
SPUN_SHARE = 0.8  # of the words that a spinner has
MEGABYTE = 1_000_000
LENGTHS = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)  # bytes of a page
START_RUNS = 11
FILES = 12_000  # of the batch that is run with one job and with two
SENTENCE = "此次会议讨论了今年的工作安排，大家都认为应当先把基础打好。"
IMPORT_LINE = "import click, opencc, regex"

Tagged = list[tuple[str, str]]  # lines with their labels


def tagged_pages() -> list[Tagged]:
    """The pages of pages_dev, line by line, with their labels (K: body)."""
    pages = []
    for path in sorted(PAGES.glob("*.txt")):
        lines = path.read_bytes().decode("utf-8").split("\n")
        tags = path.with_suffix(".tags").read_text(encoding="utf-8").split()
        pages.append(list(zip(lines, tags, strict=False)))
    return pages


class Maker:
    """Makes pages by sampling; the same seed gives the same pages."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._pages = tagged_pages()
        self._body = [line for page in self._pages for line, tag in page if tag == "K"]
        self._injected = [line for page in self._pages for line, tag in page if tag == "K!"]
        seeds = [path.read_bytes().decode("utf-8") for path in sorted(SEEDS.glob("*.txt"))]
        self._seed_lines = [line for text in seeds for line in text.split("\n") if len(line) > 60]
        self._spinner: dict[str, list[str]] = {}
        for row in dictionary.load().rows:
            if {"seen", "typical"} & {*row.kinds} and len(row.original) > 1:
                self._spinner.setdefault(row.original, []).append(row.spun)

    def tagged(self) -> Tagged:
        """An ordinary page: the frame of one page, the body of all."""
        pools = {"K": self._body, "K!": self._injected}
        page = self._random.choice(self._pages)
        return [(self._random.choice(pools[tag]) if tag in pools else line, tag) for line, tag in page]

    def ordinary(self) -> str:
        return "\n".join(line for line, _ in self.tagged()) + "\n"

    def prose(self) -> str:
        return "".join(self._random.choice(self._body) + "\n" for _ in range(self._random.randint(4, 20)))

    def spun(self) -> str:
        lines = []
        for number, (line, tag) in enumerate(self.tagged()):
            if tag.startswith("K"):
                line = self._random.choice(self._seed_lines) if number % 3 == 0 else self.spin(line)
            lines.append(line)
        return "\n".join(lines) + "\n"

    def spin(self, line: str) -> str:
        """Replace words as a blind spinner does: the longest that it has, from left to right."""
        out, at = [], 0
        while at < len(line):
            word = next((line[at : at + n] for n in (4, 3, 2) if line[at : at + n] in self._spinner), line[at])
            spun = word in self._spinner and self._random.random() < SPUN_SHARE
            out.append(self._random.choice(self._spinner[word]) if spun else word)
            at += len(word)
        return "".join(out)

    def markup(self) -> str:
        """An ordinary page as HTML."""
        parts = []
        for number, (line, tag) in enumerate(self.tagged()):
            shown = html.escape(line.strip())
            if tag.startswith("K"):
                parts.append(f'<p class="article-p" style="text-indent:2em;line-height:1.8">{shown}</p>')
            elif tag != "B":
                links = "".join(f'<li class="item"><a href="/{number}/{n}.html">{w}</a></li>' for n, w in
                                enumerate(shown.split()))  # fmt: skip
                parts.append(f'<div class="box box-{number % 7}"><ul class="list clearfix">{links}</ul></div>')
        title = html.escape(self._random.choice(self._body)[:20])
        script = "<script>var _hmt=_hmt||[];(function(){var h=document.createElement('script');})();</script>\n" * 4
        style = "<style>.box{margin:0 auto;width:980px}.item{float:left;padding:0 5px}</style>\n" * 2
        head = f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title}</title>{style}{script}</head>\n'
        return (
            f'{head}<body><div id="wrap"><div class="main">\n'
            + "\n".join(parts)
            + f"</div></div>{script}</body></html>\n"
        )


def sample(make: Callable[[], str], size: int) -> list[str]:
    """Pages of so many bytes in all."""
    pages, total = [], 0
    while total < size:
        pages.append(make())
        total += len(pages[-1].encode("utf-8"))
    return pages


def megabytes(pages: Sequence[str]) -> float:
    return sum(len(page.encode("utf-8")) for page in pages) / MEGABYTE


def seconds(work: Callable[[], object], repeat: int) -> float:
    """Processor seconds, the best of some runs."""
    best = float("inf")
    for _ in range(repeat):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def ours(pages: Sequence[str]) -> object:
    return Cleaner().clean_many([Page("page", page) for page in pages])


def ours_singly(pages: Sequence[str]) -> object:
    cleaner = Cleaner()
    return [cleaner.clean(page) for page in pages]


def peer(module: str, call: Callable[..., Callable[[str], object]]) -> Callable[[Sequence[str]], object] | None:
    """A peer's function over pages; None when it is not installed."""
    try:
        function = call(importlib.import_module(module))
    except ImportError:
        print(f"{module}: not installed, skipped", file=sys.stderr)
        return None

    def run(pages: Sequence[str]) -> None:
        for page in pages:
            function(page)

    return run


def peers_on_text() -> Iterator[tuple[str, Callable[[Sequence[str]], object] | None]]:
    yield "OpenCC t2s (conversion only)", peer("opencc", lambda m: m.OpenCC("t2s").convert)
    yield "JioNLP clean_text", peer("jionlp", lambda m: m.clean_text)
    yield "ftfy fix_text", peer("ftfy", lambda m: m.fix_text)


def peers_on_html() -> Iterator[tuple[str, Callable[[Sequence[str]], object] | None]]:
    yield "trafilatura", peer("trafilatura", lambda m: m.extract)
    yield "readability-lxml", peer("readability", lambda m: lambda page: m.Document(page).summary())
    yield "jusText", peer("justext", lambda m: lambda page: m.justext(page.encode(), frozenset(), 20, 40))


def speeds(size: int, repeat: int) -> None:
    """Table one: megabytes of UTF-8 a second."""
    maker = Maker(6)
    kinds = {"ordinary": maker.ordinary, "prose": maker.prose, "spun": maker.spun, "HTML": maker.markup}
    pages = {name: sample(make, size) for name, make in kinds.items()}
    mb = {name: megabytes(texts) for name, texts in pages.items()}
    print("| | " + " | ".join(kinds) + " |\n|---|" + "---:|" * len(kinds))
    rows: list[tuple[str, tuple[str, ...], Callable[[Sequence[str]], object] | None]] = [
        ("cleantext (pages together)", tuple(kinds), ours),
        ("cleantext (one call a page)", tuple(kinds), ours_singly),
        *((name, ("ordinary", "prose", "spun"), run) for name, run in peers_on_text()),
        *((name, ("HTML",), run) for name, run in peers_on_html()),
    ]
    for name, on, run in rows:
        if run is None:
            continue
        for kind in on:
            run(pages[kind][:20])  # loads what is loaded lazily
        speed = {kind: mb[kind] / seconds(partial(run, pages[kind]), repeat) for kind in on}
        cells = [f"{speed[kind]:.2f}" if kind in on else "" for kind in kinds]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def lengths(size: int, repeat: int) -> None:
    """Table two: processor seconds for a megabyte, by the length of the pages."""
    print("\n| bytes of a page | " + " | ".join(f"{n:,}" for n in LENGTHS) + " |\n|---|" + "---:|" * len(LENGTHS))
    for name in ("ordinary", "prose"):
        cells = []
        for length in LENGTHS:
            maker = Maker(7)
            text = "".join(sample(getattr(maker, name), max(length, size)))
            step = length * len(text) // len(text.encode("utf-8"))  # characters
            parts = [text[at : at + step] for at in range(0, len(text) - step + 1, step)] or [text]
            cells.append(f"{seconds(partial(ours, parts), repeat) / megabytes(parts):.3f}")
        print(f"| {name}, s/MB | " + " | ".join(cells) + " |", flush=True)


def start_up() -> None:
    """Wall seconds of the command on two characters, and of importing three of its libraries."""

    def one(code: Sequence[str], given: str) -> float:
        times = []
        for _ in range(START_RUNS):
            began = time.perf_counter()
            subprocess.run([sys.executable, *code], input=given, text=True, capture_output=True, check=True)
            times.append(time.perf_counter() - began)
        return median(times)

    print("\n| start-up | s |\n|---|---:|")
    rows = (
        (f'python -c "{IMPORT_LINE}"', ["-c", IMPORT_LINE], ""),
        ('python -c "import numpy"', ["-c", "import numpy"], ""),
        ("echo 你好 \\| cleantext", ["-m", "cleantext"], "你好\n"),
        (f"echo {SENTENCE} \\| cleantext", ["-m", "cleantext"], f"{SENTENCE}\n"),
    )
    for name, code, given in rows:
        print(f"| `{name}` | {one(code, given):.3f} |")


def memory(size: int) -> None:
    """Peak resident memory of a process that cleans pages of each kind."""
    print("\n| peak memory of one process | MB |\n|---|---:|")
    for name, what in (("ordinary", size), ("spun", min(size, 2 * MEGABYTE)), ("one page of 10 MB", 10 * MEGABYTE)):
        kind = name if name in ("ordinary", "spun") else "ordinary"
        with tempfile.TemporaryDirectory() as folder:
            pages = sample(getattr(Maker(8), kind), what)
            for number, page in enumerate(pages if kind == name else ["".join(pages)]):
                (Path(folder) / f"{number}.txt").write_text(page, encoding="utf-8")
            # Not ru_maxrss: that of a child begins with the size of the process that started it (Linux).
            code = (
                "import sys, pathlib; from cleantext import Cleaner; cleaner = Cleaner()\n"
                "for path in pathlib.Path(sys.argv[1]).iterdir(): cleaner.clean_bytes(path.read_bytes())\n"
                "print(pathlib.Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
            )
            done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True)
            print(f"| {name} | {int(done.stdout) * 1024 / MEGABYTE:.0f} |", flush=True)


def jobs(files: int) -> None:
    """Wall seconds of the batch command over the same files with one job and with two."""
    print("\n| `cleantext batch`, jobs | files | s |\n|---|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        maker = Maker(9)
        source = Path(folder) / "in"
        source.mkdir()
        for number in range(files):
            (source / f"{number:05}.txt").write_text(maker.ordinary(), encoding="utf-8")
        for number in (1, 2):
            target = Path(folder) / "out"
            shutil.rmtree(target, ignore_errors=True)
            code = [sys.executable, "-m", "cleantext", "batch", str(source), str(target), "--jobs", str(number)]
            began = time.perf_counter()
            subprocess.run(code, capture_output=True, check=True)
            print(f"| {number} | {files:,} | {time.perf_counter() - began:.1f} |", flush=True)


def main() -> None:
    """Print all the tables, or those that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="1 MB of each kind instead of 20")
    parser.add_argument("--only", choices=("speeds", "lengths", "start", "memory", "jobs"), action="append")
    chosen = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # Of a short run the first turn tells of memory that is touched for the first time: 9.2 MB/s of prose, then 12.1.
    size, repeat = (MEGABYTE, 3) if chosen.quick else (20 * MEGABYTE, 2)
    tables = {
        "speeds": lambda: speeds(size, repeat),
        "lengths": lambda: lengths(min(size, 4 * MEGABYTE), repeat),
        "start": start_up,
        "memory": lambda: memory(size),
        "jobs": lambda: jobs(FILES // 10 if chosen.quick else FILES),
    }
    for name, table in tables.items():
        if not chosen.only or name in chosen.only:
            table()


if __name__ == "__main__":
    main()
