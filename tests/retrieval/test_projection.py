"""The map of embeddings brings rewordings together, is learnt from classes of texts, and leaves other embedders alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval import projection
from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.errors import InputError


def test_a_question_and_its_plain_wording_come_nearer_than_another(embedder: SentenceTransformerEmbedder) -> None:
    texts = ["my daughter won't eat anything that had a face", "Do you have vegetarian options?", "Is there a TV?"]
    plain = embedder.passages(texts)
    mapped = projection.project(plain, embedder.name)
    assert np.linalg.norm(mapped, axis=1) == pytest.approx(np.ones(3), abs=1e-4)

    def lead(vectors: np.ndarray) -> float:
        return float(vectors[0] @ vectors[1] - vectors[0] @ vectors[2])

    assert lead(mapped) > lead(plain) + 0.1


def test_vectors_of_another_model_are_left_as_they_are() -> None:
    vectors = np.eye(7, dtype=np.float32)
    assert projection.project(vectors, "another") is vectors


def test_what_is_learnt_parts_the_classes(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    centres = random.standard_normal((6, 16)).astype(np.float32)
    labels = np.repeat(np.arange(6), 40)
    vectors = centres[labels] + 1.5 * random.standard_normal((240, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    learnt = projection.fit([(vectors, [str(label) for label in labels], 1.0)], epochs=60, rate=1e-2)

    def purity(held: np.ndarray) -> float:
        held = held / np.linalg.norm(held, axis=1, keepdims=True)
        near = held @ held.T
        np.fill_diagonal(near, -1)
        return float((labels[near.argmax(axis=1)] == labels).mean())

    assert purity(vectors @ learnt.T) > purity(vectors)


def test_a_file_that_holds_no_classes_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").write_text('{"kind": "a"}', "utf-8")
    with pytest.raises(InputError, match="broken.jsonl"):
        projection.read_classes(tmp_path / "broken.jsonl")
