"""Small words as customers type them."""

from __future__ import annotations

import pytest

from retrieval.shorthand import written_out


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("wich easel is cheepest", "which easel is cheapest"),
        ("wot is ur price", "what is your price"),
        ("whats teh diff", "what is the diff"),
        ("what's new", "what is new"),
        ("wat size do u hav", "what size do you have"),
        ("hw much", "how much"),
        ("what is the wheat", "what is the wheat"),
        ("witch hat", "witch hat"),
        ("Wat Pho", "Wat Pho"),
        ("a 2 u rack", "a 2 u rack"),
        ("the chest", "the chest"),
        ("any u-locks", "any u-locks"),
        ("how much is teh tarik", "how much is teh tarik"),
        ("紅茶", "红茶"),
    ],
)
def test_they_are_written_out(typed: str, meant: str) -> None:
    assert written_out(typed) == meant
