"""Files whose lines were written in different encodings, as joined dumps are: each line is read in its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from cleantext.decode.likelihood import cost_table, reading_bits
from cleantext.decode.runs import BIG5_FAMILY, UNDECODABLE_RE, Runs, decode_runs

# Bits per character outside ASCII that a rightly read Chinese line may cost; what lies above is the line's excess.
USUAL_BITS = 10.5
# A line proves that a file is mixed when another encoding reads it with this many bits less: eight characters' worth.
PROOF_BITS = 80.0
# In a file proven mixed, a line goes to the other encoding from here on: two characters' worth.
LINE_BITS = 20.0
# So many lines are tried for a proof, the worst ones: an ordinary file has some with rare characters.
MAX_SUSPECTS = 100
# A line that reads as nonsense in every encoding tried: mean bits per character outside ASCII, over at least so many
# of them. Rare scripts and names cost 16 to 20 bits, but not for a whole line of Chinese text.
NONSENSE_BITS = 18.0
NONSENSE_CHARS = 20


@dataclass(frozen=True, slots=True)
class LineCosts:
    """For every line of a text: its characters outside ASCII, and the bits that they cost above the usual."""

    marked: NDArray[np.float32]
    excess: NDArray[np.float32]

    def has_nonsense(self) -> bool:
        """Whether some line reads as nonsense: a part in an encoding that was not recognised."""
        limit = (NONSENSE_BITS - USUAL_BITS) * self.marked
        return bool(((self.marked >= NONSENSE_CHARS) & (self.excess > limit)).any())


def line_costs(text: str) -> LineCosts:
    """Judge every line of a text; undecodable bytes may stand in it as surrogateescape has them."""
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2")
    if not len(units):
        return LineCosts(np.zeros(1, np.int64), np.zeros(1, np.float32))
    starts = np.concatenate(([0], np.flatnonzero(units == 0x0A) + 1))
    open_end = starts[-1] == len(units)  # reduceat cannot sum the empty line behind a last newline
    used = starts[:-1] if open_end else starts
    marked = np.add.reduceat(_marked_units()[units], used)
    excess = np.add.reduceat(_excess_units()[units], used)
    zero = np.zeros(int(open_end), np.float32)
    return LineCosts(np.append(marked, zero), np.append(excess, zero))


@cache
def _marked_units() -> NDArray[np.float32]:
    """1.0 for UTF-16 units that are neither ASCII nor usual controls (floats, because reduceat is slow at casting)."""
    units = np.arange(0x10000)
    return ((units >= 0x80) | (units < 0x09)).astype(np.float32)


@cache
def _excess_units() -> NDArray[np.float32]:
    """Bits above the usual by UTF-16 unit; the halves of a character above the basic plane count as usual."""
    table = cost_table()[:0x10000] - np.float32(USUAL_BITS)
    table[_marked_units() == 0] = 0
    table[0xD800:0xDC80] = table[0xDD00:0xE000] = 0
    return table


def decode_mixed(data: bytes, codec: str, skip: int, costs: LineCosts) -> tuple[str, Runs] | None:
    """Decode line by line when the lines prove to be in different encodings; None when they do not.

    `codec` is the encoding found for the file as a whole, `costs` what its lines cost in it; the other encodings tried
    are those that Chinese files get joined in.
    """
    suspects = np.flatnonzero(costs.excess >= PROOF_BITS)
    if not len(suspects) or len(costs.excess) < 2:
        return None
    lines = data.split(b"\n")
    if len(lines) != len(costs.excess):  # a codec that eats newlines: nothing is known of its lines
        return None
    big5 = codec if codec in BIG5_FAMILY else BIG5_FAMILY[-1]
    others = [other for other in ("utf-8", "gb18030", big5) if other != codec]
    suspects = suspects[costs.excess[suspects].argsort()[-MAX_SUSPECTS:]]
    whole = [lines[0][skip:], *lines[1:]]  # the rest of a cut character would shift all others of its line
    if not _moved(whole, suspects, codec, others, PROOF_BITS):
        return None
    choice = dict.fromkeys(range(len(lines)), codec)
    choice.update(_moved(whole, np.flatnonzero(costs.excess >= LINE_BITS), codec, others, LINE_BITS))
    if skip and choice[0] != codec and reading_bits(lines[0], choice[0]) <= reading_bits(whole[0], choice[0]):
        skip = 0  # the first character was not cut, it was in the other encoding
    return _join(lines, choice, skip)


def seams(data: bytes) -> list[int]:
    """Where a file that reads badly may have been joined from two: a few byte offsets.

    The parts are looked for at the newlines of UTF-16, at byte order marks, and where valid UTF-8 ends or begins (at
    the line's end before that, if there is one).
    """
    found = {data.rfind(newline) + len(newline) for newline in (b"\n\0", b"\0\n") if newline in data}
    found |= {data.find(mark, 1) for mark in (b"\xff\xfe", b"\xfe\xff")}
    broken = UNDECODABLE_RE.split(data.decode("utf-8", "surrogateescape"))
    head, tail = len(broken[0].encode("utf-8")), len(data) - len(broken[-1].encode("utf-8"))
    found |= {data.rfind(b"\n", 0, head) + 1, head, data.find(b"\n", tail) + 1, tail}
    return sorted(offset for offset in found if 0 < offset < len(data))


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
