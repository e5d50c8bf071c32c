"""Measures the reader on files: sentiment of texts, and dissatisfied turns of conversations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.sentiment.reader import MoodReader
from retrieval.errors import InputError
from retrieval.query import Utterance

_LABELS = ("negative", "neutral", "positive")
_ROLES = {
    "customer": "customer",
    "user": "customer",
    "agent": "agent",
    "system": "agent",
    "assistant": "agent",
    "bot": "agent",
}
_BATCH = 512


def evaluate_sentiment(data: Path, reader: MoodReader) -> dict[str, Any]:
    """macro_recall, accuracy, f1 by class and by language, n. Raises InputError with the line."""
    texts, labels, languages = [], [], []
    for line, item in rows_of(data):
        if not isinstance(item.get("text"), str) or item.get("label") not in _LABELS:
            raise InputError('a row is {"text", "label": negative|neutral|positive}', "mend it", path=data, line=line)
        texts.append(item["text"])
        labels.append(item["label"])
        languages.append(str(item.get("language", "en")))
    predicted = [
        label for i in range(0, len(texts), _BATCH) for label, _, _ in reader.sentiments(texts[i : i + _BATCH])
    ]
    result = _classes(labels, predicted)
    result["by_language"] = {
        language: _classes(*_where(labels, predicted, languages, language)) for language in sorted(set(languages))
    }
    return result


Price = Callable[[int, int, int], float]


def evaluate_satisfaction(
    data: Path, reader: MoodReader, *, hand_over_at: float, price: Price, resamples: int = 200
) -> dict[str, Any]:
    """auc, average_precision, f1, precision, recall of dissatisfied turns, cost, n; the
    AUC's 95% interval is bootstrapped over conversations. Raises InputError with the line.

    ``hand_over_at`` is the policy's threshold and ``price`` what so many needless and needed hand-overs and missed
    turns cost by it; beside it stands what the two simplest policies would cost, and the threshold that would have
    been the cheapest on these very turns: far from the policy's, the probabilities are off, or the costs.
    """
    from sklearn.metrics import average_precision_score, roc_auc_score

    probabilities: list[float] = []
    truth: list[bool] = []
    group: list[int] = []
    for number, (_, turns, rated) in enumerate(conversations(data)):
        at = [i for i, rating in enumerate(rated) if rating is not None]
        truth += [rating < 3 for rating in rated if rating is not None]
        group += [number] * len(at)
        if at:
            probabilities += [p for _, p in reader.dissatisfaction(turns, at)]
    if len(set(truth)) < 2:
        raise InputError("the file needs rated turns under 3 and from 3 up", "rate more turns", path=data)
    p, y, g = np.array(probabilities), np.array(truth), np.array(group)
    flagged = p >= reader.threshold
    precision, recall, f1 = _f1(y, flagged)
    rng = np.random.default_rng(7)
    members = {k: np.flatnonzero(g == k) for k in np.unique(g)}
    names, aucs = list(members), []
    for _ in range(resamples):
        rows = np.concatenate([members[k] for k in rng.choice(names, len(names))])
        if 0 < y[rows].sum() < len(rows):
            aucs.append(roc_auc_score(y[rows], p[rows]))
    return {
        "auc": float(roc_auc_score(y, p)),
        "auc_95": [float(np.quantile(aucs, 0.025)), float(np.quantile(aucs, 0.975))] if aucs else None,
        "average_precision": float(average_precision_score(y, p)),
        "f1": f1,
        "precision": precision,
        "recall": recall,
        "threshold": float(reader.threshold),
        "hand_over_at": hand_over_at,
        **_costs(y, p >= hand_over_at, price),
        **_cheapest(y, p, price),
        "dissatisfied": int(y.sum()),
        "n": len(y),
    }


def _costs(truth: np.ndarray, handed: np.ndarray, price: Price) -> dict[str, Any]:
    """What handing these turns over costs, and what never and always doing so would."""
    needless, needed = int((handed & ~truth).sum()), int((handed & truth).sum())
    missed, n, unhappy = int((~handed & truth).sum()), len(truth), int(truth.sum())
    return {
        "needless": needless,
        "needed": needed,
        "missed": missed,
        "cost": price(needless, needed, missed),
        "cost_per_100_turns": 100 * price(needless, needed, missed) / n,
        "cost_never": price(0, 0, unhappy),
        "cost_always": price(n - unhappy, unhappy, 0),
    }


def _cheapest(truth: np.ndarray, p: np.ndarray, price: Price) -> dict[str, float]:
    """The least that any threshold would have cost here, and that threshold."""
    found = []
    for at in np.unique(np.quantile(p, np.linspace(0, 1, 201))):
        handed = p >= at
        missed = int((~handed & truth).sum())
        found.append((price(int((handed & ~truth).sum()), int((handed & truth).sum()), missed), float(at)))
    cost, at = min(found)
    return {"cost_least": cost, "cheapest_at": at}


def conversations(data: Path) -> Iterator[tuple[int, list[Utterance], list[float | None]]]:
    for line, item in rows_of(data):
        turns = item.get("turns")
        if not isinstance(turns, list) or not turns:
            raise InputError('a conversation is {"turns": [...]}', "mend it", path=data, line=line)
        said: list[Utterance] = []
        rated: list[float | None] = []
        for turn in turns:
            role = _ROLES.get(str(turn.get("role", "")).lower()) if isinstance(turn, dict) else None
            if role is None or not isinstance(turn.get("text"), str):
                raise InputError('a turn is {"role": customer|agent, "text"}', "mend it", path=data, line=line)
            rating = turn.get("satisfaction")
            if rating is not None and not isinstance(rating, (int, float)):
                raise InputError(f"satisfaction is {rating!r}", "write a number or null", path=data, line=line)
            said.append(Utterance(role, turn["text"]))  # type: ignore[arg-type]
            rated.append(None if rating is None or role != "customer" else float(rating))
        yield line, said, rated


def rows_of(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSON Lines file with their lines. Raises InputError with the line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read ({error})", "name a UTF-8 JSON Lines file", path=path) from error
    empty = True
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        empty = False
        try:
            item = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"not valid JSON: {error.msg}", "one object a line", path=path, line=number) from error
        if not isinstance(item, dict):
            raise InputError("not a JSON object", "one object a line", path=path, line=number)
        yield number, item
    if empty:
        raise InputError("holds no rows", "write one JSON object a line", path=path)


def _where(
    labels: Sequence[str], predicted: Sequence[str], languages: Sequence[str], language: str
) -> tuple[list[str], list[str]]:
    rows = [i for i, name in enumerate(languages) if name == language]
    return [labels[i] for i in rows], [predicted[i] for i in rows]


def _classes(labels: Sequence[str], predicted: Sequence[str]) -> dict[str, Any]:
    y, p = np.array(labels), np.array(predicted)
    f1, recalls = {}, []
    for label in _LABELS:
        _, recall, f1[label] = _f1(y == label, p == label)
        if (y == label).any():
            recalls.append(recall)
    return {"macro_recall": float(np.mean(recalls)), "accuracy": float((y == p).mean()), "f1": f1, "n": len(y)}


def _f1(truth: np.ndarray, predicted: np.ndarray) -> tuple[float, float, float]:
    hit = float((truth & predicted).sum())
    precision = hit / predicted.sum() if predicted.any() else 0.0
    recall = hit / truth.sum() if truth.any() else 0.0
    return float(precision), float(recall), float(2 * precision * recall / (precision + recall) if hit else 0.0)
