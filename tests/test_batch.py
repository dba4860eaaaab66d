"""Batch: the same bytes as the pipe with any number of workers, nothing lost, every failure told."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from click.testing import CliRunner

from cleantext.batch.formats import FormatError, pack
from cleantext.batch.journal import read_rows
from cleantext.batch.jsonfields import RecordError, replace_field, replace_in_document
from cleantext.batch.parquet import page_schema
from cleantext.batch.place import Claim
from cleantext.batch.plan import BatchError, BatchOptions, Summary
from cleantext.batch.run import run
from cleantext.batch.walk import find_inputs, output_name
from cleantext.cli import main
from cleantext.cli.report import COLUMNS
from cleantext.pipeline import Cleaner
from cleantext.records import InputFormat, Options
from cleantext.trail import load, restore

DIRTY = "有家着名的服装品牌,在全国有一千家门店。\n责任编辑:张三 打印本页 关闭窗口 返回顶部\n"
CLEAN = Cleaner().clean(DIRTY).text
PLAIN = "今天天气很好,我们一起去公园散步。\n"


def tree(folder: Path) -> dict[str, bytes]:
    """Path and content of every output, state left out."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in files
        if path.relative_to(folder).parts[0] != ".cleantext"
    }


def reasons(summary: Summary) -> dict[str, str]:
    return dict(summary.failures)


@pytest.fixture
def pages(tmp_path: Path, seeds: list[Path]) -> Path:
    """A folder of pages of many kinds."""
    source = tmp_path / "scraped"
    (source / "sub" / "deep").mkdir(parents=True)
    for path in seeds:
        shutil.copy(path, source / "seed.txt")
    for k in range(12):
        (source / "sub" / f"{k}.txt").write_text(DIRTY * (k + 1), encoding="utf-8")
    (source / "sub" / "deep" / "gb.txt").write_bytes((PLAIN * 5).encode("gb18030"))
    (source / "no extension").write_text(PLAIN, encoding="utf-8")
    (source / "empty.txt").write_bytes(b"")
    return source


def test_mirrors_and_equals_the_pipe_with_any_number_of_workers(pages: Path, tmp_path: Path) -> None:
    summary = run(pages, tmp_path / "one", batch=BatchOptions(jobs=1))
    assert summary.failures == []
    run(pages, tmp_path / "three", batch=BatchOptions(jobs=3))
    out = tree(tmp_path / "one")
    assert out == tree(tmp_path / "three")
    assert set(out) == set(tree(pages))
    rules = str(tmp_path / "one/.cleantext/site-rules.tsv")
    for name, data in out.items():
        words = ["--site-rules", rules, "--site", name.rpartition("/")[0]]
        piped = CliRunner().invoke(main, ["clean", str(pages / name), *words])
        assert piped.stdout_bytes == data, name
    states = [(tmp_path / name / ".cleantext/report.jsonl").read_text().splitlines() for name in ("one", "three")]
    orders = [[json.loads(row)["source"] for row in rows] for rows in states]
    assert orders[0] == orders[1]


def test_originals_are_untouched_and_nothing_is_left_over(pages: Path, tmp_path: Path) -> None:
    before = tree(pages)
    run(pages, tmp_path / "out")
    assert tree(pages) == before
    assert sorted(os.listdir(tmp_path / "out/.cleantext")) == ["lock", "report.jsonl", "site-rules.tsv"]


def test_a_target_inside_the_source_is_no_input(pages: Path) -> None:
    run(pages, pages / "clean")
    again = run(pages, pages / "clean")
    assert again.files == again.resumed
    assert not (pages / "clean" / "clean").exists()


@pytest.mark.parametrize("target", [".", "..", "sub/..", "seed.txt"])
def test_targets_that_endanger_originals_are_refused(pages: Path, target: str) -> None:
    before = tree(pages)
    with pytest.raises(BatchError):
        run(pages, pages / target)
    assert tree(pages) == before


