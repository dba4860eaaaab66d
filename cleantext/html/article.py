"""Which blocks make the article: each judged alone by the forest, then in company, then put together as text."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from cleantext.html.blocks import Block, Tree
from cleantext.html.words import Floats

# Probability from which a block is kept. Swept 0.2 to 0.6 on pages of held-out sites: F1 changes by less than 0.005.
MIN_PROBABILITY = 0.5
# A sentence in running text is kept on less: losing body text is the worse error (same sweep: F1 not lower).
MIN_PROSE_PROBABILITY = 0.2
# The same when the user wants the readers' comments or a forum's replies kept (the forest takes them for chrome): on
# forum pages of held-out sites F1 0.90 instead of 0.69, on news 0.93 instead of 0.96.
MIN_PROBABILITY_WITH_COMMENTS = 0.1
MIN_PROSE_PROBABILITY_WITH_COMMENTS = 0.03
# What running text is: characters, and share of them in links.
PROSE_CHARS = 40
PROSE_LINK_SHARE = 0.3
# A table of so many cells without links, between two kept blocks of the same element, is a table of the article.
MIN_CELLS = 4
MAX_CELL_LINK_SHARE = 0.1
# Table cells up to this many characters stand on one line with their row; longer ones are paragraphs of a layout.
CELL_CHARS = 40
# So much kept text before the first comment is the article that they are about (characters).
MIN_ARTICLE_CHARS = 150

# In class and id names; not inside words ("article-comments" has it, "recomment" has not).
_COMMENT_RE = re.compile("(?<![a-z])(?:comment|cmt|reply|replies|pinglun)")
_CELLS = ("td", "th")
_STOPS_RE = re.compile("[。！？]")

Kept = NDArray[np.bool_]


def choose(tree: Tree, probabilities: Floats, comments: bool = False) -> Kept:
    """Which blocks belong to the article (and, if wanted, to its comments); all False when none seems to."""
    prose, other = MIN_PROSE_PROBABILITY, MIN_PROBABILITY
    if comments:
        prose, other = MIN_PROSE_PROBABILITY_WITH_COMMENTS, MIN_PROBABILITY_WITH_COMMENTS
    keep: Kept = probabilities >= np.where(_prose(tree), prose, other)
    _keep_tables(tree, keep)
    if not comments:
        _drop_comments(tree, keep)
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


def _drop_comments(tree: Tree, keep: Kept) -> None:
    """Drop what stands in elements named as comments, if an article goes before them: comments read like prose."""
    inside = [False]
    for name, parent in zip(tree.names[1:], tree.parents[1:], strict=True):
        inside.append(inside[parent] or (name != "" and _COMMENT_RE.search(name) is not None))
    comment = np.array([inside[block.element] for block in tree.blocks]) & keep
    if comment.any():
        before = np.flatnonzero(keep[: int(comment.argmax())])
        if sum(len(tree.blocks[number].text) for number in before.tolist()) >= MIN_ARTICLE_CHARS:
            keep[comment] = False


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
