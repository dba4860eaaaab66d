"""The spun stage."""

from __future__ import annotations

from cleantext.records import Options, Page, StageEdits


def find(page: Page, options: Options) -> StageEdits:
    """Find the spun edits of a page."""
    return StageEdits("spun")
