"""Tuning an encoder to the mood: what is served afterwards is what was learnt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.sentiment import tuning
from bot.sentiment.encoder import CHINESE, TunedEncoder


def test_an_encoder_is_tuned_to_texts_and_to_those_beside_them(models: Path, tmp_path: Path) -> None:
    good, bad, asked = (
        ["质量很好", "非常满意", "孩子喜欢"],
        ["太差了", "再也不买", "根本没法用"],
        ["几点开门", "能开发票吗"],
    )
    texts = [(text, 2) for text in good * 30] + [(text, 0) for text in bad * 30]
    tuning.tune(
        CHINESE, models / CHINESE.base, texts, tmp_path / "w.npz", beside=[(text, 1) for text in asked], epochs=6
    )
    encoder = TunedEncoder(CHINESE, models / CHINESE.base, tmp_path / "w.npz")
    logits = encoder.logits(encoder.states([*good, *bad, *asked]))
    assert logits.argmax(axis=1).tolist() == [2, 2, 2, 0, 0, 0, 1, 1]


def test_batches_hold_every_text_once() -> None:
    lengths = np.random.default_rng(0).integers(2, 90, 500).tolist()
    made = tuning.batches(lengths, 32, np.random.default_rng(1))
    assert sorted(i for batch in made for i in batch) == list(range(500))
    assert max(len(batch) for batch in made) == 32


@pytest.mark.parametrize(
    ("labels", "expected"),
    [([0, 0, 0, 1, 2, 2], [0.816, 1.414, 1.0]), ([0, 2, 2, 2], [1.414, 1.0, 0.816])],
)
def test_rare_classes_weigh_more_and_absent_ones_as_usual(labels: list[int], expected: list[float]) -> None:
    assert tuning._weights(np.array(labels)).tolist() == pytest.approx(expected, abs=1e-3)
