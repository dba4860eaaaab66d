"""What is known of each block of a page, as numbers: about itself, the elements around it, its neighbours, the page.

The features are those of the literature on boilerplate (jusText: length, link density, neighbours; readability: class
names and the text around; Kohlschütter et al. 2010: densities of the previous and next block), counted for Chinese.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from cleantext.html.blocks import Tree

Floats = NDArray[np.float64]

# Tags whose presence around a block is a feature.
AROUND = ("article", "main", "header", "footer", "nav", "aside", "form", "ul", "ol", "dl", "li", "table", "p", "pre")
# Blocks with at most this share of their characters in links count as prose for the search of the core.
PROSE_LINK_SHARE = 0.3

_HAN_RE = re.compile("[\u3400-\u9fff]")
_MARK_RE = re.compile("[，。！？；：、,;!?]")
_STOP_RE = re.compile("[。！？!?…][”’」』）)]*$")
_STOPS_RE = re.compile("[。！？]")
_DIGIT_RE = re.compile("[0-9]")
_SIGN_RE = re.compile(r"[|>»›·\[\]【】├│◆■▪•→]")
_DATE_RE = re.compile(r"(?:19|20)\d\d ?[-年/.] ?\d\d? ?[-月/.] ?\d|\d\d:\d\d")
_INDENT = "\u3000"
_WORD_RE = re.compile("[0-9A-Za-z\u3400-\u9fff]")


@cache
def families() -> tuple[tuple[str, ...], tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
    """Names of all families, the patterns for class names, the patterns for text (data/html/words.tsv)."""
    names: list[str] = []
    classes: list[re.Pattern[str]] = []
    texts: list[re.Pattern[str]] = []
    for row in files("cleantext").joinpath("data", "html", "words.tsv").read_text(encoding="utf-8").splitlines():
        if row.startswith("#"):
            continue
        name, _, words = row.partition("\t")
        names.append(name)
        if name.startswith("class-"):
            # Part of a name, but "ad" not in "header": a word starts where letters start, or after - and _.
            classes.append(re.compile("(?<![a-z])(?:" + "|".join(map(re.escape, words.split())) + ")"))
        else:
            texts.append(re.compile("|".join(word.replace(".", " ") for word in words.split())))
    return tuple(names), tuple(classes), tuple(texts)


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
    texts = families()[2]
    title = set(_pairs(tree.title))
    rows = []
    for block in tree.blocks:
        text = block.text
        size = len(text)
        head = text if size <= 200 else text[:120] + text[-80:]
        pairs = _pairs(text) if title and size <= 120 else []
        inside = sum(pair in title for pair in pairs) / len(pairs) if pairs else 0.0
        rows.append(
            [
                np.log1p(size),
                len(_HAN_RE.findall(text)) / size,
                np.log1p(len(_MARK_RE.findall(text))),
                np.log1p(len(_STOPS_RE.findall(text))),
                min(1.0, block.linked / size),
                _STOP_RE.search(text) is not None,
                block.heading,
                min(1.0, block.bold / size),
                block.links,
                len(_DIGIT_RE.findall(head)) / len(head),
                len(_SIGN_RE.findall(head)),
                _DATE_RE.search(head) is not None,
                text.startswith(_INDENT),
                inside,
                inside * min(1.0, len(pairs) / len(title)) if title else 0.0,
                tree.hidden[block.element],
                *[len(pattern.findall(head)) for pattern in texts],
            ]
        )
    return np.array(rows, np.float64).reshape(len(rows), 16 + len(texts))


def _pairs(text: str) -> list[str]:
    letters = "".join(_WORD_RE.findall(text))
    return [letters[i : i + 2] for i in range(len(letters) - 1)]


def _around(tree: Tree, own: Floats) -> tuple[Floats, Floats]:
    """Features of the elements around each block, and where it stands towards the core of the article."""
    count = len(tree.tags)
    elements = np.array([block.element for block in tree.blocks], np.int64)
    sizes = np.expm1(own[:, 0])
    sums = np.zeros((count, 4))  # characters, characters in links, stops, blocks
    np.add.at(sums, elements, np.stack([sizes, sizes * own[:, 4], np.expm1(own[:, 3]), np.ones(len(sizes))], 1))
    direct = sums.copy()
    parents = tree.parents
    for index in range(count - 1, 0, -1):
        sums[parents[index]] += sums[index]
    core = _core(tree, elements, own)
    classes = families()[1]
    marks = np.zeros((count, len(classes) + len(AROUND)))
    nearest = np.zeros((count, len(classes)))
    depth = np.zeros(count)
    seen: dict[str, list[float]] = {}
    towards = np.full(count, 9.0)  # levels from the core down to the element; 9: not inside
    towards[core] = 0
    for index in range(1, count):
        parent = parents[index]
        depth[index] = depth[parent] + 1
        name = tree.names[index]
        if name not in seen:
            seen[name] = (
                [float(pattern.search(name) is not None) for pattern in classes] if name else [0.0] * len(classes)
            )
        hits = np.array(seen[name])
        marks[index] = marks[parent]
        nearest[index] = hits if hits.any() else nearest[parent]
        marks[index, : len(classes)] += hits
        tag = tree.tags[index]
        if tag in AROUND:
            marks[index, len(classes) + AROUND.index(tag)] += 1
        if index != core and towards[parent] < 9:
            towards[index] = min(8.0, towards[parent] + 1)
    parent_of = np.array(parents)
    columns = [marks[elements], nearest[elements], depth[elements, None]]
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
    return np.hstack([*columns, core_share]), np.stack([*inside, towards[elements]], 1)


def _core(tree: Tree, elements: NDArray[np.int64], own: Floats) -> int:
    """The element that holds the article, by readability's vote: prose counts for its parent, half for the next."""
    votes = np.zeros(len(tree.tags))
    prose = (own[:, 4] <= PROSE_LINK_SHARE) & (own[:, 2] > 0)
    for element, weight in zip(elements[prose].tolist(), (np.expm1(own[prose, 2])).tolist(), strict=True):
        home = element if tree.tags[element] not in ("p", "li", "blockquote") else tree.parents[element]
        votes[home] += weight
        votes[tree.parents[home]] += weight / 2
    return int(votes[1:].argmax()) + 1 if len(votes) > 1 else 0


