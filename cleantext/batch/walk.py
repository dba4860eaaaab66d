"""Finding the inputs of a batch, and naming their outputs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from cleantext.batch.plan import BatchError, BatchOptions, OutputFormat
from cleantext.faults import reason_of

# Names that begin with a dot are not pages (.git, .DS_Store); the batch keeps its own state under such a name too.
HIDDEN = "."
STDIN = "-"  # as a source
STATE = ".cleantext"
REPORT = f"{STATE}/report.jsonl"
REJECTS = f"{STATE}/rejects"
SCRATCH = f"{STATE}/scratch"
LOCK = f"{STATE}/lock"
NOTES = f"{STATE}/notes"  # what files in place are about to become
RULES = f"{STATE}/site-rules.tsv"  # what was counted of the sites
PAGES = f"{STATE}/pages"  # reports on the records of record files

PACKED = (".gz", ".bz2", ".xz", ".zst")
HTML = (".html", ".htm", ".xhtml", ".shtml")
JSON_LINES = (".jsonl", ".ndjson")
JSON = ".json"
PARQUET = ".parquet"
WARC = ".warc"


@dataclass(frozen=True, slots=True)
class Input:
    """One input: its path inside the source (with "/"), where it lies, and the output's path inside the target.

    `problem` says why it cannot be read at all; `skipped` why it is left out on purpose.
    """

    name: str
    path: str
    target: str = ""
    problem: str = ""
    skipped: str = ""
    size: int = 0  # in bytes, as far as it is known beforehand


def check_places(source: Path, target: Path, batch: BatchOptions) -> None:
    """Refuse a source that is not there, and places in which originals could be overwritten."""
    if not source.exists():
        raise BatchError(f"{source}: no such file or folder")
    real = Path(os.path.realpath(source))
    folder = real if real.is_dir() else real.parent
    for place in (batch.trails, batch.backup):
        if place and Path(os.path.realpath(place)) == folder:
            raise BatchError(f"{place}: is the source itself; name another folder (it may lie in the source)")
        if place and os.path.exists(place) and not os.path.isdir(place):
            raise BatchError(f"{place}: is a file; it should be a folder")
    if batch.in_place:
        return
    check_target(target)
    real_target = Path(os.path.realpath(target))
    if folder == real_target:
        raise BatchError(f"{target}: source and target are the same folder; originals are never overwritten")
    if real_target in folder.parents:
        raise BatchError(f"{target}: contains the source; originals could be overwritten")


def check_target(target: Path) -> None:
    """Refuse a target that is no folder."""
    if target.exists() and not target.is_dir():
        raise BatchError(f"{target}: is a file; the target of a batch is a folder")


def find_inputs(source: Path, target: Path, batch: BatchOptions) -> Iterator[Input]:
    """The inputs, in an order that depends on their names only. Places that are written to are no inputs."""
    if not source.is_dir():
        yield _named(source.name, str(source), set(), batch)
        return
    written = (str(target), batch.trails, batch.backup)
    leave_out = {os.path.realpath(place) for place in written if place}
    yield from _walk(str(source), "", os.path.realpath(source), leave_out, batch)


def _walk(folder: str, prefix: str, root: str, leave_out: set[str], batch: BatchOptions) -> Iterator[Input]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        yield Input(prefix or folder, folder, problem=reason_of(folder, error))
        return
    names = {entry.name for entry in entries}
    folders: list[os.DirEntry[str]] = []
    for entry in entries:
        name = prefix + entry.name
        if entry.name.startswith(HIDDEN):
            yield Input(name, entry.path, skipped="hidden")
        elif entry.is_dir(follow_symlinks=False):
            if os.path.realpath(entry.path) not in leave_out:
                folders.append(entry)
        else:
            yield _file(entry, name, names, root, batch)
    for entry in folders:
        yield from _walk(entry.path, f"{prefix}{entry.name}/", root, leave_out, batch)


def _file(entry: os.DirEntry[str], name: str, names: set[str], root: str, batch: BatchOptions) -> Input:
    if batch.include and not _matches(name, batch.include) or _matches(name, batch.exclude):
        return Input(name, entry.path, skipped="excluded")
    if entry.is_symlink():
        real = os.path.realpath(entry.path)
        if os.path.isdir(real):
            return Input(name, entry.path, skipped="link to a folder")
        if not os.path.exists(entry.path):
            return Input(name, entry.path, problem="link to nothing")
        if os.path.commonpath([root, real]) != root:
            return Input(name, entry.path, skipped="link out of the source")
        if batch.in_place:
            return Input(name, entry.path, skipped="link, in place")
    if not entry.is_file():
        return Input(name, entry.path, skipped="no regular file")
    return _named(name, entry.path, names, batch)


def _named(name: str, path: str, names: set[str], batch: BatchOptions) -> Input:
    """An input with the name of its output; `names` are all names of its folder."""
    folder, _, last = name.rpartition("/")
    target = output_name(last, names, batch.to)
    if batch.in_place and target != last:  # the text of an HTML page under the name of HTML would mislead
        return Input(name, path, skipped=f"{split_name(last)[1]}, which would become another format, in place")
    size = 0
    with suppress(OSError):  # why it cannot be read is told when it is read
        size = os.path.getsize(path)
    return Input(name, path, f"{folder}/{target}" if folder else target, size=size)


def _matches(name: str, globs: tuple[str, ...]) -> bool:
    return any(fnmatch(name, glob) or fnmatch(name.rpartition("/")[2], glob) for glob in globs)


def split_name(name: str) -> tuple[str, str, str]:
    """A name as (stem, kind, packing), the last two in lower case: a.html.gz is ("a", ".html", ".gz")."""
    packing = next((end for end in PACKED if name.lower().endswith(end)), "")
    bare = name[: len(name) - len(packing)]
    kind = os.path.splitext(bare)[1].lower()
    return bare[: len(bare) - len(kind)], kind, packing


def output_name(name: str, names: set[str], to: OutputFormat = "same") -> str:
    """The output's name: the input's own, but .txt behind that of HTML, whose output is text: a.html.txt.

    What becomes JSON Lines gets .jsonl in front of its packing (WARC always, everything else with `to`), what becomes
    Parquet gets .parquet behind all of it. `names` are all names of the folder: where a.html.txt is itself an input,
    a.html goes to a.html.txt.txt.
    """
    _, kind, packing = split_name(name)
    if to == "parquet":
        keeps, ending, packing = kind == PARQUET, ".parquet", ""
    elif to == "jsonl" or kind == WARC:
        keeps, ending = kind in JSON_LINES, ".jsonl"
    else:
        keeps, ending = kind not in HTML, ".txt"
    if keeps:
        return name
    bare, packing = name[: len(name) - len(packing)], name[len(name) - len(packing) :]
    target = f"{bare}{ending}{packing}"
    while target in names:
        bare += ending
        target = f"{bare}{ending}{packing}"
    return target
