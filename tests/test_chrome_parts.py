"""The parts of the chrome stage: layout, lexicon, features, forest."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cleantext import presence
from cleantext.chrome import (
    cards,
    choice,
    echo,
    examples,
    features,
    forest,
    forms,
    frames,
    furniture,
    genres,
    judge,
    layout,
    lexicon,
    model,
    strokes,
    wording,
)
from cleantext.chrome.forest import Forest
from cleantext.chrome.layout import HAN, lay_out
from cleantext.records import Options, Page, split_lines

BLANKS = " \t\x0b\x0c\u200b\ufeff\u3000\u00a0\u2002\u2003\u2009"
TEXTS = st.text(
    st.sampled_from("一二。，：>|首页来源评论 \u3000\t\n\r0aA•【】\u200b😀\ud800") | st.characters(), max_size=80
)


@given(TEXTS.filter(bool))
def test_layout_cuts_lines_as_records_do(text: str) -> None:
    page = lay_out(text)
    lines = split_lines(text)
    for number, start, end in zip(page.number, page.start, page.end, strict=True):
        line = lines[number]
        assert (line.start, line.end) == (start, end)
    kept = set(page.number.tolist())
    assert all(line.number - 1 in kept for line in lines if line.text.strip().strip(BLANKS))


@given(TEXTS.filter(bool))
def test_any_text_is_judged(text: str) -> None:
    text = text.encode("utf-8", "replace").decode("utf-8")
    page = lay_out(text)
    if len(page.start):
        chances = model.shipped().judge(page, lexicon.find_hits(page, lexicon.shipped()))
        assert chances.shape == page.start.shape
        assert np.isfinite(chances).all()


def test_core_leaves_out_bullets_and_brackets() -> None:
    text = "  • 【关闭】\n相关新闻：\n"
    page = lay_out(text)
    assert [text[a:b] for a, b in zip(page.first, page.last, strict=True)] == ["关闭", "相关新闻"]
    assert page.counts[0, HAN] == 2


@pytest.mark.parametrize(
    ("line", "family", "holds"),
    [
        ("责任编辑：张三", "credit", True),
        ("版权所有 某某网", "footer", True),
        ("法律规定版权归作者，不得侵犯。", "navigation", False),
        ("【关闭】", "share", True),
        ("大门随即关闭", "share", False),
    ],
)
def test_anchors(line: str, family: str, holds: bool) -> None:
    page = lay_out(line)
    hits = lexicon.find_hits(page, lexicon.shipped())
    assert bool(hits.mask[0] & lexicon.bit(family)) == holds


@pytest.mark.parametrize(
    "row",
    [
        "navigation\tany\tsure",
        "menu\tany\tsure\t首页",
        "ad\tmiddle\tsure\t广告",
        "ad\tany\tmaybe\t广告",
        "ad\tany\tsure\t",
    ],
)
def test_bad_rows_are_named(row: str) -> None:
    with pytest.raises(lexicon.LexiconError, match="row 2"):
        lexicon.parse("# head\n" + row)


def test_family_file_is_sorted_and_unique() -> None:
    from importlib.resources import files

    rows = [
        row.split("\t")
        for row in (files("cleantext") / "data" / "chrome" / "families.tsv").read_text("utf-8").splitlines()
        if not row.startswith("#")
    ]
    order = [*lexicon.FAMILIES, lexicon.ARTICLE]
    keys = [(order.index(row[0]), *row[1:]) for row in rows]
    assert keys == sorted(set(keys))


def test_fingerprints_ignore_blanks() -> None:
    page = lay_out("　　上一篇： 没有了\n上一篇：没有了\n下一篇：没有了\n")
    prints = features.fingerprints(page)
    assert prints[0] == prints[1] != prints[2]


def test_feature_rows_have_names() -> None:
    text = "首页\n正文在这里。\n"
    page = lay_out(text)
    hits = lexicon.find_hits(page, lexicon.shipped())
    rows = features.measure(page, hits, wording.score(page, np.zeros(wording.BUCKETS, np.float32)))
    assert rows.shape == (len(features.names()), 2)


def test_forest_follows_its_questions() -> None:
    forest = Forest(
        np.array([[0], [1]]), np.array([[0.5], [2.0]], np.float32), np.array([[1, 2, 4, 8]], np.float32), 0.5
    )
    rows = np.array([[0, 1, 0, 1], [0, 0, 3, 3]], np.float32)
    assert forest.score(rows).tolist() == [1.5, 4.5, 2.5, 8.5]


def test_model_survives_storage() -> None:
    shipped = model.shipped()
    again = model.Model.parse(shipped.dump())
    assert again.calibration.tolist() == shipped.calibration.tolist()
    assert (again.first.leaf == shipped.first.leaf).all()


def test_markup_is_counted() -> None:
    text = "<div class=\"a\" id='b'></div>\n若 a<b 且 c=1，则……\n你好\n"
    page = lay_out(text)
    hits = lexicon.find_hits(page, lexicon.shipped())
    rows = features.measure(page, hits, wording.score(page, np.zeros(wording.BUCKETS, np.float32)))
    at = features.names().index("tags")
    assert rows[at : at + 2].tolist() == [[2, 1, 0], [2, 0, 0]]


def test_the_mean_of_forests_scores_as_they_do_on_average() -> None:
    one = Forest(np.array([[0]]), np.array([[0.5]], np.float32), np.array([[1, 2]], np.float32), 0.5)
    two = Forest(np.array([[1]]), np.array([[2.0]], np.float32), np.array([[3, 6]], np.float32), 1.0)
    rows = np.array([[0, 1], [3, 0]], np.float32)
    assert np.allclose(forest.mean([one, two]).score(rows), (one.score(rows) + two.score(rows)) / 2)


BLOCKS = {*frames.ABOVE, *frames.BELOW, *cards.ABOVE, *cards.BELOW, *cards.INSIDE}


@pytest.mark.parametrize("block", sorted(BLOCKS, key=lambda block: block.__name__))
def test_invented_chrome_is_whole_lines(block: frames.Block) -> None:
    pool = ["昨天上午八点，横跨青河的老石桥正式封闭，为期七个月的大修开始，附近的居民都来看热闹。"]
    for seed in range(50):
        lines = block(pool, Random(seed))
        assert lines
        assert all(line.strip() and "\n" not in line for line in lines)
        assert lines == block(pool, Random(seed))


@pytest.mark.parametrize("genre", sorted(set(genres.GENRES), key=lambda genre: genre.__name__))
def test_invented_bodies_are_whole_labelled_lines(genre: strokes.Genre) -> None:
    pool = [
        "春天到了，山坡上的花一夜之间开遍，远处有人在放风筝。",
        "他走进车站，把行李放在长椅上，等着开往南方的火车。",
    ]
    for seed in range(20):
        rows = genre(pool, Random(seed))
        assert any(label == 0 and line.strip() for line, label in rows)
        assert all("\n" not in line and label in (-1, 0, 1) for line, label in rows)


def test_invented_tops_and_bottoms_are_whole_lines() -> None:
    pool = [
        "春天到了，山坡上的花一夜之间开遍，远处有人在放风筝。",
        "他走进车站，把行李放在长椅上，等着开往南方的火车。",
    ]
    for seed in range(60):
        rows = [*furniture.top(pool, Random(seed)), *furniture.bottom(pool, Random(seed))]
        rows += [*furniture.particulars(pool, Random(seed)), *frames.cut_in(pool, Random(seed))]
        rows += frames.interruption(pool, Random(seed))
        assert all("\n" not in line for line in rows)


@pytest.mark.parametrize(
    ("line", "is_stamp"),
    [
        ("2012-01-12 15:15", True),
        ("2012-01-12 HKT 16:53", True),
        ("http://www.example.com  2012年01月12日17:55  某某在线", True),
        ("　　2016年05月25日10:10 财经频道", True),
        ("2012年01月12日", False),
        ("15:15", False),
        ("2012-01-12 15:15 至 2012-01-13 16:00 停水", False),
        ("2012年01月12日 15:15，列车从东站开出。", False),
        ("2012-01-12 15:15 全市各中小学校从今天起开始放寒假二十五天", False),
    ],
)
def test_stamps_are_a_day_and_a_time(line: str, is_stamp: bool) -> None:
    page = lay_out(f"{line}\n正文在这里。\n")
    assert forms.stamps(page, np.ones(2, bool)).tolist() == ([0] if is_stamp else [])


@pytest.mark.parametrize(
    ("line", "is_path"),
    [
        ("足球 > 国内 > 联赛第11轮 > 战报", True),
        ("　民歌网>>江南民歌", True),
        ("科普网 » 动物", True),
        (">>> print(1)", False),
        ("甲 > 乙。", False),
        ("点击文件菜单里的另存为命令以后再选择目录 > 保存", False),
        ("首页", False),
    ],
)
def test_paths_are_short_names_with_arrows(line: str, is_path: bool) -> None:
    page = lay_out(f"{line}\n正文在这里。\n")
    assert forms.paths(page, np.ones(2, bool)).tolist() == ([0] if is_path else [])


def chosen(rows: list[tuple[float, str]]) -> list[bool]:
    """What goes of a page whose lines have these chances."""
    text = "".join(line + "\n" for _, line in rows)
    page = lay_out(text)
    hits = lexicon.find_hits(page, lexicon.shipped())
    return choice.choose(page, hits, np.array([chance for chance, _ in rows], np.float32), 0.8).tolist()


SENTENCE = "昨天上午八点，横跨青河的老石桥正式封闭，为期七个月的大修开始，附近的居民都来看热闹。" * 4


def test_a_list_below_the_article_goes_as_a_whole() -> None:
    rows = [(0.99, "版权所有 河声网"), (0.05, SENTENCE), (0.95, "相关新闻"), (0.9, "甲"), (0.7, "乙"), (0.62, "丙")]
    assert chosen(rows) == [True, False, True, True, False, False]  # one of three: less than half of the list
    rows[4] = (0.85, "乙")
    assert chosen(rows) == [True, False, True, True, True, True]
    rows[5] = (0.45, "丙")
    assert chosen(rows) == [True, False, True, True, True, False]
    assert chosen([*rows[2:], *rows[:2]]) == [True, True, True, False, True, False]  # above the article: its title


def test_a_lone_telling_line_must_be_near_certain_to_prove_its_page() -> None:
    rows = [(0.05, SENTENCE), (0.9, "版权所有 河声网"), (0.9, "河声网")]
    assert chosen(rows) == [False, False, False]
    rows[1] = (0.995, rows[1][1])
    assert chosen(rows) == [False, True, True]
    rows[1] = (0.96, rows[1][1])
    assert chosen(rows) == [False, False, False]
    others = [(0.85, "责任编辑：林一鸣"), (0.85, "联系电话：0123-456789")]
    assert chosen([*rows, *others]) == [False, True, True, True, True]
    assert not any(chosen([rows[0], (0.995, "联系人：何小舟"), (0.995, "联系电话：0123-456789"), rows[2]]))
    assert chosen([(0.9, "首页 > 新闻 > 正文"), (0.05, SENTENCE), (0.9, "版权所有 河声网")]) == [True, False, True]


FRAME = [(0.99, "首页 > 新闻 > 正文"), (0.99, "版权所有 河声网"), (0.99, "关于我们 | 联系我们")]


def test_without_a_clear_article_the_stretch_unlike_the_rest_stays() -> None:
    menu = [(0.999, f"频道{name}") for name in "甲乙丙丁戊己庚辛"]
    poem = [(0.9, line) for line in ("老石桥下水自流，一去便不再回头啊。", "桥上行人换了几代人", "只有石狮还在守望")]
    poem += [(0.96, "谁还记得造桥的人"), (0.9, "只有风在桥洞里轻轻地唱着歌谣。")]
    rows = [*FRAME[:1], *menu, *poem, *menu, *FRAME[1:]]
    assert [n for n, gone in enumerate(chosen(rows)) if not gone] == [9, 10, 11, 12, 13]
    rows = [*FRAME[:1], (0.2, SENTENCE), *menu, *poem, *menu, *FRAME[1:]]  # an article: the rest is judged by itself
    assert [n for n, gone in enumerate(chosen(rows)) if not gone] == [1]
    rows[1] = (0.7, SENTENCE)  # a doubtful sentence is one, too, when it is so long
    assert [n for n, gone in enumerate(chosen(rows)) if not gone] == [1]
    rows = [*FRAME[:1], *menu, (0.9, SENTENCE), *menu, *poem, *FRAME[1:]]  # a paragraph stays, and is the article
    assert [n for n, gone in enumerate(chosen(rows)) if not gone] == [9]
    rows[9] = (0.9, SENTENCE[: len(SENTENCE) * 2 // 5] + "。")  # a long sentence stays, too, wherever it stands
    assert not chosen(rows)[9]
    assert not chosen(rows)[19]


def test_a_lone_heading_in_the_article_stays() -> None:
    rows = [*FRAME, (0.05, SENTENCE), (0.9, "修桥的人"), (0.05, SENTENCE)]
    assert not chosen(rows)[4]
    for source in ("2021年3月4日 08:15 河声网", "www.hesheng.example 河声网", "Filed under: 桥", "相关新闻"):
        rows[4] = (0.9, source)
        assert chosen(rows)[4]
    assert chosen([*rows[:4], (0.9, "修桥的人"), (0.7, "守桥的人"), rows[5]])[4]


def test_a_long_sentence_beside_a_clear_one_stays() -> None:
    rows = [*FRAME, (0.05, SENTENCE * 4), (0.9, "甲"), (0.9, SENTENCE), (0.9, SENTENCE), (0.9, SENTENCE)]
    assert chosen(rows)[4:] == [True, False, True, True]
    assert chosen([*rows[:5], (0.9, "下载客户端，" + SENTENCE), *rows[6:]])[5]


def test_paragraphs_stay_that_outweigh_what_was_taken_for_the_article() -> None:
    rows = [
        *FRAME,
        (0.1, "订阅手机报请发送短信到客服号码，每天早晚各一期，资费三元。" * 3),
        (0.9, SENTENCE),
        (0.9, SENTENCE),
    ]
    assert chosen(rows)[3:] == [False, False, False]
    rows[-2:] = [(0.98, SENTENCE), (0.98, SENTENCE)]
    assert chosen(rows)[3:] == [False, True, True]


def test_a_list_within_the_article_goes_with_its_heading() -> None:
    rows = [
        *FRAME,
        (0.05, SENTENCE),
        (0.95, "相关阅读"),
        (0.3, "青河新增三家书店"),
        (0.2, "图书馆延长开放"),
        (0.05, SENTENCE),
    ]
    assert chosen(rows)[3:] == [False, True, True, True, False]
    assert chosen([*rows[:-1], (0.3, "又一家书店")])[3:] == [False, True, False, False, False]  # no text below
    assert chosen([*rows[:6], *rows[7:]])[3:] == [False, True, False, False]  # one line: the title of a box
    rows[5:7] = [(0.05, "青河新增三家书店"), (0.05, "图书馆延长开放")]
    assert chosen(rows)[3:] == [False, True, False, False, False]


def test_written_pages_are_read(tmp_path: Path) -> None:
    (tmp_path / "shop.case").write_text("D|首页 > 茶叶\nK|龙井\n?|山语\n\n", "utf-8")
    (page,) = examples.load_written(tmp_path)
    assert (page.group, page.labels, page.families) == ("written/shop", (1, 0, -1, -1), ("N", "K", "B", "B"))
    assert page.lines == ("首页 > 茶叶", "龙井", "山语", "")


def test_chapters_that_the_contents_name_stay() -> None:
    contents = [(0.9, "目录"), (0.9, "1 历史"), (0.9, "2 交通")]
    chapters = [(0.9, "历史"), (0.9, "谷中的石刻是宋人留下的。"), (0.9, "交通"), (0.9, "乘12路。")]
    rows = [(0.05, SENTENCE), *contents, *chapters, *FRAME]
    assert chosen(rows)[:8] == [False, True, True, True, False, False, False, False]
    assert all(chosen([rows[0], *contents, *chapters[1:2], *chapters[3:], *FRAME])[4:6])  # no such headings
    assert all(chosen([(0.05, SENTENCE * 2), *rows[1:]])[4:8])  # there is an article


def test_an_article_keeps_its_title() -> None:
    rows = [FRAME[0], (0.9, "老石桥今起大修"), (0.95, "推荐"), (0.05, SENTENCE), *FRAME[1:]]
    assert chosen(rows)[:4] == [True, False, True, False]
    assert chosen([FRAME[0], (0.1, "石桥大修"), *rows[1:]])[:3] == [True, False, True]  # another one stays
    rows[1] = (0.9, "秋季车展周末开幕")  # not what the article is about
    assert chosen(rows)[1]


def test_a_source_line_needs_no_other_proof() -> None:
    rows = [(0.1, "老石桥今起大修"), (0.4, "【来源：河声网】 【作者：何小舟】"), (0.05, SENTENCE)]
    assert chosen(rows) == [False, True, False]
    assert not any(chosen([rows[0], (0.4, "来源：河声网"), rows[2]]))
    assert not any(chosen([rows[0], rows[2], rows[1]]))  # below: it may be that of the next item
    digest = [(0.4, f"【来源：{name}】 【作者：何小舟】") for name in ("河声网", "山声网", "海声网")]
    assert not any(chosen([rows[0], *digest, rows[2]]))


def test_a_telling_line_that_stands_twice_goes() -> None:
    notice = (0.4, "发表评论可以同步到微博，登录以后马上就能体验")
    rows = [*FRAME, (0.05, SENTENCE), notice, (0.05, SENTENCE), notice, (0.05, SENTENCE)]
    assert [n for n, gone in enumerate(chosen(rows)) if not gone] == [3, 5, 7]
    assert not chosen(rows[:-2])[4]
    assert not any(chosen([*rows[:4], (0.4, "只有风在桥洞里唱歌"), (0.05, SENTENCE), (0.4, "只有风在桥洞里唱歌")])[4:])


def test_a_long_page_is_judged_in_stretches_as_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    menu = "首页\n新闻中心\r\n体育 | 财经 | 娱乐\n\n"
    body = "清早的雾还没有散，码头上已经有人在等船了，挑担子的，推车的，都不说话。\n船来了，大家上船；“坐好。”他说。\r"
    foot = "责任编辑：王五\n版权所有 未经许可不得转载\n  2012-01-05 12:30 来源：晚报\n<a href='x'>更多</a>_\n9\n"
    text = "".join(menu + f"{n}、" + body * (1 + n % 5) + foot + "码头 " * (n % 7) + "\n" for n in range(60))
    page = [Page("x", text), Page("y", menu + body + foot)]
    expected = judge.find_many(page, Options())
    rows = features.measure(*_looked_at(text))
    for module in (layout, echo, features):
        monkeypatch.setattr(module, "STRETCH", 300)
    for module in (presence, layout, judge):
        monkeypatch.setattr(module, "LONG", 450)
    monkeypatch.setattr(presence, "STRETCH", 333)
    monkeypatch.setattr(model, "LINES_AT_ONCE", 40)
    monkeypatch.setattr(features, "LINES_AT_ONCE", 50)
    assert layout.lay_out(text).is_long
    assert np.array_equal(features.measure(*_looked_at(text)), rows)
    assert judge.find_many(page, Options()) == expected
    assert expected[0].edits


def _looked_at(text: str) -> tuple[layout.Layout, lexicon.Hits, NDArray[np.float32]]:
    page = layout.lay_out(text)
    hits = lexicon.find_hits(page, lexicon.shipped())
    return page, hits, wording.score(page, model.shipped().wording)
