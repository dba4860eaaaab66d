"""Pages as JSON records, for `--to jsonl`: one object a line, whatever the inputs were."""

from __future__ import annotations

import json

from cleantext.records import Cleaned
from cleantext.report import verdict_record
from cleantext.trail import dump, json_line, trail_of


def page_line(cleaned: Cleaned, data: bytes, with_trail: bool) -> bytes:
    """One page as a line of JSON: text, source, verdict and, if wanted, the trail as trail files hold it.

    Raises TrailError when the trail would not give `data` back.
    """
    record: dict[str, object] = {
        "text": cleaned.text,
        "source": cleaned.page.source,
        "verdict": verdict_record(cleaned),
    }
    if with_trail:
        record["trail"] = json.loads(dump(trail_of(cleaned, data)))
    return json_line(record)
