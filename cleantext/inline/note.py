"""Notes of the site in brackets between the sentences of a paragraph: （责任编辑：admin）, （图片来源：网络，侵删）,
（本章未完，请翻页）, 【某某小说网 www.xxx.com】.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleantext.inline.sheet import Sheet
from cleantext.inline.words import pattern
from cleantext.records import Edit

NAME = "site-note"
BRACKET_RE = re.compile(
    r"[（(【\[『「](?:(?<=[（(])[^（(）)\n]{4,60}[）)]|(?<=[【\[])[^【\[\]】\n]{4,60}[\]】]|(?<=[『「])[^『「』」\n]{4,60}[』」])"
)
ADDRESS = r"(?:https?://)?(?:www|wap|m)\s?\.\s?[a-z0-9.-]{3,40}|[a-z0-9-]{2,30}\.(?:com|net|cc|org|la|info|top|vip|xyz)"
# What the bracket says, from its first word to its last.
SAYS_RE = re.compile(
    r"(?:责任编辑|责编|本文编辑|本文责编|网络编辑|值班编辑|实习编辑|责任校对)\s?[:：]\s?[^，。！？]{1,20}"
    r"|(?:图片|图文|文章|内容|素材|部分图片)(?:来源|来自)\s?[:：于]?\s?(?:互联网|网络)[^。！？]{0,12}"
    r"|[^。！？]{0,20}(?:侵删|侵权(?:请联系)?删除?|盗版必究|侵权必究|转载必究)"
    r"|(?:本章未完|未完待续)[，,。.…\s]{0,3}(?:请|点击|手机|更多|欲知|精彩|快来)[^！？]{0,40}"
    rf"|(?:请)?(?:记住|收藏|牢记)[^。！？]{{0,8}}(?:网址|域名|本站|地址)[^。！？]{{0,6}}(?:{ADDRESS})[^。！？]{{0,12}}"
    rf"|[\w·]{{1,10}}(?:小说|文学|书院|书库|书屋|中文|阅读|笔趣阁|看书|论坛|书吧)(?:网|阁|吧)?[\s:：，,-]{{0,3}}(?:{ADDRESS})/?"
    rf"|笔趣阁[\s:：，,-]{{0,3}}(?:{ADDRESS})/?"
    r"|(?:加入|添加)书签[，,]?方便阅读|(?:免费|全本|最新)?小说尽在[^，。！？]{2,10}",
    re.IGNORECASE,
)


def notes(sheet: Sheet) -> Iterator[Edit]:
    """Brackets that hold nothing but what the site says, in a line of prose."""
    for match in BRACKET_RE.finditer(sheet.flat):
        start, end = match.span()
        says = match[0][1:-1].strip()
        if not SAYS_RE.fullmatch(says) or pattern("notice").search(says) or not sheet.prose_around(start, end):
            continue
        if not sheet.spoken_of(start, end):
            yield sheet.cut(start, end, NAME, f"note of the site in brackets: {says[:12]}", 0.92)
