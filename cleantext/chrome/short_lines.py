"""Invented bodies of nothing but short lines: recipes, songs, offers, data sheets, tables, rankings, subtitles.

Training only; see `genres`.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

from cleantext.chrome import frames, invented
from cleantext.chrome.frames import Pool
from cleantext.chrome.strokes import HAN_NUMBERS, Row, body, clause, numbered, prose, sentence, site_line

_ENGLISH: Final = (
    "the", "old", "bridge", "river", "morning", "every", "walks", "home", "nobody", "knows", "small", "light", "over",
    "rain", "water", "teacher", "asked", "before", "window", "letter", "never", "speak", "slowly", "winter", "boat",
)  # fmt: skip


def recipe(pool: Pool, random: Random) -> list[Row]:
    """Ingredients, amounts on lines of their own or beside them, and steps."""
    rows = [clause(pool, random, 3, 10) + random.choice(("的做法", "", "怎么做")), *prose(pool, random, 2)]
    apart = random.random() < 0.5
    for name in random.sample(("主料", "辅料", "调料", "食材", "原料：", "材料"), random.randint(1, 3)):
        rows.append(name)
        for _ in range(random.randint(2, 5)):
            thing = clause(pool, random, 2, 4)
            amount = random.choice((f"{random.randint(1, 900)}克", f"{random.randint(1, 9)}个", "适量", "少许", "半勺"))
            rows += [thing, amount] if apart else [f"{thing} {amount}"]
    rows.append(random.choice(("做法", "步骤", "制作步骤", "做法：")))
    steps = [sentence(pool, random) for _ in range(random.randint(3, 8))]
    rows += _steps(steps, random)
    if random.random() < 0.4:
        rows += [random.choice(("小贴士", "小窍门", "Tips", "注意")), *prose(pool, random, 2)]
    return body(rows)


def _steps(steps: Sequence[str], random: Random) -> list[str]:
    if random.random() < 0.4:
        return [part for n, step in enumerate(steps) for part in (str(n + 1), step)]
    return numbered(steps, random)


def verse(pool: Pool, random: Random) -> list[Row]:
    """A song or a poem with its title and authors; stanzas come again."""
    name = invented.person(random)
    heads = [
        random.choice(
            (f"作词：{name}", f"词：{name}", f"作者：{name}", name, f"[唐] {name}", f"（宋）{name}", f"文/{name}")
        ),
        random.choice((f"作曲：{invented.person(random)}", f"曲：{name}", f"演唱：{name}", f"歌手：{name}")),
    ]
    rows = [clause(pool, random, 2, 6), *heads[: random.choice((0, 1, 1, 2))]]
    size, mark = (
        random.choice(((4, 7), (5, 5), (7, 7), (3, 9), (4, 12))),
        random.choice(("", "", "，。", "，", "；。", "。")),
    )
    stanzas = [[clause(pool, random, *size) for _ in range(random.choice((2, 4, 4, 6)))] for _ in range(3)]
    for stanza in random.choices(stanzas, k=random.randint(1, 5)):
        rows += [line + (mark and mark[n % len(mark)]) for n, line in enumerate(stanza)]
    if random.random() < 0.3:
        rows += [random.choice(("注释", "译文", "赏析", "【注释】")), *prose(pool, random, 3)]
    return body(rows)


def sheet(pool: Pool, random: Random) -> list[Row]:
    """The data of a thing that is sold, of a person, of a book: names and values."""
    rows = body(
        [clause(pool, random, 4, 16) + random.choice(("", f" {random.choice('ABXYT')}{random.randint(1, 900)}"))]
    )
    if random.random() < 0.5:
        rows += body(
            [
                random.choice(("￥{}.00", "价格：{}元", "¥{}", "售价 {} 元", "定价：{}元")).format(
                    random.randint(9, 9999)
                )
            ]
        )
        rows += site_line(
            random, "加入购物车", "立即购买", "加入购物车 立即购买", "收藏商品 分享", "月销量 356 累计评价 1024"
        )
    mark = random.choice(("：", "：", ": ", " ", "\t", "  "))
    if random.random() < 0.6:
        rows += body([random.choice(("商品参数", "基本信息", "规格参数", "产品参数", "详细信息", "概况"))])
    for _ in range(random.randint(3, 12)):
        value = random.choice(
            (clause(pool, random, 2, 10), f"{random.randint(1, 999)}{random.choice(('W', 'L', 'cm', '人', 'kg'))}")
        )
        rows += body([clause(pool, random, 2, 4) + mark + value])
    if random.random() < 0.7:
        head = [random.choice(("商品介绍", "产品特点", "内容简介", "简介", "特点"))] if random.random() < 0.6 else []
        rows += body([*head, *prose(pool, random, 4)])
    return rows


def offer(pool: Pool, random: Random) -> list[Row]:
    """An advertisement for a post, a flat, a course: conditions and whom to ask."""
    title = (
        frames.site_name(random)
        + random.choice(("招聘", "诚聘", "出租", "转让", "招生", "采购"))
        + clause(pool, random, 2, 8)
    )
    rows = [title]
    values = [
        f"{random.randint(3, 20)}000元/月",
        f"{random.randint(1, 30)}人",
        "面议",
        "不限",
        "本科",
        clause(pool, random, 3, 10),
    ]
    names = ["薪资", "工作地点", "招聘人数", "学历", "经验", "面积", "租金", "户型", "时间", "地点", "费用", "职位"]
    rows += [f"{name}：{random.choice(values)}" for name in random.sample(names, random.randint(1, 5))]
    for head in random.sample(
        ("岗位职责", "任职要求", "福利待遇", "房屋配置", "报名条件", "课程内容"), random.randint(1, 3)
    ):
        points = [clause(pool, random, 4, 18) + random.choice("；。；") for _ in range(random.randint(2, 5))]
        rows += [head + random.choice(("：", "", ":")), *numbered(points, random)]
    return body([*rows, *(invented.contact(random) if random.random() < 0.75 else [])])


def script(pool: Pool, random: Random) -> list[Row]:
    """Subtitles with their times, events with their dates or minutes, a running score."""
    kind = random.choice("tde")
    rows = [clause(pool, random, 4, 14)]
    for number in range(random.randint(4, 14)):
        said = clause(pool, random, 3, 14)
        clock = f"00:{number:02}:{random.randint(0, 59):02},{random.randint(0, 999):03}"
        if kind == "t":
            rows += [f"{clock} --> {clock}", said]
        elif kind == "d":
            day = random.choice(
                (f"{1900 + 7 * number}年", f"{number + 1}月{random.randint(1, 28)}日", f"{8 + number}:30")
            )
            rows += [f"{day}{random.choice((' ', '，', '：'))}{said}{random.choice(('', '。'))}"]
        else:
            rows.append(
                random.choice(
                    (
                        f"{said}。",
                        f"{random.randint(0, 99)}-{random.randint(0, 99)}，{said}",
                        f"第{HAN_NUMBERS[number % 10]}节",
                    )
                )
            )
    return body(rows)


def bilingual(pool: Pool, random: Random) -> list[Row]:
    """Sentences in two languages by turns, or a list of words."""
    rows = [
        random.choice(
            (_english(random, 3), f"{_english(random, 2)} {clause(pool, random, 2, 8)}", clause(pool, random, 3, 10))
        )
    ]
    for _ in range(random.randint(3, 9)):
        if random.random() < 0.2:
            rows.append(
                f"{random.choice(_ENGLISH)} {random.choice(('n.', 'v.', 'adj.', '[n]'))} {clause(pool, random, 2, 4)}"
            )
        else:
            rows += [_english(random, random.randint(5, 12)) + ".", sentence(pool, random)]
    return body(rows)


def _english(random: Random, count: int) -> str:
    return " ".join(random.choices(_ENGLISH, k=count)).capitalize()


def listing(pool: Pool, random: Random) -> list[Row]:
    """Nothing but points, or a table, under a title."""
    rows = [
        f"{random.choice((5, 8, 10, 12))}个{clause(pool, random, 3, 12)}"
        if random.random() < 0.5
        else clause(pool, random, 5, 16)
    ]
    count = random.randint(4, 14)
    if random.random() < 0.35:
        gap = random.choice((" ", "\t", "  "))
        width = random.randint(2, 5)
        rows.append(gap.join(clause(pool, random, 2, 4) for _ in range(width)))
        for place in range(count):
            cells = [str(random.randint(0, 99)) for _ in range(width - 2)]
            rows.append(gap.join([str(place + 1), clause(pool, random, 2, 5), *cells]))
    else:
        mark = random.choice(("", "", "；", "。"))
        rows += numbered([clause(pool, random, 4, 20) + mark for _ in range(count)], random)
    return body(rows)


def contents(pool: Pool, random: Random) -> list[Row]:
    """What an issue of a journal or a book holds: sections, titles, and authors beside or below them."""
    below, sections = random.random() < 0.6, random.random() < 0.7
    rows = [
        random.choice((f"{frames.site_name(random)}{random.randint(1990, 2023)}年第{random.randint(1, 12)}期", "目录"))
    ]
    for number in range(random.randint(5, 16)):
        if sections and random.random() < 0.35:
            rows.append(clause(pool, random, 2, 8))
        names = random.choice((" ", "；", ";", "、")).join(
            invented.person(random) for _ in range(random.choice((1, 1, 2, 3)))
        )
        gap = random.choice((" ", "/", "……", "（"))
        title = clause(pool, random, 6, 26)
        rows += [title, names] if below else [f"{title}{gap}{names}{'）' if gap == '（' else ''}"]
        if random.random() < 0.1:
            rows.append(str(number * 7 + 3))
    return body(rows)


def gallery(pool: Pool, random: Random) -> list[Row]:
    """A ranking or a row of pictures: names with numbers, each with a line of figures or a sentence below it."""
    count, style = (
        random.randint(5, 25),
        random.choice(("{n}、", "{n}. ", "NO.{n} ", "第{n}名：", "Top{n} ", "{n}", "")),
    )
    numbers = range(count, 0, -1) if random.random() < 0.3 else range(1, count + 1)
    figure = random.choice(("得分：{}", "人均{}元", "{}亿元", "共{}人", "图/{}"))
    mixed = random.random()
    rows = [clause(pool, random, 5, 20), *prose(pool, random, 2)]
    for number in numbers:
        rows.append(style.format(n=number) + clause(pool, random, 2, 8))
        if random.random() < mixed:
            rows.append(sentence(pool, random) if random.random() < 0.6 else figure.format(random.randint(2, 999)))
    return body(rows)
