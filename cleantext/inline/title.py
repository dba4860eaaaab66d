"""What a site adds to the title of its page: …_新闻中心_长江网, - 山西省人民政府门户网站, [诗婷露雅化妆品]…, 原创…"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleantext.han import is_han
from cleantext.inline.sheet import REACH, Sheet
from cleantext.records import Edit

SUFFIX, PREFIX = "title-suffix", "title-prefix"
LONGEST = 120  # characters of a title line
KEPT = 6  # Han that must remain as the title
TOP = 20 * LONGEST  # characters in which such lines begin
FIRST_LINES = 12  # lines among which a title with a prefix is looked for

SEPARATOR = r"(?:\s{0,2}[_|｜丨]\s{0,2}|\s{1,2}[-–—·]{1,2}\s{0,2}|--|[-–—](?=[^-–—_|]{2,16}$))"
SEPARATORS = frozenset("_|｜丨-–—·")  # every separator holds one of these
# Names that end so are sites; those of the second row are also what a title may end with, so they need more proof.
SITE_WORD = (
    r"(?:网|网站|日报|晚报|早报|时报|商报|都市报|之家|百家号|搜狐号|网易号|贴吧|新浪|搜狐|网易|腾讯|凤凰|知乎|豆瓣|"
    r"简书|虎嗅|和讯|"
    r"[A-Za-z0-9]{2,12}\.(?:com|cn|net|org)(?:\.cn)?)"
)
WEAK_WORD = (
    r"(?:在线|频道|门户|新闻|资讯|中心|论坛|博客|社区|平台|首页|媒体|公众号|家园|传媒|导航|大全|百科|文库|学院|杂志|"
    r"百度|头条)"
)
LAST_RE = re.compile(
    rf"(?:{SEPARATOR})([^_|｜丨\-–—，。！？；,!?;：:]{{0,14}}(?:{SITE_WORD}|({WEAK_WORD}))\S{{0,1}})\s*$"
)
MORE_RE = re.compile(
    r"(?:\s{0,2}[_|｜丨]\s{0,2}|\s[-–—·]{1,2}\s|--|[-–—])[^_|｜丨\-–—，。！？；,!?;：:“”《》]{1,8}\s*$"
)
MENU_RE = re.compile(r"\S\s{0,2}[|｜丨_]\s{0,2}\S|^[^ ]{2,5}(?: [^ ]{2,5}){2}| [-–—] ")  # a row of links, not a title
PREFIX_RE = re.compile(
    r"[\[【［]([^\]】］：:\n]{3,16}(?:品|公司|网|加盟|代理|品牌|店|医院|集团|招商|厂|机构|中心|平台|美容|整形|彩票|娱乐))[\]】］]\s?"
)
# Before a colon many more things stand (who says it, columns): only words of a trade that no column bears.
TRADES = (
    "化妆品",
    "护肤品",
    "加盟",
    "招商",
    "厂家",
    "整形",
    "美容院",
    "彩票",
    "娱乐城",
    "专卖店",
    "旗舰店",
    "批发",
    "直销",
    "货源",
)
COLON_RE = re.compile(rf"[^\s：:，。！？；“”、]{{2,12}}(?:{'|'.join(TRADES)})[：:]\s?")
COLON_TEXT = 150  # characters of the page at least: that a text does not speak of a name tells something only then
# What a line with a prefix begins with or holds.
BRACKETS_AND_LABEL = ("[", "【", "［", "原创")
PREFIX_SIGNS = (*BRACKETS_AND_LABEL, *(f"{trade}{colon}" for trade in TRADES for colon in "：:"))
TRADE_COLON_RE = re.compile("[：:]")

Lines = list[tuple[int, str]]  # offset and text


def edits(sheet: Sheet) -> Iterator[Edit]:
    """Suffixes of the first line, prefixes of a title line near the top."""
    head = sheet.text[: TOP + REACH]
    prefixed = any(sign in head for sign in BRACKETS_AND_LABEL) or any(
        head.endswith(TRADES, 0, colon.start()) for colon in TRADE_COLON_RE.finditer(head)
    )
    lines = _lines(sheet, FIRST_LINES if prefixed else 1)
    yield from _suffix(sheet, lines[:1])
    if prefixed:
        yield from _prefix(sheet, lines)


def _lines(sheet: Sheet, number: int) -> Lines:
    """The first lines that are not blank: offset and text."""
    lines: Lines = []
    at = 0
    while at < len(sheet.text) and len(lines) < number and at < TOP:
        end = sheet.text.find("\n", at)
        line = sheet.text[at : min(end if end >= 0 else len(sheet.text), at + REACH)]
        if line and not line.isspace():
            lines.append((at, line.removesuffix("\r")))
        at = end + 1 or len(sheet.text)
    return lines


def _suffix(sheet: Sheet, lines: Lines) -> Iterator[Edit]:
    for start, line in lines:
        if len(line) > LONGEST or "。" in line or SEPARATORS.isdisjoint(line):
            return
        cut, weak = len(line), False
        while (found := _title_end(line[:cut]))[0] < cut and sum(map(is_han, line[: found[0]])) >= KEPT:
            cut, weak = found[0], weak or found[1]
        title = line[:cut].rstrip()
        again = sheet.text.find(title, start + len(line)) >= 0
        if cut == len(line) or MENU_RE.search(title) or (weak and not again):
            return
        reason = f"name of the site behind the title: {line[cut:].strip()}"
        yield sheet.cut(start + len(title), start + len(line.rstrip()), SUFFIX, reason, 0.98 if again else 0.88)


def _title_end(line: str) -> tuple[int, bool]:
    """Where the title proper ends, before the site's name and the channels in front of it; whether the name is weak."""
    last = LAST_RE.search(line)
    if not last:
        return len(line), False
    end = last.start()
    for _ in range(3):
        more = MORE_RE.search(line, 0, end)
        if not more or sum(map(is_han, line[: more.start()])) < KEPT:
            break
        end = more.start()
    return end, last[2] is not None and not last[0].lstrip().startswith(("_", "|", "｜"))


def _prefix(sheet: Sheet, lines: Lines) -> Iterator[Edit]:
    for start, line in lines:
        match = PREFIX_RE.match(line)
        if match and len(line) <= LONGEST and "。" not in line and sum(map(is_han, line[match.end() :])) >= KEPT:
            elsewhere = sheet.text.count(match[1][:4]) > sheet.text.count(match[0][0] + match[1][:4])
            if not elsewhere:
                yield sheet.cut(start, start + match.end(), PREFIX, "trade name before the title, nowhere else", 0.86)
        trade = COLON_RE.match(line)
        if (
            trade
            and len(sheet.text) >= COLON_TEXT
            and sum(map(is_han, line[trade.end() :])) >= KEPT
            and "。" not in line
            and sheet.text.count(trade[0][:4]) == sheet.text.count(trade[0])
        ):
            yield sheet.cut(start, start + trade.end(), PREFIX, "trade name before the title, nowhere else", 0.84)
        if line.startswith("原创") and sum(map(is_han, line[2:])) >= KEPT and len(line) <= LONGEST:
            title = line[2:].strip()[:10]
            if any(other.startswith(title) for _, other in lines):
                yield sheet.cut(
                    start, start + 2, PREFIX, "label 原创 glued to the title, which stands without it", 0.93
                )
