"""The mood of a turn, read from the conversation by the shipped heads."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversation import Conversation
from bot.escalation import Policy, decide
from bot.sentiment import heads
from bot.sentiment.reader import MoodReader
from retrieval.errors import ModelError
from retrieval.query import Utterance


def talk(*texts: str) -> list[Utterance]:
    """Customer and agent by turns; the customer speaks last."""
    first = len(texts) % 2
    return [Utterance("customer" if (i + first) % 2 else "agent", text) for i, text in enumerate(texts)]


async def label(reader: MoodReader, text: str) -> str:
    return (await reader.read(talk(text))).label


@pytest.mark.parametrize(
    "text", ["This is terrible, I am so disappointed.", "I hate this lamp", "太差了，非常失望", "质量很差，千万别买"]
)
async def test_complaints_are_negative(reader: MoodReader, text: str) -> None:
    assert await label(reader, text) == "negative"


@pytest.mark.parametrize("text", ["I love it, thank you so much!", "Great service", "非常满意，质量很好"])
async def test_praise_is_positive(reader: MoodReader, text: str) -> None:
    assert await label(reader, text) == "positive"


@pytest.mark.parametrize(
    "text",
    [
        "How long do I have to send the lamp back?",
        "Do you ship to Malaysia?",
        "What is the warranty on the desk lamp?",
        "我想问一下台灯多少天内可以退货？",
        "可以寄到马来西亚吗？运费多少？",
        "退款到银行卡要多久？",
    ],
)
async def test_plain_questions_are_neutral(reader: MoodReader, text: str) -> None:
    mood = await reader.read(talk(text))
    assert mood.label == "neutral"
    assert mood.dissatisfaction < Policy().limits().offer


async def test_sarcasm_and_mixed_messages_are_negative(reader: MoodReader) -> None:
    assert await label(reader, "great, third time it breaks") == "negative"
    assert await label(reader, "真棒，又坏了") == "negative"


async def test_negation_is_negative(reader: MoodReader) -> None:
    assert await label(reader, "I am not happy with this") == "negative"
    assert await label(reader, "我对这个一点都不满意") == "negative"


async def test_capitals_and_emoji_are_read(reader: MoodReader) -> None:
    assert await label(reader, "WHERE IS MY ORDER, THIS IS RIDICULOUS") == "negative"
    assert await label(reader, "😡😡😡") == "negative"
    assert await label(reader, "😍") == "positive"


async def test_an_angry_customer_is_passed_to_a_human(reader: MoodReader) -> None:
    text = "this is the third time, I'm furious"
    mood = await reader.read(talk(text))
    assert decide(Conversation("web:1", "web"), text, mood, Policy()).escalate


@pytest.mark.parametrize("text", ["", " ", "???", "👍", "a" * 100_000, "灯" * 100_000, "我想退货 it broke 😡"])
async def test_every_text_gets_a_mood(reader: MoodReader, text: str) -> None:
    mood = await reader.read(talk(text))
    assert -1 <= mood.score <= 1
    assert 0 <= mood.dissatisfaction <= 1
    assert 0 <= mood.probability <= 1


async def test_asking_the_same_again_is_more_dissatisfied_and_says_so(reader: MoodReader) -> None:
    once = await reader.read(talk("where is my order?"))
    again = await reader.read(
        talk(
            "where is my order?",
            "Our lamps are made of oak.",
            "where is my order??",
            "Sorry, I do not know that.",
            "I asked where my order is",
        )
    )
    assert again.dissatisfaction > once.dissatisfaction
    assert any("same thing" in reason for reason in again.reasons)
    assert any("not found" in reason for reason in again.reasons)


async def test_a_correction_is_more_dissatisfied_than_thanks(reader: MoodReader) -> None:
    question, answer = "how much is the lamp?", "The chair costs S$120."
    wrong = await reader.read(talk(question, answer, "no, that's not what I asked"))
    fine = await reader.read(talk(question, answer, "perfect, thank you"))
    assert wrong.dissatisfaction > fine.dissatisfaction
    assert "corrects or rejects the answer" in wrong.reasons


@pytest.mark.parametrize(
    ("hello", "answer", "question"),
    [
        (
            "hi",
            "Hello! I'm the shop's virtual assistant. What can I help you with?",
            "how heavy is the aurora desk lamp",
        ),
        ("hello", "Hi, what would you like to know?", "my lamp arrived broken"),
        ("hi", "Hello! How can I help?", "do you ship to japan"),
        ("你好", "您好！请问有什么可以帮您？", "台灯多少钱"),
        ("在吗", "在的亲，请说。", "我的灯坏了"),
    ],
)
async def test_a_question_after_a_greeting_is_calm(reader: MoodReader, hello: str, answer: str, question: str) -> None:
    assert (await reader.read(talk(hello, answer, question))).dissatisfaction < Policy().limits().offer / 2


async def test_a_later_turn_never_changes_an_earlier_reading(reader: MoodReader) -> None:
    history = talk("where is my order?", "It is on its way.", "ok")
    before = await reader.read(history)
    await reader.read([*history, Utterance("agent", "Bye"), Utterance("customer", "you are useless")])
    assert await reader.read(history) == before


def test_missing_or_broken_weights_say_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="bot.sentiment.training"):
        heads.load(tmp_path / "heads.npz")
    (tmp_path / "heads.npz").write_bytes(b"not weights")
    with pytest.raises(ModelError, match="bot.sentiment.training"):
        heads.load(tmp_path / "heads.npz")


async def test_a_chinese_question_in_other_words_is_the_same_and_another_question_is_not(reader: MoodReader) -> None:
    answer = "您好，请看我们的帮助页面。"
    again = await reader.read(talk("快递什么时候能到", answer, "我的快递到底啥时候到啊"))
    other = await reader.read(talk("快递什么时候能到", answer, "保修期是多久"))
    assert "asked the same thing twice" in again.reasons
    assert not any("same thing" in reason for reason in other.reasons)
    assert again.dissatisfaction > other.dissatisfaction


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("寄到日本运费多少", "寄到马来西亚运费多少"),
        ("周末几点开门", "周一几点开门"),
        ("how long does shipping to Japan take?", "how long does shipping to Malaysia take?"),
    ],
)
async def test_the_same_question_of_something_else_is_another_question(
    reader: MoodReader, first: str, second: str
) -> None:
    mood = await reader.read(talk(first, "OK.", second))
    assert not any("same thing" in reason for reason in mood.reasons)
