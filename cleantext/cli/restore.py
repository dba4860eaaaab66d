"""`cleantext restore`: from clean text and trail back to the original."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cleantext.batch.plan import BatchOptions
from cleantext.cli.terminal import EXIT_FAILED, STDIN, STDIN_NAME, Failures, read_input, refuse_overwriting, say
from cleantext.files import PendingFile, atomic_write

EXAMPLES = """\b
Example:
  cleantext page.txt -o clean.txt --trail page.trail
  cleantext restore clean.txt --trail page.trail -o page-again.txt
  cmp page.txt page-again.txt"""


@click.command(epilog=EXAMPLES)
@click.argument("clean_file", metavar="CLEAN|-")
@click.option("--trail", "trail_file", metavar="FILE", required=True, help="The trail that `clean --trail` wrote.")
@click.option("-o", "--output", metavar="FILE", help="Write here instead of to standard output.")
@click.option(
    "--text-field",
    "--text-column",
    "text_field",
    metavar="NAME",
    default=BatchOptions().text_field,
    show_default=True,
    help="The field or column with the text, in a file of records that `batch --trails` wrote trails for.",
)
def restore(clean_file: str, trail_file: str, output: str | None, text_field: str) -> None:
    """Give the original back, byte for byte.

    CLEAN must be exactly what was written beside the trail; anything else is refused. Of an HTML page the text that was
    extracted comes back, not the markup. Of .jsonl, .json and .parquet files each record gets its text back.
    """
    refuse_overwriting((output,), (clean_file, trail_file))

    from cleantext import trail
    from cleantext.batch.restoring import is_of_records

    failures = Failures()
    name = STDIN_NAME if clean_file == STDIN else clean_file
    place = trail_file
    try:
        if clean_file != STDIN and is_of_records(clean_file):
            _restore_records(Path(clean_file), Path(trail_file), text_field, output)
            sys.exit(0)
        trails = trail.load(Path(trail_file).read_bytes())
        place = name
        original = trail.restore_all(read_input(clean_file), trails)
        for one in trails:
            if one.origin.kind == "html":
                say(one.source, "was HTML: the extracted text is restored, the markup is not in the trail")
        place = output or "<stdout>"
        if output:
            atomic_write(Path(output), [original])
        else:
            sys.stdout.buffer.write(original)
            sys.stdout.flush()
    except (OSError, ValueError) as error:
        failures.report(place, error)
    sys.exit(EXIT_FAILED if failures.count else 0)


def _restore_records(clean_file: Path, trail_file: Path, field: str, output: str | None) -> None:
    from cleantext.batch.restoring import restore_records

    if output:
        with PendingFile(Path(output)) as pending:
            restore_records(clean_file, trail_file, field, pending.stream)
            pending.commit()
    else:
        restore_records(clean_file, trail_file, field, sys.stdout.buffer)
        sys.stdout.flush()
