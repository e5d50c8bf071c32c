"""The real embedder, loaded once for all tests of retrieval."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.reranker import ENGLISH, NAME, Reranker


@pytest.fixture(scope="session")
def embedder(models: Path) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(models / "all-MiniLM-L6-v2")


@pytest.fixture(scope="session")
def reranker(models: Path) -> Reranker:
    return Reranker(models / NAME, english=models / ENGLISH)
