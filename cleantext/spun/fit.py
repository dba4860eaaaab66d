"""Fit the decision on hand-marked pages: `python -m cleantext.spun.fit SPUN_DEV CORPUS LOOKALIKES`.

SPUN_DEV holds raw/*.txt, gold/*.gold and index.tsv (source of each page); CORPUS is clean text, of which only the
calibration class of blocks is read. Learns the looks (`evidence.py`) and the page score (`page.py`), prints
leave-one-site-out figures, and writes `data/spun/decision.json`. Needs the `train` extra (scikit-learn).
"""

from __future__ import annotations

import argparse
import json
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # no stubs

from cleantext.spun.context import han_flags
from cleantext.spun.corpus import CALIBRATION, blocks
from cleantext.spun.dictionary import NULL_MEAN, NULL_SPREAD, Dictionary, load
from cleantext.spun.evidence import FIRST, LATER, Features, Look, first_features, later_features
from cleantext.spun.page import PAGE, RULED_OUT, SETTLED, choose, rescored
from cleantext.spun.proof import gather
from cleantext.spun.scene import survey
from cleantext.spun.slots import Floats, Ints, Lot, Slots, find_slots, load_models, pruned

SITE_LENGTH = 22  # letters and digits of a source that name its repository or file, not the place inside it
NULL_WEIGHT = 6  # genuine slots that the overall null counts for
MIN_PIECE = 80  # Han characters: shorter pieces of pages say too little to learn from
LATER_LOOKS = 6  # leave-one-site-out F0.5 at 0.8 for 4 and 6: 0.893, 0.896
# Inverse strength C: 0.1, 0.2 and 0.5 differ by 0.002 in leave-one-site-out F0.5.
REGULARISATION = 0.1
# Weight of a repair that a reader may make or leave: 0 gave P 0.950 R 0.728 at 0.8, 1 gave P 0.939 R 0.753
# (leave-one-site-out, an earlier dictionary). A confidence is thus nearly the probability that a reader accepts.
OPTIONAL = 0.5


@dataclass(frozen=True, slots=True)
class Marked:
    """A hand-marked page: its slots and a label per candidate (1 right, 2 optional, 0 wrong, -1 not to be judged)."""

    name: str
    site: str
    lot: Lot
    slots: Slots
    labels: npt.NDArray[np.int8]
    due: int  # repairs that must be made
    settled: Ints = field(
        default_factory=lambda: np.zeros(0, dtype=np.int64)
    )  # the repairs that the slots' scores take as made


Mark = tuple[int, int, tuple[str, ...], str]  # start, end, words that may stand there, level


def read_gold(path: Path, text: str) -> list[Mark]:
    """Every mark; its level is must, may, keep, cut or skip (the .gold format, as in tests/gate/measures.py)."""
    lines = text.split("\n")
    starts = np.cumsum([0, *(len(line) + 1 for line in lines)])
    marks = []
    for row in path.read_text(encoding="utf-8").splitlines():
        if not row.strip() or row.startswith("#"):
            continue
        number, rest = row.split(":", 1)
        line, at = lines[int(number) - 1], 0
        for item in rest.split():
            level = {"=": "keep", "-": "cut", "!": "skip", "?": "may"}.get(item[0], "must")
            body = item if level == "must" else item[1:]
            word, _, words = body.partition(">") if level in ("must", "may") else (body, "", "")
            found = line.index(word, at)
            at = found + len(word)
            start = int(starts[int(number) - 1]) + found
            marks.append((start, start + len(word), tuple(words.split("/")), level))
    return marks


def site_of(source: str) -> str:
    """The site that a passage comes from, as index.tsv tells it: who copied it, else the file that holds it."""
    copied = re.search(r"\((\w+) copy\b", source)
    return copied[1] if copied else re.sub(r"\W", "", source)[:SITE_LENGTH]


