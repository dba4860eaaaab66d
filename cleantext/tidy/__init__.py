"""The tidy stage: blank runs, stray spaces, hard-wrapped lines, the last line end. It does little on purpose.

Clean prose, one paragraph a line, indented or not, comes out as it went in; so do Markdown, code and tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from cleantext.han import CLAUSE_END, CLOSING, SENTENCE_END, is_han
from cleantext.records import Edit, Options, Page, StageEdits
from cleantext.tidy.layout import ascii_count, is_laid_out

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cleantext.tidy.table import Table

BLANK_LINES = 2  # in a row: two may part sections, more are where something was cut out
SPACES = " \u00a0\u3000"  # never tabs: an empty last column of a table
STRAY = " \t\u00a0"  # before a paragraph; U+3000 is the Chinese indent and stays
PROSE_HAN = 20  # Han of a line that counts as a paragraph
STRAY_SHARE = 0.5  # of the paragraphs: when more of them begin with spaces, that is the page's indent and stays

SHORT = 1 << 12  # characters up to which the lines of one text are looked at one by one: arrays take longer

CHINESE_MARKS = frozenset(SENTENCE_END + CLAUSE_END + CLOSING) - frozenset("!?,;:)]")


def find(page: Page, options: Options) -> StageEdits:
    """Find the tidy edits of a page."""
    return find_many([page], options)[0]


def find_many(pages: Sequence[Page], options: Options) -> list[StageEdits]:
    """The tidy edits of each of several pages."""
    if len(pages) == 1 and (_is_bare_line(pages[0].text) or _is_tidy(pages[0].text)):
        return [StageEdits("tidy")]
    from cleantext.tidy.table import lines_of, needs

    lines = lines_of([page.text for page in pages], STRAY)
    found = needs(lines, len(pages), BLANK_LINES)
    return [
        _find(page, options, lines.of(number), *each) if any(each) else StageEdits("tidy")
        for number, (page, *each) in enumerate(zip(pages, *found, strict=True))
    ]


def _is_bare_line(text: str) -> bool:
    """Whether a text is one line without spaces around it, in which there is nothing to do."""
    line = text.removesuffix("\n")
    return bool(line) and "\n" not in line and "\r" not in line and not line[0].isspace() and not line[-1].isspace()


def _is_tidy(text: str) -> bool:
    """Whether a short text is made of lines in which there is nothing to do: what `table.needs` tells of many texts."""
    *lines, rest = text.split("\n") if len(text) <= SHORT else [text]
    if rest or "\r" in text or text[:1] == "\n" or text[-2:] == "\n\n" or "\n" * (BLANK_LINES + 2) in text:
        return False
    lines = [*filter(None, lines)]
    if any(line[0] in STRAY or line[-1].isspace() for line in lines):
        return False
    from cleantext.tidy.wrap import may_be_wrapped

    return not may_be_wrapped([2 * len(line) - ascii_count(line) for line in lines])


def _find(
    page: Page, options: Options, lines: Table, blank: bool, spaces: bool, wrapped: bool, last_end: bool
) -> StageEdits:
    """The edits of one page, in which these may be found."""
    text = page.text
    found: list[Edit] = []
    if not text.strip():
        return StageEdits("tidy")
    found += _blank_lines(text, lines) if blank else ()
    found += _spaces(text, lines) if spaces else ()
    found += _joins(page) if wrapped else ()
    found += _last_end(text, lines) if last_end else ()
    found = [e for e in found if e.rule not in options.disable and e.confidence >= options.min_confidence]
    return StageEdits("tidy", _disjoint(found) if found and not _is_laid_out(text, lines) else ())


def _is_laid_out(text: str, lines: Table) -> bool:
    starts, ends = (column[lines.laid_out & lines.written].tolist() for column in (lines.start, lines.end))
    return is_laid_out([text[start:end] for start, end in zip(starts, ends, strict=True)], int(lines.written.sum()))


def _joins(page: Page) -> Iterator[Edit]:
    from cleantext.tidy import wrap

    return wrap.joins(page.lines())


def _blank_lines(text: str, lines: Table) -> Iterator[Edit]:
    """Blank lines at both ends of the page, and those of a run beyond BLANK_LINES."""
    written = lines.written.nonzero()[0].tolist()
    number = len(lines.written)
    for above, below in pairwise([-1, *written, number]):
        first = above + 1
        if first == below:
            continue
        edge = first == 0 or below == number
        spare = first if edge else first + BLANK_LINES
        if spare < below:
            rule = "edge-blank" if edge else "blank-run"
            reason = "blank lines at the edge of the page" if edge else f"more than {BLANK_LINES} blank lines in a row"
            start, stop = int(lines.start[spare]), int(lines.stop[below - 1])
            yield Edit(start, stop, text[start:stop], "", rule, reason, 0.95)


def _spaces(text: str, lines: Table) -> Iterator[Edit]:
    """Spaces behind Chinese text, and stray ones before a paragraph."""
    prose = lines.wide >= PROSE_HAN  # long enough for a paragraph of Chinese
    begun = lines.stray & prose
    number = int(begun.sum())
    if number and number < STRAY_SHARE * prose.sum():
        for start, end in _spans(lines, begun):
            line = text[start:end]
            kept = line.lstrip(STRAY)
            if not kept or (not kept[0].isalnum() and kept[0] not in "\u3000“《（"):
                continue  # nothing but spaces, or a bullet: its indent is the level of the list
            before = line[: len(line) - len(kept)]
            yield Edit(start, start + len(before), before, "", "leading-space", "stray spaces", 0.9)
    for start, end in _spans(lines, lines.trailing):
        line = text[start:end]
        kept = line.rstrip(SPACES)
        if len(kept) < len(line) and (not kept or is_han(kept[-1]) or kept[-1] in CHINESE_MARKS):
            before = line[len(kept) :]
            yield Edit(start + len(kept), end, before, "", "trailing-space", "spaces at the end of the line", 0.95)


def _spans(lines: Table, which: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    return zip(lines.start[which].tolist(), lines.end[which].tolist(), strict=True)


def _last_end(text: str, lines: Table) -> Iterator[Edit]:
    """A line end behind the last line, in the page's own style; a single line without one stays a string."""
    if lines.written[-1] and len(lines.end) > 1:
        ending = text[lines.end[0] : lines.stop[0]]
        yield Edit(len(text), len(text), "", ending, "last-line-end", "no line end at the end of the page", 0.95)


def _disjoint(edits: Iterable[Edit]) -> list[Edit]:
    """Sorted edits without overlaps; an earlier start wins, then the longer edit."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda e: (e.start, -e.end)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept
