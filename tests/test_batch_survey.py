"""The first pass of a batch: evidence that depends on the inputs alone, and what becomes of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_batch import tree
from test_site_rules import LEAFLET, PLACES, page

from cleantext.batch.journal import read_rows
from cleantext.batch.plan import BatchOptions
from cleantext.batch.run import run
from cleantext.batch.survey import counters, survey_tasks
from cleantext.batch.walk import Input
from cleantext.chrome.site import SiteRules
from cleantext.cli import main
from cleantext.records import Options


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    """Two sites: of one every page ends with a leaflet that no single page gives away."""
    source = tmp_path / "scraped"
    for site in ("a", "b"):
        (source / site).mkdir(parents=True)
        for k, place in enumerate(PLACES):
            text = page(place) if site == "a" else page(place).replace(LEAFLET, place * 9)
            (source / site / f"{k}.txt").write_text(text, encoding="utf-8")
    return source


def test_repeated_lines_go_with_any_number_of_workers(sites: Path, tmp_path: Path) -> None:
    run(sites, tmp_path / "one", batch=BatchOptions(jobs=1))
    run(sites, tmp_path / "two", batch=BatchOptions(jobs=2, save_site_rules=str(tmp_path / "rules.tsv")))
    out = tree(tmp_path / "one")
    assert out == tree(tmp_path / "two")
    assert not any(LEAFLET.encode() in data for data in out.values())
    run(sites, tmp_path / "none", batch=BatchOptions(survey=False))
    assert all(LEAFLET.encode() in data for name, data in tree(tmp_path / "none").items() if name.startswith("a/"))
    rules = (tmp_path / "rules.tsv").read_text(encoding="utf-8")
    assert rules == (tmp_path / "one/.cleantext/site-rules.tsv").read_text(encoding="utf-8")
    assert {row.site for row in SiteRules.parse(rules).rows} == {"a", "b"}


def test_the_pipe_gives_the_same_with_the_same_rules(sites: Path, tmp_path: Path) -> None:
    words = ["--save-site-rules", str(tmp_path / "rules.tsv")]
    assert CliRunner().invoke(main, ["batch", str(sites), str(tmp_path / "out"), *words]).exit_code == 0
    again = ["--site-rules", str(tmp_path / "rules.tsv"), "--site", "a"]
    piped = CliRunner().invoke(main, ["clean", str(sites / "a/1.txt"), *again])
    assert piped.stdout_bytes == (tmp_path / "out/a/1.txt").read_bytes()
    words = ["--site-rules", str(tmp_path / "rules.tsv")]
    assert CliRunner().invoke(main, ["batch", str(sites), str(tmp_path / "more"), *words]).exit_code == 0
    assert tree(tmp_path / "more") == tree(tmp_path / "out")


def test_a_bad_rule_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.tsv").write_text("no rules", encoding="utf-8")
    done = CliRunner().invoke(main, ["clean", "--site-rules", str(tmp_path / "bad.tsv")], input=b"x")
    assert done.exit_code == 2
    assert "row 1" in done.stderr


def test_a_page_more_of_a_site_does_that_site_again(sites: Path, tmp_path: Path) -> None:
    run(sites, tmp_path / "out")
    (sites / "b/new.txt").write_text(page("新桥"), encoding="utf-8")
    run(sites, tmp_path / "out")
    assert {row.source.partition("/")[0] for row in read_rows(tmp_path / "out") if not row.resumed} == {"b"}
    run(sites, tmp_path / "fresh")
    assert tree(tmp_path / "out") == tree(tmp_path / "fresh")


def test_records_with_a_site_of_their_own(tmp_path: Path) -> None:
    places = [{"text": page(place), "url": f"http://www.a.example/{k}"} for k, place in enumerate(PLACES)]
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in places)
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8")
    run(tmp_path / "a.jsonl", tmp_path / "out", batch=BatchOptions(site_field="url"))
    assert LEAFLET not in (tmp_path / "out/a.jsonl").read_text(encoding="utf-8")
    run(tmp_path / "a.jsonl", tmp_path / "out")  # of no known site
    assert LEAFLET in (tmp_path / "out/a.jsonl").read_text(encoding="utf-8")
    run(tmp_path / "a.jsonl", tmp_path / "out", Options(site="a"))
    assert LEAFLET not in (tmp_path / "out/a.jsonl").read_text(encoding="utf-8")


def test_only_a_sample_of_a_large_site_is_read() -> None:
    inputs = [Input(f"site/{k}.txt", "", size=1000) for k in range(5000)]
    asked = [item for task in survey_tasks(inputs, Options(), BatchOptions()) for item in task.inputs]
    assert 128 <= len(asked) < 1000  # 128 (1 + ln(5000 / 128)) = 597 are wanted at first


def test_nothing_is_counted_that_has_no_use() -> None:
    assert counters(Options(skip=("chrome", "spun"))) == counters(Options(only=("tidy",))) == ()
    assert counters(Options(site_rules=SiteRules())) == ()


def test_in_place_a_run_that_was_stopped_keeps_its_rules(sites: Path, tmp_path: Path) -> None:
    batch = BatchOptions(in_place=True, backup=str(tmp_path / "backup"), jobs=1)
    run(sites, tmp_path / "want", batch=BatchOptions(jobs=1))
    want, before = tree(tmp_path / "want"), tree(sites)
    done = 0

    def stop(_: object) -> None:
        nonlocal done
        done += 1
        if done == 7:
            raise KeyboardInterrupt

    assert run(sites, batch=batch, progress=stop).interrupted
    assert (sites / ".cleantext/notes").is_dir()
    assert not run(sites, batch=batch).interrupted
    assert tree(sites) == want
    assert tree(tmp_path / "backup") == before
    assert not (sites / ".cleantext/notes").exists()
    assert run(sites, batch=batch).resumed == 24
