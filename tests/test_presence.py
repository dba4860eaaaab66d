"""The looks at many texts at once: what they let off has nothing to do, and the shipped tables are up to date."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleantext import matcher as matching
from cleantext import presence
from cleantext.chrome import lexicon
from cleantext.inline import rules as inline_rules
from cleantext.matcher import Matcher
from cleantext.memory import give_back
from cleantext.normalize import rules as normalize_rules
from cleantext.presence import Probe, Want

TEXTS = st.lists(st.text(st.sampled_from("ab着名\U00020000 \n\r\ud800") | st.characters(), max_size=30), max_size=6)


PROBES = [
    ("normalize", "rules", normalize_rules.probe),
    ("inline", "rules", inline_rules.probe),
    ("chrome", "lexicon", lexicon.probe),
]


@pytest.mark.parametrize(("area", "module", "build"), PROBES)
def test_shipped_tables_are_those_of_the_rules(area: str, module: str, build: Callable[[], Probe]) -> None:
    shipped, fresh = Probe.load(area), build()
    assert shipped.names == fresh.names, f"run python -m cleantext.{area}.{module}"
    assert shipped.least.tolist() == fresh.least.tolist()
    assert np.array_equal(shipped.tables, fresh.tables), f"run python -m cleantext.{area}.{module}"


@given(TEXTS)
def test_answers_are_those_of_each_text_alone(texts: list[str]) -> None:
    probe = Probe.build(
        [
            Want("two", ("a",), ("b",), 2),
            Want("any", ("名",)),
            Want("beyond", (range(0x20000, 0x20001),)),
            Want.words("words", ["着名", "ba"]),
        ]
    )
    wanted = [
        [t.count("ab") >= 2, "名" in t, any(c >= "\U00010000" for c in t), "着名" in t or "ba" in t] for t in texts
    ]
    if texts:
        assert probe.ask(texts).tolist() == wanted


def test_stretches_of_long_texts_give_the_same_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["着ab\n名着" * 9, "", "x着名", "ab" * 7 + "\r\n着" * 5, "a\n", "b" * 40]
    wants = [Want("two", ("a",), ("b",), 7), Want("lines", ("\n",), ("着名",)), Want.words("words", ["着名"])]
    probe, matcher = Probe.build(wants), Matcher.build(["着ab", "b", "名着着", "ab"])
    whole = probe.ask(texts).tolist(), [column.tolist() for column in matcher.find_in(texts)]
    for size in range(1, 12):
        monkeypatch.setattr(presence, "STRETCH", size)
        monkeypatch.setattr(matching, "STRETCH", size)
        monkeypatch.setattr(presence, "LONG", size + size // 2)
        assert probe.ask(texts).tolist() == whole[0], size
        assert [column.tolist() for column in matcher.find_in(texts)] == whole[1], size


def test_stretches_of_whole_lines_end_behind_line_feeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "STRETCH", 5)
    for text in ("一二\n三四五六七八九\n\n\r\n", "一二三四五六七", "\n" * 12, "一\n二三四\n五六"):
        cuts = [*presence.stretches(text, whole_lines=True)]
        assert "".join(text[low:high] for low, high in cuts) == text
        assert all(text[high - 1] == "\n" for _, high in cuts[:-1])


def test_freed_memory_may_be_given_back_at_any_time() -> None:
    give_back()
    give_back()
