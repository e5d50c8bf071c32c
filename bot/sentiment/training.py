"""Remakes heads.npz from public data: `python -m bot.sentiment.training --help` names the files.

Reads top to bottom: English sentiment, Chinese sentiment, dissatisfaction; each reports on data it was not fitted to.
"""

from __future__ import annotations

import argparse
import csv
import json
import logging
import sys
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.sentiment import features, heads
from retrieval.query import Utterance

logger = logging.getLogger(__name__)

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
LABELS = {"negative": 0, "neutral": 1, "positive": 2}


def english(tweets: Path, dialogue: Path, questions: Path, validation: tuple[Path, Path]) -> dict[str, Any]:
    """The three-class head, in two steps that fold into one linear map.

    The n-grams are fitted to SemEval tweets, MELD turns and questions (which are neutral). The looks of a text, the
    word list and the n-grams' verdicts on texts that they were not fitted to are then weighed on a sample. TweetEval's
    validation part gives the figures; its texts are taken out of the training data.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    vx = validation[0].read_text(encoding="utf-8").splitlines()
    vy = np.array([int(line) for line in validation[1].read_text(encoding="utf-8").split()])
    held = {text.strip().lower() for text in vx}
    rows = [(row["text"], LABELS[row["label"]]) for row in _rows(tweets)]
    rows += [(row["Utterance"], LABELS[row["Sentiment"]]) for row in _rows(dialogue)]
    rows += [(row["text"], 1) for row in _rows(questions) if zlib.crc32(row["text"].encode()) % 4 == 0]
    rows = [row for row in rows if row[0].strip().lower() not in held]
    texts, y = [text for text, _ in rows], np.array([label for _, label in rows])
    x, vm = heads.english_ngrams(texts), heads.english_ngrams(vx)
    first = LogisticRegression(C=4.0, max_iter=50, class_weight="balanced").fit(x, y)
    logger.info("english: %d texts, n-grams alone: macro recall %.4f", len(y), _macro_recall(vy, first.predict(vm)))
    out_of_fold = cross_val_predict(first, x, y, cv=2, method="decision_function")
    some = np.random.default_rng(0).permutation(len(texts))[:12000]
    dense = np.hstack([heads.surface([texts[i] for i in some]), out_of_fold[some]])
    second = LogisticRegression(C=1.0, max_iter=300, class_weight="balanced").fit(dense, y[some])
    predicted = second.predict(np.hstack([heads.surface(vx), first.decision_function(vm)]))
    logger.info("english: macro recall with the word list %.4f", _macro_recall(vy, predicted))
    weights = second.coef_.T
    size = len(weights) - 3
    q, scale = _quantise((first.coef_.T @ weights[size:]).astype(np.float32))
    return {
        "english_q": q,
        "english_scale": scale,
        "english_dense": weights[:size].astype(np.float32),
        "english_bias": (second.intercept_ + first.intercept_ @ weights[size:]).astype(np.float32),
    }


def chinese(reviews: Path, left_out: Sequence[str]) -> dict[str, Any]:
    """Positive or negative: shop reviews; ``left_out`` categories are reported, then the head is fitted to all."""
    from sklearn.linear_model import LogisticRegression

    with zipfile.ZipFile(reviews) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".csv"))
        rows = list(csv.DictReader(archive.read(name).decode("utf-8-sig").splitlines()))
    rows = [row for row in rows if row.get("review")]
    x = heads.chinese_ngrams([row["review"] for row in rows])
    y = np.array([int(row["label"]) for row in rows])
    category = np.array([row["cat"] for row in rows])
    test = np.isin(category, list(left_out))
    model = LogisticRegression(C=4.0, max_iter=300).fit(x[~test], y[~test])
    logger.info("chinese: %d reviews, accuracy on categories left out %.4f", len(y), model.score(x[test], y[test]))
    for cat in left_out:
        logger.info("chinese:   %s %.4f", cat, model.score(x[category == cat], y[category == cat]))
    model = LogisticRegression(C=4.0, max_iter=300).fit(x, y)
    q, scale = _quantise(model.coef_.T.astype(np.float32))
    return {"chinese_q": q, "chinese_scale": scale, "chinese_bias": np.float32(model.intercept_[0])}


def conversations(path: Path) -> list[list[tuple[Utterance, list[int]]]]:
    """A USS file: turns with the annotators' ratings (empty where a turn was not rated)."""
    found: list[list[tuple[Utterance, list[int]]]] = [[]]
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if not line.strip():
            found.append([])
        elif cells[1] != "OVERALL":
            ratings = (
                [int(r) for r in cells[3].split(",")] if cells[0] == "USER" and len(cells) > 3 and cells[3] else []
            )
            found[-1].append((Utterance("customer" if cells[0] == "USER" else "agent", cells[1]), ratings))
    return [conversation for conversation in found if conversation]


def rated(path: Path, embed: Embed) -> tuple[Vectors, Vectors, NDArray[np.bool_], NDArray[np.int64]]:
    """(measures, contexts, dissatisfied: the annotators' mean is under 3, conversation) of every rated turn."""
    m, c, y, group = [], [], [], []
    for number, conversation in enumerate(conversations(path)):
        turns = [turn for turn, _ in conversation]
        vectors = embed([turn.text[:1000] or " " for turn in turns])
        for i, (_, ratings) in enumerate(conversation):
            if ratings:
                start = max(0, i - 11)
                m.append(features.measures(turns[start : i + 1], vectors[start : i + 1]))
                c.append(features.context(turns[start : i + 1], vectors[start : i + 1]))
                y.append(sum(ratings) < 3 * len(ratings))
                group.append(number)
    return np.stack(m), np.stack(c), np.array(y), np.array(group)


