"""The multilingual encoder as shipped, and its tuning."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from retrieval import training_multilingual as training
from retrieval.errors import ModelError
from retrieval.multilingual import Meanings, MultilingualEncoder, multilingual, parameters, pieces_of, save, table


def test_vectors_are_unit_and_join_what_means_the_same_across_languages() -> None:
    texts = ["退货运费谁出", "退货邮费由谁承担？", "Who pays for return shipping?", "你们几点打烊", ""]
    found = multilingual().passages(texts)
    assert found.shape == (5, 512) and found.dtype == np.float32
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(5), abs=1e-4)
    likeness = found @ found[0]
    assert min(likeness[1], likeness[2]) > likeness[3] + 0.2
    assert multilingual().queries(texts) == pytest.approx(found, abs=1e-5)
    assert multilingual().passages([]).shape == (0, 512)


def test_the_torch_model_that_is_tuned_is_the_published_one() -> None:
    import torch

    texts = ["退货运费谁出", "Is breakfast included at the Coventry Inn, and until what time?", "好"]
    pieces, mask = training.padded([pieces_of(text) for text in texts], table())
    weights = {name: torch.from_numpy(array) for name, array in parameters().items()}
    made = training.vectors(weights, pieces, mask).numpy()
    assert made == pytest.approx(MultilingualEncoder(None).passages(texts), abs=1e-4)


def test_tuning_brings_a_class_together_and_what_is_saved_is_served(tmp_path: Path) -> None:
    classes = tmp_path / "classes.jsonl"
    kinds = {
        "fee": ["退货运费谁出", "寄回去的邮费算谁的", "退回来要我掏快递钱吗", "退货包邮吗"],
        "time": ["退款几天到账", "钱啥时候退给我", "多久能收到退的款", "退款要等几个工作日"],
    }
    lines = [{"kind": kind, "titles": texts[:1], "texts": texts[1:]} for kind, texts in kinds.items()]
    classes.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    training.main(["--classes", str(classes), "--steps", "12", "--out", str(tmp_path / "tuned.npz")])

    def gap(encoder: MultilingualEncoder) -> float:
        a, b = (encoder.passages(texts) for texts in kinds.values())
        return float((a @ a.T).mean() + (b @ b.T).mean() - 2 * (a @ b.T).mean())

    assert gap(MultilingualEncoder(tmp_path / "tuned.npz")) > gap(MultilingualEncoder(None)) + 0.1


def test_an_entry_and_the_questions_it_answers_are_one_class(tmp_path: Path) -> None:
    knowledge, queries = tmp_path / "k.jsonl", tmp_path / "q.jsonl"
    knowledge.write_text(json.dumps({"id": "1", "title": "几点关门？", "text": "晚上十点。"}), "utf-8")
    history = [
        {"role": "customer", "text": "周末几点开门"},
        {"role": "agent", "text": "九点"},
        {"role": "customer", "text": "关门呢"},
    ]
    queries.write_text(json.dumps({"history": history, "relevant": ["1"]}), "utf-8")
    assert training.faq_classes(knowledge, queries) == [
        ("几点关门？", "1"),
        ("几点关门？ 晚上十点。", "1"),
        ("周末几点开门 关门呢", "1"),
    ]


def test_weights_that_are_missing_or_of_another_model_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="multilingual encoder cannot be loaded"):
        MultilingualEncoder(tmp_path / "none.npz").passages(["好"])
    other = {name: array[:1] for name, array in parameters().items()}
    save(other, tmp_path / "other.npz")
    with pytest.raises(ModelError, match="another shape"):
        MultilingualEncoder(tmp_path / "other.npz").passages(["好"])


def test_meanings_give_the_vectors_of_their_rows_and_the_nearest() -> None:
    held = np.eye(4, 512, dtype=np.float32)
    some = Meanings(np.array([1, 3, 5, 8]), held)
    assert some.of(np.array([3, 4, 8])).tolist() == [held[1].tolist(), [0.0] * 512, held[3].tolist()]
    assert some.near(held[2:3] + 0.5 * held[:1], 2).tolist() in ([5, 1], [1, 5])
    assert set(some.near(held[2:3], 9).tolist()) == {1, 3, 5, 8}
    assert Meanings(np.zeros(0, dtype=np.int64), held[:0]).of(np.array([2])).tolist() == [[0.0] * 512]
