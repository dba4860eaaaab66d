"""Sites, and samples of their pages: what the first pass of a batch counts, it counts site by site.

A sample keeps the pages of the smallest hashes of their keys. Which pages these are does not depend on the order of
adding, nor on how the pages were split over samples that are merged later (a bottom-k sample: Cohen & Kaplan 2007), and
the memory is bounded.
"""

from __future__ import annotations

import re
import zlib
from bisect import insort
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

PAGES_OF_A_SITE: Final = 128  # the sample of a site, at most; a share of 0.05 is then known to 0.02
PAGES_IN_ALL: Final = 16_384  # over all sites; with the bound on a page's lines some 50 MB on ordinary pages
_FEWEST: Final = 16  # the sample of a site is never cut below this; where sites are too many, whole ones are left out

_HOST_RE: Final = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?(?:www\.)?([^/:?#]+)", re.IGNORECASE)
_ESCAPED_RE: Final = re.compile(r"^#|[\x00-\x1f\\\x7f\x85\u2028\u2029\ud800-\udfff]")
_ESCAPE_RE: Final = re.compile(r"\\u([0-9a-f]{4})")


def site_of(source: str) -> str:
    """The site of a page: the host of a URL (without www.), else the folder part of a path ("" at the top)."""
    host = _HOST_RE.match(source)
    if host:
        return host[1].lower()
    return source.replace("\\", "/").rpartition("/")[0]


def escape(text: str) -> str:
    """A cell of a table of what was counted: without line ends, tabs, what no file can hold, and the # of a comment."""
    return _ESCAPED_RE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def unescape(cell: str) -> str:
    """What `escape` was given."""
    return _ESCAPE_RE.sub(lambda match: chr(int(match[1], 16)), cell)


class Counted:
    """What was counted of sites: `rows`, hashed once, and pickled without what is derived from them."""

    rows: tuple[Any, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Counted) and type(self) is type(other) and self.rows == other.rows

    def __hash__(self) -> int:
        return self._hash

    def __getstate__(self) -> dict[str, object]:
        return {"rows": self.rows}  # tables are built anew where they are needed

    def __bool__(self) -> bool:
        return bool(self.rows)

    @cached_property
    def _hash(self) -> int:
        return hash(self.rows)


class PageSample:
    """Some pages of each site, with what is to be kept of each; the same pages in any order and any split."""

    def __init__(self, pages_of_a_site: int = PAGES_OF_A_SITE, pages_in_all: int = PAGES_IN_ALL) -> None:
        self._most = pages_of_a_site
        self._in_all = pages_in_all
        self._kept: dict[str, list[tuple[bytes, bytes]]] = {}  # per site: hash of the key, what is kept; sorted
        self._total = 0
        self._halvings = 0  # how often half of the sites were left out: those of the larger hashes

    def __len__(self) -> int:
        return self._total

    def wants(self, site: str, key: str) -> bool:
        """Whether a page would be sampled: where the key is known beforehand, other pages need not even be read."""
        if self._left_out(site):
            return False
        kept = self._kept.get(site)
        return kept is None or len(kept) < self._most or _hash(site, key) < kept[-1][0]

    def add(self, site: str, key: str, kept: str) -> None:
        """Add a page that is wanted, and what is kept of it. `key` names it: a page is counted once by key."""
        self._keep(site, (_hash(site, key), zlib.compress(kept.encode("utf-8", "surrogatepass"), 1)))
        self._trim()

    def merge(self, other: PageSample) -> None:
        """Take in what another sample, of the same sizes, has seen."""
        self._most, self._halvings = min(self._most, other._most), max(self._halvings, other._halvings)
        for site, pages in other._kept.items():
            for page in pages:
                self._keep(site, page)
        for site in list(self._kept):
            self._cut(site)
        self._trim()

    def sites(self) -> Iterator[tuple[str, list[str]]]:
        """Each site and what was kept of its pages, sorted; pages of which the same was kept count as one."""
        for site, pages in self._kept.items():
            yield site, sorted({zlib.decompress(page).decode("utf-8", "surrogatepass") for _, page in pages})

    def _left_out(self, site: str) -> bool:
        return bool(self._halvings) and int.from_bytes(_hash(site), "big") >> (64 - self._halvings) > 0

    def _keep(self, site: str, page: tuple[bytes, bytes]) -> None:
        kept = self._kept.setdefault(site, [])
        if page not in kept:
            before = len(kept)
            insort(kept, page)
            del kept[self._most :]
            self._total += len(kept) - before

    def _cut(self, site: str) -> None:
        kept = self._kept[site]
        if self._left_out(site):
            self._total -= len(self._kept.pop(site))
        elif len(kept) > self._most:
            self._total -= len(kept) - self._most
            del kept[self._most :]

    def _trim(self) -> None:
        """Keep to the bound: smaller samples of all sites first, then fewer sites. Both only ever shrink."""
        while self._total > self._in_all:
            if self._most > _FEWEST:
                self._most -= 1
            else:
                self._halvings += 1
            for site in list(self._kept):
                self._cut(site)


def _hash(*words: str) -> bytes:
    from hashlib import blake2b  # brings OpenSSL along: 3 MB that cleaning pages has no use for

    return blake2b("\0".join(words).encode("utf-8", "surrogatepass"), digest_size=8).digest()
