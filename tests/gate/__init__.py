"""The quality gate: figures on the project's own cases, which must not sink. `python -m tests.gate` runs it.

`measures` computes figures, `gate` compares them with the pinned ones in floors.json. To add a set of cases, add a line
to `ENTRIES` in `gate` and run `python -m tests.gate --update`.
"""
