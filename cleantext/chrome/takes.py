"""Lines that go besides the probable ones, of pages that are proven: what is left of lists, what stands twice, news of
the day, advertisements, and what tells above the article who wrote it, when and where.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome import spare
from cleantext.chrome.forms import clocks, paths, stamps
from cleantext.chrome.layout import COMMA, FINAL, Layout
from cleantext.chrome.lexicon import Hits, bit, shipped

Flags = NDArray[np.bool_]
Chances = NDArray[np.float32]

TAKEN: Final = 0.9  # what such lines count as
# Below the article the lines of a list under a navigation heading go together: those at least as likely chrome as this,
# when half of the list goes anyway. At 0.6 28 such lines of sites held out were chrome and 3 were labelled body
# (quotations in lists of related articles, by their look), at 0.5 in two other fittings no more body; above the article
# titles would go.
LISTED: Final = 0.5
LISTED_SHARE: Final = 0.5
LISTED_MEAN: Final = 0.75  # or when its lines are this likely on average
# Within the article a list of other pages under its heading goes, too: so many lines that are no sentences, at least
# this likely chrome on average, with sentences of the article above the heading and right below the list. On sites held
# out 3 lines of one page, all chrome; one line under such a heading is the title of a box. The case is a common one.
CUT_IN: Final = (2, 8)
CUT_IN_SIZE: Final = (6, 40)  # visible characters
CUT_IN_MEAN: Final = 0.1
_BODY: Final = 0.12  # lines less likely chrome than this are the article
_HEAD: Final = 60  # lines of a page among which a day and a time are those of the article
_HEADING_SIZE: Final = 30  # visible characters of a heading, at most
# A line that names two of these, above the article and not one of many, is its source line even where nothing else
# proves the page. On sites held out 5 more lines of `labelled` went, all source lines.
NAMED: Final = tuple(
    tuple(words.split())
    for words in (
        "来源 來源 出处 出處 转自 轉自",
        "作者 记者 記者 编辑 編輯",
        "时间 時間 日期 发布 發布 发表 發表",
        "浏览 瀏覽 点击 點擊 阅读 閱讀 人气 人氣",
    )
)
NAMED_SIZE: Final = 80  # visible characters at most
NAMED_LINES: Final = 2  # on a page at most: a digest names the source of every item
NAMED_REACH: Final = 6  # lines above the first clear sentence of the article
# So near above the first clear sentence of a proven page a line with a telling phrase of these families goes when it is
# this likely, and so does one that is little else than a day and a time (`forms`), unless the page has many such, as a
# chat has. On sites held out 7 and 11 of the former in two fittings and 11 of the latter were chrome, none was body (3
# were not scored).
HEADS: Final = bit("breadcrumb") | bit("metadata") | bit("navigation") | bit("share")
HEAD_REACH: Final = 12  # lines above the first clear sentence
HEAD_BELOW: Final = 3  # less than so many lines below the first line that stays, where there is no sentence
HEAD_CHANCE: Final = 0.5
HEAD_COVERED: Final = 0.1  # share of the line that phrases cover: 原创 before a title is less
STAMP_CHANCE: Final = 0.3
STAMPS: Final = 3  # on a page at most
DAY_CHANCE: Final = 0.6  # of a day without a time
PATH_CHANCE: Final = 0.05  # of a path: above the article all 195 lines of that form were chrome, 4 of them left before
# Lines that begin with times of the day, so many in a row, each before the one above it, are news of the day: what is
# planned for a day goes the other way. In chrome_dev and pages_dev all 24 such lines were chrome.
FEED: Final = 3
FEED_CHANCE: Final = 0.3
# A short line with so many lures (扫一扫, 免费领取, 先到先得) goes when it is this likely and its page proven.
LURES: Final = 3
LURE_SIZE: Final = 60  # visible characters at most
LURE_CHANCE: Final = 0.2
# A telling line that stands twice on its proven page goes when it is this likely. On sites held out all 11 in two
# fittings were chrome; of copies without a telling phrase two in three are body.
COPY: Final = 0.3
COPY_SIZE: Final = 8  # visible characters, at least
SOURCE: Final = bit("metadata") | bit("credit")  # the families of source lines
SOURCE_SIZE: Final = 150  # visible characters of a source line, at most


def take(page: Layout, hits: Hits, chances: Chances, dropped: Flags, telling: Flags, proven: Flags) -> None:
    """Drop all such lines, and raise their chances. `proven` says so of each page."""
    _lists(page, hits, chances, dropped)
    _cut_ins(page, hits, chances, dropped)
    _feeds(page, chances, dropped, proven)
    _copies(page, chances, dropped, telling & proven[page.page])
    _source_lines(page, hits, chances, dropped)
    _heads(page, hits, chances, dropped, proven)


def _lists(page: Layout, hits: Hits, chances: Chances, dropped: Flags) -> None:
    """Drop what is left of lists of links below the article (see LISTED), and raise its chances."""
    here = np.arange(len(dropped))
    below = here > _last(page, chances < _BODY)[page.page]
    heads = below & dropped & ((hits.mask & bit("navigation")) > 0) & (page.size <= _HEADING_SIZE)
    listed = below & (dropped | ((chances >= LISTED) & (chances < TAKEN)))
    if not heads.any() or not (listed & ~dropped).any():
        return
    broken = ~listed
    broken[1:] |= page.page[1:] != page.page[:-1]
    run = broken.cumsum()
    opened = np.full(int(run[-1]) + 1, len(dropped))
    np.minimum.at(opened, run[heads], here[heads])
    under = listed & (here > opened[run])
    count = np.bincount(run[under], minlength=len(opened))
    gone = np.bincount(run[under & dropped], minlength=len(opened))
    mean = np.bincount(run[under], chances[under], len(opened)) / np.maximum(count, 1)
    taken = under & ~dropped & ((gone >= LISTED_SHARE * count) | (mean >= LISTED_MEAN))[run]
    dropped |= taken
    chances[taken] = np.maximum(chances[taken], np.float32(TAKEN))


def _last(page: Layout, flags: Flags) -> NDArray[np.int64]:
    """The last flagged line of each page, or the number of all lines where there is none."""
    last = np.full(len(page.page_end), len(flags))
    lines = flags.nonzero()[0]
    last[page.page[lines]] = lines  # of several the last one stays
    return last


def _cut_ins(page: Layout, hits: Hits, chances: Chances, dropped: Flags) -> None:
    """Drop lists of other pages that stand within the article (see CUT_IN), and raise their chances."""
    heads = dropped & ((hits.mask & bit("navigation")) > 0) & (page.size <= _HEADING_SIZE)
    row = ~dropped & (page.counts[:, FINAL] == 0) & (page.counts[:, COMMA] < 2)
    row &= (page.size >= CUT_IN_SIZE[0]) & (page.size <= CUT_IN_SIZE[1])
    heads[:-1] &= row[1:]
    heads[-1:] = False
    if not heads.any():
        return
    clear = spare.clear_sentences(page, chances, dropped)
    first = spare.first_clear(page, chances, dropped)[page.page]
    for head in (heads & (np.arange(len(dropped)) > first)).nonzero()[0].tolist():
        stop = head + 1
        while stop < len(row) and row[stop]:
            stop += 1
        ended = stop < len(row) and clear[stop] and page.page[stop] == page.page[head]
        if ended and CUT_IN[0] <= stop - head - 1 <= CUT_IN[1] and chances[head + 1 : stop].mean() >= CUT_IN_MEAN:
            dropped[head + 1 : stop] = True
            chances[head + 1 : stop] = np.maximum(chances[head + 1 : stop], np.float32(TAKEN))


def _copies(page: Layout, chances: Chances, dropped: Flags, telling: Flags) -> None:
    """Drop telling lines that stand twice on their page (see COPY), and raise their chances."""
    lines = (telling & ~dropped & (chances >= COPY) & (page.size >= COPY_SIZE)).nonzero()[0]
    if not len(lines):
        return
    for line in lines.tolist():
        low, high = page.bound[page.page[line] : page.page[line] + 2].tolist()
        alike = low + (page.size[low:high] == page.size[line]).nonzero()[0]
        shown = page.shown(line)
        if any(other != line and np.array_equal(page.shown(other), shown) for other in alike.tolist()):
            dropped[line] = True
            chances[line] = max(chances[line], np.float32(TAKEN))


def lures(page: Layout, hits: Hits, chances: Chances, dropped: Flags) -> None:
    """Drop advertisements that look like sentences (see LURES), and raise their chances."""
    lures = np.bincount(hits.lines[(hits.masks & bit("ad")) > 0], minlength=len(dropped))
    taken = (lures >= LURES) & ~dropped & (page.size <= LURE_SIZE) & (chances >= LURE_CHANCE)
    dropped |= taken
    chances[taken] = np.maximum(chances[taken], np.float32(TAKEN))


def _source_lines(page: Layout, hits: Hits, chances: Chances, dropped: Flags) -> None:
    """Drop the source line of an article (see NAMED), and raise its chance."""
    found = (hits.masks & SOURCE) > 0
    likely = np.bincount(hits.lines[found], minlength=len(dropped)) > 1
    likely &= (page.size <= NAMED_SIZE) & (page.counts[:, FINAL] == 0)
    if not (likely & ~dropped).any():
        return
    named: dict[int, set[int]] = {line: set() for line in likely.nonzero()[0].tolist()}
    phrases = shipped().phrases
    for line, number in zip(hits.lines[found].tolist(), hits.phrases[found].tolist(), strict=True):
        if line in named:
            named[line] |= {kind for kind, words in enumerate(NAMED) if any(word in phrases[number] for word in words)}
    lines = np.array([line for line, kinds in named.items() if len(kinds) > 1], np.int64)
    many = np.bincount(page.page[lines], minlength=len(page.page_end)) > NAMED_LINES
    first = spare.first_clear(page, chances, dropped)[page.page[lines]]
    near = (lines < first) & (lines >= first - NAMED_REACH)
    taken = lines[~many[page.page[lines]] & near & ~dropped[lines]]  # what is gone keeps its chance, alone as in a lot
    dropped[taken] = True
    chances[taken] = np.maximum(chances[taken], np.float32(TAKEN))


def _feeds(page: Layout, chances: Chances, dropped: Flags, proven: Flags) -> None:
    """Drop news of the day with their times (see FEED), and raise their chances."""
    may = proven[page.page] & (chances >= FEED_CHANCE)
    row: list[int] = []
    before = 0
    for line, minute in [*clocks(page, may), (-1, 0)]:
        if not row or line != row[-1] + 1 or page.page[line] != page.page[row[-1]] or minute >= before:
            if len(row) >= FEED:
                dropped[row] = True
                chances[row] = np.maximum(chances[row], np.float32(TAKEN))
            row = []
        row.append(line)
        before = minute


def _heads(page: Layout, hits: Hits, chances: Chances, dropped: Flags, proven: Flags) -> None:
    """Drop what stands above the article and tells so (see HEADS), and raise its chances."""
    may = ~dropped & proven[page.page]
    told = may & ((hits.mask & HEADS) > 0) & (chances >= HEAD_CHANCE) & (hits.covered >= HEAD_COVERED)
    times = stamps(page, may & (chances >= STAMP_CHANCE))
    if len(times):
        every = page.page[stamps(page, np.isin(page.page, page.page[times]))]
        told[times[np.bincount(every, minlength=len(proven))[page.page[times]] <= STAMPS]] = True
    told[stamps(page, may & (chances >= DAY_CHANCE), timed=False)] = True
    told[paths(page, may & (chances >= PATH_CHANCE))] = True
    taken = told.nonzero()[0]
    if not len(taken):
        return
    first = spare.first_clear(page, chances, dropped)
    bare = first == len(dropped)  # no sentence: below the title, which stays
    kept = (~(dropped | told)).nonzero()[0]
    first[bare] = np.append(kept, len(dropped))[kept.searchsorted(page.bound[:-1][bare])] + HEAD_BELOW
    first = first[page.page[taken]]
    taken = taken[(taken < first) & (taken >= first - HEAD_REACH)]
    dropped[taken] = True
    chances[taken] = np.maximum(chances[taken], np.float32(TAKEN))


def sources(page: Layout, hits: Hits, chances: Chances) -> NDArray[np.int64]:
    """The lines that tell of source, author and date: probably chrome, or with two telling phrases of that kind, or
    of a day and a time.
    """
    number = np.bincount(hits.lines[(hits.masks & SOURCE) > 0], minlength=len(chances))
    likely = ((number > 0) & (chances >= 0.5)) | (number > 1)
    likely &= page.size <= SOURCE_SIZE
    likely[stamps(page, ~likely & (chances >= TAKEN) & (page.number < _HEAD))] = True
    return likely.nonzero()[0]
