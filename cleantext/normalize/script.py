"""Traditional to Simplified by OpenCC: the only module that imports it, and only when it is asked to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from cleantext.han import encodable
from cleantext.records import Edit

if TYPE_CHECKING:
    from opencc import OpenCC

RULE = "script-simplified"
CONFIDENCE = 0.97  # OpenCC's phrase tables decide one-to-many characters; t2s errs on a few per cent of those


@cache
def _converter() -> OpenCC:
    from opencc import OpenCC  # costs more than a short page; most pages never need it

    return OpenCC("t2s")


def to_simplified(text: str) -> str:
    """The text in Simplified characters, of the same length (where t2s would not keep it: character by character)."""
    converted: str = _converter().convert(text)
    if len(converted) == len(text):
        return converted
    single = (_converter().convert(char) for char in text)
    return "".join(new if len(new) == 1 else old for old, new in zip(text, single, strict=True))


def edits(text: str, rule: str = RULE, confidence: float = CONFIDENCE) -> Iterator[Edit]:
    """One edit per changed stretch of the whole text."""
    new = to_simplified(encodable(text))
    start = -1
    for at, (before, after) in enumerate(zip(text, new, strict=True)):
        changed = before != after and after != "?"  # a lone surrogate
        if changed and start < 0:
            start = at
        elif not changed and start >= 0:
            yield _edit(text, new, start, at, rule, confidence)
            start = -1
    if start >= 0:
        yield _edit(text, new, start, len(text), rule, confidence)


def _edit(text: str, new: str, start: int, end: int, rule: str, confidence: float) -> Edit:
    return Edit(start, end, text[start:end], new[start:end], rule, "Traditional characters, OpenCC t2s", confidence)
