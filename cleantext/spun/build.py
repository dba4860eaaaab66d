"""Build the dictionary: `python -m cleantext.spun.build DICTIONARY_DIR CORPUS`.

DICTIONARY_DIR holds `spinner_pairs.tsv` (original, spun), `wild_pairs.tsv` (spun, original, family) and
`thesaurus.txt` (synonym groups); `curated.tsv` and `genuine.txt` come from the package. CORPUS is a folder of clean
text, from whose training blocks the words are counted. Writes `data/spun/dictionary.tsv`.

Every row says by its kinds where it comes from; how much a kind is worth is learned (`cleantext.spun.fit`).
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import ahocorasick_rs

from cleantext.spun.corpus import TRAINING, blocks
from cleantext.spun.rows import NULL_MEAN, NULL_SPREAD

Pair = tuple[str, str]  # (spun, original)

HAN_WORD_RE = re.compile(r"[\u4e00-\u9fff]{1,6}")
COUNT_CAP = 1_500_000  # characters counted per source
MIN_ORIGINAL = 30  # occurrences of an original in the counted text; rarer words are not what writers wrote
MIN_THESAURUS = 200  # the same for words of thesaurus groups
MAX_GROUP = 25  # words of a thesaurus group; larger ones are topics, not synonyms
# One character is too short to be a slot, but for the rows that real pages show again and again.
SHORT_FORMS = frozenset("进活往心望违")
# The styles that the letters of wild_pairs.tsv belong to: the curated family that most of their rows share.
STYLES = {"D": "round", "D2": "finance", "H": "web18", "I": "variant", "J": "variant", "K": "glyph"}
SURE_COUNT = 1  # occurrences of a sure row's spun form in the counted text
SURE_ORIGINAL = 300  # occurrences of its original


def read_pairs(path: Path) -> list[list[str]]:
    """Rows of a TSV without comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]


def read_curated(path: Path) -> dict[Pair, tuple[float, str]]:
    """Pair -> (weight, family); later originals of a row weigh a little less."""
    found: dict[Pair, tuple[float, str]] = {}
    for spun, originals, weight, family in read_pairs(path):
        for rank, original in enumerate(originals.split("/")):
            found[spun, original] = max(
                found.get((spun, original), (0.0, "")), (float(weight) - 0.3 * min(rank, 3), family)
            )
    return found


def thesaurus_words(path: Path) -> set[str]:
    """All words of a thesaurus that could be a side of a row."""
    words = {word for line in path.read_text(encoding="utf-8").splitlines() for word in line.split()[1:]}
    return {word for word in words if HAN_WORD_RE.fullmatch(word)}


def thesaurus_pairs(path: Path, counts: Counter[str]) -> set[Pair]:
    """Pairs of synonyms (groups marked =) of at least two characters, both common."""
    pairs: set[Pair] = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        code, *words = line.split()
        words = [w for w in words if len(w) > 1 and counts[w] >= MIN_THESAURUS]
        if code.endswith("=") and len(words) <= MAX_GROUP:
            pairs |= {(a, b) for a in words for b in words if a != b}
    return pairs


def chains(strong: set[Pair], links: set[Pair]) -> set[Pair]:
    """Two hops: a spinner that runs twice, or a list that maps a to b and b to c. One hop must be a strong pair."""
    originals: dict[str, set[str]] = defaultdict(set)
    for spun, original in links:
        originals[spun].add(original)
    return {
        (spun, last)
        for spun, middles in originals.items()
        for middle in middles
        for last in originals.get(middle, ())
        if last != spun and ((spun, middle) in strong or (middle, last) in strong)
    }


def count_words(words: Iterable[str], corpus: Path) -> Counter[str]:
    """Occurrences, overlapping ones too, in the training blocks of the corpus."""
    vocabulary = sorted(set(words))
    matcher = ahocorasick_rs.AhoCorasick(vocabulary, matchkind=ahocorasick_rs.MatchKind.Standard)
    counts: Counter[int] = Counter()
    for path in sorted(corpus.glob("*.txt")):
        for block in blocks(path, TRAINING, COUNT_CAP):
            counts.update(m[0] for m in matcher.find_matches_as_indexes(block, overlapping=True))
    return Counter({vocabulary[k]: n for k, n in counts.items()})


