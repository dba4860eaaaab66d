"""Invented bodies that are no running prose from end to end: questions and answers, letters, laws, talks, entries,
programs, flashes of one sentence, and those of `short_lines`. Training only.

The labelled pages are news and articles; what stands in short lines elsewhere would be taken for menus. The fixed
words were written for this project, all others come from the clean pages at hand, so that the shape is learnt and not
the words.
"""

from __future__ import annotations

from random import Random
from typing import Final

from cleantext.chrome import frames, invented
from cleantext.chrome.cards import card, facts, manual, opinions, vacancy
from cleantext.chrome.frames import Pool
from cleantext.chrome.short_lines import bilingual, contents, gallery, listing, offer, recipe, script, sheet, verse
from cleantext.chrome.strokes import (
    HAN_NUMBERS,
    Genre,
    Row,
    body,
    clause,
    numbered,
    prose,
    references,
    sentence,
    site_line,
)


def question(pool: Pool, random: Random) -> list[Row]:
    """A question with its answers, among the site's labels."""
    rows = body([clause(pool, random, 5, 20) + random.choice(("？", "?", "", "怎么办？", "吗？", "是什么意思"))])
    rows += site_line(
        random, f"提问者：{frames.user_name(random)}  {frames.moment(random)}", "分享 举报", "我来答 关注问题 邀请回答"
    )
    if random.random() < 0.6:
        rows += body(prose(pool, random, 2))
    for number in range(random.randint(1, 4)):
        label = random.choice(
            ("最佳答案", "网友回答", f"{random.randint(1, 9)}个回答", "满意回答", "其他答案", "推荐回答")
        )
        rows += [(label, 1)] if not number or random.random() < 0.4 else []
        user = frames.user_name(random)
        rows += site_line(
            random, f"回答者：{user} 三级", user, f"{user} 推荐于 {frames.moment(random)}", f"来自：{user}"
        )
        rows += [(line, 1) for line in (card(pool, random) if random.random() < 0.25 else [])]
        answer = prose(pool, random, 4)
        if random.random() < 0.4:
            points = [clause(pool, random, 4, 16) + random.choice("；。") for _ in range(random.randint(2, 5))]
            answer += numbered(points, random)
        rows += body(answer)
        good = random.randint(0, 99)
        rows += site_line(
            random, f"赞({good}) 评论", f"有用 {good}", "评论 分享 举报", f"{good} 踩 {good % 7} 评论", "追问 追答"
        )
    return rows


def letter(pool: Pool, random: Random) -> list[Row]:
    """A letter, an invitation, a notice of a few short lines, signed and dated."""
    rows = [
        random.choice(
            (
                f"致{clause(pool, random, 2, 6)}的一封信",
                "邀请函",
                "感谢信",
                "通知",
                f"关于{clause(pool, random, 4, 12)}的通知",
            )
        )
    ]
    who = random.choice(("各位家长", "各位业主", "各单位", "尊敬的用户", "亲爱的朋友们", "各学院", "全体会员"))
    rows.append(random.choice((f"{who}：", f"{who}:", f"{who}，你们好！")))
    if random.random() < 0.4:
        rows.append(random.choice(("你们好！", "您好！", "大家好！")))
    rows += prose(pool, random, 5)
    if random.random() < 0.4:
        rows += numbered([sentence(pool, random) for _ in range(random.randint(2, 5))], random)
    if random.random() < 0.3:
        rows += invented.contact(random)
    if random.random() < 0.5:
        rows += random.choice((["此致", "敬礼！"], ["此致", "敬礼"], ["特此通知。"], ["谢谢！"], ["祝大家新年快乐！"]))
    year, month, day = random.randint(1998, 2023), random.randint(1, 12), random.randint(1, 28)
    digits = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(year))
    date = random.choice(
        (f"{year}年{month}月{day}日", f"{year}.{month}.{day}", f"{digits}年{HAN_NUMBERS[month % 10]}月二十日")
    )
    return body(
        [
            *rows,
            random.choice((frames.site_name(random), invented.person(random), clause(pool, random, 4, 10) + "委员会")),
            date,
        ]
    )


def law(pool: Pool, random: Random) -> list[Row]:
    """Chapters and numbered articles of one sentence."""
    rows = [clause(pool, random, 4, 14) + random.choice(("条例", "办法", "规定", "章程", "须知"))]
    if random.random() < 0.5:
        rows.append(f"（{frames.moment(random)[:10]}第{random.randint(1, 20)}次会议通过）")
    number = 0
    for chapter in range(random.randint(1, 4)):
        if random.random() < 0.7:
            rows.append(f"第{HAN_NUMBERS[chapter]}章 {random.choice(('总则', '附则', clause(pool, random, 2, 6)))}")
        for _ in range(random.randint(1, 4)):
            rows.append(f"第{HAN_NUMBERS[number % 10]}条{random.choice((' ', '　', '　　'))}{sentence(pool, random)}")
            number += 1
            if random.random() < 0.2:
                rows += [f"（{HAN_NUMBERS[n]}）{clause(pool, random, 4, 14)}；" for n in range(3)]
    return body(rows)


