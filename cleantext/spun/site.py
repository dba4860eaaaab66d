"""What the other spun pages of a site tell of its spinner: counted in a first pass, frozen, and used as evidence.

A spinner turns the same word into the same other word on every page: on the hand-marked pages 98 % of an original's
repairs on a page, and 91 % on a site, have one spun form. So a pair that other pages of the site were found to need is
likely here as well, and other spun forms of its original are not. A site may be home to several spinners: each of its
pages counts by how well its pairs agree with those of the page at hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from cleantext.sites import PAGES_IN_ALL, PAGES_OF_A_SITE, Counted, PageSample, escape, unescape
from cleantext.spun.dictionary import Dictionary
from cleantext.spun.lot import Floats, Ints
from cleantext.spun.rows import Row

HEAD: Final = "# cleantext site pairs 1: site, spun>original pairs that one of its pages needs"
NEEDED: Final = 0.5  # expected repairs from which a page is said to need a pair
# Agreement of two pages: of the originals that both need, the share that both need for the same spun form, as if they
# had agreed on 0.9 of DOUBT more. Pages that agree on less than the first of these shares count for nothing, from the
# second on fully. Chosen on the hand-marked passages as one folder: recall at 0.8 is 0.756 alone, 0.742 to 0.757 if all
# pages count alike, 0.763 so; a DOUBT of 2 to 5 and a NEEDED of 0.25 to 0.6 differ by 0.003.
DOUBT: Final = 2.0
AGREEMENT: Final = (0.4, 0.9)
COPY: Final = 0.75  # pages that share as much of the pairs of both are copies, or the page itself: they prove nothing
# Log odds for each unit of `Support`: as fitted on simulated sites (`tests/bench/spun_sites.py`: +0.87, -1.27), damped
# by a quarter. Of what this adds on pages full of genuine look-alikes 37 of 48 are right; undamped 47 of 65.
SAME, OTHER_FORM = 0.67, -0.95

Numbers = npt.NDArray[np.float64]


class SitePairsError(ValueError):
    """A table of pairs is malformed; the message names the row."""


class _Entries(NamedTuple):
    """The pairs of a site's pages: page and dictionary row of each, and how many pairs each page has."""

    page: Ints
    row: Ints
    sizes: Ints


class Candidates(NamedTuple):
    """The candidates of one page: slot, dictionary row, probability."""

    slot: Ints
    row: Ints
    probability: Floats


class Support(NamedTuple):
    """What other pages of a site tell of each candidate of a page.

    The log of one plus the pages, each by its agreement, that need the same pair; its original from another spun form.
    `pages`: how many need the same pair, among those that agree at all.
    """

    same: Numbers
    other_form: Numbers
    pages: Ints


