"""The spun stage: what it repairs, and above all what it leaves alone."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt
import pytest

from cleantext import presence
from cleantext.pipeline import Cleaner
from cleantext.records import Options, Page
from cleantext.spun import RULE, SURE_RULE, find, find_many, proof
from cleantext.spun import lot as spun_lot
from cleantext.spun.context import FEATURES, feature_text, prepare, slot_features
from cleantext.spun.dictionary import load
from cleantext.spun.lot import Floats, Ints, Lot
from cleantext.spun.ngrams import (
    BACKOFF,
    ENTRIES,
    ORDER,
    PER_OCTAVE,
    STEP,
    UNSEEN,
    NgramModel,
    fingerprint,
    mixed,
    place,
)
from cleantext.spun.page import choose, judge_slots, load_decision
from cleantext.spun.proof import look_at
from cleantext.spun.rows import DictionaryError, load_user_rows
from cleantext.spun.slots import Slots, find_slots, load_models

CASES = Path(__file__).parent / "cases" / "spun"
SEED = next((Path(__file__).parents[1] / "seeds").glob("*.txt"))


def lookalikes() -> list[tuple[str, str]]:
    rows = [line.split("\t") for line in (CASES / "lookalikes.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    return [(name, text.replace("\\n", "\n")) for name, _, text in rows]


def repairs(text: str, **options: object) -> list[tuple[str, str]]:
    found = find(Page("test", text), Options(**options))  # type: ignore[arg-type]  # passed through by name
    return [(edit.before, edit.after) for edit in found.edits]


def seed() -> str:
    return SEED.read_text(encoding="utf-8")


def test_genuine_texts_that_look_spun_are_left_alone() -> None:
    deceived = [name for name, text in lookalikes() if repairs(text)]
    assert not deceived


def test_together_the_lookalikes_do_not_prove_each_other() -> None:
    """A long genuine page is made of many genuine passages: no window of it may count as spun."""
    assert not repairs("\n".join(text for _, text in lookalikes()))


def test_words_that_only_look_like_a_sure_form_are_left_alone() -> None:
    """Rare genuine words, and words that happen to meet: 究竟|结果, 跨年|夜|人潮."""
    sentences = (CASES / "innocent.txt").read_text(encoding="utf-8").splitlines()
    assert len(sentences) > 100
    assert [text for text in sentences if repairs(text)] == []


def test_pages_about_what_gets_spun_most_are_left_alone() -> None:
    """Plain sentences of web masters, shops, doctors and engineers, mixed at random (the context model knows them)."""
    lines = (CASES / "sentences.txt").read_text(encoding="utf-8").splitlines()
    sentences = sorted(line for line in lines if not line.startswith("#"))[::5]
    Random(5).shuffle(sentences)
    pages = [Page(f"{k}", "。\n".join(sentences[k : k + 25]) + "。") for k in range(0, len(sentences), 25)]
    assert len(pages) > 400
    assert not any(found.edits for found in find_many(pages, Options()))


def test_the_example_page_is_proven_and_repaired() -> None:
    found = find(Page("seed", seed()), Options())
    assert found.facts["spun"] == pytest.approx(1.0, abs=1e-3)
    pairs = {(edit.before, edit.after) for edit in found.edits}
    assert {("上风", "优势"), ("今朝", "目前"), ("泉币", "货币"), ("经由过程", "通过"), ("照样", "还是")} <= pairs
    assert all(edit.confidence >= Options().min_confidence for edit in found.edits)


def test_repaired_text_is_no_longer_proven_spun() -> None:
    once = Cleaner(Options(only=("spun",))).clean(seed())
    again = Cleaner(Options(only=("spun",))).clean(once.text)
    assert again.text == once.text


def test_detect_only_reports_and_repairs_nothing() -> None:
    found = find(Page("seed", seed()), Options(detect_only=True))
    assert not found.edits
    assert found.facts["spun"] == pytest.approx(1.0, abs=1e-3)


def test_a_higher_confidence_makes_fewer_of_the_same_repairs() -> None:
    def spots(least: float) -> set[tuple[int, str]]:
        found = find(Page("seed", seed()), Options(min_confidence=least))
        return {(edit.start, edit.after) for edit in found.edits}

    assert spots(0.97) < spots(0.8) < spots(0.5)


def test_rules_can_be_switched_off() -> None:
    found = find(Page("seed", seed()), Options(disable=(RULE, SURE_RULE)))
    assert not found.edits


def test_only_the_spun_half_of_a_page_is_repaired() -> None:
    pages = sorted((CASES.parent / "pages_dev").glob("*.txt"))[:3]
    genuine = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    page = genuine + "\n" + seed()
    found = find(Page("mixed", page), Options())
    assert found.edits
    assert min(edit.start for edit in found.edits) >= len(genuine)
    assert len(found.edits) > 60


def test_a_sure_row_fires_alone_but_not_between_quotation_marks() -> None:
    text = "会议经由过程了新的章程，与会代表一致同意，下个月开始实行，细则另行公布。"
    assert repairs(text) == [("经由过程", "通过")]
    assert not repairs("有的网页把“通过”写成“经由过程”，这是机器替换留下的痕迹，读者一看便知。")


def test_shields_keep_shorter_rows_out_of_longer_words() -> None:
    assert not repairs("他为人平易近人，大家都喜欢他。" * 3)
    slots = find_slots(Lot(["平易近人"]), load(), load_models())
    assert not len(slots)


@pytest.mark.parametrize("text", ["", "你", "hello world", "１２３\n\n", "\ud800上风上风", "上风" * 3])
def test_short_and_odd_inputs_pass(text: str) -> None:
    assert repairs(text) == []


def test_user_rows_fire_at_once_and_shields_hold(tmp_path: Path) -> None:
    rows = tmp_path / "rows.tsv"
    rows.write_text("# mine\n嗷呜体\t正文体\n上风\n", encoding="utf-8")
    text = "这段文字用嗷呜体排版，看起来很清楚，大家都说好，明天照旧用嗷呜体排版。"
    assert repairs(text, dictionaries=(str(rows),)) == [("嗷呜体", "正文体")] * 2
    assert repairs("他们管它叫“嗷呜体”，大家都这么叫。", dictionaries=(str(rows),)) == [("嗷呜体", "正文体")]
    assert ("上风", "优势") not in repairs(seed(), dictionaries=(str(rows),))


def test_all_bad_rows_are_reported_at_once(tmp_path: Path) -> None:
    rows = tmp_path / "rows.tsv"
    rows.write_text(
        "好\t坏\n好\t坏\n\t空\n一 二\t三\n甲\t乙\t丙\n长\t" + "长" * 30 + "\na\tb\tsure\tx\n", encoding="utf-8"
    )
    with pytest.raises(DictionaryError) as error:
        load_user_rows(rows)
    lines = str(error.value).splitlines()
    assert [line.split(":")[-2] for line in lines] == ["2", "3", "4", "5", "6", "7"]
    assert all(line.startswith(f"{rows}:") for line in lines)


def test_reasons_name_row_evidence_and_context() -> None:
    edit = next(e for e in find(Page("seed", seed()), Options()).edits if e.before == "上风")
    assert "优势" in edit.reason
    assert "nats" in edit.reason
    assert "of 11 on this page" in edit.reason


def test_every_feature_has_words() -> None:
    text = "我们在网站上发现了很多新的问题，需要解决。"
    hashes = slot_features(prepare(text), np.array([8]), np.array([10]))
    assert hashes.shape == (1, FEATURES)
    assert [feature_text(text, 8, 10, k) for k in range(3)] == ["frequency", "现_", "发现_"]


def test_the_dictionary_is_sound() -> None:
    """No empty or identical words, no row twice, a sure form never inside a common original, shields hold forms."""
    dictionary = load()
    seen = set()
    for row in dictionary.rows:
        assert (row.spun, row.original) not in seen
        seen.add((row.spun, row.original))
        assert row.tier == "shield" or row.spun != row.original
        assert row.spun.strip() == row.spun != ""
    sure = [row for row in dictionary.rows if row.tier == "sure"]
    assert len(sure) > 100
    assert all(row.original_count > row.spun_count for row in sure)
    originals = "\n".join(row.original for row in dictionary.rows if row.original_count > 1000)
    assert not [row.spun for row in sure if row.spun in originals]


def test_a_compound_that_only_spinners_write_is_one_slot() -> None:
    text = "小我私人以为"
    slots = find_slots(Lot([text]), load(), load_models())
    words = {text[start:end] for start, end in zip(slots.start, slots.end, strict=True)}
    assert "小我私人" in words
    assert not words & {"小我", "私人"}


def test_one_word_repeated_hundreds_of_times_is_judged() -> None:
    assert set(repairs("上风" * 330)) <= {("上风", "优势")}


def test_only_what_sees_a_change_need_be_scored_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks that score every slot again tell the same, to the last bit."""
    lot = Lot([seed(), *(text for _, text in lookalikes()[::20])])

    def judged() -> tuple[Slots, Floats]:
        return judge_slots(lot, load(), load_models(), load_decision())

    def all_see(contexts: object, spans: tuple[Ints, Ints], *_: object) -> npt.NDArray[np.bool_]:
        return np.ones(len(spans[0]), dtype=bool)

    slots, probability = judged()
    monkeypatch.setattr("cleantext.spun.page._seeing", all_see)
    again, told = judged()
    for one, other in ((probability, told), (slots.delta, again.delta), (slots.fluency, again.fluency)):
        np.testing.assert_array_equal(one, other)


