"""The records of a batch: what was asked, what was done with each input, and what it adds up to."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal

from cleantext._version import __version__
from cleantext.records import Options
from cleantext.sites import site_of

Status = Literal["cleaned", "unchanged", "failed"]
OutputFormat = Literal["same", "jsonl", "parquet"]

# Flag of a page on which a worker died: that may have been an accident, so its file is done again by the next run.
DIED = "worker-died"

# A page counts as spun in summaries from this probability on.
SPUN_FROM = 0.5


class BatchError(ValueError):
    """The batch as a whole cannot run: source or target are impossible."""


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """What a user can choose about a batch, besides the cleaning itself; the home of these defaults."""

    jobs: int = 0  # worker processes; 0: one per core
    include: tuple[str, ...] = ()  # globs on the name or the path inside the source; empty: everything
    exclude: tuple[str, ...] = ()
    text_field: str = "text"  # the field of JSON records, or the column of Parquet files, that is cleaned
    site_field: str | None = None  # the field or column that tells a record's address or site
    to: OutputFormat = "same"  # else one record a page with text, source and verdict, whatever the input is
    with_trail: bool = False  # and the trail, in those records
    trails: str | None = None  # folder for the trails, mirrored as the output is; one line a page
    page_reports: bool = False  # a report line for each record of record files too, beside the report
    in_place: bool = False  # the clean files take the place of the originals, which go to `backup` or into a trail
    backup: str | None = None  # folder for the originals of `in_place`, mirrored
    # A page that takes longer is passed through and flagged. Real pages take milliseconds; the allowance per byte (see
    # `run`) lets a page of 50 MB pass.
    page_seconds: float = 60.0
    # Larger pages fail, after unpacking too (a zip bomb): a page is held in memory some forty times over.
    max_page_bytes: int = 64 * 2**20
    survey: bool = True  # count first what the pages of a site have in common
    save_site_rules: str | None = None  # file for what was counted, to look at and to use again
    stdin_name: str = "stdin.txt"  # what standard input is called: its ending tells what it holds
    force: bool = False  # clean again what an earlier run has done already


@dataclass(frozen=True, slots=True)
class Row:
    """What was done with one input: a line of report.jsonl."""

    source: str  # path inside the source folder
    target: str = ""  # path inside the target folder
    status: Status = "failed"
    reason: str = ""  # why it failed
    pages: int = 0  # one, or the records of a file of records
    changed: int = 0  # pages that were edited
    rejected: int = 0  # records kept aside: no JSON, or no text in them
    left_out: int = 0  # records that hold no page: requests, pictures and the like in WARC files
    spun: float = 0.0  # the highest probability of the pages
    spun_pages: int = 0
    flagged: int = 0  # pages with a flag
    flags: Mapping[str, int] = field(default_factory=dict)
    edits: Mapping[str, int] = field(default_factory=dict)  # "stage/rule" -> edits
    cuts: Mapping[str, int] = field(default_factory=dict)  # and how many of them only take something away
    verdict: Mapping[str, str | None] = field(default_factory=dict)  # title, author, …: of files that hold one page
    confidence: float = 0.0  # mean over all edits
    bytes_in: int = 0
    bytes_out: int = 0
    seconds: float = 0.0
    input_sha256: str = ""
    output_sha256: str = ""
    key: str = ""  # what else the output depends on, see `fingerprint`
    resumed: bool = False  # done by an earlier run

    def record(self) -> dict[str, object]:
        """The row as JSON keeps it. (dataclasses.asdict would copy all that is in it, for every file.)"""
        return {name: getattr(self, name) for name in ROW_NAMES}

    @property
    def settled(self) -> bool:
        """Whether doing it again would give the same: it went well, or its bad records are kept aside for good."""
        return self.status != "failed" or bool(self.rejected and self.output_sha256 and DIED not in self.flags)


ROW_NAMES = tuple(one.name for one in fields(Row))


@dataclass
class Summary:
    """The sum of the rows."""

    files: int = 0
    cleaned: int = 0
    unchanged: int = 0
    resumed: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)  # why -> how many, and no failure: hidden files, links
    pages: int = 0
    changed: int = 0
    rejected: int = 0
    left_out: int = 0
    spun_pages: int = 0
    flagged: int = 0
    flags: Counter[str] = field(default_factory=Counter)
    edits: Counter[str] = field(default_factory=Counter)
    cuts: Counter[str] = field(default_factory=Counter)
    bytes_in: int = 0
    bytes_out: int = 0
    seconds: float = 0.0  # wall time of the run, not of the pages
    interrupted: bool = False

    def add(self, row: Row) -> None:
        """Count one input."""
        self.files += 1
        self.cleaned += row.status == "cleaned"
        self.unchanged += row.status == "unchanged"
        self.resumed += row.resumed
        if row.status == "failed":
            self.failures.append((row.source, row.reason))
        for name in (*_SUMS, "bytes_in", "bytes_out"):
            setattr(self, name, getattr(self, name) + getattr(row, name))
        self.flags.update(row.flags)
        self.edits.update(row.edits)
        self.cuts.update(row.cuts)


def check_choices(batch: BatchOptions) -> None:
    """Raise BatchError for choices that contradict each other."""
    if batch.with_trail and batch.to == "same":
        raise BatchError(
            "--with-trail puts trails into records, it needs --to jsonl or parquet; for files there is --trails DIR"
        )
    if batch.trails and batch.to != "same":
        raise BatchError(
            f"--trails belongs to clean files; with --to {batch.to} the trails stand in the records: --with-trail"
        )
    if batch.save_site_rules and not batch.survey:
        raise BatchError("--save-site-rules saves what is counted first: it cannot be combined with --no-site-rules")
    if batch.backup and not batch.in_place:
        raise BatchError("--backup keeps the originals of --in-place; without it no original is ever touched")
    if batch.in_place and not (batch.backup or batch.trails):
        raise BatchError("--in-place needs a way back: --backup DIR keeps the originals, --trails DIR the edits")
    if batch.in_place and batch.to != "same":
        raise BatchError(f"--in-place keeps each file's format: it cannot be combined with --to {batch.to}")


# Counts of a row that are summed over pages and over files.
_SUMS = ("pages", "changed", "rejected", "left_out", "spun_pages", "flagged")


def combine(rows: Iterable[Row]) -> Row:
    """The rows of a file's pages as one; the caller fills in what belongs to the file."""
    flags: Counter[str] = Counter()
    edits: Counter[str] = Counter()
    cuts: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    spun = seconds = weighted = 0.0
    for row in rows:
        flags.update(row.flags)
        edits.update(row.edits)
        cuts.update(row.cuts)
        for name in _SUMS:
            sums[name] += getattr(row, name)
        spun, seconds = max(spun, row.spun), seconds + row.seconds
        weighted += row.confidence * sum(row.edits.values())
    return Row(
        "",
        **{name: sums[name] for name in _SUMS},  # type: ignore[arg-type]  # each of them is a count
        spun=spun,
        flags=dict(flags),
        edits=dict(edits),
        cuts=dict(cuts),
        confidence=round(weighted / edits.total(), 4) if edits else 0.0,
        seconds=round(seconds, 4),
    )


