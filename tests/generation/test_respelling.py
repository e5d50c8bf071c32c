"""Misspelt names are put right for the model; other words stay."""

from __future__ import annotations

import pytest

from generation.respelling import respelt
from retrieval.passages import Passage

LAMP = Passage(
    "1", "Aurora Desk Lamp", "The Aurora Desk Lamp costs S$49.90.", kind="product", entity="Aurora Desk Lamp"
)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("how much does the arora desk lmap cost", "how much does the Aurora desk Lamp cost"),
        ("how much does the aurora desk lamp cost", "how much does the aurora desk lamp cost"),
        ("is it damp there", "is it damp there"),
        ("极光台灯多少钱", "极光台灯多少钱"),
        ("", ""),
    ],
)
def test_only_misspelt_names_change(typed: str, read: str) -> None:
    assert respelt(typed, LAMP) == read
