"""The tidy stage: refusals first, then repairs, then the promises (switches, fixed point, linear time)."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleantext import tidy
from cleantext.edits import apply
from cleantext.records import Options, Page

CASES = Path(__file__).parent / "cases" / "tidy"
DEFAULT = Options()
PROSE = "清早的雾还没有散，码头上已经有人在等船了，挑担子的，推车的，都不说话。"
PIECES = [
    "\n",
    "\r\n",
    "\r",
    " ",
    "\u3000",
    "\u00a0",
    "\t",
    PROSE,
    PROSE[:24],
    "，",
    "- 一",
    "# 题",
    "|a|b|",
    "第一条",
    "x = 1;",
]


def cases(name: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in (CASES / name).read_text(encoding="utf-8").splitlines()]


def run(text: str, options: Options = DEFAULT) -> str:
    return apply(text, tidy.find(Page("case", text), options).edits)


@pytest.mark.parametrize("case", cases("refusals.jsonl"), ids=lambda case: case["before"][:16])
def test_leaves_alone(case: dict[str, Any]) -> None:
    assert run(case["before"]) == case["before"]


@pytest.mark.parametrize("case", cases("repairs.jsonl"), ids=lambda case: f"{case['rule']}-{case['before'][:10]}")
def test_repairs(case: dict[str, Any]) -> None:
    found = tidy.find(Page("case", case["before"]), DEFAULT).edits
    assert apply(case["before"], found) == case["after"]
    assert {edit.rule for edit in found} == {case["rule"]}


@pytest.mark.parametrize("case", cases("repairs.jsonl"), ids=lambda case: f"{case['rule']}-{case['before'][:10]}")
def test_each_rule_can_be_switched_off(case: dict[str, Any]) -> None:
    assert not tidy.find(Page("case", case["before"]), Options(disable=(case["rule"],))).edits


@settings(max_examples=300)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=24).map("".join))
def test_edits_fit_and_settle(text: str) -> None:
    once = run(text)  # apply checks order, overlap and every `before`
    assert run(once) == once


@settings(max_examples=100)
@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
def test_only_white_space_changes(text: str) -> None:
    assert "".join(run(text).split()) == "".join(text.split())


@given(st.lists(st.sampled_from([*PIECES, "\n", "\n", PROSE + "\n", PROSE[:24] + "\n"]), max_size=14).map("".join))
@settings(max_examples=300, deadline=None)
def test_a_page_alone_is_tidied_as_among_others(text: str) -> None:
    others = [Page("case", text), Page("other", PROSE)]
    assert [*tidy.find(others[0], DEFAULT).edits] == [*tidy.find_many(others, DEFAULT)[0].edits]


def test_a_line_of_nothing_but_spaces_between_indented_paragraphs() -> None:
    text = f"{PROSE}\n" * 4 + " " + "\u00a0" * 24 + f"\n{PROSE}\n"  # long enough to count as a paragraph
    assert run(text) == f"{PROSE}\n" * 4 + f"\n{PROSE}\n"


@pytest.mark.parametrize(
    "unit", [" ", "\n", " \n", "\u3000", "好 ", "好\n", "好\n\n\n\n\n", "\t", "a   ", "|", PROSE + "\n"]
)
def test_time_grows_with_length_only(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    start = time.process_time()
    tidy.find(Page("case", text), DEFAULT)
    assert time.process_time() - start < 10  # a square would take minutes
