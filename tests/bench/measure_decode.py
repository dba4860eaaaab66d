"""Measure the decode ladder on generated samples: share of samples whose text came back right, and MB/s.

    python tests/bench/measure_decode.py CORPUS_DIR [SAMPLES_PER_CELL]

CORPUS_DIR holds UTF-8 *.txt files of clean Chinese prose. Each sample is a stretch of one file, as it stands or (for
Big5) in Traditional characters by OpenCC, encoded, and in half of the cells cut in the middle of its first and its last
character. Right means: the decoded text is the sample's, but for U+FFFD in place of cut characters. Mixed files: twelve
paragraphs, some in a second encoding; reported means flagged "mixed-encoding", right that the text is the sample's.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

import opencc

from cleantext.decode import decode, encode
from cleantext.records import Options

LENGTHS = (40, 200, 2000)
CODECS = ("utf-8", "gb18030", "gb18030 traditional", "big5", "cp950")
CODECS += ("utf-16-le", "utf-16-be", "utf-16-le bom", "utf-16-be bom")
MIXED = (("utf-8", "gb18030"), ("gb18030", "utf-8"), ("utf-8", "big5"), ("big5", "utf-8"), ("gb18030", "big5"))
# The table of char costs was counted on the first 100,000 characters of each file: measure behind them.
SKIP_CHARS = 100_000


def samples(texts: list[str], length: int, count: int, rng: random.Random) -> list[str]:
    out = []
    while len(out) < count:
        text = rng.choice(texts)
        start = rng.randrange(max(1, len(text) - length))
        piece = text[start : start + length]
        # A sample is about Chinese: a third of it Han, both ends outside ASCII so that they can be cut.
        if sum("\u4e00" <= c <= "\u9fff" for c in piece) * 3 >= len(piece) and piece[0] > "\x7f" < piece[-1]:
            out.append(piece)
    return out


def measure_mixed(texts: list[str], count: int, rng: random.Random) -> None:
    """Print how many files of two encodings are reported and read right, and how many of one are called mixed."""
    traditional = opencc.OpenCC("s2tw")
    for first, second in MIXED:
        reported = right = false = 0
        for _ in range(count):
            text = rng.choice(texts)
            lines = [line for line in text[rng.randrange(len(text) // 2) :].split("\n") if len(line) > 20][:12]
            lines = [traditional.convert(line) if "big5" in (first, second) else line for line in lines]
            lines = [
                line.encode(first, "ignore").decode(first).encode(second, "ignore").decode(second) for line in lines
            ]
            others = set(rng.sample(range(len(lines)), min(len(lines) // 2, rng.randint(1, 5))))
            data = b"\n".join(line.encode(second if n in others else first) for n, line in enumerate(lines))
            page = decode(data, "sample", Options())
            reported += "mixed-encoding" in page.origin.flags
            right += page.text == "\n".join(lines)
            pure = decode("\n".join(lines).encode(first), "sample", Options())
            false += "mixed-encoding" in pure.origin.flags
        print(
            f"{first} with {second}: reported {reported}/{count}, right {right}/{count}, pure ones called mixed {false}"
        )


def main() -> None:
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    rng = random.Random(2024)
    texts = [p.read_text(encoding="utf-8")[SKIP_CHARS:] for p in sorted(Path(sys.argv[1]).glob("*.txt"))]
    texts = [t[:400_000] for t in texts if len(t) > 4000]
    traditional = opencc.OpenCC("s2tw")
    total: Counter[str] = Counter()
    for name in CODECS:
        codec = name.split()[0]
        for length in LENGTHS:
            for cut in (False, True):
                right = 0
                for piece in samples(texts, length, count, rng):
                    if codec in ("big5", "cp950") or "traditional" in name:
                        piece = traditional.convert(piece)
                    text = piece.encode(codec, "ignore").decode(codec)
                    mark = "\ufeff".encode(codec) if "bom" in name else b""
                    data = text.encode(codec)
                    # A cut lead byte makes the rest of a character readable as ASCII: any one-byte difference is fine.
                    data = mark + (data[1:-1] if cut and not mark else data[:-1] if cut else data)
                    page = decode(data, "sample", Options())
                    assert encode(page.text, page.origin) == data
                    core = text[1:-1] if cut and not mark else text[:-1] if cut else text
                    good = core in page.text and len(page.text) - len(text) in (0, 1, 2, 3)
                    right += good
                    if not good and "-v" in sys.argv:
                        print("   ", name, length, cut, page.origin.encoding, repr(page.text[:60]), repr(text[:30]))
                print(f"{name:20} {length:5} {'cut' if cut else '   '} {right}/{count}")
                total.update(right=right, all=count)
    print(f"right {total['right']}/{total['all']} = {total['right'] / total['all']:.4%}")
    measure_mixed(texts, count, rng)
    text = "".join(texts)[:8_000_000]
    for codec in ("utf-8", "gb18030", "utf-16-le"):
        data = text.encode(codec)
        start = time.perf_counter()
        decode(data, "speed", Options())
        print(f"{codec}: {len(data) / 1e6 / (time.perf_counter() - start):.0f} MB/s of {len(data) / 1e6:.0f} MB")
    line = text.replace("\n", "").encode()
    line = (line * (50_000_000 // len(line) + 1))[:50_000_000]
    start = time.perf_counter()
    decode(line, "speed", Options())
    print(f"utf-8, one line of 50 MB: {50 / (time.perf_counter() - start):.0f} MB/s")


if __name__ == "__main__":
    main()
