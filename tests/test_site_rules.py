"""Lines that repeat over a site's pages: counting, the rule file, and what the judge makes of it."""

from __future__ import annotations

import pickle
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleantext.chrome import find
from cleantext.chrome.site import HEAD, SiteCounter, SiteLine, SiteRules, SiteRulesError
from cleantext.edits import apply
from cleantext.records import Options, Page
from cleantext.sites import site_of

PLACES = ["河湾", "石桥", "青山", "柳林", "云台", "白塔", "沙洲", "南屿", "平川", "长泽", "金坪", "西岭"]
# What the site prints below every article: the judge keeps it on a single page. And a motto without any telling word.
MOTTO = "河声不断，日日有闻"
LEAFLET = "欢迎拨打客服热线订阅本报，送报的师傅会上门登记。"
SENTENCES = (
    "昨天上午八点，{}的老石桥正式封闭，为期七个月的大修开始，附近的居民都来看热闹。",
    "在{}住了四十年的何大爷说，他每天都要从桥上走两趟，以后只好多绕一公里路去买菜。",
    "施工单位介绍，{}一侧的桥墩被水冲得厉害，这次要全部加固，桥面也会加宽一米半。",
    "县里已经在{}渡口安排了临时渡船，早晚高峰每十分钟一班，学生和老人免费。",
)


def page(place: str, extra: str = "", *, chrome: bool = True) -> str:
    body = "".join(sentence.format(place) + "\n" for sentence in SENTENCES)
    if not chrome:
        return f"{place}桥讯\n{body}{extra}"
    return f"首页 > 新闻 > 正文\n{place}桥讯\n{body}{extra}{LEAFLET}\n版权所有 河声网\n"


def counted(pages: list[str], site: str = "a") -> SiteRules:
    counter = SiteCounter()
    for text in pages:
        counter.add(site, text)
    return counter.rules()


def gone(text: str, rules: SiteRules | None, site: str | None = "a") -> list[str]:
    found = find(Page("a/1.txt", text), Options(site_rules=rules, site=site))
    return [edit.before.strip() for edit in found.edits]


def test_repeated_lines_are_counted() -> None:
    rules = counted([page(place) for place in PLACES])
    assert {row.line for row in rules.rows} == {"首页 > 新闻 > 正文", LEAFLET, "版权所有 河声网"}
    assert {(row.pages, row.seen) for row in rules.rows} == {(12, 12)}


def test_repetition_lets_chrome_go_and_the_reason_says_so() -> None:
    rules = counted([page(place) for place in PLACES])
    text = page("河湾")
    before, after = gone(text, None), gone(text, rules)
    assert set(after) - set(before) == {LEAFLET}
    reasons = {
        edit.before.strip(): edit.reason for edit in find(Page("a/1.txt", text), Options(site_rules=rules)).edits
    }
    assert reasons[LEAFLET].endswith("on 12 of 12 pages of this site")


def test_other_sites_are_not_touched() -> None:
    rules = counted([page(place) for place in PLACES])
    assert gone(page("河湾"), rules, "b") == gone(page("河湾"), None)
    assert gone(page("河湾"), rules, None) == gone(page("河湾"), rules)  # told from the page's source


@pytest.mark.parametrize(
    "quoted",
    [
        "床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。\n",
        "第一条：为了保护河道，保障行洪安全，制定本办法。\n",
        "结语\n河还是那条河，桥却不是那座桥了，大家说起来都有些舍不得。\n",
        "记者手记\n人们常说，桥是两岸的情书。\n",
        "我们要像爱护眼睛一样爱护这条河。\n",
        "赏析\n这首诗写的是秋夜的月光，语言平实，情意深长，读来如在眼前。\n",
        "特此通告。\n河湾县人民政府办公室\n2015年10月9日\n",
    ],
    ids=lambda text: text[:4],
)
def test_quoted_body_survives(quoted: str) -> None:
    """Body lines on every page of a site, between paragraphs, as the first lines of the text and as its last ones."""
    for chrome in (True, False):
        texts = [page(place, quoted, chrome=chrome) for place in PLACES]
        rules = counted(texts)
        assert {row.line for row in rules.rows} >= set(quoted.split())
        lost = set(gone(texts[0], rules)) - set(gone(texts[0], None))
        assert not lost & set(quoted.splitlines())
        first = [text.replace("桥讯\n", "桥讯\n" + quoted) for text in (page(p, chrome=chrome) for p in PLACES)]
        lost = set(gone(first[0], counted(first))) - set(gone(first[0], None))
        assert not lost & set(quoted.splitlines())


def test_a_clean_page_stays_untouched() -> None:
    """Without one telling line a page is no web page, whatever repeats."""
    texts = [page(place, f"{MOTTO}\n", chrome=False) for place in PLACES]
    assert not gone(texts[0], counted(texts))


