"""`cleantext explain`: what was removed and repaired, and why."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterator

import click

from cleantext.cli.options import cleaning_options
from cleantext.cli.terminal import EXIT_FAILED, Failures, colourful, each_input, visible
from cleantext.records import Cleaned, Options

# Columns of a terminal: the place of an edit in its line, beside which the reason stands; longer ones push it right.
PLACE_WIDTH = 44
# Characters of a cut or repaired stretch that are shown; the rest is counted, when it is longer than saying so.
SHOWN_CHARS = 40
SPARED_CHARS = 10

EXAMPLES = """\b
Examples:
  cleantext explain page.txt | less -R
  cleantext explain --format jsonl scraped/*.txt > edits.jsonl

In the text form a cut line stands as  - line , an edit inside a line as  left[before→after]right ."""


@click.command(epilog=EXAMPLES)
@click.argument("files", nargs=-1, metavar="[FILE|-]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "jsonl")),
    default="text",
    show_default=True,
    help="text for people; json: one array; jsonl: one object a line.",
)
@cleaning_options
def explain(files: tuple[str, ...], form: str, options: Options) -> None:
    """Tell what would be removed and repaired in FILEs, or standard input, and why.

    Each edit comes with its line, rule, reason and confidence. In the JSON forms each input is one object: source,
    text, edits (offsets in characters of the original text), verdict. An input that failed has an error instead of
    the verdict; its text and edits are empty.
    """
    from cleantext.pipeline import Cleaner
    from cleantext.report import record
    from cleantext.trail import json_line

    cleaner, failures = Cleaner(options), Failures()
    pages: list[Cleaned] = []
    records: list[object] = []

    def emit(value: object) -> None:
        if form == "json":
            records.append(value)
        else:
            sys.stdout.buffer.write(json_line(value))
            sys.stdout.flush()

    def work(name: str, data: bytes) -> None:
        cleaned = cleaner.clean_bytes(data, name)
        if form == "text":
            click.echo("\n".join(_page(cleaned)), color=colourful(sys.stdout))
            pages.append(cleaned)
        else:
            emit(record(cleaned))

    def failed(name: str, reason: str) -> None:
        if form != "text":
            emit({"source": name, "error": reason, "text": "", "edits": []})

    each_input(files, failures, work, failed)
    if form == "json":
        sys.stdout.buffer.write(json.dumps(records, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.write(b"\n")
    elif form == "text" and pages:
        click.echo("\n".join(_summary(pages)), color=colourful(sys.stdout))
    sys.stdout.flush()
    sys.exit(EXIT_FAILED if failures.count else 0)


def _page(cleaned: Cleaned) -> Iterator[str]:
    from cleantext.report import notes, shown_edits

    page, verdict = cleaned.page, cleaned.verdict
    facts = [f"{page.origin.encoding} {page.origin.kind}", f"{len(page.text):,} characters", f"spun {verdict.spun:.2f}"]
    facts += [f"{key}: {value}" for key in ("title", "author", "date", "origin") if (value := getattr(verdict, key))]
    yield click.style(visible(page.source), bold=True) + "  " + click.style(visible(" · ".join(facts)), dim=True)
    for note in notes(cleaned):
        yield click.style(f"  ! {visible(note)}", fg="yellow")
    for shown in shown_edits(cleaned):
        edit = shown.edit
        if shown.whole_lines:
            plain = "- " + _shorten(edit.before.strip("\r\n"))
            place = click.style(plain, fg="red")
        else:
            left, before, after, right = map(visible, (shown.left, _shorten(edit.before), edit.after, shown.right))
            plain = f"{left}[{before}→{after}]{right}"
            marked = click.style(before, fg="red") + "→" + click.style(after, fg="green")
            place = f"{left}[{marked}]{right}"
        why = f"{edit.confidence:.2f}  {shown.stage}/{edit.rule}: {edit.reason}"
        pad = " " * max(1, PLACE_WIDTH - _columns(plain))
        yield f"{shown.line:>5}  {place}{pad}{click.style(visible(why), dim=True)}"
    if not cleaned.trail:
        yield "  nothing to do"
    yield ""


def _summary(pages: list[Cleaned]) -> Iterator[str]:
    from cleantext.report import tally

    rows = tally(pages)
    if not rows:
        return
    width = max(len("stage/rule"), *(_columns(f"{row.stage}/{row.rule}") for row in rows))
    yield click.style(f"{'stage/rule':<{width}}  {'edits':>6} {'cut':>7} {'put in':>7} {'confidence':>10}", bold=True)
    for row in rows:
        name = f"{row.stage}/{row.rule}"
        pad = " " * (width - _columns(name))
        yield f"{visible(name)}{pad}  {row.edits:>6,} {row.removed:>7,} {row.inserted:>7,} {row.confidence:>10.2f}"
    edits, removed, inserted = (sum(getattr(row, key) for row in rows) for key in ("edits", "removed", "inserted"))
    yield f"{'total':<{width}}  {edits:>6,} {removed:>7,} {inserted:>7,}   (cut and put in: characters)"


def _shorten(text: str) -> str:
    rest = len(text) - SHOWN_CHARS
    return visible(text) if rest <= SPARED_CHARS else f"{visible(text[:SHOWN_CHARS])}… (+{rest:,})"


def _columns(text: str) -> int:
    """The width on a terminal: most Chinese characters and marks take two columns."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
