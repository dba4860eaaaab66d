"""Cleaning a folder: a mirrored tree, many workers, nothing lost, everything told.

`cleantext.batch.run.run` is the way in. The parts, in the order in which work flows through them: `plan` holds the
records; `walk` finds the inputs and names the outputs; `survey` counts first what pages tell about each other;
`streams` takes files of records apart (`formats` unpacks and packs, `parquet` and `warc` know their formats,
`jsonfields` changes one field of a JSON record); `tasks` are what goes to the workers, `pool` keeps these going
whatever happens to them, `work`, `recordtext` and `pages` are what they do; `assembly` puts records together again;
`place` brings outputs into their places, also in place of the originals; `journal` remembers what is done.
`restoring` is the way back for files of records.
"""

from __future__ import annotations

from cleantext.batch.plan import BatchError, BatchOptions, Row, Summary

__all__ = ["BatchError", "BatchOptions", "Row", "Summary"]
