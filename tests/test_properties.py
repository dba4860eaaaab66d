"""Promises of the whole pipeline, for any text: restored byte for byte, valid edits, cleaned twice like once."""

from __future__ import annotations

import pickle
import random
import re
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleantext import pipeline
from cleantext.edits import apply, invert
from cleantext.pipeline import Cleaner
from cleantext.records import Cleaned, Edit, Options, Page, StageEdits
from cleantext.trail import dump, load, output_bytes, restore, trail_of

SEEDS = sorted((Path(__file__).parents[1] / "seeds").glob("*.txt"))
SEED_LINES = [line for path in SEEDS for line in path.read_text(encoding="utf-8").splitlines()]

# What rules look for, and characters between which they must not stumble.
PIECES = [
    *"的了是在,。!?:;“”《》()()[]【】 \t　\n\r\u200b\ufeff\ue000\ufffd\U0001f600áè",
    *re.findall(r"\S+", "着名 关於 甚麽 乾净 区(qū) 块(kuài) 链(liàn) 繁體字與簡體字 這個國家 加微信abc123 版权所有"),
    *re.findall(
        r"\S+", "经由过程 上风 泉币 弗成 今朝 是以 人平易近 &nbsp; &amp;lt; <p> <br/> </div> http://a.cn/b?c=d"
    ),
    *(
        "\r\n",
        "\n\n\n",
        "首页 > 新闻 > 正文",
        "上一篇:没有了",
        "责任编辑:张三",
        "本 文 件 按 照",
        "9 r& u7 q& h",
        "www.vhao.net",
    ),
    "一二三四五六七八九十" * 4,
]

SCRAPS = st.lists(st.sampled_from(PIECES) | st.sampled_from(SEED_LINES), max_size=30).map("".join)
TEXTS = SCRAPS | st.text(max_size=200)
OPTIONS = st.sampled_from(
    [
        Options(input_format="text"),
        Options(input_format="text", script="simplified"),
        Options(input_format="text", min_confidence=0.0),
        Options(input_format="text", detect_only=True, keep=("metadata",)),
        Options(input_format="text", only=("normalize", "tidy")),
    ]
)


@st.composite
def mutated_seeds(draw: st.DrawFn) -> str:
    """The example page with lines dropped, doubled, moved, and characters put in."""
    dice = random.Random(draw(st.integers(0, 2**32)))
    lines = [line for line in SEED_LINES if dice.random() < 0.7]
    for _ in range(dice.randrange(6)):
        lines.insert(dice.randrange(len(lines) + 1), dice.choice([*SEED_LINES, *PIECES]))
    text = dice.choice(["\n", "\r\n", "\n\n"]).join(lines)
    for _ in range(dice.randrange(6)):
        at = dice.randrange(len(text) + 1)
        text = text[:at] + dice.choice(PIECES) + text[at + dice.randrange(3) :]
    return text


def check(cleaned: Cleaned, again: Cleaned | None = None) -> None:
    """What holds of every page."""
    original = cleaned.page.text
    assert apply(original, cleaned.edits) == cleaned.text  # raises unless sorted, disjoint, and `before` stands there
    assert apply(cleaned.text, invert(cleaned.edits)) == original
    for edit in cleaned.edits:
        assert edit.before != edit.after
        assert edit.rule
        assert edit.reason
        assert 0 <= edit.confidence <= 1
    assert 0 <= cleaned.verdict.spun <= 1
    assert cleaned.text.strip() or not original.strip()  # never an empty output for a page with text
    if again is not None:
        assert again.text == cleaned.text, again.edits[:5]


@given(TEXTS, OPTIONS)
@example("", Options())
@example("\n", Options())
@example("\ufeff", Options())
def test_any_text(text: str, options: Options) -> None:
    cleaned = Cleaner(options).clean(text)
    check(cleaned, Cleaner(options).clean(cleaned.text))


def test_repairs_that_never_settle_are_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def restless(pages: Sequence[Page], options: Options) -> list[StageEdits]:
        other = {"甲": "乙", "乙": "甲"}
        found = ((at, char) for at, char in enumerate(pages[0].text) if char in other)
        return [StageEdits("spun", [Edit(at, at + 1, char, other[char], "test", "again", 1.0) for at, char in found])]

    monkeypatch.setattr(pipeline, "STAGES", (*pipeline.STAGES[:-1], ("spun", restless)))
    text = "一个甲和一个乙,&nbsp;都没有完。\n\n\n\n\n第二段说的是别的事情。  \n"
    cleaned = Cleaner().clean(text)
    check(cleaned, Cleaner().clean(cleaned.text))
    assert cleaned.verdict.flags == ("not-converged",)
    assert cleaned.text == Cleaner(Options(skip=("spun",))).clean(text).text != text


