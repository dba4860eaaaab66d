"""Fit the decision on hand-marked pages: `python -m cleantext.spun.fit SPUN_DEV CORPUS LOOKALIKES`.

SPUN_DEV holds raw/*.txt, gold/*.gold and index.tsv (source of each page); CORPUS is clean text, of which only the
calibration class of blocks is read. Learns the looks (`evidence.py`) and the page score (`page.py`), prints
leave-one-site-out figures, and writes `data/spun/decision.json`. Needs the `train` extra (scikit-learn).
"""

from __future__ import annotations

import argparse
import json
import random
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # no stubs

from cleantext.spun.context import han_flags
from cleantext.spun.corpus import CALIBRATION, blocks
from cleantext.spun.dictionary import Dictionary, load
from cleantext.spun.evidence import FIRST, LATER, Features, Look, first_features, later_features
from cleantext.spun.lot import Floats, Lot
from cleantext.spun.marked import Marked, read_marked
from cleantext.spun.page import PAGE, RULED_OUT, SETTLED, choose, rescored
from cleantext.spun.proof import WINDOW, gather
from cleantext.spun.rows import NULL_MEAN, NULL_SPREAD
from cleantext.spun.scene import survey
from cleantext.spun.slots import find_slots, load_models, pruned

NULL_WEIGHT = 6  # genuine slots that the overall null counts for
MIN_PIECE = 80  # Han characters: shorter pieces of pages say too little to learn from
LATER_LOOKS = 4  # leave-one-site-out F0.5 at 0.8 for 2, 3, 4, 5, 6: 0.898, 0.901, 0.905, 0.903, 0.902
# Inverse strength C: 0.1, 0.2 and 0.5 differ by 0.002 in leave-one-site-out F0.5.
REGULARISATION = 0.1
# The same of the page look. What is kept apart: the highest of the look-alikes and of long texts made of them (log odds
# 5.5) and the lowest of the marked pages (7.9). At 100, without those texts: 9.8 and 9.6.
PAGE_REGULARISATION = 3.0
ORDERS = 6  # of such long texts: some 300 windows beside the 146 single look-alikes that are fitted on
# Weight of a repair that a reader may make or leave: 0 gave P 0.950 R 0.728 at 0.8, 1 gave P 0.939 R 0.753
# (leave-one-site-out, an earlier dictionary). A confidence is thus nearly the probability that a reader accepts.
OPTIONAL = 0.5


def measure_null(corpus: Path, dictionary: Dictionary) -> npt.NDArray[np.float32]:
    """Mean and spread of each row's delta where clean text has its spun form; shrunk to the overall figures."""
    sums = np.zeros((3, len(dictionary.rows)))
    for path in sorted(corpus.glob("*.txt")):
        for block in blocks(path, (CALIBRATION,), 1_500_000):
            slots = find_slots(Lot([block]), dictionary, load_models())
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
    """The look that tells right candidates; `optional` is the weight of repairs that a reader may make or leave."""
    x, y = np.vstack([page.matrix() for page in features]), np.concatenate(labels)
    judged = (y == 0) | (y == 1) | ((y == 2) & (optional > 0))
    x, y = x[judged], y[judged]
    return _logistic(x, y > 0, np.where(y == 2, optional, 1.0), REGULARISATION)


def _logistic(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.bool_], weights: npt.NDArray[np.float64], strength: float
) -> Look:
    """A logistic regression on standardised features, given back in the features' own units."""
    centre, spread = x.mean(axis=0), x.std(axis=0)
    spread[spread == 0] = 1.0
    model = LogisticRegression(C=strength, max_iter=3000).fit((x - centre) / spread, y, weights)
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
        if len(later) == 1:
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
    return replace(page, slots=rescored(page.lot, page.slots, chosen, dictionary, load_models()))


def judge_held_out(pages: Sequence[Marked], dictionary: Dictionary) -> list[tuple[Marked, Floats]]:
    """Every page with the probabilities of looks that were fitted without any page of its site."""
    judged = []
    for site in sorted({page.site for page in pages}):
        first, later = fit_looks([page for page in pages if page.site != site], dictionary)
        for page in (page for page in pages if page.site == site):
            page = narrowed(page, dictionary, first)
            chances = first.probability(first_features(page.slots, dictionary))
            for number, look in enumerate(later):
                page = settled(page, dictionary, chances) if number == 1 else page
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
        lot = Lot([piece for size in sizes for piece in pieces(text, size)])
        signs = find_slots(lot, dictionary, load_models(), signs_only=True)
        chances = first.probability(first_features(signs, dictionary))
        rows += gather(lot, signs, chances).whole().tolist()
    return rows


def fit_page(spun: list[list[float]], clean: list[list[float]]) -> Look:
    """The page look: spun pieces against clean ones."""
    labels = np.array([True] * len(spun) + [False] * len(clean))
    return _logistic(np.array(spun + clean), labels, np.ones(len(labels)), PAGE_REGULARISATION)


def shuffled(passages: Sequence[str]) -> list[str]:
    """Long texts of nothing but passages that look spun, in several orders: the hardest genuine pages."""
    orders = [random.Random(seed).sample(passages, len(passages)) for seed in range(ORDERS)]
    return ["\n".join(order) for order in orders]


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
    lookalikes = read_lookalikes(args.lookalikes)
    clean_rows += page_rows(lookalikes, (10**6,), dictionary, first)
    clean_rows += page_rows(shuffled(lookalikes), (WINDOW,), dictionary, first)
    page = fit_page(page_rows(spun, (120, 250, 500), dictionary, first), clean_rows)
    looks = {"first": to_json(FIRST, first)}
    looks |= {f"later {number}": to_json(LATER, look) for number, look in enumerate(later, 1)}
    looks["page"] = to_json(PAGE, page)
    args.out.write_text(
        json.dumps({"made by": "cleantext.spun.fit", "looks": looks}, indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