@dataclass(frozen=True)
class Keys:
    """What the outputs depend on besides their inputs. The rules of a site count for the pages of that site only."""

    base: str  # see `fingerprint`
    sites: Mapping[str, str] = field(default_factory=dict)  # site -> digest of its rules
    whole: str = ""  # digest of all rules, for files of records, whose pages may be of any site
    site: str | None = None  # the site of all pages

    def of(self, name: str, records: bool) -> str:
        """The key of an input."""
        if records or not self.sites:
            return self.base + self.whole
        return self.base + self.sites.get(site_of(name) if self.site is None else self.site, "")


def keys_of(options: Options, batch: BatchOptions) -> Keys:
    """The keys of a run, whose options are complete."""
    base = fingerprint(options, batch)
    nothing = options.site_rules is None and options.site_pairs is None
    if nothing or batch.in_place:  # in place, a rerun counts what is clean already: that must not start it anew
        return Keys(base)
    from cleantext import sitefile  # numpy and more, which reports do without

    table = sitefile.dump(options)
    rules, pairs = sitefile.parse(table)
    rows: dict[str, list[str]] = {}
    for site, row in (
        *((line.site, repr(line)) for line in rules.rows),
        *((page[0], repr(page)) for page in pairs.rows),
    ):
        rows.setdefault(site, []).append(row)
    return Keys(base, {site: _digest("\n".join(found)) for site, found in rows.items()}, _digest(table), options.site)


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def fingerprint(options: Options, batch: BatchOptions) -> str:
    """Version, options, the content of the user's dictionaries; but not what was counted of sites."""
    counted = ("site_rules", "site_pairs")
    facts = {name.name: getattr(options, name.name) for name in fields(options) if name.name not in counted}
    facts["dictionaries"] = [hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in options.dictionaries]
    places = [os.path.realpath(place) if place else None for place in (batch.trails, batch.backup)]
    choices = [batch.text_field, batch.site_field, batch.to, batch.with_trail, batch.page_reports, batch.in_place]
    return _digest(json.dumps([__version__, facts, choices, places], sort_keys=True))
