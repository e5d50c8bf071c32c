"""Times a query through the whole retriever beside one plain encode, on collections of any size made from real passages."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from retrieval.embedding import Embedder, Vectors
from retrieval.library import Library, faiss_index
from retrieval.passages import Passage
from retrieval.query import Utterance
from retrieval.reranker import Reranker
from retrieval.retriever import Retriever

Say = Callable[[str], None]


def collection(passages: Sequence[Passage], vectors: Vectors, n: int, seed: int = 0) -> tuple[list[Passage], Vectors]:
    """``n`` passages like those given: words of two, and a (n, d) vector between theirs with noise on it."""
    draw = np.random.default_rng(seed)
    first, second = draw.integers(0, len(passages), (2, n))
    titles = [p.title.split() for p in passages]
    texts = [p.text.split()[:40] for p in passages]
    made = []
    for i, (a, b) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        cut = i % 3
        title, text = titles[a][: -cut or None] + titles[b][:cut], texts[a][: 25 + i % 15] + texts[b][: i % 12]
        made.append(replace(passages[a], id=f"{i}", title=" ".join(title), text=" ".join(text), aliases=(), fields=()))
    mixed = np.empty((n, vectors.shape[1]), dtype=np.float32)
    for start in range(0, n, 50_000):  # a million at once would double the memory
        span = slice(start, min(n, start + 50_000))
        share = draw.uniform(0.0, 0.5, (len(first[span]), 1)).astype(np.float32)
        noise = draw.standard_normal((len(first[span]), vectors.shape[1]), dtype=np.float32)
        part = (1 - share) * vectors[first[span]] + share * vectors[second[span]] + noise * np.float32(0.025)
        mixed[span] = part / np.linalg.norm(part, axis=1, keepdims=True)
    return made, mixed


def measure(
    passages: Sequence[Passage],
    vectors: Vectors,
    questions: Sequence[str],
    embedder: Embedder,
    plain: Embedder,
    *,
    reranker: Reranker | None = None,
    say: Say = lambda _: None,
) -> dict[str, Any]:
    """Medians in milliseconds over ``questions``, each asked once of both, and recall@10 of FAISS against exact search.

    ``ratio_of_means`` holds the questions that were read again, which the medians may leave out.
    """
    say(f"{len(passages):,} passages: FAISS")
    began = time.perf_counter()
    index = faiss_index(vectors)
    say(f"{len(passages):,} passages: words and names")
    retriever = Retriever(Library(passages, vectors, index), embedder, reranker=reranker)
    seconds = time.perf_counter() - began
    retriever.find((Utterance("customer", "is this warm?"),))
    plain.passages(["is this warm?"])
    ours, encode = [], []
    for question in questions:
        began = time.perf_counter()
        plain.passages([question])  # never from a cache
        between = time.perf_counter()
        retriever.find((Utterance("customer", question),))
        encode.append(1000 * (between - began))
        ours.append(1000 * (time.perf_counter() - between))
    asked = embedder.queries(list(questions))
    _, found = index.search(asked, 10)
    return {
        "passages": len(passages),
        "index": type(index).__name__,
        "build_seconds": seconds,
        "encode_ms": statistics.median(encode),
        "retriever_ms": statistics.median(ours),
        "ratio_to_plain_encode": statistics.median(ours) / statistics.median(encode),
        "ratio_of_means": statistics.mean(ours) / statistics.mean(encode),
        "recall@10": _recall(vectors, asked, found),
    }


def _recall(vectors: Vectors, asked: Vectors, found: Any) -> float:
    """The share of the ten exact nearest that ``found`` (queries, 10) holds; equal scores count as the same."""
    scores = asked @ vectors.T
    worst = np.sort(np.partition(scores, -10, axis=1)[:, -10:], axis=1)[:, 0]
    return float((np.take_along_axis(scores, found, axis=1) >= worst[:, None] - 1e-6).mean())
