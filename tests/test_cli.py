"""The command line as a user meets it: what is printed where, and the exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import cleantext
from cleantext.cli import COMMANDS, main
from cleantext.cli.options import _OPTIONS
from cleantext.pipeline import Cleaner
from cleantext.records import Cleaned, Options

# A page with one line of chrome and one over-converted word, and what is left of it.
DIRTY = "有家着名的服装品牌,在全国有一千家门店。\n责任编辑:张三 打印本页 关闭窗口 返回顶部\n"
BODY = "著名的服装品牌"
PLAIN = "今天天气很好,我们一起去公园散步。\n"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path, data: bytes | str | None = None) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments], input=data)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


def write(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


class TestClean:
    def test_is_the_default_command(self, run: Run) -> None:
        want = Cleaner().clean(DIRTY).text
        write("page.txt", DIRTY)
        assert BODY in want
        for arguments in ([], ["-"], ["clean"], ["clean", "-"], ["page.txt"], ["clean", "page.txt"]):
            result = run(*arguments, data=DIRTY)
            assert (result.exit_code, result.stdout, result.stderr) == (0, want, "")

    def test_options_come_before_or_behind_the_file(self, run: Run) -> None:
        write("page.txt", DIRTY)
        skip = [word for stage in ("normalize", "chrome", "inline", "spun", "tidy") for word in ("--skip", stage)]
        assert run(*skip, "page.txt").stdout == run("page.txt", *skip).stdout == DIRTY

    def test_files_are_concatenated_in_order(self, run: Run) -> None:
        write("a.txt", PLAIN)
        write("b.txt", "一二三四五,上山打老虎。\n")
        assert run("b.txt", "a.txt").stdout == run("b.txt").stdout + run("a.txt").stdout

    def test_only_disable_and_confidence(self, run: Run) -> None:
        assert run("--only", "tidy", data=DIRTY).stdout.startswith("有家着名")
        assert "着名" in run("--disable", "over-conversion", data=DIRTY).stdout
        assert run("--min-confidence", "1", "--skip", "tidy", data=DIRTY).stdout.startswith("有家着名")

    def test_other_encodings_come_out_as_utf_8(self, run: Run) -> None:
        for encoding in ("gb18030", "utf-16", "utf-8-sig"):
            assert run(data=(PLAIN * 3).encode(encoding)).stdout_bytes == (PLAIN * 3).encode()
        assert run("--encoding", "GBK", data=PLAIN.encode("gbk")).stdout == PLAIN

    def test_output_and_trail_and_back(self, run: Run) -> None:
        page = write("page.txt", DIRTY.encode("gb18030"))
        assert run(page, "-o", "clean.txt", "--trail", "page.trail").exit_code == 0
        assert BODY in Path("clean.txt").read_text(encoding="utf-8")
        result = run("restore", "clean.txt", "--trail", "page.trail")
        assert (result.exit_code, result.stdout_bytes) == (0, page.read_bytes())
        assert run("restore", "clean.txt", "--trail", "page.trail", "-o", "again.txt").exit_code == 0
        assert Path("again.txt").read_bytes() == page.read_bytes()
        assert list(Path().glob(".*")) == []

    def test_check(self, run: Run) -> None:
        assert run("--check", data=PLAIN).exit_code == 0
        result = run("--check", data=DIRTY)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "<stdin>: would be changed" in result.stderr

    def test_diff(self, run: Run) -> None:
        result = run("--diff", data=DIRTY)
        assert result.exit_code == 0
        assert "--- <stdin>\n" in result.stdout
        assert "-有家着名" in result.stdout
        assert "+有家著名" in result.stdout
        assert run("--diff", "--check", data=DIRTY).exit_code == 1
        assert run("--diff", data=PLAIN).stdout == ""

    def test_when_nothing_would_remain_the_original_is_kept_and_it_is_said(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def hollow(self: Cleaner, data: bytes, source: str) -> Cleaned:
            from cleantext import pipeline
            from cleantext.records import Edit, Page, StageEdits

            def find_many(pages: Sequence[Page], options: Options) -> list[StageEdits]:
                texts = [page.text for page in pages]
                return [StageEdits("chrome", [Edit(0, len(t), t, "", "all", "all", 1.0)] if t else ()) for t in texts]

            with monkeypatch.context() as patch:
                patch.setattr(pipeline, "STAGES", (("chrome", find_many),))
                return self.clean_page(Page(source, data.decode()))

        monkeypatch.setattr(Cleaner, "clean_bytes", hollow)
        result = run(data=PLAIN)
        assert (result.exit_code, result.stdout) == (0, PLAIN)
        assert "<stdin>: nothing would have remained; the original was kept" in result.stderr


class TestExplain:
    def test_jsonl_has_one_object_a_file_in_order(self, run: Run) -> None:
        write("a.txt", DIRTY)
        write("b.txt", PLAIN)
        records = [
            json.loads(line) for line in run("explain", "--format", "jsonl", "b.txt", "a.txt").stdout.splitlines()
        ]
        assert [record["source"] for record in records] == ["b.txt", "a.txt"]
        dirty = records[1]
        assert {"start", "end", "before", "after", "stage", "rule", "reason", "confidence"} == set(dirty["edits"][0])
        assert {"spun", "flags", "title", "author", "date", "origin"} == set(dirty["verdict"])
        text = DIRTY
        for edit in reversed(dirty["edits"]):
            assert text[edit["start"] : edit["end"]] == edit["before"]
            text = text[: edit["start"]] + edit["after"] + text[edit["end"] :]
        assert text == dirty["text"]

    def test_json_is_one_array(self, run: Run) -> None:
        write("a.txt", DIRTY)
        result = run("explain", "--format", "json", "a.txt", "missing.txt")
        assert result.exit_code == 3
        first, second = json.loads(result.stdout)
        assert first["source"] == "a.txt"
        assert second == {"source": "missing.txt", "error": "No such file or directory", "text": "", "edits": []}

    def test_text_is_readable(self, run: Run) -> None:
        out = run("explain", data=DIRTY).stdout
        assert "<stdin>  utf-8 text" in out
        assert "[着名→著名]的服装品牌" in out
        assert "normalize/over-conversion" in out
        assert "stage/rule" in out
        assert "\x1b" not in out  # no colours in a pipe
        assert "nothing to do" in run("explain", data=PLAIN).stdout

    def test_a_page_cannot_control_the_terminal(self, run: Run) -> None:
        out = run("explain", data="有家着名\x1b]0;pwned\x07\x1b[2J\x9b2J品牌,在全国有一千家门店。\n").stdout
        assert not {"\x1b", "\x07", "\x9b"} & set(out)


class TestBadInput:
    def one_line(self, result: Result, start: str) -> None:
        assert result.exit_code == 3
        (line,) = result.stderr.splitlines()
        assert line.startswith(start)
        assert "Traceback" not in result.output

    def test_missing_file(self, run: Run) -> None:
        self.one_line(run("no.txt"), "cleantext: no.txt: No such file")

    def test_a_folder(self, run: Run) -> None:
        Path("folder").mkdir()
        self.one_line(run("folder"), "cleantext: folder: is a folder; clean all of it with: cleantext batch folder")

    def test_binary(self, run: Run) -> None:
        self.one_line(run(data=b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9), "cleantext: <stdin>: not text, but a PNG")
        self.one_line(run(data=bytes(1000)), "cleantext: <stdin>: not text")

    def test_empty(self, run: Run) -> None:
        result = run(data=b"")
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "cleantext: <stdin>: empty input\n")

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_unreadable(self, run: Run) -> None:
        write("secret.txt", PLAIN).chmod(0)
        self.one_line(run("secret.txt"), "cleantext: secret.txt: Permission denied")

    def test_broken_bytes_in_the_middle_lose_nothing(self, run: Run) -> None:
        data = PLAIN.encode() + b"\xff\xfe\xfd\n" + PLAIN.encode()
        page = write("page.txt", data)
        result = run(page, "-o", "clean.txt", "--trail", "t")
        assert result.exit_code == 0
        assert "page.txt: some bytes could not be decoded" in result.stderr
        assert run("restore", "clean.txt", "--trail", "t").stdout_bytes == data

    def test_others_go_on(self, run: Run) -> None:
        write("a.txt", PLAIN)
        result = run("no.txt", "a.txt", "nor.txt")
        assert result.exit_code == 3
        assert result.stdout == PLAIN
        assert len(result.stderr.splitlines()) == 2

    def test_an_internal_error_is_one_line_too(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(self: Cleaner, data: bytes, source: str) -> Cleaned:
            raise KeyError("boom")

        monkeypatch.setattr(Cleaner, "clean_bytes", broken)
        self.one_line(run(data=PLAIN), "cleantext: <stdin>: internal error, please report it: KeyError")

    def test_a_long_line(self, run: Run) -> None:
        text = PLAIN.strip() * 100_000  # 5 MB
        assert run(data=text).stdout.strip() == text

    def test_all_failed_leaves_an_older_output_alone(self, run: Run) -> None:
        write("clean.txt", "older")
        assert run("no.txt", "-o", "clean.txt").exit_code == 3
        assert Path("clean.txt").read_text() == "older"

    def test_output_that_cannot_be_written(self, run: Run) -> None:
        self.one_line(run("-o", "no/such/folder/clean.txt", data=PLAIN), "cleantext: no/such/folder/clean.txt: No such")

    def test_restore_refuses_what_does_not_fit(self, run: Run) -> None:
        page = write("page.txt", DIRTY)
        run(page, "-o", "clean.txt", "--trail", "t")
        self.one_line(run("restore", "page.txt", "--trail", "t"), "cleantext: page.txt: the clean text is not the one")
        self.one_line(run("restore", "clean.txt", "--trail", "page.txt"), "cleantext: page.txt: line 1 is not a trail")
        self.one_line(run("restore", "clean.txt", "--trail", "no"), "cleantext: no: No such file")


class TestUsage:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["--no-such-option"],
            ["--only", "nothing"],
            ["--min-confidence", "2"],
            ["--keep", "nonsense"],
            ["--encoding", "klingon"],
            ["--dictionary", "missing.tsv"],
            ["--check", "-o", "x"],
            ["--diff", "--trail", "x"],
            ["page.txt", "-o", "page.txt"],
            ["page.txt", "-o", "x", "--trail", "x"],
            ["restore", "page.txt"],
            ["batch", "page.txt"],
            ["batch", "missing", "out"],
            ["report", "."],
        ],
    )
    def test_wrong_usage_exits_with_2(self, run: Run, arguments: list[str]) -> None:
        write("page.txt", PLAIN)
        result = run(*arguments)
        assert result.exit_code == 2
        assert "Error: " in result.stderr
        assert Path("page.txt").read_text(encoding="utf-8") == PLAIN

    def test_a_bad_dictionary_names_all_its_bad_rows(self, run: Run) -> None:
        pytest.importorskip("cleantext.spun.dictionary")
        write("words.tsv", "人平易近\t人民\nno tab here\n\t空\n上风\t优势\nx\t\n")
        result = run("--dictionary", "words.tsv", data=PLAIN)
        assert result.exit_code == 2
        assert [n for n in range(1, 6) if f"words.tsv:{n}:" in result.stderr] == [2, 3, 5]

    def test_every_option_has_the_default_of_options(self) -> None:
        @click.command()
        def nothing() -> None: ...

        for option in _OPTIONS:
            nothing = option(nothing)
        for parameter in nothing.params:
            if not parameter.multiple:  # type: ignore[attr-defined]
                assert parameter.default == getattr(Options(), str(parameter.name)), parameter.name
        named = {str(parameter.name) for parameter in nothing.params}
        assert named | {"site_pairs"} == set(Options.__slots__)  # the file of --site-rules holds these, too

    def test_help(self, run: Run) -> None:
        help_text = run("--help").stdout
        assert "Examples:" in help_text
        for command in COMMANDS:
            assert command in help_text
            assert "Example" in run(command, "--help").stdout

    def test_version(self, run: Run) -> None:
        assert run("--version").stdout == f"cleantext {cleantext.__version__}\n"


def test_as_a_program(tmp_path: Path) -> None:
    """A pipe, a module run, a closed output, and bytes that are not the terminal's encoding."""
    program = [sys.executable, "-m", "cleantext"]
    done = subprocess.run(
        program, input=PLAIN.encode(), capture_output=True, env={**os.environ, "LC_ALL": "C"}, check=True
    )
    assert done.stdout == PLAIN.encode()
    page = tmp_path / os.fsdecode(b"\xff\xfe.txt")
    page.write_text(PLAIN, encoding="utf-8")
    done = subprocess.run([*program, "explain", page], capture_output=True, check=True)
    assert b"\\udcff\\udcfe.txt" in done.stdout
    big = tmp_path / "big.txt"
    big.write_text(PLAIN * 20_000, encoding="utf-8")
    shell = f"'{sys.executable}' -m cleantext '{big}' | head -c 10"
    done = subprocess.run(shell, shell=True, capture_output=True, check=True)
    assert b"Traceback" not in done.stderr


def test_api() -> None:
    cleaned = cleantext.clean(DIRTY)
    assert BODY in cleaned.text
    assert any(edit.rule == "over-conversion" for edit in cleaned.edits)
    assert cleaned.verdict.spun < 0.5
