"""How probable a decoded text is as Chinese prose, in bits: the judge between encodings.

A wrong encoding turns common characters into rare ones (mean about 20 bits a character instead of 9 to 10), so the
reading with the fewest bits for the same bytes is the right one: a maximum-likelihood choice under a unigram model.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from cleantext.decode.runs import decode_runs

# Bits for what the table does not hold. Measured shares reach 23 bits; unseen Han and symbols lie above that.
UNSEEN_BITS = 24
CONTROL_BITS = 24
PRIVATE_OR_SURROGATE_BITS = 26
# Other living scripts: dearer than any usual Chinese character, cheaper than the rare Han that misreading them gives.
OTHER_SCRIPT_BITS = 16
OTHER_SCRIPTS = ((0xC0, 0x2B0), (0x370, 0x530), (0x3041, 0x30FF), (0xAC00, 0xD7A4))
ASCII_BITS = 7
# Added for a lone ASCII letter or sign between characters outside ASCII: the second byte of a torn character.
STRAY_ASCII_BITS = 6
# A byte that no character could be made of; a usual two-byte character costs 5 bits a byte.
UNDECODABLE_BITS = 16
# The first byte being the rest of a cut character. Less than an undecodable byte (cut files are not rare), but more
# than a usual first character costs. Swept together with STRAY_ASCII_BITS on 7,200 samples of 40 characters.
CUT_BITS = 8
# Added for one character and a lone letter as the first two: hardly any text begins so, but a cut one does that was
# read from the wrong byte. Likewise for such a letter right behind the rest of a cut character. 13 instead of 18 of
# 36,000 samples of 40 and 200 characters are misread with it.
TORN_START_BITS = 4

_STRAY_ASCII_RE = re.compile("(?<=[^\\x00-\\x7f])[@-~](?=[^\\x00-\\x7f]|[\\r\\n]|\\Z)")
_TORN_START_RE = re.compile("[^\\x00-\\x7f]?[@-~](?=[^\\x00-\\x7f]|[\\r\\n ]|\\Z)")
_ASTRAL = 0x10000  # one table cell for everything above the basic plane


@cache
def cost_table() -> NDArray[np.float32]:
    """Bits by code point, from data/decode/char_costs.txt; the last cell stands for all code points >= U+10000."""
    table = np.full(_ASTRAL + 1, UNSEEN_BITS, np.float32)
    for low, high in OTHER_SCRIPTS:
        table[low:high] = OTHER_SCRIPT_BITS
    table[0xD800:0xF900] = PRIVATE_OR_SURROGATE_BITS
    table[0xDC80:0xDD00] = UNDECODABLE_BITS  # surrogateescape's stand-ins for single bytes
    table[:0x20] = table[0x7F:0xA0] = CONTROL_BITS
    table[0x20:0x7F] = ASCII_BITS
    table[[0x09, 0x0A, 0x0D]] = ASCII_BITS
    data = files("cleantext").joinpath("data", "decode", "char_costs.txt").read_text(encoding="utf-8")
    for row in data.splitlines():
        bits, tab, chars = row.partition("\t")
        if tab:
            table[[ord(char) for char in chars]] = np.minimum(int(bits), table[[ord(char) for char in chars]])
    return table


def code_points(text: str) -> NDArray[np.uint32]:
    """The text's code points, lone surrogates included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def char_bits(text: str) -> NDArray[np.float32]:
    """The cost of every character."""
    return cost_table()[np.minimum(code_points(text), _ASTRAL)]


def mean_bits(text: str) -> float:
    """Mean cost of the characters outside ASCII (0.0 when there are none); fluent Chinese lies near 10."""
    marked = code_points(text) >= 0x80
    return float(char_bits(text)[marked].mean()) if marked.any() else 0.0


def reading_bits(data: bytes, codec: str, skip: int = 0) -> float:
    """Bits of the bytes as read by a codec, undecodable bytes included; `skip` as in decode_runs."""
    text, runs = decode_runs(data, codec, skip)
    lost = sum(len(original) for _, original in runs) - skip
    repaid = UNSEEN_BITS * len(runs)  # what U+FFFD itself was counted with
    stray = STRAY_ASCII_BITS * len(_STRAY_ASCII_RE.findall(text))
    stray += TORN_START_BITS * (_TORN_START_RE.match(text) is not None)
    return float(char_bits(text).sum()) + stray - repaid + UNDECODABLE_BITS * lost + CUT_BITS * (skip > 0)
