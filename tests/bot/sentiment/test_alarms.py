"""What a person must see is heard in words that no list foresees, and ordinary messages raise no alarm."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.alarming import evaluate_alarms
from bot.costs import Policy
from bot.sentiment import alarms, training_alarms
from bot.sentiment.reader import MoodReader
from bot.sentiment.training_alarms import Messages
from retrieval.errors import InputError, ModelError
from retrieval.query import Utterance

STRANGERS = Path("benchmarks/alarms.jsonl")


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("dont bother with the refund, i wont be here next week and neither will my pain", "self_harm"),
        ("药都攒够了，这单就不用发了", "self_harm"),
        ("my toddler got the little round magnet out and its gone, i think its inside him", "safety"),
        ("插上去手一麻，整个人弹开了", "safety"),
        ("there are three orders on my card from a town ive never been to", "fraud"),
        ("I produce a consumer programme and would like someone on camera about your returns by friday", "press"),
    ],
)
def test_what_no_list_of_words_foresees_is_heard(reader: MoodReader, text: str, topic: str) -> None:
    mood = reader.mood([Utterance("customer", text)])
    assert (mood.topic, mood.alarm >= Policy().alarm_offer_at) == (topic, True)


@pytest.mark.parametrize(
    "text",
    ["i paid with paypal", "paid by card", "how many ppl does that feed", "够几个人吃", "", "😀", "?", "ok", "how long do I have to send the lamp back?", "台灯多少钱", "Suicide Squad poster A2, is it framed?",
     "this lamp is fire, does it come in green", "律师袍有羊毛的吗", "x" * 5000],
)  # fmt: skip
def test_ordinary_messages_raise_no_alarm(reader: MoodReader, text: str) -> None:
    assert reader.mood([Utterance("customer", text)]).alarm < Policy().alarm_offer_at


def test_most_alarms_of_strangers_bring_a_person_and_few_of_their_other_messages_do(reader: MoodReader) -> None:
    figures = evaluate_alarms(STRANGERS, reader, Policy())
    assert figures["n"] == 480
    assert figures["recall"] > 0.75
    assert figures["recall_with_offers"] > figures["recall"]
    assert figures["right_topic"] > 0.9
    assert figures["false_alarms"] < 0.1


def test_a_text_is_heard_alike_alone_and_beside_others(reader: MoodReader) -> None:
    texts = ["the kettle spat sparks at my son", "吃完一家人都吐了", "price of the oak desk?"]
    together = reader.alarms(texts)
    alone = [reader.alarms([text])[0] for text in texts]
    assert [found.topic for found in together] == [found.topic for found in alone]
    assert [found.probability for found in together] == pytest.approx([found.probability for found in alone], abs=1e-4)


@pytest.mark.parametrize("shape", [(4, 3), (4, 7)])
def test_weights_of_another_shape_or_none_say_how_to_mend_it(tmp_path: Path, shape: tuple[int, int]) -> None:
    path = tmp_path / "alarms.npz"
    with pytest.raises(ModelError, match=r"alarms.npz cannot be read .* python -m bot.sentiment.training"):
        alarms.load(path)
    np.savez(path, weights=np.zeros(shape), bias=np.zeros(5))
    with pytest.raises(ModelError, match="another number of classes"):
        alarms.load(path)


def messages(seed: int, count: int = 70) -> Messages:
    """Each class stands out in a measure of its own."""
    random = np.random.default_rng(seed)
    classes = np.arange(count) % len(alarms.CLASSES)
    described = np.eye(len(alarms.CLASSES))[classes] * (classes > 0)[:, None] + random.normal(
        scale=0.1, size=(count, 7)
    )
    return Messages(described.astype(np.float32), classes)


def test_the_head_learns_of_several_authors_and_tells_how_each_is_heard_by_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    plain = np.random.default_rng(9).normal(scale=0.1, size=(500, 7)).astype(np.float32)
    weights = training_alarms.fit({"ann": messages(0), "bo": messages(1)}, plain)
    heard = alarms.Alarms(weights["weights"].astype(np.float32), weights["bias"]).heard(messages(2).described)
    for found, held in zip(heard, messages(2).classes, strict=True):
        alarming = 0 < held <= len(alarms.TOPICS)
        assert (found.probability > 0.5) == alarming
        assert not alarming or found.topic == alarms.CLASSES[held]
    assert "alarms of ann: 1.00 heard" in caplog.text
    assert "alarms of bo: 1.00 heard" in caplog.text


def test_an_author_of_calm_messages_alone_is_learnt_from_and_a_class_without_messages_is_named() -> None:
    plain = np.random.default_rng(9).normal(scale=0.1, size=(50, 7)).astype(np.float32)
    calm = Messages(plain[:9], np.zeros(9, np.int64))
    assert training_alarms.fit({"ann": messages(0), "bo": calm}, plain)["weights"].shape == (7, 7)
    with pytest.raises(InputError, match="no message is of the class self_harm, safety, legal, fraud, press, abuse"):
        training_alarms.fit({"bo": calm}, plain)


@pytest.mark.parametrize("row", ['{"text": 3, "class": "none"}', '{"text": "hi", "class": "joy"}', '{"text": "hi"}'])
def test_a_bad_message_is_named_with_its_line(tmp_path: Path, row: str) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text(f'{{"text": "hi", "class": "none"}}\n{row}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"m.jsonl:2: a row is"):
        training_alarms.messages_of(path)


def test_turns_that_leave_customers_content_are_learnt_from_once(tmp_path: Path) -> None:
    turns = [
        {"role": "customer", "text": text, "satisfaction": rating}
        for text, rating in (("hi", 3), ("bad", 1), ("hi", 4))
    ]
    path = tmp_path / "chats.jsonl"
    path.write_text(
        json.dumps({"turns": [*turns, {"role": "agent", "text": "Sorry.", "satisfaction": None}]}), encoding="utf-8"
    )
    assert training_alarms.calm_turns([path]) == ["hi"]


def test_a_bad_benchmark_is_named_with_its_line(tmp_path: Path, reader: MoodReader) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text('{"text": "hi", "class": 3}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"m.jsonl:1: a row is"):
        evaluate_alarms(path, reader, Policy())
    path.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="holds no rows"):
        evaluate_alarms(path, reader, Policy())


def test_the_shipped_messages_are_of_all_classes_and_none_is_in_the_test() -> None:
    strangers = {json.loads(line)["text"] for line in STRANGERS.read_text(encoding="utf-8").splitlines()}
    for path in training_alarms.MESSAGES:
        texts, classes = training_alarms.messages_of(path)
        assert 0 in classes and len(set(texts)) == len(texts)
        assert not strangers & set(texts)
