"""What is known of each block of a page, as numbers: about itself, the elements around it, its neighbours, the page.

The features are those of the literature on boilerplate (jusText: length, link density, neighbours; readability: class
names and the text around; Kohlschütter et al. 2010: densities of the previous and next block), counted for Chinese.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleantext.html.blocks import Tree
from cleantext.html.words import Floats, count_words, families

# Tags whose presence around a block is a feature.
AROUND = ("article", "main", "header", "footer", "nav", "aside", "form", "ul", "ol", "dl", "li", "table", "p", "pre")
AROUND_AT = {tag: column for column, tag in enumerate(AROUND)}
# Blocks with at most this share of their characters in links count as prose for the search of the core.
PROSE_LINK_SHARE = 0.3
# Levels from the core down to an element; from here on, and outside the core, it is far.
FAR = 9.0

# Kinds of characters that are counted, in this order.
COUNTED = (
    "".join(map(chr, range(0x3400, 0xA000))),  # Han
    "，。！？；：、,;!?",
    "。！？",
    "0123456789",
    "|>»›·[]【】├│◆■▪•→",
)
# Words and dates are looked for in the first and last part of a block (characters).
HEAD_CHARS, TAIL_CHARS = 120, 80

_STOP_RE = re.compile("[。！？!?…][”’」』）)]*$")
_DATE_RE = re.compile(r"(?:19|20)\d\d ?[-年/.] ?\d\d? ?[-月/.] ?\d|\d\d:\d\d")
# Columns of _own that other features are made of.
SIZE, MARKS, STOPS, LINKED, TITLE = 0, 2, 3, 4, 12

_INDENT = "\u3000"
_WORD_RE = re.compile("[0-9A-Za-z\u3400-\u9fff]")


@cache
def counted_table() -> NDArray[np.uint8]:
    """One bit for each kind of COUNTED, by code point of the basic plane."""
    table = np.zeros(0x10000, np.uint8)
    for bit, chars in enumerate(COUNTED):
        table[[ord(char) for char in chars]] |= 1 << bit
    return table


def block_features(tree: Tree) -> Floats:
    """One row per block."""
    own = _own(tree)
    around, core = _around(tree, own)
    place = _place(tree, own, core)
    near = np.hstack([own[:, :8], core])
    shifted = [_shift(near, step) for step in (-2, -1, 1, 2)]
    return np.hstack([own, around, core, place, *shifted, _window(own)])


def _own(tree: Tree) -> Floats:
    """Length, Han, marks, stops, link share, ends in a stop, heading, bold share, ... of the blocks themselves."""
    blocks = tree.blocks
    counts, sizes = _counts(tree)
    han, marks, stops, digits, signs = counts.T
    heads = [_head(block.text) for block in blocks]
    title = _in_title(tree)
    columns = [
        np.log1p(sizes),
        han / sizes,
        np.log1p(marks),
        np.log1p(stops),
        np.minimum(1.0, [block.linked for block in blocks] / sizes),
        [_STOP_RE.search(block.text, max(0, len(block.text) - 4)) is not None for block in blocks],
        [block.heading for block in blocks],
        np.minimum(1.0, [block.bold for block in blocks] / sizes),
        [block.links for block in blocks],
        [_has_date(head) for head in heads],
        [block.text.startswith(_INDENT) for block in blocks],
        [inside for inside, _ in title],
        [covered for _, covered in title],
        [tree.hidden[block.element] for block in blocks],
        digits / sizes,
        signs,
    ]
    return np.hstack([np.stack([np.asarray(column, np.float64) for column in columns], 1), count_words(heads)])


def _head(text: str) -> str:
    """The first and last part of a block."""
    return text if len(text) <= HEAD_CHARS + TAIL_CHARS else text[:HEAD_CHARS] + text[-TAIL_CHARS:]


def _has_date(head: str) -> bool:
    return (":" in head or "19" in head or "20" in head) and _DATE_RE.search(head) is not None


def _in_title(tree: Tree) -> list[tuple[float, float]]:
    """For each block which share of its pairs the title has, and that times how much of the title it could make up."""
    title = set(_pairs(tree.title))
    letters = {*"".join(title)}
    out = []
    for block in tree.blocks:
        pairs = []
        if len(block.text) <= HEAD_CHARS and not letters.isdisjoint(block.text):
            pairs = _pairs(block.text)
        inside = sum(map(title.__contains__, pairs)) / len(pairs) if pairs else 0.0
        out.append((inside, inside * min(1.0, len(pairs) / len(title)) if title else 0.0))
    return out


def _counts(tree: Tree) -> tuple[Floats, Floats]:
    """Characters of each kind of COUNTED in each block, and the blocks' lengths."""
    sizes = np.array([len(block.text) for block in tree.blocks])
    text = "".join([block.text for block in tree.blocks])
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    kinds = counted_table()[np.minimum(points, 0xFFFF)]
    starts = np.cumsum(sizes) - sizes
    columns = [np.add.reduceat((kinds >> bit) & 1, starts, dtype=np.int64) for bit in range(len(COUNTED))]
    return np.stack(columns, 1).astype(np.float64), sizes.astype(np.float64)


def _pairs(text: str) -> list[str]:
    letters = "".join(_WORD_RE.findall(text))
    return [letters[i : i + 2] for i in range(len(letters) - 1)]


