"""Reading inputs, and what is said on standard error."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from cleantext.faults import reason_of

EXIT_CHANGES = 1  # --check found something to change
EXIT_FAILED = 3  # some input failed (2, wrong usage, is click's own)

STDIN = "-"
STDIN_NAME = "<stdin>"

# Control characters would let a page or a file name move the cursor, or worse: they are shown as pictures.
_CONTROL_RE = re.compile("[\x00-\x1f\x7f-\x9f]")


def visible(text: str) -> str:
    """Text that is safe to print on a terminal, on one line."""
    text = _CONTROL_RE.sub(lambda m: chr(0x2400 + ord(m[0])) if m[0] < " " else "\N{SYMBOL FOR DELETE}", text)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def colourful(stream: object) -> bool:
    """Whether to write colours: a terminal, and NO_COLOR is not set (https://no-color.org)."""
    return bool(getattr(stream, "isatty", lambda: False)()) and not os.environ.get("NO_COLOR")


def read_input(path: str) -> bytes:
    """The bytes of a file, or of standard input for "-"."""
    if path == STDIN:
        return sys.stdin.buffer.read()
    return Path(path).read_bytes()


@dataclass
class Failures:
    """What went wrong: one line each on standard error, and in the end the exit code."""

    count: int = 0

    def report(self, source: str, error: BaseException | str) -> None:
        """Say in one line why an input failed."""
        self.count += 1
        say(source, why(source, error))


def why(source: str, error: BaseException | str) -> str:
    """The reason of a failure, with a hint where one helps."""
    if isinstance(error, IsADirectoryError):
        return f"is a folder; clean all of it with: cleantext batch {source} OUTPUT_FOLDER"
    return reason_of(source, error)


def say(source: str, message: str) -> None:
    """One line on standard error."""
    click.echo(f"cleantext: {visible(source)}: {visible(message)}", err=True)


def each_input(
    paths: tuple[str, ...],
    failures: Failures,
    work: Callable[[str, bytes], object],
    failed: Callable[[str, str], object] = lambda name, reason: None,
) -> None:
    """Run `work(name, bytes)` on every input, in order.

    What fails is reported, also to `failed(name, reason)`, and never stops the others.
    """
    for path in paths or (STDIN,):
        name = STDIN_NAME if path == STDIN else path
        try:
            work(name, read_input(path))
        except BrokenPipeError:
            raise
        except Exception as error:  # one page's fault must never stop the other pages
            failures.report(name, error)
            failed(name, why(name, error))


def refuse_overwriting(outputs: tuple[str | None, ...], inputs: tuple[str, ...]) -> None:
    """Stop before a command writes over one of its own inputs, or writes two things to one place."""
    taken = {os.path.realpath(path): path for path in inputs if path != STDIN}
    for output in filter(None, outputs):
        place = os.path.realpath(output)
        if place in taken and not os.path.exists(place) or os.path.isfile(place) and place in taken:
            raise click.UsageError(f"{visible(output)} would be overwritten: it is used twice.")
        taken[place] = output
