"""The second look: the reranker reads the first few candidates, and what it finds is weighed beside their ranking."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval import ranking
from retrieval.context import ASKING, contextual
from retrieval.glossary import glossary
from retrieval.lexical import words
from retrieval.library import FEATURES, Candidates
from retrieval.passages import Language, Passage
from retrieval.query import Utterance
from retrieval.reranker import Reranker
from retrieval.weighing import Weights, order_evidence, pointing, reordered, weights

READ, _READ_SMALL, _READ_ENGLISH = 10, 12, 5
"""Candidates that are read: of a large collection, of a small one, and of a large one where question and best are English."""
SURE = 3.2
"""What the lead of the ranking's first and the logit that it answers must sum to for an English question to stand unread.

A third to half of the first questions are read again; reading all would cost several times the search of a large collection.
Read are always a question to a small one; a question that was not the customer's first, which may lean on what was said; a first
one that asks nothing ("the lamp arrived broken"); a Chinese one, and one met by a passage in the other language: there words and
vectors tell less whether a passage answers.
"""
SMALL = 1000
"""Passages up to which every question is read again: there the search itself costs little."""
_ASKS = re.compile(
    r"\?|\b(?:what|how|when|where|which|who|whose|why|can|could|may|do|does|did|is|are|was|will|would|should|any|(?:what|how|when|where)s)\b",
    re.IGNORECASE,
)
_ANOTHER_KIND = 9.0
"""What it takes from a passage's score and from the logit that it answers that it is about another of a kind than is asked
about: what holds for dogs is no answer for rabbits. Set by hand, above what the reranker adds for all the other words."""
_TITLED = 2.0
"""What an entry gains whose title has every telling word of the question: "the warranty on lamps" is no question for the general
warranty, though a reader may find both answered by it. Set by hand."""
_SAME, _GENERAL = (FEATURES.index(name) for name in ("same_language", "general"))
Judged = tuple[NDArray[np.int64], NDArray[np.float32], float]


def judge(
    history: Sequence[Utterance],
    passages: Sequence[Passage],
    candidates: Candidates,
    language: Language,
    reranker: Reranker | None,
    spoken_of: str | None = None,
) -> Judged:
    """``ranking.judge``, and the second look of ``reranker`` where there is one; ``passages`` are all of the library.

    ``spoken_of`` is the name of what the conversation is about. Candidates that were not read keep their places. Scores fall
    along the order.
    """
    judged, places, others = first_look(history, passages, candidates, language)
    if reranker is not None and len(places):
        some = [passages[int(candidates.rows[row])] for row in judged[0][places]]
        read = reranker.logits(history, some, spoken_of)
        titled = _TITLED * _titled(history, some)
        judged = weighed(passages, candidates, judged, places, read, language, weights()[language], titled)
    order, raw, logit = judged
    return order, raw, logit - _ANOTHER_KIND * float(others[order[0]])


def first_look(
    history: Sequence[Utterance], passages: Sequence[Passage], candidates: Candidates, language: Language
) -> tuple[Judged, NDArray[np.int64], NDArray[np.bool_]]:
    """``ranking.judge`` with what is about another of a kind last, the places in its order worth a second look, and which those last are."""
    order, raw, logit = ranking.judge(candidates, language)
    others = _others(history, passages, candidates)
    if others.any():
        raw = raw - _ANOTHER_KIND * others
        order = np.argsort(-raw, kind="stable")
        logit = ranking.answers(candidates, order, raw, language)
    judged = order, raw, logit
    return judged, _readable(history, passages, candidates, judged, language), others


def _titled(history: Sequence[Utterance], some: Sequence[Passage]) -> NDArray[np.float32]:
    """(n,) 1 for entries whose title has all telling words of the last turn, two or more; else 0."""
    asked = set(words(history[-1].text)) - ASKING
    found = [passage.kind != "product" and len(asked) > 1 and asked <= set(words(passage.title)) for passage in some]
    return np.array(found, dtype=np.float32)


def _others(history: Sequence[Utterance], passages: Sequence[Passage], candidates: Candidates) -> NDArray[np.bool_]:
    """(m,) which passages about nobody in particular are headed by another of a kind than the question names.

    One that holds what is named, or the kind itself, may answer; a heading with two of a kind speaks of what lies between
    ("Monday to Friday").
    """
    found = np.zeros(len(candidates.rows), dtype=np.bool_)
    kinds = glossary().kinds
    asked = {word for word in words(history[-1].text) if word in kinds}
    asked = asked or {word for word in words(contextual(history)) if word in kinds}
    alike = {kinds[word] for word in asked}
    for at in np.flatnonzero(candidates.features[:, _GENERAL]) if asked else ():
        passage = passages[int(candidates.rows[at])]
        headed = {word for word in words(passage.title) if kinds.get(word) in alike}
        if len(headed) == 1:
            text = f"{passage.title} {passage.text}"
            found[at] = not asked & set(words(text)) and not any(kind in text for kind in alike)
    return found


def _readable(
    history: Sequence[Utterance],
    passages: Sequence[Passage],
    candidates: Candidates,
    judged: Judged,
    language: Language,
) -> NDArray[np.int64]:
    """Places in the order of the first candidates that are worth a second look; none where the best is not.

    Those are products' records and passages about nobody in particular: which place is meant the ranking tells better.
    """
    order, raw, logit = judged
    english = language == "en" and bool(candidates.features[order[:1], _SAME].any())
    lead = raw[order[0]] - raw[order[1]] if len(order) > 1 else SURE
    first = not any(turn.role == "customer" for turn in history[:-1])
    small = len(passages) <= SMALL
    sure = english and first and not small and bool(_ASKS.search(history[-1].text)) and lead + logit >= SURE
    rows = order[: _READ_SMALL if small else _READ_ENGLISH if english else READ]
    records = [passages[int(candidates.rows[row])].kind == "product" for row in rows]
    fit = (candidates.features[rows, _GENERAL] > 0) | np.array(records, dtype=np.bool_)
    return np.flatnonzero(fit) if len(fit) and fit[0] and not sure else np.zeros(0, dtype=np.int64)


def weighed(
    passages: Sequence[Passage],
    candidates: Candidates,
    judged: Judged,
    places: NDArray[np.int64],
    read: NDArray[np.float32],
    language: Language,
    held: Weights,
    titled: NDArray[np.float32],
) -> Judged:
    """What was judged with the candidates at ``places`` put in the order that their logits give beside the ranking.

    ``titled`` is what each gains by its title.
    """
    ranked, raw, _ = judged
    rows = ranked[places]
    seen = order_evidence(candidates, passages, rows, raw, read)
    points = pointing(candidates, passages, rows) + titled
    found = seen @ held.order + points
    order, best_first, evidence = reordered(candidates, ranked, raw, places, seen, found, language)
    scores = raw.copy()
    scores[order[places]] = raw.max() + found[best_first] - found.max()
    scores[order] = np.minimum.accumulate(scores[order])
    logit = float(evidence @ held.answer + points[best_first[0]]) - ranking.nowhere(candidates, order)
    return order, scores, logit
