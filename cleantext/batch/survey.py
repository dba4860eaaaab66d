"""The first pass: what the pages of a batch tell about each other is counted, and frozen before any of them is cleaned.

Counters take pages in any order and are merged in any order, so that the evidence depends on the inputs alone, not on
the number of workers. They say beforehand which pages they want: of a large folder only a sample is read twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from cleantext import spun
from cleantext.batch.pages import Lot
from cleantext.batch.parquet import Kept
from cleantext.batch.place import Place
from cleantext.batch.plan import BatchOptions, Keys
from cleantext.batch.recordtext import source_of, texts_of
from cleantext.batch.streams import holds_records, tasks_of
from cleantext.batch.tasks import FileTask, Record, RecordsTask
from cleantext.batch.walk import JSON, WARC, Input, split_name
from cleantext.batch.work import Opened, Worker
from cleantext.chrome.site import SiteCounter
from cleantext.pipeline import Cleaner
from cleantext.records import STAGE_NAMES, Options, Page
from cleantext.sites import PageSample, site_of
from cleantext.spun.site import PairCounter

# Pages that go to a worker at a time.
GROUP_FILES = 64
GROUP_BYTES = 256 * 2**10


class Counter(ABC):
    """Counts pages of one kind of evidence, site by site."""

    def __init__(self, options: Options, sample: PageSample) -> None:
        self._site, self._sample = options.site, sample

    def wants(self, source: str, key: str) -> bool:
        """Whether a page of this source is in the sample, as far as is known; `key` names it among all pages."""
        return self._sample.wants(self.site(source), key)

    def site(self, source: str) -> str:
        """The site of a page."""
        return site_of(source) if self._site is None else self._site

    def merge(self, other: Counter) -> None:
        """Take in what a counter of the same kind has counted."""
        self._sample.merge(other._sample)

    @abstractmethod
    def add(self, pages: Sequence[tuple[Page, str]]) -> None:
        """Count pages, after the normalize stage, with their keys."""

    @abstractmethod
    def freeze(self, options: Options) -> Options:
        """The options with the evidence; without any, as they were."""


class SiteLines(Counter):
    """Lines that repeat over the pages of a site: see `chrome.site`."""

    def __init__(self, options: Options) -> None:
        self._counter = SiteCounter()
        super().__init__(options, self._counter.sample)

    def add(self, pages: Sequence[tuple[Page, str]]) -> None:
        """Count the lines of the pages."""
        for page, key in pages:
            self._counter.add(self.site(page.source), page.text, key)

    def freeze(self, options: Options) -> Options:
        """The options with the rules of all sites."""
        rules = self._counter.rules()
        return replace(options, site_rules=rules) if rules else options


class SpunPairs(Counter):
    """Pairs of words that the spun pages of a site need: see `spun.site`."""

    def __init__(self, options: Options) -> None:
        self._counter, self._options = PairCounter(), options
        super().__init__(options, self._counter.sample)

    def add(self, pages: Sequence[tuple[Page, str]]) -> None:
        """Count the pairs of the pages."""
        found = spun.pairs_of([page for page, _ in pages], self._options)
        for (page, key), pairs in zip(pages, found, strict=True):
            self._counter.add(self.site(page.source), key, pairs)

    def freeze(self, options: Options) -> Options:
        """The options with the pairs of all sites."""
        pairs = self._counter.pairs()
        return replace(options, site_pairs=pairs) if pairs else options


def counters(options: Options) -> tuple[Counter, ...]:
    """An empty counter of each kind that these options have use for."""
    if options.site_rules is not None or options.site_pairs is not None:
        return ()
    runs = {name for name in options.only or STAGE_NAMES if name not in options.skip}
    repairs = "spun" in runs and spun.RULE not in options.disable and not options.detect_only
    return (*((SiteLines(options),) if "chrome" in runs else ()), *((SpunPairs(options),) if repairs else ()))


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
        pages: list[tuple[Page, str]] = []
        for source, key, data in self._pages(task):
            with suppress(Exception):
                pages.append((Page(source, Lot(cleaner).clean(source, data)[0].text), key))
        for counter in found:
            counter.add(pages)
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
            counter.add([(Page(source, ""), key)])
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
