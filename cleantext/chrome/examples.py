"""Labelled pages to learn from: real ones, clean ones, and mixtures of both. Training only.

A page of examples is a list of lines, each with a label: 1 chrome, 0 body, -1 not scored.
"""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from cleantext.chrome import cards, frames, furniture, genres, strokes
from cleantext.chrome.invented import INNER, decorate
from cleantext.chrome.invented import title as own_title

_PLAIN_RE = re.compile(r"[^0-9A-Za-z\u3400-\u9fff]")
_DOMAIN_RE = re.compile(r"([\w-]+\.)+(com|cn|net|org|tw|hk|tv|ca|pub)\b")
_TITLE_RE = re.compile(r"<title[^>]*>(.*?)</title", re.S | re.I)
_DATE_RE = re.compile(r"\d{4}\D\d{1,2}\D\d{1,2}")
_LEAD_RE = re.compile(r"^[\s\u3000]*(?:[•·*]|\d{1,2}\.)?[\s\u3000]*")

# A line of raw text is body when this share of its character 5-grams occurs in the gold text of the page.
BODY_SHARE = 0.6
TITLE_SIZE = 30  # characters of a first line that may be a title
LEADS = ("", "", "", "", "  • ", "  • ", "    ", "• ", "\t", "· ")  # how the lines of an invented block may be set
IN_SHORT_LINES = 0.12  # share of mixtures with a body of one of the genres …
WHOLE_IN_SHORT_LINES = 0.65  # … and of wholly invented pages
CUT_IN = 0.08  # share of texts in which a list of other pages stands …
REFERENCES = 0.1  # share of invented pages of prose that end with a list of works
INTERRUPTED = 0.15  # … or in which the site says something between the lines, once or several times
CARDS = 0.06  # … or in which stands a card of its author or seller, or a shop's buttons
INVENTED = 0.5  # share of the heads, and of the tails, of mixtures that get invented blocks


@dataclass(frozen=True, slots=True)
class Example:
    """A page: `group` is the site (never split between learning and judging), `weight` what each line counts."""

    group: str
    lines: tuple[str, ...]
    labels: tuple[int, ...]
    weight: float
    kind: str
    families: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The page as text."""
        return "".join(line + "\n" for line in self.lines)


def plain(text: str) -> str:
    """Letters, digits and ideographs only."""
    return _PLAIN_RE.sub("", text)


def site_of(name: str) -> str:
    """The registered domain in a site's name, or the name itself."""
    match = _DOMAIN_RE.search(name)
    if not match:
        return name
    parts = match[0].split(".")
    keep = 3 if len(parts) > 2 and parts[-2] in ("com", "org", "net", "gov") else 2
    return ".".join(parts[-keep:])


def load_labelled(folder: Path, kind: str) -> list[Example]:
    """Pages with a tag per line (NNN.txt, NNN.tags); index.tsv names the sites where it has such a column."""
    sites = {}
    for row in (folder / "index.tsv").read_text("utf-8").splitlines()[1:]:
        cells = row.split("\t")
        sites[cells[0]] = site_of(cells[3]) if kind == "labelled" else f"{kind}/{cells[0]}"
    out = []
    for path in sorted(folder.glob("*.tags")):
        tags = path.read_text("utf-8").split()
        lines = path.with_suffix(".txt").read_text("utf-8").split("\n")[: len(tags)]
        labels = tuple(-1 if not line.strip() else int(tag[0] != "K") for line, tag in zip(lines, tags, strict=False))
        out.append(Example(sites.get(path.stem, path.stem), tuple(lines), labels, 1.0, kind, tuple(tags[: len(lines)])))
    return out


def load_written(folder: Path) -> list[Example]:
    """Pages written for this project, NAME.case: before each line K| (body), D| (chrome) or ?| (either)."""
    out = []
    for path in sorted(folder.glob("*.case")):
        rows = path.read_text("utf-8").splitlines()
        lines = tuple(row[2:] for row in rows)
        labels = tuple({"K": 0, "D": 1}.get(row[:1], -1) if row[2:].strip() else -1 for row in rows)
        tags = tuple("KNB"[label] for label in labels)
        out.append(Example(f"written/{path.stem}", lines, labels, 1.0, "written", tags))
    return out


def load_pages(path: Path) -> list[Example]:
    """Pages with raw and gold text: each raw line is labelled by whether the gold text holds it."""
    out = []
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for row in file:
            record = json.loads(row)
            lines = tuple(record["raw"].split("\n"))
            title = _TITLE_RE.search(record["html"])
            labels = label_lines(lines, record["gold"], title[1] if title else "")
            out.append(Example(site_of(record["site"]), lines, labels, 1.0, f"{record['set']} {record['kind']}"))
    return out


