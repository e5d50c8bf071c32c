"""Weighs what the reranker read beside the ranking: which passage is best, and whether it answers.

A listwise and a logistic regression of a few numbers each, fitted by ``training_weighing``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval import ranking
from retrieval.library import FEATURES, MEANT_TOO, Candidates
from retrieval.passages import Language, Passage

WEIGHTS = Path(__file__).parent / "weights" / "weighing.json"
ORDER = ("ranked", "read", "record", "asks_field", "pointed", "spoken_of", "foreign")
"""Of a passage: what it lacks to the ranking's first, its logit, and, of a product's record, that it is one, that a field it holds
is asked, that it is pointed at, how much of the talk is of it; and that it is in the other language."""
ANSWER = ("bias", "read", "ranked", "lead", "record", "asks_field", "foreign", "foreign_read")
"""Of the best passage: its logit, the ranking's that it answers, how far it leads, and as above."""
_NEAR, _MOST = 4.0, 6.0
_POINTED, _ELSEWHERE = 5.0, 4.0
"""What it adds to a record's score, and to the logit that it answers, that a turn points at it ("its warranty") and it tells what
is asked, and what it takes that the turn points at another; set by hand, since few talks hold such a turn."""
_ASKS_FIELD, _SHARE, _SAME = (FEATURES.index(name) for name in ("asks_field", "entity_share", "same_language"))


@dataclass(frozen=True, slots=True)
class Weights:
    """``order`` weighs ORDER, ``answer`` ANSWER."""

    order: NDArray[np.float32]
    answer: NDArray[np.float32]


@cache
def weights(path: Path = WEIGHTS) -> Mapping[Language, Weights]:
    """The shipped weights by the language of the question."""
    held = json.loads(path.read_text("utf-8"))
    return {language: weights_of(held[language]) for language in ("en", "zh")}


def weights_of(held: Mapping[str, Mapping[str, float]]) -> Weights:
    """Of named numbers."""
    order, answer = (
        [held[part].get(name, 0.0) for name in names] for part, names in (("order", ORDER), ("answer", ANSWER))
    )
    return Weights(np.array(order, dtype=np.float32), np.array(answer, dtype=np.float32))


def order_evidence(
    candidates: Candidates,
    passages: Sequence[Passage],
    rows: NDArray[np.int64],
    raw: NDArray[np.float32],
    read: NDArray[np.float32],
) -> NDArray[np.float32]:
    """(n, len(ORDER)) of the candidates in ``rows``, of which ``raw`` holds the ranking's scores of all, ``read`` their logits."""
    some = candidates.features[rows]
    record = np.array([passages[int(candidates.rows[row])].kind == "product" for row in rows], dtype=np.float32)
    pointed = np.zeros(len(rows), dtype=np.float32) if candidates.pointed is None else candidates.pointed[rows]
    columns = (
        (raw[rows] - raw.max()) / _NEAR,
        read,
        record,
        record * some[:, _ASKS_FIELD],
        record * pointed,
        record * some[:, _SHARE],
        1 - some[:, _SAME],
    )
    return np.stack(columns, axis=1).astype(np.float32)


def pointing(candidates: Candidates, passages: Sequence[Passage], rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """(n,) what it adds to the score of each of ``rows`` where the turn points at a product."""
    if candidates.pointed is None or not (candidates.features[:, _SHARE] >= MEANT_TOO).any():
        return np.zeros(len(rows), dtype=np.float32)
    record = np.array([passages[int(candidates.rows[row])].kind == "product" for row in rows])
    another = candidates.features[rows, _SHARE] < MEANT_TOO
    return np.asarray(record * (_POINTED * (candidates.pointed[rows] > 0) - _ELSEWHERE * another), dtype=np.float32)


def reordered(
    candidates: Candidates,
    order: NDArray[np.int64],
    raw: NDArray[np.float32],
    places: NDArray[np.int64],
    seen: NDArray[np.float32],
    found: NDArray[np.float32],
    language: Language,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """The order with the candidates at ``places`` by their scores, which of these come first, and the evidence of its best.

    ``seen`` is their ORDER evidence and ``found`` their scores, both as they stand at ``places``.
    """
    best_first = np.argsort(-found, kind="stable")
    order = order.copy()
    order[places] = order[places][best_first]
    return order, best_first, answer_evidence(candidates, order, raw, seen[best_first], found[best_first], language)


def answer_evidence(
    candidates: Candidates,
    order: NDArray[np.int64],
    raw: NDArray[np.float32],
    seen: NDArray[np.float32],
    scores: NDArray[np.float32],
    language: Language,
) -> NDArray[np.float32]:
    """(len(ANSWER),) of the first of ``order``; ``seen`` are the ORDER evidence of those read, ``scores`` their scores, best first."""
    best = dict(zip(ORDER, seen[0].tolist(), strict=True))
    ranked = float(np.clip(ranking.answers(candidates, order, raw, language), -_MOST, _MOST))
    lead = float(np.tanh(scores[0] - scores[1])) if len(scores) > 1 else 1.0
    found = (
        1.0,
        best["read"],
        ranked,
        lead,
        best["record"],
        best["asks_field"],
        best["foreign"],
        best["foreign"] * best["read"],
    )
    return np.array(found, dtype=np.float32)
