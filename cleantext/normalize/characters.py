"""Single characters put in place of others: full-width letters, look-alikes, dashes that became question marks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from cleantext.han import HAN
from cleantext.normalize.rule import Rule, Sheet, edit
from cleantext.records import Edit

WIDE = "０-９Ａ-Ｚａ-ｚ"
# Letters and digits only; a full-width point, hyphen, slash … counts only between two of them (３．１４).
WIDE_RE = re.compile(f"[{WIDE}]+(?:[．－／＿＠：][{WIDE}]+|[．－／＿＠][0-9A-Za-z]+)*")
NARROW = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)}
WIDE_POINTS = (range(0xFF10, 0xFF1A), range(0xFF21, 0xFF3B), range(0xFF41, 0xFF5B))
WIDTH_TALK = ("全角", "全形", "半角")  # a page about full-width characters keeps them

MARTIAN_KINDS = 3  # different look-alikes on the page; POLLUTION.md. One or two are a user name.
MARTIAN_SHARE = 10  # at least one look-alike in so many lines' worth of 100 characters: 1 per 1,000 characters

DOT_MARKS = 3  # 丶 between Han on the page before it reads as 、 (it is also a stroke and an ornament of user names)
DOT_TALK_RE = re.compile("笔画|部首|丶部|偏旁|书法")
DOT_RE = re.compile(f"(?<=[{HAN}”》])丶(?=[{HAN}“《])")

LOST_DASH_RE = re.compile(f"\\?D(?<=[{HAN}”》]\\?D)(?:\\?D)?(?=[{HAN}“《])")  # begins with a literal: fast
LOST_DASHES = 2  # on the page: one ?D may be "多少?D选项"
# A name of foreign sounds on both sides of the mark. The set: characters of Xinhua's transliteration tables.
FOREIGN = (
    "阿埃艾安昂奥巴白班邦包保鲍贝本比毕宾波玻伯勃博卜布采查达大戴丹当道德登邓狄迪蒂丁东杜顿多厄恩尔法范方菲费芬丰冯弗福夫盖"
    "冈高戈格葛根古瓜圭贵哈海汉豪赫黑亨洪侯胡华怀惠霍基吉加贾简杰金卡凯坎康考柯科克肯孔库夸奎昆拉莱赖兰劳勒雷黎李里理丽利莉连列"
    "林琳隆娄卢鲁路露伦罗洛吕马玛迈麦曼芒毛梅门蒙孟米密明缪莫默姆木穆拿纳娜奈南瑙内尼年涅宁牛纽农努诺欧帕潘庞佩彭皮平珀普齐奇"
    "恰强乔切琴丘丘让热仁日荣茹儒若萨塞赛桑瑟森沙珊尚绍舍申圣施史士斯丝司思松苏索塔泰坦汤唐陶特腾提廷通图托瓦万旺威韦维魏温文翁"
    "沃乌武西锡希夏香肖谢辛欣雄休许雅亚翰逊胥茨摩蕾娅琼黛朗伍彻延扬耶叶伊依因英尤于约泽扎詹张哲珍芝治朱兹佐"
)
NAME_DOT_RE = re.compile(f"\\?(?<=[{FOREIGN}][{FOREIGN}]\\?)(?=[{FOREIGN}]{{2}})")  # likewise
NAME_DOTS = 2  # on the page
QUESTION_RE = re.compile("[吗呢么谁哪几何怎吧啊]|什么|多少|是否|能否")


def wide(sheet: Sheet) -> Iterator[Edit]:
    """Full-width letters and digits to half width; full-width punctuation stays as it is."""
    if any(word in sheet.text for word in WIDTH_TALK):
        return
    for match in WIDE_RE.finditer(sheet.text):
        # a full-width colon between digits is a time or a ratio; between letters it is punctuation
        after = "：".join(part.translate(NARROW) for part in match[0].split("："))
        yield edit(match, after, "fullwidth-ascii", "full-width letters or digits", 0.98)


@cache
def lookalikes() -> dict[str, str]:
    """Martian character → plain character, from data/normalize/martian.tsv."""
    text = (files("cleantext") / "data" / "normalize" / "martian.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {row[0]: row[1] for row in rows}


def martian(sheet: Sheet) -> Iterator[Edit]:
    """Look-alike characters, on pages that have several different ones spread through the prose."""
    table = lookalikes()
    found = sheet.chars & table.keys()
    count = sum(map(sheet.text.count, found))
    if len(found) < MARTIAN_KINDS or sheet.is_traditional or count * 100 * MARTIAN_SHARE < len(sheet.text):
        return
    for match in re.finditer("[" + "".join(sorted(found)) + "]", sheet.text):
        reason = f"look-alike of {table[match[0]]}; {len(found)} different ones on the page"
        yield edit(match, table[match[0]], "martian", reason, 0.85)


def dot_mark(sheet: Sheet) -> Iterator[Edit]:
    """丶 (a stroke) for 、 between words."""
    found = list(DOT_RE.finditer(sheet.text))
    if len(found) < DOT_MARKS or DOT_TALK_RE.search(sheet.text):
        return
    around = [sheet.text[m.start() - 1 : m.end() + 1] for m in found]
    times = Counter(around)
    for match, context in zip(found, around, strict=True):
        if times[context] == 1:  # the same pair again and again is a user name
            yield edit(match, "、", "dot-mark", f"丶 between words, {len(found)} on the page", 0.9)


def lost_dash(sheet: Sheet) -> Iterator[Edit]:
    """?D for — (its second byte was lost), between words and several times on the page."""
    found = list(LOST_DASH_RE.finditer(sheet.text))
    for match in found if len(found) >= LOST_DASHES else ():
        yield edit(match, "——", "lost-dash", f"?D between words, {len(found)} on the page", 0.9)


def name_dot(sheet: Sheet) -> Iterator[Edit]:
    """? for · between the parts of foreign names, several times on the page, never in a question."""
    found = [m for m in NAME_DOT_RE.finditer(sheet.text) if not _asks(sheet.text, m.start())]
    for match in found if len(found) >= NAME_DOTS else ():
        yield edit(match, "·", "lost-name-dot", f"? inside a foreign name, {len(found)} on the page", 0.85)


def _asks(text: str, mark: int) -> bool:
    """Whether the clause before the mark holds a question word."""
    clause = re.split("[，。！？；,;!?\n]", text[max(0, mark - 30) : mark])[-1]
    return QUESTION_RE.search(clause) is not None


RULES = (
    Rule("fullwidth-ascii", WIDE_POINTS, wide),
    Rule("dot-mark", ("丶",), dot_mark, least=DOT_MARKS),
    Rule("lost-dash", ("?",), lost_dash, ("D",), LOST_DASHES),
    Rule("lost-name-dot", ("?",), name_dot, (FOREIGN,), NAME_DOTS),
)
MARTIAN_RULE = Rule("martian", lambda: ("".join(lookalikes()),), martian, least=MARTIAN_KINDS)
