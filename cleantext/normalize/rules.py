"""The rules of the normalize stage, in order of trust. They are imported when one of them has something to do.

`python -m cleantext.normalize.rules` makes `data/normalize/probe.*` anew, which says when that is: after every change
of what a rule needs.
"""

from __future__ import annotations

from pathlib import Path

from cleantext.normalize import characters, invisible, markup, mojibake, phrases, pinyin, radicals, shifted, spacing
from cleantext.normalize.rule import Rule
from cleantext.presence import Probe

RULES: tuple[Rule, ...] = (
    *mojibake.RULES,
    shifted.RULE,
    *invisible.RULES,
    invisible.PRIVATE_RULE,
    *markup.RULES,
    *pinyin.RULES,
    *characters.RULES,
    characters.MARTIAN_RULE,
    radicals.RULE,
    phrases.RULE,
    *spacing.RULES,
    spacing.RARE_RULE,
)


def probe() -> Probe:
    """What the rules need, then what the flags of the stage need."""
    return Probe.build([*(rule.want() for rule in RULES), *mojibake.flag_wants()])


if __name__ == "__main__":
    probe().save(Path(__file__).parent.parent / "data" / "normalize")
