"""Count characters of clean Chinese text and write cleantext/data/decode/char_costs.txt, which the decode ladder reads.

    python tests/bench/build_char_costs.py CORPUS_DIR

CORPUS_DIR holds UTF-8 *.txt files of clean prose, one paragraph per line. Every file counts alike (its first 100,000
characters: the rest is left for measuring), half as it stands, half converted to the Traditional of Taiwan and of Hong
Kong. Needs opencc.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from pathlib import Path

import opencc

CHARS_PER_FILE = 100_000
# Below this count in about 10 million characters a character is as good as unseen.
MIN_COUNT = 2
OUT = Path(__file__).parents[2] / "cleantext" / "data" / "decode" / "char_costs.txt"
NOTE = """\
# What a character costs: -log2 of its share in clean Chinese prose, rounded, as "bits<TAB>characters".
# Made by tests/bench/build_char_costs.py from {files} collections of public prose (news, blogs, documentation, laws,
# essays) of equal weight, half as they stand, half converted to Traditional (Taiwan, Hong Kong) by OpenCC.
"""


def main() -> None:
    converters = [(0.5, None), (0.25, opencc.OpenCC("s2tw")), (0.25, opencc.OpenCC("s2hk"))]
    shares: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    files = sorted(Path(sys.argv[1]).glob("*.txt"))
    for path in files:
        with path.open(encoding="utf-8") as file:
            text = file.read(CHARS_PER_FILE)
        for weight, converter in converters:
            counts = Counter(converter.convert(text) if converter else text)
            seen.update(counts)
            for char, count in counts.items():
                shares[char] += weight * count / len(text) / len(files)
    levels: dict[int, list[str]] = {}
    for char, share in shares.items():
        if seen[char] >= MIN_COUNT and 0x80 <= ord(char) < 0x10000:
            levels.setdefault(round(-math.log2(share)), []).append(char)
    rows = [f"{bits}\t{''.join(sorted(chars))}\n" for bits, chars in sorted(levels.items())]
    OUT.write_text(NOTE.format(files=len(files)) + "".join(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
