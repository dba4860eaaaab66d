"""Batch and its formats: Parquet, WARC, trails of records, in place."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_batch import CLEAN, DIRTY, PLAIN, reasons, tree

from cleantext.batch import warc
from cleantext.batch.formats import FormatError
from cleantext.batch.journal import read_rows
from cleantext.batch.parquet import Kept
from cleantext.batch.plan import BatchError, BatchOptions
from cleantext.batch.run import run
from cleantext.batch.streams import tasks_of
from cleantext.batch.tasks import Document
from cleantext.batch.walk import Input, find_inputs, output_name
from cleantext.cli import main
from cleantext.records import Options
from cleantext.trail import load, restore

HTML = f"<html><body>{'<p>今天天气很好，我们一起去公园散步，到了傍晚才回家。</p>' * 4}</body></html>"


def record(text: str) -> str:
    return json.dumps({"id": 1, "text": text}, ensure_ascii=False) + "\n"


class TestParquet:
    @pytest.fixture(autouse=True)
    def library(self) -> None:
        self.arrow = pytest.importorskip("pyarrow")
        self.parquet = pytest.importorskip("pyarrow.parquet")

    def write(self, path: Path, texts: list[str | None], **more: object) -> None:
        self.parquet.write_table(self.arrow.table({"text": texts, "n": list(range(len(texts))), **more}), path)

    def test_every_page_becomes_a_row(self, tmp_path: Path) -> None:
        source = tmp_path / "in"
        source.mkdir()
        (source / "a.txt").write_bytes(DIRTY.encode("gb18030"))
        (source / os.fsdecode(b"\xff.txt.gz")).write_bytes(gzip.compress(DIRTY.encode()))
        (source / "c.jsonl").write_text(f"{record(DIRTY)}\nbad\n{record(DIRTY)}", encoding="utf-8")
        (source / "d.json").write_text(f"[{record(DIRTY)},{record(DIRTY)}]", encoding="utf-8")
        self.write(source / "e.parquet", [DIRTY, None, DIRTY])
        choice = BatchOptions(to="parquet", with_trail=True)
        run(source, tmp_path / "one", batch=choice)
        out = tree(tmp_path / "one")
        names = ["a.txt.parquet", "c.jsonl.parquet", "d.json.parquet", "e.parquet"]
        assert set(out) == {*names, os.fsdecode(b"\xff.txt.gz.parquet")}
        sources = []
        for name, data in out.items():
            table = self.parquet.read_table(io.BytesIO(data))
            assert table.column_names == ["text", "source", "verdict", "trail"]
            for row in table.to_pylist():
                sources.append(row["source"])
                assert row["text"] == CLEAN
                assert set(row["verdict"]) == {"spun", "flags", "title", "author", "date", "origin"}
                (trail,) = load(row["trail"].encode())
                assert restore(CLEAN.encode(), trail).decode("gb18030" if name == "a.txt.parquet" else "utf-8") == DIRTY
        wanted = ["\\udcff.txt.gz", "a.txt", "c.jsonl:1", "c.jsonl:4", "d.json", "d.json", "e.parquet:1", "e.parquet:3"]
        assert sorted(sources) == sorted(wanted)
        run(source, tmp_path / "two", batch=BatchOptions(to="parquet", with_trail=True, jobs=1))
        assert tree(tmp_path / "two") == out

    def test_records_become_lines(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        self.write(tmp_path / "in/a.parquet", [DIRTY, None, PLAIN])
        run(tmp_path / "in", tmp_path / "out", batch=BatchOptions(to="jsonl"))
        rows = [json.loads(line) for line in (tmp_path / "out/a.parquet.jsonl").read_bytes().splitlines()]
        assert [(row["text"], row["source"]) for row in rows] == [(CLEAN, "a.parquet:1"), (PLAIN, "a.parquet:3")]

    def test_the_site_of_a_row(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        sites = ["http://news.example/1", "blog", None]
        self.write(tmp_path / "in/a.parquet", [PLAIN] * 3, url=sites)
        lines = (json.dumps({"text": PLAIN, "url": site}) + "\n" for site in sites)
        (tmp_path / "in/b.jsonl").write_text("".join(lines))
        run(tmp_path / "in", tmp_path / "out", batch=BatchOptions(to="jsonl", site_field="url"))
        for name in ("a.parquet", "b.jsonl"):
            out = tmp_path / "out" / (name if name.endswith("l") else f"{name}.jsonl")
            data = (tmp_path / "out" / ("b.jsonl" if name == "b.jsonl" else "a.parquet.jsonl")).read_bytes()
            found = [json.loads(line)["source"] for line in data.splitlines()]
            assert found == ["http://news.example/1", f"blog/{name}:2", f"{name}:3"], out

    def test_rows_stay_whatever_they_hold(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        texts = [DIRTY, PLAIN * 100, "", None, "<html><body></body></html>", DIRTY]
        self.write(tmp_path / "in/a.parquet", texts)
        summary = run(tmp_path / "in", tmp_path / "out", batch=BatchOptions(max_page_bytes=1000))
        clean = self.parquet.read_table(tmp_path / "out/a.parquet")
        assert clean.column("text").to_pylist() == [CLEAN, PLAIN * 100, "", None, "<html><body></body></html>", CLEAN]
        assert clean.column("n").to_pylist() == list(range(6))
        assert reasons(summary)["a.parquet"].startswith("1 records kept aside")
        aside = (tmp_path / "out/.cleantext/rejects/a.parquet.jsonl").read_text(encoding="utf-8")
        assert json.loads(aside) == {"line": 2, "reason": "larger than 0 MB", "data": (PLAIN * 100).rstrip("\n")}

    def test_damage_of_any_kind_is_told(self, tmp_path: Path) -> None:
        self.write(tmp_path / "whole.parquet", [DIRTY * (k % 9) for k in range(300)])
        data = (tmp_path / "whole.parquet").read_bytes()
        dice = random.Random(1)
        path = tmp_path / "a.parquet"
        for _ in range(60):
            at = dice.randrange(len(data))
            path.write_bytes(data[:at] + dice.randbytes(dice.randrange(9)) + data[at + dice.randrange(9) :])
            *_, last = tasks_of(Input("a.parquet", str(path)), BatchOptions(), Kept())
            assert last.end is not None
            assert not last.end.reason or last.end.reason.startswith(("damaged", "no column")), last.end.reason

    def test_a_bomb_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        table = self.arrow.table({"text": ["啊" * 2**20] * 40})
        self.parquet.write_table(table, tmp_path / "in/a.parquet", compression="zstd", use_dictionary=False)
        summary = run(tmp_path / "in", tmp_path / "out", batch=BatchOptions(max_page_bytes=2**22))
        assert "unpacks to 120 MB" in reasons(summary)["a.parquet"]


def test_trails_of_records_lead_back(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    texts = [DIRTY, PLAIN]
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    (tmp_path / "in/a.jsonl").write_text(lines)
    (tmp_path / "in/b.json").write_text(json.dumps([{"text": text} for text in texts]))
    lone = json.dumps({"text": "a\ud800b" + DIRTY})  # no UTF-8 can hold it, so no trail would give it back
    (tmp_path / "in/c.jsonl").write_text(f"{lines}bad\n{lone}\n")
    batch = BatchOptions(trails=str(tmp_path / "trails"))
    assert run(tmp_path / "in", tmp_path / "out", batch=batch).rejected == 2
    for name in ("a.jsonl", "b.json", "c.jsonl"):
        data = (tmp_path / "out" / name).read_text(encoding="utf-8")
        rows = json.loads(data) if name == "b.json" else [json.loads(line) for line in data.splitlines()]
        trails = load((tmp_path / f"trails/{name}.trail").read_bytes())
        for row, trail, text in zip(rows, trails, texts, strict=True):
            clean = row["text"].encode("utf-8", "backslashreplace")
            assert restore(clean, trail).decode("utf-8", "surrogatepass") == text


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.json", "a.parquet"])
def test_restore_gives_records_back(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    texts = [DIRTY, PLAIN, "", HTML, "<html><body></body></html>", DIRTY]
    if name == "a.parquet":
        arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        parquet.write_table(arrow.table({"id": [1] * 7, "body": [*texts, None]}), tmp_path / "in" / name)
    else:
        del texts[3:5]  # of HTML the text comes back, and that without any is kept aside
        rows = [{"id": 1, "body": text} for text in texts]
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        data = (f"[{', '.join(lines)}]" if name == "a.json" else "\n\n".join(lines)).encode()
        (tmp_path / "in" / name).write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
    batch = BatchOptions(text_field="body", trails=str(tmp_path / "trails"))
    assert run(tmp_path / "in", tmp_path / "out", batch=batch).failures == []
    words = ["restore", str(tmp_path / "out" / name), "--trail", str(tmp_path / f"trails/{name}.trail")]
    done = CliRunner().invoke(main, [*words, "--text-column", "body", "-o", str(tmp_path / name)])
    assert done.exit_code == 0, done.stderr
    if name == "a.parquet":
        table = parquet.read_table(tmp_path / name)
        article = parquet.read_table(tmp_path / "out" / name).column("body")[3].as_py()
        assert table.column("body").to_pylist() == [*texts[:3], article, *texts[4:], None]
    else:
        back, want = ((folder / name).read_bytes() for folder in (tmp_path, tmp_path / "in"))
        if name.endswith(".gz"):
            back, want = gzip.decompress(back), gzip.decompress(want)
        assert back == want
    (tmp_path / "out" / name).write_bytes((tmp_path / "in" / name).read_bytes())
    assert CliRunner().invoke(main, [*words, "--text-column", "body", "-o", str(tmp_path / "x")]).exit_code == 3
    assert not (tmp_path / "x").exists()


def test_page_reports(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.jsonl").write_text(record(DIRTY) + record(PLAIN), encoding="utf-8")
    (tmp_path / "in/b.txt").write_text(DIRTY, encoding="utf-8")
    run(tmp_path / "in", tmp_path / "out", batch=BatchOptions(page_reports=True))
    lines = (tmp_path / "out/.cleantext/pages/a.jsonl.jsonl").read_text(encoding="utf-8").splitlines()
    first, second = map(json.loads, lines)
    assert (first["source"], first["changed"], second["changed"]) == ("a.jsonl:1", 1, 0)
    assert first["cuts"] == {"chrome/credit": 1}
    assert {"spun", "flags", "edits", "confidence", "bytes_in", "bytes_out", "seconds", "verdict"} <= set(first)


class TestWarc:
    @pytest.fixture(autouse=True)
    def library(self) -> None:
        pytest.importorskip("fastwarc")

    @staticmethod
    def entry(
        kind: str, body: bytes, uri: str = "http://a.example/1", http: str | None = "200 OK", more: str = ""
    ) -> bytes:
        block = body
        if http is not None:
            block = f"HTTP/1.1 {http}\r\nContent-Type: text/html; charset=utf-8\r\n{more}\r\n".encode() + body
        head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nContent-Type: "
        head += "application/http" if http is not None else "text/plain"
        return f"{head}\r\nContent-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"

    def crawl(self) -> Iterator[bytes]:
        page = HTML.encode()
        yield self.entry("warcinfo", b"software: x\r\n", http=None)
        yield self.entry("request", b"", http="200 OK")
        yield self.entry("response", page)
        yield self.entry("response", page, http="404 Not Found")
        yield self.entry("response", gzip.compress(page), "http://b.example/2", more="Content-Encoding: gzip\r\n")
        chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(page), page)
        yield self.entry("response", chunked, "http://b.example/3", more="Transfer-Encoding: chunked\r\n")
        yield self.entry("response", page, "http://b.example/4", more="Content-Encoding: br\r\n")
        yield self.entry("conversion", DIRTY.encode(), "http://c.example/", http=None)
        yield self.entry("response", b"<html><body></body></html>", "http://d.example/")

    @pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
    def test_pages_become_records(self, tmp_path: Path, packing: str) -> None:
        import zstandard

        (tmp_path / "in").mkdir()
        pack = {"": lambda data: data, ".gz": gzip.compress, ".zst": zstandard.compress}[packing]
        (tmp_path / f"in/a.warc{packing}").write_bytes(b"".join(pack(one) for one in self.crawl()))
        summary = run(tmp_path / "in", tmp_path / "out", batch=BatchOptions(to="parquet" if not packing else "same"))
        ((name, data),) = tree(tmp_path / "out").items()
        if not packing:
            parquet = pytest.importorskip("pyarrow.parquet")
            rows = parquet.read_table(io.BytesIO(data)).to_pylist()
        else:
            assert name == f"a.warc.jsonl{packing}"
            data = (
                zstandard.ZstdDecompressor().decompressobj().decompress(data)
                if packing == ".zst"
                else gzip.decompress(data)
            )
            rows = [json.loads(line) for line in data.splitlines()]
        want = ["http://a.example/1", "http://b.example/2", "http://b.example/3", "http://c.example/"]
        assert [row["source"] for row in rows] == want
        assert all("公园散步" in row["text"] and "<p>" not in row["text"] for row in rows[:3])
        assert rows[3]["text"] == CLEAN
        assert (summary.pages, summary.rejected, summary.left_out) == (4, 2, 3)
        lines = (tmp_path / f"out/.cleantext/rejects/a.warc{packing}.jsonl").read_text(encoding="utf-8").splitlines()
        aside = [json.loads(line) for line in lines]
        assert [row["data"] for row in aside] == ["http://b.example/4", "http://d.example/"]
        assert "'br'" in aside[0]["reason"]
        again = run(tmp_path / "in", tmp_path / "out", batch=BatchOptions(to="parquet" if not packing else "same"))
        assert (again.resumed, len(again.failures)) == (1, 1)

    def test_damage_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        data = b"".join(self.crawl())
        packed = b"".join(map(gzip.compress, self.crawl()))
        (tmp_path / "in/cut.warc").write_bytes(data[: data.index(b"WARC-Type: conversion") + 120])
        (tmp_path / "in/cut.warc.gz").write_bytes(packed[:-40])
        (tmp_path / "in/none.warc").write_bytes(PLAIN.encode() * 50)
        found = reasons(run(tmp_path / "in", tmp_path / "out"))
        assert all("damaged" in found[name] for name in ("cut.warc", "cut.warc.gz", "none.warc")), found
        assert tree(tmp_path / "out") == {}

    def test_bodies(self) -> None:
        bomb = gzip.compress(bytes(5_000_000))
        with pytest.raises(FormatError, match="larger than"):
            warc.body(Document("", bomb, ("gzip",)), 2**20)
        with pytest.raises(FormatError, match="larger than"):
            warc.body(Document("", b"x" * 11), 10)
        with pytest.raises(FormatError, match="too early"):
            warc.body(Document("", gzip.compress(PLAIN.encode())[:-10], ("gzip",)), 2**20)
        with pytest.raises(FormatError, match="damaged"):
            warc.body(Document("", b"\x1f\x8b" + bytes(20), ("gzip",)), 2**20)
        stored = Document("", PLAIN.encode(), ("chunked", "deflate"))  # unpacked by the crawler, headers left
        assert warc.body(stored, 2**20) == PLAIN.encode()
        assert warc.body(Document("", b"3;x=1\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", ("chunked",)), 99) == b"abcde"

    def test_without_the_library_it_is_said_how_to_get_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "fastwarc.warc", None)
        (tmp_path / "a.warc").write_bytes(b"".join(self.crawl()))
        summary = run(tmp_path / "a.warc", tmp_path / "out")
        assert "pip install 'cleantext-zh[warc]'" in reasons(summary)["a.warc"]


class TestInPlace:
    @pytest.fixture
    def pages(self, tmp_path: Path) -> Path:
        source = tmp_path / "pages"
        (source / "sub").mkdir(parents=True)
        (source / "a.txt").write_text(DIRTY, encoding="utf-8")
        (source / "sub/gb.txt").write_bytes(DIRTY.encode("gb18030"))
        (source / "clean.txt").write_text(PLAIN, encoding="utf-8")
        (source / "b.txt.gz").write_bytes(gzip.compress(DIRTY.encode()))
        (source / "clean.txt.gz").write_bytes(gzip.compress(PLAIN.encode(), 1))
        (source / "c.jsonl").write_text(record(DIRTY) + "bad\n" + record(PLAIN), encoding="utf-8")
        (source / "d.jsonl").write_text(record(PLAIN), encoding="utf-8")
        (source / "e.json").write_text(record(DIRTY), encoding="utf-8")
        (source / "page.txt").write_text(HTML, encoding="utf-8")
        (source / "page.html").write_text(HTML, encoding="utf-8")
        (source / "link.txt").symlink_to("a.txt")
        return source

    def test_originals_go_to_the_backup(self, pages: Path, tmp_path: Path) -> None:
        before = tree(pages)
        (pages / "a.txt").chmod(0o640)
        old = (pages / "clean.txt").stat()
        run(pages, tmp_path / "out", batch=BatchOptions(exclude=("page.html", "link.txt")))
        batch = BatchOptions(in_place=True, backup=str(tmp_path / "backup"))
        summary = run(pages, batch=batch)
        after = tree(pages)
        for name, data in tree(tmp_path / "out").items():
            assert after[name] == (before[name] if name == "clean.txt.gz" else data), name
        assert after["page.html"] == before["page.html"]
        changed = {name for name in before if after[name] != before[name] and name != "link.txt"}
        assert tree(tmp_path / "backup") == {name: before[name] for name in changed}
        assert (pages / "link.txt").is_symlink()
        assert (pages / "a.txt").stat().st_mode & 0o777 == 0o640
        assert (pages / "clean.txt").stat() == old
        left = {"link, in place": 1, ".html, which would become another format, in place": 1, "hidden": 1}
        assert summary.skipped == left
        assert sorted(os.listdir(pages / ".cleantext")) == ["lock", "rejects", "report.jsonl", "site-rules.tsv"]
        again = run(pages, batch=batch)
        assert again.resumed == again.files == 9, again
        assert tree(pages) == after

    def test_a_new_version_gets_a_backup_of_its_own(self, pages: Path, tmp_path: Path) -> None:
        batch = BatchOptions(in_place=True, backup=str(tmp_path / "backup"), include=("a.txt",))
        run(pages, batch=batch)
        for text in (DIRTY * 2, DIRTY, DIRTY * 3):
            (pages / "a.txt").write_text(text, encoding="utf-8")
            assert run(pages, batch=batch).resumed == 0
        kept = tree(tmp_path / "backup")
        assert kept == {"a.txt": DIRTY.encode(), "a.txt.~2~": (DIRTY * 2).encode(), "a.txt.~3~": (DIRTY * 3).encode()}

    def test_trails_alone_are_enough_for_plain_text(self, pages: Path, tmp_path: Path) -> None:
        before = tree(pages)
        summary = run(pages, batch=BatchOptions(in_place=True, trails=str(tmp_path / "trails")))
        after = tree(pages)
        assert {name for name in before if after[name] != before[name]} == {"a.txt", "link.txt", "sub/gb.txt"}
        assert set(reasons(summary)) == {"b.txt.gz", "c.jsonl", "d.jsonl", "e.json", "page.txt"}
        assert all("--backup" in reason for reason in reasons(summary).values())
        for name in ("a.txt", "sub/gb.txt"):
            (trail,) = load((tmp_path / f"trails/{name}.trail").read_bytes())
            assert restore(after[name], trail) == before[name]
        assert set(tree(tmp_path / "trails")) == {"a.txt.trail", "sub/gb.txt.trail"}
        (pages / "a.txt").write_text(DIRTY * 2, encoding="utf-8")
        run(pages, batch=BatchOptions(in_place=True, trails=str(tmp_path / "trails")))
        (trail,) = load((tmp_path / "trails/a.txt.~2~.trail").read_bytes())
        assert restore((pages / "a.txt").read_bytes(), trail) == (DIRTY * 2).encode()

    def test_a_single_file(self, pages: Path, tmp_path: Path) -> None:
        done = CliRunner().invoke(main, ["batch", str(pages / "a.txt"), "--in-place", "--backup", str(tmp_path / "b")])
        assert done.exit_code == 0, done.stderr
        assert (pages / "a.txt").read_bytes() == CLEAN.encode()
        assert (tmp_path / "b/a.txt").read_bytes() == DIRTY.encode()

    @pytest.mark.parametrize(
        "words",
        [
            ["--in-place"],
            ["out", "--in-place", "--backup", "b"],
            [],
            ["out", "--backup", "b"],
            ["--in-place", "--backup", "."],
        ],
    )
    def test_what_is_dangerous_is_refused(self, pages: Path, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(pages)
        before = tree(pages)
        assert CliRunner().invoke(main, ["batch", str(pages), *words]).exit_code == 2
        assert tree(pages) == before

    def test_what_changes_meanwhile_is_left_alone(self, tmp_path: Path) -> None:
        from cleantext.batch.place import MOVED, Claim, Place
        from cleantext.batch.plan import Row

        (tmp_path / "in").mkdir()
        (tmp_path / "in/a.txt").write_text("new", encoding="utf-8")
        batch = BatchOptions(in_place=True, backup=str(tmp_path / "backup"))
        (item,) = find_inputs(tmp_path / "in", tmp_path / "in", batch)
        with Claim([tmp_path / "in", tmp_path / "backup"]):
            place = Place(tmp_path / "in", batch)
            pending = place.pending(item)
            with pytest.raises(ValueError, match=MOVED):
                place.commit(pending, item, Row("a.txt", input_sha256="0" * 64, output_sha256="1" * 64))
            pending.discard()
        assert tree(tmp_path) == {"in/a.txt": b"new", "backup/.cleantext/lock": b"", "in/.cleantext/lock": b""}

    def test_a_backup_on_another_disk_is_a_copy(
        self, pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from cleantext.batch import place

        def refuse(*_: object, **__: object) -> None:
            raise OSError(18, "Invalid cross-device link")

        monkeypatch.setattr(os, "link", refuse)
        (tmp_path / "b/.cleantext/scratch").mkdir(parents=True)
        digest = place.sha256_of(pages / "a.txt")
        for _ in range(2):
            place.keep_original(pages / "a.txt", digest, tmp_path / "b", "x/a.txt")
        assert tree(tmp_path / "b") == {"x/a.txt": DIRTY.encode()}
        assert (tmp_path / "b/x/a.txt").stat().st_mtime_ns == (pages / "a.txt").stat().st_mtime_ns
        with pytest.raises(ValueError, match=place.MOVED):
            place.keep_original(pages / "a.txt", "0" * 64, tmp_path / "b", "y.txt")
        assert not (tmp_path / "b/y.txt").exists()


@pytest.mark.parametrize(("name", "data"), [("stdin.txt", DIRTY), ("a.jsonl", record(DIRTY) * 300)])
def test_standard_input(tmp_path: Path, name: str, data: str) -> None:
    words = ["batch", "-", str(tmp_path / "out"), "--stdin-name", name]
    done = CliRunner().invoke(main, words, input=data.encode())
    assert done.exit_code == 0, done.stderr
    assert tree(tmp_path / "out") == {
        name: data.replace(json.dumps(DIRTY, ensure_ascii=False), json.dumps(CLEAN, ensure_ascii=False))
        .replace(DIRTY, CLEAN)
        .encode()
    }
    assert "1 of them by an earlier run" in CliRunner().invoke(main, words, input=data.encode()).stderr
    assert sorted(os.listdir(tmp_path / "out/.cleantext"))[:2] == ["lock", "report.jsonl"]
    assert CliRunner().invoke(main, [*words[:-1], "../x.txt"], input=b"").exit_code == 2


def test_single_files_add_to_the_report(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(DIRTY, encoding="utf-8")
        run(tmp_path / name, tmp_path / "out")
    assert [row.source for row in read_rows(tmp_path / "out")] == ["a.txt", "b.txt"]
    assert run(tmp_path / "a.txt", tmp_path / "out").resumed == 1


def test_places_that_are_written_to_are_no_inputs(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(DIRTY, encoding="utf-8")
    batch = BatchOptions(trails=str(tmp_path / "trails"))
    run(tmp_path, tmp_path / "out", batch=batch)
    assert run(tmp_path, tmp_path / "out", batch=batch).files == 1
    with pytest.raises(BatchError, match="the source itself"):
        run(tmp_path, tmp_path / "out", batch=BatchOptions(trails=str(tmp_path)))


def test_names_of_outputs() -> None:
    assert output_name("a.warc.gz", set()) == "a.warc.jsonl.gz"
    assert output_name("a.txt.gz", set(), "parquet") == "a.txt.gz.parquet"
    assert output_name("a.parquet", set(), "parquet") == "a.parquet"
    assert output_name("a", {"a", "a.parquet"}, "parquet") == "a.parquet.parquet"
    assert output_name("a.jsonl", {"a.jsonl"}, "parquet") == "a.jsonl.parquet"


def test_nothing_a_page_says_is_run(tmp_path: Path) -> None:
    """Dictionaries, site rules and pages are data: what looks like code, a pickle or a path stays text."""
    (tmp_path / "in").mkdir()
    evil = ["__import__('os').system('touch x')", "{{7*7}} ${7*7} %s %n", "!!python/object/apply:os.system ['true']"]
    (tmp_path / "in/a.jsonl").write_text("".join(record(f"{PLAIN}{line}\n") for line in evil), encoding="utf-8")
    (tmp_path / "mine.tsv").write_text("(a+)+$\t\\1\n今天.*\t${x}\n", encoding="utf-8")
    code = "import sys; sys.path.insert(0, sys.argv[1]); from cleantext.cli import main; main(sys.argv[2:])"
    words = ["batch", str(tmp_path / "in"), str(tmp_path / "out"), "--dictionary", str(tmp_path / "mine.tsv")]
    done = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parents[1]), *words], capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x").exists()


def test_options_of_the_batch_are_part_of_the_key(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(record(DIRTY), encoding="utf-8")
    run(tmp_path / "a.jsonl", tmp_path / "out")
    for batch in (BatchOptions(site_field="id"), BatchOptions(page_reports=True), BatchOptions(to="jsonl")):
        assert run(tmp_path / "a.jsonl", tmp_path / "out", Options(), batch).resumed == 0
