"""The chrome stage on written cases, on ordinary documents, and on its own output."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleantext.chrome import find, model
from cleantext.edits import apply
from cleantext.pipeline import Cleaner
from cleantext.records import Edit, Options, Page, split_lines

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases" / "chrome").glob("*.case"))
LABELLED = sorted((HERE / "cases" / "pages_dev").glob("*.txt"))
SEED = next((HERE.parent / "seeds").glob("000_*.txt"))

# Ordinary documents that are not web pages: nothing may go.
UNTOUCHED = [
    "你好",
    "你好\n",
    "# 标题",
    "第一章 总则\n",
    "首页\n",
    "来源\n",
    "今天天气很好。",
    "小王：在吗\n小李：在\n小王：分享一下那个链接\n小李：好\n",
    "| 姓名 | 年龄 |\n|---|---|\n| 张三 | 18 |\n| 李四 | 20 |\n",
    "姓名\t年龄\n张三\t18\n李四\t20\n",
    "1. 买菜\n2. 做饭\n3. 洗碗\n",
    "import os\n\n\ndef main():\n    print(os.getcwd())\n",
    "床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。\n",
    "\n\n   \n",
    "",
]


def drop(text: str, **options: object) -> list[Edit]:
    return list(find(Page("test", text), Options(**options)).edits)  # type: ignore[arg-type]


def read_case(path: Path) -> tuple[list[str], list[str]]:
    rows = path.read_text("utf-8").splitlines()[1:]
    return [row[0] for row in rows], [row[2:] for row in rows]


def dropped_lines(text: str) -> list[bool]:
    gone = {edit.start for edit in drop(text)}
    return [line.start in gone for line in split_lines(text)]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    marks, lines = read_case(path)
    got = dropped_lines("".join(line + "\n" for line in lines))
    wrong = [
        f"{'lost' if gone else 'left'}: {line}"
        for mark, line, gone in zip(marks, lines, got, strict=True)
        if mark in "KD" and line.strip() and gone != (mark == "D")
    ]
    assert not wrong


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_known_failures_still_fail(path: Path) -> None:
    """A known failure that passes must be promoted to `K` or `D`."""
    marks, lines = read_case(path)
    got = dropped_lines("".join(line + "\n" for line in lines))
    fixed = [line for mark, line, gone in zip(marks, lines, got, strict=True) if mark in "kd" and gone == (mark == "d")]
    assert not fixed


@pytest.mark.parametrize("text", UNTOUCHED)
def test_ordinary_documents_stay(text: str) -> None:
    assert drop(text) == []


def test_seed_loses_its_chrome_and_nothing_else() -> None:
    gone = [edit.before.strip() for edit in drop(SEED.read_text("utf-8"))]
    assert [line[:4] for line in gone] == [
        "你的位置",
        "来源[未",
        "本文采集",
        "分享",
        "最新评论",
        "评论文本",
        "刷新 点",
        "广告2",
    ]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_spaces_before_all_lines_say_nothing(path: Path) -> None:
    _, lines = read_case(path)
    plain = dropped_lines("".join(line + "\n" for line in lines))
    assert dropped_lines("".join(f"    {line}\n" if line.strip() else "\n" for line in lines)) == plain


def test_labelled_pages() -> None:
    """The dumps written for this project: all body lines stay, nearly all chrome goes."""
    lost, left, chrome = [], 0, 0
    for path in LABELLED:
        tags = path.with_suffix(".tags").read_text("utf-8").split()
        text = path.read_text("utf-8")
        for tag, gone, line in zip(tags, dropped_lines(text), text.split("\n"), strict=False):
            if tag.startswith("K") and gone:
                lost.append(f"{path.stem}: {line[:40]}")
            elif tag in "MNCSAF":
                chrome += 1
                left += not gone
    assert not lost
    # 5 of 189 are left.
    assert left / chrome <= 0.03


@pytest.mark.parametrize("path", [*LABELLED, SEED], ids=lambda path: path.stem)
def test_second_run_finds_nothing(path: Path) -> None:
    text = path.read_text("utf-8")
    once = apply(text, drop(text))
    assert drop(once) == []


def test_edits_are_whole_lines_with_reasons() -> None:
    text = SEED.read_text("utf-8")
    spans = {(line.start, line.end) for line in split_lines(text)}
    for edit in drop(text):
        assert (edit.start, edit.end) in spans
        assert edit.after == ""
        assert edit.before == text[edit.start : edit.end]
        assert edit.rule
        assert edit.reason
        assert 0.8 <= edit.confidence <= 1


def test_line_endings_are_respected() -> None:
    text = SEED.read_text("utf-8")
    unix = [edit.before.rstrip("\n") for edit in drop(text)]
    for ending in ("\r\n", "\r"):
        assert [edit.before.rstrip("\r\n") for edit in drop(text.replace("\n", ending))] == unix


def test_kept_families_stay() -> None:
    text = SEED.read_text("utf-8")
    assert not [edit for edit in drop(text, keep=("metadata",)) if edit.rule == "metadata"]
    assert not [edit for edit in drop(text, keep=("comments",)) if edit.rule == "comment"]
    assert not [edit for edit in drop(text, disable=("share",)) if edit.rule == "share"]


def test_facts_come_from_the_source_line() -> None:
    page = (
        "首页 > 新闻 > 正文\n老石桥封闭大修\n来源：石桥晚报 作者：何小舟 发布时间：2015年10月9日 08:30 点击：12\n"
        + ("昨天上午八点，横跨青河的老石桥正式封闭，为期七个月的大修开始，附近的居民都来看热闹。\n" * 3)
    )
    facts = find(Page("test", page), Options()).facts
    assert facts == {"title": "老石桥封闭大修", "origin": "石桥晚报", "author": "何小舟", "date": "2015-10-09 08:30"}


def test_lone_surrogates_are_read_as_unknown_characters() -> None:
    body = "\ud800昨天上午八点，横跨青河的老石桥正式封闭，为期七个月的大修开始了。\n"
    assert not [edit for edit in drop(f"首页 > 新闻 > 正文\n{body * 3}上一篇：没有了\n") if edit.before == body]


def test_pages_on_which_nothing_can_go_are_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "shipped", lambda: pytest.fail("judged"))
    assert not drop("他问网站的评论区里有人说版权所有是什么意思，大家答不上来。\n这天夜里又下了一场雪。\n" * 4)


def test_placeholders_are_no_facts() -> None:
    facts = find(Page("seed", SEED.read_text("utf-8")), Options()).facts
    assert "author" not in facts
    assert "origin" not in facts
    assert facts["date"] == "2017-05-05 08:37:57"
    assert str(facts["title"]).startswith("阿里腾讯pk新零售")


@pytest.mark.parametrize(
    "text", ["好好\ufffd人好好}▲\na一秒记住", "首页 > 新闻\n²\n①\n³\n版权所有\n", "５\n６\n版权所有 ICP备\n"]
)
def test_odd_first_lines_and_numbers_do_not_crash(text: str) -> None:
    find(Page("odd", text), Options())


def test_kept_comments_keep_the_posts_between_them() -> None:
    thread = [line for n in range(1, 7) for line in (f"{n}楼 风中的叶子{n} 2021-03-0{n} 08:15", f"桥边第{n}家", "回复")]
    post = "昨天上午八点，横跨青河的老石桥正式封闭，为期七个月的大修开始，附近的居民都来看热闹。\n" * 3
    text = f"首页 > 论坛 > 桥友之家\n石桥今天封了\n{post}" + "\n".join([*thread, "版权所有 桥友之家论坛\n"])
    assert "桥边第3家" not in apply(text, drop(text))
    kept = apply(text, drop(text, keep=("comments",)))
    assert all(f"桥边第{n}家" in kept for n in range(1, 7))
    assert "版权所有" not in kept


def test_a_line_that_introduces_others_of_the_article_stays() -> None:
    """报名 is a word of advertisements."""
    body = (
        "晚上七点半,青河市文化馆三楼的灯准时亮起。\n"
        "“手腕放松,笔要提起来。”书法老师胡明在课桌间走动。\n十二节课,五百块钱。\n"
        "“比健身房便宜。”在银行上班的周璐说。\n据了解,青河市今年共开设夜校课程36门,报名人数超过4000人。\n"
        "报名数据显示:\n书法:612人\n古筝:580人\n短视频拍摄:495人\n"
        "胡明告诉记者,他最担心的是场地不够用。\n"
    )
    head = "您的位置:首页 > 国内 > 正文\n小城里的“夜校热”\n2023-11-08 07:15:22 来源:晨光日报 作者:赵小棠\n"
    page = f"{head}{body}责任编辑:王磊\n关于我们 | 联系我们 | 广告服务 | 版权声明\n"
    text = Cleaner().clean(page).text
    assert "报名数据显示:\n书法" in text
    assert "责任编辑" not in text
