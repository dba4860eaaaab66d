"""What the over-conversion rows would do to clean text: `python -m cleantext.normalize.concordance CORPUS.txt...`.

Run it after every change of data/normalize/phrases.tsv and read the rows that hit: each hit is a fault of the corpus or
of the row.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

from cleantext.normalize.phrases import over_conversion
from cleantext.normalize.rule import Sheet

LINES = 25  # a page
SHOWN = 3  # examples of each row


def main() -> None:
    """Print every row that hits, how often, and some of the places."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for name in sys.argv[1:]:
        lines = Path(name).read_text(encoding="utf-8", errors="ignore").split("\n")
        for first in range(0, len(lines), LINES):
            text = "\n".join(lines[first : first + LINES])
            for edit in over_conversion(Sheet(text)):
                around = f"{text[max(0, edit.start - 8) : edit.start]}[{edit.before}]{text[edit.end : edit.end + 6]}"
                places[f"{edit.before}>{edit.after}"].append(around.replace("\n", "⏎"))
    for row, found in sorted(places.items(), key=lambda item: -len(item[1])):
        print(row, len(found), *found[:SHOWN], sep="\t")


if __name__ == "__main__":
    main()