def fit(m: Vectors, c: Vectors, y: NDArray[np.bool_], strength: float, weight: float = 6.0) -> dict[str, Any]:
    """Logistic regression; ``weight`` stretches the embeddings, whose entries are small, beside the measures."""
    from sklearn.linear_model import LogisticRegression

    mean, scale = m.mean(0), m.std(0) + 1e-6
    x = np.hstack([(m - mean) / scale, c * weight]).astype(np.float32)
    model = LogisticRegression(C=strength, max_iter=150).fit(x, y)
    unhappy = model.coef_[0].astype(np.float32)
    unhappy[m.shape[1] :] *= weight
    return {
        "unhappy": unhappy,
        "unhappy_bias": np.float32(model.intercept_[0]),
        "unhappy_mean": mean.astype(np.float32),
        "unhappy_scale": scale.astype(np.float32),
    }


def apply(w: dict[str, Any], m: Vectors, c: Vectors) -> Vectors:
    """Probabilities under weights just fitted."""
    logits = np.hstack([(m - w["unhappy_mean"]) / w["unhappy_scale"], c]) @ w["unhappy"] + w["unhappy_bias"]
    return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)


def dissatisfaction(files: Sequence[Path], embed: Embed, strength: float = 0.005) -> dict[str, Any]:
    """Within each collection split by conversation, across collections, and at last on everything."""
    from sklearn.metrics import roc_auc_score

    sets = {path.stem: rated(path, embed) for path in files}
    for name, (m, c, y, group) in sets.items():
        test, dev = group % 5 == 0, group % 5 == 1
        fitted = ~test & ~dev
        w = fit(m[fitted], c[fitted], y[fitted], strength)
        threshold = _best_threshold(y[dev], apply(w, m[dev], c[dev]))
        p = apply(w, m[test], c[test])
        auc, f1 = roc_auc_score(y[test], p), _f1(y[test], p >= threshold)
        logger.info("%s: %d turns, %.3f dissatisfied; test AUC %.4f, F1 %.4f", name, len(y), y.mean(), auc, f1)
        for other, (om, oc, oy, _) in sets.items():
            if other != name:
                auc = roc_auc_score(oy, apply(w, om, oc))
                logger.info("  trained on %s, AUC on %s %.4f", name, other, auc)
    m, c, y, group = (np.concatenate([data[i] for data in sets.values()]) for i in range(4))
    dev = group % 5 == 1
    threshold = _best_threshold(y[dev], apply(fit(m[~dev], c[~dev], y[~dev], strength), m[dev], c[dev]))
    logger.info("all: threshold %.3f", threshold)
    return {**fit(m, c, y, strength), "unhappy_threshold": np.float32(threshold)}


def _best_threshold(y: np.ndarray, p: np.ndarray) -> float:
    return float(max(np.quantile(p, np.linspace(0.4, 0.99, 60)), key=lambda t: _f1(y, p >= t)))


def _f1(y: np.ndarray, at: np.ndarray) -> float:
    return float(2 * (y & at).sum() / max(y.sum() + at.sum(), 1))


def _macro_recall(y: np.ndarray, predicted: np.ndarray) -> float:
    return float(np.mean([(predicted[y == k] == k).mean() for k in np.unique(y)]))


def _quantise(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """8-bit steps and one scale a column; the few largest weights are clipped."""
    top = np.quantile(np.abs(weights), 0.9999, axis=0) + 1e-9
    return np.clip(np.round(weights / top * 127), -127, 127).astype(np.int8), (top / 127).astype(np.float32)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main(argv: Sequence[str] | None = None, embed: Embed | None = None) -> None:
    """Fit every head and write ``--out``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tweets", type=Path, required=True, help="SemEval tweets: text,label,part")
    parser.add_argument("--dialogue", type=Path, required=True, help="MELD train: Utterance,Sentiment")
    parser.add_argument("--questions", type=Path, required=True, help="banking77 train: text,category")
    parser.add_argument("--validation", type=Path, nargs=2, required=True, help="TweetEval validation texts and labels")
    parser.add_argument("--reviews", type=Path, required=True, help="online_shopping_10_cats.zip")
    parser.add_argument("--uss", type=Path, nargs="+", required=True, help="USS files")
    parser.add_argument("--embedder", default="models/all-MiniLM-L6-v2")
    parser.add_argument("--out", type=Path, default=heads.WEIGHTS)
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    logger.info("%s", json.dumps(vars(options), default=str))
    if embed is None:
        from retrieval.embedding import SentenceTransformerEmbedder

        embed = SentenceTransformerEmbedder(options.embedder).passages
    arrays = dissatisfaction(options.uss, embed)
    arrays |= chinese(options.reviews, ("书籍", "酒店"))
    arrays |= english(options.tweets, options.dialogue, options.questions, tuple(options.validation))
    np.savez_compressed(options.out, **arrays)
    logger.info("%s: %.1f MB", options.out, options.out.stat().st_size / 1e6)


if __name__ == "__main__":
    main()
