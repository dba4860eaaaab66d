"""Telling binary data from text when some codec could read the bytes: UTF-16 finds a character for almost any pair.

Text in an unknown script is dear, text with many private or broken characters is dirty, a polyglot list is a medley;
only what is dear and one of the other two is refused, so that rare characters, other scripts and damaged pages pass.
"""

from __future__ import annotations

import re
import unicodedata

from cleantext.decode.runs import REPLACEMENT

# Share of the characters: the worst stretch of 2,000 in 258 MB of prose had 4 % (broken escapes of formulas), random
# bytes read as single-byte text have 11 % and more.
MAX_CONTROL_SHARE = 0.1
# Broken text still has most of its bytes in characters; random bytes read as GB18030 have about 40 % in none.
MAX_UNDECODABLE_SHARE = 0.3
# Mean bits per character outside ASCII. Random bytes and machine code, read as what fits them best, cost 20 to 22.5;
# Chinese costs 10, lists of its rarest characters up to 24: hence the second condition.
NOISE_BITS = 18.0
# Share of the characters that no text has many of: unassigned, private, control, U+FFFD. Random bytes and machine
# code have 14 % and more in samples of 100 bytes and 17 % in longer ones, rare characters and other scripts none.
NOISE_SHARE = 0.05
# Or, for short samples: rows of 256 code points outside Han that the first 200 dear characters come from. 100 random
# bytes touch 20 and more, texts in one or two scripts with all their punctuation and symbols at most a dozen.
NOISE_ROWS = 16
ROW_CHARS = 200
HAN_ROWS = (0x34, 0xA0)
# Fewer characters outside ASCII than this say too little.
MIN_NOISE_CHARS = 16
# Characters that are looked at, from the beginning.
SAMPLE_CHARS = 65_536

_CONTROL_RE = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_OR_HIGH_RE = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_IMPOSSIBLE = frozenset({"Cn", "Co", "Cs"})  # unassigned, private, lone surrogate


def why_binary(text: str, proven: bool, lost: int, size: int) -> str | None:
    """Why a decoded document is no text, in words; None when it may be text.

    `proven`: the encoding is beyond doubt; `lost` of its `size` bytes could not be decoded.
    """
    controls = len(_CONTROL_RE.findall(text))
    if controls > MAX_CONTROL_SHARE * len(text):
        return f"{controls} control characters"
    if lost > MAX_UNDECODABLE_SHARE * size:
        return f"{lost} of {size} bytes fit no known encoding"
    if not proven and is_noise(text[:SAMPLE_CHARS]):
        return "in no known encoding it makes sense"
    return None


def is_noise(text: str) -> bool:
    """Whether the characters are as rare as chance makes them, and many of them such as no text holds."""
    import numpy as np

    from cleantext.decode.likelihood import char_bits, code_points

    codes = code_points(text)
    marked = codes >= 0x80
    if np.count_nonzero(marked) < MIN_NOISE_CHARS or char_bits(text)[marked].mean() < NOISE_BITS:
        return False
    rows = np.unique(codes[marked][:ROW_CHARS] >> 8)
    if np.count_nonzero((rows < HAN_ROWS[0]) | (rows >= HAN_ROWS[1])) >= NOISE_ROWS:
        return True
    bad = len(_CONTROL_OR_HIGH_RE.findall(text)) + text.count(REPLACEMENT)
    bad += sum(unicodedata.category(char) in _IMPOSSIBLE for char in text)
    return bad >= NOISE_SHARE * len(text)
