from __future__ import annotations

import json
from pathlib import Path

import pytest

from generation.evaluation import evaluate_generation, read
from generation.sampling import SamplingControls
from generation.writer import Writer
from retrieval.errors import InputError

LINE = {
    "history": [{"role": "customer", "text": "Are pets allowed?"}],
    "passages": [{"id": "1", "title": "Are pets allowed?", "text": "Pets are not allowed at the hostel."}],
    "reference": "Pets are not allowed at the hostel.",
}


def test_a_quoted_reference_scores_full(tmp_path: Path) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text("\n".join([json.dumps(LINE)] * 2), encoding="utf-8")
    measured = evaluate_generation(data, Writer(None), SamplingControls())
    assert measured["rouge_l"] == pytest.approx(1.0)
    assert measured["bleu"] == pytest.approx(1.0)
    assert measured["grounded"] == 1.0
    assert measured["n"] == 2
    assert measured["tokens_per_second"] > 0


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "not valid JSON"),
        ("[]", "not an object"),
        (json.dumps(LINE | {"history": []}), "history"),
        (json.dumps(LINE | {"passages": [{"id": "1"}]}), "passage 1"),
        (json.dumps(LINE | {"reference": 3}), "reference"),
        (json.dumps(LINE | {"history": [{"role": "bot", "text": "x"}]}), "role"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str, problem: str) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text(json.dumps(LINE) + "\n" + line, encoding="utf-8")
    with pytest.raises(InputError, match=rf"data\.jsonl:2: .*{problem}"):
        read(data)
