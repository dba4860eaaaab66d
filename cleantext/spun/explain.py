"""Why a repair is made, in words that a reader can check on the page."""

from __future__ import annotations

from collections import Counter

import numpy as np

from cleantext.spun.context import feature_text, load_model, slot_features
from cleantext.spun.dictionary import Dictionary
from cleantext.spun.slots import Ints, Lot, Slots

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


def reasons(lot: Lot, slots: Slots, chosen: Ints, dictionary: Dictionary) -> list[str]:
    """One reason per chosen candidate: the row, how often it fires here, and the strongest evidence around it."""
    if not len(chosen):
        return []
    slot, row = slots.slot[chosen], slots.row[chosen]
    start, end = slots.start[slot], slots.end[slot]
    features = slot_features(lot.contexts, start, end)
    model = load_model()
    gain = model.weigh(features, dictionary.original_hash[row])
    gain -= model.weigh(features, dictionary.spun_hash[slots.form[slot]])
    gain[:, 0] = 0  # how common the words are: no context that a reader could check
    strongest = np.argsort(-gain, axis=1, kind="stable")[:, :_STRONGEST]
    most = np.take_along_axis(gain, strongest, axis=1)
    pages = slots.page[slot].tolist()
    firsts, lasts = lot.sheaf.start.tolist(), lot.sheaf.end.tolist()
    times = Counter(zip(pages, row.tolist(), strict=True))
    occurs = Counter(zip(slots.page.tolist(), slots.form.tolist(), strict=True))
    spans = zip(start.tolist(), end.tolist(), strict=True)
    nats = zip(slots.delta[chosen].tolist(), slots.fluency[chosen].tolist(), strict=True)
    keys = zip(pages, row.tolist(), slots.form[slot].tolist(), strict=True)
    around = zip(strongest.tolist(), most.tolist(), strict=True)
    out = []
    for (page, number, form), (low, high), (delta, fluency), (columns, gains) in zip(
        keys, spans, nats, around, strict=True
    ):
        entry = dictionary.rows[number]
        kind = next(_KIND_WORDS[name] for name in _KIND_WORDS if name in entry.kinds)
        text, first = lot.text[firsts[page] : lasts[page]], firsts[page]
        context = ", ".join(
            f"{feature_text(text, low - first, high - first, column)} {nats:+.1f}"
            for column, nats in zip(columns, gains, strict=True)
            if nats > 0
        )
        fit = f"context {delta:+.1f}, n-grams {fluency:+.1f} nats" + (f" ({context})" if context else "")
        share = f"{times[page, number]} of {occurs[page, form]} on this page"
        out.append(f"{entry.original} for {entry.spun}: {fit}; {kind}; {share}")
    return out
