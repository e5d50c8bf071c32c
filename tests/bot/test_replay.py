"""Recordings: reading them, and every difference they can show."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import replay
from bot.conversation import Decision, Mood, Reply, Source
from retrieval.errors import InputError

GOOD = """title: A lamp
turns:
  - customer: how long?
    expect: {contains: ["45 days"], absent: ["30"], sentiment: neutral, escalated: false, sources: [faq/returns.md]}
  - agent: ignored
  - customer: and bulbs?
    reply: The same.
"""
REPLY = Reply("You have 45 days.", sources=(Source("x", "t", "faq/returns.md", 10, 0.9),))


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_recording_keeps_the_lines_of_its_turns(tmp_path: Path) -> None:
    recording = replay.read(written(tmp_path, GOOD))
    assert [(turn.text, turn.line) for turn in recording.turns] == [("how long?", 3), ("and bulbs?", 6)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("turns: [", 1),
        ("title: x\nturns:\n  - just text\n", 3),
        ("turns:\n  - customer: a\n  - customer: b\n    expect: {contain: x}\n", 3),
        ("title: no turns\n", 1),
        ("turns:\n  - agent: hello\n", 1),
    ],
)
def test_a_malformed_recording_is_named_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(InputError, match=rf"a\.yaml:{line}:"):
        replay.read(written(tmp_path, text))


def test_a_reply_that_is_as_expected_shows_no_difference(tmp_path: Path) -> None:
    turn = replay.read(written(tmp_path, GOOD)).turns[0]
    assert replay.differences(turn, REPLY) == []


def test_every_kind_of_difference_is_reported(tmp_path: Path) -> None:
    turn = replay.read(written(tmp_path, GOOD)).turns[0]
    other = Reply("You have 30 days.", mood=Mood("negative"), decision=Decision("hand_over", ("angry",)))
    kinds = [difference.what for difference in replay.differences(turn, other)]
    assert kinds == ["sources", "contains", "absent", "sentiment", "escalated"]


def test_update_accepts_the_new_behaviour(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    recording = replay.read(path)
    replies = (Reply("You have 30 days.", mood=Mood("negative")), Reply("Bulbs too."))
    turns = tuple(
        replay.ReplayedTurn(turn.text, turn.line, reply, tuple(replay.differences(turn, reply)))
        for turn, reply in zip(recording.turns, replies, strict=True)
    )
    assert replay.update(replay.Replayed(recording, turns))
    again = replay.read(path)
    assert [replay.differences(turn, reply) for turn, reply in zip(again.turns, replies, strict=True)] == [[], []]


def test_no_recordings_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no recordings"):
        replay.find([tmp_path])
    with pytest.raises(InputError, match="no such file"):
        replay.find([tmp_path / "gone"])
