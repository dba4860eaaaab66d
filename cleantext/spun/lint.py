"""Check dictionary rows: `python -m cleantext.spun.lint [FILE...] [--clean FOLDER]`.

Without FILE the shipped rows are checked, else a user's files on top of them (findings of the files' own rows only).
CLEAN is a folder of clean .txt files, in which every hit of a sure row is a false one. Exit code 1 when there are
errors.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from cleantext.presence import bind
from cleantext.spun.context import han_flags
from cleantext.spun.dictionary import Dictionary, load
from cleantext.spun.rows import SHIELD, SURE, DictionaryError, Row, load_user_rows, shipped_rows

ERROR, WARNING = "error", "warning"
FALSE_HITS = 0.5  # per million Han characters of clean text: more than that and a row should not be sure


class Finding(NamedTuple):
    """Something wrong with a row: `level` is error or warning, `kind` the check that found it."""

    level: str
    kind: str
    row: Row
    detail: str

    def __str__(self) -> str:
        return f"{self.level}: {self.kind}: {self.row.spun} → {self.row.original} ({self.detail})"


def lint(rows: Sequence[Row]) -> list[Finding]:
    """What is wrong with rows that go together into one dictionary, in their order.

    A sure row fires without context: two that contradict each other, that undo each other, or whose result a third one
    changes again are errors. Ambiguous rows may do all that, since the context decides; but not stand where they can
    never be asked.
    """
    sure: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.tier == SURE:
            sure[row.spun].append(row)
    last_shield = {row.spun: number for number, row in enumerate(rows) if row.tier == SHIELD}
    found = []
    for number, row in enumerate(rows):
        if row.tier == SURE:
            found += _sure_findings(row, sure)
        if row.tier != SHIELD and last_shield.get(row.spun, -1) > number:
            found.append(Finding(WARNING, "shadowed", row, "a later shield of the same form takes it away"))
    return found


def _sure_findings(row: Row, sure: dict[str, list[Row]]) -> list[Finding]:
    found = []
    others = sorted(other.original for other in sure[row.spun] if other.original != row.original)
    if others:
        # Between shipped rows the context chooses; a user's sure rows fire wherever they stand.
        level = ERROR if "user" in row.kinds else WARNING
        found.append(Finding(level, "conflict", row, f"also surely {', '.join(others)}"))
    path = [row.spun]
    word = row.original
    while word in sure and word not in path:
        path.append(word)
        word = sure[word][0].original
    if word == row.spun:
        found.append(Finding(ERROR, "cycle", row, " → ".join([*path, word])))
    elif len(path) > 1:
        found.append(Finding(ERROR, "chain", row, f"its original is itself repaired: {' → '.join([*path, word])}"))
    inner = [form for form in sure if form != row.spun and form in row.original and form != row.original]
    if inner:
        found.append(Finding(ERROR, "unstable", row, f"its original holds the sure form {inner[0]}"))
    return found


def false_hits(dictionary: Dictionary, texts: Iterable[str]) -> list[Finding]:
    """Sure rows whose form stands in clean text, with their hits per million Han characters there."""
    sure = {number for number, form in enumerate(dictionary.forms) if _sure_rows(dictionary, number)}
    hits: Counter[int] = Counter()
    han = 0
    for text in texts:
        han += int(han_flags(text).sum())
        hits.update(int(number) for number in dictionary.find_signs(bind([text]).codes)[:, 0] if int(number) in sure)
    found = []
    for number, count in sorted(hits.items(), key=lambda item: (-item[1], item[0])):
        rate = count / max(han, 1) * 1e6
        level = ERROR if rate > FALSE_HITS else WARNING
        detail = f"{count} in clean text, {rate:.2f} per million Han characters"
        found += [Finding(level, "false hits", row, detail) for row in _sure_rows(dictionary, number)]
    return found


def _sure_rows(dictionary: Dictionary, form: int) -> list[Row]:
    rows = dictionary.rows[dictionary.first[form] : dictionary.first[form + 1]]
    return [row for row in rows if row.tier == SURE]


def main() -> int:
    """Command line of the checker."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="*", type=Path)
    parser.add_argument("--clean", type=Path)
    args = parser.parse_args()
    try:
        users = [row for path in args.file for row in load_user_rows(path)]
        dictionary = load(tuple(str(path) for path in args.file))
    except (DictionaryError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    found = lint([*shipped_rows(), *users])
    if args.clean:
        found += false_hits(dictionary, (path.read_text(encoding="utf-8") for path in sorted(args.clean.glob("*.txt"))))
    if users:
        found = [finding for finding in found if finding.row in users]
    errors = sum(finding.level == ERROR for finding in found)
    print("\n".join([*map(str, found), f"{errors} errors, {len(found) - errors} warnings"]))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
