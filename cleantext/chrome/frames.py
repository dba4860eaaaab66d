"""Invented chrome around clean prose: what sites print in ever other words, made of other pages' words. Training only.

A handful of labelled sites teaches their own menus, source lines and teasers; these blocks teach the shapes: dates
with sources, rows of labels, headlines and cut sentences about other things, replies, markup of scripts. All words of
this file were written for this project; the others come from the clean pages at hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

_CLAUSE_RE: Final = re.compile("[，。！？；：、（）“”,\\s]")
_SITES: Final = (
    "新闻网", "晚报", "在线", "日报", "频道", "财经", "资讯", "网", "论坛", "电视台", "周刊", "观察", "客户端",
)  # fmt: skip
_PLACES: Final = (
    "青河", "临安", "南屿", "云山", "石桥", "东湾", "平川", "江北", "海宁", "长泽", "西岭", "中原", "华东",
    "环海",
)  # fmt: skip
_NAMES: Final = (
    "何小舟", "林一鸣", "陈静", "王海涛", "李文", "周晓燕", "赵志强", "吴敏", "孙国平", "郭雨桐",
)  # fmt: skip
_USERS: Final = (
    "网友", "游客", "用户", "匿名", "小鱼儿", "风中的叶子", "老王", "路人甲", "stone", "lucky", "m",
)  # fmt: skip
_COUNTS: Final = (
    "阅读", "浏览", "点击", "评论", "人气", "阅读数", "查看", "回复",
)  # fmt: skip
_MORE: Final = (
    "[详细]", "[查看全文]", "...", "……", "…", "【详情】", "阅读全文", "(图)", "[更多]", "...",
)  # fmt: skip
_HEADS: Final = (
    "相关阅读", "相关新闻", "热门文章", "推荐阅读", "最新文章", "猜你喜欢", "大家都在看", "今日要闻", "专题",
    "精彩推荐", "本周排行", "更多", "延伸阅读", "编辑推荐", "图片新闻", "视频", "滚动",
)  # fmt: skip
_TAGS: Final = (
    "div", "div", "div", "span", "ul", "li", "a", "img", "p", "dl", "em", "i", "script", "h3",
)  # fmt: skip
_CLASSES: Final = (
    "nav", "ad-box", "pic", "list", "item", "btn", "share", "foot", "top", "clear", "left", "c2", "mb10",
    "img-wrap", "hot", "tab", "next", "prev", "slider", "thumb", "title", "more", "panel", "hidden",
)  # fmt: skip

Pool = Sequence[str]


def pool_of(lines: Sequence[str]) -> list[str]:
    """The lines of clean pages that blocks are made of."""
    return [line.strip() for line in lines if len(line.strip()) >= 12]


def clause(pool: Pool, random: Random, low: int, high: int) -> str:
    """A clause of the pool with so many characters."""
    for _ in range(12):
        parts = [part for part in _CLAUSE_RE.split(random.choice(pool)) if low <= len(part) <= high]
        if parts:
            return random.choice(parts)
    return random.choice(_PLACES) + random.choice(_SITES)


def moment(random: Random) -> str:
    """A date, mostly with the time of day, as sites print it."""
    year, month, day = random.randint(2003, 2024), random.randint(1, 12), random.randint(1, 28)
    date = random.choice(
        (
            f"{year}-{month:02}-{day:02}",
            f"{year}年{month:02}月{day:02}日",
            f"{year}/{month}/{day}",
            f"{year}.{month}.{day}",
            f"{month:02}-{day:02}",
        )
    )
    clock = f"{random.randint(0, 23):02}:{random.randint(0, 59):02}"
    clock += f":{random.randint(0, 59):02}" if random.random() < 0.3 else ""
    return date if random.random() < 0.25 else date + random.choice((" ", "  ", "", " HKT ")) + clock


def site_name(random: Random) -> str:
    """The name of a site."""
    return random.choice(_PLACES) + random.choice(_SITES)


def user_name(random: Random) -> str:
    """The name that someone has on a site."""
    return random.choice(_USERS) + str(random.randint(0, 999))


def source_line(pool: Pool, random: Random) -> list[str]:
    """When, from where and by whom, as a line or several."""
    pieces = [moment(random)]
    if random.random() < 0.75:
        pieces.append(random.choice(("", "", "来源：", "来源: ", "文章来源：")) + site_name(random))
    if random.random() < 0.3:
        pieces.append(random.choice(("", "作者：", "记者 ", "文/")) + random.choice(_NAMES))
    if random.random() < 0.3:
        pieces.append(f"{random.choice(_COUNTS)}{random.choice(('：', '', ' ', '('))}{random.randint(0, 9999)}")
    if random.random() < 0.2:
        pieces.append(f"http://www.{random.choice(('abc', 'news', 'qhw', 'jb'))}{random.randint(1, 99)}.com")
    if random.random() < 0.4:
        random.shuffle(pieces)
    if random.random() < 0.2:
        return pieces
    return [random.choice((" ", "  ", "\u3000", " | ", "·", " / ", "\t")).join(pieces)]


def headline(pool: Pool, random: Random) -> list[str]:
    """A headline alone, as a title that shares no words with its text."""
    return [clause(pool, random, 6, 26)]


def menu(pool: Pool, random: Random) -> list[str]:
    """Labels of other pages, one a line or in rows; often with the same beginning."""
    count = random.choice((4, 8, 12, 20, 40))
    labels = [clause(pool, random, 2, 6) for _ in range(count)]
    if random.random() < 0.3:
        head = clause(pool, random, 2, 4)
        labels = [f"{head}{random.choice(('', ' '))}{label}" for label in labels]
    if random.random() < 0.5:
        return labels
    mark = random.choice((" ", " | ", "-", "  ", "\u3000", "|", "·"))
    return [mark.join(labels[n : n + 8]) for n in range(0, count, 8)]


def headlines(pool: Pool, random: Random) -> list[str]:
    """Headlines of other pages, with or without a heading, bullets, dates and cuts."""
    bullet = random.choice(("", "", "• ", "· ", "> ", "【", "1. "))
    dated, cut = random.random() < 0.3, random.random() < 0.3
    rows = []
    for _ in range(random.randint(3, 12)):
        row = bullet + clause(pool, random, 8, 26) + ("】" if bullet == "【" else "")
        row += random.choice(("..", "...", "…")) if cut else ""
        rows.append(f"{row} {moment(random)}" if dated else row)
    return [*_heading(random), *rows]


def cut_in(pool: Pool, random: Random) -> list[str]:
    """A short list of other pages that stands amid an article, under its heading."""
    bullet = random.choice(("", "", "• ", "· ", "> "))
    rows = [bullet + clause(pool, random, 6, 22) for _ in range(random.randint(1, 5))]
    return [random.choice(_HEADS) + random.choice(("", "", "：", " 更多>>")), *rows]


def interruption(pool: Pool, random: Random) -> list[str]:
    """A line or two that a site sets between paragraphs: the text goes on behind them."""
    word = random.choice(
        (
            "广告",
            "×",
            "广告",
            "AD",
            "收藏",
            "点击加载图片",
            "继续阅读",
            "展开全文",
            "播放",
            "00:00/03:21",
            "分享",
            "点击查看大图",
            "关闭",
        )
    )
    rows = [word]
    if random.random() < 0.4:
        rows.append(random.choice((clause(pool, random, 6, 26), "×", "广告" + clause(pool, random, 6, 20), "了解更多")))
    if random.random() < 0.25:
        rows.append("×")
    return rows


def teasers(pool: Pool, random: Random) -> list[str]:
    """Headlines with the first sentences of other pages, cut."""
    rows = _heading(random)
    more, dated, cut = random.choice(_MORE), random.random() < 0.5, random.randint(30, 90)
    for _ in range(random.randint(2, 6)):
        if random.random() < 0.85:
            rows.append(clause(pool, random, 8, 26))
        rows.append(random.choice(pool)[:cut] + more)
        if dated:
            rows.append(moment(random))
    return rows


def comments(pool: Pool, random: Random) -> list[str]:
    """A thread of replies: who, when, a few words, buttons."""
    rows = (
        [random.choice(("评论", "网友评论", "最新评论", "全部评论(23)", "热门跟贴"))] if random.random() < 0.7 else []
    )
    button = random.choice(("回复", "赞(3) 回复", "顶[0] 踩[0]", "支持 反对", ""))
    for floor in range(random.randint(2, 7)):
        user = user_name(random)
        rows.append(random.choice((user, f"{user} {moment(random)}", f"{floor + 1}楼 {user}", f"{user}：")))
        rows.append(clause(pool, random, 4, 24) + random.choice(("", "", "。", "！", "？", "~", "...")))
        if button and random.random() < 0.8:
            rows.append(button)
    return rows


def labels(pool: Pool, random: Random) -> list[str]:
    """Keywords of the page, in a row."""
    words = [clause(pool, random, 2, 5) for _ in range(random.randint(2, 6))]
    return [
        random.choice(("标签：", "关键词：", "关键字 : ", "Tags: ", "")) + random.choice((" ", "|", "，")).join(words)
    ]


def credit(pool: Pool, random: Random) -> list[str]:
    """Who edited, wrote or took the pictures, behind the article."""
    role, other = random.sample(
        ["责任编辑", "编辑", "责编", "校对", "作者", "审核", "摄影", "来源", "本文来源", "供稿"], 2
    )
    one, two = random.choice(_NAMES), random.choice((*_NAMES, site_name(random)))
    return [
        random.choice(
            (
                f"{role}：{one}",
                f"（{role}：{one}）",
                f"[{role}:{one}]",
                f"{role}/{one}  {other}/{two}",
                f"{role} {one}",
                f"({role}：{two} {other}：{one})",
                f"{role}：{one} {other}：{two}",
                f"【{role}：{one}】",
            )
        )
    ]


def disclaimer(pool: Pool, random: Random) -> list[str]:
    """Whose opinion this is, who may copy it, whom to ask: sentences that no reader came for."""
    site, other = site_name(random), site_name(random)
    rows = [
        f"免责声明：本文来自{site}，不代表{other}的观点和立场。",
        f"声明：本文由{site}用户上传并发布，{other}仅提供信息存储服务。",
        f"凡本网注明“来源：{site}”的稿件，版权均属于{site}，未经授权不得转载、摘编或以其它方式使用。",
        f"凡注明来源为其他媒体的稿件，均转载自其他媒体，转载目的在于传递更多信息，并不代表{site}赞同其观点。",
        f"如因作品内容、版权等问题需要与{site}联系，请在三十日内进行。",
        "本文仅代表作者个人观点，与本站无关，其真实性未经本站证实，请读者自行核实。",
        "文章内容仅供参考，不构成投资建议，据此操作，风险自担。",
        f"网友评论仅供其表达个人看法，并不表明{site}同意其观点或证实其描述。",
        "部分图片来自网络，如有侵权请与我们联系，我们将及时删除。",
        f"欢迎关注{site}微信公众号，第一时间了解更多消息。",
        f"看更多新闻，请下载{site}客户端，随时随地与网友互动。",
    ]
    return random.sample(rows, random.choice((1, 1, 2, 3)))


def template(pool: Pool, random: Random) -> list[str]:
    """Markup that a script was to fill in."""
    rows = []
    for _ in range(random.choice((6, 12, 30))):
        tag, kind = random.choice(_TAGS), random.choice(_CLASSES)
        rows.append(
            random.choice(
                (
                    f'<{tag} class="{kind}">',
                    f'<{tag} class="{kind} {random.choice(_CLASSES)}" style="display:none">',
                    f"</{tag}>",
                    f"</{tag}>",
                    f'<a href="javascript:void(0)" class="{kind}">{clause(pool, random, 2, 6)}</a>',
                    f'<div class="{kind}"><a href="" target="_blank"><img src="" alt=""></a></div>',
                    f'<{tag} id="{kind}"></{tag}>',
                    f"{{{{{kind}.{tag}}}}}",
                )
            )
        )
    return rows


def _heading(random: Random) -> list[str]:
    return [random.choice(_HEADS) + random.choice(("", "", "：", " 更多>>"))] if random.random() < 0.6 else []


Block = Callable[[Pool, Random], list[str]]
ABOVE: Final[tuple[Block, ...]] = (source_line, menu, menu, headlines, template)
BELOW: Final[tuple[Block, ...]] = (
    headlines,
    headlines,
    teasers,
    teasers,
    comments,
    comments,
    labels,
    template,
    menu,
    credit,
    credit,
    disclaimer,
    disclaimer,
)