def test_chosen_repairs_never_overlap() -> None:
    text = seed()
    slots, probability = judge_slots(Lot([text]), load(), load_models(), load_decision())
    chosen = choose(slots, probability, 0.3)
    ends = [int(slots.end[slots.slot[c]]) for c in chosen]
    starts = [int(slots.start[slots.slot[c]]) for c in chosen]
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def test_ngrams_are_scored_by_stupid_backoff() -> None:
    """The model against its definition (Brants et al. 2007), on counts that the table holds exactly."""
    text = "上海自来水来自海上山西运煤车煤运西山" * 8
    counts = {text[i : i + n]: 8 for n in range(1, ORDER + 1) for i in range(18)}
    table = np.zeros(ENTRIES, dtype=np.uint16)
    step = round(3 * PER_OCTAVE) + 1
    for gram in counts:
        number = 0
        for char in gram:
            number = (number * int(STEP) + ord(char)) % 2**64
        key = mixed(np.array([number], dtype=np.uint64), len(gram))
        table[place(key, 0)] = fingerprint(key) | np.uint16(step)
    count = float(np.exp((step - 1) / PER_OCTAVE * np.log(2)))

    def score(gram: str) -> float:
        if gram in counts:
            return np.log(count / 144) if len(gram) == 1 else 0.0
        return UNSEEN if len(gram) == 1 else score(gram[1:]) + (BACKOFF if gram[:-1] in counts else 0)

    asked = "上海自来水运煤西山京"
    columns = np.array([[ord(char)] for char in asked], dtype=np.uint32)
    found = NgramModel(table, 144).log_probability(columns)[:, 0]
    told = [score(asked[at - ORDER + 1 : at + 1]) for at in range(ORDER - 1, len(asked))]
    assert found == pytest.approx(told, abs=1e-4)


