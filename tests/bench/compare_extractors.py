"""Compare cleantext with other extractors and cleaners on pages with hand-made main texts; print README's table.

    python tests/bench/compare_extractors.py PAGES.jsonl.xz [--held-out] [--limit N]

Every record of the input has "html", "raw" (all visible text), "gold" (main text), "set" and "kind". Score: the mean
over pages of the F1 of character 5-grams (letters, digits and Han only), per set and kind; speed: MB of input a second
in this process. Peers that are not installed are skipped with a note (`pip install trafilatura readability-lxml jusText
boilerpy3 resiliparse jionlp`). --held-out also learns the HTML weights without the sites that they are then tried on
(records with "site"; needs scikit-learn): the figure to believe when the pages are those that the shipped weights were
learned from.
"""

from __future__ import annotations

import argparse
import importlib
import json
import lzma
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from cleantext.decode import DecodeError
from cleantext.html import extract
from cleantext.pipeline import Cleaner
from cleantext.records import Options, Origin, Page

sys.path.insert(0, str(Path(__file__).parent))
from train_html import f1

Extractor = Callable[[dict[str, str]], str]


def ours(options: Options, field: str) -> Extractor:
    cleaner = Cleaner(options)
    return lambda page: cleaner.clean_bytes(page[field].encode("utf-8"), "page").text


def trafilatura(precision: bool = False, recall: bool = False) -> Extractor:
    module = importlib.import_module("trafilatura")
    options = {"favor_precision": precision, "favor_recall": recall, "include_comments": False}
    return lambda page: module.extract(page["html"], **options) or ""


def readability() -> Extractor:
    module, parser = importlib.import_module("readability"), importlib.import_module("lxml.html")

    def run(page: dict[str, str]) -> str:
        summary = module.Document(page["html"]).summary(html_partial=True)
        return str(parser.fromstring(summary).text_content())

    return run


def justext() -> Extractor:
    """With lengths for Chinese (which has no spaces between words, so no stop words either)."""
    module = importlib.import_module("justext")
    options = {"length_low": 10, "length_high": 40, "stopwords_low": 0, "stopwords_high": 0, "max_link_density": 0.3}

    def run(page: dict[str, str]) -> str:
        paragraphs = module.justext(page["html"].encode("utf-8"), frozenset(), encoding="utf-8", **options)
        return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)

    return run


def boilerpy3() -> Extractor:
    extractor = importlib.import_module("boilerpy3.extractors").ArticleExtractor(raise_on_failure=False)
    return lambda page: str(extractor.get_content(page["html"]))


def resiliparse() -> Extractor:
    module = importlib.import_module("resiliparse.extract.html2text")
    return lambda page: str(module.extract_plain_text(page["html"], main_content=True))


def jionlp() -> Extractor:
    module = importlib.import_module("jionlp")
    return lambda page: str(module.clean_text(page["raw"]))


TEXT = Options(input_format="text")
ROWS: tuple[tuple[str, str, Callable[[], Extractor]], ...] = (
    ("cleantext", "text", lambda: ours(TEXT, "raw")),
    ("cleantext, chrome stage only", "text", lambda: ours(replace(TEXT, only=("chrome",)), "raw")),
    ("JioNLP clean_text", "text", jionlp),
    ("all visible text", "text", lambda: lambda page: page["raw"]),
    ("cleantext", "HTML", lambda: ours(Options(input_format="html"), "html")),
    ("cleantext, extraction only", "HTML", lambda: lambda page: extract(page["html"]).text),
    ("trafilatura", "HTML", trafilatura),
    ("trafilatura, precision", "HTML", lambda: trafilatura(precision=True)),
    ("trafilatura, recall", "HTML", lambda: trafilatura(recall=True)),
    ("readability-lxml", "HTML", readability),
    ("jusText, tuned", "HTML", justext),
    ("boilerpy3", "HTML", boilerpy3),
    ("resiliparse, main content", "HTML", resiliparse),
)


def held_out(pages: list[dict[str, str]]) -> Iterator[tuple[dict[str, str], str]]:
    """Each page with the text that weights learned from other sites extract, cleaned by the whole pipeline."""
    import train_html
    from sklearn.model_selection import GroupKFold

    cleaner = Cleaner()
    learnable = train_html.prepare(pages)
    for learned, kept in GroupKFold(6).split(learnable, groups=[page["site"] for page in learnable]):
        forest = train_html.forest(train_html.fit([learnable[number] for number in learned]))
        for number in kept:
            text = extract(learnable[number]["html"], forest).text
            yield learnable[number], cleaner.clean_page(Page("page", text, Origin(kind="html"))).text


def line(
    name: str, mode: str, scores: dict[str, list[tuple[float, float, float]]], kinds: list[str], speed: str
) -> str:
    cells = []
    for kind in kinds:
        p, r, f = (sum(column) / len(scores[kind]) for column in zip(*scores[kind], strict=True))
        cells.append(f"**{f:.3f}** ({p:.3f} / {r:.3f})")
    return f"| {name} | {mode} | " + " | ".join(cells) + f" | {speed} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages")
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--limit", type=int, help="score only about so many pages")
    arguments = parser.parse_args()
    with (lzma.open if arguments.pages.endswith("xz") else open)(arguments.pages, "rt", encoding="utf-8") as file:
        pages = [json.loads(row) for row in file]
    if arguments.limit:
        pages = pages[:: max(1, len(pages) // arguments.limit)]
    kinds = sorted({f"{page['set']} {page['kind']}" for page in pages})
    counts = [sum(f"{page['set']} {page['kind']}" == kind for page in pages) for kind in kinds]
    print("| | input | " + " | ".join(f"{k} ({n} pages)" for k, n in zip(kinds, counts, strict=True)) + " | MB/s |")
    print("|---|---|" + "---|" * len(kinds) + "---|")
    for name, mode, make in ROWS:
        try:
            run = make()
        except ImportError as error:
            print(f"{name}: skipped ({error})", file=sys.stderr)
            continue
        scores: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
        failed, seconds = 0, 0.0
        for page in pages:
            start = time.perf_counter()
            try:
                text = run(page)
            except Exception as error:  # a peer that fails on a page has extracted nothing from it; we must not fail
                if name.startswith("cleantext") and not isinstance(error, DecodeError):
                    raise
                text, failed = "", failed + 1
            seconds += time.perf_counter() - start
            scores[f"{page['set']} {page['kind']}"].append(f1(text, page["gold"]))
        size = sum(len(page["html" if mode == "HTML" else "raw"].encode()) for page in pages) / 1e6
        print(line(name, mode, scores, kinds, f"{size / seconds:.1f}"), flush=True)
        if failed:
            print(f"{name}: failed on {failed} pages", file=sys.stderr)
    if arguments.held_out:
        scores = defaultdict(list)
        for page, text in held_out(pages):
            scores[f"{page['set']} {page['kind']}"].append(f1(text, page["gold"]))
        print(line("cleantext, sites held out", "HTML", scores, kinds, ""))


if __name__ == "__main__":
    main()
