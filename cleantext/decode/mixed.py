"""Files whose lines were written in different encodings, as joined dumps are: each line is read in its own."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from cleantext.decode.likelihood import code_points, cost_table, reading_bits
from cleantext.decode.runs import BIG5_FAMILY, Runs, decode_runs

# Bits per character outside ASCII that a rightly read Chinese line may cost; what lies above is the line's excess.
USUAL_BITS = 10.5
# A line proves that a file is mixed when another encoding reads it with this many bits less: eight characters' worth.
PROOF_BITS = 80.0
# In a file proven mixed, a line goes to the other encoding from here on: two characters' worth.
LINE_BITS = 20.0
# A line that reads as nonsense in every encoding tried: mean bits per character outside ASCII, over at least so many
# of them. Rare scripts and names cost 16 to 20 bits, but not for a whole line of Chinese text.
NONSENSE_BITS = 18.0
NONSENSE_CHARS = 20


def decode_mixed(data: bytes, codec: str, skip: int = 0) -> tuple[str, Runs] | None:
    """Decode line by line when the lines prove to be in different encodings; None when they do not.

    `codec` is the encoding found for the file as a whole; the others tried are those that Chinese files get joined in.
    """
    count, bits = marked_bits(data.decode(codec, "surrogateescape"))
    excess = bits - USUAL_BITS * count
    if (excess >= PROOF_BITS).sum() == 0 or len(excess) < 2:
        return None
    lines = data.split(b"\n")
    if len(lines) != len(excess):  # a codec that eats newlines: nothing is known of its lines
        return None
    big5 = codec if codec in BIG5_FAMILY else BIG5_FAMILY[-1]
    others = [other for other in ("utf-8", "gb18030", big5) if other != codec]
    proofs = _moved(lines, np.flatnonzero(excess >= PROOF_BITS), codec, others, PROOF_BITS)
    if not proofs:
        return None
    choice = dict.fromkeys(range(len(lines)), codec)
    choice.update(_moved(lines, np.flatnonzero(excess >= LINE_BITS), codec, others, LINE_BITS))
    return _join(lines, choice, skip)


def _moved(
    lines: list[bytes], numbers: NDArray[np.int64], codec: str, others: Iterable[str], min_gain: float
) -> dict[int, str]:
    """Those of the numbered lines that another encoding reads with `min_gain` bits less, and that encoding."""
    moved = {}
    for number in numbers.tolist():
        line = lines[number]
        gains = {other: reading_bits(line, codec) - reading_bits(line, other) for other in others}
        best = max(gains, key=gains.__getitem__)
        if gains[best] >= min_gain:
            moved[number] = best
    return moved


def _join(lines: list[bytes], choice: dict[int, str], skip: int) -> tuple[str, Runs]:
    """Decode each stretch of lines of one encoding, and put the stretches together."""
    ended = [line + b"\n" for line in lines[:-1]] + lines[-1:]
    pieces: list[str] = []
    runs: list[tuple[int, bytes]] = []
    length = 0
    for codec, group in groupby(range(len(ended)), key=choice.__getitem__):
        text, found = decode_runs(b"".join(ended[number] for number in group), codec, 0 if pieces else skip)
        runs += [(length + offset, original) for offset, original in found]
        pieces.append(text)
        length += len(text)
    return "".join(pieces), tuple(runs)


def marked_bits(text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """For every line: how many characters are neither ASCII nor usual controls, and what they cost together."""
    points = code_points(text)
    if not len(points):
        return np.zeros(1, np.int64), np.zeros(1, np.float32)
    marked = (points >= 0x80) | (points < 0x09)
    bits = cost_table()[np.minimum(points, len(cost_table()) - 1)]
    bits *= marked
    starts = np.concatenate(([0], np.flatnonzero(points == 0x0A) + 1))
    open_end = starts[-1] == len(points)  # reduceat cannot sum the empty line behind a last newline
    used = starts[:-1] if open_end else starts
    counts = np.add.reduceat(marked, used, dtype=np.int64)
    costs = np.add.reduceat(bits, used, dtype=np.float32)
    return (np.append(counts, 0), np.append(costs, np.float32(0))) if open_end else (counts, costs)


def has_nonsense(text: str) -> bool:
    """Whether some line of a decoded text reads as nonsense: a part in an encoding that was not recognised."""
    count, bits = marked_bits(text)
    return bool(((count >= NONSENSE_CHARS) & (bits > NONSENSE_BITS * count)).any())
