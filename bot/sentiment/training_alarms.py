"""Fits the head that hears what a person must see: messages written for this by several authors, against plain questions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.sentiment.alarms import CLASSES, TOPICS, Alarms
from bot.sentiment.evaluation import conversations, rows_of
from retrieval.errors import InputError

logger = logging.getLogger(__name__)

Vectors = NDArray[np.float32]
Describe = Callable[[Sequence[str]], Vectors]
"""What the head reads of texts: (n, features)."""

MESSAGES = tuple(sorted((Path(__file__).parent / "alarms").glob("*.jsonl")))
"""Lines of {"text", "class"}, each file by another author."""
_WRITTEN = 6.0
"""What a written message weighs beside a plain question, of which there are many more."""
_PENALTY = 1.0
_CONTENT = 3
"""The rating from which a turn tells of nothing that is wrong."""
_FALSE = (0.003, 0.01)
"""Shares of plain questions that may raise an alarm, at which the report tells how many alarms are heard."""


@dataclass(frozen=True, slots=True)
class Messages:
    """What the head reads of messages, and the places of their classes in CLASSES."""

    described: Vectors
    classes: NDArray[np.int64]


def messages_of(path: Path) -> tuple[list[str], NDArray[np.int64]]:
    """Texts and the places of their classes. Raises InputError with the line."""
    texts: list[str] = []
    classes: list[int] = []
    for line, row in rows_of(path):
        if not isinstance(row.get("text"), str) or row.get("class") not in CLASSES:
            raise InputError(f'a row is {{"text", "class": {"|".join(CLASSES)}}}', "mend it", path=path, line=line)
        texts.append(row["text"])
        classes.append(CLASSES.index(row["class"]))
    return texts, np.array(classes)


def calm_turns(chats: Sequence[Path]) -> list[str]:
    """What customers say in rated support chats on turns that leave them content, each once. Raises InputError with the line."""
    turns = (
        turn.text
        for path in chats
        for _, said, rated in conversations(path)
        for turn, rating in zip(said, rated, strict=True)
        if turn.role == "customer" and rating is not None and rating >= _CONTENT
    )
    return list(dict.fromkeys(turns))


def read(paths: Sequence[Path], describe: Describe) -> dict[str, Messages]:
    """The messages of each file by its name. Raises InputError with the line."""
    held = {path.stem: messages_of(path) for path in paths}
    return {name: Messages(describe(texts), classes) for name, (texts, classes) in held.items()}


def fit(written: Mapping[str, Messages], plain: Vectors) -> dict[str, Any]:
    """The weights; logs how many of each author's alarms are heard by the others', at given shares of false alarms.

    Those are counted on every fifth of ``plain`` (n, features), questions without an alarm, which the report's fits leave out.
    Raises InputError where a class has no message.
    """
    aside = np.arange(len(plain)) % 5 == 0
    if missing := _missing(written.values()):
        raise InputError(f"no message is of the class {', '.join(missing)}", "name more files with --alarms")
    for name, held in written.items():
        others = [other for author, other in written.items() if author != name]
        if _alarming(held).any() and not _missing(others):
            _report(name, _fitted(others, plain[~aside]), held, plain[aside])
    whole = _fitted(list(written.values()), plain)
    return {"weights": whole.weights.astype(np.float16), "bias": whole.bias}


def _missing(written: Iterable[Messages]) -> list[str]:
    held = {int(place) for messages in written for place in messages.classes}
    return [name for place, name in enumerate(CLASSES) if place and place not in held]


def _alarming(held: Messages) -> NDArray[np.bool_]:
    return (held.classes > 0) & (held.classes <= len(TOPICS))


def _fitted(written: Sequence[Messages], plain: Vectors) -> Alarms:
    from sklearn.linear_model import LogisticRegression

    described = np.concatenate([*(held.described for held in written), plain])
    classes = np.concatenate([*(held.classes for held in written), np.zeros(len(plain), np.int64)])
    weight = np.ones(len(classes))
    weight[: len(classes) - len(plain)] = _WRITTEN
    model = LogisticRegression(C=_PENALTY, max_iter=200).fit(described, classes, sample_weight=weight)
    return Alarms(model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32))


def _report(name: str, head: Alarms, held: Messages, plain: Vectors) -> None:
    calm = np.array([alarm.probability for alarm in head.heard(plain)])
    heard = head.heard(held.described)
    p = np.array([alarm.probability for alarm in heard])
    right = np.array([CLASSES.index(alarm.topic) for alarm in heard]) == held.classes
    alarming = _alarming(held)
    for share in _FALSE:
        loud = p >= np.quantile(calm, 1 - share)
        logger.info(
            "alarms of %s: %.2f heard, %.2f of them by the right topic, where %.1f %% of plain questions raise one",
            name,
            loud[alarming].mean(),
            right[loud & alarming].mean(),
            100 * share,
        )
