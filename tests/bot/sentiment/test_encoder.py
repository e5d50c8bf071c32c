"""The tuned encoder: what it says, what it remembers, and what it says where a file is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.sentiment import features
from bot.sentiment.encoder import CHINESE, ENGLISH, LONGEST_CHINESE, TunedEncoder, chinese_pieces
from bot.sentiment.reader import felt_by
from retrieval.errors import ModelError


def test_it_tells_moods_apart_without_words_of_a_list(encoder: TunedEncoder) -> None:
    texts = ["four weeks and still no parcel, what a joke", "when do you open?", "you made my daughter's day"]
    assert encoder.logits(encoder.states(texts)).argmax(axis=1).tolist() == [0, 1, 2]


def test_a_text_has_one_state_alone_and_beside_others(encoder: TunedEncoder) -> None:
    alone = encoder.states(["my lamp arrived broken"])[0]
    fresh = TunedEncoder.__new__(TunedEncoder)
    fresh.__dict__.update(encoder.__dict__, _known={})
    beside = fresh.states(["hi", "my lamp arrived broken", "a much longer text that makes the batch wide " * 5])[1]
    assert float(np.abs(alone - beside).max()) < 0.05
    assert encoder.states([]).shape[0] == 0


def test_chinese_turns_are_felt_by_an_encoder_of_their_own(encoder: TunedEncoder, chinese: TunedEncoder) -> None:
    states, logits = felt_by(encoder, chinese, ["三个星期了还没到，太失望了", "this is awful", "谢谢，很满意"])
    assert not states[0].any() and states[1].any()
    assert logits.argmax(axis=1).tolist() == [0, 0, 2]


def test_feelings_look_back_only() -> None:
    rows = np.array([[2.0, 0.0, -1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 2.0]], dtype=np.float32)
    first, last = features.feelings(rows[:1]), features.feelings(rows)
    assert first.shape == last.shape == (11,)
    assert first[9] == 0.0
    assert last[9] < -0.5  # the worst before
    assert last[10] > 0.5  # better than the turn before


def test_a_missing_or_broken_file_says_how_to_mend_it(tmp_path: Path, models: Path) -> None:
    base = models / ENGLISH.base
    with pytest.raises(ModelError, match="bot.sentiment.training"):
        TunedEncoder(ENGLISH, base, tmp_path / "encoder.npz")
    (tmp_path / "encoder.npz").write_bytes(b"no weights")
    with pytest.raises(ModelError, match="bot.sentiment.training"):
        TunedEncoder(ENGLISH, base, tmp_path / "encoder.npz")
    with pytest.raises(ModelError, match="models fetch"):
        TunedEncoder(ENGLISH, tmp_path)
    with pytest.raises(ModelError, match="has no"):
        TunedEncoder(CHINESE, base)


def test_a_long_chinese_text_keeps_its_ends(models: Path) -> None:
    pieces = chinese_pieces(models / CHINESE.base)
    first, last = pieces("包装破了。"), pieces("客服还不理人！")
    kept = pieces("包装破了。" + "快递员说放门口了。" * 60 + "客服还不理人！")
    assert len(kept) == LONGEST_CHINESE
    assert kept[:4] == first[:4] and kept[-4:] == last[-4:]
