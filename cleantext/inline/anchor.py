"""Where an injected link text begins: …更强大的[云拓手机官方旗舰店http://…]竞品.

Every reading "the author wrote L R, and A was put between" is scored with the n-gram model, L and R as one text and A
as a text of its own; priors say how long link texts are and whether the domain spells them (外贸女装批发 wmnzpf). The
normalised scores are the probabilities of the readings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log
from typing import NamedTuple

from cleantext.han import is_han, readings
from cleantext.language import Split, split_scores
from cleantext.records import Edit

REACH = 14  # Han before the address that may belong to the link text
AHEAD = 5  # characters behind the address that are looked at
BEHIND = 3  # characters of context that the model can use
# How often link texts have so many characters (0: the bare address); from 60 link texts of spun and injected pages,
# smoothed. 1 is 网 alone: a common tool makes 服装 into 服装网www….
LENGTH_PRIOR = {
    0: 0.06, 1: 0.12, 2: 0.05, 3: 0.06, 4: 0.14, 5: 0.15, 6: 0.15, 7: 0.10, 8: 0.08, 9: 0.06, 10: 0.04, 11: 0.03,
    12: 0.02, 13: 0.01, 14: 0.01,
}  # fmt: skip
_LENGTH_NATS = [log(LENGTH_PRIOR[length]) for length in range(REACH + 1)]
SPELLED = 7.0  # nats for a domain that spells the whole link text; swept 3–9 on 600 generated injections
OPENED = 4.0  # nats for a domain that begins with the first character of the link text; swept 1–5, same data
FUNCTION = 3.0  # nats against each word in the link text that phrases of the trade lack; same data
FUNCTION_CHARS = frozenset("的了是在就也这那们我你他她它又都把被从对而且与和很不没将来去过着地得")
TEMPERATURE = 1.5  # flattens the readings so that they are right as often as they claim; same data


# A link text that ends in 网 rarely belongs to the author up to there: nats against the bare address behind a 网.
SITE_ENDING = 3.0
KEYWORD = 1.5  # nats for 网 alone, put behind a word of the author's (服装 → 服装网www…): nothing of his is cut then
SAFE = 0.875  # least probability that nothing of the author's is cut; together with address.ABOUT_ADDRESS above 0.8
SERIOUS = 0.05  # least probability of a beginning that is considered


@dataclass(frozen=True, slots=True)
class Reading:
    """A beginning of the link text, and the probability that it begins there or farther left (nothing is lost)."""

    start: int
    safe: float


@dataclass(frozen=True, slots=True)
class Question:
    """Where does the link text begin that ends at `address`? `behind` is where the sentence goes on."""

    text: str
    address: int
    behind: int
    domain: str

    @property
    def low(self) -> int:
        """The leftmost place where it may begin."""
        low = self.address
        while low > max(0, self.address - REACH) and is_han(self.text[low - 1]):
            low -= 1
        return low

    def split(self, low: int) -> Split:
        """What stands before that place, from there to the address, and behind it, as far as it is looked at."""
        behind = self.text[self.behind : self.behind + AHEAD]
        return Split(self.text[max(0, low - BEHIND) : low], self.text[low : self.address], behind)


class Open(NamedTuple):
    """An edit that waits for the answer to a question; `then` makes it."""

    question: Question
    then: Callable[[Reading], Iterable[Edit]]


def begin_many(questions: Sequence[Question]) -> list[Reading]:
    """The beginning of the link text, for each question.

    The leftmost likely beginning that is safe: what is cut from there on is dirt with a probability of SAFE or more.
    The address itself always is.
    """
    lows = [question.low for question in questions]
    splits = [
        Split(
            ask.text[max(0, low - BEHIND) : low], ask.text[low : ask.address], ask.text[ask.behind : ask.behind + AHEAD]
        )
        for ask, low in zip(questions, lows, strict=True)
    ]
    scored = split_scores(splits)
    return [_begin(*each) for each in zip(questions, lows, splits, scored, strict=True)]


def _begin(ask: Question, low: int, split: Split, nats: tuple[list[float], list[float]]) -> Reading:
    """The answer to one question, given the scores of what would be the author's and of each link text."""
    starts = range(low, ask.address + 1)
    anchors = [split.stretch[start - low :] for start in starts]
    names = spellings(split.stretch, ask.domain) if len(ask.domain) > 1 else [(0.0, False)] * len(anchors)
    evidence = [_spelling(anchor, *name) for anchor, name in zip(anchors, names, strict=True)]
    before = ask.text[ask.address - 1 : ask.address]
    scored = [
        (author + _score(anchor, own, before, named)) / TEMPERATURE
        for author, own, anchor, named in zip(*nats, anchors, evidence, strict=True)
    ]
    best = max(scored)
    weights = [exp(score - best) for score in scored]
    total, safe = sum(weights), 0.0
    for start, weight in zip(starts, weights, strict=True):
        safe += weight / total
        if weight / total >= SERIOUS and safe >= SAFE:
            return Reading(start, safe)
    return Reading(ask.address, 1.0)


def _score(anchor: str, own: float, before: str, named: float) -> float:
    """What speaks for a link text: its own score as a text, its words, its length, what the domain says (`named`);
    `before` is the character before the address.
    """
    if len(anchor) == 1 and anchor != "网":
        return -1e9
    likely = own if anchor else 0.0
    likely -= FUNCTION * sum(char in FUNCTION_CHARS for char in anchor)
    if not anchor and before == "网":
        likely -= SITE_ENDING
    if anchor == "网":
        likely += KEYWORD
    return likely + _LENGTH_NATS[len(anchor)] + named


def _spelling(anchor: str, covered: float, opened: bool) -> float:
    """Nats of evidence that the domain was named after the link text."""
    return SPELLED * covered + (OPENED if opened and covered >= 0.5 else 0.0) if anchor else 0.0


def spelled(anchor: str, domain: str) -> tuple[float, bool]:
    """Share of the domain's letters that readings or initials of the anchor spell in order; whether they begin it.

    Longest common subsequence over units: each character may give its whole reading, its initial, or nothing.
    """
    return spellings(anchor, domain)[0]


def spellings(text: str, domain: str) -> list[tuple[float, bool]]:
    """The same for each end of a text: all of it, all but the first character …, nothing. The domain is not empty."""
    size = len(domain)
    covered = [0] * (size + 1)  # by position in the domain: letters from there on that the characters so far can spell
    found = [(0.0, False)]
    for char in reversed(text):
        units = _units(char, domain)
        after = covered
        if units:
            covered = after.copy()
            for unit in units:
                done, place = 0, domain.find(unit)
                while place >= 0:  # from here and from the two places before it is the next one of its kind
                    letters = len(unit) + after[place + len(unit)]
                    for at in range(max(done, place - 2), place + 1):
                        covered[at] = max(covered[at], letters)
                    done = place + 1
                    place = domain.find(unit, done)
        found.append((covered[0] / size, any(map(domain.startswith, units))))
    return found[::-1]


@lru_cache(256)  # the same few characters are tried as parts of many link texts
def _units(char: str, domain: str) -> tuple[str, ...]:
    """The readings of a character and their initials, as far as the domain holds them."""
    units = dict.fromkeys(unit for reading in readings().get(char, ()) for unit in (reading, reading[0]))
    return tuple(unit for unit in units if unit in domain)
