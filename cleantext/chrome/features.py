"""What is measured of each line: alone, beside its neighbours, and in its place on the page.

`measure` gives a matrix (features, lines) of float32 in the order of `names()`. Features are cheap whole-page array
operations. None needs the page's site; a per-site set of repeated lines can be added as one more row.
"""

from __future__ import annotations

from functools import cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cleantext.chrome import layout as kinds
from cleantext.chrome.layout import Layout
from cleantext.chrome.lexicon import ARTICLE, FAMILIES, SURE, TIERS, Hits, bit

Array = NDArray[np.float32]
Rows: TypeAlias = dict[str, NDArray[np.generic]]

# A prose line: at least this many Han characters, with a sentence end or two commas. Only a feature, not a verdict;
# 18 is where headlines (8 to 24 Han, unpunctuated) and sentences part best on the labelled pages.
PROSE_HAN: Final = 18
# A label: at most this many visible characters and no punctuation that ends or divides a sentence.
LABEL_SIZE: Final = 12
WINDOWS: Final = (2, 6, 15)  # lines to each side
REACH: Final = (-3, -2, -1, 1, 2, 3)  # neighbours looked at one by one
FAR: Final = 60  # distances in lines are capped here
_FIRST_REACH: Final = 4  # neighbours whose first verdict the second look sees one by one
_SURE_BODY: Final = 2.0  # log-odds of body from which a line anchors the article

_HEADINGS: Final = ("navigation", "comment", "footer", "ad")
_SHARED: Final = (
    "log_size",
    "prose",
    "ends_final",
    "sure",
    "covered",
    "indent",
    "label",
    "grammar",
    "times",
    "wording",
    "echo",
)
_WINDOWED: Final = ("log_size", "prose", "sure", "covered", "label", "ends_final", "grammar", "wording", "echo")
_HEADING_BITS: Final = np.array([[bit(family)] for family in _HEADINGS])
_BITS: Final = np.arange(2 * (len(FAMILIES) + 1))[:, None]
_COUNTED: Final = ("final", "comma", "colon", "quote", "open", "pipe", "arrow", "dash", "bullet", "ellipsis", "kana")
_COUNTED_KINDS: Final = np.array([kinds.CLASSES.index(name) for name in _COUNTED])
_ECHO_MASK: Final = (1 << 14) - 1  # buckets for the bigrams of a page
_CODE, _NUMERAL, _AFTER = 1, 2, 3
_MARKS: Final = np.zeros(1 << 16, np.uint8)
for _kind, _members in (
    (_CODE, "(){}[]=;<>'\"_$&"),
    (_NUMERAL, "一二三四五六七八九十第（①②③④⑤"),
    (_AFTER, "、章节条部．）"),
):
    _MARKS[[ord(char) for char in _members]] = _kind
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_POWERS: Final = np.cumprod(np.full(4096, _SPREAD, np.uint64), dtype=np.uint64)


def fingerprints(page: Layout) -> NDArray[np.uint64]:
    """A 64-bit fingerprint of each line's visible text: equal lines of any pages have equal fingerprints."""
    place = np.cumsum(page.visible)
    base: NDArray[np.int64] = place[page.start] - page.visible[page.start]
    inside = page.line_of[:-1]
    rank = np.where(page.visible & (inside >= 0), place - 1 - base[inside], 0)
    mixed = (page.codes.astype(np.uint64) + np.uint64(1)) * _POWERS[rank & 4095]
    mixed ^= mixed >> np.uint64(29)
    mixed[~page.visible] = 0
    return np.add.reduceat(mixed, page.start) if len(page.start) else np.zeros(0, np.uint64)


def measure(page: Layout, hits: Hits, wording: Array) -> Array:
    """The feature matrix (features, lines); `wording` as `wording.score` gives it."""
    rows = _alone(page, hits, wording)
    return np.concatenate((_stack(rows), *_company(rows), _stack(_place(rows, hits))))


def _stack(rows: Rows) -> Array:
    """All rows and blocks of rows as one matrix."""
    height = sum(len(row) if row.ndim > 1 else 1 for row in rows.values())
    out = np.empty((height, next(iter(rows.values())).shape[-1]), np.float32)
    at = 0
    for row in rows.values():
        if row.ndim > 1:
            out[at : at + len(row)] = row
            at += len(row)
        else:
            out[at] = row
            at += 1
    return out


