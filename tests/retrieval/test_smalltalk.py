"""Greetings, thanks and goodbyes are recognised; a question after one is not taken for small talk."""

from __future__ import annotations

import pytest

from retrieval.smalltalk import small_talk


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hi", "greeting"),
        ("hello there!", "greeting"),
        ("Good morning :)", "greeting"),
        ("你好", "greeting"),
        ("在吗？", "greeting"),
        ("Thanks a lot!", "thanks"),
        ("Thank you so much for your help.", "thanks"),
        ("谢谢！", "thanks"),
        ("好的，谢谢", "thanks"),
        ("bye", "goodbye"),
        ("Have a nice day!", "goodbye"),
        ("Thanks, bye!", "goodbye"),
        ("再见", "goodbye"),
    ],
)
def test_a_turn_that_asks_nothing_is_small_talk(text: str, kind: str) -> None:
    assert small_talk(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "hi, where is my order?",
        "Hello, do you ship to Malaysia",
        "thanks but that is not what I asked",
        "你好，请问灯具可以退货吗",
        "谢谢，那运费多少",
        "a human please",
        "hide my order",
        "",
        "12",
        "😀",
    ],
)
def test_a_turn_that_asks_something_is_not(text: str) -> None:
    assert small_talk(text) is None
