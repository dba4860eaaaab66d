"""The first pass: what the pages of a batch tell about each other is counted, and frozen before any of them is cleaned.

Counters take pages in any order and are merged in any order, so that the evidence depends on the inputs alone, not on
the number of workers. They say beforehand which pages they want: of a large folder only a sample is read twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol

from cleantext.batch.pages import Lot
from cleantext.batch.parquet import Kept
from cleantext.batch.place import Place
from cleantext.batch.plan import BatchOptions, Keys
from cleantext.batch.recordtext import source_of, texts_of
from cleantext.batch.streams import holds_records, tasks_of
from cleantext.batch.tasks import FileTask, Record, RecordsTask
from cleantext.batch.walk import JSON, WARC, Input, split_name
from cleantext.batch.work import Opened, Worker
from cleantext.pipeline import Cleaner
from cleantext.records import STAGE_NAMES, Options, Page

# Pages that go to a worker at a time.
GROUP_FILES = 64
GROUP_BYTES = 256 * 2**10


class Counter(Protocol):
    """Counts pages of one kind of evidence."""

    def wants(self, source: str, key: str) -> bool:
        """Whether a page would be counted; `key` names it among all pages."""

    def add(self, page: Page, key: str) -> None:
        """Count a page, after the normalize stage."""

    def merge(self, other: Any) -> None:
        """Take in what a counter of the same kind has counted."""

    def freeze(self, options: Options) -> Options:
        """The options with the evidence."""


class SiteLines:
    """Lines that repeat over the pages of a site: see `chrome.site`."""

    def __init__(self, options: Options) -> None:
        from cleantext.chrome.site import SiteCounter, site_of

        self._site_of, self._site = site_of, options.site
        self._counter = SiteCounter()

    def wants(self, source: str, key: str) -> bool:
        """Whether a page of this source is in the sample, as far as is known."""
        return self._counter.wants(self._name(source), key)

    def add(self, page: Page, key: str) -> None:
        """Count the lines of a page."""
        self._counter.add(self._name(page.source), page.text, key)

    def merge(self, other: SiteLines) -> None:
        """Add the lines that another counter has seen."""
        self._counter.merge(other._counter)

    def freeze(self, options: Options) -> Options:
        """The options with the rules of all sites; without any, as they were."""
        rules = self._counter.rules()
        return replace(options, site_rules=rules) if rules else options

    def _name(self, source: str) -> str:
        return self._site_of(source) if self._site is None else self._site


def counters(options: Options) -> tuple[Counter, ...]:
    """An empty counter of each kind that these options have use for."""
    chrome = "chrome" in (options.only or STAGE_NAMES) and "chrome" not in options.skip
    return (SiteLines(options),) if chrome and options.site_rules is None else ()


@dataclass(frozen=True, slots=True)
class SurveyTask:
    """Count some files, or some records (with their numbers) of one file."""

    inputs: tuple[Input, ...]
    records: tuple[tuple[int, Record], ...] = ()

    def parts(self) -> Sequence[SurveyTask]:
        """The pages one by one, when something went wrong with all together; a single one is left out."""
        if self.records:
            found = [SurveyTask(self.inputs, (record,)) for record in self.records]
        else:
            found = [SurveyTask((item,)) for item in self.inputs]
        return found if len(found) > 1 else ()


@dataclass(frozen=True)
class Surveyor:
    """Does a task in a worker. Picklable."""

    options: Options
    place: Place

    def __call__(self, task: SurveyTask) -> tuple[Counter, ...]:
        """Counters that have seen these pages. Why a page cannot be read is told when it is cleaned."""
        found = counters(self.options)
        only_normalize = tuple(name for name in STAGE_NAMES if name != "normalize" or name in self.options.skip)
        cleaner = Cleaner(replace(self.options, skip=only_normalize))
        for source, key, data in self._pages(task):
            with suppress(Exception):
                page = Page(source, Lot(cleaner).clean(source, data)[0].text)
                for counter in found:
                    counter.add(page, key)
        return found

    def _pages(self, task: SurveyTask) -> Iterator[tuple[str, str, bytes | str]]:
        """The pages of a task: source, key, content."""
        worker = Worker(self.options, self.place, Keys(""))
        if task.records:
            (item,) = task.inputs
            for number, record in task.records:
                for source, data in texts_of(RecordsTask(item, number, (record,)), self.place.batch):
                    yield source, f"{item.name}:{number}", data
            return
        for item in task.inputs:
            with suppress(Exception):
                opened = worker.read(FileTask(item))
                if isinstance(opened, Opened):
                    yield item.name, item.name, opened.data


def survey_tasks(inputs: Iterable[Input], options: Options, batch: BatchOptions) -> Iterator[SurveyTask]:
    """The pages that the counters want, in groups. Which ones these are depends on the names and their order only."""
    known = counters(options)  # which have seen the names of the pages, but none of their texts

    def wanted(source: str, key: str) -> bool:
        wanting = [counter for counter in known if counter.wants(source, key)]
        for counter in wanting:
            counter.add(Page(source, ""), key)
        return bool(wanting)

    group: list[Input] = []
    for item in inputs if known else ():
        if item.skipped or item.problem or split_name(item.name)[1] == JSON:
            continue
        if not holds_records(item.name):
            if wanted(item.name, item.name):
                group.append(item)
            if len(group) == GROUP_FILES or sum(one.size for one in group) >= GROUP_BYTES:
                yield SurveyTask(tuple(group))
                group = []
        elif split_name(item.name)[1] == WARC or batch.site_field or options.site is not None:
            for task in tasks_of(item, batch, Kept()):
                chosen = []
                for number, record in enumerate(task.records, task.first):
                    source, key = source_of(item.name, number, record, batch), f"{item.name}:{number}"
                    if (source != key or options.site is not None) and wanted(source, key):
                        chosen.append((number, record))
                if chosen:
                    yield SurveyTask((item,), tuple(chosen))
    if group:
        yield SurveyTask(tuple(group))
