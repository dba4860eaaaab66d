"""The looks at many texts at once: what they let off has nothing to do, and the shipped tables are up to date."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleantext.chrome import lexicon
from cleantext.inline import rules as inline_rules
from cleantext.normalize import rules as normalize_rules
from cleantext.presence import Probe, Want, bind

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
        assert probe.ask(bind(texts)).tolist() == wanted
