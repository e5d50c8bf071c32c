"""The small trained heads: their weights in one file, and the plain arithmetic that applies them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.ngrams import Ngrams
from bot.sentiment import lexicon
from retrieval.errors import ModelError

Vectors = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("heads.npz")
BUCKETS = 2**17  # hashed n-grams, per language
CHINESE_NGRAMS = 0.4
"""Weight of the n-grams beside the encoder in the logit that a Chinese text is positive rather than negative."""
SURFACE = 9  # columns of ``surface``


def english_ngrams(texts: list[str]) -> Any:
    """Hashed words and word pairs, and characters within words: scipy sparse, shape (n, 2 * BUCKETS)."""
    return _english().matrix([text[:1000].lower() for text in texts])


def chinese_ngrams(texts: list[str]) -> Any:
    """Hashed characters, their pairs and triples, and jieba's words: scipy sparse, shape (n, 2 * BUCKETS)."""
    clean = [text[:600] for text in texts]
    return _chinese().matrix(clean, [" ".join(lexicon.words(text)) for text in clean])


@functools.lru_cache(maxsize=1)
def _english() -> Ngrams:
    words = {"ngram_range": (1, 2), "token_pattern": r"[a-z']+|[!?]+|[^\w\s]+"}
    return Ngrams(BUCKETS, words, {"analyzer": "char_wb", "ngram_range": (2, 4)})


@functools.lru_cache(maxsize=1)
def _chinese() -> Ngrams:
    characters = {"analyzer": "char", "ngram_range": (1, 3)}
    return Ngrams(BUCKETS, characters, {"token_pattern": r"\S+", "ngram_range": (1, 2)})


def surface(texts: list[str]) -> Vectors:
    """What a text looks like and what the word list says of it: shape (n, 9)."""
    rows = []
    for text in texts:
        score = lexicon.score(text)
        upper = sum(c.isupper() for c in text)
        rows.append(
            [
                score,
                abs(score),
                score > 0.3,
                score < -0.3,
                min(text.count("!"), 3) / 3,
                "?" in text or "？" in text,
                upper / len(text) if upper > 5 else 0.0,
                min(len(text), 280) / 280,
                score == 0,
            ]
        )
    return np.array(rows, dtype=np.float32).reshape(-1, 9)


@dataclass(frozen=True, slots=True)
class Heads:
    """Weights of the English, Chinese and dissatisfaction heads; each is a logistic regression, the last a mixture of two.

    ``unhappy`` was fitted to task dialogues and ``chats`` to support chats; ``share`` tells which of them a turn is like.
    ``unhappy_memory`` is the share of the mean of the earlier turns' logits that is added to a turn's own.
    """

    english_ngrams: Vectors
    english_dense: Vectors
    english_bias: Vectors
    chinese_ngrams: Vectors
    chinese_bias: float
    unhappy: Vectors
    unhappy_bias: float
    chats: Vectors
    chats_bias: float
    share: Vectors
    share_bias: float
    unhappy_mean: Vectors
    unhappy_scale: Vectors
    unhappy_threshold: float
    unhappy_memory: float

    def english(self, texts: list[str], tuned: Vectors) -> Vectors:
        """Probabilities of negative, neutral and positive, shape (n, 3); ``tuned`` are the encoder's logits, of that shape."""
        dense = np.hstack([surface(texts), tuned])
        logits = english_ngrams(texts) @ self.english_ngrams + dense @ self.english_dense + self.english_bias
        return softmax(logits)

    def chinese(self, texts: list[str], tuned: Vectors) -> Vectors:
        """Probabilities of negative, neutral and positive, shape (n, 3); ``tuned`` are the Chinese encoder's logits, of that shape."""
        up = np.asarray(chinese_ngrams(texts) @ self.chinese_ngrams, dtype=np.float32).ravel()
        return weighed(up + np.float32(self.chinese_bias), tuned)

    def unhappy_logits(self, measured: Vectors, contexts: Vectors) -> Vectors:
        """How dissatisfied each turn is by itself, shape (n,)."""
        rows = np.hstack([(measured - self.unhappy_mean) / self.unhappy_scale, contexts])
        share = sigmoid(contexts @ self.share + self.share_bias)
        return mixed(rows @ self.unhappy + self.unhappy_bias, rows @ self.chats + self.chats_bias, share)

    def unhappy_probability(self, own: float, earlier: Sequence[float]) -> float:
        """The probability that a turn is dissatisfied, from its logit and those of the customer's turns before it."""
        return float(sigmoid(own + self.unhappy_memory * (sum(earlier) / len(earlier) if earlier else own)))


def mixed(tasks: Vectors, chats: Vectors, share: Vectors) -> Vectors:
    """The logits (n,) of both regressions of dissatisfaction, weighed by the ``share`` (n,) of a support chat in each turn."""
    return np.asarray((1 - share) * tasks + share * chats, dtype=np.float32)


def weighed(up: Vectors, tuned: Vectors) -> Vectors:
    """Probabilities (n, 3) from the Chinese encoder's logits (n, 3) and the n-grams' (n,) that a text is positive.

    The n-grams, which know reviews alone, have a say only in what a text that is not neutral is.
    """
    positive = sigmoid(CHINESE_NGRAMS * up + (1 - CHINESE_NGRAMS) * (tuned[:, 2] - tuned[:, 0]))
    neutral = softmax(tuned)[:, 1]
    return np.stack([(1 - neutral) * (1 - positive), neutral, (1 - neutral) * positive], axis=1).astype(np.float32)


def softmax(logits: Any) -> Vectors:
    """Probabilities of each row's logits, shape (n, classes)."""
    exp = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(exp / exp.sum(axis=1, keepdims=True), dtype=np.float32)


def sigmoid(x: Any) -> Vectors:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), dtype=np.float32)


def load(path: Path = WEIGHTS) -> Heads:
    """The shipped weights. Raises ModelError where the file is missing or does not fit."""
    try:
        with np.load(path, allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
    except (OSError, ValueError) as error:
        raise ModelError(
            f"the mood model {path.name} cannot be read ({error})",
            "reinstall frontdesk, or remake it: python -m bot.sentiment.training",
        ) from error
    try:
        return Heads(
            # Stored as 8-bit steps with one scale a column: a quarter of the size, no difference in the figures.
            english_ngrams=arrays["english_q"].astype(np.float32) * arrays["english_scale"],
            english_dense=arrays["english_dense"].astype(np.float32),
            english_bias=arrays["english_bias"],
            chinese_ngrams=(arrays["chinese_q"].astype(np.float32) * arrays["chinese_scale"]).reshape(-1),
            chinese_bias=float(arrays["chinese_bias"]),
            unhappy=arrays["unhappy"].astype(np.float32),
            unhappy_bias=float(arrays["unhappy_bias"]),
            chats=arrays["chats"].astype(np.float32),
            chats_bias=float(arrays["chats_bias"]),
            share=arrays["share"].astype(np.float32),
            share_bias=float(arrays["share_bias"]),
            unhappy_mean=arrays["unhappy_mean"],
            unhappy_scale=arrays["unhappy_scale"],
            unhappy_threshold=float(arrays["unhappy_threshold"]),
            unhappy_memory=float(arrays.get("unhappy_memory", 0.0)),
        )
    except KeyError as error:
        raise ModelError(
            f"the mood model {path.name} lacks {error}", "remake it: python -m bot.sentiment.training"
        ) from error
