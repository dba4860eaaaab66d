"""Text that lost one byte when it was GBK: every pair of bytes behind it was read one byte late (弊罱K for ”最終).

The bytes are all there but one, so the characters behind the first come back for certain once the stretch is known;
the first must be found among those that share its second byte. Where the language model is not sure which, and where
the last character lost a byte too, U+FFFD says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from cleantext.decode.likelihood import char_bits
from cleantext.han import HAN_POINTS
from cleantext.language import scores_of
from cleantext.normalize.rule import Rule, Sheet, uncommon_points
from cleantext.normalize.script import to_simplified
from cleantext.presence import Codes, parts
from cleantext.records import Edit

NAME: Final = "gbk-byte-lost"
REPLACEMENT: Final = "\ufffd"
# The repaired characters may cost this many bits on average (decode.likelihood: Chinese text 10, chance 18 to 20); and
# the whole stretch must get cheaper by so many.
FLUENT_BITS: Final = 12.5
LEAST_GAIN: Final = 15.0
LEAST_KNOWN: Final = 2  # characters that come back for certain; of one alone chance makes a common one too often
# The character of the lost byte: nats by which the best candidate beats the next (a probability of 0.95), and what a
# mark costs that is rarer than the comma.
MARGIN: Final = 5.0
COMMON_BITS: Final = 15.0
COMMA_BITS: Final = 5.0
NATS: Final = float(np.log(2))
# It ends at an ASCII character that can be the second byte of a GBK character, or at a mark of what could not be read.
_TRAIL: Final = range(0x40, 0x7F)
_LONGEST: Final = 2000
_CONTEXT: Final = 6
# By code point (all beyond the basic plane are the last one): what no stretch goes on through, what may end one, and
# what only a stretch that is out of step holds.
_BREAK, _END, _UNCOMMON = 1, 2, 4
_LIMIT: Final = 1 << 16


@cache
def _table() -> npt.NDArray[np.uint8]:
    table = np.zeros(_LIMIT + 1, np.uint8)
    table[:0x80] = _BREAK
    table[[*_TRAIL, ord(REPLACEMENT)]] |= _END
    table[ord(REPLACEMENT)] |= _BREAK
    table[uncommon_points()] = _UNCOMMON
    return table


def find(sheet: Sheet) -> Iterator[Edit]:
    """Stretches outside ASCII that read as Chinese when each pair of bytes begins one byte later."""
    return next(find_many([sheet]))


def find_many(sheets: Sequence[Sheet]) -> Iterator[Iterator[Edit]]:
    """The same for several texts."""
    found: list[list[tuple[int, int]]] = [[] for _ in sheets]
    for part in parts([sheet.text for sheet in sheets], whole_lines=True):
        start, end = _candidates(part.sheaf.codes)
        number = part.sheaf.end.searchsorted(end)
        shift = part.begin - part.sheaf.start[number]
        for k, low, high in zip(
            (number + part.first).tolist(), (start + shift).tolist(), (end + shift).tolist(), strict=True
        ):
            found[k].append((low, high))
    return map(_edits, sheets, found)


def _candidates(codes: Codes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Stretches outside ASCII, two characters long at least, with a rare character among them, and what may end one
    behind: start and end.
    """
    kind = _table().take(codes, mode="clip")
    breaks = (kind & _BREAK != 0).nonzero()[0]
    rare = (kind & _UNCOMMON != 0).nonzero()[0]
    end = breaks[kind[breaks] & _END > 0]
    before = breaks.searchsorted(end)
    start = np.where(before > 0, breaks[before - 1] + 1, 0)
    kept = (end - start > 1) & (rare.searchsorted(start) < rare.searchsorted(end))
    return start[kept], end[kept]


def _edits(sheet: Sheet, spans: Sequence[tuple[int, int]]) -> Iterator[Edit]:
    for start, end in spans:
        found = _repair(sheet.text, max(start, end - _LONGEST), end, sheet)
        if found:
            yield found


