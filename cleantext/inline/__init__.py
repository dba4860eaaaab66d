"""The inline stage."""

from __future__ import annotations

from cleantext.records import Options, Page, StageEdits


def find(page: Page, options: Options) -> StageEdits:
    """Find the inline edits of a page."""
    return StageEdits("inline")
