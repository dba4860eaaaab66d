"""Entities and tags that an extractor left in the text."""

from __future__ import annotations

import html
import re
import string
from collections.abc import Iterator

from cleantext.han import SENTENCE_END
from cleantext.normalize.rule import Rule, Sheet, edit
from cleantext.records import Edit

# Bounded repeats only. A named one needs its semicolon (R&amp;D), except &nbsp (cut in half by many tools).
ENTITY_RE = re.compile(
    r"&(?:amp;){0,3}(?:#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,9};|nbsp(?![A-Za-z]))"
)
# These say nothing but "here is a space" or "here is a quotation mark": no page about markup prints them unquoted in
# numbers, and elsewhere they are always dirt.
PLAIN = frozenset({"nbsp", "ensp", "emsp", "thinsp", "ldquo", "rdquo", "lsquo", "rsquo", "middot", "hellip", "mdash"})
LITTERED = 3  # entities on a page about markup before they count as dirt there as well

BLOCK = "p|br|div|li|ul|ol|tr|td|th|table|tbody|h[1-6]|hr|center|blockquote|section|article|dd|dt|dl|noinclude"
IN_LINE = "span|font|strong|b|i|u|em|a|img|sub|sup|small|big|label|nowiki|o:p|st1:[a-z]{1,20}|ref"
# Known HTML names only: <活着>, <Breaking Away>, Arc<Mutex> are titles and types. The attribute part is bounded.
TAG_RE = re.compile(rf"<(/?)({BLOCK}|{IN_LINE})((?:\s[^<>\n]{{0,300}})?)/?>", re.IGNORECASE)
BLOCK_RE = re.compile(BLOCK, re.IGNORECASE)
# A one-letter "tag" may be a variable or a type (Vec<b>): it counts only as part of a pair or with attributes.
TYPE_BEFORE_RE = re.compile(r"[A-Za-z0-9_]$")


def entities(sheet: Sheet) -> Iterator[Edit]:
    """HTML entities, also doubly escaped ones; on pages about markup only when they litter the page as spaces."""
    found = list(ENTITY_RE.finditer(sheet.text))
    spaces = sum(m[0].lower().startswith("&nbsp") for m in found)
    for match in found:
        name = match[0].strip("&;").removeprefix("amp;")
        if sheet.technical and not (name in PLAIN and spaces >= LITTERED):
            continue
        after = match[0] if match[0].endswith(";") else match[0] + ";"
        for _ in range(4):  # &amp;amp;nbsp; needs a turn per level
            after = html.unescape(after)
        if len(after) <= 2 and after != match[0] and after != "\ufffd":
            after = after.replace("\u00a0", " ").replace("\u00ad", "")
            yield edit(match, after, "html-entity", f"entity {match[0]}", 0.97)


def tags(sheet: Sheet) -> Iterator[Edit]:
    """HTML tags: block tags become a line break where a sentence ends, all others vanish."""
    if sheet.technical:
        return
    text = sheet.text
    for match in TAG_RE.finditer(text):
        before = text[max(0, match.start() - 1) : match.start()]
        name, attributes = match[2], match[3].strip()
        if len(name) == 1 and (TYPE_BEFORE_RE.search(before) or not (attributes or _paired(text, match))):
            continue
        if attributes and "=" not in attributes and attributes != "/":
            continue
        ends = before in (*SENTENCE_END, "”", "：", ":") and text[match.end() : match.end() + 1] not in ("", "\n", "\r")
        after = "\n" if BLOCK_RE.fullmatch(name) and before and ends else ""
        yield edit(match, after, "html-tag", f"HTML tag <{match[1]}{name}>", 0.95)


def _paired(text: str, match: re.Match[str]) -> bool:
    """Whether the other half of a pair stands within 500 characters."""
    other = f"</{match[2]}>" if not match[1] else f"<{match[2]}"
    if match[1]:
        return other in text[max(0, match.start() - 500) : match.start()]
    return other in text[match.end() : match.end() + 500] or match[2].lower() == "p"


RULES = (
    Rule("html-entity", ("&",), entities, (string.ascii_letters + "#",)),
    Rule("html-tag", ("<",), tags, (string.ascii_letters + "/",)),
)
