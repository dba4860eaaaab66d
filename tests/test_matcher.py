"""The matcher of many phrases finds what an Aho-Corasick automaton finds, in its order."""

from __future__ import annotations

from dataclasses import fields

import ahocorasick_rs
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cleantext.chrome import lexicon
from cleantext.chrome.layout import lay_out_many
from cleantext.han import encodable
from cleantext.matcher import Matcher
from cleantext.presence import bind

LETTERS = "ab?的𠀀𠀁"
PHRASES = st.lists(st.text(LETTERS, min_size=1, max_size=5), min_size=1, unique=True)


@given(PHRASES, st.text(f"{LETTERS}\n\ud800", max_size=80))
def test_finds_all_places_in_the_order_of_an_automaton(phrases: list[str], text: str) -> None:
    expected = ahocorasick_rs.AhoCorasick(phrases).find_matches_as_indexes(encodable(text), overlapping=True)
    columns = Matcher.build(phrases).find(bind([text]).codes)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == expected


def test_finds_nothing_in_nothing() -> None:
    assert [len(column) for column in Matcher.build(["评论"]).find(bind([""]).codes)] == [0, 0, 0]


def test_some_texts_of_a_layout_are_as_if_laid_out_alone() -> None:
    texts = ["首页\r\n正文在此。\n", "", "\n \n", "版权所有 𠀀\r", "评论(3)\n\n楼主发表于昨天", "x"]
    layout = lay_out_many(texts)
    hits = lexicon.find_hits(layout, lexicon.shipped())
    for chosen in ([0], [3], [1, 4], [0, 2, 3, 5], [*range(6)]):
        part = lay_out_many([texts[k] for k in chosen])
        some = layout.some(chosen)
        for name in [field.name for field in fields(part)] + ["line_of"]:
            assert getattr(some, name).tolist() == getattr(part, name).tolist(), name
        wanted, got = lexicon.find_hits(part, lexicon.shipped()), hits.some(_of(layout.page.tolist(), chosen))
        for name in wanted.__slots__:
            assert getattr(got, name).tolist() == getattr(wanted, name).tolist(), name


def _of(page: list[int], chosen: list[int]) -> NDArray[np.bool_]:
    return np.array([number in chosen for number in page], bool)
