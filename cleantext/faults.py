"""Errors in words that fit behind `cleantext: PATH: `."""

from __future__ import annotations


def reason_of(source: str, error: BaseException | str) -> str:
    """An error as a short phrase, without the name that is printed in front of it anyway."""
    if isinstance(error, OSError) and error.strerror:
        place = str(error.filename or "")
        return error.strerror if not place or place.endswith(source) else f"{error.strerror}: {place}"
    if isinstance(error, str | ValueError):
        return str(error).removeprefix(f"{source}: ")
    if isinstance(error, MemoryError):
        return "out of memory"
    return f"internal error, please report it: {type(error).__name__}: {error}"
