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
from cleantext.cli.terminal import EXIT_FAILED, say, visible
from cleantext.faults import reason_of
from cleantext.records import Options

EXIT_INTERRUPTED = 130  # as shells count Ctrl-C

_DEFAULTS = BatchOptions()

EXAMPLES = """\b
Examples:
  cleantext batch scraped/ clean/
  cleantext batch scraped/ clean/ --jobs 8 --trails trails/ --exclude '*.css'
  cleantext batch dump.jsonl.gz clean/ --text-field content
  cleantext report clean/ --sort spun"""


@click.command(epilog=EXAMPLES)
@click.argument("source", metavar="SRC", type=click.Path(path_type=Path))
@click.argument("target", metavar="DST", type=click.Path(path_type=Path))
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
    "--to",
    type=click.Choice(get_args(OutputFormat)),
    default=_DEFAULTS.to,
    show_default=True,
    help="jsonl: each output holds a record a page, with text, source and verdict (a.txt.jsonl).",
)
@click.option("--with-trail", is_flag=True, default=_DEFAULTS.with_trail, help="The trail too in those records.")
@click.option("--trails", metavar="DIR", default=_DEFAULTS.trails, help="Write each page's trail here, mirrored.")
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
@click.option("--force", is_flag=True, default=_DEFAULTS.force, help="Clean again what an earlier run has done.")
@cleaning_options
def batch(source: Path, target: Path, options: Options, **choices: object) -> None:
    """Clean every file of the folder SRC (or the one file SRC) into the folder DST.

    Names and folders are mirrored; text that came from HTML gets .txt behind its name (a.html.txt). Packed files (.gz
    .bz2 .xz .zst) stay packed. Originals are never touched. Files whose names begin with a dot are left out, and so are
    links to folders and out of SRC. Running it again does only what is new, changed or failed.

    DST/.cleantext/report.jsonl tells what was done with every file; lines of JSON Lines files that are no records are
    kept aside in DST/.cleantext/rejects/. Exit code 3: some input failed.
    """
    from cleantext.batch.pool import PoolError
    from cleantext.batch.run import run

    asked = BatchOptions(**{field.name: choices[field.name] for field in fields(BatchOptions)})  # type: ignore[arg-type]
    try:
        with _progress(source, target, asked) as bar:
            summary = run(source, target, options, asked, bar)
    except BatchError as error:
        raise click.UsageError(visible(str(error))) from None
    except (OSError, PoolError) as error:
        say(str(getattr(error, "filename", None) or target), reason_of(str(target), error))
        sys.exit(EXIT_FAILED)
    for line in _lines(summary, target):
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
                length=total, file=sys.stderr, show_pos=True, item_show_func=lambda _: self._speed()
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
    parts = [f"{summary.cleaned:,} cleaned", f"{summary.unchanged:,} unchanged", f"{len(summary.failures):,} failed"]
    done = f" ({summary.resumed:,} of them by an earlier run)" if summary.resumed else ""
    yield f"{summary.files:,} files: {', '.join(parts)}{done}"
    size = summary.bytes_in / 1e6
    speed = "" if summary.resumed else f" ({size / max(summary.seconds, 1e-3):.2f} MB/s)"
    yield (
        f"{summary.pages:,} pages, {summary.changed:,} changed, {summary.spun_pages:,} spun; "
        f"{size:,.2f} MB in {summary.seconds:,.1f} s{speed}"
    )
    if summary.skipped:
        yield "left out: " + ", ".join(f"{count:,} × {why}" for why, count in sorted(summary.skipped.items()))
    if summary.flags:
        yield "flagged: " + ", ".join(f"{count:,} × {flag}" for flag, count in sorted(summary.flags.items()))
    for rule, count in summary.edits.most_common():
        yield f"{count:>9,}  {rule}"
    yield f"report: cleantext report {visible(str(target))}"
