"""Which encoding: the rungs from certain to probable. Chinese readings are compared by likelihood.

The order follows what can be proven: a BOM, text that is valid UTF-8, the charset that the document declares, then the
most probable reading; charset-normalizer is asked only when nothing reads as Chinese.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cleantext.decode.runs import BIG5_FAMILY, REPLACEMENT, codec_name, decode_runs

BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
# Bytes that the likelihoods are computed on: 20,000 characters decide by thousands of bits, and cost 5 ms.
SAMPLE_BYTES = 65_536
# A head with less than this share of non-ASCII bytes (markup, code) is replaced by the lines that have some.
SPARSE_SHARE = 0.1
# Where a declaration starts to be out of sight: HTML asks for it within the first 1,024 bytes; real pages run over.
DECLARATION_BYTES = 4_096
# A declared charset is believed unless another reading is better by more than this per character outside ASCII. True
# and false readings lie about 10 bits apart.
DECLARED_BONUS_BITS = 3.0
# UTF-8 of two-byte characters only ("é", Cyrillic) can also be GB18030 ("一些"): the prior for UTF-8.
UTF8_BONUS_BITS = 8.0
# More of it than this many non-ASCII bytes does not come about by chance in another encoding.
MAX_DOUBTFUL_BYTES = 24
# Mean bits per non-ASCII character above which a reading is not Chinese. Own samples of 40 characters stay below 13,
# wrong readings start at 15.
FLUENT_BITS = 14.0
# charset-normalizer guesses wildly on less.
MIN_FOREIGN_BYTES = 16

_DECLARED_RE = re.compile(
    rb"""<(?:meta|\?xml)\b [^>]*? (?:charset|encoding) \s*=\s* ["']? \s* ([A-Za-z0-9_:.-]+)""",
    re.VERBOSE | re.IGNORECASE,
)
_NON_ASCII_RE = re.compile(rb"[\x80-\xff]")
_NON_ASCII_LINE_RE = re.compile(rb"[^\n]*[\x80-\xff][^\n]*\n?")
_LONG_UTF8_RE = re.compile(rb"[\xe0-\xf4]")


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to read the bytes: codec, length of the BOM, bytes to skip (the rest of a character cut in the middle)."""

    codec: str
    bom: bytes = b""
    skip: int = 0


def find_reading(data: bytes) -> Reading:
    """The most probable reading of a document."""
    bom, codec = _bom(data)
    if codec not in (None, "utf-8"):
        return Reading(str(codec), bom)
    body = data[len(bom) :] if bom else data
    if _is_utf8(body):
        return Reading("utf-8", bom)
    sample = _sample(body)
    declared = declared_codec(body)
    best = _most_probable(sample, declared)
    if not _is_fluent(sample, best):
        foreign = _foreign(body, sample, declared)
        if foreign:
            return Reading(foreign, bom)
    codec = _big5_member(body, best.skip) if best.codec in BIG5_FAMILY else best.codec
    return Reading(codec, bom, best.skip)


def _bom(data: bytes) -> tuple[bytes, str | None]:
    for bom, codec in BOMS:
        # FF FE 00 00 is also UTF-16 with a NUL first: UTF-32 has a length of whole characters.
        if data.startswith(bom) and not (codec.startswith("utf-32") and len(data) % 4):
            return bom, codec
    return b"", None


def _is_utf8(body: bytes) -> bool:
    """Whether the bytes are UTF-8 beyond doubt: valid, without NUL, and not just a few characters of two bytes."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    if "\0" in text:
        return False
    return body.isascii() or _LONG_UTF8_RE.search(body) is not None or len(body) - len(text) > MAX_DOUBTFUL_BYTES // 2


def declared_codec(data: bytes) -> str | None:
    """The codec of the charset that an HTML or XML head declares, if Python has it."""
    match = _DECLARED_RE.search(data[:DECLARATION_BYTES])
    codec = codec_name(match[1].decode("ascii")) if match else None
    # A declaration that can be read byte by byte cannot stand in a wide encoding.
    return None if codec is None or codec.startswith(("utf-16", "utf-32")) else codec


def _sample(body: bytes) -> bytes:
    head = body[:SAMPLE_BYTES]
    if len(body) <= SAMPLE_BYTES or b"\0" in head or len(_NON_ASCII_RE.findall(head)) > SPARSE_SHARE * len(head):
        return head
    lines, size = [], 0
    for match in _NON_ASCII_LINE_RE.finditer(body):
        lines.append(match[0][:SAMPLE_BYTES])
        size += len(lines[-1])
        if size >= SAMPLE_BYTES:
            break
    return b"".join(lines) or head


def _most_probable(sample: bytes, declared: str | None) -> Reading:
    """The reading with the fewest bits; a declared Chinese charset and UTF-8 get a bonus."""
    from cleantext.decode.likelihood import reading_bits  # numpy: UTF-8 does without it

    cut = sample[:1] >= b"\x80"
    readings = [Reading("utf-8"), Reading("gb18030"), Reading("big5hkscs")]
    readings += [Reading(codec, skip=1) for codec in ("gb18030", "big5hkscs") if cut]
    if sample.count(b"\0") or not sample.isascii():
        readings += [Reading(codec, skip=skip) for codec in ("utf-16-le", "utf-16-be") for skip in (0, 1)]
    declared = "big5hkscs" if declared in BIG5_FAMILY else declared

    def bits(reading: Reading) -> float:
        total = reading_bits(sample, reading.codec, reading.skip)
        if reading.codec == "utf-8":
            total -= UTF8_BONUS_BITS
        if reading.codec == declared:
            total -= DECLARED_BONUS_BITS * len(_NON_ASCII_RE.findall(sample)) / 2
        return total

    return min(readings, key=bits)


def _is_fluent(sample: bytes, reading: Reading) -> bool:
    """Whether a reading is Chinese text, or there is too little to say that it is not."""
    text, runs = decode_runs(sample, reading.codec, reading.skip)
    rest = text.replace(REPLACEMENT, "")
    if reading.codec == "utf-8" and not rest.isascii():
        return True  # sequences of UTF-8 do not come about by chance: this is UTF-8 with broken bytes
    from cleantext.decode.likelihood import mean_bits  # numpy: UTF-8 does without it

    enough = runs or len(_NON_ASCII_RE.findall(sample)) >= MIN_FOREIGN_BYTES
    return not enough or mean_bits(text) <= FLUENT_BITS


def _big5_member(body: bytes, skip: int) -> str:
    """The table of the Big5 family that reads the bytes best: they differ in symbols (～ ‧ ／) and in extensions."""
    from cleantext.decode.likelihood import reading_bits  # numpy: UTF-8 does without it

    def rank(codec: str) -> tuple[int, bool, float]:
        lost = sum(len(original) for _, original in decode_runs(body, codec, skip)[1])
        return lost, codec == BIG5_FAMILY[-1], reading_bits(body, codec, skip)

    return min(BIG5_FAMILY, key=rank)


def _foreign(body: bytes, sample: bytes, declared: str | None) -> str | None:
    """The declared charset if it fits, else charset-normalizer's finding; None if neither decodes the document."""
    if declared and _decodes(body, declared):
        return declared
    from charset_normalizer import from_bytes  # 40 ms to import, and hardly ever needed

    match = from_bytes(sample).best()
    codec = codec_name(match.encoding) if match else None
    return codec if codec and _decodes(body, codec) else None


def _decodes(body: bytes, codec: str) -> bool:
    try:
        body.decode(codec)
    except UnicodeError:
        return False
    return True