def _repair(text: str, start: int, end: int, sheet: Sheet) -> Edit | None:
    """The edit of a stretch [start, end) outside ASCII, or of its later part; None when none is sure."""
    pairs = [char.encode("gb18030", "replace") for char in text[start:end]]
    odd = [n for n, pair in enumerate(pairs) if len(pair) != 2]
    if odd:
        start += odd[-1] + 1
        pairs = pairs[odd[-1] + 1 :]
    following = text[end]
    if len(pairs) < LEAST_KNOWN:
        return None
    data = b"".join(pairs)
    if following == REPLACEMENT:  # of the last character one byte is gone as well: its mark stays
        data = data[:-1]
        stop = end
    else:
        data += following.encode()
        stop = end + 1
    known = [_char(data[n : n + 2]) for n in range(1, len(data) - 1, 2)]
    before = char_bits(text[start : start + len(known)])
    after = char_bits("".join(known))
    gains = (before - after)[::-1].cumsum()[::-1]
    first = int(gains.argmax())
    han = {char for char in known[first:] if "\u4e00" <= char <= "\u9fff"}
    cost = float(after[first:].mean())
    if len(han) < LEAST_KNOWN or gains[first] < LEAST_GAIN or cost > FLUENT_BITS:
        return None
    opening = _opening(text[max(0, start + first - _CONTEXT) : start + first], data, known, first, sheet)
    if opening is None:
        return None
    first, lost = opening
    at = start + first
    new = lost + "".join(known[first:])
    reason = f"a GBK byte lost: {text[at:stop][:6]} is {new[:6]}"
    return Edit(at, stop, text[at:stop], new, NAME, reason, 0.9)


def _char(pair: bytes) -> str:
    char = pair.decode("gbk", "replace")
    return char if len(char) == 1 else REPLACEMENT


def _opening(left: str, data: bytes, known: list[str], first: int, sheet: Sheet) -> tuple[int, str] | None:
    """Where the shift begins and the character of the lost byte (U+FFFD where two are near); None when it is unclear.

    The characters alone may begin it one too early or too late (强 before 检 can be half of 快, too), so the language
    model compares all openings of the places around.
    """
    read: list[tuple[int, str]] = []
    texts: list[str] = []
    penalties: list[float] = []
    low = max(0, first - 1)
    high = min(len(known), first + _CONTEXT)
    for place in range(low, min(first + 1, len(known) - LEAST_KNOWN) + 1):
        kept = data[2 * low : 2 * place].decode("gbk", "replace")
        for char in _lost_characters(data[2 * place : 2 * place + 1]):
            read.append((place, char))
            mark = not "\u4e00" <= char <= "\u9fff"
            penalties.append((float(char_bits(char)[0]) - COMMA_BITS) * NATS * mark)
            texts.append(left[: max(0, len(left) - (first - low))] + kept + char + "".join(known[place:high]))
    if not texts:
        return None
    rows = scores_of([to_simplified(one) for one in texts] if sheet.is_traditional else texts)
    worth = np.array([sum(row) for row in rows]) - np.array(penalties)
    best = int(worth.argmax())
    place = read[best][0]
    near = np.flatnonzero(worth > worth[best] - MARGIN)
    if any(read[other][0] != place for other in near.tolist()):
        return None
    return place, read[best][1] if len(near) == 1 else REPLACEMENT


def _lost_characters(trail: bytes) -> list[str]:
    chars = [_char(bytes([lead]) + trail) for lead in range(0x81, 0xFF)]
    bits = char_bits("".join(chars)).tolist()
    return [char for char, cost in zip(chars, bits, strict=True) if char != REPLACEMENT and cost <= COMMON_BITS]


RULE = Rule(NAME, HAN_POINTS, find, (_TRAIL, REPLACEMENT), find_many=find_many)
