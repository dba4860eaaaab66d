"""Accounts and numbers to write to: how they look, and clauses or glued stretches that call to use them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from cleantext.han import is_han
from cleantext.inline.anchor import Open, Question, Reading
from cleantext.inline.sheet import Sheet
from cleantext.inline.words import pattern
from cleantext.records import Edit

NAME = "contact-clause"

# 微信:bxzd3366, 加微gfbb520, QQ群12345678, V信 abc_123 … on the folded copy. Not @qq345 (a user name), not x@qq.com.
# It begins with a set, and looks back at what that was: the search then skips all other characters at once.
CHANNEL = (
    r"[微薇威徽加+vVwWQq扣企](?:(?<=[微薇威徽])\s?[信号xX❤]|(?<=加)\s?[微薇V]|(?<=\+)\s?[微vV]|"
    r"(?<![A-Za-z@./_-].)(?:(?<=[vVwW])[xX]|(?<=Q)Q|(?<=q)q|(?<=Q))(?![A-Za-z.])|(?<=[Qq扣])扣|(?<=企)鹅)"
)
ACCOUNT_RE = re.compile(
    rf"{CHANNEL}(?:[号群裙]|公众号|客服|号码|同号|好友){{0,2}}\s{{0,2}}[:：是为]?\s{{0,2}}[“\"(（]?[A-Za-z0-9][A-Za-z0-9_-]{{4,19}}"
)

AROUND = 80  # characters each way in which a notice or a report shows itself
LONGEST = 40  # characters of a clause that is nothing but a call
OWN_WORDS = 18  # characters of such a clause besides the account
TAIL = 6  # characters that may follow the account in it
MARKS = "，。！？；,!?;\n\r…"
CLAUSE_START_RE = re.compile(f"[^{MARKS}]*$")
CLAUSE_END_RE = re.compile(f"[{MARKS}]")
GO_ON = frozenset("的了后时并和与进上聊发转就来向说号")  # how a sentence goes on that is about the account


def is_notice(sheet: Sheet, start: int, end: int) -> bool:
    """Whether the surroundings within the line read like a notice, a guide or a report."""
    low, high = sheet.line(start)
    return pattern("notice").search(sheet.flat, max(low, start - AROUND), min(high, end + AROUND)) is not None


def clauses(sheet: Sheet) -> Iterator[Edit | Open]:
    """A clause of a sentence, or a stretch glued between its words, that calls to write to an account."""
    flat = sheet.flat
    for match in ACCOUNT_RE.finditer(flat):
        start, end = match.span()
        if is_notice(sheet, start, end) or not sheet.prose_around(start, end):
            continue
        if pattern("account-lead", "{}$").search(flat[max(0, start - 2) : start]):
            continue
        head = flat[max(0, start - LONGEST) : start]
        left = start - len(CLAUSE_START_RE.search(head)[0])  # type: ignore[index]  # matches at least the empty end
        stop = CLAUSE_END_RE.search(flat, end, end + LONGEST)
        if stop and stop.start() - end <= TAIL and start - left + stop.start() - end <= OWN_WORDS:
            yield from _clause(sheet, left, stop.start())
        elif end < len(flat) and is_han(flat[end]) and flat[end] not in GO_ON:
            yield _glued(sheet, match)


def _glued(sheet: Sheet, match: re.Match[str]) -> Open:
    """A call glued between the words of a sentence; the model says where it begins."""
    return Open(Question(sheet.flat, match.start(), match.end(), ""), partial(_cut, sheet, match))


def _cut(sheet: Sheet, match: re.Match[str], reading: Reading) -> Iterator[Edit]:
    if pattern("trade-call").search(sheet.flat, reading.start, match.end()):
        reason = f"account inside a sentence: {match[0]}"
        yield sheet.cut(reading.start, match.end(), NAME, reason, 0.95 * reading.safe)


def _clause(sheet: Sheet, left: int, right: int) -> Iterator[Edit]:
    """A clause that is nothing but a call, cut together with one of the marks around it, so that one mark remains."""
    text, clause = sheet.text, sheet.flat[left:right]
    before = text[left - 1] if left else "\n"
    after = text[right] if right < len(text) else "\n"
    if "我" in clause or not pattern("call").search(clause) or clause.count("（") != clause.count("）"):
        return  # an author who gives away his own account
    opens, closes = before in "。！？!?…\r\n”", after in "。！？!?…\r\n"
    if not closes and not pattern("trade-call").search(clause):
        return  # the next clause may lean on it
    if opens and after not in "\r\n":
        right += 1
    elif not opens:
        left -= 1
    yield sheet.cut(left, right, NAME, "clause that calls to write to an account", 0.88)
