"""Brands put into a text: a name in brackets again and again (春天【某某化妆品】到了), and questions for search engines
used as if they were names (选择苏州装修公司哪家好的时候), which no cut can mend: those pages are flagged.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from cleantext.han import HAN, is_han
from cleantext.inline.sheet import Sheet
from cleantext.inline.words import pattern
from cleantext.records import Edit

BRAND = "stuffed-brand"
FLAG = "stuffed"
LONGEST = 5  # characters of a word of trade and its bracket
LEAST = 3  # brackets with one name, all of them within sentences
QUERIES = 4  # times that one question is used as a name, among them …
WITHIN = 3  # … so many within sentences
TOPIC = 4  # Han before 哪家好 that all of them share
REACH = 12  # Han before it that are looked at
# Brackets that authors seldom use within a sentence; the name in them ends in a word of trade (`brand-alarm`).
BRACKET_RE = re.compile(r"[【\[［]([^【】\[\]［］\n，。：:、]{4,16})[】\]］]")


def brackets(sheet: Sheet) -> Iterator[Edit]:
    """A trade name in brackets within sentences, wherever it stands, when nothing else on the page speaks of it."""
    places: dict[str, list[re.Match[str]]] = defaultdict(list)
    for match in BRACKET_RE.finditer(sheet.text):
        if pattern("brand-alarm", "{}$").search(sheet.text, match.end() - LONGEST, match.end()):
            places[match[1]].append(match)
    for name, found in places.items():
        spoken = sheet.text.count(name[:4]) > len(found) or pattern("placeholder").match(name)
        inside = [match for match in found if _within(sheet, *match.span())]
        if spoken or len(found) < LEAST or len(inside) < len(found):
            continue
        for match in inside:
            yield sheet.cut(*match.span(), BRAND, f"trade name in brackets, {len(found)} times within sentences", 0.86)


def _within(sheet: Sheet, start: int, end: int) -> bool:
    """Whether a stretch stands between two characters of a sentence, and prose remains."""
    before, after = sheet.text[start - 1 : start], sheet.text[end : end + 1]
    joined = before and (is_han(before) or before in "，,") and after and is_han(after)
    leads = pattern("address-lead", "{}$").search(sheet.text, max(0, start - LONGEST), start)  # 从【…】进货
    return bool(joined) and not leads and sheet.prose_around(start, end)


def stuffed(text: str) -> bool:
    """Whether the page uses one question for search machines as a name, again and again."""
    topics: Counter[str] = Counter()
    within: Counter[str] = Counter()
    for match in pattern("query").finditer(text):
        run = re.search(f"[{HAN}]*$", text[max(0, match.start() - REACH) : match.start()])
        before = run[0] if run else ""
        if len(before) >= TOPIC:
            topic = before[-TOPIC:] + match[0]
            topics[topic] += 1
            after = text[match.end() : match.end() + 1]
            within[topic] += bool(after) and is_han(after)
    return any(count >= QUERIES and within[topic] >= WITHIN for topic, count in topics.items())
