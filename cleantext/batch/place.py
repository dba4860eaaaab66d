"""Where a batch writes: folders that one batch at a time owns, and files that come into their place whole.

In place means: the clean file takes the name of the original, in an order in which a kill at any moment loses nothing:
first the original's second name (a hard link, or a copy on another disk) or its trail, then a note of what the file is
about to become, then the renaming. The note lets a rerun tell a file that is done from one that a user has changed. A
backup or trail that is there already is never overwritten: the next one gets a number (a.txt.~2~).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path

from cleantext import sitefile
from cleantext.batch.plan import BatchError, BatchOptions, Row
from cleantext.batch.walk import LOCK, NOTES, RULES, SCRATCH, STATE, Input
from cleantext.files import PendingFile, atomic_write, sync_folder
from cleantext.records import Options
from cleantext.trail import json_line

MOVED = "was changed by somebody else while it was cleaned; it was left as it is"


class Claim:
    """The folders of one run, each with one for temporary files. Use it as a context; a second batch is refused."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = list({os.path.realpath(folder): folder for folder in folders}.values())
        self._locks: list[int] = []

    def __enter__(self) -> Claim:
        _make_below.cache_clear()
        try:
            for folder in self._folders:
                (folder / STATE).mkdir(parents=True, exist_ok=True)
                self._locks.append(_lock(folder / LOCK))
                shutil.rmtree(folder / SCRATCH, ignore_errors=True)  # what a killed run left half-written
                (folder / SCRATCH).mkdir()
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for folder in self._folders:
            shutil.rmtree(folder / SCRATCH, ignore_errors=True)
        self._release()

    def _release(self) -> None:
        for lock in self._locks:
            os.close(lock)


def _lock(path: Path) -> int:
    """Hold a lock for the life of this process; the system releases it even after kill -9."""
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o666)
    try:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:  # no such locks on this system
        pass
    except OSError:
        os.close(handle)
        raise BatchError(f"{path.parent.parent}: another batch is writing there") from None
    return handle


@dataclass(frozen=True, slots=True)
class Place:
    """Puts outputs and trails where they belong. Picklable: used by the parent and by the workers."""

    target: Path
    batch: BatchOptions

    def pending(self, item: Input) -> PendingFile:
        """The output of an input, in the making."""
        return PendingFile(below(self.target, item.target), self.target / SCRATCH)

    def pending_trail(self, item: Input) -> PendingFile:
        """The trail of an input, in the making."""
        root = Path(self.batch.trails or "")
        return PendingFile(below(root, f"{item.target}.trail"), root / SCRATCH)

    def pending_report(self, item: Input, folder: str) -> PendingFile:
        """A report on the records of an input, in the making."""
        return PendingFile(below(self.target, f"{folder}/{item.name}.jsonl"), self.target / SCRATCH)

    def commit_trail(self, pending: PendingFile, item: Input) -> None:
        """Put a trail in its place, which is on disk before the output is: no clean file is without its trail."""
        if not self.batch.in_place:
            pending.commit()
            return
        pending.finish()
        digest = sha256_of(pending.path)
        for place in _places(Path(self.batch.trails or ""), item.name, ".trail"):
            if not place.exists():
                pending.commit(place)
                sync_folder(place.parent)
                return
            if sha256_of(place) == digest:
                return

    def commit(self, pending: PendingFile, item: Input, row: Row) -> None:
        """Put an output, whose row is complete, in its place. Raises ValueError when the original has changed."""
        if not self.batch.in_place:
            pending.commit()
            return
        if row.output_sha256 == row.input_sha256:
            return  # already clean: the file stays the very same
        pending.finish()
        if self.batch.backup:
            keep_original(Path(item.path), row.input_sha256, Path(self.batch.backup), item.name)
        note = self._note(item.name)
        note.parent.mkdir(exist_ok=True)
        with PendingFile(note, self.target / SCRATCH) as writing:
            writing.stream.write(json_line(row.record()))
            writing.commit()
        sync_folder(note.parent)
        before = os.stat(item.path)
        if sha256_of(Path(item.path)) != row.input_sha256:
            raise ValueError(MOVED)
        with suppress(OSError):  # only root may give files away
            os.chown(pending.path, before.st_uid, before.st_gid)
        pending.commit()

    def noted(self, item: Input) -> Row | None:
        """What a killed run was about to make of a file in place."""
        if not self.batch.in_place:
            return None
        try:
            return Row(**json.loads(self._note(item.name).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def forget_notes(self) -> None:
        """Remove the notes of a run whose journal is complete."""
        shutil.rmtree(self.target / NOTES, ignore_errors=True)

    def save_rules(self, options: Options) -> None:
        """Keep what was counted of the sites: for people, for the pipe, and for a run in place that is stopped."""
        table = sitefile.dump(options).encode()
        atomic_write(self.target / RULES, [table], self.target / SCRATCH)
        if self.batch.save_site_rules:
            atomic_write(Path(self.batch.save_site_rules), [table])
        if self.batch.in_place:
            (self.target / NOTES).mkdir(exist_ok=True)

    def saved_rules(self, options: Options) -> Options | None:
        """The options with what a run in place had counted before it was stopped; None when none was stopped."""
        if not (self.target / NOTES).is_dir():
            return None
        try:
            return sitefile.known(options, (self.target / RULES).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def still_good(self, done: Row, key: str, item: Input, input_sha256: str) -> bool:
        """Whether an earlier run's output is that of this input with these options, and lies there untouched."""
        if done.key != key or not done.settled:
            return False
        if self.batch.in_place:
            return input_sha256 == done.output_sha256
        return done.input_sha256 == input_sha256 and sha256_of(self.target / done.target) == done.output_sha256

    def _note(self, name: str) -> Path:
        return self.target / NOTES / hashlib.sha256(os.fsencode(name)).hexdigest()


def keep_original(path: Path, digest: str, root: Path, name: str) -> None:
    """Give a file a second name below `root`, or a copy there. Raises ValueError when it is not that of `digest`."""
    for place in _places(root, name):
        if not place.exists():
            try:
                os.link(path, place, follow_symlinks=False)
            except FileExistsError:
                continue
            except OSError:  # another disk, or one that knows no links
                with PendingFile(place, root / SCRATCH) as pending, open(path, "rb") as original:
                    shutil.copyfileobj(original, pending.stream)
                    pending.commit()
                shutil.copystat(path, place)
            if sha256_of(place) != digest:
                place.unlink()
                raise ValueError(MOVED)
            sync_folder(place.parent)
            return
        if sha256_of(place) == digest:
            return


def _places(root: Path, name: str, ending: str = "") -> Iterator[Path]:
    """The places for the versions of a file: a.txt, a.txt.~2~, a.txt.~3~, …"""
    for number in count(1):
        yield below(root, f"{name}{ending}" if number == 1 else f"{name}.~{number}~{ending}")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file; empty when there is none."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def below(root: Path, name: str) -> Path:
    """The path of `name` in `root`, its folders made. Raises ValueError when a link would lead out of `root`."""
    path = root / name
    _make_below(root, path.parent)
    return path


@lru_cache(1024)
def _make_below(root: Path, folder: Path) -> None:
    """Make a folder below `root`, once: most folders get many files."""
    folder.mkdir(parents=True, exist_ok=True)
    real_root = os.path.realpath(root)
    if os.path.commonpath([real_root, os.path.realpath(folder)]) != real_root:
        raise ValueError(f"{folder} leads out of {root}")
