"""Why a repair is made, in words that a reader can check on the page."""

from __future__ import annotations

import numpy as np

from cleantext.spun.context import feature_text, load_model, slot_features
from cleantext.spun.dictionary import Dictionary
from cleantext.spun.lot import Floats, Ints, Lot
from cleantext.spun.rows import Row
from cleantext.spun.scene import topic_leads
from cleantext.spun.slots import Slots

_STRONGEST = 2  # context features named in a reason

_KIND_WORDS = {
    "user": "your row",
    "seen": "seen on spun pages",
    "typical": "typical of spinners",
    "list": "in a spinner's list",
    "synonym": "blind synonym",
    "possible": "possible synonym",
    "reverse": "a spinner's row backwards",
    "chain": "two rows in a chain",
    "thesaurus": "thesaurus synonym",
}


def reasons(lot: Lot, slots: Slots, chosen: Ints, dictionary: Dictionary, elsewhere: Ints | None = None) -> list[str]:
    """One reason per chosen candidate: the row, how often it fires here, and the strongest evidence around it.

    `elsewhere`: on how many other pages of the site the row is needed.
    """
    if not len(chosen):
        return []
    slot, row = slots.slot[chosen], slots.row[chosen]
    start, end = slots.start[slot], slots.end[slot]
    pages, rows = slots.page[slot].tolist(), row.tolist()
    features = slot_features(lot.contexts, start, end)
    model = load_model()
    gain = model.weigh(features, dictionary.original_hash[row])
    gain -= model.weigh(features, dictionary.spun_hash[slots.form[slot]])
    gain[:, 0] = 0  # how common the words are: no context that a reader could check
    texts = {page: lot.text[lot.sheaf.start[page] : lot.sheaf.end[page]] for page in {*pages}}
    firsts = lot.sheaf.start[slots.page[slot]]
    spans = zip(map(texts.__getitem__, pages), (start - firsts).tolist(), (end - firsts).tolist(), strict=True)
    around = [
        ", ".join([f"{feature_text(*span, column)} {nats:+.1f}" for column, nats in pairs if nats > 0])
        for span, pairs in zip(spans, _highest(gain), strict=True)
    ]
    many = len(dictionary.rows)
    keys, key, times = np.unique(slots.page[slot] * many + row, return_inverse=True, return_counts=True)
    topics = topic_leads(lot, keys // many, keys % many, dictionary)[key].tolist()
    _, form, occurs = np.unique(
        slots.page * len(dictionary.forms) + slots.form, return_inverse=True, return_counts=True
    )
    parts = {number: _of_row(dictionary.rows[number]) for number in {*rows}}
    deltas, fluencies = slots.delta[chosen].tolist(), slots.fluency[chosen].tolist()
    others = [0] * len(pages) if elsewhere is None else elsewhere.tolist()
    out = []
    for number, fired, stands, delta, fluency, topic, context, more in zip(
        rows, times[key].tolist(), occurs[form[slot]].tolist(), deltas, fluencies, topics, around, others, strict=True
    ):
        words, kind = parts[number]
        shown = f" ({context})" if context else ""
        share = f"{fired} of {stands} on this page"
        if more:
            share += f", needed on {more} other{'s' * (more > 1)} of this site"
        nats = f"context {delta:+.1f}, n-grams {fluency:+.1f}, topic {topic:+.1f} nats"
        out.append(f"{words}: {nats}{shown}; {kind}; {share}")
    return out


def _of_row(row: Row) -> tuple[str, str]:
    """A row's words, and where it comes from."""
    return f"{row.original} for {row.spun}", next(_KIND_WORDS[name] for name in _KIND_WORDS if name in row.kinds)


def _highest(gain: Floats) -> list[list[tuple[int, float]]]:
    """The _STRONGEST highest values of each line, each with its column."""
    line = np.arange(len(gain))
    ranks = []
    for _ in range(_STRONGEST):
        column = gain.argmax(axis=1)
        ranks.append([*zip(column.tolist(), gain[line, column].tolist(), strict=True)])
        gain[line, column] = -np.inf
    return [[*pairs] for pairs in zip(*ranks, strict=True)]
