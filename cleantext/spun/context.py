"""The context model: which word of a confusion set belongs into this slot?

A linear model over hashed features of the characters around a slot, trained as a softmax over confusion sets
(context-sensitive spelling correction after Golding & Roth 1999; hashed features after Weinberger et al. 2009).
Scores are comparable between the words of one slot only, in nats.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cleantext.presence import Sheaf, bind

U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]

TRAIN_BITS = 27  # log2 of the weights while training
TABLE_BITS = 23  # log2 of the entries shipped (2 bytes each, 16 MiB); 2^24 gained nothing on the dev passages
SLOTS_AT_ONCE = 1024  # whose features are looked up together: they stay in the processor's caches
WINDOW = 10  # characters on each side whose bigrams make the bag-of-bigrams features

_GOLDEN = np.uint32(0x9E3779B1)
_MIX = np.uint32(0x85EBCA6B)
_SPACE, _DIGIT, _LATIN = ord("\n"), ord("0"), ord("a")
_PAD = WINDOW + 4


@cache
def _code_table() -> U32:
    """Character classes for contexts: space, digit and Latin runs are one sign each, ASCII punctuation is full-width.

    A page that writes `,` for `，` or `4.5亿` for `８％` must still look like the corpus.
    """
    table = np.arange(0x10000, dtype=np.uint32)
    for code in range(0x10000):
        char = chr(code)
        if char.isspace():
            table[code] = _SPACE
        elif char.isdigit() and not "\u4e00" <= char <= "\u9fff":
            table[code] = _DIGIT
        elif char.isalpha() and code < 0x250 or 0xFF21 <= code <= 0xFF5A:
            table[code] = _LATIN
    for ascii_sign, sign in zip(",:;!?().'\"“”‘’「」『』", "，：；！？（）。" + '"' * 10, strict=True):
        table[ord(ascii_sign)] = ord(sign)
    return table


def han_flags(text: str) -> npt.NDArray[np.bool_]:
    """Which characters are Han."""
    return han_codes(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4"))


def han_codes(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """The same, of code points."""
    flags: npt.NDArray[np.bool_] = (points - np.uint32(0x3400)) <= 0x9FFF - 0x3400  # unsigned: smaller ones wrap around
    return flags


@dataclass(frozen=True, slots=True)
class Contexts:
    """A text prepared for feature look-ups.

    `at[p]` is the index of character p in the compressed code sequence (runs of space, digits, Latin collapsed);
    `codes` is that sequence, padded; `grams[n-1][k]` is the hash of the n codes from index k on.
    """

    at: npt.NDArray[np.int32]
    codes: U32
    grams: tuple[U32, U32, U32, U32]


def compress(text: str) -> tuple[U32, npt.NDArray[np.bool_]]:
    """The code of each character kept, and which characters are kept: the first one of each run."""
    codes, keep = _compress(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4"))
    return codes[keep], keep


def _compress(points: U32) -> tuple[U32, npt.NDArray[np.bool_]]:
    """The code of each character, and which ones begin a run."""
    codes = _code_table().take(points, mode="clip")
    run = (codes == _SPACE) | (codes == _DIGIT) | (codes == _LATIN)
    keep = np.ones(len(codes), dtype=bool)
    keep[1:] = ~(run[1:] & (codes[1:] == codes[:-1]))
    return codes, keep


def prepare(text: str) -> Contexts:
    """Hash all n-grams (n = 1..4) of a text once; slots are then looked up by index."""
    return prepare_many(bind([text]))


def prepare_many(sheaf: Sheaf) -> Contexts:
    """The same for several texts; `at` is for offsets in the sheaf. No context reaches beyond its text."""
    codes, keep = _compress(sheaf.codes)
    keep[sheaf.start] = True
    keep[sheaf.end] = False
    # Each place moves back by the signs that are left out before it, and ahead by the padding of the texts before.
    gone = (~keep).nonzero()[0]
    steps = np.full(len(gone), -1, dtype=np.int32)
    steps[gone.searchsorted(sheaf.end)] += _PAD
    at = np.arange(_PAD, len(codes) + _PAD, dtype=np.int32)
    at[gone[0] :] += steps.cumsum(dtype=np.int32).repeat(np.append(gone[1:], len(codes)) - gone)
    kept, pad = codes[keep], np.full(_PAD, _SPACE, dtype=np.uint32)
    ends = (at[sheaf.end] - _PAD * np.arange(2, len(sheaf.end) + 2) + 1).tolist()
    pieces = [piece for low, high in pairwise([0, *ends]) for piece in (pad, kept[low:high])]
    padded = np.concatenate([*pieces, pad])
    grams = [padded * _GOLDEN]
    for n in range(1, 4):
        longer = np.empty_like(padded)
        longer[len(padded) - n :] = 0
        whole = longer[: len(padded) - n]
        np.bitwise_xor(grams[-1][: len(padded) - n], padded[n:], out=whole)
        whole *= _MIX
        whole ^= whole >> np.uint32(13)
        grams.append(longer)
    return Contexts(at, padded, (grams[0], grams[1], grams[2], grams[3]))


# Each feature: for the left and the right side (offset from the slot's edge, n-gram length), None when absent.
_SHAPES: tuple[tuple[tuple[int, int] | None, tuple[int, int] | None], ...] = (
    ((-1, 1), None), ((-2, 2), None), ((-3, 3), None), ((-4, 4), None),
    (None, (0, 1)), (None, (0, 2)), (None, (0, 3)), (None, (0, 4)),
    ((-1, 1), (0, 1)), ((-2, 2), (0, 1)), ((-1, 1), (0, 2)), ((-2, 2), (0, 2)), ((-3, 3), (0, 1)), ((-1, 1), (0, 3)),
    ((-2, 1), None), (None, (1, 1)), ((-3, 2), None), (None, (1, 2)), ((-2, 1), (1, 1)),
)  # fmt: skip
FEATURES = 1 + len(_SHAPES) + 2 * (WINDOW - 1)
# The same as arrays: what the shapes see on each side, and which of it each shape has (nothing on the left: zero).
_LEFT = [*dict.fromkeys(before for before, _ in _SHAPES if before)]
_RIGHT = [*dict.fromkeys(after for _, after in _SHAPES if after)]
_ONE_SIDED = np.array([(column, _LEFT.index(before)) for column, (before, after) in enumerate(_SHAPES, 1)
                       if before and not after]).T  # fmt: skip
_OTHERS = np.array([(column, _LEFT.index(before) if before else len(_LEFT), _RIGHT.index(after))
                    for column, (before, after) in enumerate(_SHAPES, 1) if after]).T  # fmt: skip
_SALT = (np.arange(1 + len(_SHAPES), dtype=np.uint32) * np.uint32(0x632BE5AB))[:, None]
_BAG = np.arange(WINDOW - 1)[:, None]


def slot_features(contexts: Contexts, starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> U32:
    """Feature hashes of slots [start, end) (character offsets): an array of shape (slots, FEATURES)."""
    return np.ascontiguousarray(feature_columns(contexts, starts, ends).T)


def feature_columns(contexts: Contexts, starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> U32:
    """The same, shape (FEATURES, slots), as the model is asked."""
    left = contexts.at.take(starts).astype(np.int64)
    right = contexts.at.take(ends - 1).astype(np.int64)
    right += 1
    out = np.empty((FEATURES, len(left)), dtype=np.uint32)
    out[0] = 0  # the word's own frequency
    before = np.zeros((len(_LEFT) + 1, len(left)), dtype=np.uint32)
    after = np.empty((len(_RIGHT), len(left)), dtype=np.uint32)
    for rows, at, seen in ((before, left, _LEFT), (after, right, _RIGHT)):
        for row, (offset, n) in zip(rows, seen, strict=False):
            contexts.grams[n - 1].take(at + offset, out=row, mode="clip")  # clipped nowhere: unbuffered, so faster
    out[_ONE_SIDED[0]] = before.take(_ONE_SIDED[1], 0)
    both = before.take(_OTHERS[1], 0)
    both ^= np.uint32(0x7F4A7C15)
    both *= _MIX
    both ^= after.take(_OTHERS[2], 0)
    out[_OTHERS[0]] = both
    column = 1 + len(_SHAPES)
    out[:column] += _SALT
    left -= 2
    contexts.grams[1].take(left - _BAG, out=out[column : column + len(_BAG)], mode="clip")
    contexts.grams[1].take(right + _BAG, out=out[column + len(_BAG) :], mode="clip")
    out ^= out >> np.uint32(16)
    out *= _GOLDEN
    return out


def _shown(before: tuple[int, int] | None, after: tuple[int, int] | None) -> tuple[int, int, str, int, int, str]:
    """Of a shape: what to show from the slot's start on, then a text, what to show from its end on, and a text."""
    low, left = before or (0, 0)
    begin, right = after or (0, 0)
    slot = ("…" if low + left < 0 else "") + "_" + ("…" if begin > 0 else "")
    return low, low + left, slot, begin, begin + right, ""


