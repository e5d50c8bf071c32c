"""Hashed n-grams of texts, which the small linear heads weigh."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


class Ngrams:
    """One block of columns for each way to take a text apart, in which the counts of n-grams have the Euclidean length 1.

    The same numbers as scikit-learn's HashingVectorizer without alternating signs, whose options each way is; that one
    spends most of a millisecond a call on checking its own options.
    """

    def __init__(self, buckets: int, *ways: Mapping[str, Any]) -> None:
        from sklearn.feature_extraction.text import HashingVectorizer

        self._buckets = buckets
        self._parts = [HashingVectorizer(**way).build_analyzer() for way in ways]

    def matrix(self, *readings: Sequence[str]) -> Any:
        """scipy sparse, shape (n, ways * buckets), of n texts; a reading for each way, or one for all."""
        from scipy.sparse import csr_matrix
        from sklearn.utils import murmurhash3_32

        columns: list[int] = []
        values: list[float] = []
        ends = [0]
        blocks = readings if len(readings) > 1 else readings * len(self._parts)
        for texts in zip(*blocks, strict=True):
            for block, (parts, text) in enumerate(zip(self._parts, texts, strict=True)):
                counts = Counter(abs(murmurhash3_32(part)) % self._buckets for part in parts(text))
                length = math.sqrt(sum(count * count for count in counts.values()))
                columns += [block * self._buckets + bucket for bucket in counts]
                values += [count / length for count in counts.values()]
            ends.append(len(columns))
        shape = (len(ends) - 1, len(self._parts) * self._buckets)
        made = csr_matrix((np.array(values, np.float32), np.array(columns, np.int32), np.array(ends, np.int32)), shape)
        made.sort_indices()
        return made
