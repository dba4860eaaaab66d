"""Kangxi radicals and compatibility ideographs in place of the characters they look like (text out of PDF files)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from cleantext.normalize.rule import Rule, Sheet, edit
from cleantext.records import Edit

NAME = "kangxi-radical"
# Simplified shapes of the supplement block, which NFKC does not know.
SUPPLEMENT = dict(
    zip(
        "⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳",
        "母民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟",
        strict=True,
    )
)
RADICAL_RE = re.compile("[\u2f00-\u2fd5" + "".join(SUPPLEMENT) + "]+")


def radicals(sheet: Sheet) -> Iterator[Edit]:
    """⼈ (U+2F08) to 人 and so on, except where the page is about radicals."""
    if "部首" in sheet.text or "偏旁" in sheet.text:
        return
    for match in RADICAL_RE.finditer(sheet.text):
        after = unicodedata.normalize("NFKC", "".join(SUPPLEMENT.get(char, char) for char in match[0]))
        yield edit(match, after, NAME, "Kangxi radical for the character", 0.97)


RULE = Rule(NAME, (range(0x2F00, 0x2FD6), "".join(SUPPLEMENT)), radicals)
