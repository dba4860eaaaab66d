"""The inline stage: refusals first, then cuts, then the promises (switches, fixed point, linear time)."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleantext import inline, language
from cleantext.edits import apply
from cleantext.inline import anchor, rules
from cleantext.records import Options, Page

CASES = Path(__file__).parent / "cases" / "inline"
DEFAULT = Options()
PIECES = [
    "www.abc88.com",
    "ｗｗｗ．ａｂｃ．ｃｏｍ",
    "http://a.net/",
    "服装网",
    "品牌，",
    "【加微信abc123免费】",
    "（关注公众号）",
    "加QQ123456",
    "一秒记住",
    "阅读。",
    "本文来自",
    "某某网。",
    "第1页共3页",
    "★",
    "_新闻_新浪网",
    "[某某公司]",
    "\n",
    "他在河边走了很久，没有说话。",
    "，",
    "原创",
]


def cases(name: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in (CASES / name).read_text(encoding="utf-8").splitlines()]


def run(text: str, options: Options = DEFAULT) -> str:
    return apply(text, inline.find(Page("case", text), options).edits)


@pytest.mark.parametrize("case", cases("refusals.jsonl"), ids=lambda case: case["before"][:16])
def test_leaves_alone(case: dict[str, Any]) -> None:
    assert run(case["before"]) == case["before"]


@pytest.mark.parametrize("case", cases("cuts.jsonl"), ids=lambda case: f"{case['rule']}-{case['before'][:10]}")
def test_cuts(case: dict[str, Any]) -> None:
    found = inline.find(Page("case", case["before"]), DEFAULT).edits
    assert apply(case["before"], found) == case["after"]
    assert {edit.rule for edit in found} == {case["rule"]}


@pytest.mark.parametrize("case", cases("cuts.jsonl"), ids=lambda case: f"{case['rule']}-{case['before'][:10]}")
def test_each_rule_can_be_switched_off(case: dict[str, Any]) -> None:
    found = inline.find(Page("case", case["before"]), Options(disable=(case["rule"],))).edits
    assert case["rule"] not in {edit.rule for edit in found}


def test_every_rule_has_a_cut() -> None:
    tried = {case["rule"] for case in cases("cuts.jsonl")}
    assert {rule.name for rule in rules.RULES} | {"title-suffix", "title-prefix"} == tried


def test_example_page_loses_its_injected_address(seeds: list[Path]) -> None:
    text = seeds[0].read_text(encoding="utf-8").replace("着名", "著名")  # as normalize hands it over
    assert [edit.before for edit in inline.find(Page("seed", text), DEFAULT).edits] == ["网www.vhao.net"]


def test_unsure_beginning_cuts_the_address_alone() -> None:
    text = "大家都知道他的名字，可是谁也没有见过他本人网www.qzxv.com的样子还有他说话的声音。"
    assert all(edit.before.startswith("www") for edit in inline.find(Page("case", text), DEFAULT).edits)


def test_domain_spells_its_link_text() -> None:
    assert anchor.spelled("外贸女装批发", "wmnzpf") == (1.0, True)
    assert anchor.spelled("二手手机网", "ershouji")[0] == 1.0
    assert anchor.spelled("重疾险排名", "vhao")[0] < 0.5


def test_model_prefers_real_sentences() -> None:
    assert sum(language.scores("阳光下看地图")) > sum(language.scores("阳光下看二手地图"))


@settings(max_examples=200)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=14).map("".join))
def test_edits_fit_and_settle(text: str) -> None:
    for _ in range(4):
        once = run(text)  # apply checks order, overlap and every `before`
        if once == text:
            break
        text = once
    assert run(text) == text


def test_one_long_line_is_cut_like_its_parts() -> None:
    filler = "她把窗户推开，看见院子里的枣树又落了一地叶子。" * 40
    part = f"{filler}街角有家著名服装网www.vhao.net品牌正在打折，路过的人都要停下来看一看。"
    number = len(inline.find(Page("case", part), DEFAULT).edits)
    start = time.process_time()
    found = inline.find(Page("case", part * 1200), DEFAULT).edits
    assert time.process_time() - start < 15  # about a million characters: a square would take minutes
    assert len(found) == 1200 * number > 0


def test_a_list_of_links_is_left_alone() -> None:
    text = "".join(f"友情站{n}号www.site{n % 7}abc.com" for n in range(2000))
    assert not inline.find(Page("case", text), DEFAULT).edits


UNITS = [
    "www.",
    "好www.abc.com",
    "【微信",
    "加微abcde12好",
    "★微信★",
    "一秒记住，阅读，",
    "本文来自网",
    "第1页共1页",
    "ｗ",
    "QQ12345",
]


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_length_only(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    start = time.process_time()
    inline.find(Page("case", text), DEFAULT)
    assert time.process_time() - start < 15  # a square would take minutes


def test_pages_stuffed_with_questions_are_flagged_and_left_alone() -> None:
    question = "青河装修公司哪家好"
    text = f"选{question}的设计师。{question}在业内口碑不错。\n业主都说{question}服务好，我们看过{question}的工地。"
    found = inline.find(Page("case", text), DEFAULT)
    assert not found.edits
    assert found.facts == {"flags": ("stuffed",)}


@pytest.mark.parametrize(
    "text",
    [
        "邻居问我青河装修公司哪家好，我说我也不知道，只能多看几家。",
        "问：搬家公司哪家好？\n答：看口碑。\n问：保洁公司哪家好？\n答：看价格。\n问：搬家公司哪家好？\n问：搬家公司哪家好？\n问：搬家公司哪家好？\n",
    ],
)
def test_questions_that_are_asked_are_not_flagged(text: str) -> None:
    assert not inline.find(Page("case", text), DEFAULT).facts
