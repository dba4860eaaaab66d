"""From probabilities to verdicts: which lines go, under which rule, and why, in words that a reader can check."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome.layout import DIGIT, FINAL, GRAMMAR, HAN, Layout
from cleantext.chrome.lexicon import ARTICLE, FAMILIES, Hits, Lexicon, bit

BOILERPLATE: Final = "boilerplate"
# Headings whose list or thread below them takes their family when its lines show no family of their own.
_OPENERS: Final = ("navigation", "comment", "share", "ad", "footer", "metadata", "login")
# When fewer Han characters than this would stay (and less than this share of the page), only lines with a telling
# phrase, or near certain ones, go.
MIN_BODY_HAN: Final = 120
MIN_BODY_SHARE: Final = 0.25
SURE_CHANCE: Final = 0.97
TITLE_REACH: Final = 8  # characters that a first line must share with another line to be the title with the site's name
SOURCE_SIZE: Final = 150  # visible characters of a source line, at most
_THREAD_GAP: Final = 8  # removed lines between two lines of a comment thread, at most
_HEADING_SIZE: Final = 30  # visible characters; headings of lists and threads are shorter
_SURE: Final = sum(bit(family) for family in FAMILIES)
_CHROME: Final = bit(ARTICLE) - 1
_LONGEST: Final = 1 << 10  # longer than any phrase: orders hits by tier first, then by length


@dataclass(frozen=True, slots=True)
class Verdict:
    """A line to drop: its index among the non-blank lines, the rule, the reason, the probability."""

    line: int
    rule: str
    reason: str
    chance: float


class Heading(NamedTuple):
    """The last line of the block being read, its family, and the phrase of the heading that opened it."""

    line: int
    rule: str
    phrase: str


def judge(page: Layout, hits: Hits, lexicon: Lexicon, chances: NDArray[np.float32], least: float) -> list[Verdict]:
    """The verdicts on all lines whose probability of being chrome is at least `least`, from top to bottom."""
    lines = np.flatnonzero(_dropped(page, hits, chances, least))
    if not len(lines):
        return []
    best = _best_hits(hits, lexicon, len(chances))
    named = {line: _named(hits, lexicon, best[line]) for line in lines.tolist() if best[line] >= 0}
    found: list[Verdict] = []
    heading = Heading(-9, BOILERPLATE, "")
    for line in lines.tolist():
        rule, phrase, sure = named.get(line, (BOILERPLATE, "", False))
        if sure:
            reason = f"{rule} phrase {phrase!r}"
            if rule in _OPENERS and page.size[line] <= _HEADING_SIZE:
                heading = Heading(line, rule, phrase)
        elif heading.line == line - 1:
            rule, reason = heading.rule, f"in the block under {heading.phrase!r}"
            heading = Heading(line, rule, heading.phrase)
        elif phrase:
            reason = f"{rule} word {phrase!r}, {_shape(page, chances, line)}"
        else:
            reason = _shape(page, chances, line)
        found.append(Verdict(line, rule, reason, float(chances[line])))
    return _join_threads(found, named)


def _named(hits: Hits, lexicon: Lexicon, hit: int) -> tuple[str, str, bool]:
    """Family, phrase, and whether the phrase is telling by itself."""
    mask = int(hits.masks[hit]) & _CHROME
    sure = mask & _SURE
    mask = sure or mask
    return FAMILIES[(mask & -mask).bit_length() - 1 >> 1], lexicon.phrases[hits.phrases[hit]].strip(), bool(sure)


def _join_threads(found: list[Verdict], named: dict[int, tuple[str, str, bool]]) -> list[Verdict]:
    """Give unnamed lines between two comment lines of one thread their family: replies have no words of their own."""
    marks = [n for n, item in enumerate(found) if named.get(item.line, ("", "", False))[0] == "comment"]
    for low, high in zip(marks, marks[1:], strict=False):
        if high - low <= _THREAD_GAP and found[high].line - found[low].line <= 2 * _THREAD_GAP:
            for n in range(low + 1, high):
                if found[n].rule in (BOILERPLATE, "metadata"):
                    reason = f"between comment lines {named[found[low].line][1]!r} and {named[found[high].line][1]!r}"
                    found[n] = replace(found[n], rule="comment", reason=reason)
    return found


def _dropped(page: Layout, hits: Hits, chances: NDArray[np.float32], least: float) -> NDArray[np.bool_]:
    """Which lines go: the probable ones, once the page has proved itself and enough of it stays.

    A page without one telling phrase is no web page, whatever its lines look like. A page of which hardly anything
    would stay keeps what no phrase gives away: it may be all list, or its article one short notice.
    """
    dropped = chances >= least
    telling = (hits.mask & _SURE) > 0
    if not np.any(dropped & telling):
        return np.zeros(len(chances), bool)
    _spare(page, dropped, telling)
    han = page.counts[:, HAN] + page.counts[:, GRAMMAR]
    if han[~dropped].sum() < min(MIN_BODY_HAN, MIN_BODY_SHARE * han.sum()):
        dropped &= telling | (chances >= SURE_CHANCE)
    return dropped


def _spare(page: Layout, dropped: NDArray[np.bool_], telling: NDArray[np.bool_]) -> None:
    """Take back what only looks like chrome: the page's title with the site's name, and numbers that head sections."""
    if dropped[0] and not telling[0] and page.size[0] >= TITLE_REACH:
        heads = page.codes[np.minimum(page.first[1:, None] + np.arange(TITLE_REACH), len(page.codes) - 1)]
        opening = page.codes[page.first[0] : page.first[0] + TITLE_REACH]
        if np.any(np.all(heads == opening, axis=1)):
            dropped[0] = False
    numbers = np.flatnonzero((page.counts[:, DIGIT] == page.size) & (page.size <= 2))
    if len(numbers) < 2 or not dropped[numbers].any():
        return
    values = [
        int("".join("".join(map(chr, page.codes[page.first[n] : page.last[n]])).split())) for n in numbers.tolist()
    ]
    followed = all(n + 1 < len(dropped) and not dropped[n + 1] for n in numbers.tolist())
    if followed and values == list(range(values[0], values[0] + len(values))):
        dropped[numbers] = False


def sources(page: Layout, hits: Hits, chances: NDArray[np.float32]) -> list[int]:
    """The lines that tell of source, author and date: probably chrome, or with two telling phrases of that kind."""
    wanted = bit("metadata") | bit("credit")
    number = np.bincount(hits.lines[(hits.masks & wanted) > 0], minlength=len(chances))
    likely = ((number > 0) & (chances >= 0.5)) | (number > 1)
    return [int(n) for n in np.flatnonzero(likely & (page.size <= SOURCE_SIZE))]


def _best_hits(hits: Hits, lexicon: Lexicon, count: int) -> NDArray[np.int64]:
    """Per line the index of its most telling hit (sure before hint, then the longest phrase), or -1."""
    best = np.full(count, -1, np.int64)
    if len(hits.lines):
        length = lexicon.lengths[hits.phrases]
        worth = np.where(hits.masks & _SURE, _LONGEST, 0) + length
        chrome = np.flatnonzero(hits.masks & _CHROME)
        order = chrome[np.argsort(worth[chrome], kind="stable")]
        best[hits.lines[order]] = order  # the last write to a line wins: the worthiest hit
    return best


def _shape(page: Layout, chances: NDArray[np.float32], line: int) -> str:
    """The plainest reason for a line without telling words: where it stands and what it looks like."""
    body = np.flatnonzero(chances < 0.5)
    look = "a line" if page.counts[line, FINAL] else "an unpunctuated line"
    look += f" of {page.size[line]} characters"
    if not len(body):
        return f"{look} on a page without article text"
    if line < body[0]:
        return f"{look}, {body[0] - line} lines above the article"
    if line > body[-1]:
        return f"{look}, {line - body[-1]} lines below the article"
    return f"{look} among other removed lines" if _in_run(chances, line) else f"{look} foreign to the text around it"


def _in_run(chances: NDArray[np.float32], line: int) -> bool:
    return bool(np.mean(chances[max(0, line - 1) : line + 2] >= 0.5) > 0.5)
