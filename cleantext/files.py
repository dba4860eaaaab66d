"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


class PendingFile:
    """A file in the making: written under a temporary name, renamed to its target when it is complete and on disk.

    Used as a context; without `commit()` the target stays as it was and the temporary file is removed. `scratch` is the
    folder of the temporary file (default: beside the target); it must be on the target's file system.
    """

    def __init__(self, target: Path, scratch: Path | None = None) -> None:
        self._target = Path(os.path.realpath(target)) if scratch is None else target
        handle, temporary = tempfile.mkstemp(prefix=".cleantext-", dir=scratch or self._target.parent)
        self.path = Path(temporary)
        self.stream = os.fdopen(handle, "wb")

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
        self.path.unlink(missing_ok=True)


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


def _mode_for(target: Path) -> int:
    """The permissions that the file has, or that a new file gets."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
