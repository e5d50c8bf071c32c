"""Fits how the reranker's logits are weighed beside the ranking; run as a module to remake the weights.

    python -m retrieval.training_weighing --embedder models/all-MiniLM-L6-v2 --base models/multilingual-e5-small \
        --pair KNOWLEDGE QUERIES [--pair ...] [--out FILE]

KNOWLEDGE is a JSON Lines file or a shop's folder, QUERIES a file of queries or of conversations, none of which the reranker has
learnt from. The order of the candidates is a listwise softmax regression (Cao et al. 2007) on ``weighing.ORDER``; whether the
first answers is a logistic regression on ``weighing.ANSWER``, without the questions whose first is wrong though another answers.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import Embedder, SentenceTransformerEmbedder
from retrieval.errors import FrontdeskError
from retrieval.evaluation import Query, read_queries
from retrieval.library import Candidates, Library
from retrieval.passages import Language
from retrieval.reranker import Reranker
from retrieval.rereading import Judged, first_look
from retrieval.retriever import question_language
from retrieval.training import listwise, read_library
from retrieval.weighing import ANSWER, ORDER, WEIGHTS, order_evidence, reordered

_PENALTY = 1e-3
_UNANSWERABLE = 1.25
"""How much more a question without an answer counts: an answer to it is worse than none to another."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question that was read again: the (n, len(ORDER)) ``evidence`` of the candidates read and which are ``relevant``."""

    language: Language
    candidates: Candidates
    judged: Judged
    places: NDArray[np.int64]
    evidence: NDArray[np.float32]
    relevant: NDArray[np.bool_]
    answerable: bool

    def answer(self, order: NDArray[np.float64]) -> tuple[NDArray[np.float32], bool]:
        """The evidence that the best by these weights answers, and whether it is relevant."""
        found = (self.evidence @ order).astype(np.float32)
        ranked, raw, _ = self.judged
        _, best_first, told = reordered(self.candidates, ranked, raw, self.places, self.evidence, found, self.language)
        return told, bool(self.relevant[best_first[0]])


def examples(library: Library, queries: Sequence[Query], embedder: Embedder, reranker: Reranker) -> list[Example]:
    """Of the queries of which the retriever would read candidates again."""
    made: list[Example] = []
    for query in queries:
        language = question_language(query.history)
        history = library.meant(query.history, language).history
        candidates = library.candidates(history, embedder, language)
        judged, places, _ = first_look(history, library.passages, candidates, language)
        if not len(places):
            continue
        order, raw, _ = judged
        some = [library.passages[int(candidates.rows[row])] for row in order[places]]
        read = reranker.logits(history, some, library.spoken_of(candidates, language))
        evidence = order_evidence(candidates, library.passages, order[places], raw, read)
        relevant = np.array([passage.id in query.relevant for passage in some])
        made.append(Example(language, candidates, judged, places, evidence, relevant, bool(query.relevant)))
    return made


def fit(data: Sequence[Example]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The weights of ORDER and of ANSWER."""
    from scipy.optimize import minimize
    from sklearn.linear_model import LogisticRegression

    usable = [(e.evidence.astype(np.float64), e.relevant) for e in data if e.relevant.any()]

    def loss(chosen: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = 0.0, np.zeros(len(chosen))
        for held, relevant in usable:
            unlikely, away = listwise(held @ chosen, relevant)
            total += unlikely
            slope += held.T @ away
        count = len(usable)
        return total / count + _PENALTY * float(chosen @ chosen), slope / count + 2 * _PENALTY * chosen

    start = np.array([1.0, 1.0, *([0.0] * (len(ORDER) - 2))])
    order = np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x, dtype=np.float64)
    told = [(*e.answer(order), e.answerable) for e in data]
    told = [one for one in told if one[1] or not one[2]]
    model = LogisticRegression(C=1.0, max_iter=2000, fit_intercept=False)
    counts = [1.0 if answerable else _UNANSWERABLE for *_, answerable in told]
    model.fit(np.stack([evidence for evidence, *_ in told]), [a for *_, a in told], sample_weight=counts)
    return order, np.asarray(model.coef_[0], dtype=np.float64)


def report(data: Sequence[Example], order: NDArray[np.float64], answer: NDArray[np.float64]) -> dict[str, float]:
    """Recall@1 before and after, and how the answers were judged."""
    told = [(*e.answer(order), e.answerable) for e in data]
    said = np.array([float(evidence @ answer) > 0 for evidence, *_ in told])
    truth, right = np.array([a for *_, a in told]), np.array([r for _, r, _ in told])
    first = np.array([bool(e.relevant[0]) for e in data])
    return {
        "n": len(data),
        "recall@1_ranked": float(first[truth].mean()),
        "recall@1": float(right[truth].mean()),
        "f1": float(2 * (said & truth).sum() / max(1, said.sum() + truth.sum())),
        "false_answers": float((said & ~truth).sum() / max(1, (~truth).sum())),
        "false_refusals": float((~said & truth).sum() / max(1, truth.sum())),
        "right_decisions": float(np.where(truth, said & right, ~said).mean()),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m retrieval.training_weighing", description="Fit the second look.")
    parser.add_argument("--embedder", type=Path, required=True, help="the folder of all-MiniLM-L6-v2")
    parser.add_argument("--base", type=Path, required=True, help="the folder of multilingual-e5-small")
    parser.add_argument("--pair", nargs=2, type=Path, action="append", required=True, metavar=("KNOWLEDGE", "QUERIES"))
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    chosen = parser.parse_args(arguments)
    try:
        embedder = SentenceTransformerEmbedder(chosen.embedder)
        reranker = Reranker(chosen.base, english=chosen.embedder)
        data = [
            example
            for knowledge, queries in chosen.pair
            for example in examples(read_library([knowledge], embedder), read_queries(queries), embedder, reranker)
        ]
    except FrontdeskError as error:
        parser.error(str(error))
    document: dict[str, dict[str, dict[str, float]]] = {}
    figures: dict[str, dict[str, float]] = {}
    for language in ("en", "zh"):
        own = [example for example in data if example.language == language]
        if not any(e.relevant.any() for e in own) or all(e.answerable for e in own):
            parser.error(f"--pair: there are no questions with and without an answer in {language}")
        order, answer = fit(own)
        figures[language] = report(own, order, answer)
        document[language] = {
            "order": {name: round(float(w), 4) for name, w in zip(ORDER, order, strict=True)},
            "answer": {name: round(float(w), 4) for name, w in zip(ANSWER, answer, strict=True)},
        }
    chosen.out.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
