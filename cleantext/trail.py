"""The trail as a file: every edit of a page, and all that giving the original bytes back needs.

One JSON object a line, one line a page, in the order in which the pages were written. A trail can be run:
`restore(clean, trail) == original`, byte for byte. For HTML the trail starts at the extracted text, and says so
("kind": "html").
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cleantext import edits
from cleantext._version import __version__
from cleantext.decode import encode
from cleantext.records import Cleaned, Edit, Origin, TracedEdit

# The version of this format; a reader refuses any other.
FORMAT = 1


class TrailError(ValueError):
    """A trail that cannot be read, does not fit the text at hand, or does not lead back to the original."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What identifies some bytes: how many there are, and their SHA-256 in hexadecimal digits."""

    size: int
    sha256: str

    @classmethod
    def of(cls, data: bytes) -> Digest:
        """The digest of `data`."""
        return cls(len(data), hashlib.sha256(data).hexdigest())


@dataclass(frozen=True, slots=True)
class Trail:
    """The way back from the clean text of one page to its original."""

    source: str
    origin: Origin
    original: Digest
    clean: Digest
    edits: tuple[TracedEdit, ...]


def output_bytes(cleaned: Cleaned) -> bytes:
    """The clean text as it is written, in a pipe as in a folder: UTF-8, no BOM."""
    return cleaned.text.encode("utf-8", "backslashreplace")  # a lone surrogate cannot stand in UTF-8: \\udc80


def trail_of(cleaned: Cleaned, data: bytes) -> Trail:
    """The trail of a page that was decoded from `data`.

    Raises TrailError when it would not give the original back: better no trail than a wrong one.
    """
    page = cleaned.page
    original = encode(page.text, page.origin) if page.origin.kind == "html" else data
    clean = output_bytes(cleaned)
    trail = Trail(page.source, page.origin, Digest.of(original), Digest.of(clean), cleaned.trail)
    restore(clean, trail)
    return trail


def restore(clean: bytes, trail: Trail) -> bytes:
    """The original bytes of a page (for HTML: the extracted text). Raises TrailError when the two do not fit."""
    if Digest.of(clean) != trail.clean:
        raise TrailError("the clean text is not the one that the trail was written for")
    try:
        text = edits.apply(clean.decode("utf-8"), edits.invert(traced.edit for traced in trail.edits))
        original = encode(text, trail.origin)
    except (edits.EditError, UnicodeError, LookupError) as error:
        raise TrailError(f"the trail does not fit its text: {error}") from error
    if Digest.of(original) != trail.original:
        raise TrailError("the trail does not lead back to the original")
    return original


def restore_all(clean: bytes, trails: Sequence[Trail]) -> bytes:
    """The originals of pages whose clean texts stand one behind the other, as `cleantext A B --trail T` writes them."""
    if sum(trail.clean.size for trail in trails) != len(clean):
        raise TrailError("the clean text is not the one that the trail was written for")
    originals: list[bytes] = []
    at = 0
    for trail in trails:
        originals.append(restore(clean[at : at + trail.clean.size], trail))
        at += trail.clean.size
    return b"".join(originals)


def edit_record(traced: TracedEdit) -> dict[str, object]:
    """One edit as JSON keeps it, in trails and in `explain --format jsonl`."""
    edit = traced.edit
    return {
        "stage": traced.stage,
        "start": edit.start,
        "end": edit.end,
        "before": edit.before,
        "after": edit.after,
        "rule": edit.rule,
        "reason": edit.reason,
        "confidence": round(edit.confidence, 4),
    }


# JSON allows these in strings, but readers that cut at every Unicode line separator (str.splitlines) would cut there.
_LINE_SEPARATORS = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}


def json_line(record: object) -> bytes:
    """One line of JSON in UTF-8, one line for every reader.

    A lone surrogate (from a name that is not valid Unicode) becomes its JSON escape.
    """
    line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).translate(_LINE_SEPARATORS)
    return line.encode("utf-8", "backslashreplace") + b"\n"


def dump(trail: Trail) -> bytes:
    """A trail as one line of JSON."""
    origin = trail.origin
    return json_line(
        {
            "cleantext": __version__,
            "format": FORMAT,
            "source": trail.source,
            "kind": origin.kind,
            "encoding": origin.encoding,
            "bom": origin.bom.hex(),
            "undecodable": [[offset, data.hex()] for offset, data in origin.undecodable],
            "raw": None if origin.raw is None else base64.b64encode(origin.raw).decode("ascii"),
            "original": {"size": trail.original.size, "sha256": trail.original.sha256},
            "clean": {"size": trail.clean.size, "sha256": trail.clean.sha256},
            "edits": [edit_record(traced) for traced in trail.edits],
        }
    )


def load(data: bytes) -> list[Trail]:
    """The trails of a trail file. Raises TrailError with the line that is no trail."""
    trails: list[Trail] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            trails.append(_load_one(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise TrailError(f"line {number} is not a trail: {error}") from error
    return trails


def _load_one(record: Any) -> Trail:
    if record["format"] != FORMAT:
        raise ValueError(f"format {record['format']!r}, this version reads {FORMAT}")
    origin = Origin(
        encoding=str(record["encoding"]),
        bom=bytes.fromhex(record["bom"]),
        kind="html" if record["kind"] == "html" else "text",
        undecodable=tuple((int(offset), bytes.fromhex(data)) for offset, data in record["undecodable"]),
        raw=None if record["raw"] is None else base64.b64decode(record["raw"], validate=True),
    )
    digests = [Digest(int(record[key]["size"]), str(record[key]["sha256"])) for key in ("original", "clean")]
    return Trail(str(record["source"]), origin, digests[0], digests[1], tuple(map(_load_edit, record["edits"])))


def _load_edit(record: Any) -> TracedEdit:
    start, end, confidence = int(record["start"]), int(record["end"]), float(record["confidence"])
    words = [str(record[key]) for key in ("before", "after", "rule", "reason")]
    return TracedEdit(str(record["stage"]), Edit(start, end, words[0], words[1], words[2], words[3], confidence))
