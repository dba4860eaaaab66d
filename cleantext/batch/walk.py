"""Finding the inputs of a batch, and naming their outputs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from cleantext.batch.plan import BatchError, BatchOptions, OutputFormat
from cleantext.faults import reason_of

# Names that begin with a dot are not pages (.git, .DS_Store); the batch keeps its own state under such a name too.
HIDDEN = "."
STATE = ".cleantext"
REPORT = f"{STATE}/report.jsonl"
REJECTS = f"{STATE}/rejects"
SCRATCH = f"{STATE}/scratch"
LOCK = f"{STATE}/lock"

PACKED = (".gz", ".bz2", ".xz", ".zst")
HTML = (".html", ".htm", ".xhtml", ".shtml")
JSON_LINES = (".jsonl", ".ndjson")


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


def check_places(source: Path, target: Path) -> None:
    """Refuse a source that is not there, and a target in which originals could be overwritten."""
    if not source.exists():
        raise BatchError(f"{source}: no such file or folder")
    real_source, real_target = Path(os.path.realpath(source)), Path(os.path.realpath(target))
    if target.exists() and not target.is_dir():
        raise BatchError(f"{target}: is a file; the target of a batch is a folder")
    folder = real_source if real_source.is_dir() else real_source.parent
    if folder == real_target:
        raise BatchError(f"{target}: source and target are the same folder; originals are never overwritten")
    if real_target in folder.parents:
        raise BatchError(f"{target}: contains the source; originals could be overwritten")


def find_inputs(source: Path, target: Path, batch: BatchOptions) -> Iterator[Input]:
    """The inputs, in an order that depends on their names only. The target is left out when it lies in the source."""
    if not source.is_dir():
        yield Input(source.name, str(source), output_name(source.name, set(), batch.to))
        return
    yield from _walk(str(source), "", os.path.realpath(source), os.path.realpath(target), batch)


def _walk(folder: str, prefix: str, root: str, target: str, batch: BatchOptions) -> Iterator[Input]:
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
            if os.path.realpath(entry.path) != target:
                folders.append(entry)
        else:
            yield _file(entry, name, names, root, batch)
    for entry in folders:
        yield from _walk(entry.path, f"{prefix}{entry.name}/", root, target, batch)


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
    if not entry.is_file():
        return Input(name, entry.path, skipped="no regular file")
    folder, _, last = name.rpartition("/")
    target = output_name(last, names, batch.to)
    return Input(name, entry.path, f"{folder}/{target}" if folder else target)


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

    With `to` "jsonl", what holds no JSON a line gets .jsonl instead. `names` are all names of the folder: where
    a.html.txt is itself an input, a.html goes to a.html.txt.txt.
    """
    _, kind, packing = split_name(name)
    if kind in JSON_LINES or (kind not in HTML and to == "same"):
        return name
    ending = ".txt" if to == "same" else ".jsonl"
    bare, packing = name[: len(name) - len(packing)], name[len(name) - len(packing) :]
    target = f"{bare}{ending}{packing}"
    while target in names:
        bare += ending
        target = f"{bare}{ending}{packing}"
    return target
