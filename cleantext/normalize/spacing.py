"""Text taken apart: 本 文 件 按 照, jammer runs between sentences, rare characters glued before punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleantext.han import HAN, HAN_POINTS
from cleantext.normalize.rule import Rule, Sheet, edit, uncommon
from cleantext.records import Edit

# Four single characters with a space before each: looked for before anything is counted (begins with a literal: fast).
SPACED_RE = re.compile(f" [{HAN}] [{HAN}] [{HAN}] [{HAN}]")
SPACED_SHARE = 0.6  # of the gaps between neighbouring Han of a line; POLLUTION.md
SPACED_HAN = 10  # Han in the line: 姓 名 and 目 录 are labels, 一 二 三 四 五 六 日 is a table head
# Words that running text cannot do without and that lists of single characters lack.
FUNCTION_RE = re.compile("[的了是在与为对不及于从这被将按由]")
GAP_RE = re.compile(f"(?<=[{HAN}，。、；：？！”）》]) (?=[{HAN}，。、；：？！“（《])")
PAIR_RE = re.compile(f"(?=[{HAN}] ?[{HAN}])")

# Groups of one to three ASCII signs between single spaces, five or more of them. It begins with a set, and looks back
# at what stands before: the search then skips all other characters at once.
JAMMER_HINT_RE = re.compile(" [!-~]{1,3} [!-~]{1,3} [!-~]{1,3} ")
JAMMER_RE = re.compile(r"[!-~](?<![!-~].)[!-~]{0,2}(?: {1,2}[!-~]{1,3}){4,}(?![!-~])")
JAMMER_RUNS = 3  # on the page; POLLUTION.md
JAMMER_SIGNS = frozenset("!\"#$%&'*;<>?@[\\]^`{|}~:+=_-/")
CODE_RE = re.compile(r"\b(?:int|for|if|return|def|var|let|SELECT|import)\b|[;{}]\s*$", re.MULTILINE)

MARK_RE = re.compile("[，。、；：？！]")
RARE_MARKS = 5  # marks with two rare characters before them; POLLUTION.md
RARE_SHARE = 0.2  # of all the marks of the page: a jammer does not stop after five


def spaced_han(sheet: Sheet) -> Iterator[Edit]:
    """Single spaces between the characters of lines that are spaced out."""
    seen = -1
    for match in SPACED_RE.finditer(sheet.text):
        start = sheet.text.rfind("\n", 0, match.start()) + 1
        if start == seen:
            continue
        seen = start
        end = sheet.text.find("\n", start)
        line = sheet.text[start : end if end >= 0 else len(sheet.text)]
        gaps = [m.start() for m in GAP_RE.finditer(line)]
        pairs = sum(1 for _ in PAIR_RE.finditer(line))
        han = sum(1 for c in line if "\u4e00" <= c <= "\u9fff")
        if han < SPACED_HAN or len(gaps) < SPACED_SHARE * pairs or not FUNCTION_RE.search(line):
            continue
        reason = f"{len(gaps)} of {pairs} gaps of the line are spaced"
        for gap in gaps:
            yield Edit(start + gap, start + gap + 1, " ", "", "spaced-han", reason, 0.93)


def jammer(sheet: Sheet) -> Iterator[Edit]:
    """Runs of meaningless signs (Discuz's anti-copy jammer), on pages that have several and are not code."""
    if not JAMMER_HINT_RE.search(sheet.text):
        return
    found = [m for m in JAMMER_RE.finditer(sheet.text) if _is_jammer(m[0])]
    if len(found) < JAMMER_RUNS or sheet.technical or CODE_RE.search(sheet.text):
        return
    for match in found:
        yield edit(match, "", "jammer-run", f"run of meaningless signs, {len(found)} on the page", 0.93)


def _is_jammer(run: str) -> bool:
    """Letters, digits and signs mixed, some glued to each other, no operator between spaces as in a formula."""
    groups = run.split()
    glued = sum(any(c.isalnum() for c in g) and any(c in JAMMER_SIGNS for c in g) for g in groups)
    kinds = len(JAMMER_SIGNS.intersection(run))
    return glued >= 1 and kinds >= 2 and any(c.isalpha() for c in run) and " = " not in run


def rare_before_mark(sheet: Sheet) -> Iterator[Edit]:
    """Two rare characters glued before punctuation, over and over (another jammer)."""
    text = sheet.text
    rare = sheet.uncommon
    if len(rare) < RARE_MARKS or sheet.is_traditional:
        return
    marks = [m.start() for m in MARK_RE.finditer(text)]
    found = [at for at in marks if at >= 2 and text[at - 1] in rare and text[at - 2] in rare]
    pairs = {text[at - 2 : at] for at in found}
    if len(pairs) < RARE_MARKS or len(found) < RARE_SHARE * len(marks):
        return
    for at in found:
        reason = f"two rare characters before a mark, {len(found)} of {len(marks)} marks"
        yield Edit(at - 2, at, text[at - 2 : at], "", "rare-before-mark", reason, 0.9)


RULES = (
    Rule("spaced-han", (" ",), spaced_han, HAN_POINTS, 4),  # as many as SPACED_RE has
    Rule("jammer-run", (" ",), jammer, (range(0x21, 0x7F),), 4 * JAMMER_RUNS),  # as many as their groups have
)
RARE_RULE = Rule("rare-before-mark", uncommon, rare_before_mark, uncommon, RARE_MARKS)
