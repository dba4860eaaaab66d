"""The command line: `cleantext [clean]`, explain, restore, batch, report.

Exit codes: 0 fine; 1 `--check` found changes; 2 wrong usage; 3 some input failed. Each command is imported only when it
is called, and the pipeline only when there is something to clean.
"""

from __future__ import annotations

import importlib
import sys

import click

from cleantext._version import __version__

# Command -> module that holds it, under the same name.
COMMANDS = {
    "clean": "cleantext.cli.clean",
    "explain": "cleantext.cli.explain",
    "restore": "cleantext.cli.restore",
    "batch": "cleantext.cli.batch",
    "report": "cleantext.cli.report",
}
DEFAULT = "clean"

EXAMPLES = """\b
Examples:
  cat page.txt | cleantext > clean.txt
  cleantext page.txt -o clean.txt --trail page.trail
  cleantext restore clean.txt --trail page.trail > page.txt
  cleantext explain page.txt
  cleantext batch scraped/ clean/

`cleantext COMMAND --help` lists a command's options."""


class CommandGroup(click.Group):
    """A group whose first word may be left out: what is no command is handed to `clean`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `clean` in front of arguments that do not begin with a command."""
        if not args and sys.stdin.isatty():
            args = ["--help"]  # nothing piped in, no file named: waiting for typed text would look like a hang
        if not args or args[0] not in {*COMMANDS, "--help", "-h", "--version"}:
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command when it is asked for."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(COMMANDS[cmd_name]), cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.group(
    cls=CommandGroup,
    epilog=EXAMPLES,
    subcommand_metavar="[COMMAND] [OPTIONS] [FILE]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="cleantext %(version)s")
def main() -> None:
    """Turn scraped Chinese web pages back into the article.

    Site chrome and injected ads are cut, spun wording (伪原创) is repaired, every edit can be explained and undone.
    Without a command, FILEs (or standard input) are cleaned to standard output.
    """
