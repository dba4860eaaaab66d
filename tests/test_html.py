"""HTML mode: recognised, extracted, nothing of the article lost, clear words for pages without text."""

from pathlib import Path

import pytest

import cleantext
from cleantext.decode import DecodeError, decode, encode
from cleantext.html import extract, is_html
from cleantext.html.blocks import parse
from cleantext.pipeline import Cleaner
from cleantext.records import InputFormat, Options, Page

CASES = Path(__file__).parent / "cases" / "html"


def read(data: bytes, source: str = "page.html", **options: object) -> Page:
    return decode(data, source, Options(**options))  # type: ignore[arg-type]  # keyword names are Options fields


@pytest.mark.parametrize("name", ["news", "broken", "lists"])
def test_the_article_stays_and_the_furniture_goes(name: str) -> None:
    markup = (CASES / f"{name}.html").read_text(encoding="utf-8")
    wanted = (CASES / f"{name}.txt").read_text(encoding="utf-8")
    lines = extract(markup).text.splitlines()
    missing = [line for line in wanted.splitlines() if line not in lines]
    assert missing == []
    # The lines about author and date may stay: the chrome stage judges them.
    extra = [line for line in lines if line not in wanted.splitlines() and not line.startswith("作者")]
    assert extra == []


@pytest.mark.parametrize("declared", ["gb2312", "utf-8", "big5"])
@pytest.mark.parametrize("real", ["gb18030", "utf-8"])
def test_declared_and_lying_charsets(declared: str, real: str) -> None:
    markup = (CASES / "broken.html").read_text(encoding="utf-8")
    markup = markup.replace("<head>", f'<head><meta http-equiv="Content-Type" content="text/html; charset={declared}">')
    page = read(markup.encode(real))
    assert page.origin.kind == "html"
    assert page.origin.encoding == real
    assert "秋天是给果树施基肥的好时候" in page.text


@pytest.mark.parametrize(
    ("text", "source", "html"),
    [
        ("<!DOCTYPE html><p>你好", "-", True),
        ("\n<!-- 抓取于昨天 -->\n<HTML>\n<body>你好", "-", True),
        ('<?xml version="1.0"?>\n<html xmlns="x"><body/></html>', "-", True),
        ("<meta charset=gbk><title>你好</title></head><body>", "-", True),
        ("你好，<b>世界</b>。", "page.htm", True),
        ("<p>论坛里粘贴的一段</p>，后面是文字。", "page.txt", False),
        ("在 HTML 里，<html> 是根元素，<body> 是正文。", "page.txt", False),
        ("《春天》", "page.html", False),
        ("", "page.html", False),
    ],
)
def test_recognition(text: str, source: str, html: bool) -> None:
    assert is_html(text, source) is html


def test_input_format_overrides_recognition() -> None:
    data = "<html><body><p>今天的天气很好，我们去河边走了走，看见许多人在放风筝。</p></body></html>".encode()
    assert read(data, input_format="text").text == data.decode()
    assert read(data, "page.txt", input_format="html").text.startswith("今天")


@pytest.mark.parametrize(
    "markup",
    [
        "<html><head><script>document.write('你好')</script></head><body><div id=app></div></body></html>",
        "<html><frameset cols='20%,80%'><frame src=a.html><frame src=b.html></frameset></html>",
        "<html><body><noscript>请启用脚本</noscript></body></html>",
    ],
)
def test_pages_without_text_are_refused_in_clear_words(markup: str) -> None:
    with pytest.raises(DecodeError, match=r"^page\.html: HTML without any text \(.*\)$"):
        read(markup.encode())


def test_a_page_that_is_no_article_says_so_and_loses_no_unlinked_text() -> None:
    links = "".join(f"<li><a href={n}>第{n}章</a>" for n in range(1, 30))
    found = extract(f"<html><body><ul>{links}</ul><p>未完</p><p><a href=/>首页</a></p></body></html>")
    assert "未完\n" in found.text or found.flags == ("no-article",)
    found = extract(f"<html><body><ul>{links}</ul></body></html>")
    assert (found.text.count("章"), found.flags) == (29, ("no-article",))