@cache
def names() -> tuple[str, ...]:
    """The names of the features, in the order of the matrix rows."""
    from cleantext.chrome.lexicon import find_hits, shipped

    text = "一\n二\n"
    page = kinds.lay_out(text)
    hits = find_hits(text, page, shipped())
    rows = _alone(page, hits, np.zeros((2, 2), np.float32))
    near = [f"{name}{k:+d}" for k in REACH for name in _SHARED]
    around = [f"{name}_{side}{window}" for window in WINDOWS for side in ("above", "below") for name in _WINDOWED]
    inside = {
        "n": [f"n_{name}" for name in _COUNTED],
        "phrase": [f"{family}_{tier}" for family in (*FAMILIES, ARTICLE) for tier in TIERS],
        "since": [f"since_{family}" for family in _HEADINGS],
        "prose_since": [f"prose_since_{family}" for family in _HEADINGS],
    }
    plain = [[name for key in group for name in inside.get(key, [key])] for group in (rows, _place(rows, hits))]
    return (*plain[0], *near, *around, *plain[1])


def _alone(page: Layout, hits: Hits, wording: Array) -> Rows:
    counts = page.counts.T.astype(np.float32)
    size = np.maximum(page.size, 1).astype(np.float32)
    han = counts[kinds.HAN] + counts[kinds.GRAMMAR]
    rows: Rows = {"log_size": np.log1p(size)}
    rows["log_han"] = np.log1p(han)
    rows["han"] = han / size
    rows["grammar"] = counts[kinds.GRAMMAR] / np.maximum(han, 4)
    for name, kind in (("digit", kinds.DIGIT), ("latin", kinds.LATIN), ("other", kinds.OTHER), ("url", kinds.URL)):
        rows[name] = counts[kind] / size
    rows["n"] = np.minimum(counts[_COUNTED_KINDS], 8)
    shape = page.kind
    final, first = shape[page.last - 1], shape[page.first]
    tail = shape[np.maximum(page.last - 2, page.first)]
    closing = (final == kinds.QUOTE) & (tail == kinds.FINAL)
    rows["ends_final"] = (final == kinds.FINAL) | closing
    rows["ends_comma"] = final == kinds.COMMA
    rows["ends_ellipsis"] = final == kinds.ELLIPSIS
    rows["ends_digit"] = final == kinds.DIGIT
    rows["ends_edge"] = page.end - page.last - counts[kinds.NEWLINE] > 0
    rows["starts_digit"] = first == kinds.DIGIT
    rows["starts_quote"] = first == kinds.QUOTE
    lead = shape[page.start]
    rows["indent"] = lead == kinds.WIDE_SPACE
    rows["offset"] = np.minimum(page.first - page.start, 8)
    gaps = (shape[1:] <= kinds.WIDE_SPACE) & (shape[1:] >= kinds.SPACE) & page.visible[:-1]
    inner = np.bincount(page.line_of[:-2][gaps] + 1, minlength=len(size) + 1)[1:] if len(shape) > 1 else 0 * size
    rows["words"] = np.minimum(inner, 30)
    rows["word_size"] = np.minimum(size / (inner + 1), 60)
    rows["times"], rows["dates"], rows["years"] = _clock(page)
    rows["copies"] = _copies(fingerprints(page), 5)
    label, start = _beginnings(page, (3, 8))
    rows["same_label"], rows["same_start"] = _copies(label, 8), _copies(start, 8)
    mark = _MARKS[np.minimum(page.codes, len(_MARKS) - 1)]
    rows["code"] = _count(page, np.flatnonzero(mark == _CODE)) / size
    rows["underscores"] = np.minimum(_count(page, np.flatnonzero(page.codes == 0x5F)), 4)
    second = np.minimum(page.first + 1, len(mark) - 1)
    rows["ordinal"] = (mark[page.first] == _NUMERAL) & ((mark[second] == _NUMERAL) | (mark[second] == _AFTER))
    rows["prose"] = (han >= PROSE_HAN) & ((counts[kinds.FINAL] > 0) | (counts[kinds.COMMA] > 1))
    rows["label"] = (size <= LABEL_SIZE) & (counts[kinds.FINAL] + counts[kinds.COMMA] == 0)
    rows["sure"] = (hits.mask & SURE) > 0
    rows["covered"] = hits.covered
    rows["telling"] = np.minimum(np.bincount(hits.lines[(hits.masks & SURE) > 0], minlength=len(size)), 6)
    rows["phrase"] = (hits.mask >> _BITS) & 1
    rows["wording"], rows["worst_word"] = wording
    rows["echo"] = _echo(page, np.asarray(rows["prose"], bool))
    return rows


def _copies(keys: NDArray[np.uint64], most: int) -> NDArray[np.int64]:
    _, back, seen = np.unique(keys, return_inverse=True, return_counts=True)
    return np.minimum(seen[back], most)