def label_lines(lines: Sequence[str], gold: str, title: str) -> tuple[int, ...]:
    """1 = not in the gold text, 0 = in it, -1 = blank or not to be learnt (a title or date line judged by chance)."""
    whole = plain(gold)
    grams = {whole[i : i + 5] for i in range(len(whole) - 4)}
    short = {plain(line) for line in gold.splitlines()}
    bare = [plain(line) for line in lines]
    labels = []
    for line in bare:
        if not line:
            labels.append(-1)
        elif len(line) < 6:
            labels.append(0 if line in short else 1)
        else:
            share = sum(line[i : i + 5] in grams for i in range(len(line) - 4)) / (len(line) - 4)
            labels.append(0 if share >= BODY_SHARE else 1)
    long = [n for n, (line, label) in enumerate(zip(bare, labels, strict=True)) if label == 0 and len(line) >= 25]
    if not long:
        return tuple(labels)
    titled = plain(title)
    for n, (line, raw) in enumerate(zip(bare, lines, strict=True)):
        if not line:
            continue
        if labels[n] == 0 and n < long[0] and len(line) < 60 and _DATE_RE.search(raw):
            labels[n] = -1  # the gold sometimes holds the source line
        elif len(line) >= 6 and line in titled and labels[n] == 1 and long[0] - 15 <= n < long[0]:
            labels[n] = -1  # the gold sometimes leaves the title out
        elif labels[n] == 0 and (n < long[0] - 15 or n > long[-1] + 8) and bare.count(line) > whole.count(line):
            labels[n] = 1  # a copy of a body line far from the body: breadcrumb, related list
        elif labels[n] == 0 and (n < long[0] - 15 or n > long[-1] + 8) and len(line) < 6:
            labels[n] = -1
    return tuple(labels)


def balance(examples: Iterable[Example]) -> list[Example]:
    """Let a site with n pages count like sqrt(n) pages."""
    pages = list(examples)
    count: dict[str, int] = {}
    for page in pages:
        count[page.group] = count.get(page.group, 0) + 1
    return [Example(p.group, p.lines, p.labels, p.weight / count[p.group] ** 0.5, p.kind, p.families) for p in pages]


def clean_pages(folder: Path, random: Random, per_source: int) -> list[Example]:
    """Clean prose from a folder of text files, as pages of 25 lines and as short documents of 1 to 8 lines."""
    out = []
    for path in sorted(folder.glob("*.txt")):
        lines = path.read_text("utf-8").split("\n")
        for k in range(per_source):
            size = 25 if k % 2 else random.randint(1, 8)
            at = random.randrange(max(1, len(lines) - size))
            chunk = lines[at : at + size]
            if k % 3 < 2:
                chunk = decorate(chunk, random)
            out.append(_clean(chunk, "clean/" + path.stem, random))
    return out


def short_documents(random: Random, count: int) -> list[Example]:
    """Lists, verse, chats and programs without any site around them."""
    pages = []
    for n in range(count):
        kinds = random.sample(INNER, random.choice((1, 1, 1, 2, 3)))
        lines = [line for kind in kinds for line in kind(random)]
        pages.append(_clean(lines, f"invented/{n % 8}", random))
    return pages


def _clean(chunk: Sequence[str], group: str, random: Random) -> Example:
    style = random.randrange(3)
    lines: list[str] = []
    for line in chunk:
        lines.append("\u3000\u3000" + line if style == 1 else line)
        if style == 2:
            lines.append("")
    labels = tuple(0 if line.strip() else -1 for line in lines)
    return Example(group, tuple(lines), labels, 1.0, "clean")


def bodies(pages: Iterable[Example]) -> list[Example]:
    """The body lines of real pages alone: what the stage sees when it cleans its own output."""
    out = []
    for page in pages:
        kept = tuple(line for line, label in zip(page.lines, page.labels, strict=True) if label == 0)
        if kept:
            out.append(Example(page.group, kept, (0,) * len(kept), page.weight, "body"))
    return out


def stripped(pages: Iterable[Example]) -> list[Example]:
    """The pages as other renderers give them: no indents, bullets or blank lines."""
    out = []
    for page in pages:
        rows = [(_LEAD_RE.sub("", line), label) for line, label in zip(page.lines, page.labels, strict=True)]
        rows = [(line, label) for line, label in rows if line.strip()]
        out.append(Example(page.group, tuple(r[0] for r in rows), tuple(r[1] for r in rows), page.weight, "stripped"))
    return out


def mixtures(pages: Sequence[Example], clean: Sequence[Example], random: Random, count: int) -> list[Example]:
    """Clean prose framed by chrome of real pages, invented blocks, or both: pages of few, unlike sites."""
    by_group: dict[str, list[Frame]] = {}
    for page in pages:
        by_group.setdefault(page.group, []).append(_frame(page))
    groups = sorted(by_group)
    pool = [line for page in clean for line in frames.pool_of(page.lines)]
    return [_mixture(random.choice(groups), by_group, clean, pool, random) for _ in range(count if groups else 0)]


Frame = tuple[list[str], list[str], list[str]]


