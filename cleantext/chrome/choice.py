"""Which lines go, given how likely each is chrome: the page must prove itself, lists go as a whole, and what must stay
all the same is taken back (`spare`).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome import spare
from cleantext.chrome.features import PROSE_HAN
from cleantext.chrome.layout import COMMA, FINAL, GRAMMAR, HAN, Layout
from cleantext.chrome.lexicon import SURE, Hits, bit

# A single telling line must be this probable to prove its page. On sites held out 1 page in 279 with chrome has no
# other proof, and both of the 1,344 clean ones on which a line would go.
LONE_PROOF: Final = 0.95
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
    spare.lookalikes(page, dropped, telling)
    if least <= LISTED_CHANCE:
        _take_lists(page, hits, chances, dropped)
    spare.stretches(page, chances, dropped, telling)
    spare.lone(page, chances, dropped, telling)
    spare.titles(page, chances, dropped, telling)
    return dropped


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


def sources(page: Layout, hits: Hits, chances: NDArray[np.float32]) -> NDArray[np.int64]:
    """The lines that tell of source, author and date: probably chrome, or with two telling phrases of that kind."""
    number = np.bincount(hits.lines[(hits.masks & SOURCE) > 0], minlength=len(chances))
    likely = ((number > 0) & (chances >= 0.5)) | (number > 1)
    return (likely & (page.size <= SOURCE_SIZE)).nonzero()[0]
