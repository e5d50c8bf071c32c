"""The sentence encoder tuned to the sentiment of English texts: a copy of its own beside the one that retrieval uses.

Only the low-rank changes (LoRA) and a last layer are shipped; the rest comes from the model that retrieval uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.sentiment.cleaning import clean
from retrieval import lowrank
from retrieval.encoder import means
from retrieval.errors import ModelError
from retrieval.recent import Recent

Vectors = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("encoder.npz")
LONGEST = 64
"""Word pieces of a text that are read."""
_FOLDER = "mood-ctranslate2"
_CHARACTERS = 1000
_REMEMBERED = 4096
LAST, BIAS = "last.weight", "last.bias"


class TunedEncoder:
    """States of English texts and their logits of negative, neutral and positive; safe to call from several threads."""

    def __init__(self, base: Path, weights: Path = WEIGHTS, *, threads: int = 2) -> None:
        """Raises ModelError where the weights or the base model are missing or do not fit."""
        try:
            from tokenizers import Tokenizer

            with np.load(weights, allow_pickle=False) as data:
                self._last = data[LAST].astype(np.float32)
                self._bias = data[BIAS].astype(np.float32)
            self._recent = Recent(self._read, _REMEMBERED)
            self._tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
            self._tokenizer.no_padding()
            self._tokenizer.enable_truncation(LONGEST)
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
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch([clean(text) for text in texts])]
        found = means(self._encoder, tokens)
        return found if len(texts) else np.zeros((0, self._last.shape[1]), dtype=np.float32)
