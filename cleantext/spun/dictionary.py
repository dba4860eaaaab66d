"""The dictionary of spun wording in use: the rows as arrays, and where their words stand in a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from cleantext.matcher import Matcher
from cleantext.spun.context import word_hashes
from cleantext.spun.rows import KINDS, SHIELD, SURE, Row, load_user_rows, shipped_rows

COMPOUND_LENGTH = 3  # characters from which a spun form can hold other forms
COMPOUND_COUNT = 1  # occurrences in the balanced sample of clean text that may be chance


@dataclass(frozen=True, slots=True, eq=False)  # told apart by identity, so that what is derived can be cached
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
    original_number: npt.NDArray[np.int64]  # per row: number of its original among the different ones
    sign_row: npt.NDArray[np.bool_]  # per row: of a known spinner (SIGN_KINDS)
    is_shield: npt.NDArray[np.bool_]  # per form
    is_sign: npt.NDArray[np.bool_]  # per form: has such a row
    is_compound: npt.NDArray[np.bool_]  # per form: long, and only spinners write it (COMPOUND_LENGTH)
    sign_forms: npt.NDArray[np.int64]  # the forms that are signs or shields
    sign_matcher: Matcher  # over these alone: what an ordinary page is searched with

    def find(self, codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
        """All occurrences of all forms in a text given by its code points: rows of (form, start, end)."""
        return np.column_stack(_form_matcher(self).find(codes))

    def find_signs(self, codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
        """The same of signs and shields alone."""
        sign, start, end = self.sign_matcher.find(codes)
        return np.column_stack([self.sign_forms[sign], start, end])

    def find_originals(self, codes: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Number of the original (`original_number`) and start of all occurrences of the rows' originals."""
        return _original_matcher(self).find(codes)[:2]


# Only pages that are spun, or may be, are searched with these.
@cache
def _form_matcher(dictionary: Dictionary) -> Matcher:
    return Matcher.build(dictionary.forms)


@cache
def _original_matcher(dictionary: Dictionary) -> Matcher:
    originals = dict(zip(dictionary.original_number.tolist(), (row.original for row in dictionary.rows), strict=True))
    return Matcher.build([originals[number] for number in range(len(originals))])


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
    originals = {word: number for number, word in enumerate(dict.fromkeys(row.original for row in flat))}
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
        np.array([originals[row.original] for row in flat], dtype=np.int64),
        sign_row,
        is_shield,
        is_sign,
        is_compound,
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


@cache
def load(user_files: tuple[str, ...] = ()) -> Dictionary:
    """The shipped rows and shields with the user's rows on top. Raises DictionaryError for bad user rows."""
    rows = shipped_rows()
    known = frozenset(word for row in rows if row.tier != SHIELD for word in (row.spun, row.original))
    for name in user_files:
        rows += load_user_rows(name)
    return compile_rows(rows, known)
