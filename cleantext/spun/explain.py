"""Why a repair is made, in words that a reader can check on the page."""

from __future__ import annotations

from collections import Counter

import numpy as np

from cleantext.spun.context import feature_text, load_model, prepare, slot_features
from cleantext.spun.dictionary import Dictionary
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


def reasons(text: str, slots: Slots, chosen: list[int], dictionary: Dictionary) -> list[str]:
    """One reason per chosen candidate: the row, how often it fires here, and the strongest evidence around it."""
    if not chosen:
        return []
    picked = np.array(chosen)
    slot, row = slots.slot[picked], slots.row[picked]
    features = slot_features(prepare(text), slots.start[slot], slots.end[slot])
    model = load_model()
    gain = model.weigh(features, dictionary.original_hash[row])
    gain -= model.weigh(features, dictionary.spun_hash[slots.form[slot]])
    times = Counter(int(r) for r in row)
    occurs = Counter(int(form) for form in slots.form)
    out = []
    for k, candidate in enumerate(picked):
        entry = dictionary.rows[row[k]]
        kind = next(_KIND_WORDS[name] for name in _KIND_WORDS if name in entry.kinds)
        start, end = int(slots.start[slot[k]]), int(slots.end[slot[k]])
        # Feature 0 is how common the words are: no context that a reader could check.
        strongest = [f for f in 1 + np.argsort(-gain[k, 1:])[:_STRONGEST] if gain[k, f] > 0]
        context = ", ".join(f"{feature_text(text, start, end, int(f))} {gain[k, f]:+.1f}" for f in strongest)
        fit = f"context {slots.delta[candidate]:+.1f}, n-grams {slots.fluency[candidate]:+.1f} nats"
        share = f"{times[int(row[k])]} of {occurs[int(slots.form[slot[k]])]} on this page"
        out.append(
            f"{entry.original} for {entry.spun}: {fit}" + (f" ({context})" if context else "") + f"; {kind}; {share}"
        )
    return out
