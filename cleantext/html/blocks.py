"""HTML to text blocks, in one pass of libxml2's event parser (by lxml), which repairs broken markup.

A block is what a browser shows as a line of its own: the text between two block-level tags or line breaks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# Everything else starts a line of its own.
INLINE = frozenset(
    ("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "img", "ins")
    + ("kbd", "label", "mark", "nobr", "o:p", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike")
    + ("strong", "sub", "sup", "time", "tt", "u", "var", "wbr")
)
# Content that a reader of the page does not see as text.
UNSEEN = frozenset(
    ("script", "style", "noscript", "template", "select", "option", "textarea", "svg", "math", "iframe", "object")
    + ("embed", "applet", "canvas", "audio", "video", "map", "button", "datalist", "noframes")
)
READINGS = frozenset(("rt", "rp", "rtc"))  # readings above the characters, unseen inside <ruby>
VOID = frozenset(("br", "hr", "input", "meta", "link", "base", "col", "area", "param", "source", "track", "frame"))
HEADINGS = {f"h{level}": level for level in range(1, 7)}

# What a browser shows as a space; U+0085, U+2028 and U+2029 too, which editors leave behind.
_SPACE_RE = re.compile("[ \\t\\r\\n\\f\\v\xa0\x85\u2028\u2029]+")
# A line break of the source between Han characters or full-width marks shows as a space that nobody typed.
_WRAP_RE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*[\r\n]\s*(?=[\u3000-\u9fff\uff00-\uffef])")
_HIDDEN_RE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


@dataclass(slots=True)
class Block:
    """One line of the page: text, innermost block-level element, characters inside links, heading level (0: none)."""

    text: str
    element: int
    linked: int = 0
    links: int = 0
    bold: int = 0
    heading: int = 0


@dataclass(slots=True)
class Tree:
    """The page: blocks in reading order; elements as parallel lists (tag, index of the parent, "class id" in lower
    case, hidden by style), parents before children, element 0 being the root; the text of <title>."""

    blocks: list[Block] = field(default_factory=list)
    tags: list[str] = field(default_factory=lambda: [""])
    parents: list[int] = field(default_factory=lambda: [0])
    names: list[str] = field(default_factory=lambda: [""])
    hidden: list[bool] = field(default_factory=lambda: [False])
    title: str = ""


class Collector:
    """The parser's target: keeps the open elements, cuts the text into blocks."""

    def __init__(self) -> None:
        self.tree = Tree()
        self.open: list[tuple[str, int]] = [("", 0)]  # open block-level elements: tag, index
        self.pieces: list[str] = []
        self.unseen = 0
        self.in_link = self.in_bold = self.in_pre = self.in_ruby = 0
        self.linked = self.links = self.bold = 0
        self.in_title = False

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        """An element opens."""
        if tag in UNSEEN or (self.in_ruby and tag in READINGS):
            self.unseen += 1
        elif self.unseen:
            return
        elif tag in INLINE:
            if tag == "a":
                self.in_link += 1
                self.links += 1
            elif tag in ("b", "strong"):
                self.in_bold += 1
            elif tag == "ruby":
                self.in_ruby += 1
        elif tag == "title":
            self.in_title = True
        elif tag in VOID:
            self.flush()
        else:
            self.flush()
            tree = self.tree
            parent = self.open[-1][1]
            name, style = "", None
            if attrib:
                name = f"{attrib.get('class') or ''} {attrib.get('id') or ''}".strip().lower()
                style = attrib.get("style")
            hidden = tree.hidden[parent] or (style is not None and _HIDDEN_RE.search(style) is not None)
            self.open.append((tag, len(tree.tags)))
            tree.tags.append(tag)
            tree.parents.append(parent)
            tree.names.append(name)
            tree.hidden.append(hidden)
            self.in_pre += tag == "pre"

    def end(self, tag: str) -> None:
        """An element closes."""
        if tag in UNSEEN or (self.in_ruby and tag in READINGS):
            self.unseen = max(0, self.unseen - 1)
        elif self.unseen:
            return
        elif tag in INLINE:
            if tag == "a":
                self.in_link = max(0, self.in_link - 1)
            elif tag in ("b", "strong"):
                self.in_bold = max(0, self.in_bold - 1)
            elif tag == "ruby":
                self.in_ruby = max(0, self.in_ruby - 1)
        elif tag == "title":
            self.in_title = False
        elif tag not in VOID:
            self.flush()
            if len(self.open) > 1 and self.open[-1][0] == tag:
                self.open.pop()
                self.in_pre -= tag == "pre"

    def data(self, text: str) -> None:
        """Characters between tags."""
        if self.unseen:
            return
        if self.in_title:
            self.tree.title += text
            return
        if not self.pieces and not self.in_pre and text.isspace():
            return
        self.pieces.append(text)
        if self.in_link or self.in_bold:
            size = len(text.strip())
            self.linked += size if self.in_link else 0
            self.bold += size if self.in_bold else 0

    def comment(self, text: str) -> None:
        """Comments are no text."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Processing instructions are no text."""

    def close(self) -> Tree:
        """The whole page has been read."""
        self.flush()
        self.tree.title = _SPACE_RE.sub(" ", self.tree.title).strip()
        return self.tree

    def flush(self) -> None:
        """End the current block, if it has any text."""
        if self.pieces:
            joined = "".join(self.pieces)
            self.pieces.clear()
            tag, element = self.open[-1]
            for line in joined.split("\n") if self.in_pre else (joined,):
                text = line.rstrip() if self.in_pre else _one_line(line)
                if text and not text.isspace():
                    block = Block(text, element, self.linked, self.links, self.bold, HEADINGS.get(tag, 0))
                    self.tree.blocks.append(block)
        self.linked = self.links = self.bold = 0


def _one_line(text: str) -> str:
    """The text as a browser shows it: white space is one space."""
    if not text.isprintable() or "  " in text:  # of all that is white space there, only a space is printable
        text = _SPACE_RE.sub(" ", _WRAP_RE.sub("", text))
    return text.strip(" ")


def parse(markup: str) -> Tree:
    """Parse HTML of any quality; nothing is fetched."""
    # 30 ms to import; text mode does not need it.
    from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types; two calls do not need stubs

    collector = Collector()
    parser = etree.HTMLParser(target=collector, encoding="utf-8", huge_tree=True)
    # NUL ends libxml2's input; lone surrogates cannot be encoded.
    parser.feed(markup.replace("\0", "\ufffd").encode("utf-8", "replace"))
    tree: Tree = parser.close()
    return tree
