"""Pages as records, for `--to`: with text, source, verdict and, if wanted, the trail, whatever the inputs were."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from cleantext.records import Cleaned
from cleantext.report import verdict_record
from cleantext.trail import dump, json_line, trail_of


@dataclass(frozen=True, slots=True)
class PageRecord:
    """One page; `trail` is a line as trail files hold it."""

    text: str
    source: str
    verdict: Mapping[str, object]
    trail: bytes | None = None

    def line(self) -> bytes:
        """The record as a line of JSON."""
        record: dict[str, object] = {"text": self.text, "source": self.source, "verdict": self.verdict}
        if self.trail is not None:
            record["trail"] = json.loads(self.trail)
        return json_line(record)


def page_record(cleaned: Cleaned, data: bytes, with_trail: bool) -> PageRecord:
    """One page as a record. Raises TrailError when the trail would not give `data` back."""
    trail = dump(trail_of(cleaned, data)) if with_trail else None
    return PageRecord(cleaned.text, cleaned.page.source, verdict_record(cleaned), trail)
