"""WARC files, by FastWARC: the pages in them, with their addresses. Records that hold no page are counted and left out.

The library is asked for the stored bytes only: what a server packed is unpacked here, within the limit for pages.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import IO, Any

from cleantext.batch import formats
from cleantext.batch.parquet import Kept
from cleantext.batch.tasks import Document

PAGE_CONTENT = ("text/html", "application/xhtml+xml", "text/plain")
OK = 200  # other answers are redirections and error pages
MAX_HEADER_BYTES = 2**16
# zlib's names for "gzip or zlib, as its header says" and for deflate without any header, which some servers send.
_GZIP_OR_ZLIB, _BARE = 32 + zlib.MAX_WBITS, -zlib.MAX_WBITS


def documents(stream: io.RawIOBase, packing: str, limit: int, kept: Kept) -> Iterator[Document]:
    """The pages of a WARC file, as they are stored: see `body`.

    Pages are what crawlers keep: answers of servers, files, and text that somebody has extracted already (WET). Raises
    FormatError when the library is missing or the file is damaged.
    """
    iterator, types = _fastwarc()
    wanted = types.response | types.resource | types.conversion
    with formats.unpacked(io.BufferedReader(stream), packing) as plain:
        try:
            for record in iterator(
                _Stream(plain), fsspec_args=False, stream_detect=False, max_header_len=MAX_HEADER_BYTES
            ):
                if record.record_type & wanted and _is_page(record):
                    yield _document(record, limit)
                else:
                    kept.left_out += 1
        except (KeyboardInterrupt, SystemExit, GeneratorExit, formats.FormatError):
            raise
        except BaseException as error:  # what makes the library panic is none of Exception
            raise formats.FormatError(f"damaged: {' '.join(str(error).split())[:200]}") from error


class _Stream:
    """A stream that can only be read: the library would seek in others, which packed ones cannot."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        """Read, as files do."""
        data = self._stream.read(size)
        self._at += len(data)
        return data

    def tell(self) -> int:
        """How much was read."""
        return self._at


def _is_page(record: Any) -> bool:
    headers = record.http_headers
    if headers is not None and headers.status_code != OK:
        return False
    content = (record.http_content_type if headers is not None else record.headers.get("Content-Type")) or ""
    return content.partition(";")[0].strip().lower() in PAGE_CONTENT


def _document(record: Any, limit: int) -> Document:
    """A page; of one that is too large one byte more than `limit`, which the worker refuses."""
    size, headers = record.content_length, record.http_headers
    data = record.reader.read(min(size, limit + 1))
    if len(data) < min(size, limit + 1):
        raise formats.FormatError(f"damaged: ends within the record of {record.headers.get('WARC-Target-URI')}")
    encodings = (headers.get(name) or "" for name in ("Transfer-Encoding", "Content-Encoding")) if headers else ()
    packed = tuple(word.strip().lower() for value in encodings for word in reversed(value.split(",")) if word.strip())
    return Document(record.headers.get("WARC-Target-URI") or "", data, tuple(w for w in packed if w != "identity"))


def body(document: Document, limit: int) -> bytes:
    """The page itself. Raises FormatError when it is larger than `limit`, damaged, or packed in an unknown way."""
    data = document.data
    for packing in document.packed if len(data) <= limit else ():
        try:
            match packing:
                case "chunked":
                    data = _unchunked(data)
                case "gzip" | "x-gzip" | "deflate":
                    data = _inflated(data, limit)
                case _:
                    raise formats.FormatError(f"sent as {packing!r}, which cannot be unpacked here")
        except zlib.error as error:
            raise formats.FormatError(f"damaged: {error}") from error
    if len(data) > limit:
        raise formats.FormatError(f"larger than {limit / 2**20:,.0f} MB")
    return data


def _unchunked(data: bytes) -> bytes:
    """A body without its chunks' sizes (RFC 9112, 7.1); one that has none was stored without them."""
    pieces: list[bytes] = []
    at = 0
    while True:
        end = data.find(b"\r\n", at)
        try:
            size = int(data[at:end].partition(b";")[0], 16) if 0 <= end - at <= 100 else -1
        except ValueError:
            size = -1
        if size < 0 or end + 2 + size > len(data):
            return data if not pieces else b"".join(pieces)
        if not size:
            return b"".join(pieces)
        pieces.append(data[end + 2 : end + 2 + size])
        at = end + 4 + size


def _inflated(data: bytes, limit: int) -> bytes:
    """Unpacked gzip or deflate, at most one byte more than `limit`."""
    for form in (_GZIP_OR_ZLIB, _BARE) if data else ():
        unpacking = zlib.decompressobj(form)
        try:
            found = unpacking.decompress(data, limit + 1)
        except zlib.error:
            if data.startswith(b"\x1f\x8b"):
                raise
            continue
        if not unpacking.eof and len(found) <= limit:
            raise formats.FormatError("damaged: the packed page ends too early")
        return found
    return data  # crawlers that store pages unpacked leave the servers' words about packing as they were


def _fastwarc() -> tuple[Any, Any]:
    """The library, which is optional."""
    try:
        from fastwarc.warc import ArchiveIterator, WarcRecordType  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        raise formats.FormatError("WARC needs a library: pip install 'cleantext-zh[warc]'") from None
    return ArchiveIterator, WarcRecordType
