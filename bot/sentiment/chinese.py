"""The multilingual encoder tuned to the mood of Chinese texts: its convolutions over pieces, and a small network over them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import ModelError
from retrieval.multilingual import EPSILON, ORDERS, MultilingualEncoder, multilingual, read
from retrieval.recent import Recent

Vectors = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("chinese.npz")
LONGEST = 96
"""Pieces of a text that are read: its first and its last half of so many."""
HIDDEN = 128
_REMEMBERED = 4096


class ChineseEncoder:
    """Logits of negative, neutral and positive; safe to call from several threads."""

    def __init__(self, weights: Path = WEIGHTS, encoder: MultilingualEncoder | None = None) -> None:
        """Raises ModelError where the weights are missing or broken."""
        self._encoder = encoder or multilingual()
        self._recent = Recent(self._read, _REMEMBERED)
        try:
            with np.load(weights, allow_pickle=False) as data:
                self._p = read(data)
            self._apply(np.zeros((3, len(self._p["proj2"])), dtype=np.float32))
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(
                f"the mood model {weights.name} cannot be read ({error})",
                "reinstall frontdesk, or remake it: python -m bot.sentiment.training",
            ) from error

    def logits(self, texts: Sequence[str]) -> Vectors:
        """(n, 3), of negative, neutral and positive. The last thousands of texts are remembered."""
        return self._recent(texts)

    def _read(self, texts: Sequence[str]) -> Vectors:
        made = [self._apply(shortened(self._encoder.pieces(text))) for text in texts]
        return np.array(made, dtype=np.float32).reshape(-1, 3)

    def _apply(self, pieces: Vectors) -> Vectors:
        """(3,) logits of embedded pieces (n, 512): the states' mean and greatest, a hidden layer and a last one."""
        p = self._p
        together = np.hstack([pieces @ p[f"proj{n}"] + p[f"proj_b{n}"] for n, _ in ORDERS])
        gain, shift = (np.concatenate([p[f"{name}{n}"] for n, _ in ORDERS]) for name in ("ln_g", "ln_b"))
        normal, width = _normalised(together, gain, shift), len(p["b1_2"])
        parts = [pieces]
        for place, (order, left) in enumerate(ORDERS):
            x = normal[:, place * width : (place + 1) * width]
            hidden = np.maximum(_windows(x, order, left) @ p[f"w1_{order}"] + p[f"b1_{order}"], 0) + x
            parts.append(np.maximum(_windows(hidden, order, left) @ p[f"w2_{order}"] + p[f"b2_{order}"], 0) + hidden)
        states = _normalised(np.hstack(parts), p["ln_g"], p["ln_b"])
        pooled = np.concatenate([states.mean(axis=0), states.max(axis=0)])
        return np.asarray(np.maximum(pooled @ p["hidden"] + p["hidden_b"], 0) @ p["last"] + p["last_b"], np.float32)


def shortened(pieces: NDArray[Any]) -> NDArray[Any]:
    """The first and the last LONGEST / 2 of the pieces of a longer text."""
    half = LONGEST // 2
    return pieces if len(pieces) <= LONGEST else np.concatenate([pieces[:half], pieces[-half:]])


def _normalised(x: Vectors, gain: Vectors, shift: Vectors) -> Vectors:
    centred = x - x.mean(axis=1, keepdims=True)
    return np.asarray(centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + EPSILON) * gain + shift)


def _windows(x: Vectors, order: int, left: int) -> Vectors:
    padded = np.pad(x, ((left, order - 1 - left), (0, 0)))
    return np.hstack([padded[k : k + len(x)] for k in range(order)])
