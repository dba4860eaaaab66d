"""What the spun pages of a site tell about each other: the pairs of its spinner."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st
from test_batch import tree

from cleantext import sitefile
from cleantext.batch.plan import BatchOptions
from cleantext.batch.run import run
from cleantext.cli import main
from cleantext.records import Options, Page
from cleantext.spun import find, pairs_of
from cleantext.spun.dictionary import Dictionary, load
from cleantext.spun.site import HEAD, Candidates, PairCounter, SitePairs, SitePairsError, needed_rows, pair

PAGES = Path(__file__).parent / "cases" / "pages_dev"


def articles() -> list[str]:
    """The body lines of pages that were written for this project."""
    found = []
    for path in sorted(PAGES.glob("*.txt")):
        tags = path.with_suffix(".tags").read_text(encoding="utf-8").split()
        lines = path.read_bytes().decode("utf-8").split("\n")
        found.append("".join(line + "\n" for line, tag in zip(lines, tags, strict=False) if tag.startswith("K")))
    return found


def spin(text: str, forms: dict[str, str]) -> tuple[str, dict[tuple[int, int], str]]:
    """Replace every word that the spinner has; and the original of each spun place."""
    out, at = "", 0
    truth: dict[tuple[int, int], str] = {}
    while at < len(text):
        word = next((text[at : at + n] for n in (4, 3, 2) if text[at : at + n] in forms), "")
        if word:
            truth[len(out), len(out) + len(forms[word])] = word
        out, at = out + (forms[word] if word else text[at]), at + max(len(word), 1)
    return out, truth


def spun_articles() -> list[tuple[str, dict[tuple[int, int], str]]]:
    """The articles by a spinner with one spun form for each word that it has."""
    known = [row for row in load().rows if "typical" in row.kinds and row.family == "seo09"]
    forms = {row.original: row.spun for row in reversed(known)}
    return [spin(text, forms) for text in articles()]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of spun pages, and one of clean ones."""
    for name, texts in (("spun", [text for text, _ in spun_articles()]), ("clean", articles())):
        (tmp_path / "scraped" / name).mkdir(parents=True)
        for number, text in enumerate(texts):
            (tmp_path / "scraped" / name / f"{number}.txt").write_text(text, encoding="utf-8")
    return tmp_path / "scraped"


def forms_of_one_original(rows: Dictionary) -> tuple[int, int]:
    """Two rows of the same original."""
    first: dict[str, int] = {}
    return next((k, one) for k, row in enumerate(rows.rows) if (one := first.setdefault(row.original, k)) != k)


def candidates(rows: list[int], chance: float) -> Candidates:
    """Each row at a place of its own."""
    return Candidates(np.arange(len(rows)), np.array(rows), np.full(len(rows), chance, dtype=np.float32))


def weighed(rows: Dictionary, pages: list[list[int]], mine: list[int]) -> dict[int, float]:
    """What becomes of a probability of 0.6 for each row of `mine`, on a site with these pages."""
    table = SitePairs(tuple(sorted(("s", tuple(sorted(pair(rows.rows[row]) for row in page))) for page in pages)))
    found, _ = table.weigh("s", candidates(mine, 0.6), rows)
    return dict(zip(mine, found.tolist(), strict=True))


def test_pages_that_need_a_pair_make_it_likelier_and_other_forms_of_its_original_less_likely() -> None:
    rows = load()
    row, other_form = forms_of_one_original(rows)
    found = weighed(rows, [[row, 5000 + k] for k in range(4)], [row, other_form])
    assert found[row] > 0.75
    assert found[other_form] < 0.4


def test_pages_of_another_spinner_count_for_nothing() -> None:
    """They need the same originals as this page, but for other spun forms."""
    rows = load()
    by_original: dict[str, list[int]] = {}
    for number, row in enumerate(rows.rows):
        by_original.setdefault(row.original, []).append(number)
    twice = [numbers for numbers in by_original.values() if len(numbers) > 1][:8]
    mine, theirs = [numbers[0] for numbers in twice], [numbers[1] for numbers in twice]
    found = weighed(rows, [[*theirs, 17000 + k] for k in range(5)], mine)
    assert {round(chance, 4) for chance in found.values()} == {0.6}


def test_a_page_and_its_copies_prove_nothing() -> None:
    rows = load()
    mine = [*range(0, 4000, 200)]
    assert {round(chance, 4) for chance in weighed(rows, [mine, [*mine, 9999]], mine).values()} == {0.6}


def test_only_the_best_of_a_slot_is_needed() -> None:
    chances = np.array([0.9, 0.8, 0.3, 0.3, 0.2], dtype=np.float32)
    found = needed_rows(Candidates(np.array([0, 0, 1, 2, 2]), np.array([7, 8, 9, 9, 8]), chances))
    assert found.tolist() == [7, 9]  # 8 is likely, but 7 likelier; 9 is needed twice, if hardly at each place


