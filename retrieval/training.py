"""Fits the ranking and answerability weights on the file formats of evaluation; run as a module to remake them.

    python -m retrieval.training --embedder models/all-MiniLM-L6-v2 --pair KNOWLEDGE QUERIES [--pair ...] --out FILE

The ranking is a listwise softmax regression over the candidates' features; answerability a logistic
regression on ``retriever.evidence`` and the question's vector. A fifth of the queries is held out and reported.
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
from retrieval.evaluation import Query, calibration_error, read_knowledge, read_queries
from retrieval.library import FEATURES, Candidates, Library, embed
from retrieval.retriever import WEIGHTS, evidence, question_language, rank

BY_HAND = ("general", "general_despite_entity", "same_language", "asks_field")
"""Features that the training dialogues (English, every entry with an entity) say nothing of keep their weights."""


@dataclass(frozen=True, slots=True)
class Example:
    """A query's candidates and which of them (m,) are relevant; all False where none is."""

    candidates: Candidates
    relevant: NDArray[np.bool_]
    answerable: bool
    vector: NDArray[np.float32]


def examples(library: Library, queries: Sequence[Query], embedder: Embedder) -> list[Example]:
    """The candidates that the retriever would rank for each query."""
    made: list[Example] = []
    for query in queries:
        found = library.candidates(query.history, embedder, question_language(query.history))
        relevant = np.array([library.passages[int(row)].id in query.relevant for row in found.rows])
        made.append(Example(found, relevant, bool(query.relevant), embedder.queries([found.query])[0]))
    return made


def fit_ranking(data: Sequence[Example], start: NDArray[np.float32], penalty: float = 1.0) -> NDArray[np.float32]:
    """Weights that make relevant candidates likely; features of BY_HAND keep their start."""
    from scipy.optimize import minimize

    free = np.array([name not in BY_HAND for name in FEATURES])
    usable = [(e.candidates.features.astype(np.float64), e.relevant) for e in data if e.relevant.any()]

    def loss(chosen: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        full = start.astype(np.float64).copy()
        full[free] = chosen
        total, slope = 0.0, np.zeros(len(full))
        for features, relevant in usable:
            raw = features @ full
            share = np.exp(raw - raw.max())
            share /= share.sum()
            right = share[relevant].sum() + 1e-12
            total -= np.log(right)
            wanted = np.where(relevant, share / right, 0.0)
            slope += features.T @ (share - wanted)
        total += penalty * 0.01 * float(chosen @ chosen)
        return total, slope[free] + penalty * 0.02 * chosen

    found = minimize(
        loss,
        start[free].astype(np.float64),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None)] * int(free.sum()),
        options={"maxiter": 200},
    )
    weights = start.copy()
    weights[free] = found.x
    return weights


def fit_answerable(
    data: Sequence[Example], ranking: NDArray[np.float32], strength: float = 0.3
) -> tuple[NDArray[np.float32], float, NDArray[np.float32]]:
    """Weights of the evidence, the bias, and the weights of the question's vector."""
    from sklearn.linear_model import LogisticRegression

    inputs = answerable_inputs(data, ranking)
    model = LogisticRegression(C=strength, max_iter=2000, class_weight="balanced")
    model.fit(inputs, [e.answerable for e in data])
    coefficients = model.coef_[0].astype(np.float32)
    width = inputs.shape[1] - len(data[0].vector)
    return coefficients[:width] * SCALE, float(model.intercept_[0]), coefficients[width:]


SCALE = 3.0
"""The evidence is scaled up for the fit, so that the penalty falls on the question's vector first."""


def answerable_inputs(data: Sequence[Example], ranking: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, evidence + dimension) inputs of the logistic regression."""
    return np.stack(
        [np.concatenate([SCALE * evidence(e.candidates, *rank(e.candidates, ranking)), e.vector]) for e in data]
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


def train(pairs: Sequence[tuple[Path, Path]], embedder: Embedder, out: Path) -> dict[str, float]:
    """Fits on four fifths of the queries, writes the weights and gives the figures of the last fifth."""
    held = json.loads(WEIGHTS.read_text("utf-8"))["ranking"]
    start = np.array([held.get(name, 0.0) for name in FEATURES], dtype=np.float32)
    data: list[Example] = []
    for knowledge, queries in pairs:
        passages = read_knowledge(knowledge)
        data += examples(Library(passages, embed(passages, embedder)), read_queries(queries), embedder)
    order = np.random.default_rng(0).permutation(len(data))
    cut = len(data) // 5
    test, rest = [data[i] for i in order[:cut]], [data[i] for i in order[cut:]]
    ranking = fit_ranking(rest, start)
    answerable = fit_answerable(rest, ranking)
    save(out, ranking, answerable)
    coefficients = np.concatenate([answerable[0] / SCALE, answerable[2]])
    return report(test, ranking, answerable_inputs(test, ranking) @ coefficients + answerable[1])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m retrieval.training", description="Fit the ranking weights.")
    parser.add_argument("--embedder", required=True, help="a folder or hub name of a sentence-transformers model")
    parser.add_argument("--pair", nargs=2, action="append", required=True, type=Path, metavar=("KNOWLEDGE", "QUERIES"))
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    chosen = parser.parse_args(arguments)
    figures = train([tuple(pair) for pair in chosen.pair], SentenceTransformerEmbedder(chosen.embedder), chosen.out)
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
