"""Remakes every weight of the mood from public data: `python -m bot.sentiment.training --help` names the files.

Each part reports on data that it was not fitted to, and can be made by itself with ``--only``.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot import wordings
from bot.sentiment import features, heads, training_chinese, training_english, training_requests
from bot.sentiment.encoder import CHINESE, ENGLISH, TunedEncoder
from bot.sentiment.reader import felt_by
from retrieval.errors import InputError
from retrieval.multilingual import multilingual
from retrieval.query import Utterance

logger = logging.getLogger(__name__)

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
Felt = Callable[[Sequence[str]], tuple[Vectors, Vectors]]
"""States and logits of texts, as ``felt_by`` gives them."""
_MEMORY = 0.3  # what the turns before weigh beside the turn itself, together
_REMEMBERED = 6
PARTS = ("requests", "english", "chinese", "dissatisfaction")


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


def rated(path: Path, embed: Embed, felt: Felt) -> tuple[Vectors, Vectors, NDArray[np.bool_], NDArray[np.int64]]:
    """(measures, contexts, dissatisfied: the annotators' mean is under 3, conversation) of every rated turn."""
    m, c, y, group = [], [], [], []
    for number, conversation in enumerate(conversations(path)):
        turns = [turn for turn, _ in conversation]
        vectors = embed([turn.text[:1000] or " " for turn in turns])
        customers = [i for i, turn in enumerate(turns) if turn.role == "customer"]
        states, logits = felt([turns[i].text for i in customers])
        for i, (_, ratings) in enumerate(conversation):
            if ratings:
                start, place = max(0, i - 11), customers.index(i)
                seen = slice(start, i + 1)
                numbers, around = features.described(turns[seen], vectors[seen], logits[: place + 1], states[place])
                m.append(numbers)
                c.append(around)
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


def logits_of(w: dict[str, Any], m: Vectors, c: Vectors) -> Vectors:
    """Logits of each turn by itself under weights just fitted."""
    made = np.hstack([(m - w["unhappy_mean"]) / w["unhappy_scale"], c]) @ w["unhappy"] + w["unhappy_bias"]
    return np.asarray(made, dtype=np.float32)


def remembering(own: Vectors, group: NDArray[np.int64], memory: float) -> Vectors:
    """Each turn's logit with the share ``memory`` of the mean of the conversation's logits before it."""
    made = own * (1 + memory)
    for number in np.unique(group):
        rows = np.flatnonzero(group == number)
        for place, row in enumerate(rows[1:], 1):
            made[row] = own[row] + memory * own[rows[max(0, place - _REMEMBERED) : place]].mean()
    return made


def dissatisfaction(files: Sequence[Path], embed: Embed, felt: Felt, strength: float = 0.002) -> dict[str, Any]:
    """Within each collection split by conversation, across collections, and at last on everything."""
    sets = {path.stem: rated(path, embed, felt) for path in files}
    for name, (m, c, y, group) in sets.items():
        part = group % 5
        z, threshold = np.zeros(len(y), np.float32), np.zeros(len(y), np.float32)
        for k in range(5):  # threshold and figures never come from conversations that were fitted to
            test, inner = part == k, np.zeros(len(y), np.float32)
            for j in range(5):
                if j != k:
                    dev = part == j
                    w = fit(m[~test & ~dev], c[~test & ~dev], y[~test & ~dev], strength)
                    inner[dev] = remembering(logits_of(w, m[dev], c[dev]), group[dev], _MEMORY)
            w = fit(m[~test], c[~test], y[~test], strength)
            z[test] = remembering(logits_of(w, m[test], c[test]), group[test], _MEMORY)
            threshold[test] = _best_threshold(y[~test], inner[~test])
        logger.info("%s: %d turns, %.3f dissatisfied", name, len(y), y.mean())
        logger.info("  within: %s", _with_intervals(y, z, z >= threshold, group))
        w = fit(m, c, y, strength)
        for other, (om, oc, oy, ogroup) in sets.items():
            if other != name:
                oz = remembering(logits_of(w, om, oc), ogroup, _MEMORY)
                logger.info("  on %s: %s", other, _with_intervals(oy, oz, oz >= _best_threshold(y, z), ogroup))
    shift = 0
    groups = []
    for _, _, _, group in sets.values():
        groups.append(group + shift)
        shift += int(group.max()) + 1
    m, c, y = (np.concatenate([data[i] for data in sets.values()]) for i in range(3))
    group = np.concatenate(groups)
    return _calibrated(m, c, y, group, strength)


def _calibrated(
    m: Vectors, c: Vectors, y: NDArray[np.bool_], group: NDArray[np.int64], strength: float
) -> dict[str, Any]:
    """Weights fitted to everything; scale, bias and threshold come from conversations each left out once (Platt)."""
    from sklearn.linear_model import LogisticRegression

    z = np.zeros(len(y), np.float32)
    for k in range(5):
        test = group % 5 == k
        z[test] = remembering(logits_of(fit(m[~test], c[~test], y[~test], strength), m, c), group, _MEMORY)[test]
    platt = LogisticRegression(C=1e6).fit(z[:, None], y)
    slope, bias = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    p = 1 / (1 + np.exp(-(slope * z + bias)))
    threshold = _best_threshold(y, p)
    logger.info("all: threshold %.3f, slope %.3f; mean predicted and found, by tenths:", threshold, slope)
    for rows in np.array_split(np.argsort(p), 10):
        logger.info("  %.3f %.3f", p[rows].mean(), y[rows].mean())
    w = fit(m, c, y, strength)
    return {
        **w,
        "unhappy": (slope * w["unhappy"]).astype(np.float32),
        "unhappy_bias": np.float32(slope * w["unhappy_bias"] + bias / (1 + _MEMORY)),
        "unhappy_memory": np.float32(_MEMORY),
        "unhappy_threshold": np.float32(threshold),
    }


def _with_intervals(y: NDArray[np.bool_], z: Vectors, at: NDArray[np.bool_], group: NDArray[np.int64]) -> str:
    """AUC and F1 with 95% intervals, bootstrapped over conversations."""
    from sklearn.metrics import roc_auc_score

    members = [np.flatnonzero(group == k) for k in np.unique(group)]
    rng = np.random.default_rng(7)
    draws = [np.concatenate([members[k] for k in rng.integers(0, len(members), len(members))]) for _ in range(200)]
    aucs = np.quantile([roc_auc_score(y[rows], z[rows]) for rows in draws], [0.025, 0.975])
    f1s = np.quantile([_f1(y[rows], at[rows]) for rows in draws], [0.025, 0.975])
    auc, f1 = roc_auc_score(y, z), _f1(y, at)
    return f"AUC {auc:.4f} [{aucs[0]:.4f}, {aucs[1]:.4f}], F1 {f1:.4f} [{f1s[0]:.4f}, {f1s[1]:.4f}]"


def _best_threshold(y: np.ndarray, p: np.ndarray) -> float:
    return float(max(np.quantile(p, np.linspace(0.4, 0.99, 60)), key=lambda t: _f1(y, p >= t)))


def _f1(y: np.ndarray, at: np.ndarray) -> float:
    return float(2 * (y & at).sum() / max(y.sum() + at.sum(), 1))


def main(argv: Sequence[str] | None = None, embed: Embed | None = None) -> None:
    """Fit the parts that were asked for and write them into ``--out``."""
    options = _options(argv)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    logger.info("%s", json.dumps(vars(options), default=str))
    if "requests" in options.only:
        try:
            asked = training_requests.asked_of(options.asked)
        except InputError as error:
            sys.exit(f"python -m bot.sentiment.training: {error}")
        questions = training_requests.questions_of(
            options.questions, options.intents, options.dialogue, options.tweets, options.uss
        )
        training_requests.fit([*questions, *asked], options.reviews, options.out / wordings.WEIGHTS.name)
    target = options.out / heads.WEIGHTS.name
    arrays: dict[str, Any] = {}
    if target.is_file():
        with np.load(target, allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
    if "english" in options.only:
        arrays |= training_english.english(
            options.tweets,
            options.dialogue,
            options.questions,
            tuple(options.validation),
            options.embedder,
            options.out / ENGLISH.weights.name,
        )
    if "chinese" in options.only:
        reviews = training_chinese.reviews_of(options.reviews)
        chat = training_chinese.messages_of(options.messages, options.neutral)
        written, weights = training_chinese.labelled(options.written), options.out / CHINESE.weights.name
        arrays |= training_chinese.chinese(reviews, chat, written, options.chinese_embedder, weights)
    if "chinese-left-out" in options.only:
        reviews = training_chinese.reviews_of(options.reviews)
        chat = training_chinese.messages_of(options.messages, options.neutral)
        written = training_chinese.labelled(options.written)
        training_chinese.leave_out(reviews, chat, written, options.chinese_embedder)
    if "dissatisfaction" in options.only:
        tuned = TunedEncoder(ENGLISH, options.embedder, options.out / ENGLISH.weights.name)
        chinese = TunedEncoder(CHINESE, options.chinese_embedder, options.out / CHINESE.weights.name)
        felt = partial(felt_by, tuned, chinese)
        arrays |= dissatisfaction(options.uss, embed or multilingual().passages, felt)
    np.savez_compressed(target, **arrays)
    logger.info("%s: %.1f MB", target, target.stat().st_size / 1e6)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.sentiment.training", description=__doc__)
    parser.add_argument("--tweets", type=Path, required=True, help="SemEval tweets: text,label,part")
    parser.add_argument("--dialogue", type=Path, required=True, help="MELD train: Utterance,Sentiment")
    parser.add_argument("--questions", type=Path, required=True, help="banking77 train: text,category")
    parser.add_argument("--intents", type=Path, required=True, help="clinc150.json")
    parser.add_argument("--validation", type=Path, nargs=2, required=True, help="TweetEval validation texts and labels")
    parser.add_argument("--reviews", type=Path, required=True, help="online_shopping_10_cats.zip")
    parser.add_argument("--uss", type=Path, nargs="+", required=True, help="USS files")
    parser.add_argument("--embedder", type=Path, default=Path("models") / ENGLISH.base)
    parser.add_argument("--chinese-embedder", type=Path, default=Path("models") / CHINESE.base)
    parser.add_argument(
        "--messages", type=Path, default=training_chinese.MESSAGES, help="Chinese messages: text, label"
    )
    parser.add_argument(
        "--written", type=Path, default=training_chinese.REVIEWS, help="Chinese reviews of other things: text, label"
    )
    parser.add_argument(
        "--neutral", type=Path, nargs="+", default=training_chinese.QUESTIONS, help="files of plain Chinese questions"
    )
    parser.add_argument(
        "--asked", type=Path, nargs="+", default=training_requests.ASKED, help="files of customers' questions to shops"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        choices=(*PARTS, "chinese-left-out"),
        default=list(PARTS),
        help="parts to make; the others stay. chinese-left-out only reports, on categories left out, in half an hour",
    )
    parser.add_argument("--out", type=Path, default=heads.WEIGHTS.parent, help="folder of the weights")
    return parser.parse_args(argv)


if __name__ == "__main__":
    main()
