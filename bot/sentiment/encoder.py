"""Encoders tuned to the sentiment of texts: copies of their own beside the ones that retrieval uses.

Only the low-rank changes (LoRA) and a last layer of each are shipped; the rest comes from the models that retrieval uses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.sentiment.cleaning import clean
from retrieval import lowrank, reranker
from retrieval.encoder import means
from retrieval.errors import ModelError
from retrieval.recent import Recent

Vectors = NDArray[np.float32]
Pieces = Callable[[str], list[int]]
"""The ids of what is read of a text."""

LONGEST_ENGLISH, LONGEST_CHINESE = 64, 192
"""Pieces that are read of a text, with those around it: its first ones in English, its first and its last half in Chinese.

The end of a long review tells more than its middle.
"""
_FOLDER = "mood-ctranslate2"
_CHARACTERS = 1000
_REMEMBERED = 4096
LAST, BIAS = "last.weight", "last.bias"


def english_pieces(base: Path) -> Pieces:
    """For all-MiniLM-L6-v2. Raises an exception of ``tokenizers`` where the file is missing."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST_ENGLISH)
    return lambda text: list(tokenizer.encode(clean(text)).ids)


def chinese_pieces(base: Path) -> Pieces:
    """For multilingual-e5-small. Raises an exception of ``tokenizers`` where the file is missing."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    half = LONGEST_CHINESE // 2

    def pieces(text: str) -> list[int]:
        ids = [reranker.BEGIN, *tokenizer.encode(text, add_special_tokens=False).ids, reranker.END]
        return ids if len(ids) <= LONGEST_CHINESE else [*ids[:half], *ids[-half:]]

    return pieces


@dataclass(frozen=True, slots=True)
class Tuned:
    """What was tuned for a language: its base model by name, its weights, and what is read of a text."""

    base: str
    weights: Path
    pieces: Callable[[Path], Pieces]


ENGLISH = Tuned("all-MiniLM-L6-v2", Path(__file__).with_name("encoder.npz"), english_pieces)
CHINESE = Tuned(reranker.NAME, Path(__file__).with_name("chinese.npz"), chinese_pieces)


class TunedEncoder:
    """States of texts of one language and their logits of negative, neutral and positive; safe to call from several threads."""

    def __init__(self, tuned: Tuned, base: Path, weights: Path | None = None, *, threads: int = 2) -> None:
        """Over the model in ``base``. Raises ModelError where it or the weights are missing or do not fit."""
        weights = weights or tuned.weights
        try:
            with np.load(weights, allow_pickle=False) as data:
                self._last = data[LAST].astype(np.float32)
                self._bias = data[BIAS].astype(np.float32)
            self._recent = Recent(self._read, _REMEMBERED)
            self._pieces = tuned.pieces(base)
            self._encoder = lowrank.encoder(base, weights, _FOLDER, intra_threads=1, inter_threads=threads)
        except Exception as error:  # many kinds: files that are missing, broken or of another model
            raise ModelError(
                f"the mood encoder {weights.name} does not load over {base} ({error})",
                "run `frontdesk models fetch`, or remake it: python -m bot.sentiment.training",
            ) from error

    def logits(self, states: Vectors) -> Vectors:
        """Of negative, neutral and positive, from ``states``: shape (n, 3)."""
        return np.asarray(states @ self._last.T + self._bias, dtype=np.float32)

    def states(self, texts: Sequence[str]) -> Vectors:
        """The mean state of each text: shape (n, d). The last thousands of texts are remembered."""
        return self._recent([text[:_CHARACTERS] for text in texts])

    def _read(self, texts: Sequence[str]) -> Vectors:
        found = means(self._encoder, [self._pieces(text) for text in texts])
        return found if len(texts) else np.zeros((0, self._last.shape[1]), dtype=np.float32)
