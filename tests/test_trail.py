"""The trail file gives the original back byte for byte, or says why not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleantext import edits
from cleantext.decode import decode
from cleantext.pipeline import Cleaner
from cleantext.records import Cleaned, Edit, Options, Origin, Page, TracedEdit, Verdict
from cleantext.trail import TrailError, dump, json_line, load, output_bytes, restore, restore_all, trail_of

TEXT = "你的位置:\n有家着名服装品牌。\n"


def edited(data: bytes, source: str = "page.txt") -> Cleaned:
    """A page with two edits, whatever the stages would do."""
    page = decode(data, source, Options(input_format="text"))
    made = [Edit(0, 1, page.text[:1], "", "rule", "why", 0.9)] if page.text else []
    trail = tuple(TracedEdit("chrome", edit) for edit in made)
    return Cleaned(page, edits.apply(page.text, made), trail, Verdict())


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"",
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode("gb18030"),
        ("\ufeff" + TEXT).encode(),
        ("\ufeff" + TEXT).encode("utf-16-le"),
        ("\ufeff" + TEXT).encode("utf-16-be"),
        TEXT.encode() + b"\xff\xfe broken \xe4\xbd",
        ("著名品牌的服裝在全國有一千家門店,每一天都要去銀行。" * 5).encode("big5"),
    ],
    ids=["utf-8", "empty", "crlf", "cr-gb18030", "bom", "utf-16-le", "utf-16-be", "broken", "big5"],
)
def test_restore_is_byte_exact(data: bytes) -> None:
    cleaned = edited(data)
    (trail,) = load(dump(trail_of(cleaned, data)))
    assert restore(output_bytes(cleaned), trail) == data


@given(st.binary(max_size=200))
def test_restore_is_byte_exact_for_any_bytes(data: bytes) -> None:
    try:
        cleaned = edited(data)
    except ValueError:  # not text: there is nothing to restore
        return
    assert restore(output_bytes(cleaned), load(dump(trail_of(cleaned, data)))[0]) == data


def test_a_trail_survives_its_file() -> None:
    origin = Origin("gb18030", b"\x84\x31\x95\x33", "text", ((3, b"\xff"), (9, b"\x80\x80")), b"\x00raw")
    made = (TracedEdit("spun", Edit(1, 2, "\n", "\u2028\ud800", "r", 'quote " and \\', 0.5)),)
    trail = trail_of(edited(TEXT.encode()), TEXT.encode())
    other = type(trail)("name\udcff.txt", origin, trail.original, trail.clean, made)
    assert load(dump(other)) == [other]
    assert dump(other).count(b"\n") == 1


def test_several_pages_behind_each_other() -> None:
    pages = [TEXT.encode(), b"", ("\ufeff" + TEXT).encode("utf-16-le")]
    cleaned = [edited(data) for data in pages]
    trails = load(b"".join(dump(trail_of(one, data)) for one, data in zip(cleaned, pages, strict=True)))
    assert restore_all(b"".join(map(output_bytes, cleaned)), trails) == b"".join(pages)


def test_html_restores_the_extracted_text() -> None:
    page = Page("a.html", TEXT, Origin(kind="html"))
    made = (TracedEdit("chrome", Edit(0, 6, TEXT[:6], "", "breadcrumb", "", 1.0)),)
    cleaned = Cleaned(page, TEXT[6:], made, Verdict())
    (trail,) = load(dump(trail_of(cleaned, b"<html>...")))
    assert trail.origin.kind == "html"
    assert restore(output_bytes(cleaned), trail) == TEXT.encode()


def test_a_changed_clean_text_is_refused() -> None:
    data = TEXT.encode()
    cleaned = edited(data)
    trail = trail_of(cleaned, data)
    with pytest.raises(TrailError, match="not the one"):
        restore(output_bytes(cleaned) + b"!", trail)


def test_a_changed_trail_is_refused() -> None:
    data = TEXT.encode()
    cleaned = edited(data)
    record = json.loads(dump(trail_of(cleaned, data)))
    record["edits"][0]["before"] = "他"
    with pytest.raises(TrailError, match="does not lead back"):
        restore(output_bytes(cleaned), load(json.dumps(record).encode())[0])
    record["encoding"] = "no-such-codec"
    with pytest.raises(TrailError):
        restore(output_bytes(cleaned), load(json.dumps(record).encode())[0])


def test_a_trail_that_would_not_restore_is_never_written() -> None:
    wrong = Cleaned(Page("p", "abc"), "xyz", (), Verdict())
    with pytest.raises(TrailError):
        trail_of(wrong, b"abc")


@pytest.mark.parametrize(
    "data", [b"no json", b"[]", b"{}", b'{"format": 99}', b"null", b"[" * 100_000, b"\xff\xfe", b'{"format": 1}']
)
def test_what_is_no_trail_is_refused_with_its_line(data: bytes) -> None:
    with pytest.raises(TrailError, match="line 2 is not a trail"):
        load(b"\n" + data)


def test_the_example_page(seeds: list[Path]) -> None:
    for path in seeds:
        data = path.read_bytes()
        cleaned = Cleaner().clean_bytes(data, path.name)
        assert restore(output_bytes(cleaned), trail_of(cleaned, data)) == data


def test_a_json_line_is_one_line_for_every_reader() -> None:
    line = json_line({"text": "一\u2028二\u2029三\x85四"}).decode()
    assert len(line.splitlines()) == 1
    assert json.loads(line) == {"text": "一\u2028二\u2029三\x85四"}
