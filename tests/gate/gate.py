"""Compare figures with their pinned floors.

A figure may rise freely (`--update` pins the new one), and sink only with `--accept-lower`. The fingerprint of the data
is pinned beside the figures, so that nobody passes by making the cases easier without saying so.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.gate import measures
from tests.gate.measures import Figures

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
FLOORS = Path(__file__).parent / "floors.json"

# Figures are pinned to this many digits, rounded down.
DIGITS = 4


@dataclass(frozen=True)
class Entry:
    """A set of cases: its name, the files that it is made of, and how to measure it."""

    name: str
    files: Sequence[Path]
    measure: Callable[[], Figures]


PAGES = CASES / "pages_dev"
SEED = ROOT / "seeds" / "000_9c82ffee6eed5996.txt"

ENTRIES = (
    Entry("seed-lines", [SEED, *CASES.glob("seed/*")], lambda: measures.lines([SEED], CASES / "seed")),
    Entry("seed-repairs", [SEED, CASES / "seed.gold"], lambda: measures.repairs(SEED, CASES / "seed.gold")),
    Entry("pages-dev", [*PAGES.iterdir()], lambda: measures.lines(sorted(PAGES.glob("*.txt")), PAGES)),
)


def fingerprint(files: Sequence[Path]) -> str:
    """A digest of the names and contents of the files of an entry."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def compare(name: str, pinned: dict[str, Any] | None, data: str, figures: Figures) -> list[str]:
    """What is wrong with an entry, one phrase each."""
    if pinned is None:
        return [f"{name}: not pinned yet (--update pins it)"]
    faults = [f"{name}: the data changed (--update pins the figures on the new data)"] if pinned["data"] != data else []
    for key in sorted({*pinned["figures"], *figures}):
        floor, now = pinned["figures"].get(key), figures.get(key)
        if floor is None:
            faults.append(f"{name}: {key} is not pinned yet (--update pins it)")
        elif now is None or round_down(now) < floor:
            faults.append(f"{name}: {key} sank from {floor} to {now}")
    return faults


def updated(name: str, pinned: dict[str, Any] | None, data: str, figures: Figures, lower: bool) -> dict[str, Any]:
    """The new pinned values of an entry. Raises ValueError for a figure that sank, unless `lower` allows it."""
    rounded = {key: round_down(value) for key, value in sorted(figures.items())}
    old = pinned["figures"] if pinned else {}
    sunk = [key for key, floor in old.items() if rounded.get(key, -1.0) < floor]
    if sunk and not lower:
        raise ValueError(f"{name}: {', '.join(sunk)} sank; say --accept-lower if that is meant")
    return {"data": data, "figures": rounded}


def round_down(value: float) -> float:
    """A figure as it is pinned."""
    return math.floor(value * 10**DIGITS + 1e-6) / 10**DIGITS


def main(arguments: Sequence[str] | None = None, entries: Sequence[Entry] = ENTRIES, floors: Path = FLOORS) -> None:
    """Measure, print, compare; exit with 1 when a figure sank."""
    parser = argparse.ArgumentParser(prog="python -m tests.gate", description=__doc__)
    parser.add_argument("--update", action="store_true", help="pin what is measured now; refuses to lower a figure")
    parser.add_argument("--accept-lower", action="store_true", help="with --update: pin lower figures too")
    chosen = parser.parse_args(arguments)
    pinned: dict[str, Any] = json.loads(floors.read_text(encoding="utf-8")) if floors.exists() else {}
    faults = [f"{name}: pinned, but no longer measured" for name in set(pinned) - {entry.name for entry in entries}]
    new: dict[str, Any] = {}
    for entry in entries:
        figures, data = entry.measure(), fingerprint(entry.files)
        print(entry.name, " ".join(f"{key} {value:.4f}" for key, value in figures.items()))
        old = pinned.get(entry.name)
        if chosen.update:
            try:
                new[entry.name] = updated(entry.name, old, data, figures, chosen.accept_lower)
            except ValueError as error:
                faults.append(str(error))
        else:
            faults += compare(entry.name, old, data, figures)
    if chosen.update:
        faults = [fault for fault in faults if not (chosen.accept_lower and "no longer measured" in fault)]
        if not faults:
            floors.write_text(json.dumps(new, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    for fault in faults:
        print(f"gate: {fault}", file=sys.stderr)
    sys.exit(1 if faults else 0)