def _inside(parents: list[int], top: int, count: int) -> Floats:
    inside = np.zeros(count)
    inside[top] = 1
    for index in range(top + 1, count):
        inside[index] = inside[parents[index]]
    return inside


def _place(tree: Tree, own: Floats, core: Floats) -> Floats:
    """Position on the page and towards the core's prose; repetition."""
    count = len(own)
    index = np.arange(count)
    sizes = np.expm1(own[:, 0])
    before = np.cumsum(sizes) - sizes
    prose = np.flatnonzero((core[:, 0] > 0) & (own[:, 4] <= PROSE_LINK_SHARE) & (own[:, 3] > 0))
    first, last = (prose[0], prose[-1]) if len(prose) else (0, count - 1)
    to_title = np.flatnonzero(own[:, 14] == own[:, 14].max())
    seen: dict[str, int] = {}
    repeats = [seen.setdefault(block.text, number) != number for number, block in enumerate(tree.blocks)]
    columns = [
        index / count,
        before / sizes.sum(),
        np.clip(index - first, -30, 30),
        np.clip(index - last, -30, 30),
        np.clip(index - to_title[0], -30, 30),
        np.full(count, own[:, 14].max()),
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
    sizes = np.expm1(own[:, 0])
    base = np.stack([sizes, sizes * own[:, 4], np.expm1(own[:, 3])], 1)
    running = np.vstack([np.zeros(3), np.cumsum(base, 0)])
    count = len(own)
    columns = []
    for low, high in ((-4, 0), (1, 5), (-10, 0), (1, 11)):
        a = np.clip(np.arange(count) + low, 0, count)
        b = np.clip(np.arange(count) + high, 0, count)
        part = running[b] - running[a]
        columns += [np.log1p(part), part[:, 1:2] / (part[:, :1] + 1)]
    return np.hstack(columns)
