"""How the second look is weighed beside the ranking, and the fit of its weights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval import training_weighing as training
from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.evaluation import read_passages, read_queries
from retrieval.library import Library, embed
from retrieval.passages import Passage
from retrieval.query import Utterance
from retrieval.reranker import NAME, Reranker
from retrieval.weighing import ANSWER, ORDER, WEIGHTS, weights

FAQ = """## Delivery cost
Delivery costs $4.95.

## Gift wrap
We wrap a gift for $3.00.

## Opening hours
We are open from 9 to 18.
"""
ASKED = [
    ("what do you charge to bring it", ["faq.md#delivery-cost"]),
    ("can you wrap it as a present", ["faq.md#gift-wrap"]),
    ("until when are you there", ["faq.md#opening-hours"]),
    ("do you have a job for me", []),
    ("who won the match", []),
]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "faq.md").write_text(FAQ, "utf-8")
    turns = [json.dumps({"turns": [{"customer": text, "relevant": right}]}) for text, right in ASKED]
    (tmp_path / "queries.jsonl").write_text("\n".join(turns), "utf-8")
    return tmp_path / "shop", tmp_path / "queries.jsonl"


class Knowing(Reranker):
    """Reads 3 out of the passage whose title it is told for the question, and -3 out of all others."""

    def __init__(self) -> None:
        self.right = {text: right[0].partition("#")[2].replace("-", " ") for text, right in ASKED if right}

    def logits(
        self, history: Sequence[Utterance], some: Sequence[Passage], spoken_of: str | None = None
    ) -> NDArray[np.float32]:
        title = self.right.get(history[-1].text)
        return np.array([3.0 if passage.title.lower() == title else -3.0 for passage in some], dtype=np.float32)


def test_a_reader_that_knows_decides_what_is_first_and_what_is_answered(
    files: tuple[Path, Path], embedder: SentenceTransformerEmbedder
) -> None:
    passages = read_passages(files[0])
    made = training.examples(Library(passages, embed(passages, embedder)), read_queries(files[1]), embedder, Knowing())
    assert len(made) == len(ASKED)
    order, answer = training.fit(made)
    assert order[ORDER.index("read")] > 0 and answer[ANSWER.index("read")] > 0
    figures = training.report(made, order, answer)
    assert figures["recall@1"] == figures["f1"] == figures["right_decisions"] == 1.0
    assert figures["false_answers"] == figures["false_refusals"] == 0.0


def test_the_shipped_weights_hold_every_number_and_trust_what_was_read() -> None:
    held = json.loads(WEIGHTS.read_text("utf-8"))
    for language in ("en", "zh"):
        assert tuple(held[language]["order"]) == ORDER and tuple(held[language]["answer"]) == ANSWER
        assert weights()[language].order[ORDER.index("read")] > 0.3
        assert weights()[language].answer[ANSWER.index("read")] > 0.3


def test_the_command_says_what_is_missing(
    files: tuple[Path, Path], models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = ["--embedder", str(models / "all-MiniLM-L6-v2"), "--base", str(models / NAME)]
    for pair, said in (
        ((files[0], tmp_path / "none.jsonl"), "cannot be read"),
        (files, "no questions with and without an answer in zh"),
    ):
        with pytest.raises(SystemExit):
            training.main([*folders, "--out", str(tmp_path / "out.json"), "--pair", *map(str, pair)])
        assert said in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()
