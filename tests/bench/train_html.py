"""Learn which blocks of HTML pages belong to the article, and write cleantext/data/html/forest.tsv.

    python tests/bench/train_html.py PAGES.jsonl.xz [--cv]

Every record of the input has "html", "gold" (the main text), "site" and "kind". With --cv nothing is written: the
figures printed are those of sites that were not learned from (6 folds by site), and the score is the mean over pages of
the F1 of character 5-grams. Needs scikit-learn (`pip install -e .[train]`).
"""

from __future__ import annotations

import json
import lzma
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold

from cleantext import html
from cleantext.html.blocks import Tree, parse
from cleantext.html.features import block_features
from cleantext.html.forest import Forest

OUT = Path(__file__).parents[2] / "cleantext" / "data" / "html" / "forest.tsv"
# Shallow trees carry over to other sites better (depth 4: B articles 0.91 instead of 0.94).
DEPTH = 3
TREES = 150
# Pages of set B (recent sites) are few: each counts as much as this many of set A.
WEIGHT_B = 5
MIN_SHARE = 0.5  # of a block's 5-grams found in the gold text: the block is body
NOTE = """\
# Boosted trees: is a block of an HTML page part of the article? Features: cleantext/html/features.py, in its order.
# Made by tests/bench/train_html.py from {pages} news, article and forum pages of {sites} sites with their main texts.
# Rows: tree, node, feature, threshold, left, right, value. First row: base log-odds, depth.
"""


def letters(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z\u3400-\u9fff]", "", text)


def grams(text: str, n: int = 5) -> Counter[str]:
    text = letters(text)
    return Counter(text[i : i + n] for i in range(len(text) - n + 1))


def f1(text: str, gold: str) -> tuple[float, float, float]:
    found, wanted = grams(text), grams(gold)
    both = (found & wanted).total()
    p, r = both / max(1, found.total()), both / max(1, wanted.total())
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


def labels(tree: Tree, gold: str) -> np.ndarray:
    """For each block 1 (body), 0 or -1 (nothing to compare). Repeated text is body as often as in the gold."""
    left = grams(gold)
    lines = {letters(line) for line in gold.splitlines()}
    out = []
    for block in tree.blocks:
        own, text = grams(block.text), letters(block.text)
        if not own:
            out.append((text in lines) if text else -1)
            continue
        share = (own & left).total() / own.total()
        out.append(share >= MIN_SHARE)
        if share >= MIN_SHARE:
            left -= own
    return np.array(out, np.int64)


def prepare(pages: list[dict]) -> list[dict]:
    """The pages that have text, with their blocks, labels and features."""
    out = []
    for page in pages:
        tree = parse(page["html"])
        if tree.blocks:
            out.append(page | {"tree": tree, "labels": labels(tree, page["gold"]), "features": block_features(tree)})
    return out


def fit(pages: list[dict], trees: int = TREES) -> HistGradientBoostingClassifier:
    sites = Counter(page["site"] for page in pages)
    weights = []
    for page in pages:
        weight = np.sqrt([len(letters(block.text)) + 1 for block in page["tree"].blocks])
        weight *= (WEIGHT_B if page["set"] == "B" else 1) / np.sqrt(weight.sum()) / sites[page["site"]] ** 0.3
        weights.append(weight)
    y = np.concatenate([page["labels"] for page in pages])
    w = np.concatenate(weights)
    model = HistGradientBoostingClassifier(
        max_iter=trees, max_depth=DEPTH, learning_rate=0.07, l2_regularization=10, min_samples_leaf=20,
        max_features=0.2, early_stopping=False, random_state=0,
    )  # fmt: skip
    return model.fit(np.vstack([page["features"] for page in pages])[y >= 0], y[y >= 0], (w / w.mean())[y >= 0])


def forest(model: HistGradientBoostingClassifier) -> Forest:
    size = max(len(stage[0].nodes) for stage in model._predictors)
    shape = (len(model._predictors), size)
    feature, left, right = (np.zeros(shape, np.int64) for _ in range(3))
    threshold, value = np.zeros(shape), np.zeros(shape)
    for tree, stage in enumerate(model._predictors):
        for number, node in enumerate(stage[0].nodes):
            leaf = node["is_leaf"]
            left[tree, number], right[tree, number] = (number, number) if leaf else (node["left"], node["right"])
            if leaf:
                value[tree, number] = round(node["value"], 4)
            else:
                feature[tree, number] = node["feature_idx"]
                threshold[tree, number] = float(f"{node['num_threshold']:.5g}")
    return Forest(feature, threshold, left, right, value, round(float(model._baseline_prediction.item()), 4), DEPTH)


def write(model: Forest, pages: list[dict]) -> None:
    rows = [f"base\t{model.base}\t{model.depth}\n"]
    for tree in range(len(model.feature)):
        for node in range(model.feature.shape[1]):
            columns = (model.feature, model.threshold, model.left, model.right, model.value)
            rows.append("\t".join(f"{x:g}" for x in [tree, node, *(column[tree, node] for column in columns)]) + "\n")
    note = NOTE.format(pages=len(pages), sites=len({page["site"] for page in pages}))
    OUT.write_text(note + "".join(rows), encoding="utf-8")


def evaluate(pages: list[dict], model: Forest, scores: dict[str, list]) -> None:
    for page in pages:
        scores[f"{page['set']} {page['kind']}"].append(f1(html.extract(page["html"], model).text, page["gold"]))


def main() -> None:
    with lzma.open(sys.argv[1], "rt", encoding="utf-8") as file:
        pages = prepare([json.loads(line) for line in file])
    if "--cv" not in sys.argv:
        write(forest(fit(pages)), pages)
        return
    scores: dict[str, list] = defaultdict(list)
    for learned, kept in GroupKFold(6).split(pages, groups=[page["site"] for page in pages]):
        evaluate([pages[i] for i in kept], forest(fit([pages[i] for i in learned])), scores)
    for name, values in sorted(scores.items()):
        p, r, f = np.mean(values, axis=0)
        print(f"{name:10} n {len(values):3} precision {p:.4f} recall {r:.4f} F1 {f:.4f}")


if __name__ == "__main__":
    main()
