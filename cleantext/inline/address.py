"""Addresses glued between the words of a sentence, with the link text before them: 服装[网www.vhao.net]品牌."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import partial

from cleantext.han import is_han
from cleantext.inline import anchor
from cleantext.inline.anchor import Open, Question, Reading
from cleantext.inline.sheet import Sheet
from cleantext.inline.words import pattern
from cleantext.records import Edit

NAME = "glued-address"
# A bare site address: no port, no query, no deep path (those belong to texts about something). Bounded repeats.
# Begins with a set without IGNORECASE: the search then skips all other characters at once.
ADDRESS_RE = re.compile(
    r"[hHwW](?i:(?<=h)ttps?://|(?<=w)(?<![a-z0-9./@_-].)ww\.)"
    r"(?i:(?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,8}(?:/[a-z0-9_-]{0,20}){0,2}(?:\.html?)?)"
)
AFTER_RE = re.compile(r"[A-Za-z0-9:?#=&%/_@.-]")  # the address goes on: not a bare one
OFFICIAL_RE = re.compile(r"\.(?:gov|edu|mil|org)\b|\bexample\.|localhost", re.IGNORECASE)

MARK_BEFORE = '：:“"《（(【[，,'  # then the address is led over to, or a clause of its own
REACH = 4  # characters before an address in which the leading word is looked for
WORDS = 10  # characters before it that its domain may spell
SPELLED = 0.7  # of the letters of such a domain
ABOUT_ADDRESS = 0.96  # share of glued addresses that are injected, after the guards; judged on 83 M characters of prose
# An address between two marks: 0 in 264 MB of prose that says nothing of the web so near; few are known at all.
ALONE = 0.88
ABOUT = 20  # characters each way
MARKS = "，。！？；"
WEB_RE = re.compile(
    "网|址|站[点长上]|本站|登[录陆]|访问|浏览|链接|[主首]页|页面|搜|参见|详见|[A-Za-z]{3}|域名|打开|输入|来自|来源|出处|、"
)
# More addresses than that among so many characters each way: a list of links. Also the reach in which the same site
# may show itself as a subject, so that the time grows with the length only.
SPAM_PLACES, SPAM_REACH = 400, 10_000


def addresses(sheet: Sheet) -> Iterator[Edit | Open]:
    """Bare addresses glued to Han on both sides, with their link text, or that are a clause of their own, unless the
    sentence is about them.
    """
    found = list(ADDRESS_RE.finditer(sheet.flat))
    places = [match.start() for match in found]
    for match in found:
        start, end = match.span()
        if _alone(sheet, match):
            yield from _clause(sheet, start, end)
            continue
        if not _glued(sheet, start, end) or _about(sheet, match) or not sheet.prose_around(start, end):
            continue
        near = slice(bisect_left(places, start - SPAM_REACH), bisect_left(places, start + SPAM_REACH))
        if near.stop - near.start > SPAM_PLACES or _elsewhere(sheet, match, found[near]):
            continue
        yield Open(Question(sheet.flat, start, end, _label(match[0])), partial(_cut, sheet, start, end))


def _alone(sheet: Sheet, match: re.Match[str]) -> bool:
    """Whether the address stands between two marks of a sentence that says nothing of the web: …，www.xxx.com，…."""
    start, end = match.span()
    low, high = sheet.line(start)
    if start <= low or end >= high or sheet.text[start - 1] not in MARKS or sheet.text[end] not in MARKS:
        return False
    around = sheet.flat[max(low, start - ABOUT) : start] + sheet.flat[end : min(high, end + ABOUT)]
    if OFFICIAL_RE.search(match[0]) or WEB_RE.search(around):
        return False
    return sheet.prose_around(start, end)


def _clause(sheet: Sheet, start: int, end: int) -> Iterator[Edit]:
    """The address goes with one of the marks around it: a full stop stays, and so does the last of two commas."""
    span = (start, end + 1) if sheet.text[start - 1] in "。！？；" else (start - 1, end)
    yield sheet.cut(*span, NAME, "address as a clause of a sentence", ALONE)


def _cut(sheet: Sheet, start: int, end: int, reading: Reading) -> Iterator[Edit]:
    """The address [start, end) goes, with its link text where something of the sentence is left before that."""
    link = sheet.text[reading.start : start]
    reason = f"address inside a sentence, link text “{link}”" if link else "address inside a sentence"
    if _whole(sheet, reading.start):
        yield sheet.cut(reading.start, end, NAME, reason, ABOUT_ADDRESS * reading.safe)
    else:
        yield sheet.cut(start, end, NAME, "address inside a sentence", ABOUT_ADDRESS)


def _whole(sheet: Sheet, start: int) -> bool:
    """Whether something of the sentence is left before the link text, or a mark that it may follow."""
    return start > 0 and sheet.text[start - 1] not in "\r\n"


def _glued(sheet: Sheet, start: int, end: int) -> bool:
    """Whether Han stand right before and right behind, and the address is complete."""
    text = sheet.flat
    if start == 0 or end >= len(text) or AFTER_RE.match(text, end):
        return False
    return is_han(text[start - 1]) and is_han(text[end])


def _about(sheet: Sheet, match: re.Match[str]) -> bool:
    """Whether the sentence leads to the address or goes on about it."""
    if OFFICIAL_RE.search(match[0]) or _led(sheet, match):
        return True
    return pattern("address-follow").match(sheet.flat, match.end()) is not None


def _led(sheet: Sheet, match: re.Match[str]) -> bool:
    """Whether the words right before lead over to the address."""
    before = sheet.flat[max(0, match.start() - REACH) : match.start()]
    if before[-1:] in MARK_BEFORE or pattern("address-lead", "{}$").search(before):
        return True
    noun = pattern("address-noun", "{}$").search(before)
    return noun is not None and not _spelled(sheet, match)


def _spelled(sheet: Sheet, match: re.Match[str]) -> bool:
    """Whether the domain spells the words before it: then they are its link text."""
    domain = _label(match[0])
    words = sheet.flat[max(0, match.start() - WORDS) : match.start()]
    return any(
        opened and covered >= SPELLED
        for covered, opened in (anchor.spelled(words[k:], domain) for k in range(max(0, len(words) - 3)))
    )


def _elsewhere(sheet: Sheet, match: re.Match[str], found: list[re.Match[str]]) -> bool:
    """Whether the same site is a subject of the text: another of its addresses (of those found) is led over to."""
    label = _label(match[0])
    others = [m for m in found if m.start() != match.start() and label and label in m[0].lower()]
    return any(_led(sheet, other) for other in others[:20])


def _label(address: str) -> str:
    """The letters of the domain's own name: www.bxpm110.com → bxpm."""
    host = re.sub(r"^(?:https?://)?(?:www\.)?", "", address.lower()).split("/")[0]
    labels = [re.sub("[^a-z]", "", part) for part in host.split(".")[:-1]]
    return max(labels, key=len, default="")
