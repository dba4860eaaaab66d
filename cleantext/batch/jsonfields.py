"""Changing one field of a JSON record and not one byte of the rest.

Loading a record and writing it again would change numbers (1.10, 1e400), escapes and spacing. So the record is parsed
with the standard library's own pieces, which tell where a value begins and ends, and only that stretch is replaced.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from json.decoder import scanstring  # type: ignore[attr-defined]  # undocumented in typeshed, there since Python 2.6

_SPACE_RE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


class RecordError(ValueError):
    """A record that is no JSON object, or has no text in the field."""


def replace_field(record: str, field: str, change: Callable[[str], str]) -> str:
    """The record with `change(text)` in place of the text of its top-level `field`.

    The replacement is escaped to ASCII when the old value was. Raises RecordError.
    """
    start, end, behind = _find(record, _skip(record, 0), field)
    _check_end(record, behind)
    return record[:start] + _changed(record[start:end], change) + record[end:]


def replace_in_document(document: str, field: str, change: Callable[[str], str]) -> str:
    """The same for a whole .json file: one object, or an array of objects."""
    at = _skip(document, 0)
    if document[at : at + 1] != "[":
        return replace_field(document, field, change)
    spans: list[tuple[int, int]] = []
    at = _skip(document, at + 1)
    while document[at : at + 1] != "]":
        start, end, behind = _find(document, at, field)
        spans.append((start, end))
        at = _next_item(document, behind, "]")
    _check_end(document, at + 1)
    pieces: list[str] = []
    done = 0
    for start, end in spans:
        pieces += (document[done:start], _changed(document[start:end], change))
        done = end
    return "".join(pieces) + document[done:]


def _changed(literal: str, change: Callable[[str], str]) -> str:
    old = json.loads(literal)
    if not isinstance(old, str):
        raise RecordError(f"the field holds no text, but {literal[:20]}")
    new = change(old)
    return literal if new == old else json.dumps(new, ensure_ascii="\\u" in literal and literal.isascii())


def _find(text: str, at: int, field: str) -> tuple[int, int, int]:
    """Where the value of `field` begins and ends in the object at text[at], and where the object ends.

    Of several fields of one name the last one counts, as in most JSON readers.
    """
    if text[at : at + 1] != "{":
        raise RecordError("no JSON object")
    found: tuple[int, int] | None = None
    try:
        at = _skip(text, at + 1)
        while text[at : at + 1] != "}":
            if text[at : at + 1] != '"':
                raise RecordError(f"no JSON: a name expected at character {at + 1}")
            name, at = scanstring(text, at + 1, True)
            at = _skip(text, at)
            if text[at : at + 1] != ":":
                raise RecordError(f"no JSON: ':' expected at character {at + 1}")
            start = _skip(text, at + 1)
            _, end = _DECODER.raw_decode(text, start)
            if name == field:
                found = start, end
            at = _next_item(text, end, "}")
    except json.JSONDecodeError as error:
        raise RecordError(f"no JSON: {error}") from None
    except RecursionError:
        raise RecordError("nested too deeply") from None
    if found is None:
        raise RecordError(f"no field {field!r}")
    return *found, at + 1


def _check_end(text: str, at: int) -> None:
    at = _skip(text, at)
    if at < len(text):
        raise RecordError(f"no JSON: more behind the end, at character {at + 1}")


def _next_item(text: str, at: int, closing: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] == ",":
        at = _skip(text, at + 1)
        if text[at : at + 1] != closing:
            return at
    elif text[at : at + 1] == closing:
        return at
    raise RecordError(f"no JSON: ',' or {closing!r} expected at character {at + 1}")


def _skip(text: str, at: int) -> int:
    match = _SPACE_RE.match(text, at)
    return match.end() if match else at
