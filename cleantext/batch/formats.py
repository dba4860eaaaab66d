"""Packed files: .gz, .bz2, .xz and .zst are read and written as streams, and written the same way every time."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
from collections.abc import Iterator
from typing import IO, Any, BinaryIO, cast

# What a damaged packed file raises, besides OSError.
BROKEN = (EOFError, lzma.LZMAError, ValueError)


class FormatError(ValueError):
    """A file that cannot be unpacked, or is larger than allowed."""


class HashingReader(io.RawIOBase):
    """A file whose bytes are hashed as they are read."""

    def __init__(self, raw: BinaryIO) -> None:
        super().__init__()
        self._raw = raw
        self._hash = hashlib.sha256()
        self.size = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # what BufferedReader passes
        """Read into `buffer`, as RawIOBase asks."""
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def finish(self) -> str:
        """Read what is left, and give the SHA-256 of the whole file."""
        while self.read(1 << 20):
            pass
        return self._hash.hexdigest()


class HashingWriter:
    """A file whose bytes are hashed as they are written."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._hash = hashlib.sha256()
        self._given_up = False
        self.size = 0

    def write(self, data: bytes) -> int:
        """Write, hash and count."""
        if self._given_up:
            return len(data)
        self._hash.update(data)
        self.size += len(data)
        return self._raw.write(data)

    def flush(self) -> None:
        """Flush the file."""
        self._raw.flush()

    def tell(self) -> int:
        """How many bytes were written."""
        return self.size

    def close(self) -> None:
        """Leave the file open: who opened it closes it."""

    def give_up(self) -> None:
        """Take no more: what packs and is thrown away would still write its end."""
        self._given_up = True

    closed = False  # what pyarrow asks of a file
    readable = seekable = staticmethod(lambda: False)
    writable = staticmethod(lambda: True)

    def digest(self) -> str:
        """The SHA-256 of what was written."""
        return self._hash.hexdigest()


def unpacked(stream: io.BufferedIOBase, packing: str) -> IO[bytes]:
    """A stream of the unpacked bytes. Raises FormatError when the library is missing."""
    match packing:
        case ".gz":
            return cast(IO[bytes], gzip.GzipFile(fileobj=stream, mode="rb"))
        case ".bz2":
            return cast(IO[bytes], bz2.BZ2File(stream, "rb"))
        case ".xz":
            return cast(IO[bytes], lzma.LZMAFile(cast(IO[bytes], stream), "rb"))
        case ".zst":
            reader = _zstandard().ZstdDecompressor().stream_reader(stream, read_across_frames=True)
            return cast(IO[bytes], io.BufferedReader(reader))
    return cast(IO[bytes], stream)


def packed(stream: IO[bytes] | HashingWriter, packing: str) -> IO[bytes]:
    """A stream that packs what is written to it; closing it leaves `stream` open."""
    match packing:
        case ".gz":  # without name and time, so that the same text gives the same bytes
            return cast(IO[bytes], gzip.GzipFile(filename="", fileobj=cast(IO[bytes], stream), mode="wb", mtime=0))
        case ".bz2":
            return cast(IO[bytes], bz2.BZ2File(cast(IO[bytes], stream), "wb"))
        case ".xz":
            return cast(IO[bytes], lzma.LZMAFile(cast(IO[bytes], stream), "wb"))
        case ".zst":
            writer = _zstandard().ZstdCompressor().stream_writer(stream, closefd=False)
            return cast(IO[bytes], writer)
    return cast(IO[bytes], _Open(stream))


class _Open:
    """A stream of which `close` leaves the real one open, as the packers do."""

    def __init__(self, stream: IO[bytes] | HashingWriter) -> None:
        self.write = stream.write

    def close(self) -> None:
        """Leave the stream open."""


def read_limited(stream: IO[bytes], limit: int) -> bytes:
    """All bytes of a stream. Raises FormatError when there are more than `limit`, or the packing is damaged."""
    try:
        data = stream.read(limit + 1)
    except BROKEN as error:
        raise FormatError(f"damaged: {error}") from error
    if len(data) > limit:
        raise FormatError(f"larger than {limit / 2**20:,.0f} MB")
    return data


def lines(stream: io.RawIOBase, packing: str, limit: int) -> Iterator[bytes]:
    """The lines of a file, with their endings. Raises FormatError for a line of more than `limit` bytes."""
    with unpacked(io.BufferedReader(stream), packing) as text:
        while line := text.readline(limit + 1):
            if len(line) > limit:
                raise FormatError(f"a line is larger than {limit / 2**20:,.0f} MB")
            yield line


def pack(data: bytes, packing: str) -> bytes:
    """Bytes as they stand in a packed file."""
    out = io.BytesIO()
    stream = packed(out, packing)
    stream.write(data)
    stream.close()
    return out.getvalue()


def _zstandard() -> Any:
    """The library, which is optional."""
    try:
        import zstandard
    except ImportError:
        raise FormatError(".zst needs a library: pip install 'cleantext-zh[zstd]'") from None
    return zstandard
