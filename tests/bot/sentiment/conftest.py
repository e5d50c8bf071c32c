"""The shipped heads over the real embedder."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sentiment.reader import MoodReader, load
from retrieval.embedding import SentenceTransformerEmbedder


@pytest.fixture(scope="session")
def reader(models: Path) -> MoodReader:
    base = models / "all-MiniLM-L6-v2"
    return load(SentenceTransformerEmbedder(base), base)
