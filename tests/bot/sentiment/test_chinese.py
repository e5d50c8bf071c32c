"""The Chinese mood: its encoder, and what the reader makes of chats that nothing was fitted to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.sentiment import training_chinese
from bot.sentiment.encoder import CHINESE, TunedEncoder
from bot.sentiment.evaluation import evaluate_sentiment
from bot.sentiment.reader import MoodReader
from bot.sentiment.tuning import tune

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


def test_the_encoder_is_tuned_twice_and_kept_where_it_is_there(models: Path, tmp_path: Path) -> None:
    reviews = [("很好用，会再买", 2, "纸"), ("用了两天就坏了", 0, "灯"), ("包装破了，东西也是旧的", 0, "纸")] * 12
    chat = [("几点开门", 1), ("谢谢啊，帮大忙了", 2), ("你们是骗子吧", 0)]
    written = [("第三页针就弯了", 0), ("年卡续了第三年", 2)]
    base, weights = models / CHINESE.base, tmp_path / "chinese.npz"
    arrays = training_chinese.chinese(reviews, chat, written, base, weights)
    assert set(arrays) == {"chinese_q", "chinese_scale", "chinese_bias"}
    encoder = TunedEncoder(CHINESE, base, weights)
    logits = encoder.logits(encoder.states(["很好用，会再买", "用了两天就坏了"]))
    assert logits.shape == (2, 3) and np.isfinite(logits).all()
    made = weights.read_bytes()
    training_chinese.chinese(reviews, chat, written, base, weights)
    assert weights.read_bytes() == made


def test_learning_on_starts_from_the_weights_that_are_named(models: Path, tmp_path: Path) -> None:
    base, texts = models / CHINESE.base, [("很好用，会再买", 2), ("用了两天就坏了", 0)] * 4
    tune(CHINESE, base, texts, tmp_path / "one.npz", epochs=1)
    tune(CHINESE, base, texts, tmp_path / "two.npz", epochs=1, start=tmp_path / "one.npz", rate=1e-6)
    with np.load(tmp_path / "one.npz") as one, np.load(tmp_path / "two.npz") as two:
        assert set(one.files) == set(two.files)
        assert all(np.allclose(one[name], two[name], atol=1e-3) for name in one.files)
        assert not np.array_equal(one["last.weight"], two["last.weight"])


def test_reviews_written_for_this_are_as_often_bad_as_good() -> None:
    written = training_chinese.labelled(training_chinese.REVIEWS)
    counts = np.bincount([label for _, label in written], minlength=3)
    assert len(written) > 1400 and counts[1] == 0 and abs(int(counts[0]) - int(counts[2])) < 20
    assert len({text for text, _ in written}) == len(written)
