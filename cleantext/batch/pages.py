"""What becomes of the pages of one task: counts, and whatever was asked for of records, trails and report lines."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress

from cleantext.batch.plan import SPUN_FROM, BatchOptions, Row
from cleantext.batch.records import PageRecord, page_record
from cleantext.decode import as_text, decode
from cleantext.pipeline import Cleaner
from cleantext.records import Cleaned, Page
from cleantext.report import cut_counts, rule_counts, verdict_record
from cleantext.trail import dump, json_line, output_bytes, trail_of

# What the verdict tells beside the counts of a row.
VERDICT_WORDS = ("title", "author", "date", "origin")
# Fields of a row that a line of a page's report has.
REPORTED = ("source", "changed", "spun", "flags", "edits", "cuts", "confidence", "verdict", "bytes_in", "bytes_out")


class Lot:
    """Cleans pages; together those that it was told of beforehand, which costs less than one by one."""

    def __init__(self, cleaner: Cleaner) -> None:
        self._cleaner = cleaner
        self._done: dict[tuple[str, bytes | str], Cleaned] = {}
        self._pace = 0.0  # seconds per character of the pages that were cleaned together

    def foresee(self, pages: Iterable[tuple[str, bytes | str]]) -> None:
        """Clean pages together. What fails here fails again in `clean`, alone, and so for its own page only."""
        keys: list[tuple[str, bytes | str]] = []
        decoded: list[Page] = []
        began = time.perf_counter()
        for source, data in pages:
            with suppress(Exception):
                decoded.append(self._page(source, data))
                keys.append((source, data))
        with suppress(Exception):
            self._done = dict(zip(keys, self._cleaner.clean_many(decoded), strict=True))
            self._pace = (time.perf_counter() - began) / max(1, sum(len(page.text) for page in decoded))

    def clean(self, source: str, data: bytes | str) -> tuple[Cleaned, float]:
        """One page, and how many seconds it took. Raises DecodeError."""
        began = time.perf_counter()
        cleaned = self._done.pop((source, data), None)
        if cleaned is not None:
            return cleaned, self._pace * len(cleaned.page.text)
        cleaned = self._cleaner.clean_page(self._page(source, data))
        return cleaned, time.perf_counter() - began

    def _page(self, source: str, data: bytes | str) -> Page:
        options = self._cleaner.options
        return as_text(Page(source, data), options) if isinstance(data, str) else decode(data, source, options)


class Pages:
    """Gathers the outcomes of the pages of one file. A page that fails leaves nothing behind."""

    def __init__(self, lot: Lot, batch: BatchOptions, pass_through: bool, as_records: bool) -> None:
        """`pass_through`: the lot does nothing because the page took too long; `as_records`: keep page records."""
        self.lot, self._batch = lot, batch
        self._pass_through, self._as_records = pass_through, as_records
        self.rows: list[Row] = []
        self.records: list[PageRecord] = []
        self.trails: list[bytes] = []
        self.reports: list[bytes] = []
        self.markup = False  # whether a page was HTML, of which the trail gives the text back only

    def clean(self, source: str, data: bytes | str) -> Cleaned:
        """Clean one page. Raises DecodeError, or TrailError when the trail would not give the original back."""
        cleaned, seconds = self.lot.clean(source, data)
        if isinstance(data, str):
            data = data.encode("utf-8", "surrogatepass")
        record = page_record(cleaned, data, self._batch.with_trail) if self._as_records else None
        trail = dump(trail_of(cleaned, data)) if self._batch.trails else b""
        row = _row(cleaned, self._pass_through, len(data), seconds)
        self.rows.append(row)
        self.trails.append(trail)
        if record:
            self.records.append(record)
        if self._batch.page_reports:
            self.reports.append(_report(row, source))
        self.markup |= cleaned.page.origin.kind == "html"
        return cleaned


def _row(cleaned: Cleaned, pass_through: bool, size: int, seconds: float) -> Row:
    """What is counted of one page."""
    flags = Counter(cleaned.verdict.flags)
    if pass_through:
        flags["time-budget"] += 1
    edits = cleaned.edits
    verdict = verdict_record(cleaned)
    return Row(
        "",
        pages=1,
        changed=int(cleaned.text != cleaned.page.text),
        spun=round(cleaned.verdict.spun, 4),
        spun_pages=int(cleaned.verdict.spun >= SPUN_FROM),
        flagged=int(bool(flags)),
        flags=dict(flags),
        edits=rule_counts(cleaned),
        cuts=cut_counts(cleaned),
        verdict={name: str(verdict[name]) for name in VERDICT_WORDS if verdict[name]},
        confidence=round(sum(edit.confidence for edit in edits) / len(edits), 4) if edits else 0.0,
        bytes_in=size,
        bytes_out=len(output_bytes(cleaned)),
        seconds=round(seconds, 5),
    )


def _report(row: Row, source: str) -> bytes:
    facts = row.record() | {"source": source}
    return json_line({name: facts[name] for name in REPORTED} | {"seconds": row.seconds})