_SHOWN = (
    (0, 0, "frequency", 0, 0, ""),
    *(_shown(before, after) for before, after in _SHAPES),
    *((-2 - bag, -bag, " before", 0, 0, "") for bag in range(WINDOW - 1)),
    *((0, 0, "", bag, bag + 2, " after") for bag in range(WINDOW - 1)),
)


def feature_text(text: str, start: int, end: int, feature: int) -> str:
    """One feature of a slot (a column of `slot_features`) in words: what stands around the slot `_`."""
    low, high, slot, begin, stop, tail = _SHOWN[feature]
    left = text[start + low : start + high] if start + low >= 0 else text[: max(start + high, 0)]
    return f"{left}{slot}{text[end + begin : end + stop]}{tail}".replace("\n", "⏎")


def word_hashes(words: Sequence[str]) -> U32:
    """Stable 32-bit hashes of words: rows can be added without training anew."""
    return np.array([zlib.crc32(word.encode("utf-8")) for word in words], dtype=np.uint32) * _MIX


def buckets(features: U32, words: U32) -> U32:
    """Indices of (feature hash, word hash) combinations in the full table, TRAIN_BITS wide."""
    mixed = (features ^ words) * _GOLDEN
    mixed ^= mixed >> np.uint32(15)
    mixed *= _MIX
    mixed >>= np.uint32(32 - TRAIN_BITS)
    return mixed


