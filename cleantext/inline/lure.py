"""Lures inside a line: 【…加微信…】, ★…★, a clause with a WeChat or QQ number, 本文来自…, 第1页共16页."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleantext.han import HAN, is_han
from cleantext.inline import anchor
from cleantext.inline.sheet import Sheet
from cleantext.records import Edit

BRACKETED, CLAUSE, SOURCE, COUNTER = "bracketed-lure", "contact-clause", "inserted-source", "page-counter"
BRACKET_ALARMS = (
    "微信", "薇信", "威信", "微號", "加微", "加V", "加v", "＋V", "+v", "+V", "QQ", "qq", "ＱＱ", "扣扣", "Q群", "企鹅群", "公众号", "公號",
    "订阅号", "扫码", "扫一扫", "扫描", "二维码", "长按", "关注", "www", "WWW", "http", "ｗｗｗ", "ＷＷＷ", ".com", ".cn", ".net",
    "点击进入", "点击查看", "点击下载", "点击领取", "点击购买", "免费领", "阅读全文", "更多精彩", "热线", "电话", "百度搜索", "VX", "vx",
    "Vx", "WX", "wx", "下载APP", "下载app",
)  # fmt: skip
CLAUSE_ALARMS = (
    "微信", "薇信", "威信", "加微", "加V", "加v", "QQ", "qq", "ＱＱ", "扣扣", "Q群", "企鹅", "VX", "vx", "Vx", "公众号", "公號",
)  # fmt: skip
SOURCE_ALARMS = (
    "本文来自",
    "本文来源",
    "本文转自",
    "本文由",
    "文章来自",
    "文章来源",
    "内容来自",
    "转载请",
    "本文转载",
    "原文来自",
)
COUNTER_ALARMS = ("页共", "页/共", "页，共", "页,共", "页 共", "页／共", "页 / 共", "页 /共")

# An account or number to write to: 微信:bxzd3366, 加微gfbb520, QQ群12345678, 公众号：…
CHANNEL = r"(?:[微薇威徽]\s?[信号xX❤]|加\s?[微薇V]|＋[微V]|\+\s?[微vV]|(?<![A-Za-z])(?:[vVwW][xX]|QQ|qq|Q)(?![A-Za-z])|[Qq扣]{2}|企鹅|扣扣)"
ACCOUNT_RE = re.compile(
    rf"{CHANNEL}(?:[号群裙]|公众号|客服|号码|同号|好友){{0,2}}\s{{0,2}}[:：是为]?\s{{0,2}}[“\"(（]?[A-Za-z0-9][A-Za-z0-9_-]{{4,19}}"
)
FOLLOW_US_RE = re.compile(
    r"(?:关注|搜索|添加|订阅).{0,16}(?:公众号|公號|微信号?|订阅号|服务号)|(?:微信)?公众号[:：“\"「].{2,16}|扫.{0,6}(?:二维码|关注|加群|领取|下载)|"
    r"长按.{0,6}(?:识别|二维码|关注)|更多精彩.{0,10}(?:关注|尽在|内容|请|点击)|点击(?:此处|这里|进入|下载|阅读原文|查看更多|领取|购买|蓝字)"
)
SITE_RE = re.compile(
    r"(?:https?://|www\.)[a-z0-9.-]{3,60}|[a-z0-9-]{2,30}\.(?:com|cn|net|cc|top|vip|xyz)\b", re.IGNORECASE
)
PHONE_RE = re.compile(r"(?<![0-9])(?:1[3-9][0-9]{9}|400-?[0-9]{3}-?[0-9]{4}|0[0-9]{2,3}-?[0-9]{7,8})(?![0-9])")
CALL_RE = re.compile(
    r"加我|加微|添加|关注|扫码|扫一扫|长按|免费|领取|红包|代理|货源|低价|高仿|包邮|优惠|特价|打折|折扣|点击|进群|入群|加群|下载|客服|一手|"
    r"加盟|招商|福利|试用|抢购|热线|广告|更多|赠送|返利|兼职|赚|靓机|批发|代购|正品|厂家|直销|团购|秒杀|出售|求购|推广|合作|回收|贷款|办证|"
    r"诊断|咨询|测算|资料|私聊|详聊|详谈|欢迎|独家|首发|精品|推荐|爆料|投稿|交流|解锁|预测|内幕|带你|名额|最低|一对一"
)
# A line of an official notice, a report or a guide names accounts for its readers' sake: they stay.
NOTICE_RE = re.compile(
    r"联系人|联系电话|咨询电话|报名|邮箱|传真|举报|投诉|预约|挂号|警方|诈骗|骗|嫌疑|法院|受害|民警|派出所|查询|缴费|办事|政务|"
    r"记者|采访|介绍说|聊天|官方微信|市民|居民|旅客|考生|用户可"
)
PAIRS = {
    "【": "】",
    "（": "）",
    "(": ")",
    "[": "]",
    "「": "」",
    "『": "』",
    "〖": "〗",
    "［": "］",
    "《": "》",
    "｛": "｝",
    "{": "}",
}
SIGNS = "★☆◆◇●○■□▲△▼▽♦♥♡❤✦✿❀※►◄→←↓↑"
BRACKET_RE = re.compile(
    "|".join(f"{re.escape(a)}[^{re.escape(a + b)}\n]{{4,60}}{re.escape(b)}" for a, b in PAIRS.items())
    + f"|([{SIGNS}])\\1{{0,4}}[^{SIGNS}\n]{{4,60}}\\1{{1,5}}"
)


def bracketed(sheet: Sheet) -> Iterator[Edit]:
    """Brackets or rows of stars that hold an account or address and a call, standing in a line of prose."""
    for match in BRACKET_RE.finditer(sheet.flat):
        inside, (start, end) = match[0], match.span()
        account = ACCOUNT_RE.search(inside) or SITE_RE.search(inside) or PHONE_RE.search(inside)
        follow = FOLLOW_US_RE.search(inside)
        call = CALL_RE.search(inside)
        if not ((account and call) or follow) or not sheet.prose_around(start, end):
            continue
        if NOTICE_RE.search(inside) or (inside[0] in "（([《" and _notice(sheet, start, end)):
            continue
        if inside[0] in "（([《" and account and SITE_RE.search(inside) and not follow:
            continue  # (see www.…) is a reference
        word = (account or follow or call)[0]  # type: ignore[index]  # one of them matched
        yield sheet.cut(start, end, BRACKETED, f"lure in brackets: {word}", 0.94 if account and call else 0.87)


MARKS = "，。！？；,!?;\n\r…"
CLAUSE_START_RE = re.compile(f"[^{MARKS}]*$")
CLAUSE_END_RE = re.compile(f"[{MARKS}]")
# What leads over to an account that the sentence is about.
LEAD_RE = re.compile(
    r"(?:[他她它我你们让要求过用的并就先后再时被将把会能可以是给对向从有在]|要求|通过|使用|主动|互相|需要|对方|客户)$"
)
GO_ON_RE = re.compile(r"[的了后时并和与进上聊发转就来向说]")


def clauses(sheet: Sheet) -> Iterator[Edit]:
    """A clause of a sentence, or a stretch glued between its words, that calls to write to an account."""
    for match in ACCOUNT_RE.finditer(sheet.flat):
        start, end = match.span()
        if _notice(sheet, start, end) or not sheet.prose_around(start, end):
            continue
        left = start - len(CLAUSE_START_RE.search(sheet.flat[max(0, start - 40) : start])[0])  # type: ignore[index]  # always matches
        stop = CLAUSE_END_RE.search(sheet.flat, end, end + 20)
        right = stop.start() if stop else min(len(sheet.flat), end + 20)
        clause = sheet.flat[left:right]
        if not CALL_RE.search(clause) or LEAD_RE.search(sheet.flat[max(0, start - 2) : start]):
            continue
        if stop and _own_clause(sheet, left, start, end, right):
            yield _clause_cut(sheet, left, right)
        elif end < len(sheet.flat) and is_han(sheet.flat[end]) and not GO_ON_RE.match(sheet.flat, end):
            reading = anchor.begin(sheet.flat, start, end, "")
            sure = 0.95 * reading.probability
            yield sheet.cut(reading.start, end, CLAUSE, f"account inside a sentence: {match[0]}", sure)


def _own_clause(sheet: Sheet, left: int, start: int, end: int, right: int) -> bool:
    """Whether the clause says nothing but the call: short around the account, a call word before it or at its head."""
    around = (start - left) + (right - end)
    return around <= 16 and bool(CALL_RE.search(sheet.flat, left, right)) and right - end <= 6


def _clause_cut(sheet: Sheet, left: int, right: int) -> Edit:
    """Cut a clause together with one of the two marks around it, so that one mark remains."""
    text = sheet.text
    before = text[left - 1] if left else "\n"
    after = text[right] if right < len(text) else "\n"
    if after in "\r\n":
        left = left - 1 if before in "，,；;" else left
    elif before in "，,；;" and after in "。！？!?…":
        left -= 1
    else:
        right += 1
    return sheet.cut(left, right, CLAUSE, "clause that calls to write to an account", 0.88)


def _notice(sheet: Sheet, start: int, end: int) -> bool:
    """Whether the surroundings (80 characters of the line each way) read like a notice, a guide or a report."""
    low, high = sheet.line(start)
    return NOTICE_RE.search(sheet.flat[max(low, start - 80) : min(high, end + 80)]) is not None


SOURCE_RE = re.compile(
    r"[（(【\[]?(?:本文|文章|内容|原文)(?:来自|来源于?|转自|转载自|由)[:：于]?\s?[“\"]?[^，。！？；,;!?\n（(）)]{2,24}?"
    r"(?:网|\.com|\.cn|\.net|网站|论坛|公众号|微信号|整理发布|独家首发|首发|论文网|文库)[^，。！？；,;!?\n（(）)]{0,4}[）)】\]]?"
    r"|[（(【\[]?转载请(?:注明|标明|保留|联系)[^，。！？；!?\n（(）)]{0,40}[）)】\]]?"
)


def sources(sheet: Sheet) -> Iterator[Edit]:
    """本文来自… and 转载请注明… put between the sentences of a paragraph."""
    text = sheet.text
    for match in SOURCE_RE.finditer(sheet.flat):
        start, end = match.span()
        low, high = sheet.line(start)
        if start == low or end >= high - 1 or not sheet.prose_around(start, end):
            continue
        before, after = text[start - 1], text[end]
        if match[0][0] in "（(【[" and match[0][-1] in "）)】]":
            yield sheet.cut(start, end, SOURCE, "source line inside a paragraph", 0.9)
        elif before in "。！？!?”…；;" and after in "。，,！；;":
            yield sheet.cut(start, end + 1, SOURCE, "source line inside a paragraph", 0.86)
        elif before in "，," and after in "，,。":
            yield sheet.cut(start - 1, end, SOURCE, "source line inside a paragraph", 0.84)


COUNTER_RE = re.compile(r"[（(\[【]?第\s?[0-9]{1,3}\s?页\s?[/／，, ]?\s?共\s?[0-9]{1,3}\s?页[）)\]】]?")


def counters(sheet: Sheet) -> Iterator[Edit]:
    """第1页共16页 between two characters of a sentence."""
    for match in COUNTER_RE.finditer(sheet.flat):
        start, end = match.span()
        if start == 0 or end >= len(sheet.text) or not sheet.prose_around(start, end):
            continue
        glued = re.match(f"[{HAN}，、]", sheet.text[start - 1]) and re.match(f"[{HAN}]", sheet.text[end])
        if glued and sheet.text[end] not in "的是上中里" and sheet.text[start - 1] not in "在见到至从是":
            yield sheet.cut(start, end, COUNTER, "page counter inside a sentence", 0.9)
