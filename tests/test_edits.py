"""The algebra of edits: apply, invert, compose. Everything that is promised about restoring rests on it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleantext.edits import EditError, apply, compose, invert
from cleantext.records import Edit, TracedEdit

SMALL = st.text(alphabet="ab甲乙\n", max_size=4)


@st.composite
def edit_lists(draw: st.DrawFn, text: str) -> list[TracedEdit]:
    """Sorted, disjoint edits of a text, insertions, removals and touching neighbours included."""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    edits: list[TracedEdit] = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        if edits and edits[-1].edit.start == edits[-1].edit.end == start == end:
            continue  # two insertions in one gap have no order of their own
        after = draw(SMALL)
        if after == text[start:end]:
            continue
        rule, stage = draw(st.sampled_from(["r1", "r2"])), draw(st.sampled_from(["chrome", "spun"]))
        edits.append(TracedEdit(stage, Edit(start, end, text[start:end], after, rule, "why", 0.9)))
    return edits


def plain(trail: list[TracedEdit]) -> list[Edit]:
    return [traced.edit for traced in trail]


@given(st.data())
def test_invert_undoes_apply(data: st.DataObject) -> None:
    text = data.draw(st.text(alphabet="ab甲乙\n", max_size=20))
    edits = plain(data.draw(edit_lists(text)))
    changed = apply(text, edits)
    assert apply(changed, invert(edits)) == text
    assert invert(invert(edits)) == edits


@given(st.data())
@settings(max_examples=1500)
def test_compose_is_one_list_that_does_both(data: st.DataObject) -> None:
    text = data.draw(st.text(alphabet="ab甲乙\n", max_size=16))
    trail: list[TracedEdit] = []
    now = text
    for _ in range(data.draw(st.integers(1, 4))):
        later = data.draw(edit_lists(now))
        now = apply(now, plain(later))
        trail = compose(text, trail, later)
        assert apply(text, plain(trail)) == now
        assert apply(now, invert(plain(trail))) == text
        assert all(traced.edit.before != traced.edit.after for traced in trail)


@pytest.mark.parametrize(
    ("first", "later", "want"),
    [
        # a line whose characters were normalised is dropped: one removal, explained by the dropping
        ([(1, 2, "b", "B")], [(0, 3, "aBc", "")], [(0, 3, "abc", "")]),
        # done and undone: nothing is left
        ([(1, 2, "b", "B")], [(1, 2, "B", "b")], []),
        # far apart: both stay, in offsets of the original
        ([(0, 1, "a", "")], [(1, 2, "c", "C")], [(0, 1, "a", ""), (2, 3, "c", "C")]),
    ],
)
def test_compose_examples(
    first: list[tuple[int, int, str, str]],
    later: list[tuple[int, int, str, str]],
    want: list[tuple[int, int, str, str]],
) -> None:
    def trace(stage: str, rows: list[tuple[int, int, str, str]]) -> list[TracedEdit]:
        return [TracedEdit(stage, Edit(*row, rule=stage, reason=f"by {stage}", confidence=0.9)) for row in rows]

    got = compose("abc", trace("normalize", first), trace("chrome", later))
    assert [(t.edit.start, t.edit.end, t.edit.before, t.edit.after) for t in got] == want


def removal(stage: str, start: int, before: str) -> TracedEdit:
    return TracedEdit(stage, Edit(start, start + len(before), before, "", f"{stage}-rule", f"by {stage}", 0.9))


def test_a_repair_beside_a_dropped_line_stays_apart() -> None:
    text = "share\nabc\nlinks\n"
    dropped = [removal("chrome", 0, "share\n"), removal("chrome", 10, "links\n")]
    repairs = [
        TracedEdit("spun", Edit(0, 1, "a", "A", "pair", "", 0.9)),
        TracedEdit("spun", Edit(2, 4, "c\n", "C\n", "pair", "", 0.9)),
    ]
    got = compose(text, dropped, repairs)
    assert [(t.stage, t.edit.start, t.edit.end) for t in got] == [
        ("chrome", 0, 6),
        ("spun", 6, 7),
        ("spun", 8, 10),
        ("chrome", 10, 16),
    ]


def test_a_blank_run_around_a_dropped_line_does_not_swallow_it() -> None:
    text = "body\n\nadvert\nshare\n\nbody"
    dropped = [removal("chrome", 6, "advert\n"), removal("chrome", 13, "share\n")]
    got = compose(text, dropped, [removal("tidy", 5, "\n\n")])
    assert [t.edit.before for t in got] == ["\n", "advert\n", "share\n", "\n"]
    assert [t.stage for t in got] == ["tidy", "chrome", "chrome", "tidy"]


def test_a_removal_keeps_its_own_reason() -> None:
    first = [TracedEdit("normalize", Edit(1, 2, "b", "B", "width", "full-width letter", 0.99))]
    later = [TracedEdit("chrome", Edit(0, 3, "aBc", "", "share", "share button", 0.85))]
    (got,) = compose("abc", first, later)
    assert (got.stage, got.edit.rule, got.edit.reason, got.edit.confidence) == ("chrome", "share", "share button", 0.85)


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(0, 1, "x", "y", "r", "", 1.0)],  # another `before`
        [Edit(1, 2, "b", "y", "r", "", 1.0), Edit(0, 1, "a", "y", "r", "", 1.0)],  # unsorted
        [Edit(0, 2, "ab", "y", "r", "", 1.0), Edit(1, 3, "bc", "y", "r", "", 1.0)],  # overlapping
        [Edit(2, 9, "c", "", "r", "", 1.0)],  # out of range
        [Edit(2, 1, "", "", "r", "", 1.0)],  # backwards
    ],
)
def test_edits_that_do_not_fit_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(EditError):
        apply("abc", edits)