def _pack_hash(index: U32) -> U32:
    """Upper bits: the entry of the packed table; lowest 8 bits: the fingerprint that tells a hit from a stranger."""
    mixed = index * np.uint32(0x2C1B3C6D)
    mixed ^= mixed >> np.uint32(12)
    mixed *= np.uint32(0x297A2D39)
    mixed ^= mixed >> np.uint32(15)
    return mixed


def pack(weights: npt.NDArray[np.float32], importance: npt.NDArray[np.float32], keep: int) -> tuple[U16, float]:
    """The `keep` most important weights as 16-bit entries (fingerprint, int8 weight); returns table and scale.

    Where two fall on one entry the more important one stays. A feature that was not kept reads as zero, apart from
    chance hits of the 8-bit fingerprint (0.3 %): far less noise than sharing buckets.
    """
    index = np.argpartition(-importance, keep)[:keep].astype(np.uint32)
    index = index[np.argsort(importance[index], kind="stable")]
    hashed = _pack_hash(index)
    scale = float(np.percentile(np.abs(weights[index]), 99.95)) / 127
    small = np.clip(np.round(weights[index] / scale), -127, 127).astype(np.int8).view(np.uint8)
    table = np.zeros(1 << TABLE_BITS, dtype=np.uint16)
    table[hashed >> np.uint32(32 - TABLE_BITS)] = (hashed & np.uint32(0xFF)) << np.uint32(8) | small
    return table, scale


@dataclass(frozen=True, slots=True)
class ContextModel:
    """Packed weights: the score of a word is `scale` times the sum of the int8 weights of its features."""

    table: U16
    scale: float

    def _entries(self, features: U32, words: U32) -> npt.NDArray[np.int8]:
        """The int8 weight of each feature with its line's word; 0 where there is none."""
        hashed = _pack_hash(buckets(features, words))
        entry = self.table.take(hashed >> np.uint32(32 - TABLE_BITS))
        small: npt.NDArray[np.int8] = entry.astype(np.uint8).view(np.int8)
        small *= entry >> np.uint16(8) == (hashed & np.uint32(0xFF))
        return small

    def weigh(self, features: U32, words: U32) -> npt.NDArray[np.float32]:
        """Weights in nats, shape (n, FEATURES). `features` (n, FEATURES), `words` (n,): one candidate word per row."""
        return self._entries(features, words[:, None]) * np.float32(self.scale)

    def score(self, columns: U32, words: U32, at: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Scores in nats, shape (n,); `columns` as `feature_columns` gives them, `at`: which slot a word belongs to."""
        total = np.empty(len(words), dtype=np.int32)
        for low in range(0, len(words), SLOTS_AT_ONCE):
            part = slice(low, low + SLOTS_AT_ONCE)
            entries = self._entries(columns.take(at[part], axis=1), words[part])
            np.add.reduce(entries, axis=0, dtype=np.int32, out=total[part])
        nats: npt.NDArray[np.float32] = total * np.float32(self.scale)
        return nats


@cache
def load_model() -> ContextModel:
    """The shipped model, memory-mapped so that worker processes share it; `context.json` holds scale and provenance."""
    folder = files("cleantext") / "data" / "spun"
    scale = float(json.loads((folder / "context.json").read_text(encoding="utf-8"))["scale"])
    with as_file(folder / "context.npy") as path:
        return ContextModel(np.asarray(np.load(path, mmap_mode="r")), scale)
