"""Traditional copies with pinyin in brackets, 區(qū)塊鏈: brackets out, then the page into Simplified characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from cleantext.han import is_han, readings, traditional
from cleantext.normalize import script
from cleantext.normalize.rule import Rule, Sheet
from cleantext.presence import Chars
from cleantext.records import Edit

NAME = "pinyin-brackets"
SCRIPT_NAME = "pinyin-page-script"
# The copying tools annotate one character each; the bracket may be broken by a line end. ü also as v or u:.
LETTERS = "a-zA-ZāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿêĀÁǍÀĒÉĚÈŌÓǑÒ\u0300-\u030c"
BRACKET_RE = re.compile(f"[（(]\\s{{0,2}}([{LETTERS}]{{1,8}})\\s{{0,2}}[）)]")
BEGIN_RE = re.compile(f"[\\s{LETTERS}]")
BRACKETS = 3  # valid ones on the page; POLLUTION.md
# Share of annotated characters that are Traditional. A Simplified page that explains rare readings (亳(bó)州) has none.
TRADITIONAL_SHARE = 0.5


def pinyin(sheet: Sheet) -> Iterator[Edit]:
    """Brackets with a reading of the character before them, on Traditional pages that have several."""
    text = sheet.text
    found = [(_base(text, m.start()), m) for m in BRACKET_RE.finditer(text)]
    found = [(at, m) for at, m in found if at >= 0 and _reads(text[at], m[1])]
    old = sum(text[at] in traditional() for at, _ in found)
    if len(found) < BRACKETS or old < TRADITIONAL_SHARE * len(found):
        return
    for at, match in found:
        before = text[at + 1 : match.end()]
        yield Edit(at + 1, match.end(), before, "", NAME, f"reading of {text[at]}", 0.97)


def page_script(sheet: Sheet) -> Iterator[Edit]:
    """The whole page into Simplified characters, where the brackets show a machine-made Traditional copy."""
    if any(True for _ in pinyin(sheet)):
        yield from script.edits(sheet.text, SCRIPT_NAME, 0.9)


def _base(text: str, bracket: int) -> int:
    """Where the annotated character stands: right before the bracket, or before one line end; -1 if it is none."""
    at = bracket - 1
    while at >= max(0, bracket - 2) and text[at] in " \r\n":
        at -= 1
    return at if at >= 0 and is_han(text[at]) else -1


def _reads(char: str, letters: str) -> bool:
    """Whether the letters, tone marks aside, spell a Mandarin reading of the character."""
    plain = unicodedata.normalize("NFD", letters.lower().replace("ü", "v"))
    plain = plain.replace("u\u0308", "v")
    bare = "".join(c for c in plain if "a" <= c <= "z")
    return bare in readings().get(char, ())


def _begins() -> tuple[Chars, ...]:
    """What may stand behind the opening bracket."""
    return ("".join(char for char in map(chr, range(0x3001)) if BEGIN_RE.match(char)),)


RULES = (
    Rule(NAME, ("(（",), pinyin, _begins, BRACKETS),
    Rule(SCRIPT_NAME, ("(（",), page_script, _begins, BRACKETS),
)
