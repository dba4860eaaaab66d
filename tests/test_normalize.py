"""The normalize stage: refusals first, then repairs, then the promises (switches, fixed point, linear time)."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleantext import normalize
from cleantext.edits import apply
from cleantext.normalize import rules
from cleantext.records import Options, Page

CASES = Path(__file__).parent / "cases" / "normalize"
MISCHIEF = (
    "着名於麽乾隆丶区區(qū)當(dāng)會(huì)&nbsp;&amp;lt;<br><p>?D０Ａ\u200b\ufeff\ue000锟斤拷\ufffd嘚莪伱"
    " 浣犲Ã©â€œ9 r& u7 q& h \r\n，。"
)
DEFAULT = Options()


LETTERS = st.one_of(st.sampled_from(MISCHIEF), st.characters())


def cases(name: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in (CASES / name).read_text(encoding="utf-8").splitlines()]


def run(text: str, options: Options = DEFAULT) -> str:
    return apply(text, normalize.find(Page("case", text), options).edits)


@pytest.mark.parametrize("case", cases("refusals.jsonl"), ids=lambda case: case["before"][:16])
def test_leaves_alone(case: dict[str, Any]) -> None:
    assert run(case["before"]) == case["before"]


@pytest.mark.parametrize("case", cases("repairs.jsonl"), ids=lambda case: f"{case['rule']}-{case['before'][:10]}")
def test_repairs(case: dict[str, Any]) -> None:
    found = normalize.find(Page("case", case["before"]), Options()).edits
    assert apply(case["before"], found) == case["after"]
    assert case["rule"] in {edit.rule for edit in found}


@pytest.mark.parametrize("case", cases("repairs.jsonl"), ids=lambda case: f"{case['rule']}-{case['before'][:10]}")
def test_each_rule_can_be_switched_off(case: dict[str, Any]) -> None:
    found = normalize.find(Page("case", case["before"]), Options(disable=(case["rule"],))).edits
    assert case["rule"] not in {edit.rule for edit in found}


def test_every_rule_has_a_repair() -> None:
    tried = {case["rule"] for case in cases("repairs.jsonl")} | {"pinyin-page-script"}
    assert {rule.name for rule in rules.RULES} <= tried


def test_confidence_above_the_bar_is_asked_for() -> None:
    assert not normalize.find(Page("case", "他是着名的画家。"), Options(min_confidence=0.99)).edits


def test_script_is_kept_unless_asked() -> None:
    text = "電腦網路的發展，乾隆皇帝。"
    assert run(text) == text
    assert run(text, Options(script="simplified")) == "电脑网路的发展，乾隆皇帝。"
    found = normalize.find(Page("case", text), Options(script="simplified")).edits
    assert [edit.before for edit in found] == ["電腦網", "發"]


def test_lost_bytes_raise_a_flag() -> None:
    assert normalize.find(Page("case", "前面\ufffd后面"), Options()).facts == {"flags": ("garbled",)}


def test_lost_lead_bytes_raise_a_flag() -> None:
    shifted = "他说弊罱K决定楫a生影响柽@是"
    assert normalize.find(Page("case", shifted * 3), Options()).facts == {"flags": ("gbk-byte-lost",)}
    assert not normalize.find(Page("case", "维生素C和维生素D都要补，骨龄X光片也要拍。" * 3), Options()).facts


@settings(max_examples=200)
@given(st.text(LETTERS, max_size=120), st.sampled_from(["keep", "simplified"]))
def test_edits_fit_and_settle(text: str, script: Any) -> None:
    options = Options(script=script)
    once = run(text, options)  # apply checks order, overlap and every `before`
    assert normalize.find(Page("case", once), options).edits == []


@settings(max_examples=100)
@given(st.lists(st.sampled_from([case["before"] for case in cases("repairs.jsonl")]), max_size=4))
def test_pages_of_several_faults_settle(parts: list[str]) -> None:
    once = run("\n".join(parts))
    assert run(once) == once


UNITS = [
    "&amp;",
    "<p ",
    "<b>",
    " 本",
    "着名",
    "q& 7",
    "區(qū)",
    "?D",
    "Ã©",
    "浣犲",
    "锟斤拷",
    "丶",
    "嘚莪伱",
    "\u200b",
    " ",
]


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_length_only(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    start = time.process_time()
    normalize.find(Page("case", text), Options())
    assert time.process_time() - start < 10  # a square would take minutes
