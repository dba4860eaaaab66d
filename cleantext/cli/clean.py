"""`cleantext [clean]`: inputs to clean text."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from cleantext.cli.options import cleaning_options
from cleantext.cli.terminal import (
    EXIT_CHANGES,
    EXIT_FAILED,
    Failures,
    colourful,
    each_input,
    refuse_overwriting,
    say,
    visible,
)
from cleantext.files import atomic_write
from cleantext.records import Cleaned, Options

_DIFF_COLOURS = {"-": "red", "+": "green", "@": "cyan"}

EXAMPLES = """\b
Examples:
  cat page.txt | cleantext > clean.txt
  cleantext page.txt -o clean.txt --trail page.trail
  cleantext --diff page.txt
  cleantext --check clean/*.txt
  cleantext --script simplified --dictionary my-words.tsv page.html"""


@click.command(epilog=EXAMPLES)
@click.argument("files", nargs=-1, metavar="[FILE|-]...")
@click.option("-o", "--output", metavar="FILE", help="Write here instead of to standard output.")
@click.option("--trail", "trail_file", metavar="FILE", help="Write every edit here, so that `restore` can undo them.")
@click.option("--diff", is_flag=True, help="Show what would change instead of the clean text.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if any page would be edited.")
@cleaning_options
def clean(
    files: tuple[str, ...], output: str | None, trail_file: str | None, diff: bool, check: bool, options: Options
) -> None:
    """Clean FILEs, or standard input, to standard output (UTF-8).

    Several FILEs are written one behind the other, in the order given. What fails is reported on standard error and
    does not stop the rest; the exit code is then 3.
    """
    if trail_file and (diff or check):
        raise click.UsageError("--trail belongs to the clean text: it cannot be combined with --diff or --check.")
    if check and output and not diff:
        raise click.UsageError("--check writes nothing: it cannot be combined with --output.")
    refuse_overwriting((output, trail_file), files)

    from cleantext import trail
    from cleantext.pipeline import Cleaner
    from cleantext.report import notes

    cleaner, failures, changed = Cleaner(options), Failures(), 0
    texts: list[bytes] = []
    trails: list[bytes] = []
    coloured = diff and not output and colourful(sys.stdout)
    emit: Callable[[bytes], object] = texts.append if output else sys.stdout.buffer.write

    def work(name: str, data: bytes) -> None:
        nonlocal changed
        cleaned = cleaner.clean_bytes(data, name)
        if trail_file:
            trails.append(trail.dump(trail.trail_of(cleaned, data)))
        for note in notes(cleaned):
            say(name, note)
        if not data.strip():
            say(name, "empty input")
        if cleaned.text != cleaned.page.text:
            changed += 1
            if check:
                say(name, f"would be changed ({len(cleaned.trail)} edits)")
        if diff:
            emit(_diff(cleaned, coloured))
        elif not check:
            emit(trail.output_bytes(cleaned))

    each_input(files, failures, work)
    sys.stdout.flush()
    _write(output, texts, failures)
    _write(trail_file, trails, failures)
    sys.exit(EXIT_FAILED if failures.count else EXIT_CHANGES if check and changed else 0)


def _write(path: str | None, pieces: list[bytes], failures: Failures) -> None:
    """Write an output file, unless all inputs failed: then an older one is left alone."""
    if path and (pieces or not failures.count):
        try:
            atomic_write(Path(path), pieces)
        except OSError as error:
            failures.report(path, error)


def _diff(cleaned: Cleaned, coloured: bool) -> bytes:
    from cleantext.diff import unified_diff

    lines = unified_diff(cleaned)
    if not coloured:
        return "".join(lines).encode("utf-8", "backslashreplace")
    shown = (click.style(visible(line.rstrip("\n")), fg=_DIFF_COLOURS.get(line[0])) for line in lines)
    return "".join(line + "\n" for line in shown).encode()
