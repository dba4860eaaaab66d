"""What is taken back of the lines that were to go: titles, headings, and articles that do not look like one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome.layout import ARROW, COLON, DIGIT, FINAL, GRAMMAR, HAN, LATIN, PIPE, URL, Layout

Flags = NDArray[np.bool_]
Chances = NDArray[np.float32]

TITLE_REACH: Final = 8  # characters that a first line must share with another line to be the title with the site's name
# An article has been found when so many Han characters (or this share of the page) stand in sentences less likely
# chrome than CLEAR. On sites held out, as against keeping all of a page of which little would stay: recall of articles
# 0.932 -> 0.984, F1 0.870 -> 0.895; news 0.951 -> 0.956.
ARTICLE_HAN: Final = 60
ARTICLE_SHARE: Final = 0.25
CLEAR: Final = 0.4
SENTENCE_HAN: Final = 12
PARAGRAPH_HAN: Final = 80  # a sentence so long counts whenever it stays
SURE_BODY: Final = 0.2  # any line less likely chrome than this counts, too
# Else only lines with a telling phrase, or near certain ones, go from the stretch most unlike the rest of the page: the
# one whose log-odds lie farthest below the page's median less this margin, if it holds so many Han; else everywhere.
NEAR_CERTAIN: Final = 0.995
STRETCH_MARGIN: Final = 1.0
STRETCH_HAN: Final = 40
# On such pages long sentences stay wherever they stand, when they are no more likely chrome than this; if they have
# PARAGRAPH_HAN they are the article, and the rest is judged by itself.
LONG_HAN: Final = 50
LONG_CHANCE: Final = 0.95
# A lone line between two lines of the article this little likely chrome is a heading or a caption, unless it holds
# figures, an address or Latin letters, as a source line does. On sites held out 5 of 6 were labelled body. (At 0.4 one
# more body line of another fitting went.)
BETWEEN: Final = 0.6
LONE_CHANCE: Final = 0.97
LONE_DIGITS: Final = 2
LONE_LATIN: Final = 0.3  # share of its visible characters
# A long sentence without a telling phrase, so near a clear one, belongs to it. On sites held out all 4 in two fittings.
NEAR_LINES: Final = 2
NEAR_HAN: Final = 30
# Where so many lines above the article all go, the one least likely chrome is the title, if so much of it is said in
# the article. On sites held out 5 of 7 were titles, one was not scored.
ABOVE: Final = 20
TITLE_CHANCE: Final = 0.95
TITLE_SIZE: Final = 50  # visible characters at most
TITLE_HAN: Final = 5
TITLE_ECHO: Final = 0.25  # share of its Han bigrams


def lookalikes(page: Layout, dropped: Flags, telling: Flags) -> None:
    """Take back what only looks like chrome: the page's title with the site's name, and numbers that head sections."""
    for number in _sparing(page, dropped, telling):
        lines = slice(*page.bound[number : number + 2].tolist())
        _spare(page.text(number), dropped[lines], telling[lines])


def lone(page: Layout, chances: Chances, dropped: Flags, telling: Flags) -> None:
    """Take back lone lines within the article (see BETWEEN)."""
    if len(dropped) < 3:
        return
    body = ~dropped & (chances < BETWEEN)
    same = page.page[:-2] == page.page[2:]
    held = dropped[1:-1] & ~telling[1:-1] & body[:-2] & body[2:] & same & (chances[1:-1] < LONE_CHANCE)
    counts = page.counts
    source = (counts[:, DIGIT] > LONE_DIGITS) | (counts[:, URL] + counts[:, PIPE] > 0)
    latin = counts[:, LATIN] > LONE_LATIN * page.size
    source |= latin
    source[1:] &= ~(latin[1:] & latin[:-1])  # a line of a program
    dropped[1:-1] &= ~held | source[1:-1]


def introducers(page: Layout, chances: Chances, dropped: Flags) -> None:
    """Take back lines that end with a colon and stand between two lines of the article (see BETWEEN).

    They introduce what follows (报名数据显示：), whatever words of chrome they hold.
    """
    body = ~dropped & (chances < BETWEEN)
    lines = np.flatnonzero(dropped & (page.counts[:, COLON] > 0) & (chances < LONE_CHANCE))
    lines = lines[(lines > 0) & (lines < len(dropped) - 1)]
    lines = lines[page.kind[page.last[lines]] == COLON]
    lines = lines[body[lines - 1] & body[lines + 1] & (page.page[lines - 1] == page.page[lines + 1])]
    dropped[lines] = False


def sentences(page: Layout, chances: Chances, dropped: Flags, telling: Flags) -> None:
    """Take back long sentences beside clear ones (see NEAR_LINES)."""
    sentence = _sentences(page)
    held = dropped & ~telling & sentence & (page.counts[:, FINAL] > 0) & (chances < LONE_CHANCE)
    held &= page.han >= NEAR_HAN
    if not held.any():
        return
    clear = sentence & ~dropped & (chances < CLEAR)
    beside = np.zeros(len(dropped), bool)
    for step in range(1, min(NEAR_LINES, len(dropped) - 1) + 1):
        same = page.page[step:] == page.page[:-step]
        beside[step:] |= same & clear[:-step]
        beside[:-step] |= same & clear[step:]
    dropped &= ~(held & beside)


def titles(page: Layout, chances: Chances, dropped: Flags, telling: Flags) -> None:
    """Take back the title of an article above which nothing else stays (see ABOVE)."""
    clear = clear_sentences(page, chances, dropped)
    first = _first(page, clear)
    topmost = page.bound[:-1]
    heads = (first < len(dropped)) & (first > topmost)
    heads[heads] = dropped[first[heads] - 1]
    low, high = np.maximum(topmost, first - ABOVE)[heads], first[heads]
    counts = page.counts
    may = ~telling & (chances < TITLE_CHANCE) & (page.han >= TITLE_HAN)
    may &= (page.size <= TITLE_SIZE) & (counts[:, ARROW] + counts[:, PIPE] + counts[:, URL] == 0)
    kept, likely = (np.append(0, flags.cumsum()) for flags in (~dropped, may))
    asked = (kept[high] == kept[low]) & (likely[high] > likely[low])  # all go, and one of them may be the title
    below = page.bound[1:][heads]
    for top, line, end in zip(low[asked].tolist(), high[asked].tolist(), below[asked].tolist(), strict=True):
        best = top + int(np.where(may[top:line], chances[top:line], 1).argmin())
        if _echo(page, best, clear[line:end], line) >= TITLE_ECHO:
            dropped[best] = False


def clear_sentences(page: Layout, chances: Chances, dropped: Flags) -> Flags:
    """The sentences that stay and are little likely chrome."""
    clear: Flags = _sentences(page) & ~dropped & (chances < CLEAR)
    return clear


def first_clear(page: Layout, chances: Chances, dropped: Flags) -> NDArray[np.int64]:
    """The first clear sentence of each page, or the number of all lines where there is none."""
    return _first(page, clear_sentences(page, chances, dropped))


def _first(page: Layout, clear: Flags) -> NDArray[np.int64]:
    first = np.full(len(page.page_end), len(clear))
    lines = clear.nonzero()[0][::-1]
    first[page.page[lines]] = lines  # of several the first one stays
    return first


def _echo(page: Layout, line: int, clear: Flags, below: int) -> float:
    """The share of the Han bigrams of a line that occur in the clear sentences from line `below` on."""
    keys = np.sort(_bigrams(page, slice(page.start[line], page.end[line])))
    if not len(keys):
        return 0.0
    lines = below + clear.nonzero()[0]
    said = np.concatenate([_bigrams(page, slice(*span)) for span in _runs(page, lines)])
    found = np.zeros(len(keys), bool)  # of equal ones the first
    at = keys.searchsorted(said)
    found[at[keys.take(at, mode="clip") == said]] = True
    return float(found[keys.searchsorted(keys)].mean())


def _runs(page: Layout, lines: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Start and end of runs of neighbouring lines."""
    breaks = (np.diff(lines) > 1).nonzero()[0] + 1
    firsts, lasts = lines[np.append(0, breaks)], lines[np.append(breaks, len(lines)) - 1]
    return zip(page.start[firsts].tolist(), page.end[lasts].tolist(), strict=True)


