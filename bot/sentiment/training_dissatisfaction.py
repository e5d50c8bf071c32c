"""Fits the head that tells dissatisfied turns: two logistic regressions, and a third that says which of them a turn is for.

Raters of task dialogues (USS) call another thing dissatisfaction than readers of support chats do: a regression fitted to the
one ranks the other little better than chance. So each has its own, mixed by how much a turn and what stands around it look
like a support chat (a mixture of experts; Jacobs et al. 1991).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.sentiment import evaluation, features
from bot.sentiment.heads import mixed, sigmoid
from retrieval import ranking
from retrieval.evaluation import read_queries
from retrieval.language import detect
from retrieval.passages import Language
from retrieval.query import Utterance

logger = logging.getLogger(__name__)

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
Felt = Callable[[Sequence[str]], tuple[Vectors, Vectors]]
"""States and logits of texts, as ``felt_by`` gives them."""
Weights = dict[str, Any]

DIALOGUES = tuple(sorted((Path(__file__).parent / "dialogues").glob("*.jsonl")))
"""Support chats, each file by another author, as ``frontdesk evaluate satisfaction`` reads them."""
FOLLOW_UPS = tuple(sorted(ranking.CHINESE.parent.glob("*_faq/*_follow_ups.jsonl")))
"""Second questions of the entry that was just told, to shops."""
_HELLOS: dict[Language, tuple[tuple[str, str], ...]] = {
    "en": (
        ("hi", "Hello! I'm the shop's virtual assistant. What can I help you with?"),
        ("hello there", "Hello, how can I help you today?"),
        ("good morning", "Good morning! What can I do for you?"),
        ("hey", "Hi! Thanks for getting in touch. How may I help?"),
        ("hi, quick question", "Of course, go ahead."),
    ),
    "zh": (
        ("你好", "您好！我是本店的智能助手。请问有什么可以帮您？"),
        ("在吗", "在的，请问有什么可以帮您？"),
        ("您好", "您好，很高兴为您服务，请讲。"),
        ("问一下", "好的，您请说。"),
    ),
}
_MEMORY = 0.3  # what the turns before weigh beside the turn itself, together
_REMEMBERED = 6
_STRETCH = 6.0  # of the embeddings, whose entries are small, beside the measures
_TASKS, _CHATS, _SHARE = 0.002, 0.03, 1.0  # inverse strengths of the penalties
_FOLDS = 5
_CALM = 12


@dataclass(frozen=True, slots=True)
class Turns:
    """Rated turns, a row each: what the head reads of them, whether they are dissatisfied, and their conversations."""

    numbers: Vectors
    contexts: Vectors
    unhappy: NDArray[np.bool_]
    conversation: NDArray[np.int64]

    def __getitem__(self, rows: NDArray[np.bool_]) -> Turns:
        return Turns(self.numbers[rows], self.contexts[rows], self.unhappy[rows], self.conversation[rows])

    def __len__(self) -> int:
        return len(self.unhappy)


Rated = tuple[Sequence[Utterance], Sequence[float | None]]
"""The turns of a conversation and the mean rating of each, None where it was not rated."""


def uss(path: Path) -> list[Rated]:
    """The conversations of a USS file."""
    found: list[tuple[list[Utterance], list[float | None]]] = [([], [])]
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if not line.strip():
            found.append(([], []))
        elif cells[1] != "OVERALL":
            rated = [int(r) for r in cells[3].split(",")] if cells[0] == "USER" and len(cells) > 3 and cells[3] else []
            found[-1][0].append(Utterance("customer" if cells[0] == "USER" else "agent", cells[1]))
            found[-1][1].append(sum(rated) / len(rated) if rated else None)
    return [conversation for conversation in found if conversation[0]]


def chats_of(path: Path) -> list[Rated]:
    """The conversations of a file of support chats. Raises InputError with the line."""
    return [(turns, ratings) for _, turns, ratings in evaluation.conversations(path)]


def calm(asked: Sequence[Path], follow_ups: Sequence[Path] = FOLLOW_UPS) -> list[Rated]:
    """Questions to shops, every twelfth of ``asked``, as chats of which the last turn is not dissatisfied.

    Every second one follows a greeting. Raises InputError with the line.
    """
    questions = [query.history for path in asked for query in read_queries(path)][::_CALM]
    questions += [query.history for path in follow_ups for query in read_queries(path)]
    chats = [(*_greeted(number, turns), *turns) for number, turns in enumerate(questions)]
    return [(turns, [*[None] * (len(turns) - 1), 3.0]) for turns in chats]


def _greeted(number: int, turns: Sequence[Utterance]) -> tuple[Utterance, ...]:
    if number % 2 == 0:
        return ()
    hellos = _HELLOS[detect(turns[-1].text)]
    hello, answer = hellos[number // 2 % len(hellos)]
    return Utterance("customer", hello), Utterance("agent", answer)


def described(conversations: Sequence[Rated], embed: Embed, felt: Felt) -> Turns:
    """Every rated turn; one is dissatisfied where its mean rating is under 3."""
    numbers, contexts, unhappy, place = [], [], [], []
    for at, (turns, ratings) in enumerate(conversations):
        vectors = embed([turn.text[:1000] or " " for turn in turns])
        customers = [i for i, turn in enumerate(turns) if turn.role == "customer"]
        states, logits = felt([turns[i].text for i in customers])
        for i, rating in enumerate(ratings):
            if rating is not None:
                own, seen = customers.index(i), slice(max(0, i - 11), i + 1)
                read = features.described(turns[seen], vectors[seen]).felt(logits[: own + 1], states[own])
                numbers.append(read.numbers)
                contexts.append(read.contexts)
                unhappy.append(rating < 3)
                place.append(at)
    return Turns(np.stack(numbers), np.stack(contexts), np.array(unhappy), np.array(place))


def together(sets: Iterable[Turns]) -> Turns:
    """All turns of several sets, whose conversations stay apart."""
    parts = list(sets)
    shifts = np.cumsum([0, *(int(turns.conversation.max()) + 1 for turns in parts)])
    return Turns(
        np.concatenate([turns.numbers for turns in parts]),
        np.concatenate([turns.contexts for turns in parts]),
        np.concatenate([turns.unhappy for turns in parts]),
        np.concatenate([turns.conversation + shift for turns, shift in zip(parts, shifts, strict=False)]),
    )


class Scale:
    """Brings each measure to mean 0 and deviation 1 on the turns that it was made of."""

    def __init__(self, turns: Turns) -> None:
        self.mean, self.deviation = turns.numbers.mean(0), turns.numbers.std(0) + 1e-6

    def __call__(self, turns: Turns) -> Vectors:
        return np.asarray((turns.numbers - self.mean) / self.deviation, dtype=np.float32)


class Expert:
    """A logistic regression over the measures and the contexts of turns."""

    def __init__(self, turns: Turns, scale: Scale, strength: float) -> None:
        from sklearn.linear_model import LogisticRegression

        rows = np.hstack([scale(turns), turns.contexts * _STRETCH])
        model = LogisticRegression(C=strength, max_iter=200).fit(rows, turns.unhappy)
        self.weights = model.coef_[0].astype(np.float32)
        self.weights[turns.numbers.shape[1] :] *= _STRETCH
        self.bias = float(model.intercept_[0])
        self._scale = scale

    def __call__(self, turns: Turns) -> Vectors:
        """The logit of each turn by itself."""
        rows = np.hstack([self._scale(turns), turns.contexts])
        return np.asarray(rows @ self.weights + self.bias, dtype=np.float32)

    def calibrate(self, turns: Turns, own: Vectors) -> Vectors:
        """Scale the logits as ``own``, those of turns that it was not fitted to, ask for (Platt 1999); gives those scaled."""
        from sklearn.linear_model import LogisticRegression

        platt = LogisticRegression(C=1e6).fit(remembering(own, turns.conversation)[:, None], turns.unhappy)
        slope, bias = float(platt.coef_[0, 0]), float(platt.intercept_[0]) / (1 + _MEMORY)
        self.weights, self.bias = self.weights * np.float32(slope), slope * self.bias + bias
        return own * np.float32(slope) + np.float32(bias)


class Gate:
    """The share of a support chat in a turn, from the embeddings of what it stands among."""

    def __init__(self, tasks: Turns, chats: Turns) -> None:
        from sklearn.linear_model import LogisticRegression

        rows = np.concatenate([tasks.contexts, chats.contexts])
        support = np.repeat([False, True], [len(tasks), len(chats)])
        model = LogisticRegression(C=_SHARE, max_iter=200, class_weight="balanced").fit(rows, support)
        self.weights, self.bias = model.coef_[0].astype(np.float32), float(model.intercept_[0])

    def __call__(self, turns: Turns) -> Vectors:
        return sigmoid(turns.contexts @ self.weights + self.bias)


def remembering(own: Vectors, conversation: NDArray[np.int64]) -> Vectors:
    """Each turn's logit with a share of the mean of the conversation's logits before it."""
    made = own * (1 + _MEMORY)
    for number in np.unique(conversation):
        rows = np.flatnonzero(conversation == number)
        for place, row in enumerate(rows[1:], 1):
            made[row] = own[row] + _MEMORY * own[rows[max(0, place - _REMEMBERED) : place]].mean()
    return made


def fit(tasks: Mapping[str, Turns], chats: Mapping[str, Turns], questions: Turns) -> Weights:
    """The head's weights. ``tasks`` are sets of rated task dialogues, ``chats`` support chats, a set for each author.

    ``questions`` to shops, none of them dissatisfied, are support chats too. Scales and the threshold come from conversations of
    tasks, and from authors of chats, that were left out.
    """
    task, chat = together(tasks.values()), together(chats.values())
    scale = Scale(task)
    report(tasks, scale)
    every = together([chat, questions])
    on_tasks, on_chats, gate = Expert(task, scale, _TASKS), Expert(every, scale, _CHATS), Gate(task, every)
    own, share = np.zeros(len(task), np.float32), np.zeros(len(task), np.float32)
    for test in _folds(task):
        own[test] = Expert(task[~test], scale, _TASKS)(task[test])
        share[test] = Gate(task[~test], every)(task[test])
    own = on_tasks.calibrate(task, own)
    apart = {
        name: together([*(other for other in chats.values() if other is not one), questions])
        for name, one in chats.items()
    }
    left = np.concatenate([Expert(apart[name], scale, _CHATS)(one) for name, one in chats.items()])
    left = on_chats.calibrate(chat, left)
    chat_share = np.concatenate([Gate(task, apart[name])(one) for name, one in chats.items()])
    own = remembering(mixed(own, on_chats(task), share), task.conversation)
    left = remembering(mixed(on_tasks(chat), left, chat_share), chat.conversation)
    threshold = _best_threshold((task.unhappy, sigmoid(own)), (chat.unhappy, sigmoid(left)))
    for kind, sets, logits, shares in (("tasks", tasks, own, share), ("chats", chats, left, chat_share)):
        ends = np.cumsum([len(turns) for turns in sets.values()])[:-1]
        for (name, turns), z, s in zip(sets.items(), np.split(logits, ends), np.split(shares, ends), strict=True):
            _tell(
                f"{kind}: {name}, left out of what it is asked (share of chats {s.mean():.2f})",
                turns,
                sigmoid(z),
                threshold,
            )
    _tell("all chats, each author left out", chat, sigmoid(left), threshold)
    return {
        "unhappy_mean": scale.mean.astype(np.float32),
        "unhappy_scale": scale.deviation.astype(np.float32),
        "unhappy": on_tasks.weights,
        "unhappy_bias": np.float32(on_tasks.bias),
        "chats": on_chats.weights,
        "chats_bias": np.float32(on_chats.bias),
        "share": gate.weights,
        "share_bias": np.float32(gate.bias),
        "unhappy_memory": np.float32(_MEMORY),
        "unhappy_threshold": np.float32(threshold),
    }


def report(tasks: Mapping[str, Turns], scale: Scale) -> None:
    """Tell how the regression of task dialogues does alone: within each set, split by conversation, and on the others."""
    for name, turns in tasks.items():
        z, threshold = np.zeros(len(turns), np.float32), np.zeros(len(turns), np.float32)
        for test in _folds(turns):  # threshold and figures never come from conversations that were fitted to
            rest = turns[~test]
            inner = np.zeros(len(rest), np.float32)
            for held in _folds(rest):
                inner[held] = Expert(rest[~held], scale, _TASKS)(rest[held])
            threshold[test] = _best_threshold((rest.unhappy, remembering(inner, rest.conversation)))
            z[test] = remembering(Expert(rest, scale, _TASKS)(turns[test]), turns.conversation[test])
        logger.info("%s: %d turns, %.3f dissatisfied", name, len(turns), turns.unhappy.mean())
        _tell("  by its own regression", turns, z, threshold)
        alone = Expert(turns, scale, _TASKS)
        for other_name, other in tasks.items():
            if other is not turns:
                found = remembering(alone(other), other.conversation)
                _tell(f"  its regression asked of {other_name}", other, found, _best_threshold((turns.unhappy, z)))


def _folds(turns: Turns) -> Iterator[NDArray[np.bool_]]:
    return (turns.conversation % _FOLDS == fold for fold in range(_FOLDS))


def _tell(what: str, turns: Turns, scores: Vectors, threshold: float | Vectors) -> None:
    """AUC and F1 with 95% intervals, bootstrapped over conversations"""
    from sklearn.metrics import roc_auc_score

    y, at, group = turns.unhappy, scores >= threshold, turns.conversation
    members = [np.flatnonzero(group == k) for k in np.unique(group)]
    rng = np.random.default_rng(7)
    draws = [np.concatenate([members[k] for k in rng.integers(0, len(members), len(members))]) for _ in range(200)]
    aucs = np.quantile([roc_auc_score(y[rows], scores[rows]) for rows in draws], [0.025, 0.975])
    f1s = np.quantile([_f1(y[rows], at[rows]) for rows in draws], [0.025, 0.975])
    auc, f1 = roc_auc_score(y, scores), _f1(y, at)
    logger.info("%s: AUC %.4f [%.4f, %.4f], F1 %.4f [%.4f, %.4f]", what, auc, aucs[0], aucs[1], f1, f1s[0], f1s[1])


def _best_threshold(*sets: tuple[NDArray[np.bool_], Vectors]) -> float:
    """The threshold with the best mean F1 over sets of (dissatisfied, score)."""
    tried = np.quantile(np.concatenate([scores for _, scores in sets]), np.linspace(0.4, 0.99, 120))
    return float(max(tried, key=lambda t: sum(_f1(truth, scores >= t) for truth, scores in sets)))


def _f1(truth: NDArray[np.bool_], at: NDArray[np.bool_]) -> float:
    return float(2 * (truth & at).sum() / max(truth.sum() + at.sum(), 1))
