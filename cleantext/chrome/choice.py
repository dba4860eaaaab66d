"""Which lines go, given how likely each is chrome: the page must prove itself, some lines go besides (`takes`), and
what must stay all the same is taken back (`spare`, `chapters`).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome import chapters, spare, takes
from cleantext.chrome.features import PROSE_HAN
from cleantext.chrome.layout import Layout
from cleantext.chrome.lexicon import SURE, Hits, bit

# A single telling line must be this probable to prove its page, and two so much each. Whom to ask and who wrote it is
# told in notices and articles, too: that proves nothing. On sites held out this costs next to nothing (F1 of news at
# most 0.0006), and of 1,344 clean pages 0, 0, 0 and 1 lose a line in four fittings, before it 0, 1, 2 and 2.
LONE_PROOF: Final = 0.99
PAIR_PROOF: Final = 0.9
OTHERS: Final = 2  # or any that goes among more telling lines than that, sentences too
PROVING: Final = SURE & ~bit("contact") & ~bit("credit")


def proofs(page: Layout, hits: Hits) -> NDArray[np.bool_]:
    """The telling lines that are no sentences: one of them must be among the lines that go."""
    telling = (hits.mask & PROVING) > 0
    if not telling.any():
        return telling
    return telling & ~((page.han >= PROSE_HAN) & page.pointed)


def choose(page: Layout, hits: Hits, chances: NDArray[np.float32], least: float) -> NDArray[np.bool_]:
    """Which lines go: the probable ones, once their page has proved itself and enough of it stays.

    A page without one telling line is no web page, whatever its lines look like; and a sentence tells nothing by
    itself, since an article may speak of 评论区 and 版权. A page without a clear article keeps what no phrase gives
    away where an article may be: it may be a list, or in short lines.
    """
    dropped = chances >= least
    telling = (hits.mask & SURE) > 0
    may_prove = proofs(page, hits) & dropped
    proof = may_prove & (chances >= PAIR_PROOF)
    proven = _number(page, proof & (chances >= LONE_PROOF)) > 0
    proven |= _number(page, proof) > 1
    proven |= (_number(page, may_prove) > 0) & (_number(page, telling & dropped) > OTHERS)
    if least <= takes.TAKEN:
        takes.lures(page, hits, chances, dropped)
    dropped &= proven[page.page]
    spare.lookalikes(page, dropped, telling)
    if least <= takes.TAKEN:
        takes.take(page, hits, chances, dropped, telling, proven)
    spare.stretches(page, chances, dropped, telling)
    spare.sentences(page, chances, dropped, telling)
    spare.lone(page, chances, dropped, telling)
    spare.introducers(page, chances, dropped)
    spare.titles(page, chances, dropped, telling)
    chapters.spare(page, dropped, telling, spare.clear_sentences(page, chances, dropped))
    return dropped


def _number(page: Layout, flags: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many lines of each page are flagged."""
    return np.bincount(page.page[flags], minlength=len(page.page_end))
