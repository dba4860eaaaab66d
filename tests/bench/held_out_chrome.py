"""Text mode on unseen sites: `python -m tests.bench.held_out_chrome --data DIR --corpus DIR`.

The sites are dealt into folds by a hash of their names; for each fold a model is learned from all other sites, by the
recipe that the shipped model is learned by, and the whole pipeline cleans the pages of the fold with it. Figures:
character 5-gram precision, recall and F1 of the kept text (pages, with replies counted as content on forum pages), and
lines lost and left (labelled pages). The folders are those of `python -m cleantext.chrome.train`; two minutes a fold.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest.mock import patch

from cleantext.chrome import model, train
from cleantext.chrome.examples import site_of
from cleantext.pipeline import Cleaner
from cleantext.records import Cleaned, Options, split_lines

NOT_COUNTED_RE = re.compile(r"[^0-9A-Za-z\u3400-\u9fff]")
DROPPED = 0.8  # share of a line's visible characters that must be gone


def grams(text: str) -> Counter[str]:
    bare = NOT_COUNTED_RE.sub("", text)
    return Counter(bare[i : i + 5] for i in range(len(bare) - 4))


def overlap(text: str, gold: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of a text's character 5-grams."""
    got, wanted = grams(text), grams(gold)
    same = (got & wanted).total()
    precision, recall = same / max(1, got.total()), same / max(1, wanted.total())
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def line_counts(cleaned: Cleaned, tags: Sequence[str]) -> Iterator[str]:
    """For each labelled line its tag (K for all body tags) and whether it went."""
    text = cleaned.page.text
    gone = bytearray(len(text))
    for edit in cleaned.edits:
        if not edit.after:
            gone[edit.start : edit.end] = b"\1" * (edit.end - edit.start)
    for line, tag in zip(split_lines(text), tags, strict=False):
        seen = [n for n, char in enumerate(line.text, line.start) if not char.isspace()]
        if seen and tag != "B":
            yield f"{tag[0]} {'gone' if sum(gone[n] for n in seen) >= DROPPED * len(seen) else 'kept'}"


def lines_of(lines: Counter[str]) -> str:
    body = lines["K gone"] + lines["K kept"]
    tags = sorted({key[0] for key in lines} - {"K"})
    recall = {tag: lines[f"{tag} gone"] / (lines[f"{tag} gone"] + lines[f"{tag} kept"]) for tag in tags}
    dropped, left = (sum(lines[f"{tag} {what}"] for tag in tags) for what in ("gone", "kept"))
    share, whole = dropped / max(1, dropped + left), dropped / max(1, dropped + lines["K gone"])
    return (
        f"body lines lost {lines['K gone']} of {body} ({lines['K gone'] / max(1, body):.2%}), chrome lines gone "
        f"{share:.4f}, F1 {2 * share * whole / max(1e-9, share + whole):.4f}, "
        f"macro {sum(recall.values()) / max(1, len(recall)):.4f}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--salt", default="", help="another word deals the sites anew")
    parser.add_argument("--verbose", action="store_true", help="one line a page too")
    asked = parser.parse_args(arguments)
    real, clean = train.load(asked.data, asked.corpus)
    with lzma.open(asked.data / "chrome_dev" / "pages.jsonl.xz", "rt", encoding="utf-8") as file:
        records = [json.loads(row) for row in file]
    scores: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    lines: dict[str, Counter[str]] = defaultdict(Counter)
    lost_pages = clean_pages = 0
    for fold in range(asked.folds):

        def mine(group: str, fold: int = fold) -> bool:
            return train.fold_of(asked.salt + group, asked.folds) == fold

        prose = [page for page in clean if not mine(page.group)]
        learned = model.Model.parse(train.learn_from([page for page in real if not mine(page.group)], prose).dump())
        with patch.object(model, "shipped", lambda learned=learned: learned):
            for number, record in enumerate(records):
                if not mine(site_of(record["site"])):
                    continue
                kind = f"{record['set']} {record['kind']}"
                keep = ("comments",) if record["kind"] == "forum" else ()
                found = overlap(Cleaner(Options(keep=keep)).clean(record["raw"]).text, record["gold"])
                scores[kind].append(found)
                if asked.verbose:
                    print(f"page {number} {kind} {record['site']} {found[0]:.3f} {found[1]:.3f} {found[2]:.3f}")
            for page in real:
                if page.families and mine(page.group):
                    lines[page.kind].update(line_counts(Cleaner().clean("\n".join(page.lines)), page.families))
            for page in clean:
                if mine(page.group):
                    clean_pages += 1
                    lost_pages += bool(Cleaner(Options(only=("chrome",))).clean(page.text).trail)
        print(f"fold {fold + 1} of {asked.folds}", file=sys.stderr, flush=True)
    for kind, rows in sorted(scores.items()):
        precision, recall, f1 = (sum(column) / len(rows) for column in zip(*rows, strict=True))
        print(f"{kind:10} pages {len(rows):4} precision {precision:.4f} recall {recall:.4f} F1 {f1:.4f}")
    for kind, counts in sorted(lines.items()):
        print(f"{kind:10} {lines_of(counts)}")
    print(f"clean pages with a line dropped: {lost_pages} of {clean_pages}")


if __name__ == "__main__":
    main()
