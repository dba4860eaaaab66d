"""Stretches decoded with the wrong charset: turned back where that is certain, else flagged or cut."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleantext.han import HAN, HAN_POINTS, common, traditional
from cleantext.normalize.rule import Rule, Sheet, edit, uncommon
from cleantext.presence import Want
from cleantext.records import Edit

# Characters that UTF-8 bytes of Chinese become when read as GBK (的 是 不 我 有 …), hardly ever seen otherwise.
GBK_SIGNS = frozenset("鐨勬槸鍦浣犲垜鏄涓嶄簡鍒鏈夎繖绗鍙浜鎴璇缃鏂闂鍥锛銆佸彲")
GBK_SHARE = 0.3  # of the Han of a stretch, before its bytes are tried
GBK_RUN_RE = re.compile(f"[{HAN}€\ue000-\uf8ff]{{3,400}}\\??")
LATIN_SIGNS = frozenset("ÃÂäåæçèéÎÒÊÇÖÐµÄ»ÓÈ")
LATIN_RUN_RE = re.compile("[\u0080-\u024f\u02c6\u02dc\u2013-\u203a\u20ac\u2122!-~ ]{6,2000}")
LATIN_START_RE = re.compile("[\u00c0-\u00ff]")
LATIN = ("cp1252", "iso8859-15")  # Latin-1 is either without what they add
GBK_BYTES = 8  # least bytes read as GBK: é and è in a French name are two of its characters
GBK_SHARE_OF_BYTES = 0.8  # of those bytes must be Han, all of these common, or marks …
HAN_SHARE_OF_BYTES = 0.5  # … and Han this share of all bytes: figures and letters stand between them
MARKS = frozenset("　、。，：；？！（）“”‘’《》—…·")
REPAIRED_COMMON = 0.9  # of the Han of a repaired stretch must be common characters

LOST_SIGNS = "锟\ufffd烫屯"
LOST_RE = re.compile("(?:锟斤拷|\ufffd|烫烫烫|屯屯屯)")
# Han, one letter or sign that can be a second byte of GBK, Han: the shifted stretch ends there.
SHIFTED_RE = re.compile(f"[{HAN}]{{2}}[A-Z@\\[-`{{-~](?=[{HAN}])")
SHIFTED_SIGNS = (range(0x40, 0x61), range(0x7B, 0x7F))
SHIFTED = 3  # such stretches with a rare character on the page
HOPELESS_SHARE = 0.3  # of a line's characters: lost or rare; POLLUTION.md
HOPELESS_LENGTH = 6  # characters of the line at least


def utf8_as_gbk(sheet: Sheet) -> Iterator[Edit]:
    """UTF-8 read as GBK: the bytes, decoded strictly as UTF-8, must give common characters."""
    if len(sheet.chars & GBK_SIGNS) < 2:
        return
    for match in GBK_RUN_RE.finditer(sheet.text):
        run = match[0]
        if sum(c in GBK_SIGNS or c not in common() for c in run) < GBK_SHARE * len(run):
            continue
        after = _redecode(_gbk_bytes(run), LATIN[0], "utf-8")
        if after:
            yield edit(match, after, "utf8-as-gbk", f"UTF-8 read as GBK: {after[:8]}", 0.97)


def utf8_as_latin(sheet: Sheet) -> Iterator[Edit]:
    """UTF-8 read as Latin-1, Latin-9 or Windows-1252 (ä½\xa0å¥½): first by the table that reads most of the page."""
    runs: list[tuple[int, str]] = []
    for match in LATIN_RUN_RE.finditer(sheet.text):
        first = LATIN_START_RE.search(match[0])
        if first:
            start = match.start() + first.start()
            runs.append((start, sheet.text[start : match.end()].rstrip(" ")))
    tables = [[_redecode(_latin_bytes(run, table), table, "utf-8", "gb18030") for _, run in runs] for table in LATIN]
    tables.sort(key=lambda table: sum(map(bool, table)), reverse=True)  # of equal ones the first stays first
    for (start, run), *readings in zip(runs, *tables, strict=True):
        after = next(filter(None, readings), "")
        if after:
            end = start + len(run)
            yield Edit(start, end, run, after, "utf8-as-latin", f"UTF-8 read as Latin-1: {after[:8]}", 0.97)


def _gbk_bytes(run: str) -> bytes:
    try:
        return run.encode("gb18030")
    except UnicodeEncodeError:  # lone surrogates
        return b"\xff"


def _latin_bytes(run: str, table: str) -> bytes:
    """Bytes of a Latin table, those it does not have as they are; where there is none, a byte that fits nowhere."""
    try:
        return run.encode(table)
    except UnicodeEncodeError:
        return b"".join(_latin_byte(char, table) for char in run)


def _latin_byte(char: str, table: str) -> bytes:
    if char < "\u0100":
        return bytes([ord(char)])
    return char.encode(table, errors="ignore") or b"\xff"


def _redecode(data: bytes, table: str, *charsets: str) -> str:
    """The bytes in the first of the charsets that gives plain Chinese, or "" when none does.

    `table`: that of a Latin layer below.
    """
    return next(filter(None, (_decoded(data, charset, table) for charset in charsets)), "")


def _decoded(data: bytes, charset: str, table: str) -> str:
    try:
        after = data.decode(charset)
    except UnicodeDecodeError:
        return ""
    if charset == "gb18030" and len(data) < GBK_BYTES:
        return ""
    if charset == "utf-8" and max(after, default="") < "\u2123" and not after.isascii():
        # twice the same mistake, or GBK read as Latin-1 before: one layer down
        return _redecode(_latin_bytes(after, table), table, "gb18030", "utf-8") if len(after) < len(data) else ""
    han = [c for c in after if "\u4e00" <= c <= "\u9fff"]
    plain = sum(c in common() or c in traditional() for c in han)
    if charset == "gb18030":  # almost any accented letters are GBK as well
        told = 2 * (len(han) + sum(c in MARKS for c in after))
        paired = len(data) - sum(c < "\x80" for c in after)
        if told < GBK_SHARE_OF_BYTES * paired or 2 * len(han) < HAN_SHARE_OF_BYTES * len(data) or plain < len(han):
            return ""
    return after if len(han) >= 2 and plain >= REPAIRED_COMMON * len(han) else ""


def hopeless(sheet: Sheet) -> Iterator[Edit]:
    """Lines of which a good part is lost for ever (锟斤拷, U+FFFD) and the rest says nothing."""
    text = sheet.text
    done = -1
    for lost in LOST_RE.finditer(text):
        if lost.start() < done:
            continue
        start = text.rfind("\n", 0, lost.start()) + 1
        end = text.find("\n", lost.end())
        done = end = len(text) if end < 0 else end
        line = text[start:end].rstrip("\r")
        gone = sum(len(m[0]) for m in LOST_RE.finditer(line))
        dense = line.replace(" ", "")
        if len(dense) >= HOPELESS_LENGTH and gone >= HOPELESS_SHARE * len(dense) and "乱码" not in text:
            reason = f"{gone} of {len(dense)} characters lost in decoding"
            yield Edit(start, start + len(line), line, "", "mojibake-line", reason, 0.85)


def flags(sheet: Sheet) -> tuple[str, ...]:
    """What a person should look at: "garbled" (characters lost), "gbk-byte-lost" (a byte lost, pairs shifted)."""
    garbled = not sheet.chars.isdisjoint(LOST_SIGNS) and LOST_RE.search(sheet.text) is not None
    return ("garbled",) * garbled + ("gbk-byte-lost",) * _shifted(sheet)


def _shifted(sheet: Sheet) -> bool:
    """Whether several stretches look like pairs of bytes read one byte late (弊罱K): repair would need a guess."""
    rare = {c for c in sheet.uncommon if c >= "\u4e00"}
    if len(rare) < SHIFTED:
        return False
    found = (m for m in SHIFTED_RE.finditer(sheet.text) if not rare.isdisjoint(m[0]))
    return not sheet.is_traditional and sum(1 for _ in found) >= SHIFTED


def flag_wants() -> tuple[Want, ...]:
    """What a text must hold for any flag: the first of these, or all the others."""
    return (
        Want("lost", (LOST_SIGNS,)),
        Want("shifted", SHIFTED_SIGNS, HAN_POINTS, SHIFTED),
        Want("uncommon", uncommon(), (), SHIFTED),
    )


RULES = (
    Rule("utf8-as-gbk", ("".join(GBK_SIGNS),), utf8_as_gbk, least=2),
    Rule("utf8-as-latin", ("".join(LATIN_SIGNS),), utf8_as_latin),
    Rule("mojibake-line", (LOST_SIGNS,), hopeless),
)
