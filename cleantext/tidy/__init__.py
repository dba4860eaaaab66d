"""The tidy stage: blank runs, stray spaces, hard-wrapped lines, the last line end. It does little on purpose.

Clean prose, one paragraph a line, indented or not, comes out as it went in; so do Markdown, code and tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cleantext.han import CLAUSE_END, CLOSING, SENTENCE_END, is_han
from cleantext.records import Edit, Line, Options, Page, StageEdits
from cleantext.tidy.layout import ascii_count, is_laid_out

BLANK_LINES = 2  # in a row: two may part sections, more are where something was cut out
SPACES = " \u00a0\u3000"  # never tabs: an empty last column of a table
STRAY = " \t\u00a0"  # before a paragraph; U+3000 is the Chinese indent and stays
PROSE_HAN = 20  # Han of a line that counts as a paragraph
CANDIDATES = frozenset(STRAY)
STRAY_SHARE = 0.5  # of the paragraphs: when more of them begin with spaces, that is the page's indent and stays

CHINESE_MARKS = frozenset(SENTENCE_END + CLAUSE_END + CLOSING) - frozenset("!?,;:)]")


def find(page: Page, options: Options) -> StageEdits:
    """Find the tidy edits of a page."""
    return find_many([page], options)[0]


def find_many(pages: Sequence[Page], options: Options) -> list[StageEdits]:
    """The tidy edits of each of several pages."""
    if len(pages) == 1 and _is_bare_line(pages[0].text):
        return [StageEdits("tidy")]
    from cleantext.presence import bind
    from cleantext.tidy.pretest import needs

    found = needs(bind([page.text for page in pages]), STRAY, BLANK_LINES)
    return [
        _find(page, options, *each) if any(each) else StageEdits("tidy")
        for page, *each in zip(pages, *found, strict=True)
    ]


def _is_bare_line(text: str) -> bool:
    """Whether a text is one line without spaces around it, in which there is nothing to do."""
    line = text.removesuffix("\n")
    return bool(line) and "\n" not in line and "\r" not in line and not line[0].isspace() and not line[-1].isspace()


def _find(page: Page, options: Options, blank: bool, spaces: bool, wrapped: bool, last_end: bool) -> StageEdits:
    """The edits of one page, in which these may be found."""
    from cleantext.tidy import wrap

    text = page.text
    lines = page.lines()
    found: list[Edit] = []
    if not text.strip():
        return StageEdits("tidy")
    found += _blank_lines(lines) if blank else ()
    found += _spaces(lines) if spaces else ()
    found += wrap.joins(lines) if wrapped else ()
    found += _last_end(text, lines) if last_end else ()
    found = [e for e in found if e.rule not in options.disable and e.confidence >= options.min_confidence]
    return StageEdits("tidy", _disjoint(found) if found and not is_laid_out(lines) else ())


def _blank(line: Line) -> bool:
    return not line.text or line.text.isspace()


def _blank_lines(lines: Sequence[Line]) -> Iterator[Edit]:
    """Blank lines at both ends of the page, and those of a run beyond BLANK_LINES."""
    blank = [number for number, line in enumerate(lines) if _blank(line)]
    low = 0
    while low < len(blank):
        high = low + 1
        while high < len(blank) and blank[high] == blank[high - 1] + 1:
            high += 1
        run = lines[blank[low] : blank[high - 1] + 1]
        low = high
        edge = run[0].number == 1 or run[-1] is lines[-1]
        spare = run if edge else run[BLANK_LINES:]
        if spare:
            rule = "edge-blank" if edge else "blank-run"
            reason = "blank lines at the edge of the page" if edge else f"more than {BLANK_LINES} blank lines in a row"
            before = "".join(line.text + line.ending for line in spare)
            yield Edit(spare[0].start, spare[-1].end, before, "", rule, reason, 0.95)


def _spaces(lines: Sequence[Line]) -> Iterator[Edit]:
    """Spaces behind Chinese text, and stray ones before a paragraph."""
    begun = [line for line in lines if line.text[:1] in CANDIDATES and _is_prose(line)]
    if begun and len(begun) < STRAY_SHARE * sum(map(_is_prose, lines)):
        for line in begun:
            kept = line.text.lstrip(STRAY)
            if not kept or (not kept[0].isalnum() and kept[0] not in "\u3000“《（"):
                continue  # nothing but spaces, or a bullet: its indent is the level of the list
            before = line.text[: len(line.text) - len(kept)]
            yield Edit(line.start, line.start + len(before), before, "", "leading-space", "stray spaces", 0.9)
    for line in lines:
        kept = line.text.rstrip(SPACES)
        if len(kept) < len(line.text) and (not kept or is_han(kept[-1]) or kept[-1] in CHINESE_MARKS):
            start = line.start + len(kept)
            before = line.text[len(kept) :]
            yield Edit(start, start + len(before), before, "", "trailing-space", "spaces at the end of the line", 0.95)


def _is_prose(line: Line) -> bool:
    """Whether a line is long enough for a paragraph of Chinese."""
    return len(line.text) >= PROSE_HAN and len(line.text) - ascii_count(line.text) >= PROSE_HAN


def _last_end(text: str, lines: Sequence[Line]) -> Iterator[Edit]:
    """A line end behind the last line, in the page's own style; a single line without one stays a string."""
    last = next(line for line in reversed(lines) if not _blank(line))
    if not last.ending and len(lines) > 1 and last.number > 1:
        yield Edit(
            len(text), len(text), "", lines[0].ending, "last-line-end", "no line end at the end of the page", 0.95
        )


def _disjoint(edits: Iterable[Edit]) -> list[Edit]:
    """Sorted edits without overlaps; an earlier start wins, then the longer edit."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda e: (e.start, -e.end)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept
