"""`cleantext report`: what a batch did, again."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path

import click

from cleantext.batch.plan import BatchError, Row, Summary
from cleantext.cli.table import summary_lines
from cleantext.cli.terminal import visible

# The columns that the table can be sorted by: all of the report, and the share of the bytes that is gone. Words are
# sorted upwards, numbers (of counts by name: their sum) downwards.
WORDS = ("source", "target", "status", "reason", "input_sha256", "output_sha256", "key", "verdict")
COLUMNS = (*(field.name for field in fields(Row)), "cut")

EXAMPLES = """\b
Examples:
  cleantext report clean/
  cleantext report clean/ --sort spun --top 20
  cleantext report clean/ --failed"""


@click.command(epilog=EXAMPLES)
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--sort",
    type=click.Choice(COLUMNS),
    metavar="COLUMN",
    default="source",
    show_default=True,
    help=f"The column to sort by: {', '.join(COLUMNS)}.",
)
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="Show only the first N files.")
@click.option("--failed", is_flag=True, help="Show only what failed, with the reasons.")
def report(target: Path, sort: str, top: int | None, failed: bool) -> None:
    """Show what `cleantext batch` did to the files of the output folder DIR.

    `cut` is the share of the bytes that is gone. The file behind it, DIR/.cleantext/report.jsonl, has more columns.
    """
    from cleantext.batch.journal import read_rows

    try:
        rows = [row for row in read_rows(target) if row.status == "failed" or not failed]
    except BatchError as error:
        raise click.UsageError(visible(str(error))) from None
    rows.sort(key=lambda row: _value(row, sort), reverse=sort not in WORDS)
    out = [f"{'status':9} {'spun':>5} {'edits':>6} {'pages':>6} {'bytes in':>11} {'cut':>6} {'seconds':>8}  source"]
    for row in rows[:top]:
        why = f"  ({row.reason})" if row.reason else f"  [{', '.join(row.flags)}]" if row.flags else ""
        out.append(
            f"{row.status:9} {row.spun:>5.2f} {sum(row.edits.values()):>6,} {row.pages:>6,} {row.bytes_in:>11,} "
            f"{_cut(row):>6.1%} {row.seconds:>8.2f}  {visible(row.source + why)}"
        )
    summary = Summary()
    for row in rows:
        summary.add(row)
    out += ("", *summary_lines(summary))
    click.echo("\n".join(out))
    sys.exit(0)


def _cut(row: Row) -> float:
    return 1 - row.bytes_out / row.bytes_in if row.bytes_in and row.status != "failed" else 0.0


def _value(row: Row, column: str) -> float | str:
    if column == "cut":
        return _cut(row)
    value = getattr(row, column)
    if column == "verdict":
        return " ".join(str(word) for word in value.values())
    return value if isinstance(value, int | float | str) else sum(value.values())
