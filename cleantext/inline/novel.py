"""What novel sites put between the sentences of a chapter: 一秒记住【…】, 手机用户请浏览m.…, ｗｗｗ．ｘｘｘ．ｃｏｍ."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleantext.han import is_han
from cleantext.inline.sheet import Sheet
from cleantext.records import Edit

NAME = "novel-address"
# Openings that no author writes into a story …
# (each branch begins with a literal: the search then skips all characters that begin none)
STARTS = (
    r"天才[一1]秒(?:钟)?(?:就)?记住|一秒(?:钟)?(?:就)?记住|1秒(?:钟)?(?:就)?记住|请记住(?:本站|本书|【|“|网址|我们)|"
    r"手机用户请(?:浏览|访问|到|登录|登陆)|手机(?:阅读|看书)(?:请|地址|网址)|本(?:书|站)最新章节(?:请|尽在|全文|免费|就上)|"
    r"小说最新章节(?:请|尽在|全文|免费|就上)|最新章节(?:请|尽在|全文|免费|就上)|更新最快的?|最快更新|本书首发(?:域名|网站|地址)|"
    r"首发(?:域名|网站|地址)|本章未完"
)
SEARCH = "百度搜索(?:[“【「]|.{1,8}(?:小说网|文学网|书院|笔趣阁|阅读网))"
START_RE = re.compile(f"{STARTS}|{SEARCH}")
MOBILE = "手机版阅读网址"  # may have the book's name before it
MOBILE_START_RE = re.compile(rf"{STARTS}|[^，。！？；,!;\n]{{0,6}}{MOBILE}|{SEARCH}")
# … and what goes on in the same vein; two different signs must meet.
SIGN_RE = re.compile(
    r"小说|阅读|章节|无弹窗|更新|收藏|书友|文学|笔趣|免费|全文|点击下一页|继续|网址|地址|域名|首发|手打|正版|精彩|浏览|本站|"
    r"(?:[a-z0-9♂?*~@&\-]{1,20}\s?[.．。·]\s?){1,3}(?:[c¢][o0♂?]?[m㎡]|net|cc|org|la|info|cn)",
    re.IGNORECASE,
)
# A site address in disguise, on the folded copy: w?ww.Xx.C♂om, www。xxx。com. Needs a www and a known ending.
JUNK = "[?*♂♀~@&·_-]?"
DISGUISED_RE = re.compile(
    rf"[wW](?i:(?<![a-z0-9.].){JUNK}(?:w{JUNK}){{2}}[.。．· ]\s?[a-z0-9♂?*~@&_-]{{2,24}}[.。．· ]\s?"
    rf"c{JUNK}[o0]{JUNK}m(?![a-z])[）)】\]]?)"
)
OPENERS = ("（", "(", "【", "[")
TITLE_MARKS = ("《", "“", "‘")  # the words are a title, or spoken of
HEAD = 16  # characters before an opening in which its own head is looked for
HEAD_RE = re.compile(r"(?<=[，。！？；,])看$|(?<=[（(])(?:未完待续|PS|ps)?[，,：:\s]{0,2}$")
ENDS = "。！？!?；;\n\r"
CLAUSE_RE = re.compile(r"[^，。！？；,!;\n\r…]{0,80}[，。！？；,!;…]?")
MAX_CLAUSES = 4
BEYOND = 6  # Han behind the last sign of a clause that are the author's again


def addresses(sheet: Sheet) -> Iterator[Edit]:
    """Clauses that advertise the novel site, and addresses in disguised letters."""
    done = 0
    starts = MOBILE_START_RE if MOBILE in sheet.flat else START_RE
    for match in starts.finditer(sheet.flat):
        if match.start() < done or sheet.flat[match.start() - 1 : match.start()] in TITLE_MARKS:
            continue
        start, end = _balanced(sheet.flat, *_stretch(sheet, match))
        signs = {m[0] for m in SIGN_RE.finditer(sheet.flat, start, end)} - {match[0]}
        spoken = sheet.flat[start : start + 1] in OPENERS and sheet.spoken_of(start, end)
        if len(signs) >= 1 and sheet.prose_around(start, end) and end > start and not spoken:
            yield sheet.cut(start, end, NAME, f"novel site's own line: {match[0]}", 0.93 if len(signs) >= 2 else 0.86)
        done = max(done, end)
    for match in DISGUISED_RE.finditer(sheet.flat):
        start, end = match.span()
        start -= start > 0 and sheet.flat[start - 1] in "（(【["
        seen = sheet.flat[start:end]
        start -= start > 0 and sheet.flat[start - 1] in "，," and sheet.flat[end : end + 1] in ("，", ",", "。")
        disguised = not seen.isascii() or seen != sheet.text[start:end] or "?" in seen
        if disguised and start >= done and sheet.prose_around(start, end):
            yield sheet.cut(start, end, NAME, "address in disguised letters", 0.92)


def _balanced(flat: str, start: int, end: int) -> tuple[int, int]:
    """The span with a short head (看最新章节…) and without half of a pair of brackets (（未完待续，手机用户请…）)."""
    closed = flat[end - 1 : end] in ("）", ")") and not {"（", "("} & set(flat[start:end])
    head = HEAD_RE.search(flat, max(0, start - HEAD), start)
    if head and (closed or flat[head.start()] == "看"):
        start = head.start()
    if closed and start and flat[start - 1] in "（(":
        return start - 1, end
    return start, end - closed


def _stretch(sheet: Sheet, match: re.Match[str]) -> tuple[int, int]:
    """From the opening to the end of the last clause in the same vein."""
    start, flat = match.start(), sheet.flat
    if start and flat[start - 1] in "（(【[『「":
        close = {"（": "）", "(": ")", "【": "】", "[": "]", "『": "』", "「": "」"}[flat[start - 1]]
        end = flat.find(close, match.end(), match.end() + 120)
        if end >= 0 and "\n" not in flat[start:end]:
            return start - 1, end + 1
    end = start
    for count in range(MAX_CLAUSES):
        clause = CLAUSE_RE.match(flat, end)
        if not clause or not clause[0].strip() or (count and not SIGN_RE.search(clause[0])):
            break
        rest = _beyond_signs(clause)
        if rest > clause.start():
            end = rest  # the author's sentence goes on in this clause
            break
        end = clause.end()
        if flat[end - 1] in ENDS:
            break
    if start and flat[start - 1] in "，,、" and flat[end - 1] in "。！？!?…":
        end -= 1  # the mark belongs to the author's sentence, its comma goes
        start -= 1
    return start, end


def _beyond_signs(clause: re.Match[str]) -> int:
    """Where the author's words go on within a clause, or 0 when all of it is the site's."""
    last = 0
    for sign in SIGN_RE.finditer(clause.string, clause.start(), clause.end()):
        last = sign.end()
    rest = clause.string[last : clause.end()]
    return last if last and (rest[:1].isspace() or sum(map(is_han, rest)) > BEYOND) else 0
