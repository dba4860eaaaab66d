"""Invented body lines that look like chrome, set into clean prose: the hard cases of POLLUTION. Training only.

Real labelled pages hold too few of them to learn from: official signatures, captions, code, recipes, digests, verse,
lone numbers, question and answer, addresses inside a notice. All words here were written for this project.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Final

from cleantext.chrome.lexicon import shipped


def _words(text: str) -> list[str]:
    return text.split()


OUTLINES: Final = 0.25  # share of the decorated pages with a list of short points
_CLAUSE_RE: Final = re.compile("[，。！？；：,]")
_WORD_RE: Final = re.compile("[\u4e00-\u9fff]{2,8}")
_PLACES: Final = _words("北江 临安 青河 白塔 南屿 云山 石桥 东湾 平川 柳林 海宁 长泽 沙田 西岭 金坪 和顺")
_OFFICES: Final = _words(
    "人民政府办公厅 教育局 卫生健康委员会 市场监督管理局 水务局 大学教务处 "
    "农村商业银行股份有限公司 图书馆 交通运输局 中学 医院 税务局 电力公司 公安局交警支队"
)
_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN: Final = _words("建国 晓燕 志强 海涛 静 敏 伟 丽华 文 子涵 雨桐 国平 秀英 明 思远 一鸣")
_THINGS: Final = _words("鸡蛋 面粉 白糖 牛奶 黄油 盐 土豆 五花肉 生抽 料酒 姜 葱 豆腐 青椒 香菇 淀粉")
_TOPICS: Final = _words(
    "背景 意义 方法 结果 原因 建议 展望 准备工作 使用方法 注意事项 常见问题 资金用途 "
    "怎么办 优点 缺点 性能 外观 价格 安装 配置 总体要求 保障措施 历史沿革 地理位置 "
    "人物简介 剧情 影响 评价 主要任务 工作目标 写在最后 后记"
)
_AGENCIES: Final = _words("新华社 路透社 法新社 本台 早报 晚报 通讯社 道琼斯")
_VERSE: Final = _words(
    "风起的时候 我在河边等你 月亮落进水里 像一枚旧硬币 没有人说话 只有船慢慢地走 灯一盏一盏灭了 "
    "天就亮了 你说 远方 雪下了一夜 山也白了头"
)


def person(random: Random) -> str:
    """The name of a person."""
    return random.choice(_SURNAMES) + random.choice(_GIVEN)


def _date(random: Random) -> str:
    year, month, day = random.randint(1998, 2023), random.randint(1, 12), random.randint(1, 28)
    return random.choice((f"{year}年{month}月{day}日", f"{year}-{month:02}-{day:02}", f"{month}月{day}日"))


def signature(random: Random) -> list[str]:
    """The end of an official paper."""
    office = random.choice(_PLACES) + random.choice(("市", "县", "区", "省", "")) + random.choice(_OFFICES)
    rows = (
        [random.choice(("特此公告。", "特此通知。", "此复。", "请遵照执行。", "特此通告。"))]
        if random.random() < 0.6
        else []
    )
    if random.random() < 0.3:
        rows.append(f"附件：{random.choice(_TOPICS)}登记表")
    return [*rows, office, _date(random)]


def contact(random: Random) -> list[str]:
    """Whom to ask, inside a notice."""
    phone = f"{random.randint(10, 999):03}-{random.randint(10**6, 10**8)}"
    rows = [
        f"联系人：{person(random)}",
        f"联系电话：{phone}",
        f"地址：{random.choice(_PLACES)}市人民路{random.randint(1, 300)}号",
    ]
    rows.append(f"邮箱：{random.choice(('office', 'bgs', 'info'))}@example.com")
    return random.sample(rows, random.randint(1, 3)) if random.random() < 0.7 else ["，".join(rows[:2]) + "。"]


def caption(random: Random) -> list[str]:
    """A caption under a picture."""
    who, where, what = person(random), random.choice(_PLACES), random.choice(_TOPICS)
    return [
        random.choice(
            (
                f"图为{where}街头。{who} 摄",
                f"{where}市民在广场上散步。（{who} 摄）",
                f"图{random.randint(1, 9)} {what}",
                "（资料图）",
                f"▲{where}的{what}",
                f"{who}在{where}接受采访",
                f"{where}供图",
            )
        )
    ]


def heading(random: Random) -> list[str]:
    """A section heading, with or without a number, as a question, or a number alone."""
    topic, number = random.choice(_TOPICS), random.randint(1, 9)
    han = "一二三四五六七八九"[number - 1]
    return [
        random.choice(
            (
                topic,
                f"{han}、{topic}",
                f"（{han}）{topic}",
                f"{number}. {topic}",
                f"{number}、{topic}",
                f"第{han}章 {topic}",
                f"0{number}",
                f"{number}",
                han,
                f"{topic}是什么？",
                f"怎么看{topic}?",
                f"【{topic}】",
                f"■{topic}",
                f"{topic}：",
                f"关于{topic}",
                f"PART {number}",
                f"## {topic}",
            )
        )
    ]


def contents(random: Random) -> list[str]:
    """A table of contents or a numbered list of short points."""
    topics = random.sample(_TOPICS, random.randint(3, 8))
    style = random.choice(("{h}、{t}", "{n}. {t}", "第{h}章 {t}", "• {t}", "{t}", "- {t}", "（{h}）{t}", "{n}、{t}；"))
    rows = [style.format(h="一二三四五六七八"[n], n=n + 1, t=topic) for n, topic in enumerate(topics)]
    return ["目录", *rows] if random.random() < 0.3 else rows


def recipe(random: Random) -> list[str]:
    """Ingredients, or a price list."""
    rows = [
        f"{thing}{random.choice(('：', ' ', ' …… '))}{random.randint(1, 500)}{random.choice('克个勺')}"
        for thing in random.sample(_THINGS, random.randint(3, 7))
    ]
    return [random.choice(("原料：", "食材", "主料：", "清单")), *rows]


def verse(random: Random) -> list[str]:
    """Lines of a poem or of a post that breaks after every phrase."""
    mark = random.choice(("", "，", "。", ""))
    return [random.choice(_VERSE) + mark for _ in range(random.randint(3, 12))]


def dialogue(random: Random) -> list[str]:
    """Question and answer, or a chat."""
    one, two = random.choice(
        (("问", "答"), ("Q", "A"), ("记者", person(random)), (person(random), person(random)), ("甲", "乙"))
    )
    rows = []
    for _ in range(random.randint(2, 5)):
        rows.append(f"{one}：{random.choice(_TOPICS)}呢？")
        rows.append(f"{two}：{random.choice(('还行。', '说来话长', '没问题', '我觉得可以。', '当然'))}")
    return rows


def code(random: Random) -> list[str]:
    """A few lines of a program or a shell session."""
    name, other = (
        random.choice(("data", "user", "item", "node", "conn")),
        random.choice(("load", "parse", "save", "run")),
    )
    pool = [
        f"import {name}",
        f"from {name} import {other}",
        f"def {other}({name}):",
        f"    return {name}.{other}()",
        "    pass",
        f"for i in range({random.randint(2, 99)}):",
        f"    print({name}[i])",
        f"if not {name}:",
        "else:",
        "    continue",
        "}",
        "{",
        f"{name} = {other}('{name}.txt')",
        f"public void {other}(String {name}) {{",
        f"    this.{name} = {name};",
        f"const {name} = require('{other}');",
        f"$ pip install {name}",
        f"SELECT * FROM {name} WHERE id = 1;",
        "#!/bin/bash",
        f"# {random.choice(_TOPICS)}",
        f"// {random.choice(_TOPICS)}",
        f'<div class="{name}">',
        "</div>",
        ">>> 1 + 1",
        "2",
        "...",
        f"docker run {name}",
        f"sudo apt-get install {other}",
        "while True:",
        f"{name}.{other}()",
        f"var {other} = {name}[0]",
    ]
    return [random.choice(pool) for _ in range(random.randint(3, 14))]


def digest(random: Random) -> list[str]:
    """News items with the same fields again and again."""
    rows = []
    for _ in range(random.randint(3, 7)):
        where, topic = random.choice(_PLACES), random.choice(_TOPICS)
        item = [f"标题：{where}公布{topic}", f"时间：{_date(random)}", f"来源：{random.choice(_AGENCIES)}"]
        item.insert(0, f"关键字：{topic}　{where}")
        item.append(f"内容摘要：{where}方面{_date(random)}公布了{topic}，并表示将在年内完成。")
        rows += item
    return rows


def dateline(random: Random) -> list[str]:
    """Where and by whom a report was written, on a line of its own."""
    return [
        random.choice(
            (
                f"新华社{random.choice(_PLACES)}{_date(random)}电",
                f"本报记者 {person(random)}",
                f"新华社记者{person(random)}、{person(random)}",
                f"——{random.choice(_PLACES)}见闻",
                f"□ {person(random)}",
                f"（{random.choice(_PLACES)}{_date(random)}讯）",
            )
        )
    ]


def squad(random: Random) -> list[str]:
    """Data inside an article: a line-up, a table row by row, a route."""
    cells = [f"{random.randint(1, 30)}-{person(random)}" for _ in range(8)]
    table = [f"{where}\t{random.randint(10, 999)}\t{random.random() * 100:.1f}%" for where in random.sample(_PLACES, 4)]
    route = "→".join(random.sample(_PLACES, 4))
    return random.choice((["首发：" + "、".join(cells)], ["地区\t数量\t占比", *table], [route]))


def title(body: list[str], random: Random) -> list[str]:
    """A title made of words of the body."""
    clauses = [clause for line in body for clause in _CLAUSE_RE.split(line) if 6 <= len(clause) <= 28]
    return [random.choice(clauses)] if clauses else []


def outline(body: list[str], random: Random) -> list[str]:
    """A list of short points on the page's own matter: a change log, a programme, captions of a row of pictures."""
    clauses = [clause for line in body for clause in _CLAUSE_RE.split(line) if 6 <= len(clause) <= 40]
    if len(clauses) < 3:
        return []
    end = random.choice(("", "", "", " 详情", f"（摄影：{person(random)}）", "；", "(图)", "[1]"))
    lead = random.choice(("", "", "- ", "• ", "△", "修复", "图：", "专题"))
    return [lead + clause + end for clause in random.sample(clauses, min(len(clauses), random.randint(3, 14)))]


