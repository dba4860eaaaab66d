"""The dictionary's checker: what it must find, and that it finds nothing wrong with the shipped rows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cleantext.spun.dictionary import load
from cleantext.spun.lint import ERROR, false_hits, lint
from cleantext.spun.rows import Row, shipped_rows


def kinds(rows: list[Row]) -> set[tuple[str, str, str]]:
    return {(finding.level, finding.kind, finding.row.spun) for finding in lint(rows)}


def sure(spun: str, original: str) -> Row:
    return Row(spun, original, "sure")


def test_shipped_rows_have_no_errors() -> None:
    assert not [str(finding) for finding in lint(shipped_rows()) if finding.level == ERROR]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([sure("甲乙", "丙丁"), sure("甲乙", "戊己")], {("error", "conflict", "甲乙")}),
        ([sure("甲乙", "丙丁"), sure("丙丁", "甲乙")], {("error", "cycle", "甲乙"), ("error", "cycle", "丙丁")}),
        ([sure("甲乙", "丙丁"), sure("丙丁", "戊己")], {("error", "chain", "甲乙")}),
        ([sure("甲乙", "大丙丁"), sure("丙丁", "戊己")], {("error", "unstable", "甲乙")}),
        ([sure("甲乙", "丙丁"), Row("甲乙", "甲乙", "shield")], {("warning", "shadowed", "甲乙")}),
        ([Row("甲乙", "丙丁"), Row("丙丁", "甲乙")], set()),  # ambiguous rows go both ways: the context decides
        ([sure("甲乙", "丙丁"), sure("戊己", "丙丁")], set()),
    ],
)
def test_each_fault_is_found(rows: list[Row], expected: set[tuple[str, str, str]]) -> None:
    assert kinds(rows) == expected


def test_false_hits_are_counted_per_million_han() -> None:
    row = next(row for row in load().rows if row.tier == "sure")
    (finding,) = [f for f in false_hits(load(), ["汉字" * 50_000, row.spun]) if f.row == row]
    assert finding.level == ERROR
    assert "1 in clean text, 10.00 per million" in finding.detail
    assert not false_hits(load(), ["今天天气很好，我们去公园散步。"])


def test_the_command_names_a_users_bad_rows(tmp_path: Path) -> None:
    rows = tmp_path / "mine.tsv"
    rows.write_text("甲乙丙\t丁戊己\n丁戊己\t甲乙丙\n", encoding="utf-8")
    run = [sys.executable, "-m", "cleantext.spun.lint"]
    found = subprocess.run([*run, str(rows)], capture_output=True, encoding="utf-8", check=False)
    assert found.returncode == 1
    assert "error: cycle: 甲乙丙 → 丁戊己" in found.stdout
    assert found.stdout.endswith("2 errors, 0 warnings\n")
    missing = subprocess.run([*run, str(tmp_path / "none")], capture_output=True, encoding="utf-8", check=False)
    assert missing.returncode == 2
    assert "Traceback" not in missing.stderr
