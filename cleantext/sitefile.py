"""The file of what the pages of sites tell about each other: lines that repeat, then the pairs of spun pages."""

from __future__ import annotations

from dataclasses import replace

from cleantext.chrome.site import SiteRules
from cleantext.records import Options
from cleantext.spun.site import HEAD, SitePairs

_PAIRS = "\n" + HEAD.partition(":")[0]


def dump(options: Options) -> str:
    """What these options know of sites, as a table that a person can read and edit, and `parse` reads back."""
    return (options.site_rules or SiteRules()).dump() + (options.site_pairs.dump() if options.site_pairs else "")


def parse(table: str) -> tuple[SiteRules, SitePairs]:
    """Read such a file. Raises SiteRulesError or SitePairsError, both a ValueError, naming the first bad row."""
    lines, head, pairs = table.partition(_PAIRS)
    return SiteRules.parse(lines), SitePairs.parse(head + pairs, lines.count("\n"))


def known(options: Options, table: str) -> Options:
    """The options with what a file tells. Raises as `parse` does."""
    rules, pairs = parse(table)
    return replace(options, site_rules=rules or None, site_pairs=pairs or None)
