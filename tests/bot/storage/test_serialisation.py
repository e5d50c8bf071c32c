"""JSON of any version."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Mood, Reply, Source, Turn
from bot.storage import serialisation


@given(st.text(), st.floats(allow_nan=False, allow_infinity=False), st.lists(st.text(), max_size=3))
def test_a_turn_comes_back_as_it_went(text: str, at: float, reasons: list[str]) -> None:
    source = Source("faq-1", "Returns", "faq/returns.md", 3, 0.5)
    turn = Turn("customer", text, at, mood=Mood("negative", -0.5, reasons=tuple(reasons)), sources=(source,))
    assert serialisation.load(Turn, serialisation.dump(turn).decode()) == turn


def test_unknown_fields_are_left_out_and_missing_ones_take_their_defaults() -> None:
    raw = json.dumps({"author": "bot", "text": "Hi", "at": 1.0, "invented_later": [1, 2]})
    assert serialisation.load(Turn, raw) == Turn("bot", "Hi", 1.0)


def test_a_field_that_no_longer_fits_takes_its_default() -> None:
    raw = json.dumps({"text": "Hi", "owner": "robot", "mood": {"label": "furious"}, "suggestions": ["A?"]})
    assert serialisation.load(Reply, raw) == Reply("Hi", suggestions=("A?",))


def test_what_cannot_be_read_is_none_not_an_error() -> None:
    assert serialisation.load(Turn, '{"author": "bot"}') is None
    assert serialisation.load(Turn, "[]") is None
    assert serialisation.load(Turn, "not json") is None