def _around(tree: Tree, own: Floats) -> tuple[Floats, Floats]:
    """Features of the elements around each block, and where it stands towards the core of the article."""
    count = len(tree.tags)
    elements = np.array([block.element for block in tree.blocks], np.int64)
    sizes = np.expm1(own[:, SIZE])
    sums = np.zeros((count, 4))  # characters, characters in links, stops, blocks
    np.add.at(
        sums, elements, np.stack([sizes, sizes * own[:, LINKED], np.expm1(own[:, STOPS]), np.ones(len(sizes))], 1)
    )
    direct = sums.copy()
    parents = tree.parents
    _add_up(sums, parents)
    core = _core(tree, elements, own)
    classes = families()[0]
    width = len(classes)
    none = [0.0] * width
    marks = [[0.0] * (width + len(AROUND))]
    nearest = [none]
    depth = [0.0]
    seen: dict[str, list[float]] = {"": none}
    towards = [FAR] * count
    towards[core] = 0.0
    for index in range(1, count):
        parent = parents[index]
        depth.append(depth[parent] + 1)
        name, tag = tree.names[index], tree.tags[index]
        hits = seen.get(name)
        if hits is None:
            hits = seen[name] = [float(pattern.search(name) is not None) for pattern in classes]
        has_hits = hits is not none and any(hits)
        nearest.append(hits if has_hits else nearest[parent])
        own_marks = marks[parent]
        if has_hits or tag in AROUND_AT:
            own_marks = own_marks.copy()
            for column, hit in enumerate(hits):
                own_marks[column] += hit
            if tag in AROUND_AT:
                own_marks[width + AROUND_AT[tag]] += 1
        marks.append(own_marks)
        if index != core and towards[parent] < FAR:
            towards[index] = min(FAR - 1, towards[parent] + 1)
    parent_of = np.array(parents)
    columns = [np.array(marks)[elements], np.array(nearest)[elements], np.array(depth)[elements, None]]
    total = sums[0] + 1e-9
    level = elements
    for _ in range(4):
        inner = sums[level]
        columns += [np.log1p(inner), (inner / total), inner[:, 1:2] / (inner[:, :1] + 1)]
        level = parent_of[level]
    columns.append(np.log1p(direct[elements]))
    above = [core]
    for _ in range(2):
        above.append(int(parent_of[above[-1]]))
    inside = [_inside(parents, top, count)[elements] for top in above]
    core_share = np.full((len(elements), 1), sums[core, 0] / total[0])
    return np.hstack([*columns, core_share]), np.stack([*inside, np.array(towards)[elements]], 1)


def _add_up(sums: Floats, parents: list[int]) -> None:
    """Add the sums of every element to those of its parent, innermost first."""
    for column in range(sums.shape[1]):
        values = sums[:, column].tolist()
        for index in range(len(values) - 1, 0, -1):
            values[parents[index]] += values[index]
        sums[:, column] = values


def _core(tree: Tree, elements: NDArray[np.int64], own: Floats) -> int:
    """The element that holds the article, by readability's vote: prose counts for its parent, half for the next."""
    votes = np.zeros(len(tree.tags))
    prose = (own[:, LINKED] <= PROSE_LINK_SHARE) & (own[:, MARKS] > 0)
    for element, weight in zip(elements[prose].tolist(), (np.expm1(own[prose, MARKS])).tolist(), strict=True):
        home = element if tree.tags[element] not in ("p", "li", "blockquote") else tree.parents[element]
        votes[home] += weight
        votes[tree.parents[home]] += weight / 2
    return int(votes[1:].argmax()) + 1 if len(votes) > 1 else 0


def _inside(parents: list[int], top: int, count: int) -> Floats:
    inside = [0.0] * count
    inside[top] = 1.0
    for index in range(top + 1, count):
        inside[index] = inside[parents[index]]
    return np.array(inside)


def _place(tree: Tree, own: Floats, core: Floats) -> Floats:
    """Position on the page and towards the core's prose; repetition."""
    count = len(own)
    index = np.arange(count)
    sizes = np.expm1(own[:, SIZE])
    before = np.cumsum(sizes) - sizes
    prose = np.flatnonzero((core[:, 0] > 0) & (own[:, LINKED] <= PROSE_LINK_SHARE) & (own[:, STOPS] > 0))
    first, last = (prose[0], prose[-1]) if len(prose) else (0, count - 1)
    to_title = np.flatnonzero(own[:, TITLE] == own[:, TITLE].max())
    seen: dict[str, int] = {}
    repeats = [seen.setdefault(block.text, number) != number for number, block in enumerate(tree.blocks)]
    columns = [
        index / count,
        before / sizes.sum(),
        np.clip(index - first, -30, 30),
        np.clip(index - last, -30, 30),
        np.clip(index - to_title[0], -30, 30),
        np.full(count, own[:, TITLE].max()),
        np.array(repeats, np.float64),
        np.full(count, np.log1p(count)),
    ]
    return np.stack(columns, 1)


def _shift(values: Floats, step: int) -> Floats:
    """Row i holds row i + step; beyond the page: -1."""
    out = np.full_like(values, -1.0)
    if abs(step) < len(values):
        if step > 0:
            out[:-step] = values[step:]
        else:
            out[-step:] = values[:step]
    return out


def _window(own: Floats) -> Floats:
    """Characters, link characters and stops in windows of blocks on both sides."""
    sizes = np.expm1(own[:, SIZE])
    base = np.stack([sizes, sizes * own[:, LINKED], np.expm1(own[:, STOPS])], 1)
    running = np.vstack([np.zeros(3), np.cumsum(base, 0)])
    count = len(own)
    columns = []
    for low, high in ((-4, 0), (1, 5), (-10, 0), (1, 11)):
        a = np.clip(np.arange(count) + low, 0, count)
        b = np.clip(np.arange(count) + high, 0, count)
        part = running[b] - running[a]
        columns += [np.log1p(part), part[:, 1:2] / (part[:, :1] + 1)]
    return np.hstack(columns)
