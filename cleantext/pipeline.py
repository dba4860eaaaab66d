"""The pipeline: a visible loop over an explicit tuple of stages. Stages find edits; this module applies them.

The loop runs until no stage finds anything more, so that cleaning the output again changes nothing. The last stage,
which costs the most and reads whole sentences, sees a text only when the others have nothing more to do there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields

from cleantext import chrome, edits, inline, normalize, spun, tidy
from cleantext.decode import as_text, decode
from cleantext.memory import give_back
from cleantext.records import Cleaned, Options, Page, Stage, StageEdits, TracedEdit, Verdict

STAGES: tuple[tuple[str, Stage], ...] = (
    ("normalize", normalize.find_many),
    ("chrome", chrome.find_many),
    ("inline", inline.find_many),
    ("tidy", tidy.find_many),
    ("spun", spun.find_many),
)

# Each further pass sees what the last one left; real pages settle in two or three passes, files of thousands of spun
# articles in seven. Where the last stage never has enough its repairs are taken back, and the page is flagged
# "not-converged": cleaned again, it comes to the same end.
MAX_PASSES = 24
MAX_REPAIRS = 12  # passes in which the last stage may change a page
# Characters of the pages that go through the stages together. Fewer cost more calls a page, more leave the processor's
# caches; swept 2^14 to 2^20 on pages_dev: flat from 2^16 to 2^18.
LOT_CHARS = 1 << 17
# Characters from which a page takes so much memory that each stage gives back what it had: of one page of 10 MB, peak
# 190 -> 160 MB for 1 % of the time.
LONG_PAGE = 1 << 20


@dataclass(frozen=True, slots=True)
class Cleaner:
    """A reusable, picklable cleaner: the options, applied to any number of pages."""

    options: Options = Options()

    def clean_bytes(self, data: bytes, source: str = "<bytes>") -> Cleaned:
        """Decode and clean one document. Raises DecodeError for input that is not text."""
        page = decode(data, source, self.options)
        del data  # as large as all that is made of it, and no longer needed
        return self.clean_page(page)

    def clean(self, text: str, source: str = "<text>") -> Cleaned:
        """Clean one text, or the article's text of one HTML page. Raises DecodeError for HTML without any text."""
        return self.clean_page(Page(source, text))

    def clean_page(self, page: Page) -> Cleaned:
        """Clean one page: run the stages to a fixed point and compose their edits into one trail.

        HTML is extracted first (`options.input_format`), as it is for bytes: one rule for all ways in.
        """
        return self.clean_many([page])[0]

    def clean_many(self, pages: Iterable[Page]) -> list[Cleaned]:
        """Clean several pages, each as `clean_page` would: the same results, sooner, since small pages share the work.

        Raises DecodeError for HTML without any text; pages that `decode` made have passed that test.
        """
        return [cleaned for lot in _lots(as_text(page, self.options) for page in pages) for cleaned in self._run(lot)]

    def _run(self, pages: Sequence[Page]) -> list[Cleaned]:
        """Run the stages on pages that go together; each page takes its own turns."""
        stages = [(name, find_many) for name, find_many in STAGES if self._runs(name)]
        works = [_Work(page, page.text, flags=list(page.origin.flags)) for page in pages]
        going = works if stages else []
        last = len(stages) - 1
        for turn, (name, find_many) in enumerate(stages * MAX_PASSES):
            is_last = turn % len(stages) == last
            due = [work for work in going if is_last == (work.settled >= last)]
            found = find_many([work.now() for work in due], self.options) if due else ()
            for work, stage_edits in zip(due, found, strict=True):
                if is_last and stage_edits.edits and not work.may_repair():
                    work.give_up()
                else:
                    work.take(name, stage_edits)
            if due and any(len(work.text) > LONG_PAGE for work in due):
                give_back()
            if is_last:
                going = [work for work in going if work.settled <= last and not work.given_up]
                if not going:
                    break
        for work in going:
            work.give_up()
        return [work.result() for work in works]

    def _runs(self, stage: str) -> bool:
        only, skip = self.options.only, self.options.skip
        return (not only or stage in only) and stage not in skip


@dataclass(slots=True)
class _Work:
    """A page under way: its text as it now stands, and what was found so far.

    `settled` counts the stages in a row that found nothing in this text; the last one has its turn only when all the
    others have found nothing. `repairs` counts its turns, `unrepaired` is the text before them, and its trail.
    """

    page: Page
    text: str
    trail: list[TracedEdit] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    settled: int = 0
    repairs: int = 0
    unrepaired: tuple[str, list[TracedEdit]] | None = None
    given_up: bool = False

    def now(self) -> Page:
        return self.page if self.text is self.page.text else Page(self.page.source, self.text, self.page.origin)

    def take(self, stage: str, found: StageEdits) -> None:
        """Carry out what a stage found."""
        if found.facts:
            self.facts = {**found.facts, **self.facts}  # the first pass saw the page as it came: its facts win
            self.flags += found.facts.get("flags", ())  # type: ignore[arg-type]  # a fact named flags is a tuple of str
        self.settled = 0 if found.edits else self.settled + 1
        if found.edits:
            self.text = edits.apply(self.text, found.edits)
            later = [TracedEdit(stage, edit) for edit in found.edits]
            self.trail = edits.compose(self.page.text, self.trail, later)

    def may_repair(self) -> bool:
        """Whether the last stage may change this page once more."""
        self.unrepaired = self.unrepaired or (self.text, self.trail)
        self.repairs += 1
        return self.repairs <= MAX_REPAIRS

    def give_up(self) -> None:
        """Take back what the last stage has done to a page that does not settle."""
        self.text, self.trail = self.unrepaired or (self.text, self.trail)
        self.flags.append("not-converged")
        self.given_up = True

    def result(self) -> Cleaned:
        """The page as it has become; one of which nothing is left stays as it was."""
        if not self.text.strip() and self.page.text.strip():
            return Cleaned(self.page, self.page.text, (), _verdict(self.facts, [*self.flags, "kept-original"]))
        return Cleaned(self.page, self.text, tuple(self.trail), _verdict(self.facts, self.flags))


def _lots(pages: Iterable[Page]) -> Iterator[list[Page]]:
    """The pages in lots of about LOT_CHARS."""
    lot: list[Page] = []
    size = 0
    for page in pages:
        lot.append(page)
        size += len(page.text)
        if size >= LOT_CHARS:
            yield lot
            lot, size = [], 0
    if lot:
        yield lot


_FACTS = frozenset(f.name for f in fields(Verdict)) - {"flags"}


def _verdict(facts: Mapping[str, object], flags: list[str]) -> Verdict:
    values = {key: value for key, value in facts.items() if key in _FACTS}
    return Verdict(flags=tuple(dict.fromkeys(flags)), **values)  # type: ignore[arg-type]  # stages fill them by name


def clean(text: str, options: Options | None = None) -> Cleaned:
    """Clean one text with the given options (default: `Options()`)."""
    return Cleaner(options or Options()).clean(text)
