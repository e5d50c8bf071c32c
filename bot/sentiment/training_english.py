"""Fits the English sentiment head: a tuned encoder, hashed n-grams, VADER and the looks of a text, weighed together."""

from __future__ import annotations

import csv
import logging
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.sentiment import heads
from bot.sentiment.encoder import ENGLISH, TunedEncoder
from bot.sentiment.tuning import tune
from retrieval.precision import quantise

logger = logging.getLogger(__name__)

LABELS = {"negative": 0, "neutral": 1, "positive": 2}
_MASKED = re.compile(r"https?://\S+|@\w+|\bhttp\b")
_HELD = 3000  # tweets that neither encoder nor n-grams are fitted to: on them the parts are weighed


def english(
    tweets: Path, dialogue: Path, questions: Path, validation: tuple[Path, Path], base: Path, encoder: Path
) -> dict[str, Any]:
    """Arrays of the three-class head. The texts of ``validation`` are taken out of the training data.

    The encoder's weights are tuned from the model in ``base`` and written to ``encoder``, where there are none yet.
    """
    from sklearn.linear_model import LogisticRegression

    vx = validation[0].read_text(encoding="utf-8").splitlines()
    vy = np.array([int(line) for line in validation[1].read_text(encoding="utf-8").split()])
    fitted, held = split(tweets, dialogue, questions, vx)
    texts, y = [text for text, _ in fitted], np.array([label for _, label in fitted])
    hx, hy = [text for text, _ in held], np.array([label for _, label in held])
    if not encoder.is_file():
        tune(ENGLISH, base, fitted, encoder)
    tuned = TunedEncoder(ENGLISH, base, encoder)
    first = LogisticRegression(C=4.0, max_iter=50, class_weight="balanced").fit(heads.english_ngrams(texts), y)
    logger.info(
        "english: %d texts; n-grams alone %.4f, the encoder alone %.4f",
        len(y),
        macro_recall(vy, first.predict(heads.english_ngrams(vx))),
        macro_recall(vy, tuned.logits(tuned.states(vx)).argmax(1)),
    )
    parts = [_parts(first, tuned, hx), _parts(first, tuned, vx)]
    second = LogisticRegression(C=1.0, max_iter=500, class_weight="balanced").fit(parts[0], hy)
    logger.info("english: macro recall on the validation part %.4f", macro_recall(vy, second.predict(parts[1])))
    dense, ngrams = np.split(second.coef_.T, [heads.SURFACE + 3])
    steps, scale = quantise((first.coef_.T @ ngrams).astype(np.float32))
    return {
        "english_q": steps,
        "english_scale": scale,
        "english_dense": dense.astype(np.float32),
        "english_bias": (second.intercept_ + first.intercept_ @ ngrams).astype(np.float32),
    }


def split(
    tweets: Path, dialogue: Path, questions: Path, without: Sequence[str]
) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """((text, label) to fit to, (text, label) held out): tweets, turns of dialogue, and questions, which are neutral."""
    taken = {_letters(text) for text in without}
    rows = [(row["text"], LABELS[row["label"]]) for row in _rows(tweets)]
    rows = [row for row in rows if _letters(row[0]) not in taken]
    order = np.random.default_rng(3).permutation(len(rows))
    held, kept = order[:_HELD], order[_HELD:]
    fitted = [rows[i] for i in kept]
    fitted += [(row["Utterance"], LABELS[row["Sentiment"]]) for row in _rows(dialogue)]
    fitted += [(row["text"], 1) for row in _rows(questions) if zlib.crc32(row["text"].encode()) % 4 == 0]
    return fitted, [rows[i] for i in held]


def macro_recall(y: NDArray[Any], predicted: NDArray[Any]) -> float:
    """The mean of the classes' recalls."""
    return float(np.mean([(predicted[y == k] == k).mean() for k in np.unique(y)]))


def _parts(first: Any, tuned: TunedEncoder, texts: list[str]) -> NDArray[np.float32]:
    verdicts = first.decision_function(heads.english_ngrams(texts))
    return np.hstack([heads.surface(texts), tuned.logits(tuned.states(texts)), verdicts]).astype(np.float32)


def _letters(text: str) -> str:
    """What makes two copies of a tweet the same."""
    return re.sub(r"[^a-z0-9]", "", _MASKED.sub("", text.lower()))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