def mention(sentence: str, random: Random) -> str:
    """A sentence that speaks of chrome: phrases of the families set between its clauses, bare or quoted."""
    cuts = [match.end() for match in _CLAUSE_RE.finditer(sentence)] or [len(sentence) // 2]
    for cut in sorted(random.sample(cuts, min(len(cuts), random.randint(1, 2))), reverse=True):
        phrase = random.choice(_mentionable())
        quoted = random.choice((f"“{phrase}”", phrase, f"点击{phrase}，", f"有人说{phrase}，", f"{phrase}的"))
        sentence = sentence[:cut] + quoted + sentence[cut:]
    return sentence


@cache
def _mentionable() -> list[str]:
    lexicon = shipped()
    wanted = [
        phrase
        for phrase, mask in zip(lexicon.phrases, lexicon.masks.T, strict=True)
        if mask.any() and _WORD_RE.fullmatch(phrase)
    ]
    return sorted(wanted)


INNER: Final[tuple[Callable[[Random], list[str]], ...]] = (
    heading,
    heading,
    heading,
    caption,
    caption,
    contents,
    recipe,
    verse,
    dialogue,
    code,
    code,
    digest,
    squad,
    contact,
)


def decorate(body: list[str], random: Random) -> list[str]:
    """The body with a few invented lines at its places: inside, a dateline first, a signature last."""
    lines = list(body)
    for _ in range(random.choice((0, 1, 2, 3, 4))):
        at = random.randint(0, len(lines))
        lines[at:at] = random.choice(INNER)(random)
    for index, line in enumerate(lines):
        if len(line) > 30 and random.random() < 0.06:
            lines[index] = mention(line, random)
    if random.random() < OUTLINES:
        at = random.randint(0, len(lines))
        lines[at:at] = outline(body, random)
    if random.random() < 0.12:
        lines = dateline(random) + lines
    if random.random() < 0.08:
        lines.insert(0, f"{random.choice(_PLACES)}政发〔{random.randint(2001, 2023)}〕{random.randint(1, 99)}号")
    if random.random() < 0.5:
        lines = title(body, random) + lines
    if random.random() < 0.2:
        lines += signature(random)
    return lines
