"""What other pages of a site tell of its spinner: `python tests/bench/spun_sites.py CORPUS` simulates sites.

CORPUS is a folder of clean text (as for `python -m cleantext.spun.fit`), of which only the test class of blocks is
read. Each simulated site has one to three spinners, each with its own part of the dictionary: mostly one spun form for
an original, sometimes two. Prints the weights of `cleantext.spun.site` as fitted on half of the sites, relative to that
of a candidate's own log odds, and precision and recall on the other half without and with the shipped weights. Needs
the `train` extra.

Simulated pages are harder than real ones (rare rows, technical text) and hold no pair that the dictionary lacks: only
the difference counts.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]  # no stubs

from cleantext.records import Options, Page
from cleantext.spun import pairs_of
from cleantext.spun.corpus import TEST, blocks
from cleantext.spun.dictionary import Dictionary, load
from cleantext.spun.lot import Floats, Lot
from cleantext.spun.page import choose, judge_slots, load_decision
from cleantext.spun.rows import SHIELD
from cleantext.spun.site import Candidates, PairCounter, SitePairs
from cleantext.spun.slots import Slots, load_models

SITES = 40  # half of them to fit on
PAGES = (5, 10, 20, 40, 80)  # of a site
LENGTH = (300, 1200)  # characters of a page
SPINNERS, SHARES = (1, 2, 3), (0.6, 0.25, 0.15)  # of a site
TWO_FORMS = 0.25  # of the originals
LIMITS = (0.5, 0.7, 0.8, 0.9)  # confidences
CAP = 300_000  # characters of a source

Spinner = dict[str, list[str]]  # the spun forms of each original
Truth = dict[tuple[int, int], str]  # the original of each spun place


class Judged(NamedTuple):
    """A spun page: what stood where, its slots, and the probability of each candidate by the page alone."""

    text: str
    truth: Truth
    slots: Slots
    probability: Floats

    def candidates(self) -> Candidates:
        return Candidates(self.slots.slot, self.slots.row, self.probability)


def spinner(rows: Dictionary, pick: random.Random) -> Spinner:
    """A part of the dictionary: most of what spinners are known for, some of the lists."""
    families = sorted({row.family for row in rows.rows})
    liked = set(pick.sample(families, pick.randint(2, len(families) - 2)))
    listed = pick.choice([0.1, 0.25, 0.4])
    forms: Spinner = defaultdict(list)
    for row in rows.rows:
        kinds = {*row.kinds}
        if row.tier == SHIELD or (len(row.original) < 2 and "seen" not in kinds):
            continue
        share = 0.0
        if kinds & {"seen", "typical"}:
            share = 0.7 if row.family in liked else 0.15
        elif "list" in kinds and "reverse" not in kinds:
            share = listed
        elif "synonym" in kinds:
            share = listed * 0.6
        elif "possible" in kinds:
            share = listed * 0.2
        if pick.random() < share:
            forms[row.original].append(row.spun)
    count = {word: 2 if pick.random() < TWO_FORMS else 1 for word in forms}
    return {word: pick.sample(found, min(len(found), count[word])) for word, found in forms.items()}


def spin(text: str, forms: Spinner, rate: float, pick: random.Random) -> tuple[str, Truth]:
    """Replace a share of the words that the spinner has, the longest first, from left to right."""
    out: list[str] = []
    truth: Truth = {}
    at = length = 0
    while at < len(text):
        word = next((text[at : at + n] for n in (4, 3, 2, 1) if text[at : at + n] in forms), "")
        spun = pick.choice(forms[word]) if word and pick.random() < rate else ""
        if spun:
            truth[length, length + len(spun)] = word
        out.append(spun or text[at])
        length += len(out[-1])
        at += len(word) if spun else 1
    return "".join(out), truth


def judged(text: str, truth: Truth, rows: Dictionary) -> Judged:
    """The page, judged alone."""
    return Judged(text, truth, *judge_slots(Lot([text]), rows, load_models(), load_decision()))


def simulated(corpus: Path, rows: Dictionary, pick: random.Random) -> Iterator[list[Judged]]:
    """The pages of each site."""
    texts = [b for path in sorted(corpus.glob("*.txt")) for b in blocks(path, (TEST,), CAP) if len(b) >= LENGTH[1]]
    pick.shuffle(texts)
    at = 0
    for _ in range(SITES):
        spinners = [spinner(rows, pick) for _ in range(pick.choices(SPINNERS, SHARES)[0])]
        rate = pick.uniform(0.6, 1)
        site = []
        for _ in range(pick.choice(PAGES)):
            text = texts[at % len(texts)][: pick.randint(*LENGTH)]
            at += 1
            site.append(judged(*spin(text, pick.choice(spinners), rate, pick), rows))
        yield site


def frozen(site: Sequence[Judged]) -> SitePairs:
    """What the first pass of a batch would count."""
    counter = PairCounter()
    pages = [Page("", page.text) for page in site]
    for number, pairs in enumerate(pairs_of(pages, Options())):
        counter.add("", str(number), pairs)
    return counter.pairs()


def features(site: Sequence[Judged], rows: Dictionary) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Per candidate: its own log odds and what the site tells; whether it is right."""
    pairs = frozen(site)
    found, right = [], []
    for page in site:
        support = pairs.support("", page.candidates(), rows)
        if support is None:
            continue
        own = page.probability.astype(np.float64)
        found.append(np.column_stack([np.log(own + 1e-6) - np.log(1 - own + 1e-6), *support[:2]]))
        spans = zip(page.slots.start[page.slots.slot].tolist(), page.slots.end[page.slots.slot].tolist(), strict=True)
        words = (rows.rows[row].original for row in page.slots.row.tolist())
        right += [page.truth.get(span) == word for span, word in zip(spans, words, strict=True)]
    return np.vstack(found), np.array(right)


def scores(sites: Sequence[Sequence[Judged]], rows: Dictionary, with_site: bool, least: float) -> tuple[float, float]:
    """Precision and recall."""
    hits = made = due = 0
    for site in sites:
        pairs = frozen(site) if with_site else SitePairs()
        for page in site:
            slots = page.slots
            probability, _ = pairs.weigh("", page.candidates(), rows)
            due += len(page.truth)
            for k in choose(slots, probability, least).tolist():
                span = int(slots.start[slots.slot[k]]), int(slots.end[slots.slot[k]])
                made += 1
                hits += page.truth.get(span) == rows.rows[slots.row[k]].original
    return hits / max(made, 1), hits / max(due, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    rows = load()
    sites = [*simulated(parser.parse_args().corpus, rows, random.Random(7))]
    fitted, kept = sites[: SITES // 2], sites[SITES // 2 :]
    parts = [features(site, rows) for site in fitted]
    model = LogisticRegression(C=0.3, max_iter=3000).fit(
        np.vstack([x for x, _ in parts]), np.hstack([y for _, y in parts])
    )
    own, *others = model.coef_[0].tolist()
    print("weights (same pair, other form):", *(f"{weight / own:+.2f}" for weight in others))
    for name, with_site in (("page alone", False), ("with its site", True)):
        found = [scores(kept, rows, with_site, least) for least in LIMITS]
        print(
            f"{name:14}",
            *(f"{least}: P {p:.3f} R {r:.3f}" for least, (p, r) in zip(LIMITS, found, strict=True)),
            sep="  ",
        )


if __name__ == "__main__":
    main()
