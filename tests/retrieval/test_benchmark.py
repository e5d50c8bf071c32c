"""Large collections: inverted lists found by size, read from disk as they lie there, near exact search."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval import benchmark, index, library
from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.passages import Passage
from retrieval.query import Utterance
from retrieval.retriever import Retriever

TOPICS = ("returns", "delivery to Japan", "warranty of lamps", "gift cards", "opening hours", "invoices", "repairs")


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (library, index):
        monkeypatch.setattr(module, "FLAT_UP_TO", 1000)


def passages() -> list[Passage]:
    return [
        Passage(str(n), f"About {topic}", f"All that is to be said about {topic}.") for n, topic in enumerate(TOPICS)
    ]


@pytest.mark.usefixtures("small_limit")
def test_a_large_index_is_read_from_disk_and_finds_what_exact_search_finds(
    tmp_path: Path, embedder: SentenceTransformerEmbedder
) -> None:
    few = passages()
    made, vectors = benchmark.collection(few, library.embed(few, embedder), 3000)
    assert len(made) == 3000
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3000), abs=1e-4)
    index.write(
        tmp_path, made, vectors, np.zeros((int(library.meant(made).sum()), 512), dtype=np.float32), embedder, {}
    )
    retriever = Retriever.open(tmp_path, embedder)
    assert isinstance(retriever.library.vectors, np.memmap)
    found = retriever.find((Utterance("customer", "how long is the warranty of a lamp?"),))
    assert "warranty" in found.hits[0].passage.title
    figures = benchmark.measure(made, vectors, [f"what about {t}?" for t in TOPICS], embedder, embedder)
    assert figures["index"] == "IndexIVFScalarQuantizer"
    assert figures["recall@10"] > 0.7
    assert figures["passages"] == 3000


def test_recall_counts_what_exact_search_would_find() -> None:
    vectors = np.eye(20, dtype=np.float32)
    asked = np.linspace(1.0, 0.05, 20, dtype=np.float32)[None]
    exact = np.arange(10)[None]
    assert benchmark._recall(vectors, asked, exact) == 1.0
    assert benchmark._recall(vectors, asked, exact + 5) == 0.5
