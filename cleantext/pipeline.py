"""The pipeline: a visible loop over an explicit tuple of stages. Stages find edits; this module applies them.

The loop runs until no stage finds anything more, so that cleaning the output again changes nothing. The last stage,
which costs the most and reads whole sentences, sees a text only when the others have nothing more to do there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from cleantext import chrome, edits, inline, normalize, spun, tidy
from cleantext.decode import as_text, decode
from cleantext.records import Cleaned, Options, Page, Stage, TracedEdit, Verdict

STAGES: tuple[tuple[str, Stage], ...] = (
    ("normalize", normalize.find),
    ("chrome", chrome.find),
    ("inline", inline.find),
    ("tidy", tidy.find),
    ("spun", spun.find),
)

# Each further pass sees what the last one left; pages seen so far settle in two or three passes. A page that has not
# settled by then is flagged "not-converged" and may change again when it is cleaned again.
MAX_PASSES = 8


@dataclass(frozen=True, slots=True)
class Cleaner:
    """A reusable, picklable cleaner: the options, applied to any number of pages."""

    options: Options = Options()

    def clean_bytes(self, data: bytes, source: str = "<bytes>") -> Cleaned:
        """Decode and clean one document. Raises DecodeError for input that is not text."""
        return self.clean_page(decode(data, source, self.options))

    def clean(self, text: str, source: str = "<text>") -> Cleaned:
        """Clean one text, or the article's text of one HTML page. Raises DecodeError for HTML without any text."""
        return self.clean_page(Page(source, text))

    def clean_page(self, page: Page) -> Cleaned:
        """Clean one page: run the stages to a fixed point and compose their edits into one trail.

        HTML is extracted first (`options.input_format`), as it is for bytes: one rule for all ways in.
        """
        page = as_text(page, self.options)
        stages = [(name, find) for name, find in STAGES if self._runs(name)]
        text = page.text
        trail: list[TracedEdit] = []
        facts: dict[str, object] = {}
        flags = list(page.origin.flags)
        settled = 0  # stages in a row, but for the last one, that found nothing in the text as it now stands
        last = len(stages) - 1
        for turn, (name, find) in enumerate(stages * MAX_PASSES):
            is_last = turn % len(stages) == last
            if is_last != (settled >= last):
                continue
            found = find(replace(page, text=text), self.options)
            facts = {**found.facts, **facts}  # the first pass saw the page as it came: its facts win
            flags += found.facts.get("flags", ())  # type: ignore[arg-type]  # a fact named flags is a tuple of str
            settled = 0 if found.edits else settled + 1
            if found.edits:
                text = edits.apply(text, found.edits)
                trail = edits.compose(page.text, trail, [TracedEdit(name, edit) for edit in found.edits])
            elif is_last:
                break
        else:
            flags += ["not-converged"] if stages else []
        if not text.strip() and page.text.strip():
            return Cleaned(page, page.text, (), _verdict(facts, [*flags, "kept-original"]))
        return Cleaned(page, text, tuple(trail), _verdict(facts, flags))

    def _runs(self, stage: str) -> bool:
        only, skip = self.options.only, self.options.skip
        return (not only or stage in only) and stage not in skip


def _verdict(facts: Mapping[str, object], flags: list[str]) -> Verdict:
    known = {f.name for f in fields(Verdict)} - {"flags"}
    values = {key: value for key, value in facts.items() if key in known}
    return Verdict(flags=tuple(dict.fromkeys(flags)), **values)  # type: ignore[arg-type]  # stages fill them by name


def clean(text: str, options: Options | None = None) -> Cleaned:
    """Clean one text with the given options (default: `Options()`)."""
    return Cleaner(options or Options()).clean(text)
