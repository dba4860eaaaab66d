"""The diff is built from the edits; `patch` must agree that it is one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleantext.diff import unified_diff
from cleantext.edits import apply
from cleantext.records import Cleaned, Edit, Page, TracedEdit, Verdict


def cleaned_by(text: str, spans: list[tuple[int, int, str]]) -> Cleaned:
    edits = [Edit(a, b, text[a:b], after, "r", "", 1.0) for a, b, after in spans]
    return Cleaned(Page("p", text), apply(text, edits), tuple(TracedEdit("s", e) for e in edits), Verdict())


def test_no_change_no_diff() -> None:
    assert list(unified_diff(cleaned_by("a\nb\n", []))) == []


def test_reads_like_diff_u() -> None:
    text = "一\n二\n三\n四\n五\n六\n七"
    assert "".join(unified_diff(cleaned_by(text, [(2, 4, ""), (12, 13, "柒")]))) == (
        "--- p\n+++ p (clean)\n@@ -1,7 +1,6 @@\n 一\n-二\n 三\n 四\n 五\n 六\n"
        "-七\n\\ No newline at end of file\n+柒\n\\ No newline at end of file\n"
    )


@st.composite
def changes(draw: st.DrawFn) -> Cleaned:
    text = draw(st.text(alphabet="a甲\n\n\r", max_size=60))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True)))
    spans = [(a, b, draw(st.text(alphabet="b\n", max_size=3))) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    return cleaned_by(text, spans)


@pytest.mark.skipif(shutil.which("patch") is None, reason="no patch program")
@given(changes())
def test_patch_applies_it(tmp_path: Path, cleaned: Cleaned) -> None:
    diff = "".join(unified_diff(cleaned))
    assert bool(diff) == (cleaned.text != cleaned.page.text)
    if not diff or not cleaned.page.text:  # `patch` refuses to grow a file out of an empty one under this header
        return
    page, out = tmp_path / "p", tmp_path / "out"
    page.write_bytes(cleaned.page.text.encode())
    subprocess.run(["patch", "--binary", "-s", "-o", out, page], input=diff.encode(), check=True, capture_output=True)
    assert out.read_bytes().decode() == cleaned.text
