"""The clean corpus: which parts train, which calibrate, which test. Fixed for ever, so that held-out stays held out."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

BLOCK = 25  # lines: the unit of the split, the size of a page
CLASSES = 20  # of blocks
CALIBRATION, TEST = 0, 1  # the classes that nothing is trained on
TRAINING = range(2, CLASSES)


def block_class(source: str, block: int) -> int:
    """Which class a block belongs to."""
    return zlib.crc32(f"{source}:{block}".encode()) % CLASSES


def blocks(path: Path, classes: range | tuple[int, ...], cap: int) -> Iterator[str]:
    """Blocks of a corpus file that fall into the given classes, evenly thinned to about `cap` characters."""
    lines = path.read_text(encoding="utf-8").split("\n")
    step = max(1.0, sum(map(len, lines)) / cap)
    taken = 0.0
    for number in range((len(lines) + BLOCK - 1) // BLOCK):
        if number < taken:
            continue
        taken += step
        if block_class(path.stem, number) in classes:
            yield "\n".join(lines[number * BLOCK : (number + 1) * BLOCK]) + "\n"
