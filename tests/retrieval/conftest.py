"""The real embedder, loaded once for all tests of retrieval."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.embedding import SentenceTransformerEmbedder


@pytest.fixture(scope="session")
def embedder(models: Path) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(models / "all-MiniLM-L6-v2")
