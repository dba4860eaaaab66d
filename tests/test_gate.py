"""The gate must fail when it should: each way in which quality could sink silently is tried."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cleantext.records import Edit
from tests.gate.gate import ENTRIES, FLOORS, Entry, main
from tests.gate.measures import gold_items, judge


class Gate:
    """A gate over one file, whose figure the test sets."""

    def __init__(self, folder: Path) -> None:
        self.data, self.floors, self.figure = folder / "case.txt", folder / "floors.json", 0.9
        self.data.write_text("one")

    def run(self, *arguments: str) -> int:
        entry = Entry("case", [self.data], lambda: {"recall": self.figure})
        with pytest.raises(SystemExit) as exit_:
            main(arguments, [entry], self.floors)
        assert isinstance(exit_.value.code, int)
        return exit_.value.code


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    gate = Gate(tmp_path)
    assert gate.run("--update") == 0
    return gate


def test_passes_at_and_above_the_floor(gate: Gate) -> None:
    assert gate.run() == 0
    gate.figure = 0.95
    assert gate.run() == 0


def test_fails_below_the_floor(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    gate.figure = 0.8999
    assert gate.run() == 1
    assert "recall sank from 0.9 to 0.8999" in capsys.readouterr().err


def test_does_not_lower_without_the_flag(gate: Gate) -> None:
    gate.figure = 0.5
    assert gate.run("--update") == 1
    assert json.loads(gate.floors.read_text())["case"]["figures"] == {"recall": 0.9}
    assert gate.run("--update", "--accept-lower") == 0
    assert gate.run() == 0


def test_fails_when_the_data_changed(gate: Gate) -> None:
    gate.data.write_text("an easier one")
    assert gate.run() == 1
    assert gate.run("--update") == 0
    assert gate.run() == 0


def test_fails_when_an_entry_vanished_or_is_new(tmp_path: Path, gate: Gate) -> None:
    with pytest.raises(SystemExit, match="1"):
        main([], [], gate.floors)
    with pytest.raises(SystemExit, match="1"):
        main([], [Entry("new", [gate.data], lambda: {"recall": 1.0})], gate.floors)


def test_every_entry_is_pinned_and_has_data() -> None:
    assert set(json.loads(FLOORS.read_text())) == {entry.name for entry in ENTRIES}
    assert all(entry.files for entry in ENTRIES)


TEXT = "甲乙丙丁\n戊己庚辛\n"
GOLD = "1: 乙>二 =丙\n2: -己 ?辛>八\n"


@pytest.mark.parametrize(
    ("edits", "precision", "recall"),
    [
        ([], 1.0, 0.0),
        ([(1, 2, "二"), (6, 7, "")], 1.0, 1.0),
        ([(1, 3, "二丙"), (6, 7, "")], 1.0, 1.0),  # one edit over two marks
        ([(1, 2, "三"), (6, 7, "")], 0.5, 0.5),  # repaired wrongly
        ([(1, 2, "二"), (2, 3, "三"), (6, 7, "")], 2 / 3, 1.0),  # touched what must stay
        ([(1, 2, "二"), (5, 6, "五"), (6, 7, "")], 2 / 3, 1.0),  # touched what is not marked
        ([(1, 2, "二"), (6, 7, ""), (8, 9, "八")], 1.0, 1.0),  # optional, right
        ([(1, 2, "二"), (6, 7, ""), (8, 9, "九")], 2 / 3, 1.0),  # optional, wrong
    ],
)
def test_judge(edits: list[tuple[int, int, str]], precision: float, recall: float) -> None:
    made = [Edit(start, end, TEXT[start:end], after, "", "", 1.0) for start, end, after in edits]
    figures = judge(TEXT, list(gold_items(TEXT, GOLD)), made)
    assert figures == {"precision": pytest.approx(precision), "recall": pytest.approx(recall)}


def test_a_mark_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="line 1: '子' not found"):
        list(gold_items(TEXT, "1: 子>丑"))
