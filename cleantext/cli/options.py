"""The options that every cleaning command has. Their defaults come from `Options()`, the only home of defaults."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from cleantext.faults import reason_of
from cleantext.records import STAGE_NAMES, Evidence, InputFormat, Options, Script

F = TypeVar("F", bound=Callable[..., Any])

_DEFAULTS = Options()


def _encoding(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    try:
        return codecs.lookup(value).name if value else None
    except (LookupError, ValueError):
        raise click.BadParameter(f"{value!r} is no encoding that Python knows.") from None


def _families(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    if value:
        from cleantext.chrome.lexicon import FAMILIES

        for name in value:
            if name.rstrip("s") not in FAMILIES:
                raise click.BadParameter(f"{name!r} is no family of chrome; there are {', '.join(FAMILIES)}.")
    return value


def _site_rules(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[Evidence | None, ...]:
    """What the file tells: the fields site_rules and site_pairs of the options."""
    if value is None:
        return (None, None)
    from cleantext import sitefile

    try:
        return sitefile.parse(Path(value).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.BadParameter(f"{value}: {reason_of(value, error)}") from None


_OPTIONS = (
    click.option(
        "--input-format",
        type=click.Choice(get_args(InputFormat)),
        default=_DEFAULTS.input_format,
        show_default=True,
        help="Plain text or HTML; auto looks at the content.",
    ),
    click.option(
        "--encoding",
        metavar="NAME",
        default=_DEFAULTS.encoding,
        callback=_encoding,
        help="Encoding of the input, e.g. gb18030.  [default: found by looking at the bytes]",
    ),
    click.option(
        "--script",
        type=click.Choice(get_args(Script)),
        default=_DEFAULTS.script,
        show_default=True,
        help="simplified: convert Traditional characters, by OpenCC.",
    ),
    click.option(
        "--only",
        type=click.Choice(STAGE_NAMES),
        metavar="STAGE",
        multiple=True,
        help=f"Run only this stage: {', '.join(STAGE_NAMES)} (repeatable).",
    ),
    click.option(
        "--skip",
        type=click.Choice(STAGE_NAMES),
        metavar="STAGE",
        multiple=True,
        help="Leave this stage out (repeatable).",
    ),
    click.option(
        "--disable", metavar="RULE", multiple=True, help="Switch one rule off, by its name in `explain` (repeatable)."
    ),
    click.option(
        "--keep",
        metavar="FAMILY",
        multiple=True,
        callback=_families,
        help="Leave one family of chrome on the page, e.g. metadata or comment (repeatable).",
    ),
    click.option(
        "--min-confidence",
        type=click.FloatRange(0, 1),
        metavar="P",
        default=_DEFAULTS.min_confidence,
        show_default=True,
        help="Make an edit only when it is right with at least this probability.",
    ),
    click.option(
        "--dictionary",
        "dictionaries",
        type=click.Path(exists=True, dir_okay=False, readable=True),
        multiple=True,
        help="Your own spun words, a TSV of spun<TAB>original (repeatable).",
    ),
    click.option(
        "--site-rules",
        metavar="FILE",
        default=_DEFAULTS.site_rules,
        callback=_site_rules,
        help="What the pages of sites have in common, as `batch --save-site-rules` wrote it.",
    ),
    click.option(
        "--site",
        metavar="NAME",
        default=_DEFAULTS.site,
        help="The site of the pages in that file.  [default: the folder, or the host of an address]",
    ),
    click.option(
        "--only-detect",
        "detect_only",
        is_flag=True,
        default=_DEFAULTS.detect_only,
        help="Say whether a page is spun, but repair no wording.",
    ),
)


def cleaning_options(command: F) -> F:
    """Give a command all cleaning options; it receives them as one `options: Options`."""

    @wraps(command)
    def with_options(**values: Any) -> Any:
        names = [field.name for field in fields(Options)]
        values["site_rules"], values["site_pairs"] = values["site_rules"]
        options = Options(**{name: values.pop(name) for name in names})
        _check_dictionaries(options.dictionaries)
        return command(options=options, **values)

    wrapped: Any = with_options
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[no-any-return]  # click's decorators return what they are given


def _check_dictionaries(paths: tuple[str, ...]) -> None:
    """Report every bad row of every dictionary at once, before anything is cleaned."""
    if not paths:
        return
    from cleantext.spun.rows import DictionaryError, load_user_rows

    bad: list[str] = []
    for path in paths:
        try:
            load_user_rows(path)
        except DictionaryError as error:
            bad += str(error).splitlines()
        except (OSError, UnicodeError) as error:
            bad.append(f"{path}: {error}")
    if bad:
        raise click.UsageError("\n".join(["bad rows in a dictionary:", *bad]))
