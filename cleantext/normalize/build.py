"""Makes the character tables in `data/normalize/` anew: `python -m cleantext.normalize.build CORPUS.txt...`.

Needs `pypinyin` (readings) besides the package's own dependencies. CORPUS files hold clean Simplified text, one
paragraph per line; every file counts the same, however large it is.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from cleantext.normalize.script import to_simplified

COMMON = 3500  # characters; the size of the first level of 通用规范汉字表 (2013)
READABLE = 7000  # commonest characters that get readings, besides the Traditional ones
DATA = Path(__file__).parent.parent / "data" / "normalize"


def rank(paths: list[Path]) -> list[str]:
    """Han characters by falling mean share over the files."""
    share: Counter[str] = Counter()
    for path in paths:
        counts = Counter(path.read_text(encoding="utf-8"))
        han = {c: n for c, n in counts.items() if "\u4e00" <= c <= "\u9fff"}
        total = sum(han.values()) or 1
        share.update({c: n * 1_000_000_000 // total for c, n in han.items()})
    return [c for c, _ in share.most_common()]


def traditional() -> list[str]:
    """Characters of the basic block that OpenCC's t2s changes."""
    every = [chr(c) for c in range(0x4E00, 0xA000)]
    return [c for c in every if to_simplified(c) != c]


def readings(chars: list[str]) -> list[str]:
    """Rows `character TAB syllable,syllable` without tone marks, ü written v."""
    from pypinyin import Style, pinyin  # needed here only

    rows = []
    for char in sorted(set(chars)):
        found = pinyin(char, style=Style.NORMAL, heteronym=True, v_to_u=False)[0]
        rows.append(f"{char}\t{','.join(dict.fromkeys(found))}")
    return rows


def main() -> None:
    """Write common.txt, traditional.txt and readings.tsv."""
    ranked = rank([Path(name) for name in sys.argv[1:]])
    old = traditional()
    simple = [c for c in ranked if c not in set(old)]
    (DATA / "common.txt").write_text("".join(sorted(simple[:COMMON])) + "\n", encoding="utf-8")
    (DATA / "traditional.txt").write_text("".join(old) + "\n", encoding="utf-8")
    (DATA / "readings.tsv").write_text("\n".join(readings([*simple[:READABLE], *old])) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
