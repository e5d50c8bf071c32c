"""Fits the ranking and answerability weights on the file formats of evaluation; run as a module to remake them.

    python -m retrieval.training --embedder models/all-MiniLM-L6-v2 --pair KNOWLEDGE QUERIES[=WEIGHT] [--pair ...] \
        [--free FEATURE ...] [--out FILE]

KNOWLEDGE is a JSON Lines file or a knowledge folder. The ranking is a listwise softmax regression (ListNet, Cao et al.
2007) over the candidates' features, held near the weights shipped before; answerability a logistic regression on
``ranking.evidence`` and the question's vector. A fifth of the queries of each pair is held out and reported. With ``--free``
only the ranking's weights of these features are fitted, and the others stay as they are.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import Embedder, SentenceTransformerEmbedder
from retrieval.evaluation import Query, calibration_error, read_passages, read_queries
from retrieval.library import FEATURES, Candidates, Library, embed
from retrieval.passages import Passage
from retrieval.ranking import FOLLOW_UP, WEIGHTS, evidence, rank, weights
from retrieval.retriever import question_language


@dataclass(frozen=True, slots=True)
class Example:
    """A query's candidates and which of them (m,) are relevant; all False where none is."""

    candidates: Candidates
    relevant: NDArray[np.bool_]
    answerable: bool


def read_library(paths: Sequence[Path], embedder: Embedder, reader: Embedder | None = None) -> Library:
    """The passages of knowledge folders and of JSON Lines files of ``evaluation``, together, as a ``Library``."""
    passages: list[Passage] = []
    for path in paths:
        passages += read_passages(path)
    return Library(passages, embed(passages, embedder), reader=reader)


def examples(library: Library, queries: Sequence[Query], embedder: Embedder) -> list[Example]:
    """The candidates that the retriever would rank for each query."""
    made: list[Example] = []
    for query in queries:
        found = library.candidates(query.history, embedder, question_language(query.history))
        relevant = np.array([library.passages[int(row)].id in query.relevant for row in found.rows])
        made.append(Example(found, relevant, bool(query.relevant)))
    return made


def listwise(raw: NDArray[np.float64], relevant: NDArray[np.bool_]) -> tuple[float, NDArray[np.float64]]:
    """How unlikely scores make the relevant of their candidates (softmax cross-entropy), and its slope by the scores."""
    share = np.exp(raw - raw.max())
    share /= share.sum()
    right = share[relevant].sum() + 1e-12
    return -float(np.log(right)), share - np.where(relevant, share / right, 0.0)


def fit_ranking(
    sets: Sequence[tuple[Sequence[Example], float]],
    start: NDArray[np.float32],
    penalty: float = 1.0,
    free: Sequence[str] = FEATURES,
) -> NDArray[np.float32]:
    """Non-negative weights that make relevant candidates likely, near ``start``; each set counts by its weight.

    Only those of ``free`` are changed.
    """
    from scipy.optimize import minimize

    usable = [(e.candidates, e.relevant, weight) for data, weight in sets for e in data if e.relevant.any()]
    features = [candidates.features.astype(np.float64) for candidates, *_ in usable]
    scale = np.maximum(np.concatenate(features).std(axis=0), 1e-3)
    origin = start.astype(np.float64)

    def loss(chosen: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = 0.0, np.zeros(len(chosen))
        for held, (candidates, relevant, weight) in zip(features, usable, strict=True):
            raw = held @ chosen
            if candidates.follow_up is not None:
                raw = raw + FOLLOW_UP * candidates.follow_up
            unlikely, away = listwise(raw, relevant)
            total += weight * unlikely
            slope += weight * (held.T @ away)
        moved = (chosen - origin) * scale
        return total + penalty * float(moved @ moved), slope + 2 * penalty * moved * scale

    bounds = [(0, None) if name in free else (held, held) for name, held in zip(FEATURES, origin, strict=True)]
    found = minimize(loss, origin, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 300})
    return np.asarray(found.x, dtype=np.float32)


def fit_answerable(
    sets: Sequence[tuple[Sequence[Example], float]], ranking: NDArray[np.float32], strength: float = 3.0
) -> tuple[NDArray[np.float32], float, NDArray[np.float32]]:
    """Weights of the evidence, the bias, and the weights of the question's vector; each set counts by its weight."""
    from sklearn.linear_model import LogisticRegression

    data = [example for examples_, _ in sets for example in examples_]
    counts = [weight for examples_, weight in sets for _ in examples_]
    inputs = answerable_inputs(data, ranking)
    model = LogisticRegression(C=strength, max_iter=2000, class_weight="balanced")
    model.fit(inputs, [e.answerable for e in data], sample_weight=counts)
    coefficients = model.coef_[0].astype(np.float32)
    width = inputs.shape[1] - len(data[0].candidates.vector)
    return coefficients[:width] * SCALE, float(model.intercept_[0]), coefficients[width:]


