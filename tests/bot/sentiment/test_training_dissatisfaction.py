"""Two kinds of conversations, judged by contrary measures, are each told by their own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from bot.sentiment import training_dissatisfaction as training
from bot.sentiment.training_dissatisfaction import Turns
from retrieval.errors import InputError


def turns(seed: int, *, chats: bool, count: int = 300) -> Turns:
    """The first measure speaks for dissatisfaction in tasks and against it in chats; the first context tells them apart."""
    random = np.random.default_rng(seed)
    numbers, contexts = random.normal(size=(count, 4)), random.normal(scale=0.1, size=(count, 6))
    contexts[:, 0] = 1.0 if chats else -1.0
    unhappy = (-1 if chats else 1) * numbers[:, 0] + 0.3 * random.normal(size=count) > 0.5
    return Turns(numbers.astype(np.float32), contexts.astype(np.float32), unhappy, np.arange(count) // 5)


def told(weights: training.Weights, asked: Turns) -> np.ndarray:
    rows = np.hstack([(asked.numbers - weights["unhappy_mean"]) / weights["unhappy_scale"], asked.contexts])
    share = 1 / (1 + np.exp(-(asked.contexts @ weights["share"] + weights["share_bias"])))
    tasks, chats = (rows @ weights[name] + weights[f"{name}_bias"] for name in ("unhappy", "chats"))
    return np.asarray((1 - share) * tasks + share * chats)


def test_each_kind_of_conversation_is_told_by_its_own_regression(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    tasks = {"one": turns(0, chats=False), "two": turns(1, chats=False)}
    chats = {"ann": turns(2, chats=True), "bo": turns(3, chats=True)}
    calm = turns(4, chats=True)
    weights = training.fit(tasks, chats, Turns(calm.numbers, calm.contexts, calm.unhappy & False, calm.conversation))
    for asked in (turns(5, chats=False), turns(6, chats=True)):
        assert roc_auc_score(asked.unhappy, told(weights, asked)) > 0.9
    assert 0 < weights["unhappy_threshold"] < 1
    for name in ("one", "two", "ann", "bo"):
        assert f"{name}, left out of what it is asked" in caplog.text


def test_conversations_of_several_sets_stay_apart() -> None:
    joined = training.together([turns(0, chats=True, count=10), turns(1, chats=True, count=10)])
    assert joined.conversation.tolist() == [0] * 5 + [1] * 5 + [2] * 5 + [3] * 5
    assert len(joined) == 20


def test_a_turn_remembers_those_before_it_in_its_conversation() -> None:
    own = np.array([1.0, 2.0, 5.0], np.float32)
    made = training.remembering(own, np.array([0, 0, 1]))
    assert made == pytest.approx([1.3, 2.3, 6.5])


def test_questions_to_shops_are_read_as_calm_and_a_bad_chat_is_named(tmp_path: Path) -> None:
    asked = tmp_path / "q.jsonl"
    lines = [{"history": [{"role": "customer", "text": f"how much {n}"}], "relevant": []} for n in range(24)]
    asked.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    read = training.calm([asked], [asked])
    assert len(read) == 2 + 24 and {ratings[-1] for _, ratings in read} == {3.0}
    asked.write_text('{"turns": [{"role": "cook", "text": "x"}]}\n', "utf-8")
    with pytest.raises(InputError, match="role"):
        training.chats_of(asked)


def test_the_shipped_chats_are_rated_in_both_languages() -> None:
    assert {path.name.split("_")[0] for path in training.DIALOGUES} == {"chinese", "english"}
    for path in training.DIALOGUES:
        rated = [rating for _, ratings in training.chats_of(path) for rating in ratings if rating is not None]
        assert len(rated) > 90 and 0.1 < sum(rating < 3 for rating in rated) / len(rated) < 0.4