def _beginnings(page: Layout, reaches: tuple[int, int]) -> list[NDArray[np.uint64]]:
    """Keys of each line's first core characters: labels such as 来源： repeat, and titles come twice."""
    codes = np.append(page.codes, np.zeros(max(reaches), np.uint32))
    keys, out = np.zeros(len(page.first), np.uint64), []
    for k in range(max(reaches)):
        keys = keys * _SPREAD + codes[page.first + k]
        if k + 1 in reaches:
            out.append(keys)
    return out


def _count(page: Layout, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of the given (visible) characters each line holds."""
    return np.bincount(page.line_of[places], minlength=len(page.start))


def _echo(page: Layout, prose: NDArray[np.bool_]) -> Array:
    """The share of a line's Han bigrams that occur in the page's prose: titles and captions echo it, menus do not.

    A prose line must find its bigrams in another place too.
    """
    han = (page.kind - kinds.HAN) < 2  # han or grammar: unsigned, so that smaller kinds wrap around
    places = np.flatnonzero(han[:-1] & han[1:])
    line = page.line_of[places]
    key = (page.codes[places].astype(np.int64) * 31 + page.codes[places + 1]) & _ECHO_MASK
    spoken = prose[line]
    counts = np.bincount(key[spoken], minlength=_ECHO_MASK + 1)
    found = counts[key] > spoken
    lines = len(page.start)
    number = np.bincount(line, minlength=lines)
    return (np.bincount(line, found, lines) / np.maximum(number, 1)).astype(np.float32)


def _clock(page: Layout) -> tuple[Array, Array, Array]:
    """Per line: clock times (12:30), numeric dates (2012-01, 1/12), and 年月日 behind a digit."""
    digit = np.append(page.kind == kinds.DIGIT, (False, False))
    places = np.flatnonzero(digit)
    behind = np.minimum(places + 1, len(page.codes) - 1)
    kind, code = page.kind[behind], page.codes[behind]
    between = digit[places + 2] & (behind > places)
    marks = (
        between & (kind == kinds.COLON),
        between & ((kind == kinds.DASH) | (code == 0x2F) | (code == 0x2E)),
        (code == 0x5E74) | (code == 0x6708) | (code == 0x65E5),
    )
    times, dates, years = (np.minimum(_count(page, places[mark]), 4).astype(np.float32) for mark in marks)
    return times, dates, years


def _company(rows: Rows) -> list[Array]:
    """The same measures of the neighbours one by one, and their means in windows above and below, as blocks of rows."""
    out = []
    base = _stack({name: rows[name] for name in _SHARED})
    count = base.shape[1]
    pad = max(abs(k) for k in REACH)
    padded = np.full((len(_SHARED), count + 2 * pad), -1, np.float32)
    padded[:, pad : pad + count] = base
    out += [padded[:, pad + k : pad + k + count] for k in REACH]
    wide = base[[_SHARED.index(name) for name in _WINDOWED]]
    total = np.zeros((len(_WINDOWED), count + 1), np.float32)
    np.cumsum(wide, axis=1, out=total[:, 1:])
    here = np.arange(count)
    for window in WINDOWS:
        low, high = np.maximum(here - window, 0), np.minimum(here + window + 1, count)
        out.append((total[:, :-1] - total[:, low]) / np.maximum(here - low, 1).astype(np.float32))
        out.append((total[:, high] - total[:, 1:]) / np.maximum(high - here - 1, 1).astype(np.float32))
    return out


def _place(rows: Rows, hits: Hits) -> Rows:
    """Where the line stands: in the page, relative to prose, to the core of the article, and below headings."""
    out: Rows = {}
    prose = np.asarray(rows["prose"], np.float32)
    count = len(prose)
    here = np.arange(count)
    ones = np.ones(count, np.float32)
    out["from_top"] = np.minimum(here, FAR)
    out["from_end"] = np.minimum(count - 1 - here, FAR)
    out["place"] = here / max(count, 1)
    weight = prose * np.expm1(np.asarray(rows["log_han"], np.float32))
    done = np.cumsum(weight)
    total = max(float(done[-1]), 1.0)
    out["prose_before"] = (done - weight) / total
    out["prose_after"] = (total - done) / total if done[-1] else 0 * ones
    before = np.maximum.accumulate(np.where(prose > 0, here, -FAR))
    after = np.minimum.accumulate(np.where(prose > 0, here, count + FAR)[::-1])[::-1]
    out["since_prose"] = np.minimum(here - before, FAR)
    out["until_prose"] = np.minimum(after - here, FAR)
    low, high = _core(prose, np.asarray(rows["log_han"], np.float32))
    out["core"] = np.clip(np.maximum(low - here, here - high), -3, FAR)
    out["above_core"] = here < low
    out["core_share"] = ones * ((done[high] - done[low] + weight[low]) / total)
    out["page_lines"] = ones * np.log1p(count)
    out["page_prose"] = ones * prose.mean()
    out["page_sure"] = ones * np.asarray(rows["sure"], np.float32).mean()
    out["page_sure_lines"] = ones * min(float(np.sum(rows["sure"])), 40)
    out["page_label"] = ones * np.asarray(rows["label"], np.float32).mean()
    out["page_final"] = ones * np.asarray(rows["ends_final"], np.float32).mean()
    out["page_weight"] = ones * np.log1p(total)
    short = np.asarray(rows["log_size"]) < np.log1p(LABEL_SIZE * 2)
    heading = ((hits.mask & _HEADING_BITS) > 0) & short
    out["since"] = np.minimum(here - np.maximum.accumulate(np.where(heading, here, -FAR), axis=1), FAR)
    mark = np.maximum.accumulate(np.where(heading, done, -1), axis=1)
    out["prose_since"] = np.where(mark < 0, -1, np.minimum(done - mark, 2000))
    listed = ~np.asarray(rows["ends_final"], bool) & (prose == 0)
    out["list_run"] = np.minimum(_runs(listed), FAR)
    out["prose_run"] = np.minimum(_runs(prose > 0), FAR)
    return out


def _runs(flag: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The length of the run of true values that each line belongs to (0 where false)."""
    edge = np.diff(flag.astype(np.int8), prepend=0, append=0)
    starts, ends = np.flatnonzero(edge == 1), np.flatnonzero(edge == -1)
    out = np.zeros(len(flag), np.int64)
    if len(starts):
        mark = np.zeros(len(flag) + 1, np.int64)
        mark[starts] += ends - starts
        mark[ends] -= ends - starts
        out = np.cumsum(mark)[:-1]
    return out


def _core(prose: Array, log_han: Array) -> tuple[int, int]:
    """The first and last line of the article's core: the stretch where prose outweighs all else (Kadane's sum)."""
    gain = np.where(prose > 0, log_han, np.float32(-1.5))
    total = np.cumsum(gain)
    floor = np.minimum.accumulate(np.concatenate(([0.0], total[:-1])))
    high = int(np.argmax(total - floor))
    low = int(np.argmin(np.concatenate(([0.0], total[:high])))) if high else 0
    return min(low, high), high


def reconsider(rows: Array, odds: Array) -> Array:
    """Features for the second look: `rows` and the first look's log-odds of chrome, here, around and as a whole."""
    count = rows.shape[1]
    odds = np.clip(odds, -6, 6)
    out: list[NDArray[np.floating]] = [odds]
    padded = np.full(count + 2 * _FIRST_REACH, 6, np.float32)
    padded[_FIRST_REACH : _FIRST_REACH + count] = odds
    for k in range(-_FIRST_REACH, _FIRST_REACH + 1):
        if k:
            out.append(padded[_FIRST_REACH + k : _FIRST_REACH + k + count])
    total = np.concatenate((np.zeros(1, np.float32), np.cumsum(odds)))
    here = np.arange(count)
    for window in WINDOWS:
        low, high = np.maximum(here - window, 0), np.minimum(here + window + 1, count)
        out.append((total[here] - total[low]) / np.maximum(here - low, 1))
        out.append((total[high] - total[here + 1]) / np.maximum(high - here - 1, 1))
    body = np.where(odds < 0, np.expm1(rows[0]), 0)
    done = np.cumsum(body)
    whole = max(float(done[-1]), 1.0)
    out.append((done - body) / whole)
    out.append((done[-1] - done) / whole)
    sure = odds < -_SURE_BODY
    before = np.maximum.accumulate(np.where(sure, here, -FAR))
    after = np.minimum.accumulate(np.where(sure, here, count + FAR)[::-1])[::-1]
    out.append(np.minimum(here - before, FAR))
    out.append(np.minimum(after - here, FAR))
    gain = np.cumsum(np.where(odds < 0, -odds * rows[0], -odds * 0.5))
    floor = np.minimum.accumulate(np.concatenate((np.zeros(1), gain[:-1])))
    high_line = int(np.argmax(gain - floor))
    low_line = int(np.argmin(np.concatenate((np.zeros(1), gain[:high_line])))) if high_line else 0
    out.append(np.clip(np.maximum(low_line - here, here - high_line), -3, FAR))
    out.append(np.full(count, np.mean(odds > 0)))
    out.append(np.full(count, np.log1p(whole)))
    return np.concatenate((rows, np.stack(out).astype(np.float32)))
