"""Verdicts in words: under which rule each line goes, and why, in phrases that a reader can check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from sys import intern
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome.forms import paths, stamps
from cleantext.chrome.layout import FINAL, Layout
from cleantext.chrome.lexicon import ARTICLE, FAMILIES, SURE, Hits, Lexicon, bit

BOILERPLATE: Final = "boilerplate"
# Headings whose list or thread below them takes their family when its lines show no family of their own.
_OPENERS: Final = frozenset(("navigation", "comment", "share", "ad", "footer", "metadata", "login"))
_HEADING_SIZE: Final = 30  # visible characters; headings of lists and threads are shorter
_HEAD: Final = 60  # lines of a page among which a path, a day and a time are those of the article
_THREAD_GAP: Final = 8  # removed lines between two lines of a comment thread, at most
_THREAD_LINES: Final = 4  # comment lines that make a page a thread
_POST_SIZE: Final = 30  # lines of a post between two comment lines, at most
_CHROME: Final = bit(ARTICLE) - 1
_LONGEST: Final = 1 << 10  # longer than any phrase: orders hits by tier first, then by length
_UNNAMED: Final = (BOILERPLATE, "", False)

Named = tuple[str, str, bool]
# Marks that end sentences, size, whether the page has a body, lines above and below it, whether others go beside it.
_Looks = tuple[int, int, bool, int, int, bool]


class Verdict(NamedTuple):
    """A line to drop: its index among the non-blank lines, the rule and the reason."""

    line: int
    rule: str
    reason: str


class _Heading(NamedTuple):
    """The heading that opened the block being read: its family, and what is said of the lines below it."""

    rule: str
    reason: str


def explain(page: Layout, hits: Hits, lexicon: Lexicon, dropped: NDArray[np.bool_]) -> list[Verdict]:
    """The verdicts on the dropped lines, from top to bottom."""
    named = _named(hits, lexicon, dropped)
    lines = dropped.nonzero()[0]
    sizes, tops = page.size[lines].tolist(), page.bound[page.page[lines]].tolist()
    head = dropped & (page.number < _HEAD)
    head[list(named)] = False
    formed = dict.fromkeys(paths(page, head).tolist(), ("breadcrumb", "a path"))
    formed |= dict.fromkeys(stamps(page, head).tolist(), ("metadata", "a day and a time"))
    found: list[Verdict] = []
    told: dict[Named, str] = {}  # the same phrases come again and again
    heading, last = _Heading(BOILERPLATE, ""), -9  # `last`: the last line of its block
    for line, size, top, look in zip(lines.tolist(), sizes, tops, _looks(page, dropped, lines), strict=True):
        name = named.get(line, _UNNAMED)
        rule, phrase, sure = name
        if sure:
            reason = told.get(name) or told.setdefault(name, f"{rule} phrase {phrase!r}")
            if size <= _HEADING_SIZE and rule in _OPENERS:
                heading, last = _Heading(rule, f"in the block under {phrase!r}"), line
        elif last == line - 1 >= top:
            (rule, reason), last = heading, line
        elif line in formed and not phrase:
            rule, form = formed[line]
            reason = f"{form}, {_look(*look)}"
        elif phrase:
            reason = f"{rule} word {phrase!r}, {_look(*look)}"
        else:
            reason = _look(*look)
        found.append(Verdict(line, rule, intern(reason)))  # few reasons, many lines
    return _join_threads(found, tops, named)


def posts(page: Layout, hits: Hits, verdicts: Sequence[Verdict]) -> frozenset[int]:
    """The lines of the posts of threads: those between two comment lines that no phrase gives away."""
    marks = [item.line for item in verdicts if item.rule == "comment"]
    if len(marks) < _THREAD_LINES:
        return frozenset()
    count = np.bincount(page.page[marks])
    inside: set[int] = set()
    for low, high in zip(marks, marks[1:], strict=False):
        number = page.page[low]
        if number == page.page[high] and count[number] >= _THREAD_LINES and high - low <= _POST_SIZE:
            inside.update(range(low + 1, high))
    return frozenset(item.line for item in verdicts if item.line in inside and not hits.mask[item.line] & SURE)


def _named(hits: Hits, lexicon: Lexicon, dropped: NDArray[np.bool_]) -> dict[int, Named]:
    """Per dropped line its most telling hit (sure before hint, then the longest): family, phrase, whether sure."""
    chosen = (((hits.masks & _CHROME) > 0) & dropped[hits.lines]).nonzero()[0]
    worth = ((hits.masks[chosen] & SURE) > 0) * _LONGEST + lexicon.lengths[hits.phrases[chosen]]
    chosen = chosen[worth.argsort(kind="stable")]
    lines = hits.lines[chosen].tolist()
    rows = zip(hits.masks[chosen].tolist(), hits.phrases[chosen].tolist(), strict=True)
    best = dict(zip(lines, rows, strict=True))  # the last hit of a line wins: the worthiest
    names = {(mask, phrase): _name(mask, phrase, lexicon) for mask, phrase in set(best.values())}
    return {line: names[row] for line, row in best.items()}


def _name(mask: int, phrase: int, lexicon: Lexicon) -> Named:
    kind = mask & SURE or mask & _CHROME
    family = FAMILIES[(kind & -kind).bit_length() - 1 >> 1]
    return family, lexicon.phrases[phrase].strip(), bool(mask & SURE)


def _join_threads(found: list[Verdict], tops: list[int], named: dict[int, Named]) -> list[Verdict]:
    """Give unnamed lines between two comment lines of one thread their family: replies have no words of their own.

    `tops`: the first line of each verdict's page.
    """
    marks = [n for n, item in enumerate(found) if item.rule == "comment" and item.line in named]
    for low, high in zip(marks, marks[1:], strict=False):
        near = 1 < high - low <= _THREAD_GAP and found[high].line - found[low].line <= 2 * _THREAD_GAP
        if near and tops[low] == tops[high]:
            ends = [named[found[n].line][1] for n in (low, high)]
            for n in range(low + 1, high):
                if found[n].rule in (BOILERPLATE, "metadata"):
                    reason = f"between the comment lines {ends[0]!r} and {ends[1]!r}"
                    found[n] = Verdict(found[n].line, "comment", reason)
    return found


def _looks(page: Layout, dropped: NDArray[np.bool_], lines: NDArray[np.int64]) -> Iterator[_Looks]:
    """Where the dropped lines stand and what they look like."""
    body = np.append((~dropped).nonzero()[0], len(dropped))
    low, high = page.bound[page.page[lines]], page.bound[page.page[lines] + 1]
    first = body[body.searchsorted(low)]
    last = body[body.searchsorted(high) - 1]
    beside = np.append(dropped, False)
    run = beside[lines - 1] | beside[lines + 1]  # looked at between lines of the body only
    columns = (page.counts[lines, FINAL], page.size[lines], first < high, first - lines, lines - last, run)
    return zip(*(c.tolist() for c in columns), strict=True)


def _look(final: int, size: int, has_body: bool, above: int, below: int, beside_others: bool) -> str:
    """The plainest reason, for a line without telling words."""
    look = f"{'a' if final else 'an unpunctuated'} line of {size} characters"
    if not has_body:
        return f"{look} on a page without article text"
    if above > 0:
        return f"{look}, {above} lines above the article"
    if below > 0:
        return f"{look}, {below} lines below the article"
    return f"{look} among other removed lines" if beside_others else f"{look} foreign to the text around it"
