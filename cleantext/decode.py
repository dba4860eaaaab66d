"""Bytes to text."""

from __future__ import annotations

from cleantext.records import Options, Page


class DecodeError(ValueError):
    """The input is not text."""


def decode(data: bytes, source: str, options: Options) -> Page:
    """Decode one document."""
    return Page(source, data.decode("utf-8"))
