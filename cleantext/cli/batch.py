"""`cleantext batch`: a folder to a folder."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import click

from cleantext.batch.plan import BatchError, BatchOptions, OutputFormat, Row, Summary
from cleantext.cli.options import cleaning_options
from cleantext.cli.table import summary_lines
from cleantext.cli.terminal import EXIT_FAILED, say, visible
from cleantext.faults import reason_of
from cleantext.records import Options

EXIT_INTERRUPTED = 130  # as shells count Ctrl-C
PROGRESS_STEPS = 500  # times that the bar is drawn anew, at most: more would cost time with very many files

_DEFAULTS = BatchOptions()

EXAMPLES = """\b
Examples:
  cleantext batch scraped/ clean/
  cleantext batch scraped/ clean/ --jobs 8 --trails trails/ --exclude '*.css'
  cleantext batch dump.jsonl.gz clean/ --text-field content
  cleantext batch crawl.warc.gz clean/ --to parquet --with-trail
  cleantext batch scraped/ --in-place --backup originals/
  cleantext report clean/ --sort spun"""


@click.command(epilog=EXAMPLES)
@click.argument("source", metavar="SRC", type=click.Path(path_type=Path))
@click.argument("target", metavar="[DST]", required=False, type=click.Path(path_type=Path))
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=0),
    metavar="N",
    default=_DEFAULTS.jobs,
    help="Worker processes.  [default: one per core]",
)
@click.option("--include", metavar="GLOB", multiple=True, help="Take only files like this, e.g. '*.txt' (repeatable).")
@click.option("--exclude", metavar="GLOB", multiple=True, help="Leave files like this out (repeatable).")
@click.option(
    "--text-field",
    "--text-column",
    "text_field",
    metavar="NAME",
    default=_DEFAULTS.text_field,
    show_default=True,
    help="The field to clean in .jsonl and .json records, the column in .parquet; all others stay as they are.",
)
@click.option(
    "--site-field",
    "--site-column",
    "site_field",
    metavar="NAME",
    default=_DEFAULTS.site_field,
    help="The field or column with a record's address or site; it becomes the record's source.",
)
@click.option(
    "--to",
    type=click.Choice(get_args(OutputFormat)),
    default=_DEFAULTS.to,
    show_default=True,
    help="Each output holds a record a page, with text, source and verdict (a.txt.jsonl, a.txt.parquet).",
)
@click.option("--with-trail", is_flag=True, default=_DEFAULTS.with_trail, help="The trail too in those records.")
@click.option("--trails", metavar="DIR", default=_DEFAULTS.trails, help="Write each page's trail here, mirrored.")
@click.option(
    "--page-reports",
    is_flag=True,
    default=_DEFAULTS.page_reports,
    help="Report on every record of record files too, in DST/.cleantext/pages/.",
)
@click.option(
    "--in-place",
    is_flag=True,
    default=_DEFAULTS.in_place,
    help="Put the clean files where the originals are; needs --backup, or --trails for plain text.",
)
@click.option("--backup", metavar="DIR", default=_DEFAULTS.backup, help="Keep the originals of --in-place here.")
@click.option(
    "--page-seconds",
    type=click.FloatRange(min=0.1),
    metavar="S",
    default=_DEFAULTS.page_seconds,
    show_default=True,
    help="A page that takes longer is passed through and flagged (large ones get more).",
)
@click.option(
    "--max-page-bytes",
    type=click.IntRange(min=1),
    metavar="N",
    default=_DEFAULTS.max_page_bytes,
    show_default=True,
    help="Larger pages fail, after unpacking too.",
)
@click.option(
    "--no-site-rules",
    "survey",
    flag_value=False,
    type=bool,
    default=_DEFAULTS.survey,
    help="Do not look first what the pages of a site (a folder, the host of an address) have in common: lines that "
    "repeat, the words of its spinner.",
)
@click.option("--save-site-rules", metavar="FILE", help="Write what they have in common here, for --site-rules.")
@click.option(
    "--stdin-name",
    metavar="NAME",
    default=_DEFAULTS.stdin_name,
    show_default=True,
    help="What standard input (SRC is -) is called; the ending tells what it holds, e.g. pages.jsonl.gz.",
)
@click.option("--force", is_flag=True, default=_DEFAULTS.force, help="Clean again what an earlier run has done.")
@cleaning_options
def batch(source: Path, target: Path | None, options: Options, **choices: object) -> None:
    """Clean every file of the folder SRC (or the one file SRC, or standard input, -) into the folder DST.

    Names and folders are mirrored; text that came from HTML gets .txt behind its name (a.html.txt). Packed files (.gz
    .bz2 .xz .zst) stay packed. Originals stay as they are without --in-place. Files whose names begin with a dot are
    left out, and so are links to folders and out of SRC. Running it again does only what is new, changed or failed.
    Pages out of WARC files become records (a.warc.gz goes to a.warc.jsonl.gz).

    DST/.cleantext/report.jsonl tells what was done with every file; lines of JSON Lines files that are no records are
    kept aside in DST/.cleantext/rejects/. Exit code 3: some input failed.
    """
    from cleantext.batch.pool import PoolError
    from cleantext.batch.run import place_of, run

    asked = BatchOptions(**{field.name: choices[field.name] for field in fields(BatchOptions)})  # type: ignore[arg-type]
    if target is None and not asked.in_place:
        raise click.UsageError("Missing argument '[DST]': the folder to clean into (or --in-place).")
    if str(source) == "-" and asked.in_place:
        raise click.UsageError("standard input cannot be cleaned in place")
    written = place_of(source, target)
    try:
        with _progress(source, written, asked) as bar:
            summary = run(source, target, options, asked, bar)
    except BatchError as error:
        raise click.UsageError(visible(str(error))) from None
    except (OSError, PoolError) as error:
        say(str(getattr(error, "filename", None) or written), reason_of(str(written), error))
        sys.exit(EXIT_FAILED)
    for line in _lines(summary, written):
        click.echo(line, err=True)
    sys.exit(EXIT_INTERRUPTED if summary.interrupted else EXIT_FAILED if summary.failures else 0)


class _progress:
    """A progress bar on standard error, when that is a terminal."""

    def __init__(self, source: Path, target: Path, asked: BatchOptions) -> None:
        self._places = source, target, asked
        self._bytes = 0
        self._began = time.monotonic()
        self._bar: Any = None

    def __enter__(self) -> _progress:
        if sys.stderr.isatty():
            from cleantext.batch.walk import find_inputs

            source, target, asked = self._places
            total = sum(not item.skipped for item in find_inputs(source, target, asked)) if source.exists() else 0
            self._bar = click.progressbar(
                length=total,
                file=sys.stderr,
                show_pos=True,
                item_show_func=lambda _: self._speed(),
                update_min_steps=max(1, total // PROGRESS_STEPS),
            )
            self._bar.__enter__()
        return self

    def __call__(self, row: Row) -> None:
        self._bytes += 0 if row.resumed else row.bytes_in
        if self._bar:
            self._bar.update(1, row)

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.__exit__(None, None, None)

    def _speed(self) -> str:
        return f"{self._bytes / 1e6 / max(1e-3, time.monotonic() - self._began):.1f} MB/s"


def _lines(summary: Summary, target: Path) -> Iterator[str]:
    """The summary, as it is printed."""
    for source, reason in summary.failures:
        yield f"cleantext: {visible(source)}: {visible(reason)}"
    if summary.interrupted:
        yield "interrupted; run the same command again to go on"
    yield from summary_lines(summary)
    yield f"report: cleantext report {visible(str(target))}"