def test_what_the_first_look_has_scored_is_scored_the_same_by_the_others() -> None:
    rows, models = load(), load_models()
    lot = Lot([seed(), *(text for _, text in lookalikes()[:60])])
    signs = find_slots(lot, rows, models, signs_only=True)
    alone, known = find_slots(lot, rows, models), find_slots(lot, rows, models, known=signs)
    assert np.array_equal(alone.delta, known.delta)
    assert np.array_equal(alone.fluency, known.fluency)
    assert (signs.delta > 0).sum() > 100


def test_a_long_text_is_looked_at_in_stretches_as_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [seed(), *(text for _, text in lookalikes()[::12]), "1" * 90 + seed()[:300] + " \n" * 40]
    for text in ("\n".join(parts), "".join(parts).replace("\n", ""), "一二三" * 99 + "，上风", "ab" * 400 + parts[1]):
        whole, found = look_at(Lot([text]), load(), load_models(), load_decision()), repairs(text)
        with monkeypatch.context() as patched:
            for module in (presence, spun_lot, proof):
                for name, size in (("STRETCH", 700), ("LONG", 1000)):
                    patched.setattr(module, name, size, raising=False)
            lot = Lot([text])
            assert lot.is_long == (len(text) > 1000)
            seen = look_at(lot, load(), load_models(), load_decision())
            assert repairs(text) == found
        np.testing.assert_array_equal(whole.whole, seen.whole)
        assert whole.spun == seen.spun
        for one, other in zip(whole.stretches, seen.stretches, strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_text_of_digits_is_not_cut_into_stretches() -> None:
    lot = Lot([("1" * 9000 + "\n") * 40 + "清早的雾还没有散。\n"])
    assert lot.is_long
    assert [(low, high) for _, _, low, high in lot.stretches()] == [(0, len(lot.text))]
