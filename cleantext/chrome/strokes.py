"""What invented bodies are made of (`genres`, `short_lines`): clauses, sentences and numbered points of clean pages'
words. Training only.

A row is a line and its label: 1 for the site's own lines, which some bodies hold, -1 for what is not to be learnt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Final, TypeAlias

from cleantext.chrome import frames
from cleantext.chrome.frames import Pool

Row: TypeAlias = tuple[str, int]
Genre: TypeAlias = Callable[[Pool, Random], list[Row]]

_HAN_RE: Final = re.compile("[\u4e00-\u9fff]+")
HAN_NUMBERS: Final = "一二三四五六七八九十"
_BULLETS: Final = ("", "", "", "• ", "- ", "· ", "● ", "■ ", "※")
_NUMBERS: Final = (
    "{n}.",
    "{n}、",
    "{n}. ",
    "({n})",
    "（{h}）",
    "{h}、",
    "第{h}，",
    "{n}）",
    "0{n} ",
    "Step{n}：",
    "第{n}步：",
)


def clause(pool: Pool, random: Random, low: int, high: int) -> str:
    """A clause of the pool, of Han characters only if one is soon found."""
    for _ in range(6):
        found = frames.clause(pool, random, low, high)
        if _HAN_RE.fullmatch(found):
            break
    return found


def sentence(pool: Pool, random: Random, low: int = 4, high: int = 18) -> str:
    """One to three clauses of the pool with a sentence end."""
    parts = [clause(pool, random, low, high) for _ in range(random.choice((1, 1, 2, 2, 3)))]
    return "，".join(parts) + random.choice("。。。。！？")


def prose(pool: Pool, random: Random, most: int = 3) -> list[str]:
    """Lines of prose: short sentences of clauses, or paragraphs of the pool."""
    return [
        random.choice(pool) if random.random() < 0.3 else sentence(pool, random) for _ in range(random.randint(1, most))
    ]


def numbered(lines: Sequence[str], random: Random) -> list[str]:
    """The lines with numbers in one style, or with bullets, or bare."""
    if random.random() < 0.3:
        bullet = random.choice(_BULLETS)
        return [bullet + line for line in lines]
    style = random.choice(_NUMBERS)
    return [style.format(n=n + 1, h=HAN_NUMBERS[n % 10]) + line for n, line in enumerate(lines)]


def body(lines: Sequence[str]) -> list[Row]:
    """The lines as body."""
    return [(line, 0) for line in lines]


def references(pool: Pool, random: Random) -> list[str]:
    """The list of works at the end of a paper, or notes with the sources of quotations."""
    marks = random.choice(("[{}]", "[{}] ", "{}. ", "［{}］", "（{}）", "[^{}]: "))
    rows = []
    for number in range(random.randint(1, 12)):
        names = "，".join(clause(pool, random, 2, 3) for _ in range(random.choice((1, 1, 2, 3))))
        work, place, year = clause(pool, random, 4, 20), clause(pool, random, 2, 8), random.randint(1930, 2023)
        row = random.choice(
            (
                f"{names}.{work}[M].{place}出版社,{year}:{number * 7 + 1}-{number * 9 + 5}.",
                f"{names}. {work}[J]. {place}, {year}({number % 12 + 1}): {number * 5 + 2}.",
                f"{names}：《{work}》，{place}出版社{year}年版，第{number * 11 + 3}页。",
                f"《{work}》，{place}，{year}年{number % 12 + 1}月{number % 28 + 1}日。",
                f"{names}：《{work}》，《{place}》{year}年第{number % 12 + 1}期。",
                f"{work}. {place}. {year}",
                f"Smith J, Lee K. The {random.choice('ABC')} of rivers[J]. Nature, {year}, {number + 12}(3): 4-9.",
            )
        )
        rows.append(marks.format(number + 1) + row)
    heading = random.choice(("参考文献：", "参考文献", "注释", "注释：", "参考资料", "引用"))
    return [heading, *rows] if random.random() < 0.7 else rows


def site_line(random: Random, *lines: str) -> list[Row]:
    """One of the lines as chrome, or none."""
    return [(random.choice(lines), 1)] if random.random() < 0.7 else []
