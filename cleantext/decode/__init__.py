"""Bytes to text: find the encoding, keep a record of what could not be decoded, hand HTML to the extractor.

`encode(page.text, page.origin)` gives the original bytes back, for every plain text that `decode` accepts; of HTML it
gives the extracted text, where the page's trail starts, in UTF-8.
"""

from __future__ import annotations

from cleantext import html
from cleantext.decode.binary import why_binary
from cleantext.decode.ladder import FLUENT_BITS, Reading, find_reading
from cleantext.decode.runs import BIG5_FAMILY, BIJECTIVE, Runs, codec_name, decode_runs, encode
from cleantext.records import Options, Origin, Page

__all__ = ["DecodeError", "as_text", "decode", "encode"]

# First bytes of files that people put into text folders by mistake, and what to call them.
MAGIC = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b\x08", "gzip-compressed data"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed data"),
    (b"\xfd7zXZ\x00", "xz-compressed data"),
    (b"BZh9", "bzip2-compressed data"),
    (b"Rar!\x1a", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x7fELF", "a program file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\xca\xfe\xba\xbe", "a Java class file"),
    (b"\x00asm", "a WebAssembly file"),
    (b"OggS\x00", "an Ogg file"),
    (b"ID3\x03", "an MP3 file"),
    (b"ID3\x04", "an MP3 file"),
    (b"PAR1", "a Parquet file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
)
TAR_MAGIC, TAR_MAGIC_AT = b"ustar", 257
# Encodings whose lines can be told apart: others decode anything (single bytes), or have no lines in bytes (UTF-16).
BYTEWISE = ("utf-8", "gb18030", *BIG5_FAMILY)
# A part of a file in another encoding is looked for from so many bytes on: about ten characters.
MIN_JOINED_BYTES = 20


class DecodeError(ValueError):
    """The input is not text, or not in the encoding that was asked for. The message is one line, with the source."""


def decode(data: bytes, source: str, options: Options) -> Page:
    """Decode one document; HTML becomes the text of its article.

    The encoding is `options.encoding`, or found by the ladder (see `ladder`). Nothing of a text is changed, line
    endings included; each run of undecodable bytes becomes one U+FFFD. Raises DecodeError for binary data, for HTML
    without any text and for an unknown `options.encoding`.
    """
    for magic, name in MAGIC:
        if data.startswith(magic) and not options.encoding:
            raise DecodeError(f"{source}: not text, but {name}")
    if data.startswith(TAR_MAGIC, TAR_MAGIC_AT) and b"\0" in data[:TAR_MAGIC_AT] and not options.encoding:
        raise DecodeError(f"{source}: not text, but a tar archive")
    reading = _given_reading(data, source, options.encoding) if options.encoding else find_reading(data)
    page = _read(data, source, reading)
    if not options.encoding:
        lost = _lost(page.origin.undecodable)
        reason = why_binary(page.text, page.origin.encoding == "utf-8" and not lost, lost, len(data))
        if reason:
            raise DecodeError(f"{source}: not text ({reason}): binary file?")
    return as_text(page, options)


def as_text(page: Page, options: Options) -> Page:
    """The page itself, or the text of its article when it is HTML (`options.input_format`; "auto" looks at it).

    The trail of such a page starts at the article's text: no byte of the markup is kept. A page that came through here
    before is left as it is. Raises DecodeError for HTML without any text.
    """
    wanted = options.input_format
    if wanted == "text" or page.origin.kind == "html":
        return page
    if wanted == "auto" and not html.is_html(page.text, page.source):
        return page
    found = html.extract(page.text, comments=any(name.rstrip("s") == "comment" for name in options.keep))
    if not found.text:
        raise DecodeError(f"{page.source}: HTML without any text (a page built by scripts, or a frame set)")
    return Page(
        page.source, found.text, Origin(page.origin.encoding, kind="html", flags=page.origin.flags + found.flags)
    )


def _given_reading(data: bytes, source: str, label: str) -> Reading:
    codec = codec_name(label)
    if codec is None:
        raise DecodeError(f"{source}: unknown encoding {label!r}")
    if codec in ("utf-16", "utf-32"):
        codec += "-be" if data[:4].lstrip(b"\0")[:2] == b"\xfe\xff" else "-le"
    mark = b"" if codec not in (*BIJECTIVE, "gb18030") else "\ufeff".encode(codec)
    return Reading(codec, mark if mark and data.startswith(mark) else b"")


def _read(data: bytes, source: str, reading: Reading, whole: bool = True) -> Page:
    """Decode with a reading; `whole`: it may turn out that the file was joined from parts in different encodings."""
    body = data[len(reading.bom) :] if reading.bom else data
    flags: tuple[str, ...] = ()
    raw: bytes | None = None
    try:
        text, runs = decode_runs(body, reading.codec, reading.skip)
    except UnicodeError as error:
        raise DecodeError(f"{source}: not {reading.codec}: {error}") from None
    if runs or reading.codec != "utf-8":
        from cleantext.decode.mixed import decode_mixed, line_costs

        bytewise = reading.codec in BYTEWISE
        whole_text = body[reading.skip :].decode(reading.codec, "surrogateescape") if bytewise and runs else text
        costs = line_costs(whole_text)
        parts = decode_mixed(body, reading.codec, reading.skip, costs) if bytewise else None
        if parts:
            (text, runs), raw = parts, data
        suspicious = whole and not parts and (costs.has_nonsense() or _lost(runs) >= MIN_JOINED_BYTES)
        if suspicious and (parts := _read_joined(data, source)):
            (text, runs), raw = parts, data
        if parts or costs.has_nonsense():
            flags += ("mixed-encoding",)
    if runs:
        flags += ("undecodable-bytes",)
    origin = Origin(reading.codec, reading.bom, "text", runs, raw, flags)
    if raw is None and reading.codec not in BIJECTIVE and not _gives_back(text, origin, data):
        origin = Origin(reading.codec, reading.bom, "text", runs, data, flags)
    return Page(source, text, origin)


def _read_joined(data: bytes, source: str) -> tuple[str, Runs] | None:
    """Read a file joined from two with different encodings, part by part; None when it is not clearly such a file."""
    from cleantext.decode.likelihood import mean_bits
    from cleantext.decode.mixed import seams

    for seam in seams(data):
        halves = data[:seam], data[seam:]
        readings = [find_reading(half) for half in halves]
        if readings[0].codec != readings[1].codec and min(map(len, halves)) >= MIN_JOINED_BYTES:
            first, second = (
                _read(half, source, reading, False) for half, reading in zip(halves, readings, strict=True)
            )
            bad = first.origin.flags + second.origin.flags
            if not bad and max(mean_bits(first.text), mean_bits(second.text)) <= FLUENT_BITS:
                return first.text + second.text, ()
    return None


def _lost(runs: Runs) -> int:
    return sum(len(original) for _, original in runs)


def _gives_back(text: str, origin: Origin, data: bytes) -> bool:
    try:
        return encode(text, origin) == data
    except UnicodeError:
        return False