def test_what_is_ruled_out_stays_out() -> None:
    rows = load()
    table = SitePairs((("s", (pair(rows.rows[7]),)),))
    found, pages = table.weigh("s", candidates([7], 0.0), rows)
    assert (found.tolist(), pages.tolist()) == ([0.0], [1])
    found, pages = table.weigh("another", candidates([7], 0.5), rows)
    assert (found.tolist(), pages.tolist()) == ([0.5], [0])


@given(st.randoms(use_true_random=False), st.integers(0, 40))
def test_order_and_split_do_not_matter(random: Random, cut: int) -> None:
    pages = [(f"s{n % 7}", str(n), [f"甲{n % 5}>乙", f"丙>{n}"] if n % 3 else []) for n in range(40)]
    wanted = PairCounter(17, 60)
    for one in pages:
        wanted.add(*one)
    random.shuffle(pages)
    left, right = PairCounter(17, 60), PairCounter(17, 60)
    for counter, part in ((left, pages[:cut]), (right, pages[cut:])):
        for one in part:
            counter.add(*one)
    left.sample.merge(right.sample)
    assert left.pairs() == wanted.pairs()


WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=4)
TABLES = st.lists(st.tuples(st.text(max_size=6), st.sets(st.builds("{}>{}".format, WORDS, WORDS), min_size=1)))


@given(TABLES)
@example([("#1", {"#>\t", "\\u0023>#"})])
def test_a_table_is_read_back_as_it_was(pages: list[tuple[str, set[str]]]) -> None:
    table = SitePairs(tuple(sorted({(site, tuple(sorted(pairs))) for site, pairs in pages})))
    assert SitePairs.parse(table.dump()) == table
    rules, pairs = sitefile.parse(sitefile.dump(Options(site_pairs=table)))
    assert (not rules, pairs) == (True, table)


@pytest.mark.parametrize("row", ["site", "site\t", "site\t今朝", "site\t今朝>目前\t上风"])
def test_a_bad_row_is_named(row: str) -> None:
    with pytest.raises(SitePairsError, match="row 3"):
        SitePairs.parse(f"{HEAD}\n\n{row}\n")
    lines = sitefile.dump(Options())
    with pytest.raises(SitePairsError, match="row 3"):
        sitefile.parse(f"{lines}{HEAD}\n{row}\n")


def test_a_folder_gives_the_same_bytes_with_any_number_of_workers_and_in_the_pipe(site: Path, tmp_path: Path) -> None:
    run(site, tmp_path / "one", batch=BatchOptions(jobs=1))
    rules = tmp_path / "rules.tsv"
    run(site, tmp_path / "two", batch=BatchOptions(jobs=2, save_site_rules=str(rules)))
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    _, pairs = sitefile.parse(rules.read_text(encoding="utf-8"))
    assert {name for name, _ in pairs.rows} == {"spun"}
    words = ["clean", str(site / "spun" / "3.txt"), "--site-rules", str(rules), "--site", "spun"]
    assert CliRunner().invoke(main, words).stdout_bytes == (tmp_path / "one/spun/3.txt").read_bytes()
    run(site, tmp_path / "none", batch=BatchOptions(survey=False))
    with_pairs, without = tree(tmp_path / "one"), tree(tmp_path / "none")
    assert with_pairs != without
    assert all(with_pairs[name] == without[name] for name in without if name.startswith("clean"))


def test_a_site_finds_more_of_its_spinners_words() -> None:
    """Most of what the site's help adds is right, on pages that are full of genuine look-alikes."""
    spun = spun_articles()
    pages = [Page(f"spun/{number}", text) for number, (text, _) in enumerate(spun)]
    counter = PairCounter()
    for page, pairs in zip(pages, pairs_of(pages, Options()), strict=True):
        counter.add("spun", page.source, pairs)

    def judged(options: Options) -> tuple[int, int]:
        """Right and wrong repairs."""
        edits = [
            (edit, truth) for page, (_, truth) in zip(pages, spun, strict=True) for edit in find(page, options).edits
        ]
        assert any("of this site" in edit.reason for edit, _ in edits) == (options.site_pairs is not None)
        right = sum(truth.get((edit.start, edit.end)) == edit.after for edit, truth in edits)
        return right, len(edits) - right

    (right, wrong), (more_right, more_wrong) = judged(Options()), judged(Options(site_pairs=counter.pairs()))
    assert more_right - right >= 30
    assert more_right - right > 2 * (more_wrong - wrong)


def test_no_pairs_without_repairs(tmp_path: Path, site: Path) -> None:
    for name, options in (("detect", Options(detect_only=True)), ("off", Options(disable=("spun-word",)))):
        run(site, tmp_path / name, options)
        rules, pairs = sitefile.parse((tmp_path / name / ".cleantext/site-rules.tsv").read_text(encoding="utf-8"))
        assert not pairs