def _bigrams(page: Layout, span: slice) -> NDArray[np.int64]:
    """Those of Han that stand side by side: no line end lies between them."""
    codes = page.codes[span].astype(np.int64)
    han = (page.kind[span] == HAN) | (page.kind[span] == GRAMMAR)
    keys: NDArray[np.int64] = ((codes[:-1] << 21) + codes[1:])[han[:-1] & han[1:]]
    return keys


def _sentences(page: Layout) -> Flags:
    return (page.han >= SENTENCE_HAN) & page.pointed


def stretches(page: Layout, chances: Chances, dropped: Flags, telling: Flags) -> None:
    """On pages where no article has been found, take back what may be one (see NEAR_CERTAIN)."""
    han = page.han
    pages = len(page.page_end)
    sentence = _sentences(page)
    clear = ~dropped & (sentence & ((chances < CLEAR) | (han >= PARAGRAPH_HAN)) | (chances < SURE_BODY))
    found = np.bincount(page.page, han * clear, pages)
    least = np.minimum(ARTICLE_HAN, ARTICLE_SHARE * np.bincount(page.page, han, pages))
    long = dropped & sentence & ~telling & (chances < LONG_CHANCE)
    paragraph = long & (han >= PARAGRAPH_HAN)
    bare = (found < least) & (np.bincount(page.page, dropped, pages) > 0)
    bare |= found < np.bincount(page.page, han * paragraph, pages)
    if not bare.any():
        return
    paragraph &= bare[page.page]
    bare &= found + np.bincount(page.page, han * paragraph, pages) < least
    dropped &= ~(paragraph | (long & (han >= LONG_HAN) & bare[page.page]))
    for number in bare.nonzero()[0].tolist():
        lines = slice(*page.bound[number : number + 2].tolist())
        here = chances[lines]
        within = _stretch(here, han[lines])
        dropped[lines][within] &= telling[lines][within] | (here[within] >= NEAR_CERTAIN)


