"""Text that lost one byte when it was GBK: every pair of bytes behind it was read one byte late (弊罱K for ”最終).

The bytes are all there but one, so the characters behind the first come back for certain once the stretch is known;
the first must be found among those that share its second byte. Where the language model is not sure which, and where
the last character lost a byte too, U+FFFD says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from cleantext.decode.likelihood import char_bits
from cleantext.han import HAN_POINTS
from cleantext.language import scores_of
from cleantext.normalize.rule import Rule, Sheet, is_uncommon
from cleantext.normalize.script import to_simplified
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
# Begins with a set, and looks back at what stands before: the search then skips all other characters at once.
_END_RE: Final = re.compile("[@-~\ufffd](?<=[^\x00-\x7f\ufffd]{2}.)")
_BREAK_RE: Final = re.compile("[\x00-\x7f\ufffd]")
_NEAR: Final = 64  # characters among which most stretches begin
_LONGEST: Final = 2000
_CONTEXT: Final = 6


def find(sheet: Sheet) -> Iterator[Edit]:
    """Stretches outside ASCII that read as Chinese when each pair of bytes begins one byte later."""
    for match in _END_RE.finditer(sheet.text):
        end = match.start()
        start = _begin(sheet.text, end)
        if is_uncommon(sheet.text[start:end]):
            found = _repair(sheet.text, max(start, end - _LONGEST), end, sheet)
            if found:
                yield found


def _begin(text: str, end: int) -> int:
    """Where the stretch before `end` begins."""
    size = _NEAR
    while True:
        low = max(0, end - size)
        found = _BREAK_RE.search(text[low:end][::-1])
        if found or not low:
            return end - found.start() if found else 0
        size *= 8


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
        for char in _candidates(data[2 * place : 2 * place + 1]):
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


def _candidates(trail: bytes) -> list[str]:
    chars = [_char(bytes([lead]) + trail) for lead in range(0x81, 0xFF)]
    bits = char_bits("".join(chars)).tolist()
    return [char for char, cost in zip(chars, bits, strict=True) if char != REPLACEMENT and cost <= COMMON_BITS]


RULE = Rule(NAME, HAN_POINTS, find, (_TRAIL, REPLACEMENT))
