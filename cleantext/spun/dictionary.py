"""The dictionary of spun wording: rows `spun -> original`, shields, and one matcher over all of them.

Rows are plain text (`data/spun/dictionary.tsv`, built by `python -m cleantext.spun.build`); users add their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

import ahocorasick_rs
import numpy as np
import numpy.typing as npt

from cleantext.matcher import Matcher
from cleantext.spun.context import word_hashes

SURE, AMBIGUOUS, SHIELD = "sure", "ambiguous", "shield"
TIERS = (SURE, AMBIGUOUS, SHIELD)

# Where a row comes from; how much each is worth on a spun page is learned (fit.py). Built by build.py, but for "user".
KINDS = ("seen", "typical", "synonym", "list", "possible", "reverse", "chain", "thesaurus", "user")

NULL_MEAN, NULL_SPREAD = -3.33, 2.35  # nats: over all rows and genuine slots of the calibration class of blocks

# A user's row counts like the best rows of the dictionary, its words as common ones.
USER_KINDS = ("user", "seen", "typical", "list")
USER_COUNT = 1000

COMPOUND_LENGTH = 3  # characters from which a spun form can hold other forms
COMPOUND_COUNT = 1  # occurrences in the balanced sample of clean text that may be chance

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


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Rows grouped by spun form, as arrays: the rows of form f are first[f] <= row < first[f + 1]."""

    forms: tuple[str, ...]
    rows: tuple[Row, ...]
    first: npt.NDArray[np.int64]
    spun_hash: npt.NDArray[np.uint32]  # per form
    original_hash: npt.NDArray[np.uint32]  # per row
    null: npt.NDArray[np.float32]  # per row: mean and spread of the genuine delta
    facts: npt.NDArray[np.float32]  # per row: what is known of it before it is met (`row_facts`)
    sure: npt.NDArray[np.bool_]  # per row
    family: npt.NDArray[np.int64]  # per row: number of its family, 0 for rows of no particular tool
    trained: npt.NDArray[np.bool_]  # per row: the context model knows both words
    form_codes: npt.NDArray[np.uint32]  # per form: its code points, padded with zeros
    original_codes: npt.NDArray[np.uint32]  # per row: those of its original
    sign_row: npt.NDArray[np.bool_]  # per row: of a known spinner (SIGN_KINDS)
    is_shield: npt.NDArray[np.bool_]  # per form
    is_sign: npt.NDArray[np.bool_]  # per form: has such a row
    is_compound: npt.NDArray[np.bool_]  # per form: long, and only spinners write it (COMPOUND_LENGTH)
    matcher: ahocorasick_rs.AhoCorasick
    sign_forms: npt.NDArray[np.int64]  # the forms that are signs or shields
    sign_matcher: Matcher  # over these alone: what an ordinary page is searched with

    def find(self, text: str) -> npt.NDArray[np.int64]:
        """All occurrences of all forms, overlapping ones too: rows of (form, start, end)."""
        return np.array(self.matcher.find_matches_as_indexes(text, overlapping=True), dtype=np.int64).reshape(-1, 3)

    def find_signs(self, codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
        """The same of signs and shields alone, in a text given by its code points."""
        sign, start, end = self.sign_matcher.find(codes)
        return np.column_stack([self.sign_forms[sign], start, end])


# Rows of these kinds are the signature of real spinners: only they count when a page must be proven spun.
SIGN_KINDS = frozenset({"seen", "typical", "user"})

# Families whose rows come from everywhere say nothing of which tool was at work.
_NO_FAMILY = frozenset({"-", "list", "syn"})

FACTS = (*KINDS, "log spun count", "log original count", "one-character spun", "one-character original",
         "three or more characters", "another length")  # fmt: skip


def row_facts(rows: Sequence[Row]) -> npt.NDArray[np.float32]:
    """The values named by FACTS, shape (rows, facts)."""
    of_kinds = {kinds: number for number, kinds in enumerate({row.kinds for row in rows})}  # few, for many rows
    known = np.array([[kind in kinds for kind in KINDS] for kinds in of_kinds], dtype=np.float64).reshape(
        -1, len(KINDS)
    )
    spun = np.array([len(row.spun) for row in rows], dtype=np.int64)
    original = np.array([len(row.original) for row in rows], dtype=np.int64)
    columns = [
        *known[[of_kinds[row.kinds] for row in rows]].T,
        np.log1p([row.spun_count for row in rows]),
        np.log1p([row.original_count for row in rows]),
        spun == 1,
        original == 1,
        spun >= 3,
        spun != original,
    ]
    return np.array(columns, dtype=np.float32).T.copy()


def compile_rows(rows: Iterable[Row], known: frozenset[str]) -> Dictionary:
    """Group rows by form; `known` are the words of the context model.

    A later row with the same two words replaces an earlier one; a shield replaces all rows of its form.
    """
    grouped: dict[str, dict[str, Row]] = {}
    for row in rows:
        same = grouped.setdefault(row.spun, {})
        if row.tier == SHIELD:
            same.clear()
        same[row.original] = row
    forms = tuple(sorted(grouped))
    flat = tuple(row for form in forms for row in grouped[form].values())
    families = sorted({row.family for row in flat} - _NO_FAMILY)
    numbers = {name: k for k, name in enumerate(families, 1)}
    first = np.cumsum([0, *(len(grouped[form]) for form in forms)]).astype(np.int64)
    shield_row = np.array([row.tier == SHIELD for row in flat], dtype=bool)
    sign_row = np.array([not SIGN_KINDS.isdisjoint(row.kinds) for row in flat], dtype=bool)
    counts = np.array([row.spun_count for row in flat], dtype=np.int64)
    long = np.array([len(row.spun) >= COMPOUND_LENGTH for row in flat], dtype=bool)
    # So long, and so unknown to clean text, that its parts are no slots of their own.
    compound_row = sign_row & ~shield_row & long & (counts <= COMPOUND_COUNT)
    is_shield, is_sign, is_compound = (_any(flags, first) for flags in (shield_row, sign_row, compound_row))
    signs = np.flatnonzero(is_sign | is_shield)
    return Dictionary(
        forms,
        flat,
        first,
        word_hashes(forms),
        word_hashes([row.original for row in flat]),
        np.array([(row.null_mean, row.null_spread) for row in flat], dtype=np.float32),
        row_facts(flat),
        np.array([row.tier == SURE for row in flat], dtype=bool),
        np.array([numbers.get(row.family, 0) for row in flat], dtype=np.int64),
        np.array([row.spun in known and row.original in known for row in flat], dtype=bool),
        _code_points(forms),
        _code_points([row.original for row in flat]),
        sign_row,
        is_shield,
        is_sign,
        is_compound,
        ahocorasick_rs.AhoCorasick(forms, matchkind=ahocorasick_rs.MatchKind.Standard),
        signs,
        Matcher.build([forms[k] for k in signs]),
    )


def _any(flags: npt.NDArray[np.bool_], first: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Per form whether any of its rows (each form has some) is flagged."""
    total = np.append(0, np.cumsum(flags))
    some: npt.NDArray[np.bool_] = total[first[1:]] > total[first[:-1]]
    return some


def _code_points(words: Sequence[str]) -> npt.NDArray[np.uint32]:
    """Code points of words, one word a row, padded with zeros."""
    width = max(map(len, words), default=1)
    padded = "".join(word.ljust(width, "\0") for word in words)
    return np.frombuffer(padded.encode("utf-32-le"), dtype="<u4").reshape(len(words), width)


def read_rows(lines: Iterable[str]) -> list[Row]:
    """Rows of a built dictionary (the format of `data/spun/dictionary.tsv`)."""
    rows = []
    for line in lines:
        if line and not line.startswith("#"):
            spun, original, tier, kinds, family, spun_count, original_count, mean, spread = line.split("\t")
            counts = int(spun_count), int(original_count)
            rows.append(Row(spun, original, tier, tuple(kinds.split("+")), family, *counts, float(mean), float(spread)))
    return rows


def shipped_rows() -> list[Row]:
    """The rows and shields of the package."""
    folder = files("cleantext") / "data" / "spun"
    rows = read_rows((folder / "dictionary.tsv").read_text(encoding="utf-8").splitlines())
    with as_file(folder / "shields.tsv") as path:
        return rows + load_user_rows(path)


@cache
def load(user_files: tuple[str, ...] = ()) -> Dictionary:
    """The shipped rows and shields with the user's rows on top. Raises DictionaryError for bad user rows."""
    rows = shipped_rows()
    known = frozenset(word for row in rows if row.tier != SHIELD for word in (row.spun, row.original))
    for name in user_files:
        rows += load_user_rows(name)
    return compile_rows(rows, known)


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
