"""The Chinese mood: its encoder, and what the reader makes of chats that nothing was fitted to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.sentiment import training_chinese, tuning_chinese
from bot.sentiment.chinese import LONGEST, ChineseEncoder, shortened
from bot.sentiment.evaluation import evaluate_sentiment
from bot.sentiment.reader import MoodReader
from retrieval.errors import ModelError
from retrieval.multilingual import pieces_of, table
from retrieval.training_multilingual import padded, states

MOODS = Path(__file__).parents[3] / "benchmarks" / "chinese_moods.jsonl"


def test_messages_of_a_stranger_are_read(reader: MoodReader) -> None:
    figures = evaluate_sentiment(MOODS, reader)
    assert figures["n"] == 240
    assert figures["macro_recall"] > 0.8  # 0.68 with the reviews' head alone
    assert min(figures["f1"].values()) > 0.75


@pytest.mark.parametrize("text", ["退货邮费谁出", "冰箱压缩机坏了包修几年", "这个能退么", "两张券能一块用不", "金卡呢"])
def test_calm_questions_are_neutral_whatever_they_ask_about(reader: MoodReader, text: str) -> None:
    assert reader.sentiments([text])[0][0] == "neutral"


def test_the_encoder_that_is_served_is_the_one_that_was_tuned(tmp_path: Path) -> None:
    import torch

    reviews, chat = [("质量很好", 2), ("太差了", 0)] * 60, [("几点开门", 1), ("谢谢", 2), ("气死我了", 0)]
    made = tuning_chinese.tune(reviews, chat, tmp_path / "w.npz", epochs=1)
    texts = ["质量很好", "", "包装破了，客服还不理人。" * 60]
    weights = {name: torch.from_numpy(array) for name, array in made.items()}
    pieces, mask = padded([shortened(np.array(pieces_of(text))).tolist() for text in texts], table())
    pooled = tuning_chinese._pooled(states(weights, pieces, mask), mask)
    hidden = torch.relu(pooled @ weights["hidden"] + weights["hidden_b"])
    expected = (hidden @ weights["last"] + weights["last_b"]).numpy()
    found = ChineseEncoder(tmp_path / "w.npz").logits(texts)
    assert found == pytest.approx(expected, abs=0.1)  # 8-bit weights
    assert found.argmax(axis=1).tolist() == expected.argmax(axis=1).tolist()


def test_a_long_text_keeps_its_ends() -> None:
    kept = shortened(np.arange(500, dtype=np.float32)[:, None])
    assert len(kept) == LONGEST
    assert (kept[0, 0], kept[-1, 0]) == (0.0, 499.0)


def test_missing_or_broken_weights_say_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="bot.sentiment.training"):
        ChineseEncoder(tmp_path / "none.npz")
    (tmp_path / "bad.npz").write_bytes(b"not weights")
    with pytest.raises(ModelError, match="bot.sentiment.training"):
        ChineseEncoder(tmp_path / "bad.npz")


def test_messages_and_plain_questions_are_read_for_training() -> None:
    chat = training_chinese.messages_of(training_chinese.MESSAGES, training_chinese.QUESTIONS)
    counts = np.bincount([label for _, label in chat], minlength=3)
    assert counts[0] == 240 and counts[2] == 120 and counts[1] > 2000
