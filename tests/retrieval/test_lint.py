"""Entries that repeat or contradict one another are listed with both places."""

from __future__ import annotations

from pathlib import Path

from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.lint import lint


def test_duplicates_and_contradictions_are_named(tmp_path: Path, embedder: SentenceTransformerEmbedder) -> None:
    (tmp_path / "faq").mkdir()
    (tmp_path / "faq" / "a.md").write_text(
        "## How long is the warranty?\nIt is 24 months.\n\n## Do you wrap gifts?\nYes, we do.\n", "utf-8"
    )
    (tmp_path / "faq" / "b.md").write_text(
        "## How long is the warranty?\nIt is 36 months.\n\n## Do you wrap gifts?\nYes, we do.\n", "utf-8"
    )
    document, errors = lint(tmp_path, embedder)
    assert (document["duplicates"], document["contradictions"]) == (1, 1)
    assert any("contradicts faq/a.md:1" in str(error) for error in errors)
