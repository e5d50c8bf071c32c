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

from bot.sentiment import features, heads
from retrieval.query import Utterance

logger = logging.getLogger(__name__)

Embed = Callable[[Sequence[str]], np.ndarray]
LABELS = {"negative": 0, "neutral": 1, "positive": 2}


def english(tweets: Path, dialogue: Path, questions: Path, validation: tuple[Path, Path], embed: Embed, share: int) -> dict[str, Any]:
    """The three-class head: SemEval tweets, MELD turns and neutral questions; validated on TweetEval's part."""
    from sklearn.linear_model import LogisticRegression
    from scipy.sparse import csr_matrix, hstack

    texts, labels = [], []
    for row in _rows(tweets):
        if zlib.crc32(row["text"].encode()) % 10 < share:
            texts.append(row["text"])
            labels.append(LABELS[row["label"]])
    for row in _rows(dialogue):
        if zlib.crc32(row["Utterance"].encode()) % 3 == 0:
            texts.append(row["Utterance"])
            labels.append(LABELS[row["Sentiment"]])
    held = set(validation[0].read_text(encoding="utf-8").splitlines())
    for row in _rows(questions):
        if zlib.crc32(row["text"].encode()) % 4 == 0:
            texts.append(row["text"])
            labels.append(1)
    keep = [i for i, text in enumerate(texts) if text not in held]
    texts, y = [texts[i] for i in keep], np.array([labels[i] for i in keep])

    def matrix(some: list[str]) -> Any:
        dense = np.hstack([embed(some), heads.surface(some)])
        return hstack([heads.english_ngrams(some), csr_matrix(dense)], format="csr")

    x = matrix(texts)
    vx = validation[0].read_text(encoding="utf-8").splitlines()
    vy = np.array([int(line) for line in validation[1].read_text(encoding="utf-8").split()])
    vm = matrix(vx)
    best: tuple[float, Any] = (0.0, None)
    for c in (0.5, 1.0, 2.0):
        model = LogisticRegression(C=c, max_iter=200, class_weight="balanced").fit(x, y)
        recall = _macro_recall(vy, model.predict(vm))
        logger.info("english: %d texts, C %.1f, macro recall on validation %.4f", len(y), c, recall)
        if recall > best[0]:
            best = (recall, model)
    weights = best[1].coef_.T.astype(np.float32)
    split = 2 * heads.BUCKETS
    q, scale = _quantise(weights[:split])
    return {
        "english_q": q,
        "english_scale": scale,
        "english_dense": weights[split:].astype(np.float16),
        "english_bias": best[1].intercept_.astype(np.float32),
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
            ratings = [int(r) for r in cells[3].split(",")] if cells[0] == "USER" and len(cells) > 3 and cells[3] else []
            found[-1].append((Utterance("customer" if cells[0] == "USER" else "agent", cells[1]), ratings))
    return [conversation for conversation in found if conversation]


def rated(path: Path, embed: Embed) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(measures, contexts, share of annotators under 3, dissatisfied by the mean, conversation) of every rated turn."""
    m, c, share, y, group = [], [], [], [], []
    for number, conversation in enumerate(conversations(path)):
        turns = [turn for turn, _ in conversation]
        vectors = embed([turn.text[:1000] or " " for turn in turns])
        for i, (_, ratings) in enumerate(conversation):
            if ratings:
                start = max(0, i - 11)
                m.append(features.measures(turns[start : i + 1], vectors[start : i + 1]))
                c.append(features.context(turns[start : i + 1], vectors[start : i + 1]))
                share.append(np.mean([r < 3 for r in ratings]))
                y.append(np.mean(ratings) < 3)
                group.append(number)
    return np.stack(m), np.stack(c), np.array(share), np.array(y), np.array(group)


def fit(m: np.ndarray, c: np.ndarray, share: np.ndarray, strength: float) -> dict[str, Any]:
    """Logistic regression on soft labels: each turn counts as dissatisfied as far as its annotators were."""
    from sklearn.linear_model import LogisticRegression

    mean, scale = m.mean(0), m.std(0) + 1e-6
    x = np.hstack([(m - mean) / scale, c]).astype(np.float32)
    model = LogisticRegression(C=strength, max_iter=400)
    model.fit(np.vstack([x, x]), np.r_[np.ones(len(x)), np.zeros(len(x))], np.r_[share, 1 - share] + 1e-6)
    return {
        "unhappy": model.coef_[0].astype(np.float32),
        "unhappy_bias": np.float32(model.intercept_[0]),
        "unhappy_mean": mean.astype(np.float32),
        "unhappy_scale": scale.astype(np.float32),
    }


def apply(w: dict[str, Any], m: np.ndarray, c: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-(np.hstack([(m - w["unhappy_mean"]) / w["unhappy_scale"], c]) @ w["unhappy"] + w["unhappy_bias"]))))


def dissatisfaction(files: Sequence[Path], embed: Embed, strength: float = 0.05) -> dict[str, Any]:
    """Within each collection split by conversation, across collections, and at last on everything."""
    from sklearn.metrics import roc_auc_score

    sets = {path.stem: rated(path, embed) for path in files}
    at: list[float] = []
    for name, (m, c, share, y, group) in sets.items():
        test, dev = group % 5 == 0, group % 5 == 1
        w = fit(m[~test & ~dev], c[~test & ~dev], share[~test & ~dev], strength)
        threshold = _best_threshold(y[dev], apply(w, m[dev], c[dev]))
        p = apply(w, m[test], c[test])
        logger.info("%s: %d turns, %.3f dissatisfied; test AUC %.4f, F1 %.4f at %.3f", name, len(y), y.mean(), roc_auc_score(y[test], p), _f1(y[test], p >= threshold), threshold)
        for other, (om, oc, _, oy, _) in sets.items():
            if other != name:
                logger.info("  trained on %s, AUC on %s %.4f", name, other, roc_auc_score(oy, apply(fit(m, c, share, strength), om, oc)))
        at.append(threshold)
    # Every collection weighs the same, however many turns it has.
    m, c, share = (np.concatenate([data[i] for data in sets.values()]) for i in range(3))
    w = fit(m, c, share, strength)
    y = np.concatenate([data[3] for data in sets.values()])
    w["unhappy_threshold"] = np.float32(_best_threshold(y, apply(w, m, c)))
    logger.info("all: threshold %.3f", float(w["unhappy_threshold"]))
    return w


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
    parser.add_argument("--share", type=int, default=3, help="tenths of the tweets that are used")
    parser.add_argument("--out", type=Path, default=heads.WEIGHTS)
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    logger.info("%s", json.dumps(vars(options), default=str))
    if embed is None:
        from retrieval.embedding import SentenceTransformerEmbedder

        embed = SentenceTransformerEmbedder(options.embedder).passages
    arrays = dissatisfaction(options.uss, embed)
    arrays |= chinese(options.reviews, ("书籍", "酒店"))
    arrays |= english(options.tweets, options.dialogue, options.questions, tuple(options.validation), embed, options.share)
    np.savez_compressed(options.out, **arrays)
    logger.info("%s: %.1f MB", options.out, options.out.stat().st_size / 1e6)


if __name__ == "__main__":
    main()
