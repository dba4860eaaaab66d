"""Which lines go, given how likely each is chrome: the page must prove itself, lists go as a whole, and no page must be
emptied.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome.features import PROSE_HAN
from cleantext.chrome.layout import COMMA, DIGIT, FINAL, GRAMMAR, HAN, Layout
from cleantext.chrome.lexicon import SURE, Hits, bit

# An article has been found when so many Han characters (or this share of the page) stand in sentences less likely
# chrome than CLEAR. On sites held out: recall of articles 0.932 -> 0.984, F1 0.870 -> 0.900; news 0.951 -> 0.956.
ARTICLE_HAN: Final = 60
ARTICLE_SHARE: Final = 0.25
CLEAR: Final = 0.3
SENTENCE_HAN: Final = 12
# Else only lines with a telling phrase, or near certain ones, go from the stretch most unlike the rest of the page: the
# one whose log-odds lie farthest below the page's median less this margin, if it holds so many Han; else everywhere.
NEAR_CERTAIN: Final = 0.995
STRETCH_MARGIN: Final = 1.0
STRETCH_HAN: Final = 40
# A single telling line must be this probable to prove its page. On sites held out 1 page in 279 with chrome has no
# other proof, and both of the 1,344 clean ones on which a line would go.
LONE_PROOF: Final = 0.95
TITLE_REACH: Final = 8  # characters that a first line must share with another line to be the title with the site's name
# Below the article the lines of a list under a navigation heading go together: those at least as likely chrome as this,
# when half of the list goes anyway. On sites held out 28 such lines were chrome and 3 were labelled body (quotations in
# lists of related articles, by their look); above the article titles would go.
LISTED: Final = 0.6
LISTED_SHARE: Final = 0.5
LISTED_CHANCE: Final = 0.9  # what such a line counts as
_BODY: Final = 0.12  # lines less likely chrome than this are the article
_HEADING_SIZE: Final = 30  # visible characters of a heading, at most
SOURCE: Final = bit("metadata") | bit("credit")  # the families of source lines
SOURCE_SIZE: Final = 150  # visible characters of a source line, at most


def proofs(page: Layout, hits: Hits) -> NDArray[np.bool_]:
    """The telling lines that are no sentences: one of them must be among the lines that go."""
    telling = (hits.mask & SURE) > 0
    if not telling.any():
        return telling
    counts = page.counts
    prose = counts[:, HAN] + counts[:, GRAMMAR] >= PROSE_HAN
    return telling & ~(prose & ((counts[:, FINAL] > 0) | (counts[:, COMMA] > 1)))


def choose(page: Layout, hits: Hits, chances: NDArray[np.float32], least: float) -> NDArray[np.bool_]:
    """Which lines go: the probable ones, once their page has proved itself and enough of it stays.

    A page without one telling line is no web page, whatever its lines look like; and a sentence tells nothing by
    itself, since an article may speak of 评论区 and 版权. A page without a clear article keeps what no phrase gives
    away where an article may be: it may be a list, or in short lines.
    """
    dropped = chances >= least
    pages = len(page.page_end)
    proof = dropped & proofs(page, hits)
    certain = np.bincount(page.page[proof & (chances >= LONE_PROOF)], minlength=pages)
    proven = (certain > 0) | (np.bincount(page.page[proof], minlength=pages) > 1)
    dropped &= proven[page.page]
    telling = (hits.mask & SURE) > 0
    for number in _sparing(page, dropped, telling):
        lines = slice(*page.bound[number : number + 2].tolist())
        _spare(page.text(number), dropped[lines], telling[lines])
    if least <= LISTED_CHANCE:
        _take_lists(page, hits, chances, dropped)
    _spare_stretches(page, chances, dropped, telling)
    return dropped


def _spare_stretches(
    page: Layout, chances: NDArray[np.float32], dropped: NDArray[np.bool_], telling: NDArray[np.bool_]
) -> None:
    """On pages where no article has been found, take back what may be one (see NEAR_CERTAIN)."""
    han = page.counts[:, HAN] + page.counts[:, GRAMMAR]
    pages = len(page.page_end)
    sentence = (han >= SENTENCE_HAN) & ((page.counts[:, FINAL] > 0) | (page.counts[:, COMMA] > 1))
    found = np.bincount(page.page, han * (sentence & ~dropped & (chances < CLEAR)), pages)
    bare = found < np.minimum(ARTICLE_HAN, ARTICLE_SHARE * np.bincount(page.page, han, pages))
    bare &= np.bincount(page.page, dropped, pages) > 0
    for number in bare.nonzero()[0].tolist():
        lines = slice(*page.bound[number : number + 2].tolist())
        within = _stretch(chances[lines], han[lines])
        going = telling[lines][within] | (chances[lines][within] >= NEAR_CERTAIN)
        dropped[lines][within] &= going


def _stretch(chances: NDArray[np.float32], han: NDArray[np.int64]) -> slice:
    """The lines of a page that are least like the rest of it."""
    sure = np.clip(chances.astype(np.float64), 0.001, 0.9995)
    odds = np.log(sure / (1 - sure))
    total = np.append(0, ((np.median(odds) - STRETCH_MARGIN - odds) * np.sqrt(han)).cumsum())
    last = int((total[1:] - np.minimum.accumulate(total[:-1])).argmax())
    first = int(total[: last + 1].argmin())
    return slice(first, last + 1) if han[first : last + 1].sum() >= STRETCH_HAN else slice(0, len(han))


def _take_lists(page: Layout, hits: Hits, chances: NDArray[np.float32], dropped: NDArray[np.bool_]) -> None:
    """Drop what is left of lists of links below the article (see LISTED), and raise its chances."""
    here = np.arange(len(dropped))
    last = np.full(len(page.page_end), len(dropped))
    article = (chances < _BODY).nonzero()[0]
    last[page.page[article]] = article  # of several the last one stays
    below = here > last[page.page]
    heads = below & dropped & ((hits.mask & bit("navigation")) > 0) & (page.size <= _HEADING_SIZE)
    listed = below & (dropped | ((chances >= LISTED) & (chances < LISTED_CHANCE)))
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
    taken = under & ~dropped & (gone >= LISTED_SHARE * count)[run]
    dropped |= taken
    chances[taken] = np.maximum(chances[taken], np.float32(LISTED_CHANCE))


def _sparing(page: Layout, dropped: NDArray[np.bool_], telling: NDArray[np.bool_]) -> list[int]:
    """The pages in which `_spare` may have something to take back."""
    top = page.bound[page.page]  # the first line of each line's page
    places = np.minimum(page.first[:, None] + np.arange(TITLE_REACH), page.page_end[page.page][:, None] - 1)
    heads = page.codes[places]
    titled = (heads == heads[top]).all(axis=1) & (page.last - page.first >= TITLE_REACH)[top] & ~telling[top]
    titled &= np.arange(len(top)) > top
    numbered = dropped & _is_number(page)
    found: list[int] = np.unique(page.page[titled | numbered]).tolist()
    return found


def _is_number(page: Layout) -> NDArray[np.bool_]:
    """The lines that are a number of one or two digits."""
    number: NDArray[np.bool_] = (page.counts[:, DIGIT] == page.size) & (page.size <= 2)
    return number


def _spare(page: Layout, dropped: NDArray[np.bool_], telling: NDArray[np.bool_]) -> None:
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


def _spare_title(page: Layout, dropped: NDArray[np.bool_], telling: NDArray[np.bool_]) -> None:
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


def sources(page: Layout, hits: Hits, chances: NDArray[np.float32]) -> NDArray[np.int64]:
    """The lines that tell of source, author and date: probably chrome, or with two telling phrases of that kind."""
    number = np.bincount(hits.lines[(hits.masks & SOURCE) > 0], minlength=len(chances))
    likely = ((number > 0) & (chances >= 0.5)) | (number > 1)
    return (likely & (page.size <= SOURCE_SIZE)).nonzero()[0]
