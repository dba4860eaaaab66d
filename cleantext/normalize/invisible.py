"""Characters that nobody sees: zero-width marks, controls, icon glyphs of web fonts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleantext.han import HAN
from cleantext.normalize.rule import Rule, Sheet, edit
from cleantext.records import Edit

ZERO_WIDTH = (
    "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063"
    "\u2064\u2066\u2067\u2068\u2069\ufeff\ufff9\ufffa\ufffb\ufffc"
)
CONTROLS = "".join(map(chr, [*range(0x09), *range(0x0E, 0x20), 0x7F]))
# Windows-1252 punctuation that a page declared as Latin-1 left in the C1 block. The letters of that block are left as
# they are: between Han they stand for something else that was lost.
C1 = {chr(c): bytes([c]).decode("cp1252") for c in (0x80, 0x82, 0x84, *range(0x91, 0x98), 0x99)}

ZERO_WIDTH_RE = re.compile(f"[{ZERO_WIDTH}]+")
# Not touched: joiners inside emoji (👨\u200d👩), joiners and direction marks beside letters of scripts that need them.
EMOJI = "\u00a9\u00ae\u203c-\u3299\ufe0f\U0001f000-\U0001faff"
JOINED_RE = re.compile(f"(?<=[{EMOJI}])\u200d(?=[{EMOJI}])")
COMPLEX_RE = re.compile("[\u0590-\u109f\u1780-\u18af\ufb1d-\ufdff\ufe70-\ufefc]")
SHAPING = "\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
CONTROL_RE = re.compile(f"[{re.escape(CONTROLS)}]+")
C1_SHARE = 0.01  # of the characters; more of them is text read with the wrong charset, another matter
C1_FEW = 4  # or so many characters, on a short page
C1_RE = re.compile("[" + "".join(C1) + "]")
# Not touched: U+E766–E864, where old GBK and GB18030 files keep real characters and punctuation.
# Nor, in planes 15 and 16 between Han, characters of a font made for one PDF file: that something stood there is seen.
PRIVATE_RE = re.compile(
    f"[\ue000-\ue765\ue865-\uf8ff]+|(?<![{HAN}])[\U000f0000-\U000ffffd\U00100000-\U0010fffd]{{1,3}}(?![{HAN}\U000f0000-\U0010fffd])"
)


def invisible(sheet: Sheet) -> Iterator[Edit]:
    """Zero-width marks; emoji joiners and marks of complex scripts stay."""
    text = sheet.text
    joiners = {m.start() for m in JOINED_RE.finditer(text)} if "\u200d" in sheet.chars else set()
    shaped = not sheet.chars.isdisjoint(SHAPING) and COMPLEX_RE.search(text) is not None
    for match in ZERO_WIDTH_RE.finditer(text):
        spared = [k for k in range(*match.span()) if k in joiners or (shaped and text[k] in SHAPING)]
        start = match.start()
        for stop in [*spared, match.end()]:
            if stop > start:
                what = " ".join(f"U+{ord(c):04X}" for c in dict.fromkeys(text[start:stop]))
                yield Edit(start, stop, text[start:stop], "", "invisible", f"invisible {what}", 0.99)
            start = stop + 1


def control(sheet: Sheet) -> Iterator[Edit]:
    """C0 controls, except tab and the line and page separators."""
    for match in CONTROL_RE.finditer(sheet.text):
        yield edit(match, "", "control", "control characters", 0.99)


def windows_1252(sheet: Sheet) -> Iterator[Edit]:
    """Curly quotes and dashes of Windows-1252 that came through as C1 controls, in text that is sound otherwise."""
    stray = sum(map(sheet.text.count, sheet.chars & C1.keys()))
    if stray > max(C1_FEW, C1_SHARE * len(sheet.text)) or sum(c in sheet.chars for c in "ÃÂâÄÅÆ") >= 2:
        return
    for match in C1_RE.finditer(sheet.text):
        yield edit(match, C1[match[0]], "windows-1252", f"U+{ord(match[0]):04X} is a Windows-1252 byte", 0.95)


def private_use(sheet: Sheet) -> Iterator[Edit]:
    """Icon glyphs of web fonts."""
    if not any("\ue000" <= char <= "\uf8ff" or char >= "\U000f0000" for char in sheet.chars):
        return
    for match in PRIVATE_RE.finditer(sheet.text):
        yield edit(match, "", "private-use", f"icon glyph U+{ord(match[0][0]):04X}", 0.97)


RULES = (
    Rule("invisible", (ZERO_WIDTH,), invisible),
    Rule("control", (CONTROLS,), control),
    Rule("windows-1252", ("".join(C1),), windows_1252),
)
PRIVATE_RULE = Rule("private-use", (range(0xE000, 0xF900), range(0xF0000, 0xF0001)), private_use)
