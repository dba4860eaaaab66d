"""README says what is true: its examples are run."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from cleantext import spun, tidy
from cleantext.chrome import lexicon, verdict
from cleantext.cli import main
from cleantext.inline import rules as inline_rules
from cleantext.inline import title
from cleantext.normalize import rules as normalize_rules
from cleantext.normalize import script
from cleantext.pipeline import Cleaner
from cleantext.records import STAGE_NAMES

ROOT = Path(__file__).parents[1]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
BLOCK_RE = re.compile(r"(?:<!-- (?P<mark>\w+) -->\n)?```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)

both = pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)


def blocks(readme: Path, kind: str = "", mark: str = "") -> list[str]:
    found = BLOCK_RE.finditer(readme.read_text(encoding="utf-8"))
    return [m["body"] for m in found if (not kind or m["kind"] == kind) and (not mark or m["mark"] == mark)]


@both
def test_console_examples(readme: Path, tmp_path: Path) -> None:
    """Every `$ command`, in order, in one folder; the lines behind it are its output."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "cleantext"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cleantext "$@"\n')
    program.chmod(0o755)
    env = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    env["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    examples = [part for body in blocks(readme, "console") for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]]
    assert len(examples) >= 5
    for example in examples:
        command, _, want = example.partition("\n")
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        assert (done.stdout, done.stderr, done.returncode) == (want, "", 0), command


@both
def test_python_examples(readme: Path) -> None:
    result = doctest.testfile(str(readme), module_relative=False, encoding="utf-8")
    assert result.attempted >= 5
    assert result.failed == 0


@both
def test_before_and_after_are_the_example_page(readme: Path, seeds: list[Path]) -> None:
    text = seeds[0].read_text(encoding="utf-8")
    clean = Cleaner().clean(text).text
    (before,), (after,) = blocks(readme, mark="before"), blocks(readme, mark="after")
    assert all(line in text for line in before.splitlines())
    assert all(line in clean for line in after.splitlines())
    gone = [line for line in before.splitlines() if line not in clean]
    assert len(gone) >= len(before.splitlines()) - 1  # only the title stays as it was


@both
def test_every_option_and_command_is_documented(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    context = click.Context(main)
    for name in main.list_commands(context):
        assert re.search(rf"cleantext \[?{name}\b", text), name
    command = main.get_command(context, "clean")
    assert command is not None
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name != "help":
            assert max(parameter.opts, key=len) in text or parameter.opts[0] in text, parameter.name


RULE_ROW_RE = re.compile(rf"^\| ({'|'.join(STAGE_NAMES)}) \| ((?:`[a-z0-9-]+` ?)+)\|$", re.MULTILINE)


def rules_in_code() -> dict[str, list[str]]:
    """The names of the rules, from where the stages keep them."""
    return {
        "normalize": [*(rule.name for rule in normalize_rules.RULES), script.RULE],
        "chrome": [*lexicon.FAMILIES, verdict.BOILERPLATE],
        "inline": [*(rule.name for rule in inline_rules.RULES), title.SUFFIX, title.PREFIX],
        "tidy": ["edge-blank", "blank-run", "leading-space", "trailing-space", tidy.wrap.NAME, "last-line-end"],
        "spun": [spun.RULE, spun.SURE_RULE],
    }


@both
def test_every_rule_is_listed(readme: Path) -> None:
    rows = RULE_ROW_RE.findall(readme.read_text(encoding="utf-8"))
    assert {stage: re.findall(r"[a-z0-9-]+", names) for stage, names in rows} == rules_in_code()


def test_the_tidy_rules_are_those_in_its_code() -> None:
    source = Path(str(tidy.__file__)).read_text(encoding="utf-8")
    assert set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source)) == set(rules_in_code()["tidy"]) - {tidy.wrap.NAME}


def test_no_case_makes_edits_of_other_rules(seeds: list[Path]) -> None:
    known = {(stage, rule) for stage, rules in rules_in_code().items() for rule in rules}
    for path in (*seeds, *sorted((ROOT / "tests/cases/pages_dev").glob("*.txt"))):
        made = {(t.stage, t.edit.rule) for t in Cleaner().clean_bytes(path.read_bytes(), path.name).trail}
        assert made <= known, path


def test_both_readmes_hold_the_same_commands() -> None:
    for kind, mark in (("sh", "install"), ("sh", "test"), ("console", ""), ("text", "before"), ("text", "after")):
        assert blocks(READMES[0], kind, mark) == blocks(READMES[1], kind, mark)


def test_the_install_command_uses_only_python_and_pip() -> None:
    (command,) = blocks(READMES[0], mark="install")
    assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert shutil.which("python3")
