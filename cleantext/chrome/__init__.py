"""The chrome stage."""

from __future__ import annotations

from cleantext.records import Options, Page, StageEdits


def find(page: Page, options: Options) -> StageEdits:
    """Find the chrome edits of a page."""
    return StageEdits("chrome")