def test_comments_stay_on_request() -> None:
    reply = "<li class=reply><a href=/u/{0}>读者{0}</a><p>我在河边住了三十年，还没见过这么大的水，大家都平安。</p></li>"
    replies = "<ul class=comments>" + "".join(reply.format(n) for n in range(1, 6)) + "</ul>"
    markup = (
        (CASES / "news.html")
        .read_text(encoding="utf-8")
        .replace('<div class="share">', replies + '<div class="share">')
    )
    assert "住了三十年" not in read(markup.encode()).text
    assert read(markup.encode(), keep=("comments",)).text.count("住了三十年") == 5


def test_the_trail_starts_at_the_extracted_text() -> None:
    page = read((CASES / "news.html").read_bytes())
    assert page.origin.raw is None
    assert encode(page.text, page.origin).decode() == page.text


def test_blocks_are_the_lines_a_browser_shows() -> None:
    tree = parse(
        "<body><div>一<b>二</b>三<br>四<p>五\n六</p>七 <a href=x>八</a></div><pre>a\n  b</pre><script>九</script>"
    )
    assert [block.text for block in tree.blocks] == ["一二三", "四", "五六", "七 八", "a", "  b"]
    assert [block.linked for block in tree.blocks] == [0, 0, 0, 1, 0, 0]


@pytest.mark.parametrize(
    "ruby",
    [
        "<ruby>寒<rt>hán</rt></ruby>",
        "<ruby>寒<rt>hán</ruby>",
        "<ruby>寒<rp>(</rp><rt>hán</rt><rp>)</rp></ruby>",
        "<ruby><rb>寒</rb><rtc><rt>hán</rt></rtc></ruby>",
    ],
)
def test_readings_above_the_characters_are_no_text(ruby: str) -> None:
    tree = parse(f"<body><p>姑苏城外{ruby}山寺，夜半钟声到客船。</p><p>第二段。</p>")
    assert [block.text for block in tree.blocks] == ["姑苏城外寒山寺，夜半钟声到客船。", "第二段。"]


def test_a_huge_and_deep_page() -> None:
    paragraph = "<p>这一段话说的是山里的春天来得晚，花开得却比山下更久，也更安静。</p>\n"
    markup = "<html><body><div class=content>" + "<div>" * 2000 + paragraph * 20_000 + "</body></html>"
    assert extract(markup).text.count("山里的春天") == 20_000


def test_nul_and_lone_surrogates_do_not_end_the_page() -> None:
    markup = (
        "<html><body><p>前面有一段，讲的是村里的磨坊。\0</p><p>后面有一段，讲的是磨坊的主人。\ud800</p></body></html>"
    )
    assert "磨坊的主人" in extract(markup).text


PAGE = (
    "<!DOCTYPE html><html><head><title>钟</title></head><body><div class='nav'><a href='/'>首页</a></div><div>"
    + "<p>昨天下午，村里的老校长把修好的钟重新挂上了屋檐，孩子们围在树下听他讲来历。</p>" * 4
    + "</div></body></html>"
)


@pytest.mark.parametrize("wanted", ["auto", "html", "text"])
def test_every_way_in_treats_html_alike(wanted: InputFormat) -> None:
    cleaner = Cleaner(Options(input_format=wanted))
    ways = [cleaner.clean(PAGE), cleaner.clean_page(Page("x", PAGE)), cleaner.clean_bytes(PAGE.encode())]
    assert len({way.text for way in ways}) == 1
    assert {way.page.origin.kind for way in ways} == {"text" if wanted == "text" else "html"}
    assert cleantext.clean(PAGE).text == Cleaner().clean_bytes(PAGE.encode()).text


def test_html_without_text_is_an_error_for_every_way_in() -> None:
    empty = "<html><body><script>build()</script></body></html>"
    for clean in (cleantext.clean, lambda text: Cleaner().clean_bytes(text.encode())):
        with pytest.raises(DecodeError, match="HTML without any text"):
            clean(empty)


def test_text_that_mentions_tags_is_no_html() -> None:
    text = "段落要用<p>开头，用</p>结尾，整页放在<html>里面。\n"
    assert cleantext.clean(text, Options(skip=("normalize",))).page.origin.kind == "text"
