"""A promise is never the bot's, and never an answer."""

from __future__ import annotations

import pytest

from bot import lines
from bot.promises import promises


@pytest.mark.parametrize(
    "text",
    [
        "I'll call you back this afternoon.",
        "I will check with the warehouse and get back to you.",
        "We will refund you tomorrow.",
        "A colleague will contact you.",
        "You'll hear from us soon.",
        "Let me find out.",
        "One moment please",
        "我稍后给您回电。",
        "我们会尽快处理。",
        "同事会跟进的",
        "请稍等",
    ],
)
def test_a_promise_is_recognised(text: str) -> None:
    assert promises(text)


@pytest.mark.parametrize(
    "text",
    [
        "You can return a lamp within 45 days.",
        "Yes, we ship to Malaysia; it costs S$12.",
        "The refund is on your card 5 working days after we receive the parcel.",
        "Your refund was booked today.",
        "可以，台灯 45 天内可以退。",
        "退款会在 5 个工作日内到账。",
    ],
)
def test_an_answer_is_no_promise(text: str) -> None:
    assert not promises(text)


@pytest.mark.parametrize("key", sorted(lines.KEYS))
def test_no_line_of_the_system_promises_anything(key: str) -> None:
    facts = dict.fromkeys(
        ("place", "hours", "operator", "text", "ticket", "contact", "score", "order", "words", "name"), "x"
    )
    facts.pop("name")
    for language in ("en", "zh"):
        assert not promises(lines.say(key, language, name="Mei", **facts)), key