def test_second_run_finds_nothing() -> None:
    rules = counted([page(place) for place in PLACES])
    text = page("河湾")
    while edits := find(Page("a/1.txt", text), Options(site_rules=rules)).edits:
        text = apply(text, edits)
    kept = [line for line in text.splitlines() if line != "河湾桥讯"]  # the title may stay
    assert kept == [sentence.format("河湾") for sentence in SENTENCES]


def test_copies_of_a_page_prove_nothing() -> None:
    counter = SiteCounter()
    for n in range(9):
        counter.add("a", page("河湾"), str(n))
    assert not counter.rules()


@given(st.randoms(use_true_random=False), st.integers(0, 40))
def test_order_and_split_do_not_matter(random: Random, cut: int) -> None:
    pages = [(f"s{n % 7}", page(PLACES[n % 12], f"{n}\n"), str(n)) for n in range(40)]
    wanted = SiteCounter(17, 60)
    for one in pages:
        wanted.add(*one)
    random.shuffle(pages)
    left, right = SiteCounter(17, 60), SiteCounter(17, 60)
    for counter, part in ((left, pages[:cut]), (right, pages[cut:])):
        for one in part:
            counter.add(*one)
    left.sample.merge(right.sample)
    assert left.rules() == wanted.rules()


def test_memory_is_bounded() -> None:
    counter = SiteCounter(20, 100)
    for n in range(300):
        counter.add(f"s{n % 30}", page(PLACES[n % 12], f"{n}\n"), str(n))
    assert len(counter.sample) <= 100
    assert counter.sample.wants("t", "1") in (True, False)


def test_pages_outside_of_the_sample_need_not_be_read() -> None:
    counter = SiteCounter(5)
    for n in range(50):
        if counter.sample.wants("a", str(n)):
            counter.add("a", page(PLACES[n % 12]), str(n))
    other = SiteCounter(5)
    for n in range(50):
        other.add("a", page(PLACES[n % 12]), str(n))
    assert counter.rules() == other.rules()


LINES = st.builds(
    SiteLine,
    st.text(max_size=9),
    st.integers(3, 128),
    st.just(3),
    st.sampled_from(["首页", "a b", "\\u0009x", "\x85x\u2028"]),
)


@given(st.lists(LINES, max_size=5, unique=True))
def test_the_rule_file_reads_back(rows: list[SiteLine]) -> None:
    rules = SiteRules(tuple(sorted(rows)))
    table = rules.dump()
    table.encode("utf-8")
    assert SiteRules.parse(table) == rules
    assert SiteRules.parse(table.replace("\n", "\r\n")) == rules
    assert pickle.loads(pickle.dumps(rules)) == rules
    assert hash(rules) == hash(SiteRules.parse(table))


def test_rows_can_be_removed_and_commented() -> None:
    rules = SiteRules.parse(f"{HEAD}\n# mine\na\t9\t8\t 河声　早报 \n\n")
    assert rules.rows == (SiteLine("a", 9, 8, "河声 早报"),)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("a\t9\t8", "row 2"),
        ("a\t9\t8\t首页\t", "row 2"),
        ("a\t8\t9\t首页", "no count"),
        ("a\t9\t0\t首页", "no count"),
        ("a\t-9\t-9\t首页", "no count"),
        ("a\t9\t" + "9" * 5000 + "\t首页", "row 2"),
        ("a\t９\t８\t首页", "no count"),
        ("a\t9\t8\t", "no line"),
        ("a\t9\t8\t \u200b", "no line"),
        ("a\t9\t8\t首页\\u000a次页", "no line"),
        ("a\t9\t8\t" + "长" * 5000, "row 2"),
        ("\x00" * 9, "row 2"),
    ],
)
def test_bad_rows_are_named(row: str, why: str) -> None:
    with pytest.raises(SiteRulesError, match=why):
        SiteRules.parse(f"{HEAD}\n{row}\n")


@pytest.mark.parametrize("table", ["", "\x80\x04", "import os", "spun\toriginal", "{}"])
def test_other_files_are_refused(table: str) -> None:
    with pytest.raises(SiteRulesError, match="row 1"):
        SiteRules.parse(table)


@pytest.mark.parametrize(
    ("source", "site"),
    [
        ("a.txt", ""),
        ("news/a.txt", "news"),
        ("news/2012/a.txt", "news/2012"),
        ("news\\a.txt", "news"),
        ("https://www.example.com:8080/a/b.html?x=/", "example.com"),
        ("http://User:pw@Sub.Example.com", "sub.example.com"),
        ("<text>", ""),
    ],
)
def test_the_site_is_told_from_the_source(source: str, site: str) -> None:
    assert site_of(source) == site
