"""Lines about the copy, put into a paragraph: 本文来自…, 转载请注明…, 第1页共16页."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleantext.han import is_han
from cleantext.inline.sheet import Sheet
from cleantext.records import Edit

OPENERS = tuple("（(【[")
SOURCE, COUNTER = "inserted-source", "page-counter"
SOURCE_RE = re.compile(
    r"[本文内原转](?:(?:(?<=本)文|(?<=文)章|(?<=内)容|(?<=原)文)"
    r"(?:来自|来源于?|转自|转载自|由)[:：于]?\s?[“\"]?[^，。！？；,;!?\n（(）)]{2,24}?"
    r"(?:网|\.com|\.cn|\.net|网站|论坛|公众号|微信号|整理发布|首发|文库)[^，。！？；,;!?\n（(）)]{0,4}[）)】\]]?"
    r"|(?<=转)载请(?:注明|标明|保留)(?:原文|文章)?(?:出处|来源|作者|本文|链接|地址|原文)[^，。！？；!?\n（(）)]{0,40}[）)】\]]?)"
)
COUNTER_RE = re.compile(r"第\s?[0-9]{1,3}\s?页\s?[/／，, ]?\s?共\s?[0-9]{1,3}\s?页[）)\]】]?")


def _with_bracket(text: str, match: re.Match[str]) -> tuple[int, int]:
    """The span of a match with the opening bracket before it (left out of the regex: it would slow the search)."""
    start, end = match.span()
    return start - (text[start - 1 : start] in OPENERS and start > 0), end


def sources(sheet: Sheet) -> Iterator[Edit]:
    """本文来自… and 转载请注明… between the sentences of a paragraph; one mark remains."""
    text = sheet.text
    for match in SOURCE_RE.finditer(sheet.flat):
        start, end = _with_bracket(text, match)
        low, high = sheet.line(start)
        if start == low or end >= high - 1 or not sheet.prose_around(start, end):
            continue
        before, after = text[start - 1], text[end]
        if text[start] in OPENERS and match[0][-1] in "）)】]":
            yield sheet.cut(start, end, SOURCE, "source line inside a paragraph", 0.9)
        elif before in "。！？!?”…；;" and after in "。！；;":
            yield sheet.cut(start, end + 1, SOURCE, "source line inside a paragraph", 0.88)
        elif before in "，," and after in "，,。":
            yield sheet.cut(start - 1, end, SOURCE, "source line inside a paragraph", 0.84)


def counters(sheet: Sheet) -> Iterator[Edit]:
    """第1页共16页 between two characters of a sentence."""
    text = sheet.text
    for match in COUNTER_RE.finditer(sheet.flat):
        start, end = _with_bracket(text, match)
        if start == 0 or end >= len(text) or not sheet.prose_around(start, end):
            continue
        before, after = text[start - 1], text[end]
        if (
            (is_han(before) or before in "，、,")
            and is_han(after)
            and after not in "的是上中里"
            and before not in "在见到至从是"
        ):
            yield sheet.cut(start, end, COUNTER, "page counter inside a sentence", 0.9)
