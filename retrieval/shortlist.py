"""Orders a handful of passages that came without an index, such as those of an evaluation file, for a conversation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from retrieval.embedding import Embedder
from retrieval.lexical import words
from retrieval.library import contextual, embed
from retrieval.passages import Hit, Passage
from retrieval.query import Utterance

_CONTEXT = 0.3  # of the likeness that words of earlier turns decide: they say whom the question is about
_DECAY = 0.85


def order(history: Sequence[Utterance], passages: Sequence[Passage], embedder: Embedder) -> list[Hit]:
    """The passages as hits, best first: likeness to the question, and words of the whole conversation that tell them apart."""
    if not passages or not history:
        return [Hit(passage, 0.0) for passage in passages]
    likeness = embed(passages, embedder) @ embedder.queries([contextual(history)])[0]
    held = [set(words(f"{p.title} {p.text} {p.entity or ''}")) for p in passages]
    spread = Counter(word for words_of in held for word in words_of)
    shared = np.zeros(len(passages))
    for age, turn in enumerate(reversed(history)):
        for word in dict.fromkeys(words(turn.text)):
            telling = math.log((len(passages) + 0.5) / (spread[word] + 0.5)) * _DECAY**age if spread[word] else 0.0
            shared += [telling if word in words_of else 0.0 for words_of in held]
    if shared.max() > 0:
        likeness = likeness + _CONTEXT * shared / shared.max()
    best = np.argsort(-likeness, kind="stable")
    return [Hit(passages[int(i)], float(np.clip(likeness[i] / (1 + _CONTEXT), 0.0, 1.0))) for i in best]
