"""The values that flow through the pipeline: one frozen record per idea; named tuples where there are many, since a
frozen dataclass takes three times as long to make.

Offsets are always counted in characters (Python code points) of the text that the record belongs to, half-open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol, TypeAlias

Kind = Literal["text", "html"]
InputFormat = Literal["auto", "text", "html"]
Script = Literal["keep", "simplified"]

# A line ends at \n, \r\n or \r only. str.splitlines() would also cut at U+2028, form feeds and U+0085, which scraped
# bodies hold inside sentences.
_LINE_RE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")


class Line(NamedTuple):
    """One line of a page: 1-based `number`, offset `start`, `text` without its `ending` ("" at the end of file)."""

    number: int
    start: int
    text: str
    ending: str

    @property
    def end(self) -> int:
        """Offset behind the ending: [start, end) is what dropping the line removes."""
        return self.start + len(self.text) + len(self.ending)


def split_lines(text: str) -> list[Line]:
    """Cut a text into its lines; joining `text + ending` of all of them gives the text back."""
    if "\r" not in text:
        return _newline_lines(text)
    lines: list[Line] = []
    for match in _LINE_RE.finditer(text):
        if match.start() == len(text) and (not text or match.end() == match.start()):
            break
        lines.append(Line(len(lines) + 1, match.start(), match[1], match[2]))
    return lines


def _newline_lines(text: str) -> list[Line]:
    """The lines of a text whose only line ends are \\n."""
    *ended, last = text.split("\n")
    lines: list[Line] = []
    start = 0
    for number, line in enumerate(ended, 1):
        lines.append(Line(number, start, line, "\n"))
        start += len(line) + 1
    if last:
        lines.append(Line(len(lines) + 1, start, last, ""))
    return lines


@dataclass(frozen=True, slots=True)
class Origin:
    """How the original bytes became text: all that giving them back needs.

    `undecodable` lists (offset in the text, bytes): each such offset holds one U+FFFD that stands for those bytes.
    `raw` holds the whole original when the codec cannot reproduce it (non-canonical sequences, several encodings in
    one file). HTML extraction is not such a case: there the trail starts at the extracted text.
    `flags` says what a person should look at: "undecodable-bytes", "mixed-encoding", "no-article" (HTML in which no
    block looked like an article: all text outside links was kept).
    """

    encoding: str = "utf-8"
    bom: bytes = b""
    kind: Kind = "text"
    undecodable: tuple[tuple[int, bytes], ...] = ()
    raw: bytes | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One document: where it came from, its decoded text (line endings untouched, no BOM), how it was decoded."""

    source: str
    text: str
    origin: Origin = Origin()

    def lines(self) -> list[Line]:
        """The page's lines."""
        return split_lines(self.text)


class Edit(NamedTuple):
    """Replace text[start:end] (== `before`) by `after`; a removal has an empty `after`.

    `rule` names the rule as in the data files and README; `reason` is a short phrase that a reader can check against
    the text; `confidence` is the estimated probability that the edit is right, 0 to 1.
    """

    start: int
    end: int
    before: str
    after: str
    rule: str
    reason: str
    confidence: float


@dataclass(frozen=True, slots=True)
class StageEdits:
    """What one stage found on one text: sorted, disjoint edits, and facts for the verdict.

    Fact keys are fields of `Verdict`: "spun" (float), "flags" (tuple of str), "title", "author", "date", "origin".
    """

    stage: str
    edits: Sequence[Edit] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


class TracedEdit(NamedTuple):
    """An edit in offsets of the original text, with the stage that made it: an entry of the trail."""

    stage: str
    edit: Edit


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of the page as a whole.

    `spun`: probability that the page was spun. `flags`: things a person should look at (e.g. "kept-original",
    "undecodable-bytes", "not-converged"). The rest is read from the page's own metadata lines; None when unknown.
    """

    spun: float = 0.0
    flags: tuple[str, ...] = ()
    title: str | None = None
    author: str | None = None
    date: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The result: the page, the clean text, the trail (edits in offsets of page.text) and the verdict."""

    page: Page
    text: str
    trail: tuple[TracedEdit, ...]
    verdict: Verdict

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The trail's edits without their stages."""
        return tuple(traced.edit for traced in self.trail)


class Evidence(Protocol):
    """What the pages of a site tell about each other, counted beforehand and frozen.

    The lines that repeat: `chrome.site.SiteRules`. The pairs of its spinner: `spun.site.SitePairs`.
    """

    def dump(self) -> str:
        """The evidence as a table that a person can read."""


@dataclass(frozen=True, slots=True)
class Options:
    """Everything a user can choose, and the only home of the defaults (the command line reads them from here)."""

    input_format: InputFormat = "auto"
    encoding: str | None = None  # None: found by the decode ladder
    script: Script = "keep"
    only: tuple[str, ...] = ()  # stages to run; empty: all
    skip: tuple[str, ...] = ()  # stages to leave out
    disable: tuple[str, ...] = ()  # rules switched off, by name
    keep: tuple[str, ...] = ()  # chrome families to leave on the page
    # An edit is made when its estimated probability of being right is at least this: a wrong edit costs about four
    # times what a missed one does.
    min_confidence: float = 0.8
    dictionaries: tuple[str, ...] = ()  # paths of the user's own spun rows
    detect_only: bool = False  # report a spun page, repair nothing in it
    site_rules: Evidence | None = None  # lines that repeat over the pages of a site, as counted beforehand
    site_pairs: Evidence | None = None  # pairs that the spun pages of a site need, likewise
    site: str | None = None  # the site of all pages; None: told from the page's source (`chrome.site.site_of`)


# The stages in the order in which they run: the words of --only and --skip.
STAGE_NAMES = ("normalize", "chrome", "inline", "tidy", "spun")

# A stage looks at several pages at once, each by itself: one result for each page.
Stage: TypeAlias = Callable[[Sequence[Page], Options], Sequence[StageEdits]]
