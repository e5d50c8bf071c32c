"""What a question leans on: the turn that says about what, however many turns ago."""

from __future__ import annotations

import pytest

from retrieval.context import contextual, following, leant_on, takes_up
from retrieval.query import Utterance


def said(*texts: str) -> list[Utterance]:
    """Turns of customer and agent by turns; the last is the customer's."""
    return [Utterance("customer" if (len(texts) - i) % 2 else "agent", text) for i, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("turns", "question"),
    [
        (["do you ship to japan", "Yes.", "how long"], "do you ship to japan how long"),
        (["do you ship to japan", "Yes.", "how long?", "6-8 days.", "and the cost"], "do you ship to japan and the cost"),
        (["do you ship to japan", "Yes.", "and to peru?"], "do you ship to japan and to peru?"),
        (["do you ship to japan", "Yes.", "and", "?", "how much"], "do you ship to japan how much"),
        (["how long", "For what?", "how much"], "how long how much"),
        (["can i return a lamp", "Yes.", "who pays"], "who pays"),
        (["do you have gift cards", "Yes.", "how long are they valid"], "how long are they valid"),
        (["do you ship to japan", "Yes.", "are u sure"], "do you ship to japan are u sure"),
        (["我想送到台湾", "可以。", "真的吗"], "我想送到台湾 真的吗"),
        (["我想送到台湾", "可以。", "多久", "5-7天。", "多少钱"], "我想送到台湾 多少钱"),
        (["thanks! how long is the warranty on lamps"], "how long is the warranty on lamps"),
        (["how long"], "how long"),
    ],
)  # fmt: skip
def test_a_question_that_does_not_say_about_what_leans_on_the_turn_that_does(turns: list[str], question: str) -> None:
    assert contextual(said(*turns)) == question


@pytest.mark.parametrize(
    ("turns", "taken_up"),
    [
        (["台灯多少钱", "59.50新元。", "那落地灯呢"], "台灯多少钱"),
        (["台灯多少钱", "59.50新元。", "落地灯呢？"], "台灯多少钱"),
        (["台灯多少钱", "59.50新元。", "落地灯多少钱"], ""),
        (["台灯多少钱", "59.50新元。", "我上周买的那个还没有到，怎么回事呢"], ""),
        (["落地灯呢"], ""),
    ],
)
def test_a_turn_that_asks_the_same_of_something_else_takes_up_the_one_before(turns: list[str], taken_up: str) -> None:
    assert takes_up(said(*turns)) == taken_up


def test_what_is_leant_on() -> None:
    assert (
        leant_on(said("do you ship to japan", "Yes.", "how long", "6-8 days.", "and the cost"))
        == "do you ship to japan"
    )
    assert leant_on(said("hello")) == ""


def test_the_turn_before_stands_before_the_question() -> None:
    turns = said("a lamp", "Which one?", "the small one")
    assert following("customer", turns, "the small one") == "a lamp the small one"
    assert following("agent", turns, "the small one") == "Which one? the small one"
    assert following("customer", turns, "a lamp, the small one") == "a lamp, the small one"
    assert following("customer", said("hi"), "hi") == "hi"
