"""What a batch did, as lines of words and a short table: for `batch` at its end, and for `report`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cleantext.batch.plan import Summary
from cleantext.cli.terminal import visible


def summary_lines(summary: Summary) -> Iterator[str]:
    """Files, pages, flags, and per stage and rule what was removed and what was repaired."""
    parts = [f"{summary.cleaned:,} cleaned", f"{summary.unchanged:,} unchanged", f"{len(summary.failures):,} failed"]
    done = f" ({summary.resumed:,} of them by an earlier run)" if summary.resumed else ""
    yield f"{summary.files:,} files: {', '.join(parts)}{done}"
    size, speed = summary.bytes_in / 1e6, ""
    if summary.seconds:
        speed = f" in {summary.seconds:,.1f} s"
        if not summary.resumed:
            speed += f" ({size / summary.seconds:.2f} MB/s)"
    yield (
        f"{summary.pages:,} pages, {summary.changed:,} changed, {summary.spun_pages:,} spun, "
        f"{summary.flagged:,} flagged; {size:,.2f} MB{speed}"
    )
    left_out = summary.skipped + Counter({"record without a page": summary.left_out})
    if left_out:
        yield "left out: " + ", ".join(f"{count:,} × {why}" for why, count in sorted(left_out.items()))
    if summary.flags:
        yield "flagged: " + ", ".join(f"{count:,} × {flag}" for flag, count in sorted(summary.flags.items()))
    if summary.edits:
        yield f"{'removed':>9} {'repaired':>9}  by"
        yield from _families(summary)


def _families(summary: Summary) -> Iterator[str]:
    """Each stage's sum, and under it the rules (of chrome: the families), the most frequent first."""
    stages = Counter[str]()
    for rule, count in summary.edits.items():
        stages[rule.partition("/")[0]] += count
    for stage, _ in stages.most_common():
        rules = {rule: count for rule, count in summary.edits.items() if rule.partition("/")[0] == stage}
        yield _row(stage, sum(rules.values()), sum(summary.cuts[rule] for rule in rules))
        for rule, count in sorted(rules.items(), key=lambda item: (-item[1], item[0])):
            yield _row(f"  {rule.partition('/')[2]}", count, summary.cuts[rule])


def _row(name: str, edits: int, cuts: int) -> str:
    removed, repaired = (f"{count:,}" if count else "" for count in (cuts, edits - cuts))
    return f"{removed:>9} {repaired:>9}  {visible(name)}"
