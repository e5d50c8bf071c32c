"""What a customer means to spend, and what is no price."""

from __future__ import annotations

import math

import pytest

from retrieval.budget import budget


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("desk lamps under $50", 0, 50),
        ("a lamp for less than 40 please", 0, 40),
        ("50 bucks or less", 0, 50),
        ("my budget is S$1,200", 0, 1200),
        ("i have a 200 dollar budget", 0, 200),
        ("under twenty dollars", 0, 20),
        ("lamps between 20 and 40", 20, 40),
        ("$20-40", 20, 40),
        ("something around £50", 40, 60),
        ("speakers over $100", 100, math.inf),
        ("for my mum who turns 60, budget 15", 0, 15),
        ("under 1,500", 0, 1500),
        ("200块以内有什么", 0, 200),
        ("三百元以下", 0, 300),
        ("不超过100", 0, 100),
        ("预算300", 0, 300),
        ("预算300左右", 240, 360),
        ("200到400元的", 200, 400),
        ("预算200-300", 200, 300),
        ("500以上的", 500, math.inf),
    ],
)
def test_a_price_is_read(text: str, least: float, most: float) -> None:
    found, _ = budget(text)
    assert found is not None and (found.least, found.most) == (least, most)


@pytest.mark.parametrize(
    "text",
    ["desks under 120 cm", "under 5 kg", "within 3 days", "up to 20 people", "less than 10 minutes", "under 18 years old", "how much is it",
     "the 20 to 40 range of hz", "7天以内", "3到5天", "5公里以内", "10点以上", "上下班", ""],
)  # fmt: skip
def test_what_is_no_price_is_left(text: str) -> None:
    assert budget(text) == (None, text)


def test_what_it_is_for_remains() -> None:
    found, rest = budget("200块以内的台灯")
    assert rest.split() == ["的台灯"]
    assert found is not None and found.holds(200) and not found.holds(201)
    assert (found.distance(150), found.distance(250)) == (0, 50)
    assert budget("蛋糕 预算五十块以内")[1].split() == ["蛋糕"]


@pytest.mark.parametrize(
    ("text", "currency", "same"),
    [("under $50", "S$", True), ("under £50", "S$", False), ("under 50", "£", True), ("under $50", "新元", True)],
)
def test_another_currency_is_not_compared(text: str, currency: str, same: bool) -> None:
    found, _ = budget(text)
    assert found is not None and found.in_currency(currency) is same
