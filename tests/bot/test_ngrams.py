"""The n-grams of the heads, beside scikit-learn's, to which the shipped weights were fitted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.feature_extraction.text import HashingVectorizer

from bot.ngrams import Ngrams

TEXTS = [
    "",
    "thx",
    "It broke again, it broke AGAIN!!! what now?",
    "客服呢？我要人工，人工！",
    "mixed 中文 and 😡😡 emoji — don't",
    "a" * 300,
]
WAYS: list[dict[str, Any]] = [
    {"ngram_range": (1, 2), "token_pattern": r"[a-z']+|[!?]+|[^\w\s]+"},
    {"analyzer": "char_wb", "ngram_range": (2, 4)},
    {"analyzer": "char", "ngram_range": (1, 3)},
]


@pytest.mark.parametrize("way", WAYS)
def test_a_way_gives_what_the_vectoriser_gives(way: dict[str, Any]) -> None:
    theirs = HashingVectorizer(n_features=2**10, alternate_sign=False, dtype=np.float32, **way).transform(TEXTS)
    ours = Ngrams(2**10, way).matrix(TEXTS)
    assert ours.shape == theirs.shape and ours.dtype == np.float32
    np.testing.assert_allclose(ours.toarray(), theirs.toarray(), atol=1e-6)


def test_ways_stand_side_by_side_and_may_read_texts_of_their_own() -> None:
    both = Ngrams(64, *WAYS[:2]).matrix(["one two", "three"], ["eins", "zwei drei"]).toarray()
    assert both.shape == (2, 128)
    np.testing.assert_array_equal(both[:, :64], Ngrams(64, WAYS[0]).matrix(["one two", "three"]).toarray())
    np.testing.assert_array_equal(both[:, 64:], Ngrams(64, WAYS[1]).matrix(["eins", "zwei drei"]).toarray())
    assert np.linalg.norm(both[0, :64]) == pytest.approx(1.0)


def test_readings_of_other_lengths_are_no_matrix() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Ngrams(64, *WAYS[:2]).matrix(["one", "two"], ["eins"])