@given(mutated_seeds())
def test_mutated_pages(text: str) -> None:
    options = Options(input_format="text")
    cleaned = Cleaner(options).clean(text)
    check(cleaned, Cleaner(options).clean(cleaned.text))


@given(st.binary(max_size=400) | TEXTS.map(lambda text: text.encode("utf-8", "replace")), st.binary(max_size=3))
def test_any_bytes(data: bytes, broken: bytes) -> None:
    data = data[: len(data) // 2] + broken + data[len(data) // 2 :]
    try:
        cleaned = Cleaner().clean_bytes(data, "page")
    except ValueError:  # not text; the command line says so and goes on
        return
    check(cleaned)
    (trail,) = load(dump(trail_of(cleaned, data)))
    restored = restore(output_bytes(cleaned), trail)
    assert restored == data or cleaned.page.origin.kind == "html"
    output_bytes(cleaned).decode("utf-8")


@given(st.lists(TEXTS, min_size=2, max_size=5))
def test_a_page_never_depends_on_the_pages_before_it(texts: list[str]) -> None:
    cleaner = Cleaner()
    forwards = [cleaner.clean(text).text for text in texts]
    backwards = [cleaner.clean(text).text for text in reversed(texts)]
    assert forwards == backwards[::-1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be"])
def test_the_example_page_in_any_encoding(encoding: str) -> None:
    text = SEEDS[0].read_text(encoding="utf-8")
    data = text.encode(encoding)
    cleaned = Cleaner().clean_bytes(data, "page")
    assert cleaned.text == Cleaner().clean(text).text
    assert restore(output_bytes(cleaned), trail_of(cleaned, data)) == data


# Strings that make a pattern with nested repetitions run for ever, and page-long runs of what rules look for.
ADVERSARIAL = [
    *(
        "a",
        "<",
        "<a ",
        "</",
        "&",
        "&#",
        "&amp;",
        " ",
        "\t",
        "\n",
        "\r\n",
        "(",
        "((((",
        "[",
        "【",
        "《",
        "“",
        ".",
        "·",
        "-",
        "_",
    ),
    *(
        "http://",
        "www.",
        "a.",
        "a@",
        "w.w",
        "啊",
        "啊 ",
        "啊,",
        "(qū)",
        "區(qū)",
        "9 r& ",
        "&nbsp;",
        "<p>",
        "<!--",
        "\u200b",
        "\ufffd",
    ),
    *(
        "Ａ",
        "２０",
        "上一篇:",
        "首页 > ",
        "责任编辑:",
        "第1页 ",
        "来源[",
        "(a(",
        "。。",
        "“”",
        "着名",
        "经由过程",
        "\ue000",
        "é",
        "👨\u200d",
    ),
]
ADVERSARIAL_CHARS = 30_000
ADVERSARIAL_SECONDS = 10  # processor time; at the promised 2 MB/s such a page takes 0.05


@pytest.mark.parametrize("piece", ADVERSARIAL)
def test_no_string_takes_for_ever(piece: str) -> None:
    text = (piece * (ADVERSARIAL_CHARS // len(piece)))[:ADVERSARIAL_CHARS]
    for page in (text, text + "!", "今天" + text + "天气。\n"):
        began = time.process_time()
        Cleaner(Options(script="simplified")).clean(page)
        assert time.process_time() - began < ADVERSARIAL_SECONDS


def test_a_cleaner_survives_pickling() -> None:
    cleaner = Cleaner(Options(script="simplified", dictionaries=("mine.tsv",)))
    assert pickle.loads(pickle.dumps(cleaner)) == cleaner


def alike(cleaned: Cleaned) -> tuple[object, ...]:
    """What a page has become."""
    return cleaned.text, cleaned.trail, cleaned.verdict


def test_pages_together_become_what_each_becomes_alone() -> None:
    """Spun, dirty, genuine and empty pages in one lot, in two orders: no page tells on another."""
    cases = Path(__file__).parent / "cases"
    texts = [path.read_text(encoding="utf-8") for path in [*SEEDS, *sorted((cases / "pages_dev").glob("*.txt"))]]
    rows = (cases / "spun" / "lookalikes.tsv").read_text(encoding="utf-8").splitlines()[1::6]
    texts += ["", "\n", "好", *(row.split("\t")[2].replace("\\n", "\n") for row in rows)]
    texts.append("\n".join(texts[-5:]) + "\n" + SEEDS[0].read_text(encoding="utf-8") * 3)  # longer than a window
    cleaner = Cleaner(Options(input_format="text"))
    pages = [Page(str(number), text) for number, text in enumerate(texts)]
    alone = [alike(cleaner.clean_page(page)) for page in pages]
    assert [alike(cleaned) for cleaned in cleaner.clean_many(pages)] == alone
    assert [alike(cleaned) for cleaned in cleaner.clean_many(pages[::-1])] == alone[::-1]