def build(dictionary: Path, corpus: Path, data: Path) -> list[str]:
    """The lines of dictionary.tsv; `data` is the folder of curated.tsv and genuine.txt."""
    spinner = [(row[0], row[1]) for row in read_pairs(dictionary / "spinner_pairs.tsv")]
    wild = {(row[0], row[1]): row[2] for row in read_pairs(dictionary / "wild_pairs.tsv")}
    curated = read_curated(data / "curated.tsv")
    thesaurus = dictionary / "thesaurus.txt"
    known, seen = thesaurus_words(thesaurus), {spun for spun, _ in wild}
    genuine = known | {row[0] for row in read_pairs(data / "genuine.txt")}
    words = {w for pair in [*spinner, *wild, *curated] for w in pair}
    counts = count_words({w for w in words if HAN_WORD_RE.fullmatch(w)} | known, corpus)
    kinds: dict[Pair, set[str]] = defaultdict(set)
    for pair in wild:
        kinds[pair].add("seen")
    for pair, (weight, _) in curated.items():
        kinds[pair].add("typical" if weight > 2 else "synonym" if weight > 1 else "possible")
    for original, spun in spinner:
        kinds[spun, original].add("list")
        kinds[original, spun].add("reverse")
    strong = {p for p, k in kinds.items() if k & {"seen", "typical"}}
    links = {p for p, k in kinds.items() if k & {"seen", "typical", "synonym"}}
    for pair in chains(strong, links):
        kinds[pair].add("chain")
    for pair in thesaurus_pairs(thesaurus, counts):
        kinds[pair].add("thesaurus")
    lines = []
    for (spun, original), found in sorted(kinds.items()):
        if not _usable(spun, original, found, counts):
            continue
        family = curated.get((spun, original), (0.0, "-"))[1]
        if family in ("-", "list", "syn") and (spun, original) in wild:
            family = STYLES.get(wild[spun, original], "seo09")
        # A word of the thesaurus is one that writers have, however rare it is in the counted text.
        # Two characters of the char family are no word: they may also meet where two words do (观望 + 好).
        shortest = 3 if family == "char" and spun not in seen else 2
        certain = found & {"seen", "typical"} and len(spun) >= shortest
        certain = certain and counts[spun] <= SURE_COUNT and spun not in genuine
        tier = "sure" if certain and counts[original] >= SURE_ORIGINAL else "ambiguous"
        null = (str(NULL_MEAN), str(NULL_SPREAD))  # until fit.py has measured it
        cells = (spun, original, tier, "+".join(sorted(found)), family, str(counts[spun]), str(counts[original]), *null)
        lines.append("\t".join(cells))
    return lines


def _usable(spun: str, original: str, found: set[str], counts: Counter[str]) -> bool:
    """Whether a row can be told from noise at all."""
    if spun == original or not (HAN_WORD_RE.fullmatch(spun) and HAN_WORD_RE.fullmatch(original)):
        return False
    if len(spun) == 1 and not (spun in SHORT_FORMS and found & {"seen", "typical"}):
        return False
    # Thesaurus groups alone gave 61 % of all candidates on the dev passages and 1 % of the right ones; "reverse" alone
    # gave none. Both stay as a sign beside other kinds.
    if found <= {"reverse", "thesaurus"}:
        return False
    if found <= {"reverse", "thesaurus", "chain"} and counts[original] < 200:
        return False
    return counts[original] >= MIN_ORIGINAL or bool(found & {"seen", "typical", "synonym"} and counts[original])


HEADER = """\
# spun	original	tier	kinds	family	count of spun	count of original	null mean	null spread
# Built by `python -m cleantext.spun.build DICTIONARY_DIR CORPUS` (see README.md beside this file); do not edit.
"""


def main() -> None:
    """Command line of the build."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dictionary", type=Path)
    parser.add_argument("corpus", type=Path)
    data = Path(__file__).parents[1] / "data" / "spun"
    parser.add_argument("--out", type=Path, default=data / "dictionary.tsv")
    args = parser.parse_args()
    lines = build(args.dictionary, args.corpus, data)
    args.out.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} rows, {len({line.split(chr(9))[0] for line in lines})} spun forms")


if __name__ == "__main__":
    main()
