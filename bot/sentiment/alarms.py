"""What a person must see in a message, in whatever words: self-harm, danger, legal steps, fraud or theft, the press.

A softmax regression over vectors that the mood is read from anyway: the multilingual encoder's, and the state of the encoder
tuned to the message's language. It hears what no list of words foresees ("药我攒够了，这单不用发了"); the surest words are
``generation.safety``'s. ``bot.sentiment.training`` fits it to messages written for this.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.sentiment.heads import softmax
from retrieval.errors import ModelError

Vectors = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("alarms.npz")
TOPICS = ("self_harm", "safety", "legal", "fraud", "press")
"""What brings a person, named as ``generation.safety.flags`` names it."""
CLASSES = ("none", *TOPICS, "abuse")
"""Abuse is told apart, so that an insult is no danger; it brings nobody by itself."""
_STATES = 0.1
"""Weight of the tuned encoders' states beside the embedding, which has the length 1."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """The likeliest of TOPICS in a message, and the ``probability`` in [0, 1] that it holds any of them."""

    topic: str
    probability: float


@dataclass(frozen=True, slots=True)
class Alarms:
    """The regression's ``weights`` (features, classes) and ``bias`` (classes,)."""

    weights: Vectors
    bias: Vectors

    def heard(self, described: Vectors) -> list[Alarm]:
        """What each message holds; ``described`` (n, features) are theirs."""
        p = softmax(described @ self.weights + self.bias)[:, 1 : 1 + len(TOPICS)]
        return [Alarm(TOPICS[int(row.argmax())], float(row.sum())) for row in p]


def described(vectors: Vectors, english: Vectors, chinese: Vectors) -> Vectors:
    """(n, features) from embeddings (n, d) and the states of both tuned encoders, zeros where the other language is read."""
    return np.hstack([vectors, _STATES * english, _STATES * chinese]).astype(np.float32)


def load(path: Path = WEIGHTS) -> Alarms:
    """The shipped weights. Raises ModelError where the file is missing or does not fit."""
    try:
        with np.load(path, allow_pickle=False) as data:
            weights, bias = data["weights"].astype(np.float32), data["bias"].astype(np.float32)
        if bias.shape != (len(CLASSES),) or weights.shape[1:] != bias.shape:
            raise ValueError("another number of classes")
        return Alarms(weights, bias)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"the model of alarms {path.name} cannot be read ({error})",
            "reinstall frontdesk, or remake it: python -m bot.sentiment.training",
        ) from error