def _stretch(chances: Chances, han: NDArray[np.int64]) -> slice:
    """The lines of a page that are least like the rest of it."""
    sure = np.clip(chances.astype(np.float64), 0.001, 0.9995)
    odds = np.log(sure / (1 - sure))
    total = np.append(0, ((_median(odds) - STRETCH_MARGIN - odds) * np.sqrt(han)).cumsum())
    last = int((total[1:] - np.minimum.accumulate(total[:-1])).argmax())
    first = int(total[: last + 1].argmin())
    return slice(first, last + 1) if han[first : last + 1].sum() >= STRETCH_HAN else slice(0, len(han))


def _median(values: NDArray[np.float64]) -> np.float64:
    """That of numpy imports masked arrays: 2 MB."""
    ranked = np.sort(values)
    middle: np.float64 = (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2
    return middle


def _sparing(page: Layout, dropped: Flags, telling: Flags) -> list[int]:
    """The pages in which `_spare` may have something to take back."""
    top = page.bound[page.page]  # the first line of each line's page
    places = np.minimum(page.first[:, None] + np.arange(TITLE_REACH), page.page_end[page.page][:, None] - 1)
    heads = page.codes[places]
    titled = (heads == heads[top]).all(axis=1) & (page.last - page.first >= TITLE_REACH)[top] & ~telling[top]
    titled &= np.arange(len(top)) > top
    numbered = dropped & _is_number(page)
    found: list[int] = np.bincount(page.page[titled | numbered]).nonzero()[0].tolist()
    return found


def _is_number(page: Layout) -> Flags:
    """The lines that are a number of one or two digits."""
    number: Flags = (page.counts[:, DIGIT] == page.size) & (page.size <= 2)
    return number


def _spare(page: Layout, dropped: Flags, telling: Flags) -> None:
    """Take back what only looks like chrome: the page's title with the site's name, and numbers that head sections."""
    _spare_title(page, dropped, telling)
    numbers = np.flatnonzero(_is_number(page))
    if len(numbers) < 2 or not dropped[numbers].any():
        return
    values = [
        int("".join("".join(map(chr, page.codes[page.first[n] : page.last[n]])).split())) for n in numbers.tolist()
    ]
    followed = all(n + 1 < len(dropped) and not dropped[n + 1] for n in numbers.tolist())
    if followed and values == list(range(values[0], values[0] + len(values))):
        dropped[numbers] = False


def _spare_title(page: Layout, dropped: Flags, telling: Flags) -> None:
    """When the first line is the title with the site's name behind it, keep it, and the title above the text too."""
    opening = page.codes[page.first[0] : page.last[0]]
    if telling[0] or len(opening) < TITLE_REACH:
        return
    heads = page.codes[np.minimum(page.first[1:, None] + np.arange(TITLE_REACH), len(page.codes) - 1)]
    for line in (1 + np.flatnonzero(np.all(heads == opening[:TITLE_REACH], axis=1))).tolist():
        size = page.last[line] - page.first[line]
        whole = size < len(opening) and np.array_equal(page.codes[page.first[line] : page.last[line]], opening[:size])
        if whole or not dropped[line]:  # else a row of links that stands on the page twice
            dropped[0] = False
        if whole:
            dropped[line] &= telling[line]
            break
