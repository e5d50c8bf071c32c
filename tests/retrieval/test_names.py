"""Proper names are found by their capitals, and known again misspelt."""

from __future__ import annotations

import pytest

from retrieval.names import mentioned, names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Does The Snug offer live music?", ["The Snug"]),
        ("CatHead's BBQ has street parking.", ["CatHead's BBQ"]),
        ("Yes, Cellarmaker House of Pizza is good for kids.", ["Cellarmaker House of Pizza"]),
        ("Is there parking? It is free.", []),
        ("The rooms are heated.", []),
        ("It opens at 9 on Saturday and Sunday.", []),
        ("Yes, they take Apple Pay, Visa and Mastercard. Free WiFi is offered, and English and Spanish spoken.", []),
        ("Can I watch TV at Tortellino? Until 11:00 PM at Mission Diner.", ["Tortellino", "Mission Diner"]),
        ("The American Grilled Cheese Kitchen has a Happy Hour.", ["The American Grilled Cheese Kitchen"]),
    ],
)
def test_names_are_capitals_in_a_row(text: str, found: list[str]) -> None:
    assert names(text) == found


def test_a_name_is_known_misspelt_and_counts_less_the_longer_ago() -> None:
    turns = ["I want the Minna Hotel", "Booked.", "is there parking at the mina hotel"]
    assert mentioned("Minna Hotel", turns) > 0.8
    assert mentioned("Minna Hotel", turns) > mentioned("Minna Hotel", [*turns[:2], "is there parking"]) > 0.5
    assert mentioned("Royal Pacific Inn", turns) < 0.3
