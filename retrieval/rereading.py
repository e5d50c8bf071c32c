"""The second look: the reranker reads the first few candidates, and what it finds is weighed beside their ranking."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval import ranking
from retrieval.context import contextual, leans, says_what
from retrieval.glossary import glossary
from retrieval.lexical import words
from retrieval.library import FEATURES, Candidates
from retrieval.passages import Language, Passage
from retrieval.query import Utterance
from retrieval.reranker import Reranker

READ = 10
"""Candidates that are read."""
_ENGLISH, _ENGLISH_SMALL = 5, 16
"""Of an English question whose first candidate is English, to a large collection and to a small one."""
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
BESIDE = 1.0
"""What the reranker's logit weighs beside the ranking's score; from 0.5 to 2 it makes little difference."""
_ANSWERS = {"en": (0.5, 0.5), "zh": (0.7, 1.0)}
"""What the reranker's logit of the best passage weighs in that of an answer, and what it must be to speak for one.

Set on 1,099 strangers' questions to twenty businesses which it had not learnt from, and that no benchmark holds.
"""
_ACROSS = (0.6, 0.0)
"""The same where the best passage is in the other language: of that the ranking's own logit says little, and is not added."""
_SURE_ACROSS = 2.0
"""From what the ranking's logit speaks for such an answer by itself."""
_SURE_ALONE, _LEADS_ALONE = 2.0, 3.0
"""What the logit of the best passage must be, and how far it must lead, for a question that is read alone to be sure."""
_SAME, _GENERAL, _ASKS_FIELD = (FEATURES.index(name) for name in ("same_language", "general", "asks_field"))
Judged = tuple[NDArray[np.int64], NDArray[np.float32], float]


def judge(
    history: Sequence[Utterance],
    passages: Sequence[Passage],
    candidates: Candidates,
    language: Language,
    reranker: Reranker | None,
) -> Judged:
    """``ranking.judge``, and the second look of ``reranker`` where there is one; ``passages`` are all of the library.

    Candidates that were not read keep their places. Scores fall along the order.
    """
    order, raw, logit = ranking.judge(candidates, language)
    others = _others(history, passages, candidates)
    if others.any():
        raw = raw - _ANOTHER_KIND * others
        order = np.argsort(-raw, kind="stable")
        logit = ranking.answers(candidates, order, raw, language)
    judged = order, raw, logit
    if reranker is not None:
        judged = _reread(history, passages, candidates, judged, language, reranker)
    order, raw, logit = judged
    return order, raw, logit - _ANOTHER_KIND * float(others[order[0]])


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

    Those are passages about nobody in particular, for who is meant the ranking tells better, and a product's record that is
    the best though no field of it is asked for.
    """
    order, raw, logit = judged
    english = language == "en" and bool(candidates.features[order[:1], _SAME].any())
    lead = raw[order[0]] - raw[order[1]] if len(order) > 1 else SURE
    first = not any(turn.role == "customer" for turn in history[:-1])
    small = len(passages) <= SMALL
    sure = english and first and not small and bool(_ASKS.search(history[-1].text)) and lead + logit >= SURE
    first_ones = candidates.features[order[: READ if not english else _ENGLISH_SMALL if small else _ENGLISH]]
    fit = first_ones[:, _GENERAL] > 0
    fit[0] |= _is_record(passages, candidates, order[0]) and first_ones[0, _ASKS_FIELD] == 0
    return np.flatnonzero(fit) if len(fit) and fit[0] and not sure else np.zeros(0, dtype=np.int64)


def _read(history: Sequence[Utterance], some: Sequence[Passage], reranker: Reranker) -> NDArray[np.float32]:
    """The reranker's logits of the question in its conversation; of one that is complete also alone, where that is sure.

    A customer may turn to something else, of which the turns before then say nothing.
    """
    read = reranker.logits(history, some)
    if len(history) == 1 or leans(history) or not says_what(history[-1].text):
        return read
    alone = reranker.logits(history[-1:], some)
    first, second = np.sort(np.append(alone, [-np.inf, -np.inf]))[:-3:-1]
    return np.maximum(read, alone) if first >= _SURE_ALONE and first - second >= _LEADS_ALONE else read


def _is_record(passages: Sequence[Passage], candidates: Candidates, place: np.int64) -> bool:
    return passages[int(candidates.rows[place])].kind == "product"


def _reread(
    history: Sequence[Utterance],
    passages: Sequence[Passage],
    candidates: Candidates,
    judged: Judged,
    language: Language,
    reranker: Reranker,
) -> Judged:
    order, raw, logit = judged
    places = _readable(history, passages, candidates, judged, language)
    if not len(places):
        return judged
    rows = order[places]
    read = _read(history, [passages[int(candidates.rows[i])] for i in rows], reranker)
    both = raw[rows] + BESIDE * read
    best_first = np.argsort(-both, kind="stable")
    if _is_record(passages, candidates, rows[best_first[0]]):
        weight, even = _ANSWERS[language]
        return order, raw, logit + weight * max(0.0, float(read[best_first[0]]) - even)
    lost = _is_record(passages, candidates, order[0])
    order, scores = order.copy(), raw.copy()
    order[places] = rows[best_first]
    scores[order[places]] = raw.max() + both[best_first] - both.max()
    scores[order] = np.minimum.accumulate(scores[order])
    best = float(read[best_first[0]])
    if lost:
        logit = ranking.answers(candidates, order, scores, language)
    if not candidates.features[order[0], _SAME]:
        weight, even = _ACROSS
        return order, scores, max(weight * (best - even), logit - _SURE_ACROSS)
    weight, even = _ANSWERS[language]
    return order, scores, logit + weight * (best - even)
