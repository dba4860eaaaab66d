"""Rows of the dictionary of spun wording, `spun -> original`, and shields: plain text, shipped and the user's own.

`data/spun/dictionary.tsv` is built by `python -m cleantext.spun.build`.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import as_file, files
from pathlib import Path
from sys import intern
from typing import NamedTuple

SURE, AMBIGUOUS, SHIELD = "sure", "ambiguous", "shield"
TIERS = (SURE, AMBIGUOUS, SHIELD)

# Where a row comes from; how much each is worth on a spun page is learned (fit.py). Built by build.py, but for "user".
KINDS = ("seen", "typical", "synonym", "list", "possible", "reverse", "chain", "thesaurus", "user")

NULL_MEAN, NULL_SPREAD = -3.33, 2.35  # nats: over all rows and genuine slots of the calibration class of blocks

# A user's row counts like the best rows of the dictionary, its words as common ones.
USER_KINDS = ("user", "seen", "typical", "list")
USER_COUNT = 1000

MAX_LENGTH = 20  # characters of a row's side: longer ones are sentences, put into the file by mistake


class DictionaryError(ValueError):
    """A dictionary file has bad rows; the message holds one line `file:line: reason` for each."""


class Row(NamedTuple):
    """One row: on a spun page, `spun` may stand where the writer had `original`.

    Tier `sure`: the spun form does not occur in clean Chinese; `ambiguous`: it is also a real word; `shield`: a
    genuine word (`original` equals `spun`) that keeps shorter rows from biting into it. The counts are occurrences in
    a balanced sample of clean text (0 when unknown); the null is the context model's delta (original minus spun, nats)
    where the spun form is genuine.
    """

    spun: str
    original: str
    tier: str = AMBIGUOUS
    kinds: tuple[str, ...] = ("user",)
    family: str = "-"
    spun_count: int = 0
    original_count: int = 0
    null_mean: float = NULL_MEAN
    null_spread: float = NULL_SPREAD


def read_rows(lines: Iterable[str]) -> list[Row]:
    """Rows of a built dictionary (the format of `data/spun/dictionary.tsv`)."""
    rows = []
    kinds_of: dict[str, tuple[str, ...]] = {}  # few, for many rows
    for line in lines:
        if line and not line.startswith("#"):
            spun, original, tier, kinds, family, spun_count, original_count, mean, spread = line.split("\t")
            of = kinds_of.get(kinds) or kinds_of.setdefault(kinds, tuple(kinds.split("+")))
            words, counts = (intern(spun), intern(original), intern(tier)), (int(spun_count), int(original_count))
            rows.append(Row(*words, of, intern(family), *counts, float(mean), float(spread)))
    return rows


def shipped_rows() -> list[Row]:
    """The rows and shields of the package."""
    folder = files("cleantext") / "data" / "spun"
    rows = read_rows((folder / "dictionary.tsv").read_text(encoding="utf-8").splitlines())
    with as_file(folder / "shields.tsv") as path:
        return rows + load_user_rows(path)


def load_user_rows(path: str | Path) -> list[Row]:
    """Read a user's TSV: `spun<TAB>original[<TAB>sure|ambiguous]`, `word` or `word<TAB>word` for a shield, # comments.

    Without a third column a row is `sure`: its author wants it. Raises DictionaryError naming every bad row at once,
    OSError when the file cannot be read.
    """
    rows: list[Row] = []
    bad: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    data = Path(path).read_bytes()
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        raise DictionaryError(f"{path}:{number}: not UTF-8") from error
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        row, reason = _parse(line)
        if row is not None and (row.spun, row.original) in seen:
            reason = f"the row of line {seen[row.spun, row.original]} again"
        if row is None or reason:
            bad.append(f"{path}:{number}: {reason}")
            continue
        seen[row.spun, row.original] = number
        rows.append(row)
    if bad:
        raise DictionaryError("\n".join(bad))
    return rows


def _parse(line: str) -> tuple[Row | None, str]:
    """A row, or None and why not."""
    cells = line.rstrip("\n").split("\t")
    if len(cells) == 1:
        cells = [cells[0], cells[0]]
    if len(cells) > 3:
        return None, f"{len(cells)} columns, 3 at most (columns are separated by tabs)"
    spun, original = cells[0], cells[1]
    tier = SHIELD if spun == original else cells[2] if len(cells) == 3 else SURE
    for word in (spun, original):
        if not word:
            return None, "an empty word"
        if any(char.isspace() or not char.isprintable() for char in word):
            return None, f"white space or a control character in {word!r}"
        if len(word) > MAX_LENGTH:
            return None, f"a word of {len(word)} characters, {MAX_LENGTH} at most"
    if tier not in TIERS:
        return None, f"tier {tier!r}, expected sure or ambiguous"
    return Row(spun, original, tier, USER_KINDS, original_count=USER_COUNT), ""