def read_marked(folder: Path, dictionary: Dictionary) -> list[Marked]:
    """All hand-marked pages of a folder."""
    sites = {}
    for line in (folder / "index.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        name, source = line.split("\t")[:2]
        sites[name] = site_of(source)
    pages = []
    for path in sorted((folder / "gold").glob("*.gold")):
        text = (folder / "raw" / f"{path.stem}.txt").read_bytes().decode("utf-8")
        lot = Lot.of([text])
        slots = find_slots(lot, dictionary, load_models())
        marks = read_gold(path, text)
        due = sum(level == "must" for *_, level in marks)
        pages.append(Marked(path.stem, sites[path.stem], lot, slots, _labels(text, marks, slots, dictionary), due))
    return pages


def _labels(text: str, marks: list[Mark], slots: Slots, dictionary: Dictionary) -> npt.NDArray[np.int8]:
    exact = {(start, end): (words, level) for start, end, words, level in marks}
    owner = np.full(len(text) + 1, -1, dtype=np.int64)  # the mark, other than one to keep, that covers a character
    for number, (start, end, _, level) in enumerate(marks):
        if level != "keep":
            owner[start:end] = number
    labels = np.zeros(len(slots.row), dtype=np.int8)
    for k, (slot, row) in enumerate(zip(slots.slot, slots.row, strict=True)):
        span = (int(slots.start[slot]), int(slots.end[slot]))
        words, level = exact.get(span, ((), ""))
        right = dictionary.rows[row].original in words
        if level == "must":
            labels[k] = right
        elif level == "may":
            labels[k] = 2 if right else 0
        elif level in ("skip", "cut") or (not level and (owner[span[0] : span[1]] >= 0).any()):
            labels[k] = _repairs_mark(text, marks, set(owner[span[0] : span[1]]), span, dictionary.rows[row].original)
    return labels


def _repairs_mark(text: str, marks: list[Mark], owners: set[int], span: tuple[int, int], original: str) -> int:
    """1 where a slot inside a wider mark repairs all of it (办事 in 办事器→服务器), else not to be judged."""
    if len(owners) == 1 and -1 not in owners:
        start, end, words, level = marks[owners.pop()]
        if level == "must" and start <= span[0] and span[1] <= end:
            return 1 if text[start : span[0]] + original + text[span[1] : end] in words else -1
    return -1


def measure_null(corpus: Path, dictionary: Dictionary) -> npt.NDArray[np.float32]:
    """Mean and spread of each row's delta where clean text has its spun form; shrunk to the overall figures."""
    sums = np.zeros((3, len(dictionary.rows)))
    for path in sorted(corpus.glob("*.txt")):
        for block in blocks(path, (CALIBRATION,), 1_500_000):
            slots = find_slots(Lot.of([block]), dictionary, load_models())
            for k, value in enumerate((np.ones_like(slots.delta), slots.delta, slots.delta**2)):
                np.add.at(sums[k], slots.row, value)
    count = sums[0] + NULL_WEIGHT
    mean = (sums[1] + NULL_WEIGHT * NULL_MEAN) / count
    square = (sums[2] + NULL_WEIGHT * (NULL_SPREAD**2 + NULL_MEAN**2)) / count
    return np.stack([mean, np.sqrt(np.maximum(square - mean**2, 0.5))], axis=1).astype(np.float32)


def write_null(path: Path, dictionary: Dictionary, null: npt.NDArray[np.float32]) -> None:
    """Put the measured null into the last two columns of dictionary.tsv."""
    measured = {(row.spun, row.original): null[k] for k, row in enumerate(dictionary.rows)}
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if tuple(cells[:2]) in measured:  # not a comment, and no shield has taken it out
            cells[-2:] = [f"{value:.2f}" for value in measured[cells[0], cells[1]]]
        lines.append("\t".join(cells))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def fit_look(features: Sequence[Features], labels: Sequence[npt.NDArray[np.int8]], optional: float) -> Look:
    """A logistic regression on standardised features, given back in the features' own units.

    `optional` is the weight of repairs that a reader may make or leave.
    """
    x, y = np.vstack([page.matrix() for page in features]), np.concatenate(labels)
    judged = (y == 0) | (y == 1) | ((y == 2) & (optional > 0))
    x, y = x[judged], y[judged]
    weights = np.where(y == 2, optional, 1.0)
    centre, spread = x.mean(axis=0), x.std(axis=0)
    spread[spread == 0] = 1.0
    model = LogisticRegression(C=REGULARISATION, max_iter=3000).fit((x - centre) / spread, y > 0, weights)
    slopes = model.coef_[0] / spread
    return Look(slopes, float(model.intercept_[0] - centre @ slopes))


def narrowed(page: Marked, dictionary: Dictionary, first: Look) -> Marked:
    """The page with plausible candidates only (`page.plausible`)."""
    keep = first.probability(first_features(page.slots, dictionary)) > RULED_OUT
    return replace(page, slots=pruned(page.slots, keep), labels=page.labels[keep])


def fit_looks(pages: Sequence[Marked], dictionary: Dictionary) -> tuple[Look, tuple[Look, ...]]:
    """All looks, each on what the last one made of the same pages (the steps of `page.judge_slots`)."""
    # The first look also proves pages spun: there only what must be repaired counts.
    first = fit_look([first_features(page.slots, dictionary) for page in pages], [page.labels for page in pages], 0.0)
    pages = [narrowed(page, dictionary, first) for page in pages]
    chances = [first.probability(first_features(page.slots, dictionary)) for page in pages]
    later: list[Look] = []
    while len(later) < LATER_LOOKS:
        if later:
            pages = [settled(page, dictionary, p) for page, p in zip(pages, chances, strict=True)]
        features = [page_features(page, dictionary, p) for page, p in zip(pages, chances, strict=True)]
        later.append(fit_look(features, [page.labels for page in pages], OPTIONAL))
        chances = [later[-1].probability(x) for x in features]
    return first, tuple(later)


def page_features(page: Marked, dictionary: Dictionary, chances: Floats) -> Features:
    """The later looks' features of a page."""
    return later_features(page.slots, dictionary, chances, survey(page.lot, page.slots, dictionary))


def settled(page: Marked, dictionary: Dictionary, chances: Floats) -> Marked:
    """The page with its slots scored again in contexts where its sure repairs have been made."""
    chosen = choose(page.slots, chances, SETTLED)
    slots = rescored(page.lot, page.slots, (page.settled, chosen), dictionary, load_models())
    return replace(page, slots=slots, settled=chosen)


def judge_held_out(pages: Sequence[Marked], dictionary: Dictionary) -> list[tuple[Marked, Floats]]:
    """Every page with the probabilities of looks that were fitted without any page of its site."""
    judged = []
    for site in sorted({page.site for page in pages}):
        first, later = fit_looks([page for page in pages if page.site != site], dictionary)
        for page in (page for page in pages if page.site == site):
            page = narrowed(page, dictionary, first)
            chances = first.probability(first_features(page.slots, dictionary))
            for number, look in enumerate(later):
                page = settled(page, dictionary, chances) if number else page
                chances = look.probability(page_features(page, dictionary, chances))
            judged.append((page, chances))
    return judged


def print_held_out(pages: Sequence[Marked], dictionary: Dictionary) -> None:
    """Precision and recall by least confidence: repairs at the exact words of a mark, against all that must be made."""
    judged = judge_held_out(pages, dictionary)
    due = sum(page.due for page in pages)
    for least in (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95):
        labels = np.concatenate([page.labels[choose(page.slots, chances, least)] for page, chances in judged])
        right, wrong = int((labels == 1).sum()), int((labels == 0).sum())
        print(f"least confidence {least:.2f}: precision {right / (right + wrong):.3f} recall {right / due:.3f}")


def pieces(text: str, han: int) -> list[str]:
    """A text cut into pieces of about `han` Han characters."""
    places = np.flatnonzero(han_flags(text))
    cuts = [*places[::han].tolist(), len(text)]
    return [text[a:b] for a, b in zip(cuts, cuts[1:], strict=False) if han_flags(text[a:b]).sum() >= MIN_PIECE]


def page_rows(texts: Iterable[str], sizes: Sequence[int], dictionary: Dictionary, first: Look) -> list[list[float]]:
    """Page evidence of all pieces of the given sizes."""
    rows: list[list[float]] = []
    for text in texts:
        lot = Lot.of([piece for size in sizes for piece in pieces(text, size)])
        signs = find_slots(lot, dictionary, load_models(), signs_only=True)
        chances = first.probability(first_features(signs, dictionary))
        rows += gather(lot, signs, chances).whole().tolist()
    return rows


def fit_page(spun: list[list[float]], clean: list[list[float]]) -> Look:
    """The page look: logistic regression of spun against clean pieces."""
    labels = np.array([1] * len(spun) + [0] * len(clean))
    model = LogisticRegression(C=10.0, max_iter=3000).fit(np.array(spun + clean), labels)
    return Look(model.coef_[0], float(model.intercept_[0]))


def read_lookalikes(path: Path) -> list[str]:
    """The half of the look-alike cases that is meant for fitting; the tests use all of them."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return [row[2].replace("\\n", "\n") for row in rows if zlib.crc32(row[0].encode()) % 2]


def to_json(names: Sequence[str], look: Look) -> dict[str, object]:
    """A look as readable JSON."""
    weights = {name: round(float(weight), 5) for name, weight in zip(names, look.weights, strict=True)}
    return {"bias": round(look.bias, 5), "weights": weights}


def main() -> None:
    """Command line of the fit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("spun_dev", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("lookalikes", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "data" / "spun" / "decision.json")
    args = parser.parse_args()
    rows = Path(__file__).parents[1] / "data" / "spun" / "dictionary.tsv"
    write_null(rows, load(), measure_null(args.corpus, load()))
    load.cache_clear()
    dictionary = load()
    marked = read_marked(args.spun_dev, dictionary)
    print_held_out(marked, dictionary)
    first, later = fit_looks(marked, dictionary)
    paths = sorted(args.corpus.glob("*.txt"))
    clean = [block for path in paths for block in list(blocks(path, (CALIBRATION,), 600_000))[:20]]
    spun = [page.lot.text for page in marked]
    spun += [p.read_bytes().decode("utf-8") for p in sorted((args.spun_dev / "unmarked").glob("*.txt"))]
    clean_rows = page_rows(clean, (150, 400, 1500), dictionary, first)
    clean_rows += page_rows(read_lookalikes(args.lookalikes), (10**6,), dictionary, first)
    page = fit_page(page_rows(spun, (120, 250, 500), dictionary, first), clean_rows)
    looks = {"first": to_json(FIRST, first)}
    looks |= {f"later {number}": to_json(LATER, look) for number, look in enumerate(later, 1)}
    looks["page"] = to_json(PAGE, page)
    args.out.write_text(
        json.dumps({"made by": "cleantext.spun.fit", "looks": looks}, indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
