"""The shipped adapter of the sentence encoder: low-rank updates of its upper layers and a map of the pooled vector."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import ModelError

LAYERS = (3, 4, 5)
PARTS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
SHIPPED = Path(__file__).parent / "weights" / "encoder.npz"


@dataclass(frozen=True, slots=True)
class Adapter:
    """``low_rank`` holds (down (r, in), up (out, r)) by the name of the weight it updates; ``map`` is (d, d)."""

    low_rank: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]
    map: NDArray[np.float32]

    def save(self, path: Path) -> None:
        """Writes 16-bit numbers."""
        held = {"map": self.map.astype(np.float16)}
        for name, (down, up) in self.low_rank.items():
            held[f"{name}:down"] = down.astype(np.float16)
            held[f"{name}:up"] = up.astype(np.float16)
        np.savez(path, **held)  # type: ignore[arg-type]

    def apply(self, parameters: dict[str, Any]) -> None:
        """Adds the updates to a BERT's torch parameters in place. Raises ModelError where they do not fit."""
        import torch

        for name, (down, up) in self.low_rank.items():
            weight = parameters.get(name)
            if weight is None or tuple(weight.shape) != (up.shape[0], down.shape[1]):
                raise ModelError(f"the encoder's adapter does not fit: {name}", "use all-MiniLM-L6-v2, or no adapter")
            with torch.no_grad():
                weight += torch.from_numpy(up @ down)

    def project(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, d) unit vectors of pooled ones."""
        made = vectors @ self.map.T
        return np.ascontiguousarray(made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9), np.float32)


@cache
def load(path: Path = SHIPPED) -> Adapter:
    """Reads an adapter. Raises ModelError where the file is missing or broken."""
    try:
        with np.load(path) as held:
            names = [key.removesuffix(":down") for key in held.files if key.endswith(":down")]
            low = {n: (held[f"{n}:down"].astype(np.float32), held[f"{n}:up"].astype(np.float32)) for n in names}
            return Adapter(low, held["map"].astype(np.float32))
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"the encoder's adapter {path} cannot be read ({error})", "install frontdesk again") from error


@cache
def stamp(path: Path = SHIPPED) -> str:
    """Eight hex digits that change with the adapter."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]