@dataclass(frozen=True, eq=False)  # as `Counted` has it
class SitePairs(Counted):
    """For any number of sites, the pairs that each sampled spun page needs: sorted, without doubles."""

    rows: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def dump(self) -> str:
        """The pairs as a table that `parse` reads back: HEAD, then a line a page: its site and its pairs."""
        lines = ("\t".join(map(escape, (site, *pairs))) for site, pairs in self.rows)
        return "\n".join((HEAD, *lines)) + "\n"

    @classmethod
    def parse(cls, table: str, above: int = 0) -> SitePairs:
        """Read such a table, edited by hand or not. Raises SitePairsError naming the first bad row.

        `above`: the lines above it in its file.
        """
        rows = table.replace("\r\n", "\n").split("\n")
        found = set()
        for number, row in enumerate(rows, 1 + above):
            if not row or row.startswith("#"):
                continue
            site, *pairs = map(unescape, row.split("\t"))
            if not pairs or not all(">" in pair for pair in pairs):
                raise SitePairsError(f"row {number}: expected site, then spun>original pairs: {row[:80]!r}")
            found.add((site, tuple(sorted(set(pairs)))))
        return cls(tuple(sorted(found)))

    def weigh(self, site: str, candidates: Candidates, dictionary: Dictionary) -> tuple[Floats, Ints]:
        """The probabilities of a page's candidates, with what the site's other pages tell of their rows.

        And on how many of these each row is needed, of those that agree with the page at all.
        """
        probability = candidates.probability
        support = self.support(site, candidates, dictionary)
        if support is None:
            return probability, np.zeros(len(probability), dtype=np.int64)
        gain = SAME * support.same + OTHER_FORM * support.other_form
        odds = probability / np.maximum(1 - probability, 1e-6) * np.exp(gain)
        return (odds / (1 + odds)).astype(np.float32), support.pages

    def support(self, site: str, candidates: Candidates, dictionary: Dictionary) -> Support | None:
        """What a site's other pages tell of the candidates of one page; None when nothing is known of the site."""
        entries = self._entries(site, dictionary)
        if entries is None:
            return None
        needed = np.zeros(len(dictionary.rows), dtype=bool)
        needed[needed_rows(candidates)] = True
        row = candidates.row
        weight = _agreement(entries, needed, dictionary.original_number)[entries.page]
        pages = np.bincount(entries.row, weight, len(needed))
        original = dictionary.original_number
        same = pages[row]
        other_form = np.maximum(np.bincount(original, pages)[original[row]] - same, 0)
        count = np.bincount(entries.row[weight > 0], minlength=len(needed))[row]
        return Support(np.log1p(same), np.log1p(other_form), count)

    def _entries(self, site: str, dictionary: Dictionary) -> _Entries | None:
        """The pairs of a site's pages that the dictionary has; None when nothing is known of the site."""
        known = self._known
        if (site, dictionary) not in known:
            numbers = _pair_numbers(dictionary)
            pages = [[numbers[pair] for pair in pairs if pair in numbers] for pairs in self._pages.get(site, ())]
            sizes = np.array([len(rows) for rows in pages], dtype=np.int64)
            rows = np.array([row for found in pages for row in found], dtype=np.int64)
            known[site, dictionary] = _Entries(np.arange(len(pages)).repeat(sizes), rows, sizes) if pages else None
        return known[site, dictionary]

    @cached_property
    def _pages(self) -> dict[str, list[tuple[str, ...]]]:
        pages: dict[str, list[tuple[str, ...]]] = {}
        for site, pairs in self.rows:
            pages.setdefault(site, []).append(pairs)
        return pages

    @cached_property
    def _known(self) -> dict[tuple[str, Dictionary], _Entries | None]:
        return {}


@cache
def _pair_numbers(dictionary: Dictionary) -> dict[str, int]:
    """The row of each pair."""
    return {pair(row): number for number, row in enumerate(dictionary.rows)}


def pair(row: Row) -> str:
    """A dictionary row as it stands in the table."""
    return f"{row.spun}>{row.original}"


def needed_rows(candidates: Candidates) -> Ints:
    """The rows that a page needs: those of which enough repairs are expected where they are the best of their slot."""
    slot, row, probability = candidates
    best = np.zeros(int(slot.max(initial=-1)) + 1, dtype=np.float32)
    np.maximum.at(best, slot, probability)
    leads = probability >= best[slot]
    rows, line = np.unique(row[leads], return_inverse=True)
    needed: Ints = rows[np.bincount(line, probability[leads], len(rows)) >= NEEDED]
    return needed


def _agreement(entries: _Entries, needed: npt.NDArray[np.bool_], original_number: Ints) -> Numbers:
    """How much each page of a site counts for a page that needs some rows."""
    pages = len(entries.sizes)
    same = np.bincount(entries.page, needed[entries.row], pages)
    # How often an original of theirs is one of this page's: each of their pairs with each of this page's.
    times = np.bincount(original_number[needed], minlength=int(original_number.max(initial=0)) + 1)
    both = np.bincount(entries.page, times[original_number[entries.row]], pages)
    share = (same + AGREEMENT[1] * DOUBT) / (both + DOUBT)
    weight: Numbers = np.clip((share - AGREEMENT[0]) / (AGREEMENT[1] - AGREEMENT[0]), 0, 1)
    weight[same >= COPY * np.maximum(entries.sizes + int(needed.sum()) - same, 1)] = 0
    return weight


class PairCounter:
    """Counts the pairs of sites, page by page; the same pages in any order and any split give the same pairs."""

    def __init__(self, pages_of_a_site: int = PAGES_OF_A_SITE, pages_in_all: int = PAGES_IN_ALL) -> None:
        self.sample = PageSample(pages_of_a_site, pages_in_all)

    def add(self, site: str, key: str, pairs: Sequence[str]) -> None:
        """Count a page, which its key names, with the pairs that it needs (`judge.pairs_of`); none: it is not spun."""
        if self.sample.wants(site, key):
            self.sample.add(site, key, "\n".join(sorted(pairs)))

    def pairs(self) -> SitePairs:
        """The pairs of the sampled pages that need any."""
        found = ((site, page) for site, pages in self.sample.sites() for page in pages if page)
        return SitePairs(tuple(sorted((site, tuple(page.split("\n"))) for site, page in found)))
