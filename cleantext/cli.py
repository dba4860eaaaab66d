"""The command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from cleantext.pipeline import Cleaner


def main() -> None:
    """Stand-in until the real command line lands: `explain --format jsonl FILE...`."""
    cleaner = Cleaner()
    for name in sys.argv[4:]:
        cleaned = cleaner.clean_bytes(Path(name).read_bytes(), name)
        rows = [
            {"stage": t.stage, "start": t.edit.start, "end": t.edit.end, "before": t.edit.before, "after": t.edit.after,
             "rule": t.edit.rule, "reason": t.edit.reason, "confidence": t.edit.confidence}
            for t in cleaned.trail
        ]
        print(json.dumps({"source": name, "text": cleaned.text, "edits": rows, "verdict": {"spun": cleaned.verdict.spun}}, ensure_ascii=False))


if __name__ == "__main__":
    main()
