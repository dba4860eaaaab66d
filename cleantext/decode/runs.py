"""Bytes to text and back under one codec, with a record of every byte that no character could be made of."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

from cleantext.records import Origin

REPLACEMENT = "\ufffd"

# What the names mean in practice (WHATWG Encoding Standard): the superset that such pages are written in.
ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "utf-8-sig": "utf-8",
}
BIG5_FAMILY = ("big5", "cp950", "big5hkscs")
# Every strict decoding of these encodes back to the same bytes (CPython refuses overlong forms and lone surrogates).
BIJECTIVE = frozenset({"utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"})

# surrogateescape maps an undecodable byte b to U+DC00 + b; no strict decoder yields these code points.
UNDECODABLE_RE = re.compile("[\udc80-\udcff]+")
_LONE_SURROGATES_RE = re.compile("[\ud800-\udfff]+")

Runs = tuple[tuple[int, bytes], ...]


def codec_name(label: str) -> str | None:
    """The codec that a label such as "GB2312" or "utf8" stands for; None when Python knows no such text encoding."""
    try:
        info = codecs.lookup(label)
        "".encode(label)  # refuses base64, rot13 and the like
    except (LookupError, ValueError):
        return None
    return ALIASES.get(info.name, info.name)


def decode_runs(data: bytes, codec: str, skip: int = 0) -> tuple[str, Runs]:
    """Decode; each maximal run of undecodable bytes becomes one U+FFFD, listed as (offset in the text, bytes).

    The first `skip` bytes count as undecodable: the rest of a character that was cut in the middle. Raises
    UnicodeError when the codec can neither decode nor step over something.
    """
    if not skip:
        try:
            return data.decode(codec), ()
        except UnicodeDecodeError:
            pass
    wide = _unit(codec)
    tail = (len(data) - skip) % wide
    body = data[skip : len(data) - tail]
    if wide > 1:
        text = body.decode(codec, "surrogatepass")
        found = [(m.start(), m.end(), m[0].encode(codec, "surrogatepass")) for m in _LONE_SURROGATES_RE.finditer(text)]
    else:
        text = body.decode(codec, "surrogateescape")
        found = [(m.start(), m.end(), m[0].encode("ascii", "surrogateescape")) for m in UNDECODABLE_RE.finditer(text)]
    if skip:
        found.insert(0, (0, 0, data[:skip]))
    if tail:
        found.append((len(text), len(text), data[-tail:]))
    return _replace(text, found)


def _unit(codec: str) -> int:
    return 2 if codec.startswith("utf-16-") else 4 if codec.startswith("utf-32-") else 1


def _replace(text: str, found: Sequence[tuple[int, int, bytes]]) -> tuple[str, Runs]:
    """Put one U+FFFD for each stretch (start, end, its bytes); stretches that touch become one."""
    pieces: list[str] = []
    runs: list[tuple[int, bytes]] = []
    at = length = 0
    for start, end, original in found:
        if runs and start == at:
            runs[-1] = (runs[-1][0], runs[-1][1] + original)
        else:
            pieces += (text[at:start], REPLACEMENT)
            length += start - at
            runs.append((length, original))
            length += 1
        at = end
    pieces.append(text[at:])
    return "".join(pieces), tuple(runs)


def encode(text: str, origin: Origin) -> bytes:
    """The original bytes of a page's text: BOM, characters and undecodable bytes as they were.

    Of a page from HTML, whose text was extracted, this gives the extracted text in UTF-8, not the markup.
    """
    if origin.raw is not None:
        return origin.raw
    if origin.kind == "html":
        return text.encode("utf-8")
    pieces = [origin.bom]
    at = 0
    for offset, original in origin.undecodable:
        pieces += (text[at:offset].encode(origin.encoding), original)
        at = offset + len(REPLACEMENT)
    pieces.append(text[at:].encode(origin.encoding))
    return b"".join(pieces)
