"""Character classes that several stages share: what is Han, what is common, what is Traditional, how it is read."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from sys import intern

# Inside of a regex character class. Extension A, the basic block, the compatibility block and the planes behind.
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
# The same as ranges of code points; those beyond the basic plane are only begun (see `presence.Want`).
HAN_POINTS = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x20001))
# Marks that end a sentence or a clause, and what may close it; full and half width.
SENTENCE_END = "。！？!?…"
CLAUSE_END = "，、；：,;:"
CLOSING = "”’」』）)】》〉〕]"


def _read(name: str) -> str:
    return (files("cleantext") / "data" / "normalize" / name).read_text(encoding="utf-8")


def is_han(char: str) -> bool:
    """Whether a character is an ideograph."""
    return (
        "\u4e00" <= char <= "\u9fff"
        or "\u3400" <= char <= "\u4dbf"
        or "\uf900" <= char <= "\ufaff"
        or char >= "\U00020000"
    )


def encodable(text: str) -> str:
    """The text with lone surrogates, which no library outside Python takes, made "?"; the length stays."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", errors="replace").decode("utf-8")
    return text


@cache
def common() -> frozenset[str]:
    """The 3,500 commonest Simplified characters (made by `normalize.build`)."""
    return frozenset(_read("common.txt").strip())


@cache
def traditional() -> frozenset[str]:
    """Characters that OpenCC's t2s replaces by another one (made by `normalize.build`)."""
    return frozenset(_read("traditional.txt").strip())


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """Mandarin readings without tones (ü is v) of the commoner characters (made by `normalize.build`)."""
    rows = (line.split("\t") for line in _read("readings.tsv").splitlines())
    shared: dict[str, tuple[str, ...]] = {}  # few, for many characters
    return {char: shared.setdefault(found, tuple(map(intern, found.split(",")))) for char, found in rows}