SCALE = 3.0
"""The evidence is scaled up for the fit, so that the penalty falls on the question's vector first."""


def answerable_inputs(data: Sequence[Example], ranking: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, evidence + dimension) inputs of the logistic regression."""
    return np.stack(
        [
            np.concatenate([SCALE * evidence(e.candidates, *rank(e.candidates, ranking)), e.candidates.vector])
            for e in data
        ]
    )


def report(data: Sequence[Example], ranking: NDArray[np.float32], logits: NDArray[np.float32]) -> dict[str, float]:
    """Recall@1 and @5 and the answerability errors on examples."""
    asked = [e for e in data if e.answerable]
    ordered = [e.relevant[rank(e.candidates, ranking)[0]] for e in asked]
    said, truth = logits > 0, np.array([e.answerable for e in data])
    right = int((said & truth).sum())
    return {
        "n": len(data),
        "recall@1": float(np.mean([o[:1].any() for o in ordered])) if ordered else 0.0,
        "recall@5": float(np.mean([o[:5].any() for o in ordered])) if ordered else 0.0,
        "candidates": float(np.mean([e.relevant.any() for e in asked])) if asked else 0.0,
        "answerable_f1": 2 * right / max(1, int(said.sum()) + int(truth.sum())),
        "false_refusals": float((~said & truth).sum() / max(1, truth.sum())),
        "false_answers": float((said & ~truth).sum() / max(1, (~truth).sum())),
        "calibration_error": calibration_error((1 / (1 + np.exp(-logits))).tolist(), truth.tolist()),
    }


def save(
    path: Path, ranking: NDArray[np.float32], answerable: tuple[NDArray[np.float32], float, NDArray[np.float32]]
) -> None:
    """Writes the weights as JSON, rounded."""
    document: dict[str, Any] = {
        "ranking": {name: round(float(w), 4) for name, w in zip(FEATURES, ranking, strict=True)},
        "answerable": {
            "evidence": [round(float(w), 4) for w in answerable[0]],
            "bias": round(answerable[1], 4),
            "question": [round(float(w), 3) for w in answerable[2]],
        },
    }
    path.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


def train(
    pairs: Sequence[tuple[Path, Path, float]], embedder: Embedder, out: Path, free: Sequence[str] = ()
) -> dict[str, dict[str, float]]:
    """Fits on four fifths of each pair's queries, writes the weights and gives the figures of the last fifths."""
    held = weights()
    random = np.random.default_rng(0)
    rest: list[tuple[list[Example], float]] = []
    tests: dict[str, list[Example]] = {}
    for knowledge, queries, weight in pairs:
        data = examples(read_library([knowledge], embedder), read_queries(queries), embedder)
        order = random.permutation(len(data))
        tests[queries.name] = [data[i] for i in order[: len(data) // 5]]
        rest.append(([data[i] for i in order[len(data) // 5 :]], weight))
    ranking = fit_ranking(rest, held.ranking, free=free or FEATURES)
    answerable = (held.answerable, held.bias, held.question) if free else fit_answerable(rest, ranking)
    save(out, ranking, answerable)
    coefficients = np.concatenate([answerable[0] / SCALE, answerable[2]])
    return {
        name: report(data, ranking, answerable_inputs(data, ranking) @ coefficients + answerable[1])
        for name, data in tests.items()
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m retrieval.training", description="Fit the ranking weights.")
    parser.add_argument("--embedder", required=True, help="a folder or hub name of a sentence-transformers model")
    parser.add_argument("--pair", nargs=2, action="append", required=True, metavar=("KNOWLEDGE", "QUERIES[=WEIGHT]"))
    parser.add_argument("--free", nargs="+", choices=FEATURES, default=(), metavar="FEATURE")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    chosen = parser.parse_args(arguments)
    pairs = []
    for knowledge, entry in chosen.pair:
        queries, _, weight = entry.partition("=")
        pairs.append((Path(knowledge), Path(queries), float(weight or 1)))
    figures = train(pairs, SentenceTransformerEmbedder(chosen.embedder), chosen.out, chosen.free)
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
