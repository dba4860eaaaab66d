"""The topic model: a page as a whole tells which of two words belongs there."""

from __future__ import annotations

import numpy as np
import pytest

from cleantext.presence import bind
from cleantext.spun.context import word_hashes
from cleantext.spun.topic import UNIT, TopicModel, bigrams, load_topics

WEBMASTER = (
    "站长每天都要查看网站的收录和关键词排名。外链的质量比数量重要，友情链接要找权重高的站点交换，"
    "标题和描述里出现关键词，百度蜘蛛才容易抓取页面，流量自然会慢慢上来。"
)
GOVERNMENT = (
    "国务院办公厅印发通知，要求各级人民政府和有关部门依法依规落实法律法规，加强监督检查，"
    "严肃查处违法违纪行为，对拒不整改的单位依法追究行政责任。"
)


def lead(text: str, one: str, other: str) -> float:
    model = load_topics()
    words = model.places(word_hashes([one, other]))
    return float(model.lead(model.directions(bind([text])), words[:1], words[1:])[0])


@pytest.mark.parametrize(("one", "other"), [("推广", "执行"), ("链接", "联系"), ("优化", "改善")])
def test_a_page_about_websites_has_other_words_than_one_about_policies(one: str, other: str) -> None:
    assert lead(WEBMASTER, one, other) > 0 > lead(GOVERNMENT, one, other)
    assert lead(WEBMASTER, one, other) - lead(GOVERNMENT, one, other) > 1


def test_a_lead_turns_its_sign_with_the_words() -> None:
    assert lead(WEBMASTER, "推广", "执行") == -lead(WEBMASTER, "执行", "推广")


@pytest.mark.parametrize(
    ("text", "word"), [("", "推广"), ("hello, world", "推广"), ("□△ 一", "推广"), (WEBMASTER, "无此词也")]
)
def test_what_is_not_known_says_nothing(text: str, word: str) -> None:
    assert lead(text, word, "执行") == 0


def test_a_direction_does_not_depend_on_the_other_texts() -> None:
    model, texts = load_topics(), [WEBMASTER, "", GOVERNMENT * 30, "站"]
    together = model.directions(bind(texts))
    alone = np.vstack([model.directions(bind([text])) for text in texts])
    np.testing.assert_array_equal(together, alone)
    lengths = np.linalg.norm(together, axis=1)
    assert lengths[[0, 2]] == pytest.approx(UNIT, rel=0.01)
    assert not lengths[[1, 3]].any()


def test_no_bigram_reaches_across_texts_or_other_characters() -> None:
    at, number = bigrams(bind(["甲乙", "丙a丁戊"]).codes)
    assert at.tolist() == [0, 5]
    assert len(set(number.tolist())) == 2


def test_products_are_exact_in_single_precision() -> None:
    """Partial sums are below 2^24, by Cauchy and Schwarz: no score depends on the order of summing up."""
    model = load_topics()
    longest = np.linalg.norm(model.word_vector.astype(float), axis=1).max()
    assert 2 * longest * UNIT * 1.01 < 2**24


def test_a_model_of_two_words_scores_as_its_formula_says() -> None:
    number = bigrams(bind(["山水"]).codes)[1]
    vectors = np.array([[3, -4]], dtype=np.int8), np.array([[10, 0], [0, 5]], dtype=np.int8)
    hashes, constant = np.array([7, 9], dtype=np.uint32), np.array([0.5, -1.0], dtype=np.float32)
    model = TopicModel(number, vectors[0], hashes, vectors[1], constant, 0.25 / UNIT)
    direction = model.directions(bind(["山水，山水"]))
    np.testing.assert_allclose(direction / UNIT, [[0.6, -0.8]], atol=1e-3)
    found = model.lead(direction, *(model.places(hashes[[k]]) for k in (0, 1)))
    assert found == pytest.approx(0.25 * (10 * 0.6 - 5 * -0.8) + 0.5 + 1.0, abs=1e-2)
