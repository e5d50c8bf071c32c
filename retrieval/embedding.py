"""Turns texts into unit vectors; knows nothing of indexes or languages."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

_CACHED = 4096  # query vectors kept: 6 MB at 384 dimensions
_LONGEST = 2000  # characters of a text that are read; the model itself stops at 256 tokens


class Embedder(Protocol):
    """Embeds passages and queries. ``name`` is part of an index's fingerprint."""

    name: str
    dimension: int

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension)."""
        ...

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension); repeated queries come from a cache."""
        ...


class SentenceTransformerEmbedder:
    """A sentence-transformers model (Reimers and Gurevych, 2019) from a folder or a hub name; safe among threads."""

    def __init__(self, model: str | Path, *, batch_size: int = 64) -> None:
        self.name = Path(model).name
        self._batch_size = batch_size
        self._lock = threading.Lock()
        self._cache: OrderedDict[str, Vectors] = OrderedDict()
        self._model = _load(model)
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def queries(self, texts: Sequence[str]) -> Vectors:
        missing = list(dict.fromkeys(text for text in texts if text not in self._cache))
        fresh = dict(zip(missing, self._encode(missing), strict=True)) if missing else {}
        rows = [fresh[text] if text in fresh else self._cache[text] for text in texts]
        with self._lock:
            self._cache.update(fresh)
            while len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
        return np.stack(rows) if rows else np.zeros((0, self.dimension), np.float32)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        with self._lock:
            vectors: Any = self._model.encode(
                [text[:_LONGEST] for text in texts],
                batch_size=self._batch_size,
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return np.asarray(vectors, dtype=np.float32)


def _load(model: str | Path) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        return SentenceTransformer(str(model), device="cpu")
    except (OSError, ValueError) as error:
        raise ModelError(
            f"the embedding model {str(model)!r} cannot be loaded ({str(error).splitlines()[0]})",
            "run: frontdesk models fetch",
        ) from error
