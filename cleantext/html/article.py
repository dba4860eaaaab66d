"""Which blocks make the article: each judged alone by the forest, then in company, then put together as text."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from cleantext.html.blocks import Block, Tree
from cleantext.html.features import Floats

# Probability from which a block is kept. Swept 0.2 to 0.6 on pages of held-out sites: F1 changes by less than 0.005.
MIN_PROBABILITY = 0.5
# A sentence in running text is kept on less: losing body text is the worse error (same sweep: F1 not lower).
MIN_PROSE_PROBABILITY = 0.2
# What running text is: characters, and share of them in links.
PROSE_CHARS = 40
PROSE_LINK_SHARE = 0.3
# A table of so many cells without links, between two kept blocks of the same element, is a table of the article.
MIN_CELLS = 4
MAX_CELL_LINK_SHARE = 0.1
# Table cells up to this many characters stand on one line with their row; longer ones are paragraphs of a layout.
CELL_CHARS = 40

_CELLS = ("td", "th")
_STOPS_RE = re.compile("[。！？]")

Kept = NDArray[np.bool_]


def choose(tree: Tree, probabilities: Floats) -> Kept:
    """Which blocks belong to the article; all False when none seems to."""
    keep: Kept = probabilities >= np.where(_prose(tree), MIN_PROSE_PROBABILITY, MIN_PROBABILITY)
    _keep_tables(tree, keep)
    return keep


def _prose(tree: Tree) -> Kept:
    return np.array(
        [
            len(block.text) >= PROSE_CHARS
            and block.linked < PROSE_LINK_SHARE * len(block.text)
            and _STOPS_RE.search(block.text) is not None
            for block in tree.blocks
        ],
        np.bool_,
    )


def _keep_tables(tree: Tree, keep: Kept) -> None:
    """Keep the tables that stand inside the article: no cell of theirs looks like body when judged alone."""
    tables = [_ancestor(tree, block.element, "table") for block in tree.blocks]
    start = 0
    while start < len(tables):
        end = start
        while end < len(tables) and tables[end] == tables[start]:
            end += 1
        if tables[start] and start and end < len(tables) and end - start >= MIN_CELLS and not keep[start:end].any():
            home = tree.parents[tables[start]]
            cells = tree.blocks[start:end]
            linked = sum(block.linked for block in cells) / sum(len(block.text) for block in cells)
            sides = (start - 1, end)
            if linked < MAX_CELL_LINK_SHARE and all(
                keep[side] and _within(tree, tree.blocks[side].element, home) for side in sides
            ):
                keep[start:end] = True
        start = end


def _ancestor(tree: Tree, element: int, tag: str) -> int:
    """The innermost element with that tag around (or at) an element; 0 when there is none."""
    while element and tree.tags[element] != tag:
        element = tree.parents[element]
    return element


def _within(tree: Tree, element: int, top: int) -> bool:
    while element > top:
        element = tree.parents[element]
    return element == top


def join(tree: Tree, keep: Kept) -> str:
    """One line a block, without its indent; short cells of one table row share a line, with tabs between them."""
    lines: list[str] = []
    before: Block | None = None
    for block, kept in zip(tree.blocks, keep, strict=True):
        if not kept:
            continue
        if before is not None and _same_row(tree, before, block):
            lines[-1] += "\t" + block.text.strip("\u3000")
        else:
            lines.append(block.text.strip("\u3000"))
        before = block
    return "\n".join(lines) + "\n"


def _same_row(tree: Tree, left: Block, right: Block) -> bool:
    return (
        left.element != right.element
        and tree.parents[left.element] == tree.parents[right.element]
        and tree.tags[left.element] in _CELLS
        and tree.tags[right.element] in _CELLS
        and max(len(left.text), len(right.text)) <= CELL_CHARS
    )
