"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path

_NUMBERS = count()


class PendingFile:
    """A file in the making: written under a temporary name, renamed to its target when it is complete and on disk.

    Used as a context; without `commit()` the target stays as it was and the temporary file is removed. `scratch` is the
    folder of the temporary file (default: beside the target); it must be on the target's file system.
    """

    def __init__(self, target: Path, scratch: Path | None = None) -> None:
        self._target = Path(os.path.realpath(target)) if scratch is None else target
        self.path, handle = _temporary(scratch or self._target.parent)
        self.stream = os.fdopen(handle, "wb")

    def begin_sync(self) -> None:
        """Let the disk begin with what was written: several files that are finished afterwards wait for it together."""
        self.stream.flush()
        with suppress(OSError, AttributeError):
            os.posix_fadvise(self.stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def finish(self) -> None:
        """Bring all that was written to the disk; the file keeps its temporary name."""
        if not self.stream.closed:
            self.stream.flush()
            os.fsync(self.stream.fileno())
            self.stream.close()

    def commit(self, target: Path | None = None) -> None:
        """Put the file in its place (or in that of another name); an older one is replaced."""
        target = target or self._target
        self.finish()
        os.chmod(self.path, _mode_for(target))
        os.replace(self.path, target)

    def __enter__(self) -> PendingFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    def discard(self) -> None:
        """Remove the temporary file, if it is still there."""
        with suppress(OSError):  # a full disk: what could not be written is not wanted any more
            self.stream.close()
        with suppress(FileNotFoundError):
            os.unlink(self.path)


def atomic_write(path: Path, pieces: Iterable[bytes], scratch: Path | None = None) -> None:
    """Write a file so that it is there wholly or not at all; an older one stays until the new one is complete."""
    if path.exists() and not path.is_file():  # a device or a pipe, such as /dev/null
        path.write_bytes(b"".join(pieces))
        return
    with PendingFile(path, scratch) as pending:
        pending.stream.writelines(pieces)
        pending.commit()


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _temporary(folder: Path) -> tuple[Path, int]:
    """A new file that only its owner can read, and its handle: as tempfile.mkstemp makes them, with fewer calls."""
    while True:
        path = folder / f".cleantext-{os.getpid():x}-{next(_NUMBERS):x}-{os.urandom(4).hex()}"
        with suppress(FileExistsError):
            return path, os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)


def _mode_for(target: Path) -> int:
    """The permissions that the file has, or that a new file gets."""
    try:
        return os.stat(target).st_mode & 0o777
    except FileNotFoundError:
        return 0o666 & ~_mask()


@cache
def _mask() -> int:
    mask = os.umask(0)  # which cannot be asked for in another way
    os.umask(mask)
    return mask
