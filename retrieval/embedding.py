"""Turns texts into unit vectors: loaded on first use, batched, with a cache of queries."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.encoder import FastEncoder
from retrieval.errors import ModelError
from retrieval.recent import Recent

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """``passages`` and ``queries`` give (n, dimension) float32 unit vectors; ``name`` marks an index as its own."""

    name: str

    @property
    def dimension(self) -> int: ...

    def passages(self, texts: Sequence[str]) -> Vectors: ...

    def queries(self, texts: Sequence[str]) -> Vectors: ...


class SentenceTransformerEmbedder:
    """A sentence-transformers model from a folder or a hub name; safe to call from several threads.

    A plain mean-pooled BERT runs through CTranslate2 (the same vectors, sooner); ``plain`` keeps to PyTorch.
    """

    def __init__(
        self, model: str | Path, *, batch_size: int = 64, cache: int = 2048, longest: int = 2000, plain: bool = False
    ) -> None:
        self.name = Path(model).name
        self._model_path = str(model)
        self._batch_size = batch_size
        self._longest = longest
        self._recent = Recent(self._encode, cache)
        self._lock = threading.RLock()
        self._plain = plain
        self._model: Any = None
        self._dimension = 0

    @property
    def dimension(self) -> int:
        """Length of a vector; loads the model."""
        self.load()
        return self._dimension

    def load(self) -> Any:
        """Loads the model now. Raises ModelError where its weights are missing or broken."""
        with self._lock:
            if self._model is None and not self._plain and (fast := FastEncoder.of(Path(self._model_path))) is not None:
                self._model = fast
                self._dimension = int(fast.encode(["a"]).shape[1])
            if self._model is None:
                from sentence_transformers import SentenceTransformer  # slow: only on first use
                from transformers.utils import logging

                logging.disable_progress_bar()  # a pipe gets no bars, and a terminal ours

                try:
                    self._model = SentenceTransformer(self._model_path, device="cpu")
                except Exception as error:  # many kinds: missing files, broken weights, an unreachable hub
                    raise ModelError(
                        f"the embedding model {self._model_path} cannot be loaded ({type(error).__name__})",
                        "run `frontdesk models fetch`",
                    ) from error
                dimension = self._model.get_embedding_dimension()
                self._dimension = int(dimension)
            return self._model

    def passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension) unit vectors, uncached."""
        return self._encode(texts)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension) unit vectors; texts seen lately come from the cache."""
        return self._recent(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            model = self.load()
            if not texts:
                return np.zeros((0, self._dimension), dtype=np.float32)
            short = [text[: self._longest] for text in texts]
            if isinstance(model, FastEncoder):
                return model.encode(short)
            import torch

            with torch.inference_mode():
                made = model.encode(
                    short,
                    batch_size=self._batch_size,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                    convert_to_numpy=True,
                )
            return np.ascontiguousarray(made, dtype=np.float32)
