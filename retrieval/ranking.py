"""Ranks a question's candidates and weighs whether the best one answers it, in English and in Chinese."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.library import FEATURES, MEANT_TOO, Candidates
from retrieval.passages import Language

WEIGHTS = Path(__file__).parent / "weights" / "ranking.json"
CHINESE = Path(__file__).parent / "weights" / "chinese.json"
CHINESE_EVIDENCE = (
    "bias",
    "own",
    "own_query_covered",
    "own_title_covered",
    "own_both_covered",
    "own_bm25",
    "own_dense",
    "own_dense_in_context",
    "own_dense_after_agent",
    "english_query_covered",
    "english_title_covered",
    "english_dense",
    "named",
    "asks_field",
    "context",
)
"""What tells an answerable Chinese question: of the best passage, which is Chinese ("own") or English."""


@dataclass(frozen=True, slots=True)
class Weights:
    """``ranking`` weighs FEATURES; ``answerable`` and ``question`` weigh ``evidence`` and the query vector."""

    ranking: NDArray[np.float32]
    answerable: NDArray[np.float32]
    bias: float
    question: NDArray[np.float32]


@cache
def weights(path: Path = WEIGHTS) -> Weights:
    """The shipped weights."""
    held = json.loads(path.read_text("utf-8"))
    return Weights(
        np.array([held["ranking"][name] for name in FEATURES], dtype=np.float32),
        np.array(held["answerable"]["evidence"], dtype=np.float32),
        float(held["answerable"]["bias"]),
        np.array(held["answerable"]["question"], dtype=np.float32),
    )


@dataclass(frozen=True, slots=True)
class ChineseWeights:
    """``own`` weighs FEATURES of Chinese passages and ``english`` those of English ones, met by a translation.

    ``answerable`` weighs ``chinese_evidence``.
    """

    own: NDArray[np.float32]
    english: NDArray[np.float32]
    follow_up: float
    context: float
    answerable: NDArray[np.float32]


@cache
def chinese_weights(path: Path = CHINESE) -> ChineseWeights:
    """The shipped weights for Chinese questions."""
    held = json.loads(path.read_text("utf-8"))
    return ChineseWeights(
        np.array([held["own"].get(name, 0.0) for name in FEATURES], dtype=np.float32),
        np.array([held["english"].get(name, 0.0) for name in FEATURES], dtype=np.float32),
        float(held["follow_up"]),
        float(held["context"]),
        np.array([held["answerable"].get(name, 0.0) for name in CHINESE_EVIDENCE], dtype=np.float32),
    )


def rank_chinese(candidates: Candidates, held: ChineseWeights) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """``rank`` for a Chinese question."""
    own = candidates.features[:, FEATURES.index("same_language")] > 0
    raw = np.where(own, candidates.features @ held.own, candidates.features @ held.english)
    if candidates.follow_up is not None:
        raw = raw + held.follow_up * candidates.follow_up
    if candidates.context is not None:
        raw = raw + held.context * candidates.context
    if candidates.pointed is not None:
        raw = raw + POINTED * candidates.pointed
    return np.argsort(-raw, kind="stable"), raw.astype(np.float32)


def chinese_evidence(candidates: Candidates, order: NDArray[np.int64]) -> NDArray[np.float32]:
    """CHINESE_EVIDENCE of the best passage."""
    best = dict(zip(FEATURES, candidates.features[order[0]].tolist(), strict=True))
    own = best["same_language"]
    covered, title, words_ = best["query_covered"], best["title_covered"], best["bm25"]
    context = 0.0 if candidates.context is None else float(candidates.context[order[0]])
    return np.array(
        [
            1.0,
            own,
            own * covered,
            own * title,
            own * covered * title,
            own * words_,
            own * best["dense"],
            own * best["dense_in_context"],
            own * best["dense_after_agent"],
            (1 - own) * covered,
            (1 - own) * title,
            (1 - own) * best["dense"],
            min(1.0, best["entity_score"]),
            best["asks_field"],
            context,
        ],
        dtype=np.float32,
    )


FIELD = 4.0
"""What it adds to the logit that the best passage is a product's record with the field asked of; set by hand."""
ANOTHER = 6.0
"""What it takes from the logit that the best passage is about somebody else than the one spoken of; set by hand."""
NOWHERE = 2.0
"""What it takes from the logit that the price of something is asked that no passage holds; set by hand."""
POINTED = 12.0
"""Weight of a record that is pointed at and tells what is asked; set by hand, as much as naming a field weighs."""
FOLLOW_UP = 6.0
"""Weight of the last turn's own words where it leans on the turn before."""


