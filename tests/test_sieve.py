"""The sieve answers as the probe does, and a few words are cleaned without numpy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleantext import sieve
from cleantext.presence import Probe
from cleantext.records import Page

AREAS = ("normalize", "chrome", "inline")
SEED = (Path(__file__).parents[1] / "seeds").glob("*.txt")
LETTERS = "".join(sorted({*"".join(path.read_text(encoding="utf-8") for path in SEED)}))
WORDS = st.sampled_from(
    ("评论", "首页", "www.", "微信", "着名", "&nbsp;", "\u200b", "【", "\ud800", "\U00020000", "\n")
)
TEXTS = st.lists(st.one_of(WORDS, st.text(st.sampled_from(LETTERS), max_size=9)), max_size=9).map("".join)


@pytest.mark.parametrize("area", AREAS)
@given(text=TEXTS)
def test_answers_as_the_probe_does(area: str, text: str) -> None:
    assert sieve.holds(area, text) == bool(Probe.load(area).ask([text]).any())


def test_only_one_short_text_is_looked_at() -> None:
    short = Page("a", "你好")
    assert sieve.spares("normalize", [short])
    assert not sieve.spares("normalize", [short, short])
    assert not sieve.spares("normalize", [Page("b", "好" * (sieve.SHORT + 1))])


def test_a_few_words_are_cleaned_without_numpy() -> None:
    code = "import sys; from cleantext import Cleaner; Cleaner().clean_bytes('你好\\n'.encode()); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "cleantext.sieve" in run.stdout.split()
    assert "numpy" not in run.stdout.split()
