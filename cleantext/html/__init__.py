"""HTML to the text of its article: parse (lxml), measure every block, keep what probably belongs to the article.

Headings, lists and tables of the article stay, one line each; link-dense blocks and the site's furniture go. The chrome
stage runs on the result like on any other text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleantext.html.forest import Forest

__all__ = ["Extract", "extract", "is_html"]

# When no block looks like an article (a login page, a list): blocks with less of their text in links are kept.
FALLBACK_LINK_SHARE = 0.5
# Where HTML has to have shown itself (characters).
SNIFF_CHARS = 4096

# The document starts with markup: after comments and an XML declaration comes a tag that only whole pages begin with.
_START_RE = re.compile(
    r"\s* (?: <\?xml [^>]* > \s* | <!-- .*? --> \s* )* < (?: !doctype \s+ html | html | head | body ) [\s>]",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
# Pages cut or pasted without their head: they start with some tag, and a tag of the page's frame follows.
_TAG_RE = re.compile(r"\s*<[a-z!]", re.IGNORECASE)
_FRAME_RE = re.compile(r"<(?:html|head|body|/head|frameset)[\s>]", re.IGNORECASE)
_NAME_RE = re.compile(r"\.(?:x?html?|shtml)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Extract:
    """The article's text, and flags: "no-article" when nothing looked like one and all unlinked text was kept."""

    text: str
    flags: tuple[str, ...] = ()


def is_html(text: str, source: str) -> bool:
    """Whether a document is an HTML page: by its beginning, or by its name if it has tags at all."""
    head = text[:SNIFF_CHARS].lstrip("\ufeff")
    if _START_RE.match(head) or (_TAG_RE.match(head) and _FRAME_RE.search(head)):
        return True
    return _NAME_RE.search(source) is not None and "<" in head


def extract(markup: str, forest: Forest | None = None, comments: bool = False) -> Extract:
    """The text of a page's article; empty when the page has no text at all (built by scripts, or frames).

    `forest` judges the blocks (default: the shipped one); with `comments`, replies and readers' comments stay.
    """
    import numpy as np  # all this only where there is a page of HTML: plain text is told apart without it

    from cleantext.html.article import choose, join
    from cleantext.html.blocks import parse
    from cleantext.html.features import block_features
    from cleantext.html.forest import load

    tree = parse(markup)
    if not tree.blocks:
        return Extract("")
    keep = choose(tree, (forest or load()).probabilities(block_features(tree)), comments)
    if keep.any():
        return Extract(join(tree, keep))
    keep = np.array([block.linked < FALLBACK_LINK_SHARE * len(block.text) for block in tree.blocks])
    return Extract(join(tree, keep | (not keep.any())), ("no-article",))