def rank(candidates: Candidates, ranking: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Candidate positions best first, and all candidates' raw scores."""
    raw = candidates.features @ ranking
    if candidates.follow_up is not None:  # "and to Australia?" after Japan: the new word decides
        raw = raw + FOLLOW_UP * candidates.follow_up
    if candidates.pointed is not None:  # "its warranty" is that product's, not the one of all
        raw = raw + POINTED * candidates.pointed
    return np.argsort(-raw, kind="stable"), raw.astype(np.float32)


def evidence(candidates: Candidates, order: NDArray[np.int64], raw: NDArray[np.float32]) -> NDArray[np.float32]:
    """What tells an answerable question from another: the best passage's features and how far it leads."""
    best = candidates.features[order[0]]
    later = raw[order[1:5]].mean() if len(order) > 1 else raw[order[0]] - 5
    top3 = candidates.features[order[:3]]
    column = {name: i for i, name in enumerate(FEATURES)}
    return np.array(
        [
            best[column["dense"]],
            candidates.features[:, column["dense"]].max(),
            best[column["bm25"]],
            best[column["title_covered"]],
            best[column["query_covered"]],
            min(1.0, best[column["entity_score"]]),
            best[column["general"]],
            np.tanh((raw[order[0]] - later) / 4),
            top3[:, column["dense"]].mean(),
            best[column["tuned"]],
            candidates.features[:, column["tuned"]].max(),
            10 * best[column["neighbours"]],
            best[column["asks_field"]],
        ],
        dtype=np.float32,
    )


def _another(candidates: Candidates, order: NDArray[np.int64]) -> float:
    """In [0, 1], how sure it is that the best passage is about an entity which the conversation is not about.

    "Does it have a pool?" of a hotel without an entry on pools finds other hotels' entries, which are no answer.
    """
    scores = candidates.features[:, FEATURES.index("entity_score")]
    best = candidates.features[order[0]]
    if best[FEATURES.index("general")] or not scores.max() > 0:
        return 0.0
    sure = min(1.0, float(scores.max()) / 0.5)
    return sure * max(0.0, 1 - float(best[FEATURES.index("entity_share")]) / MEANT_TOO)


def nowhere(candidates: Candidates, order: NDArray[np.int64]) -> float:
    """What it takes from the logit that a price is asked which the best passage, about nobody in particular, cannot hold."""
    best = candidates.features[order[0]]
    own = best[FEATURES.index("general")] and best[FEATURES.index("same_language")]
    return NOWHERE if candidates.nowhere and own else 0.0


def judge(candidates: Candidates, language: Language) -> tuple[NDArray[np.int64], NDArray[np.float32], float]:
    """Candidate positions best first, all raw scores, and the logit that the best one answers the question."""
    order, raw = (
        rank_chinese(candidates, chinese_weights()) if language == "zh" else rank(candidates, weights().ranking)
    )
    return order, raw, answers(candidates, order, raw, language)


def answers(candidates: Candidates, order: NDArray[np.int64], raw: NDArray[np.float32], language: Language) -> float:
    """The logit that the first of ``order`` answers the question."""
    if language == "zh":
        return float(chinese_evidence(candidates, order) @ chinese_weights().answerable) - nowhere(candidates, order)
    held = weights()
    logit = float(evidence(candidates, order, raw) @ held.answerable + held.bias)
    logit += FIELD * float(candidates.features[order[0], FEATURES.index("asks_field")])
    logit -= ANOTHER * _another(candidates, order) + nowhere(candidates, order)
    if held.question.size == candidates.vector.size:
        logit += float(candidates.vector @ held.question)
    return logit
