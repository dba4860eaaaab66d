"""Lures in brackets or rows of stars inside a line of prose: 【…加微信…】, ★…微信:…★, （关注公众号…）."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleantext.inline.contact import ACCOUNT_RE, is_notice
from cleantext.inline.sheet import Sheet
from cleantext.inline.words import pattern
from cleantext.records import Edit

BRACKETED = "bracketed-lure"
PAIRS = tuple(zip("【〖（([{｛［「『", "】〗）)]}｝］」』", strict=True))
ROUND = "（([「『"  # brackets that authors use as well: more proof is needed
SIGNS = "★☆◆◇●○■□▲△▼▽♦♥♡❤✦✿❀※►◄→←↓↑"
# Begins with a set, and looks back at what that was: the search then skips all other characters at once.
BRACKET_RE = re.compile(
    f"[{re.escape(''.join(a for a, _ in PAIRS))}{SIGNS}](?:"
    + "|".join(f"(?<={re.escape(a)})[^{re.escape(a + b)}\n]{{4,60}}{re.escape(b)}" for a, b in PAIRS)
    + f"|(?<=([{SIGNS}]))\\1{{0,4}}[^{SIGNS}\n]{{4,60}}\\1{{1,5}})"
)
SITE_RE = re.compile(
    r"(?:https?://|www\.)[a-z0-9.-]{3,60}|(?<![a-z0-9.-])[a-z0-9-]{2,30}\.(?:com|cn|net|cc|top|vip|xyz)\b",
    re.IGNORECASE,
)
PHONE_RE = re.compile(r"(?<![0-9])(?:1[3-9][0-9]{9}|400-?[0-9]{3}-?[0-9]{4}|0[0-9]{2,3}-?[0-9]{7,8})(?![0-9])")
# A call that needs no account. In round brackets it must be all they say.
FOLLOW_RE = re.compile(
    r"微信搜.{2,20}关注|(?:关注|搜索|添加|订阅).{0,16}(?:公众号|公號|微信号?|订阅号|服务号)|扫码(?:关注|领取|进群)|"
    r"扫.{0,6}(?:二维码|码).{0,6}(?:关注|加群|领取|进群|下载)|长按.{0,6}(?:识别|二维码).{0,4}(?:关注|加群|领取)|更多精彩.{0,10}(?:关注|尽在|请|点击)|"
    r"点击(?:领取|购买|进入|蓝字|下载(?:APP|app)|(?:此处|这里)(?:领取|购买|咨询)|.{0,8}(?:免费|优惠|红包|抽奖|开户|注册))"
)
OPENING_RE = re.compile(r"[（(\[](?:欢迎|请|更多精彩|长按|关注|点击|微信搜|搜索|扫码|扫一扫|扫描|百度搜|加|添加|广告)")


def bracketed(sheet: Sheet) -> Iterator[Edit]:
    """Brackets or rows of signs that hold an account or address and a call, standing in a line of prose."""
    for match in BRACKET_RE.finditer(sheet.flat):
        word = _lure(sheet, match)
        if word and sheet.prose_around(*match.span()):
            yield sheet.cut(*match.span(), BRACKETED, f"lure in brackets: {word}", 0.93)


def _lure(sheet: Sheet, match: re.Match[str]) -> str:
    """What makes the bracket a lure, or ""."""
    inside, (start, end) = match[0], match.span()
    if pattern("notice").search(inside):
        return ""
    account, call = ACCOUNT_RE.search(inside), pattern("call").search(inside)
    follow = FOLLOW_RE.search(inside)
    if inside[0] not in ROUND:
        account = account or SITE_RE.search(inside) or PHONE_RE.search(inside)
        return account[0] if account and call else follow[0] if follow else ""
    if is_notice(sheet, start, end):
        return ""
    if account and call:
        return account[0]
    return follow[0] if follow and OPENING_RE.match(inside) else ""
