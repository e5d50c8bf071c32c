"""Texts reach the heads in the form that they were fitted to."""

from __future__ import annotations

import pytest

from bot.sentiment.cleaning import clean


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@VirginAmerica thanks http://t.co/x1", "@user thanks http"),
        ("sooooo goooood", "soo good"),
        ("it\\u2019s late &amp; cold", "it's late & cold"),
        ("  two   spaces \n", "two spaces"),
        ("", ""),
        ("台灯很好", "台灯很好"),
    ],
)
def test_handles_links_escapes_and_long_letters_are_made_plain(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_emoji_become_words() -> None:
    assert clean("late again 😡") == "late again pouting face"
