"""Title, author, date and origin of the article, read from the lines that the chrome stage recognises.

`来源[未分类] 点击[39] 作者[游客] 时间[2017-05-05 08:37:57]` gives origin, author and date; placeholders such as 未分类
and 游客 say nothing and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_DATE_RE: Final = re.compile(
    r"""(?P<year>(?:19|20)\d\d)\s?(?:[-/.]|年)\s?(?P<month>\d{1,2})\s?(?:[-/.]|月)\s?(?P<day>\d{1,2})日?
        (?:\s*(?P<clock>\d{1,2}[:：]\d\d(?:[:：]\d\d)?))?""",
    re.VERBOSE,
)
# The value runs to a space, bracket, separator or to the next label; it must not swallow the label behind it.
_VALUE: Final = r"""\s?[:：\[［]\s?(?P<value>[^\s\[\]［］|｜:：,，;；()（）【】]{2,24}?)
    (?=[\s\]］|｜,，;；()（）【】]|$|作者|来源|時間|时间|发布|发表|点击|浏览|阅读|编辑|责编|更新|摄影|\d{4}[-年])"""
_ORIGIN_RE: Final = re.compile(r"(?:来源|來源|出处|出處|稿源|转自)" + _VALUE, re.VERBOSE)
_AUTHOR_RE: Final = re.compile(r"(?:作者|撰文|文/|记者(?=[:：]))" + _VALUE, re.VERBOSE)
_NOTHING: Final = frozenset(
    [
        "未分类",
        "未知",
        "游客",
        "admin",
        "佚名",
        "不详",
        "网络",
        "互联网",
        "本站",
        "原创",
        "本站原创",
        "网络整理",
        "匿名",
        "管理员",
        "编辑",
        "转载",
        "未填写",
    ]
)
TITLE_SIZE: Final = (4, 60)  # visible characters of a title


def read_facts(lines: Sequence[str], title: str | None) -> dict[str, object]:
    """Facts from metadata lines (in the order of trust: as they stand on the page) and the title found beside them."""
    facts: dict[str, object] = {}
    for line in lines:
        for key, pattern in (("origin", _ORIGIN_RE), ("author", _AUTHOR_RE)):
            match = pattern.search(line)
            if match and key not in facts and match["value"] not in _NOTHING:
                facts[key] = match["value"]
        date = _DATE_RE.search(line)
        if date and "date" not in facts and int(date["month"]) <= 12 and int(date["day"]) <= 31:
            stamp = f"{date['year']}-{int(date['month']):02}-{int(date['day']):02}"
            facts["date"] = f"{stamp} {date['clock'].replace('：', ':')}" if date["clock"] else stamp
    if title:
        facts["title"] = title
    return facts