def invented_pages(clean: Sequence[Example], random: Random, count: int) -> list[Example]:
    """Pages that are invented from top to bottom, as sites of many kinds have them; some of their text is prose."""
    pool = [line for page in clean for line in frames.pool_of(page.lines)]
    pages = []
    for number in range(count):
        if random.random() < WHOLE_IN_SHORT_LINES:
            text = genres.draw(pool, random)
            if len(text) > 1 and random.random() < 0.6:
                text[1:1] = [(line, 1) for line in furniture.particulars(pool, random)]
        else:
            body = decorate([line for line in random.choice(clean).lines if line.strip()], random)
            if random.random() < REFERENCES:
                body += strokes.references(pool, random)
            text = _titled(body, pool, random) if body else []
        if len(text) > 6:
            text = _cut(text, pool, random)
        above, below = furniture.top(pool, random), furniture.bottom(pool, random)
        rows = [(line, 1) for line in above] + text + [(line, 1) for line in below]
        pages.append(_spaced(f"invented/{number % 8}", rows, "invented", random))
    return pages


def _mixture(
    group: str, by_group: dict[str, list[Frame]], clean: Sequence[Example], pool: list[str], random: Random
) -> Example:
    head, tail, inner = random.choice(by_group[group])
    above = head[len(head) - random.randint(0, min(len(head), 12)) :]
    size = random.randint(0, min(len(tail), 16))
    at = 0 if random.random() < 0.6 else random.randint(0, len(tail) - size)
    below = tail[at : at + size]
    if random.random() < IN_SHORT_LINES:
        titled = genres.draw(pool, random)
    else:
        body = [line for line in random.choice(clean).lines if line.strip()]
        if random.random() < 0.85:
            body = decorate(body, random)
        titled = _titled(body, pool, random) if body else []
    if random.random() < INVENTED:
        above = _with_blocks(above, frames.ABOVE, pool, random)
    if random.random() < INVENTED:
        below = _with_blocks(below, frames.BELOW, pool, random)
    rows = [(line, 1) for line in above] + titled + [(line, 1) for line in below]
    if len(titled) > 5:
        at = len(above) + random.randint(3, len(titled) - 1)
        if inner and random.random() < 0.4:
            rows.insert(at, (random.choice(inner), 1))
        else:
            rows[len(above) : len(above) + len(titled)] = _cut(titled, pool, random)
    return _spaced(group, rows, "mixture", random)


def _cut(text: Sequence[tuple[str, int]], pool: list[str], random: Random) -> list[tuple[str, int]]:
    """The text, now and then with a list of other pages in it, or with interruptions."""
    out = list(text)
    drawn = random.random()
    blocks: list[frames.Block] = [frames.cut_in] if drawn < CUT_IN else []
    if CUT_IN <= drawn < CUT_IN + INTERRUPTED:
        blocks = [frames.interruption] * random.randint(1, 4)
    elif drawn > 1 - CARDS:
        blocks = [random.choice(cards.INSIDE)]
    for block in blocks:
        at = random.randint(2, len(out) - 1)
        out[at:at] = [(line, 1) for line in block(pool, random)]
    return out


def _spaced(group: str, rows: Sequence[tuple[str, int]], kind: str, random: Random) -> Example:
    """A page of these lines and labels, some set apart by blank lines."""
    rows = [row for row in rows if row[0].strip()] or [("无", 0)]
    spaced = random.choice(((), (), (), (0, 1), (0, 1), (0,)))  # which lines blank ones follow
    lines = [part for line, label in rows for part in ((line, "") if label in spaced else (line,))]
    labels = [part for _, label in rows for part in ((label, -1) if label in spaced else (label,))]
    return Example(group, tuple(lines), tuple(labels), 1.0, kind)


def _titled(body: list[str], pool: list[str], random: Random) -> list[tuple[str, int]]:
    """The body below its title, with a source line between them or without: (line, label)."""
    head = body[:1] if len(body[0]) <= TITLE_SIZE and not body[0].endswith("。") else []
    rest = body[len(head) :]
    if not head and random.random() < 0.85:
        head = frames.headline(pool, random) if random.random() < 0.3 else own_title(rest, random)
    source = frames.source_line(pool, random) if head and random.random() < 0.5 else []
    return [(line, 0) for line in head] + [(line, 1) for line in source] + [(line, 0) for line in rest]


def _with_blocks(lines: list[str], blocks: Sequence[frames.Block], pool: list[str], random: Random) -> list[str]:
    """The chrome lines with one to three invented blocks set in between."""
    out = list(lines)
    for _ in range(random.choice((1, 1, 2, 3))):
        at = random.choice((0, len(out), random.randint(0, len(out))))
        lead = random.choice(LEADS)
        out[at:at] = [lead + line for line in random.choice(blocks)(pool, random)]
    return out


def _frame(page: Example) -> Frame:
    """The chrome lines above, below and inside the body."""
    body = [n for n, label in enumerate(page.labels) if label == 0]
    if not body:
        return [], [], []
    rows = list(enumerate(zip(page.lines, page.labels, strict=True)))
    head = [line for n, (line, label) in rows if label == 1 and n < body[0]]
    tail = [line for n, (line, label) in rows if label == 1 and n > body[-1]]
    inner = [line for n, (line, label) in rows if label == 1 and body[0] < n < body[-1]]
    return head, tail, inner
