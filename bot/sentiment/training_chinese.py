"""Fits the Chinese sentiment head: hashed n-grams on shop reviews, and an encoder tuned on reviews and chats."""

from __future__ import annotations

import csv
import json
import logging
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from bot.sentiment import heads
from bot.sentiment.encoder import CHINESE, TunedEncoder
from bot.sentiment.tuning import Text, tune
from retrieval import lowrank, ranking
from retrieval.evaluation import read_queries
from retrieval.precision import quantise
from retrieval.projection import read_classes

logger = logging.getLogger(__name__)

MESSAGES = Path(__file__).with_name("messages.zh.jsonl")
REVIEWS = Path(__file__).with_name("reviews.zh.jsonl")
_FOLDER = ranking.CHINESE.parent
QUESTIONS = (_FOLDER / "questions.zh.jsonl", *sorted(_FOLDER.glob("chinese_faq/[a-d]_questions.jsonl")))
_LABELS = {"negative": 0, "neutral": 1, "positive": 2}
_STRENGTH = 4.0
_AT_ONCE = 5
_EPOCHS = 1
_AGAIN, _TIMES, _LATER_RATE = 12_000, 4, 3e-4
"""Of the second tuning: how many of the reviews, how often each of those written for this, and its learning rate."""
_KEPT = 0.5
"""The share of the first tuning in what is shipped."""


def reviews_of(path: Path) -> list[tuple[str, int, str]]:
    """(review, 0 negative or 2 positive, category) of online_shopping_10_cats.zip."""
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".csv"))
        rows = csv.DictReader(archive.read(name).decode("utf-8-sig").splitlines())
        return [(row["review"], 2 * int(row["label"]), row["cat"]) for row in rows if row.get("review")]


def labelled(path: Path) -> list[Text]:
    """The texts of a file of lines of {"text", "label"}."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [(line["text"], _LABELS[line["label"]]) for line in lines]


def messages_of(messages: Path, questions: Sequence[Path]) -> list[Text]:
    """Messages in chats with their labels, and plain questions, which are neutral.

    A file of ``questions`` is one of classes ("kind", "titles", "texts") or one of queries, of which those with an answer count.
    """
    found = labelled(messages)
    for path in questions:
        if '"history"' in path.read_text("utf-8")[:100]:
            found += [(query.history[-1].text, 1) for query in read_queries(path) if query.relevant]
        else:  # a title with an answer has a space between them
            found += [(text, 1) for text, _ in read_classes(path) if " " not in text]
    return found


def chinese(
    reviews: Sequence[tuple[str, int, str]], chat: Sequence[Text], written: Sequence[Text], base: Path, encoder: Path
) -> dict[str, Any]:
    """Arrays of the n-gram head, from ``reviews``; ``chat`` and ``written``, reviews of other things, are the encoder's too.

    The encoder's weights are tuned from the model in ``base`` and written to ``encoder``, where there are none yet.
    """
    texts = [(text, label) for text, label, _ in reviews]
    if not encoder.is_file():
        _tune(texts, chat, written, base, encoder)
    model = _ngrams(texts)
    steps, scale = quantise(model.coef_.T.astype(np.float32))
    return {"chinese_q": steps, "chinese_scale": scale, "chinese_bias": np.float32(model.intercept_[0])}


def _tune(texts: Sequence[Text], chat: Sequence[Text], written: Sequence[Text], base: Path, out: Path) -> None:
    """On all reviews, then on from there on some of them and those written of other things; the mean of both is kept."""
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder) / out.name
        tune(CHINESE, base, texts, first, beside=chat, epochs=_EPOCHS)
        again = Random(4).sample(list(texts), min(_AGAIN, len(texts)))
        more = [*again, *(_TIMES * list(written))]
        tune(CHINESE, base, more, out, beside=chat, epochs=1, start=first, rate=_LATER_RATE)
        lowrank.blend(first, out, _KEPT)


def leave_out(
    reviews: Sequence[tuple[str, int, str]], chat: Sequence[Text], written: Sequence[Text], base: Path
) -> None:
    """Reports the accuracy on each category of reviews, half of them left out of all training at a time.

    A review that is taken for neutral is a mistake.
    """
    categories = sorted({category for _, _, category in reviews})
    right: dict[str, float] = {}
    for start in range(0, len(categories), _AT_ONCE):
        out = categories[start : start + _AT_ONCE]
        kept = [(text, label) for text, label, category in reviews if category not in out]
        model = _ngrams(kept)
        with tempfile.TemporaryDirectory() as folder:
            weights = Path(folder) / CHINESE.weights.name
            _tune(kept, chat, written, base, weights)
            encoder = TunedEncoder(CHINESE, base, weights)
        for category in out:
            test = [(text, label) for text, label, c in reviews if c == category]
            texts, labels = [text for text, _ in test], np.array([label for _, label in test])
            up = model.decision_function(heads.chinese_ngrams(texts))
            predicted = heads.weighed(up, encoder.logits(encoder.states(texts))).argmax(axis=1)
            right[category] = float((predicted == labels).mean())
            logger.info("chinese: accuracy on %s, left out, %.4f of %d", category, right[category], len(test))
    sizes = np.array([sum(c == category for _, _, c in reviews) for category in right])
    shares = np.array(list(right.values()))
    logger.info("chinese: mean %.4f, by reviews %.4f", shares.mean(), (shares * sizes).sum() / sizes.sum())


def _ngrams(texts: Sequence[Text]) -> Any:
    from sklearn.linear_model import LogisticRegression

    x = heads.chinese_ngrams([text for text, _ in texts])
    return LogisticRegression(C=_STRENGTH, solver="liblinear", max_iter=50).fit(x, [label > 1 for _, label in texts])
