"""The Chinese mood: its encoder, and what the reader makes of chats that nothing was fitted to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.sentiment import training_chinese
from bot.sentiment.evaluation import evaluate_sentiment
from bot.sentiment.reader import MoodReader

MOODS = Path(__file__).parents[3] / "benchmarks" / "chinese_moods.jsonl"


def test_messages_of_a_stranger_are_read(reader: MoodReader) -> None:
    figures = evaluate_sentiment(MOODS, reader)
    assert figures["n"] == 240
    assert figures["macro_recall"] > 0.8  # 0.68 with the reviews' head alone
    assert min(figures["f1"].values()) > 0.75


@pytest.mark.parametrize("text", ["退货邮费谁出", "冰箱压缩机坏了包修几年", "这个能退么", "两张券能一块用不", "金卡呢"])
def test_calm_questions_are_neutral_whatever_they_ask_about(reader: MoodReader, text: str) -> None:
    assert reader.sentiments([text])[0][0] == "neutral"


def test_messages_and_plain_questions_are_read_for_training() -> None:
    chat = training_chinese.messages_of(training_chinese.MESSAGES, training_chinese.QUESTIONS)
    counts = np.bincount([label for _, label in chat], minlength=3)
    assert counts[0] == 240 and counts[2] == 120 and counts[1] > 2000
