"""Figures on files in the documented formats, and errors by file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.costs import Policy
from bot.sentiment.evaluation import evaluate_satisfaction, evaluate_sentiment
from bot.sentiment.reader import MoodReader
from retrieval.errors import InputError


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_sentiment_is_reported_by_class_and_language(tmp_path: Path, reader: MoodReader) -> None:
    data = lines(
        tmp_path / "s.jsonl",
        {"text": "I love it, wonderful!", "label": "positive", "language": "en"},
        {"text": "This is terrible and I hate it", "label": "negative", "language": "en"},
        {"text": "what time do you open?", "label": "neutral", "language": "en"},
        {"text": "太差了，非常失望", "label": "negative", "language": "zh"},
    )
    result = evaluate_sentiment(data, reader)
    assert result["n"] == 4
    assert result["accuracy"] == result["macro_recall"] == 1.0
    assert set(result["f1"]) == {"negative", "neutral", "positive"}
    assert result["by_language"]["zh"]["n"] == 1


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_strangers_support_chats_are_told_apart(language: str, reader: MoodReader) -> None:
    """0.85 and 0.80; what was learnt from task dialogues alone had 0.71 and 0.66."""
    data = Path(__file__).parents[3] / "benchmarks" / f"{language}_satisfaction.jsonl"
    policy = Policy()
    result = evaluate_satisfaction(data, reader, hand_over_at=policy.threshold, price=policy.cost, resamples=10)
    assert result["n"] > 180
    assert result["auc"] > 0.77
    assert result["f1"] > 0.5


def test_dissatisfaction_is_reported_for_rated_customer_turns(tmp_path: Path, reader: MoodReader) -> None:
    def conversation(last: str, rating: int) -> dict[str, object]:
        return {
            "turns": [
                {"role": "customer", "text": "where is my order?", "satisfaction": 3},
                {"role": "agent", "text": "Our shop is in Singapore.", "satisfaction": None},
                {"role": "USER", "text": last, "satisfaction": rating},
            ]
        }

    data = lines(
        tmp_path / "d.jsonl",
        conversation("no, that's not what I asked, you are useless", 1),
        conversation("perfect, thank you so much", 5),
    )
    policy = Policy()
    result = evaluate_satisfaction(data, reader, hand_over_at=policy.threshold, price=policy.cost)
    assert result["n"] == 4
    assert result["dissatisfied"] == 1
    assert result["auc"] == 1.0
    for name in ("average_precision", "f1", "precision", "recall", "threshold", "cost"):
        assert result[name] >= 0
    assert result["cost"] == policy.cost(result["needless"], result["needed"], result["missed"])
    assert result["cost_never"] == policy.cost(0, 0, 1)
    assert result["cost_always"] == policy.cost(3, 1, 0)
    assert result["hand_over_at"] == policy.threshold
    assert result["cost_least"] <= min(result["cost"], result["cost_always"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"text": "a", "label": "good"}\n', ":1: "),
        ('{"text": "a", "label": "neutral"}\nnot json\n', ":2: "),
        ("[1]\n", ":1: "),
        ("", "no rows"),
    ],
)
def test_a_bad_sentiment_file_is_named_with_its_line(
    tmp_path: Path, reader: MoodReader, text: str, message: str
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        evaluate_sentiment(path, reader)


@pytest.mark.parametrize("turns", [[], [{"role": "nobody", "text": "a"}], [{"role": "customer"}], "x"])
def test_a_bad_conversation_is_named_with_its_line(tmp_path: Path, reader: MoodReader, turns: object) -> None:
    with pytest.raises(InputError, match=":1: "):
        evaluate_satisfaction(
            lines(tmp_path / "bad.jsonl", {"turns": turns}), reader, hand_over_at=0.5, price=Policy().cost
        )
