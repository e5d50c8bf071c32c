"""Fits the weights for Chinese questions on questions to knowledge in Chinese and in English; run as a module.

    python -m retrieval.training_chinese --embedder models/all-MiniLM-L6-v2 --pair KNOWLEDGE QUERIES [ENCODER] [--pair ...]

The ranking is a listwise softmax regression with a penalty on leaving the present weights, answerability a logistic
regression on ``ranking.chinese_evidence``. KNOWLEDGE is a folder or a JSON Lines file of ``evaluation``,
or several parted by commas. ENCODER names weights of the multilingual encoder that were tuned without this pair, where
the shipped ones were tuned on it: its likenesses would be flattering.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import Embedder, SentenceTransformerEmbedder
from retrieval.evaluation import read_queries
from retrieval.library import FEATURES
from retrieval.multilingual import MultilingualEncoder, multilingual
from retrieval.ranking import (
    CHINESE,
    CHINESE_EVIDENCE,
    ChineseWeights,
    chinese_evidence,
    chinese_weights,
    rank_chinese,
)
from retrieval.training import Example, examples, listwise, read_library

PENALTY = 0.001
"""Of the squared distance from the present weights, for each question; five-fold cross-validation chose it."""
UNANSWERED = 1.5
"""How much more a question without an answer counts than one with."""
FREE_OWN = tuple(name not in ("neighbours", "entity_first", "tuned") for name in FEATURES)
FREE_ENGLISH = tuple(name not in ("neighbours", "entity_first", "same_language", "tuned") for name in FEATURES)


def parted(example: Example) -> NDArray[np.float64]:
    """(m, 2 * len(FEATURES) + 2): the features of Chinese passages, of English ones, and what follows from the turns before."""
    found = example.candidates
    own = found.features[:, FEATURES.index("same_language"), None] > 0
    extra = [np.zeros(len(found.rows)) if held is None else held for held in (found.follow_up, found.context)]
    return np.hstack([found.features * own, found.features * ~own, np.stack(extra, axis=1)]).astype(np.float64)


def fit_ranking(data: Sequence[Example], start: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights of ``parted`` features that make relevant candidates likely."""
    from scipy.optimize import minimize

    free = np.array([*FREE_OWN, *FREE_ENGLISH, True, True])
    usable = [(parted(example), example.relevant) for example in data if example.relevant.any()]

    def loss(chosen: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        full = start.copy()
        full[free] = chosen
        total, slope = 0.0, np.zeros(len(full))
        for features, relevant in usable:
            unlikely, away = listwise(features @ full, relevant)
            total += unlikely
            slope += features.T @ away
        moved = full - start
        n = len(usable)
        return total / n + PENALTY * float(moved @ moved), (slope / n + 2 * PENALTY * moved)[free]

    fitted = start.copy()
    fitted[free] = minimize(loss, start[free], jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return fitted


def fit_answerable(data: Sequence[Example], held: ChineseWeights) -> NDArray[np.float64]:
    """Weights of CHINESE_EVIDENCE; their first is the bias and is hardly held to the present one."""
    from scipy.optimize import minimize

    rows = np.array([chinese_evidence(e.candidates, rank_chinese(e.candidates, held)[0]) for e in data], np.float64)
    truth = np.array([e.answerable for e in data], dtype=np.float64)
    weight = np.where(truth > 0, 1.0, UNANSWERED)
    start = held.answerable.astype(np.float64)
    stiff = np.array([0.04] + [1.0] * (len(start) - 1)) * 0.15

    def loss(chosen: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        raw = rows @ chosen
        sure = 1 / (1 + np.exp(-raw))
        total = float((weight * (np.logaddexp(0, raw) - truth * raw)).sum())
        away = chosen - start
        return total + float(stiff @ away**2), rows.T @ (weight * (sure - truth)) + 2 * stiff * away

    fitted: NDArray[np.float64] = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return fitted


def train(pairs: Sequence[tuple[str, Path, Path | None]], embedder: Embedder, out: Path = CHINESE) -> None:
    """Fits on all pairs of knowledge and queries, each with the encoder's weights, and writes what was fitted."""
    data: list[Example] = []
    for knowledge, queries, weights in pairs:
        reader = MultilingualEncoder(weights) if weights else multilingual()
        library = read_library([Path(part) for part in knowledge.split(",")], embedder, reader)
        data += examples(library, read_queries(queries), embedder)
    held = chinese_weights()
    start = np.concatenate([held.own, held.english, [held.follow_up, held.context]]).astype(np.float64)
    full = fit_ranking(data, start)
    n = len(FEATURES)
    own, english, (follow_up, context) = full[:n], full[n : 2 * n], full[2 * n :]
    ranked = ChineseWeights(
        own.astype(np.float32), english.astype(np.float32), float(follow_up), float(context), held.answerable
    )
    answerable = fit_answerable(data, ranked)
    written = {
        "own": _named(FEATURES, own),
        "english": _named(FEATURES, english),
        "follow_up": round(float(follow_up), 3),
        "context": round(float(context), 3),
        "answerable": _named(CHINESE_EVIDENCE, answerable),
    }
    out.write_text(json.dumps(written, indent=1) + "\n", "utf-8")


def _named(names: Sequence[str], values: NDArray[np.float64]) -> dict[str, float]:
    return {name: round(float(value), 3) for name, value in zip(names, values, strict=True)}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m retrieval.training_chinese", description="Fit the weights for Chinese questions."
    )
    parser.add_argument("--embedder", required=True, help="a folder or hub name of a sentence-transformers model")
    parser.add_argument("--pair", nargs="+", action="append", required=True, metavar="KNOWLEDGE QUERIES [ENCODER]")
    parser.add_argument("--out", type=Path, default=CHINESE)
    chosen = parser.parse_args(arguments)
    if any(len(pair) not in (2, 3) for pair in chosen.pair):
        parser.error("--pair takes KNOWLEDGE, QUERIES and, if need be, ENCODER")
    pairs = [(pair[0], Path(pair[1]), Path(pair[2]) if pair[2:] else None) for pair in chosen.pair]
    train(pairs, SentenceTransformerEmbedder(chosen.embedder), chosen.out)
    sys.stdout.write(f"written to {chosen.out}\n")


if __name__ == "__main__":
    main()