def test_a_link_in_the_target_that_leads_out_is_refused(pages: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "sub").symlink_to(pages / "sub")
    before = tree(pages)
    summary = run(pages, tmp_path / "out")
    assert tree(pages) == before
    assert len(summary.failures) == 13
    assert all("leads out of" in reason for _, reason in summary.failures)


def test_faults_do_not_stop_the_others(pages: Path, tmp_path: Path) -> None:
    (pages / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (pages / "cut.txt.gz").write_bytes(gzip.compress(DIRTY.encode() * 99)[:-20])
    (pages / "gone.txt").symlink_to("nowhere")
    (pages / "loop.txt").symlink_to("loop.txt")
    (pages / "cycle").symlink_to(".")
    (pages / "passwd").symlink_to("/etc/passwd")
    (pages / "inside.txt").symlink_to("seed.txt")
    (pages / ".hidden").write_text("x")
    os.mkfifo(pages / "pipe")
    name = os.fsdecode(b"\xff\xe4.txt")
    (pages / name).write_text(DIRTY, encoding="utf-8")
    if os.geteuid():
        (pages / "secret.txt").write_text("x")
        (pages / "secret.txt").chmod(0)
    result = CliRunner().invoke(main, ["batch", str(pages), str(tmp_path / "out"), "-j", "2"])
    assert result.exit_code == 3
    failed = {row.source: row.reason for row in read_rows(tmp_path / "out") if row.status == "failed"}
    want = {"image.png": "PNG", "cut.txt.gz": "damaged", "gone.txt": "link to nothing", "loop.txt": "link to nothing"}
    if os.geteuid():
        want["secret.txt"] = "Permission denied"
    assert set(failed) == set(want)
    for source, words in want.items():
        assert words in failed[source]
        assert f"cleantext: {source}: " in result.stderr
    out = tree(tmp_path / "out")
    assert out[name] == CLEAN.encode()
    assert out["inside.txt"] == out["seed.txt"]
    assert not {"cycle", "passwd", "pipe", ".hidden"} & set(out)
    for words in ("1 × hidden", "1 × link out of the source", "1 × link to a folder", "1 × no regular file"):
        assert words in result.stderr
    assert "Traceback" not in result.output


def test_a_rerun_does_only_what_is_new_changed_failed_or_lost(pages: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    alone = BatchOptions(survey=False)  # what repeats over a site's pages makes them all depend on each other
    (pages / "bad.txt").write_bytes(bytes(500))
    total = run(pages, out, batch=alone).files
    (pages / "sub" / "1.txt").write_text(PLAIN, encoding="utf-8")
    (pages / "new.txt").write_text(PLAIN, encoding="utf-8")
    (out / "sub" / "2.txt").write_text("tampered with", encoding="utf-8")
    (out / "sub" / "3.txt").unlink()
    again = run(pages, out, batch=alone)
    assert (again.files, again.resumed) == (total + 1, total - 4)
    run(pages, tmp_path / "fresh", batch=alone)
    assert tree(out) == tree(tmp_path / "fresh")
    rows = [row.source for row in read_rows(out)]
    assert rows == [row.source for row in read_rows(tmp_path / "fresh")]
    assert run(pages, out, batch=alone).resumed == total
    assert run(pages, out, Options(skip=("chrome",)), alone).resumed == 0  # other options, other outputs
    assert run(pages, out, Options(skip=("chrome",)), BatchOptions(force=True)).resumed == 0


def test_a_journal_cut_short_is_no_harm(pages: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    total = run(pages, out).files
    journal = out / ".cleantext/report.jsonl"
    journal.write_bytes(journal.read_bytes()[:-40])
    assert run(pages, out).resumed == total - 1
    assert len(list(read_rows(out))) == total


def test_a_second_run_on_the_same_target_is_refused(pages: Path, tmp_path: Path) -> None:
    with Claim([tmp_path / "out"]), pytest.raises(BatchError, match="another batch"):
        run(pages, tmp_path / "out")


def test_trails_restore_every_page(pages: Path, tmp_path: Path) -> None:
    run(pages, tmp_path / "out", batch=BatchOptions(trails=str(tmp_path / "trails")))
    for name, data in tree(tmp_path / "out").items():
        (trail,) = load((tmp_path / "trails" / f"{name}.trail").read_bytes())
        assert restore(data, trail) == (pages / name).read_bytes()


def test_include_and_exclude(pages: Path, tmp_path: Path) -> None:
    run(pages, tmp_path / "out", batch=BatchOptions(include=("sub/*",), exclude=("1*.txt", "deep")))
    assert set(tree(tmp_path / "out")) == {f"sub/{k}.txt" for k in (0, 2, 3, 4, 5, 6, 7, 8, 9)} | {"sub/deep/gb.txt"}


@pytest.mark.parametrize(
    ("packing", "pack_it", "unpack"),
    [
        (".gz", gzip.compress, gzip.decompress),
        (".bz2", bz2.compress, bz2.decompress),
        (".xz", lzma.compress, lzma.decompress),
        (".zst", zstandard.compress, lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data)),
    ],
)
def test_packed_files_stay_packed(
    tmp_path: Path, packing: str, pack_it: Callable[[bytes], bytes], unpack: Callable[[bytes], bytes]
) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / f"page.txt{packing}").write_bytes(pack_it(DIRTY.encode()))
    record = json.dumps({"text": DIRTY}, ensure_ascii=False).encode() + b"\n"
    (source / f"pages.jsonl{packing}").write_bytes(pack_it(record * 3))
    outs = []
    for name in ("one", "two"):
        assert run(source, tmp_path / name).failures == []
        outs.append(tree(tmp_path / name))
    assert outs[0] == outs[1]
    assert unpack(outs[0][f"page.txt{packing}"]) == CLEAN.encode()
    assert [json.loads(line)["text"] for line in unpack(outs[0][f"pages.jsonl{packing}"]).splitlines()] == [CLEAN] * 3
    assert run(source, tmp_path / "two").resumed == 2


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/bomb.txt.gz").write_bytes(pack(b"a" * 5_000_000, ".gz"))
    (tmp_path / "in/bomb.jsonl.gz").write_bytes(pack(b'{"text":"' + b"a" * 5_000_000 + b'"}', ".gz"))
    summary = run(tmp_path / "in", tmp_path / "out", batch=BatchOptions(max_page_bytes=2**20))
    assert set(reasons(summary)) == {"bomb.txt.gz", "bomb.jsonl.gz"}
    assert all("larger than 1 MB" in reason for reason in reasons(summary).values())


class TestRecords:
    def test_only_the_text_changes(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        text = json.dumps(DIRTY, ensure_ascii=False)
        escaped = json.dumps(DIRTY)
        lines = [
            '{ "id" : 1.10,"text": ' + text + ' , "n": 1e400, "x":{"text":"着名"}, "é": [1,  2]}',
            '{"text": ' + escaped + ', "id": 12345678901234567890123}',
            "",
            '{"text": "' + PLAIN.strip() + '"}',
        ]
        (tmp_path / "in/a.jsonl").write_text("\n".join(lines), encoding="utf-8", newline="")
        summary = run(tmp_path / "in", tmp_path / "out")
        clean = json.dumps(CLEAN, ensure_ascii=False)
        want = [lines[0].replace(text, clean), lines[1].replace(escaped, json.dumps(CLEAN)), "", lines[3]]
        assert (tmp_path / "out/a.jsonl").read_text(encoding="utf-8") == "\n".join(want)
        assert (summary.pages, summary.changed, summary.failures) == (3, 2, [])

    def test_bad_lines_are_kept_aside_with_their_numbers(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        good = json.dumps({"body": PLAIN}, ensure_ascii=False).encode()
        bad = [b"no json", b'{"text": "x"}', b'{"body": 7}', b'["body"]', b'{"body": "x"} more', b'{"body": "\xff"}']
        (tmp_path / "in/a.jsonl").write_bytes(b"\n".join([good, *bad, good, b"[" * 100_000]))
        summary = run(tmp_path / "in", tmp_path / "out", batch=BatchOptions(text_field="body"))
        assert (tmp_path / "out/a.jsonl").read_bytes() == good + b"\n" + good + b"\n"
        aside = tmp_path / "out/.cleantext/rejects/a.jsonl.jsonl"
        rows = [json.loads(line) for line in aside.read_text(encoding="utf-8").splitlines()]
        assert [row["line"] for row in rows] == [2, 3, 4, 5, 6, 7, 9]
        assert rows[5]["data"] == '{"body": "\udcff"}'
        assert reasons(summary)["a.jsonl"].startswith("7 records kept aside in .cleantext/rejects/a.jsonl.jsonl")

    def test_order_is_kept_over_many_chunks(self, tmp_path: Path) -> None:
        lines = [json.dumps({"n": n, "text": PLAIN * (n % 50 + 1)}, ensure_ascii=False) for n in range(800)]
        source = tmp_path / "a.jsonl"
        source.write_text("\n".join(lines) + "\n", encoding="utf-8")
        run(source, tmp_path / "out", batch=BatchOptions(jobs=3))
        out = (tmp_path / "out/a.jsonl").read_text(encoding="utf-8").splitlines()
        assert [json.loads(line)["n"] for line in out] == list(range(800))

    @pytest.mark.parametrize("wanted", ["auto", "text"])
    def test_html_in_a_field_is_treated_as_in_a_file(self, tmp_path: Path, wanted: InputFormat) -> None:
        (tmp_path / "in").mkdir()
        markup = f"<html><body>{'<p>今天天气很好，我们一起去公园散步，到了傍晚才回家。</p>' * 4}</body></html>"
        record = json.dumps({"text": markup}, ensure_ascii=False) + "\n"
        for name in ("a.jsonl", "b.json"):
            (tmp_path / "in" / name).write_text(record, encoding="utf-8")
        (tmp_path / "in/c.txt").write_text(markup, encoding="utf-8")
        assert run(tmp_path / "in", tmp_path / "out", Options(input_format=wanted)).failures == []
        out = tree(tmp_path / "out")
        text = out["c.txt"].decode()
        assert ("<p>" in text) <= (wanted == "text")
        assert json.loads(out["a.jsonl"])["text"] == json.loads(out["b.json"])["text"] == text

    def test_json_documents(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        one = json.dumps({"text": DIRTY, "n": 1}, ensure_ascii=False, indent=2)
        (tmp_path / "in/one.json").write_text(one, encoding="utf-8")
        (tmp_path / "in/many.json").write_text(f"[{one},\n {one}]\n", encoding="utf-8")
        (tmp_path / "in/none.json").write_text("[]", encoding="utf-8")
        (tmp_path / "in/bad.json").write_text("[1]", encoding="utf-8")
        summary = run(tmp_path / "in", tmp_path / "out")
        assert reasons(summary) == {"bad.json": "no JSON object"}
        want = json.dumps({"text": CLEAN, "n": 1}, ensure_ascii=False, indent=2)
        assert (tmp_path / "out/one.json").read_text(encoding="utf-8") == want
        assert (tmp_path / "out/many.json").read_text(encoding="utf-8") == f"[{want},\n {want}]\n"

    @pytest.mark.parametrize(
        "record",
        [
            "",
            "{",
            "[]",
            '{"t"}',
            '{"t":}',
            '{"t":"a",}',
            '{"t":"a" "b":1}',
            '{"t":1}',
            '{"t":"a"}}',
            '{"t":"a',
            "{1:2}",
        ],
    )
    def test_what_is_no_record_is_refused(self, record: str) -> None:
        with pytest.raises(RecordError):
            replace_field(record, "t", str.upper)

    def test_replace_field(self) -> None:
        assert replace_field('{"t":"a","u":{"t":"b"},"t":"c"}', "t", str.upper) == '{"t":"a","u":{"t":"b"},"t":"C"}'
        assert replace_field(' {"\\u0074" : "a\\n\\u00e9" } ', "t", str.upper) == ' {"\\u0074" : "A\\n\\u00c9" } '
        assert replace_in_document('[ {"t":"a"} , {"t":"b"} ] ', "t", str.upper) == '[ {"t":"A"} , {"t":"B"} ] '


class TestToJsonLines:
    def test_every_page_becomes_a_record(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        record = json.dumps({"text": DIRTY, "id": 1}, ensure_ascii=False)
        (tmp_path / "in/a.txt").write_bytes(DIRTY.encode("gb18030"))
        (tmp_path / "in/b.txt.gz").write_bytes(gzip.compress(DIRTY.encode()))
        (tmp_path / "in/c.jsonl").write_text(f"{record}\nbad\n{record}", encoding="utf-8")
        (tmp_path / "in/d.json").write_text(f"[{record},{record}]", encoding="utf-8")
        run(tmp_path / "in", tmp_path / "out", batch=BatchOptions(to="jsonl"))
        out = tree(tmp_path / "out")
        assert set(out) == {"a.txt.jsonl", "b.txt.jsonl.gz", "c.jsonl", "d.json.jsonl"}
        out["b.txt.jsonl.gz"] = gzip.decompress(out["b.txt.jsonl.gz"])
        rows = [json.loads(line) for data in out.values() for line in data.splitlines()]
        assert all(row["text"] == CLEAN and set(row) == {"text", "source", "verdict"} for row in rows)
        names = ["a.txt", "b.txt.gz", "c.jsonl:1", "c.jsonl:3", "d.json", "d.json"]
        assert sorted(row["source"] for row in rows) == names
        assert {"spun", "flags", "title"} <= set(rows[0]["verdict"])
        again = run(tmp_path / "in", tmp_path / "out", batch=BatchOptions(to="jsonl"))
        assert (again.resumed, len(again.failures)) == (4, 1)  # the bad line is aside for good, and still told

    def test_the_trail_in_a_record_leads_back(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        (tmp_path / "in/a.txt").write_bytes(DIRTY.encode("gb18030"))
        (tmp_path / "in/b.jsonl").write_text(json.dumps({"text": DIRTY}) + "\n", encoding="utf-8")
        run(tmp_path / "in", tmp_path / "out", batch=BatchOptions(to="jsonl", with_trail=True))
        for name, codec in (("a.txt.jsonl", "gb18030"), ("b.jsonl", "utf-8")):
            row = json.loads((tmp_path / "out" / name).read_bytes())
            (trail,) = load(json.dumps(row["trail"]).encode())
            assert restore(row["text"].encode(), trail) == DIRTY.encode(codec)

    @pytest.mark.parametrize("choice", [BatchOptions(with_trail=True), BatchOptions(to="jsonl", trails="t")])
    def test_contradictions_are_refused(self, tmp_path: Path, choice: BatchOptions) -> None:
        with pytest.raises(BatchError, match="--with-trail"):
            run(tmp_path, tmp_path / "out", batch=choice)

    def test_no_two_inputs_share_an_output(self, tmp_path: Path) -> None:
        for name in ("a", "a.jsonl", "a.jsonl.jsonl", "a.txt", "a.html", "a.txt.jsonl", "a.gz", "a.jsonl.gz"):
            (tmp_path / name).touch()
        inputs = list(find_inputs(tmp_path, tmp_path / "out", BatchOptions(to="jsonl")))
        assert len({item.target for item in inputs}) == len(inputs)


class TestParquet:
    def test_one_column_changes_and_the_schema_stays(self, tmp_path: Path) -> None:
        arrow = pytest.importorskip("pyarrow")
        parquet = pytest.importorskip("pyarrow.parquet")
        (tmp_path / "in").mkdir()
        texts = [DIRTY, None, PLAIN, "<html><body></body></html>"] * 2000
        fields = [("id", arrow.int32()), ("body", arrow.large_string()), ("tags", arrow.list_(arrow.string()))]
        schema = arrow.schema(fields, metadata={"made": "by us"})
        table = arrow.table({"id": range(8000), "body": texts, "tags": [["a"], None] * 4000}, schema=schema)
        parquet.write_table(table, tmp_path / "in/a.parquet")
        table = parquet.read_table(tmp_path / "in/a.parquet")
        batch = BatchOptions(text_field="body", jobs=1)
        summary = run(tmp_path / "in", tmp_path / "out", batch=batch)
        clean = parquet.read_table(tmp_path / "out/a.parquet")
        assert clean.schema.equals(table.schema, check_metadata=True)
        assert clean.column("body").to_pylist() == [CLEAN, None, PLAIN, "<html><body></body></html>"] * 2000
        assert clean.drop(["body"]).equals(table.drop(["body"]))
        assert (summary.pages, summary.changed, summary.flags["no-text"]) == (6000, 2000, 2000)
        assert run(tmp_path / "in", tmp_path / "out", batch=batch).resumed == 1

    def test_faults_are_told(self, tmp_path: Path) -> None:
        arrow = pytest.importorskip("pyarrow")
        parquet = pytest.importorskip("pyarrow.parquet")
        (tmp_path / "in").mkdir()
        parquet.write_table(arrow.table({"text": [1, 2]}), tmp_path / "in/number.parquet")
        parquet.write_table(arrow.table({"body": ["a"]}), tmp_path / "in/other.parquet")
        (tmp_path / "in/cut.parquet").write_bytes((tmp_path / "in/other.parquet").read_bytes()[:-9])
        found = reasons(run(tmp_path / "in", tmp_path / "out"))
        assert "holds no text, but int64" in found["number.parquet"]
        assert "no column 'text'" in found["other.parquet"]
        assert "damaged" in found["cut.parquet"]
        assert tree(tmp_path / "out") == {}

    def test_without_the_library_it_is_said_how_to_get_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        with pytest.raises(FormatError, match=r"pip install 'cleantext-zh\[parquet\]'"):
            page_schema(False)


def test_html_names() -> None:
    assert output_name("a.txt", set()) == "a.txt"
    assert output_name("a.HTML", set()) == "a.HTML.txt"
    assert output_name("a.htm.gz", set()) == "a.htm.txt.gz"
    assert output_name("a.html", {"a.html", "a.html.txt"}) == "a.html.txt.txt"


def test_no_two_inputs_share_an_output(tmp_path: Path) -> None:
    names = ["a.html", "a.html.txt", "a.html.txt.txt", "a.txt", "a.htm", "a", "a.html.gz", "a.html.txt.gz"]
    for name in names:
        (tmp_path / name).touch()
    targets = [item.target for item in find_inputs(tmp_path, tmp_path / "out", BatchOptions())]
    assert len(set(targets)) == len(names)


def test_report_command(pages: Path, tmp_path: Path) -> None:
    (pages / "bad.txt").write_bytes(bytes(500))
    runner = CliRunner()
    runner.invoke(main, ["batch", str(pages), str(tmp_path / "out")])
    table = runner.invoke(main, ["report", str(tmp_path / "out"), "--sort", "edits", "--top", "3"])
    assert table.exit_code == 0
    shown, _, sums = table.stdout.partition("\n\n")
    assert len(shown.splitlines()) == 4
    assert "17 files: 13 cleaned, 3 unchanged, 1 failed" in sums
    assert re.search(r"^ +\d+ +  chrome$", sums, re.MULTILINE)  # removes only
    for column in COLUMNS:
        assert runner.invoke(main, ["report", str(tmp_path / "out"), "--sort", column]).exit_code == 0, column
    failed = runner.invoke(main, ["report", str(tmp_path / "out"), "--failed"]).stdout
    assert "bad.txt  (not text" in failed
    assert "seed.txt" not in failed