def talk(pool: Pool, random: Random) -> list[Row]:
    """An interview, a chat or a scene: very short turns of speech, with names or in quotation marks."""
    rows = [clause(pool, random, 5, 20)]
    one, two = random.choice(
        (
            ("问", "答"),
            ("Q", "A"),
            ("记者", invented.person(random)),
            (invented.person(random), invented.person(random)),
        )
    )
    quoted = random.random() < 0.5
    for turn in range(random.randint(4, 16)):
        said = (
            clause(pool, random, 2, 14) + random.choice("。。？！") if random.random() < 0.7 else sentence(pool, random)
        )
        if quoted:
            rows.append(random.choice((f"“{said}”", f"“{said}”", said, said, f"“{said}”{two}说。", "……")))
        else:
            rows.append(f"{two if turn % 2 else one}{random.choice(('：', '：', ':'))}{said}")
    return body(rows)


def entry(pool: Pool, random: Random) -> list[Row]:
    """An entry of an encyclopedia: what it is, names and values by turns, contents, and short chapters of that name."""
    rows = body([clause(pool, random, 2, 6), *prose(pool, random, 2)])
    for _ in range(random.choice((0, 0, 3, 6))):
        rows += body([clause(pool, random, 2, 4), clause(pool, random, 2, 10)])
    chapters = [clause(pool, random, 2, 6) for _ in range(random.randint(2, 6))]
    if random.random() < 0.6:
        style = random.choice(("{n} {t}", "{t}", "• {n} {t}", "{n}. {t}"))
        rows.append((random.choice(("目录", "目录 [隐藏]", "本词条目录")), 1))
        rows += [(style.format(n=n + 1, t=chapter), -1) for n, chapter in enumerate(chapters)]
    for chapter in chapters:
        rows += body([chapter + random.choice(("", "", "[编辑]", " 编辑"))])
        if random.random() < 0.3:
            rows += body([clause(pool, random, 2, 8) for _ in range(random.randint(2, 5))])
        else:
            rows += body(prose(pool, random, 3))
    if random.random() < 0.4:
        rows += body(references(pool, random))
    return rows


def minutes(pool: Pool, random: Random) -> list[Row]:
    """What a meeting, a talk or an event was: when, where, who; then what was said; a quotation with its source."""
    rows = [clause(pool, random, 4, 14) + random.choice(("纪要", "记录", "预告", "讲座", "活动", ""))]
    facts = [
        f"时间：{frames.moment(random)}", f"地点：{clause(pool, random, 3, 10)}", f"主持人：{invented.person(random)}",
        f"出席：{' '.join(invented.person(random) for _ in range(4))}", f"记录：{invented.person(random)}",
        f"主讲：{invented.person(random)}", f"作者：{invented.person(random)}",
        f"出处：《{clause(pool, random, 2, 8)}》", f"来源：{clause(pool, random, 3, 10)}",
        f"日期：{frames.moment(random)[:10]}", f"主办：{clause(pool, random, 4, 10)}",
    ]  # fmt: skip
    rows += random.sample(facts, random.randint(2, 5))
    if random.random() < 0.7:
        rows += numbered([sentence(pool, random) for _ in range(random.randint(2, 5))], random)
    else:
        rows += prose(pool, random, 4)
    return body(rows)


def program(pool: Pool, random: Random) -> list[Row]:
    """Prose and code by turns, with what the code prints."""
    rows = [clause(pool, random, 5, 20)]
    for _ in range(random.randint(1, 4)):
        rows += [*prose(pool, random, 2), *invented.code(random)]
        if random.random() < 0.3:
            rows += [
                random.choice(("输出：", "运行结果：", "结果如下：")),
                *(str(random.randint(0, 99)) for _ in range(3)),
            ]
    return body(rows)


def flash(pool: Pool, random: Random) -> list[Row]:
    """News, a notice or an entry of one to three sentences, with its title or without."""
    head = [clause(pool, random, 6, 24)] if random.random() < 0.6 else []
    lead = random.choice(
        ("", "", "【快讯】", f"{frames.site_name(random)}讯 ", "【" + clause(pool, random, 4, 12) + "】")
    )
    text = prose(pool, random, 3)
    return body([*head, lead + text[0], *text[1:]])


def answers(pool: Pool, random: Random) -> list[Row]:
    """What users of a service often ask: its text speaks of buttons and passwords."""
    rows = []
    for _ in range(random.randint(2, 7)):
        text = invented.mention(sentence(pool, random), random) if random.random() < 0.5 else sentence(pool, random)
        lead = random.choice((("", ""), ("问：", "答："), ("Q：", "A："), ("", "")))
        rows += [
            f"{lead[0]}{random.choice(('如何', '怎么', '为什么', ''))}{clause(pool, random, 3, 12)}？",
            lead[1] + text,
        ]
    return body(rows)


GENRES: Final[tuple[Genre, ...]] = (
    question, recipe, verse, sheet, offer, letter, law, talk, script, bilingual, listing, program, answers,
    contents, gallery, entry, minutes, flash, flash, manual, facts, facts, vacancy, opinions,
)  # fmt: skip


def draw(pool: Pool, random: Random) -> list[Row]:
    """A body of one of the genres; now and then of two, or with an end as official papers have it."""
    rows = random.choice(GENRES)(pool, random)
    if random.random() < 0.1:
        rows += random.choice(GENRES)(pool, random)
    if random.random() < 0.05:
        rows += body(invented.signature(random))
    if random.random() < 0.05:
        rows += body(references(pool, random))
    return rows
