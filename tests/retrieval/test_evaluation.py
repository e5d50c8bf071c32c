"""The evaluations read the contract's files, name a bad line, and measure what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.errors import InputError
from retrieval.evaluation import (
    calibration_error,
    evaluate_answerability,
    evaluate_retrieval,
    read_knowledge,
    read_queries,
)

KNOWLEDGE = [
    {"id": "1", "title": "Is there parking?", "text": "Yes.", "entity": "Hotel Griffon"},
    {"id": "2", "title": "Is there parking?", "text": "No.", "entity": "Adelaide Hostel"},
    {"id": "3", "title": "Do taxis take cards?", "text": "Yes.", "entity": None},
]
QUERIES = [
    {
        "history": [{"role": "agent", "text": "Adelaide Hostel?"}, {"role": "customer", "text": "Is there parking?"}],
        "relevant": ["2"],
    },
    {"history": [{"role": "customer", "text": "Can I pay the taxi by card?"}], "relevant": ["3"]},
    {"history": [{"role": "customer", "text": "What is seventeen squared?"}], "relevant": []},
]


def write(path: Path, records: list[Any]) -> Path:
    path.write_text("\n".join(json.dumps(r) for r in records), "utf-8")
    return path


def test_retrieval_counts_the_queries_with_an_answer(tmp_path: Path, embedder: SentenceTransformerEmbedder) -> None:
    figures = evaluate_retrieval(write(tmp_path / "k", KNOWLEDGE), write(tmp_path / "q", QUERIES), embedder)
    assert figures["n"] == 2
    assert figures["recall@1"] == figures["recall@5"] == figures["mrr@5"] == 1.0
    assert figures["ms_per_query"] > 0


def test_each_turn_of_a_conversation_that_asks_for_an_entry_is_a_query(tmp_path: Path) -> None:
    turns = [
        {"customer": "hi", "relevant": None, "agent": "Hello!"},
        {"customer": "parking?", "relevant": ["1"], "agent": "Yes."},
        {"customer": "for how much", "relevant": []},
        {"customer": "hm", "relevant": ["1"]},
    ]
    queries = read_queries(write(tmp_path / "q", [{"turns": turns}, QUERIES[1]]))
    assert [(len(query.history), query.relevant) for query in queries] == [
        (3, {"1"}),
        (5, frozenset()),
        (6, {"1"}),
        (1, {"3"}),
    ]
    assert [turn.text for turn in queries[1].history] == ["hi", "Hello!", "parking?", "Yes.", "for how much"]


def test_a_folder_of_a_shops_files_is_knowledge(tmp_path: Path, embedder: SentenceTransformerEmbedder) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "faq.md").write_text("## Is there parking?\nYes, behind the house.\n", "utf-8")
    queries = write(tmp_path / "q", [{"turns": [{"customer": "parking?", "relevant": ["faq.md#is-there-parking"]}]}])
    assert evaluate_retrieval(tmp_path / "shop", queries, embedder)["recall@1"] == 1.0
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty: holds no entry"):
        evaluate_retrieval(tmp_path / "empty", queries, embedder)


def test_answerability_gives_both_errors(tmp_path: Path, embedder: SentenceTransformerEmbedder) -> None:
    figures = evaluate_answerability(write(tmp_path / "k", KNOWLEDGE), write(tmp_path / "q", QUERIES), embedder)
    assert {"precision", "recall", "f1", "threshold", "false_refusals", "false_answers"} < set(figures)
    assert figures["n"] == 3
    assert 0 <= figures["calibration_error"] <= 1


def test_calibration_error_is_the_gap_between_what_is_stated_and_what_is_true() -> None:
    assert calibration_error([0.75] * 4, [True, True, True, False]) == 0.0
    assert calibration_error([0.95] * 4, [True, True, False, False]) == pytest.approx(0.45)
    assert calibration_error([0.05, 0.95], [False, True]) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"id": "1", "title": "a"}', "text"),
        ("{", "JSON"),
        ("[]", "object"),
        ('{"id":"1","title":"a","text":"b","entity":3}', "entity"),
    ],
)
def test_a_bad_line_of_the_knowledge_is_named(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "k.jsonl"
    path.write_text(json.dumps(KNOWLEDGE[2]) + "\n" + line, "utf-8")
    with pytest.raises(InputError, match=rf"k\.jsonl:2: .*{problem}"):
        read_knowledge(path)


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        '{"history": [], "relevant": []}',
        '{"history": [{"role": "x", "text": "a"}], "relevant": []}',
        '{"turns": "a"}',
        '{"turns": [{"relevant": []}]}',
        '{"turns": [{"customer": "a", "relevant": "1"}]}',
        '{"turns": [{"customer": "a", "relevant": [], "agent": 1}]}',
    ],
)
def test_a_bad_line_of_the_queries_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(line, "utf-8")
    with pytest.raises(InputError, match=r"q\.jsonl:1: "):
        read_queries(path)
