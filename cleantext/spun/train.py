"""Train the context model: `python -m cleantext.spun.train CORPUS THESAURUS SENTENCES`.

CORPUS is a folder of .txt files of clean Chinese, one paragraph per line, one file per source; THESAURUS a file of
synonym groups, whose words join the confusion sets though they are no candidates: near-synonyms to be told apart;
SENTENCES a file of sentences written to show the words of confusion sets where they belong, in the fields that get
spun most and that corpora of news and technology hardly know.
Every occurrence of a word of the dictionary is an example: its confusion set is the word and its partners in the rows.
A share of the paragraphs is spun on purpose (rows drawn at random), so that the model learns from corrupted contexts
as it will meet them on spun pages. One AdaGrad pass for each of SEEDS, their weights averaged; deterministic; one core,
six minutes a pass; needs the `train` extra (numba).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import ahocorasick_rs
import numba
import numpy as np
import numpy.typing as npt

from cleantext.spun.build import Pair, count_words, thesaurus_pairs, thesaurus_words
from cleantext.spun.context import TRAIN_BITS, pack, prepare, slot_features, word_hashes
from cleantext.spun.corpus import BLOCK, TRAINING, blocks
from cleantext.spun.rows import Row, read_rows

SOURCE_CAP = 12_000_000  # characters taken from one source, spread evenly, so that no register dominates
WORD_CAP = 300_000  # occurrences of one word, about: frequent words have learned enough by then
SPUN_SHARE = 0.4  # of the blocks: context corrupted
RATE = 0.15  # AdaGrad step
MIN_SEEN = 5  # a context feature seen less often teaches noise
MIN_GRADIENT = 0.01  # examples that are as good as right change nothing
MAX_SET = 12  # words of a confusion set
SEEDS = (7, 8)  # of the passes: leave-one-site-out F0.5 of each alone 0.905, averaged 0.906
SENTENCE_TIMES = 6  # that each written sentence is read; 10 and 25 did no better
PARAGRAPH = 4  # written sentences that follow each other


@numba.njit(cache=True)
def _count(features, seen):  # type: ignore[no-untyped-def]
    """Count feature hashes (saturating) in the sketch `seen`."""
    mask = np.uint32(len(seen) - 1)
    for example in range(features.shape[0]):
        for f in range(features.shape[1]):
            k = features[example, f] & mask
            if seen[k] < 255:
                seen[k] += 1


@numba.njit(cache=True)
def _learn(features, starts, words, hashes, labels, seen, weights, squares, rate):  # type: ignore[no-untyped-def]
    """One AdaGrad pass over examples in order; returns (sum of log loss, number right)."""
    loss, right = 0.0, 0
    width = features.shape[1]
    mask = np.uint32(len(seen) - 1)
    index = np.empty((64, width), dtype=np.uint32)
    score = np.empty(64, dtype=np.float64)
    active = np.empty(width, dtype=np.uint32)
    for example in range(features.shape[0]):
        first, last = starts[labels[example, 0]], starts[labels[example, 0] + 1]
        count = last - first
        used = 0
        for f in range(width):
            if seen[features[example, f] & mask] >= MIN_SEEN:
                active[used] = features[example, f]
                used += 1
        best = -1e30
        for c in range(count):
            total = 0.0
            word = hashes[words[first + c]]
            for f in range(used):
                mixed = np.uint32((active[f] ^ word) * np.uint32(0x9E3779B1))
                mixed ^= mixed >> np.uint32(15)
                mixed = np.uint32(mixed * np.uint32(0x85EBCA6B))
                index[c, f] = mixed >> np.uint32(32 - TRAIN_BITS)
                total += weights[index[c, f]]
            score[c] = total
            best = max(best, total)
        norm = 0.0
        top = 0
        for c in range(count):
            if c and score[c] >= best:
                top = c
            score[c] = np.exp(score[c] - best)
            norm += score[c]
        right += top == 0  # the label is the first word of its own set
        loss -= np.log(max(score[0] / norm, 1e-30))
        for c in range(count):
            gradient = score[c] / norm - (1.0 if c == 0 else 0.0)
            if abs(gradient) < MIN_GRADIENT:
                continue
            for f in range(used):
                k = index[c, f]
                squares[k] += gradient * gradient
                weights[k] -= rate * gradient / np.sqrt(squares[k])
    return loss, right


class Sets:
    """Confusion sets as arrays: words[starts[w]:starts[w+1]] is w itself and then its partners."""

    def __init__(self, rows: list[Pair]) -> None:
        """Rows come best first; the first MAX_SET - 1 partners of a word are kept."""
        partners: dict[str, dict[str, None]] = {}
        for spun, original in rows:
            partners.setdefault(spun, {})[original] = None
            partners.setdefault(original, {})[spun] = None
        self.vocabulary = sorted(partners)
        number = {word: k for k, word in enumerate(self.vocabulary)}
        chosen = [[k, *(number[p] for p in list(partners[w])[: MAX_SET - 1])] for k, w in enumerate(self.vocabulary)]
        self.starts = np.cumsum([0, *map(len, chosen)]).astype(np.int64)
        self.words = np.array([w for c in chosen for w in c], dtype=np.int64)
        self.hashes = word_hashes(self.vocabulary)
        self.number = number


class Spinner:
    """Replaces originals by spun words at random: the corruption of training contexts."""

    def __init__(self, rows: list[Pair], rng: np.random.Generator) -> None:
        self.by_original: dict[str, list[str]] = {}
        for spun, original in rows:
            self.by_original.setdefault(original, []).append(spun)
        self.originals = sorted(self.by_original)
        self.matcher = ahocorasick_rs.AhoCorasick(self.originals, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
        self.rng = rng

    def spin(self, text: str) -> tuple[str, list[tuple[int, int, str]]]:
        """A spun copy and its (start, end, original) spots; each pair is active or not for the whole text."""
        active: dict[str, str | None] = {}
        pieces: list[str] = []
        spots: list[tuple[int, int, str]] = []
        at = size = 0
        for k, start, end in self.matcher.find_matches_as_indexes(text):
            original = self.originals[k]
            if original not in active:
                options = self.by_original[original]
                # A few rows of a list are live in one tool; the first spun form of a row is its usual one.
                pick = options[min(int(self.rng.exponential(1.0)), len(options) - 1)]
                active[original] = pick if self.rng.random() < 0.45 else None
            spun = active[original]
            if spun is None:
                continue
            pieces += (text[at:start], spun)
            size += start - at
            spots.append((size, size + len(spun), original))
            size += len(spun)
            at = end
        return "".join(pieces) + text[at:], spots


def examples(
    text: str, spots: list[tuple[int, int, str]], sets: Sets, matcher: ahocorasick_rs.AhoCorasick
) -> npt.NDArray[np.int64]:
    """(start, end, word number) of every dictionary word as the writer wrote it."""
    found = [(s, e, w) for w, s, e in matcher.find_matches_as_indexes(text, overlapping=True)]
    table = np.array(found, dtype=np.int64).reshape(-1, 3)
    if spots:
        # What touches a spun spot is no longer the writer's word; the spot itself is an example of the original.
        covered = np.zeros(len(text) + 1, dtype=np.int32)
        for s, e, _ in spots:
            covered[s:e] = 1
        total = np.concatenate([[0], np.cumsum(covered)])
        table = table[total[table[:, 1]] == total[table[:, 0]]]
        extra = np.array([(s, e, sets.number[o]) for s, e, o in spots if o in sets.number], dtype=np.int64)
        table = np.concatenate([table, extra.reshape(-1, 3)])
    return table


def sentence_blocks(path: Path, rng: np.random.Generator) -> list[str]:
    """The sentences of a file (without its # lines) as paragraphs of blocks, SENTENCE_TIMES over, each time anew."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    sentences = [line if line[-1] in "。！？；" else line + "。" for line in lines]
    found = []
    for _ in range(SENTENCE_TIMES):
        mixed = [sentences[k] for k in rng.permutation(len(sentences))]
        paragraphs = ["".join(mixed[k : k + PARAGRAPH]) for k in range(0, len(mixed), PARAGRAPH)]
        found += ["\n".join(paragraphs[k : k + BLOCK]) + "\n" for k in range(0, len(paragraphs), BLOCK)]
    return found


def train(
    corpus: Path, sentences: Path, rows: list[Pair], spin_rows: list[Pair], seed: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Train on all but the held-out blocks; prints progress. Returns the weights and their summed squared gradients."""
    rng = np.random.default_rng(seed)
    sets, spinner = Sets(rows), Spinner(spin_rows, rng)
    matcher = ahocorasick_rs.AhoCorasick(sets.vocabulary, matchkind=ahocorasick_rs.MatchKind.Standard)
    texts = [b for p in sorted(corpus.glob("*.txt")) for b in blocks(p, TRAINING, SOURCE_CAP)]
    texts += sentence_blocks(sentences, rng)
    order = rng.permutation(len(texts))
    counts = np.zeros(len(sets.vocabulary), dtype=np.int64)
    for k in order[: len(order) // 10]:
        ids = [m[0] for m in matcher.find_matches_as_indexes(texts[k], overlapping=True)]
        np.add.at(counts, np.array(ids, dtype=np.int64), 10)
    keep = np.minimum(1.0, WORD_CAP / np.maximum(counts, 1))
    keep[np.diff(sets.starts) < 2] = 0.0
    sketch = np.zeros(1 << 28, dtype=np.uint8)
    for at in range(0, len(order), 8):
        text = "".join(texts[k] for k in order[at : at + 8])
        table = examples(text, [], sets, matcher)
        table = table[rng.random(len(table)) < keep[table[:, 2]]]
        _count(slot_features(prepare(text), table[:, 0], table[:, 1]), sketch)
    print("features seen", (sketch > 0).sum(), "often enough", (sketch >= MIN_SEEN).sum(), flush=True)
    weights = np.zeros(1 << TRAIN_BITS, dtype=np.float32)
    squares = np.full(1 << TRAIN_BITS, 1.0, dtype=np.float32)
    began, chars = time.time(), 0
    window = np.zeros(3)  # examples, loss, right since the last report
    batch = 8
    for at in range(0, len(order), batch):
        text, spots = _corrupted([texts[k] for k in order[at : at + batch]], spinner)
        chars += len(text)
        table = examples(text, spots, sets, matcher)
        table = table[rng.random(len(table)) < keep[table[:, 2]]]
        features = slot_features(prepare(text), table[:, 0], table[:, 1])
        loss, right = _learn(
            features, sets.starts, sets.words, sets.hashes, table[:, 2:], sketch, weights, squares, RATE
        )
        window += (len(table), loss, right)
        if at % (batch * 400) == 0:
            print(
                f"{at}/{len(order)} blocks, {chars / 1e6:.1f} M characters, loss {window[1] / max(window[0], 1):.4f}, "
                f"right {window[2] / max(window[0], 1):.4f} of {window[0]:.0f}, {time.time() - began:.0f} s",
                flush=True,
            )
            window[:] = 0
    return weights, squares


def _corrupted(texts: list[str], spinner: Spinner) -> tuple[str, list[tuple[int, int, str]]]:
    """One text of several blocks, some of them spun; spots in offsets of the whole."""
    parts: list[str] = []
    spots: list[tuple[int, int, str]] = []
    size = 0
    for block in texts:
        inner: list[tuple[int, int, str]] = []
        if spinner.rng.random() < SPUN_SHARE:
            block, inner = spinner.spin(block)
        spots += [(start + size, end + size, original) for start, end, original in inner]
        parts.append(block)
        size += len(block)
    return "".join(parts), spots


# Rows of a dictionary by how likely a spinner has them: the order in which confusion sets fill up.
RANKS = ("seen", "typical", "synonym", "list", "possible", "chain")
KEEP = 14_000_000  # weights packed into the shipped table; 10 and 20 million did no better on the dev passages


def ranked(rows: Sequence[Row]) -> list[Row]:
    """Rows in the order of their best kind; of those of one original, the ones of its length first.

    A spinner's usual row keeps the length: compounds (小我私人 for 个人) are the exception.
    """

    def rank(row: Row) -> tuple[int, int, int, str, str]:
        best = min(RANKS.index(kind) for kind in row.kinds if kind in RANKS)
        return best, -row.original_count, abs(len(row.spun) - len(row.original)), row.spun, row.original

    return sorted(rows, key=rank)


def main() -> None:
    """Command line of the training."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("thesaurus", type=Path)
    parser.add_argument("sentences", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "data" / "spun")
    args = parser.parse_args()
    rows = ranked(read_rows((args.out / "dictionary.tsv").read_text(encoding="utf-8").splitlines()))
    blind = [row for row in rows if {*row.kinds} & {"seen", "typical", "synonym", "list"}]
    spin = [(row.spun, row.original) for row in blind if len(row.original) > 1 or "seen" in row.kinds]
    synonyms = thesaurus_pairs(args.thesaurus, count_words(thesaurus_words(args.thesaurus), args.corpus))
    pairs = [(row.spun, row.original) for row in rows]
    pairs += sorted(synonyms - {*pairs})
    runs = [train(args.corpus, args.sentences, pairs, spin, seed) for seed in SEEDS]
    weights, squares = (np.mean(parts, axis=0) for parts in zip(*runs, strict=True))
    # A weight matters by its size and by how much evidence shaped it.
    importance = np.abs(weights) * np.sqrt(np.sqrt(np.maximum(squares - 1, 0) + 1e-6))
    table, scale = pack(weights, importance, KEEP)
    np.save(args.out / "context.npy", table)
    record = {"made by": "python -m cleantext.spun.train CORPUS THESAURUS SENTENCES", "scale": scale, "rows": len(rows)}
    (args.out / "context.json").write_text(json.dumps(record) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
