"""Cleaning a folder: a mirrored tree, many workers, nothing lost, everything told.

`cleantext.batch.run.run` is the way in. The parts: `plan` holds the records, `walk` finds the inputs and names the
outputs, `formats` unpacks and packs, `jsonfields` changes one field of a JSON record, `work` is what a worker does with
one task, `pool` keeps workers going whatever happens to them, `jsonlines` takes big files apart and puts them together,
`journal` remembers what is done, `run` ties them together.
"""

from __future__ import annotations

from cleantext.batch.plan import BatchError, BatchOptions, Row, Summary

__all__ = ["BatchError", "BatchOptions", "Row", "Summary"]
