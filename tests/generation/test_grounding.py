from __future__ import annotations

import pytest

from generation.grounding import check
from retrieval.passages import Passage

RETURNS = Passage(
    "1", "Returns and refunds", "Returns are accepted within 30 days; refunds reach the card in 5 working days."
)
LAMP = Passage(
    "2",
    "Aurora Desk Lamp",
    "The Aurora Desk Lamp costs S$49.90. The Aurora Desk Lamp has a warranty of 36 months. It is not waterproof.",
    entity="Aurora Desk Lamp",
    kind="product",
)
SHIPPING = Passage(
    "3",
    "Malaysia",
    "Express shipping to Malaysia takes 2-3 working days and costs S$19.90. Write to help@shop.example.",
)
ZH = Passage("4", "退货", "商品可在送达后30天内退货；退款在5个工作日内到账。定制商品不能退货。", language="zh")
ALL = (RETURNS, LAMP, SHIPPING, ZH)


@pytest.mark.parametrize(
    "sentence",
    [
        "You can return it within 30 days.",
        "You can return it within thirty days.",
        "Refunds reach your card in 5 working days.",
        "The Aurora Desk Lamp costs $49.90.",
        "The warranty of the Aurora Desk Lamp is 36 months.",
        "No, the Aurora Desk Lamp is not waterproof.",
        "Express shipping to Malaysia takes 2-3 working days.",
        "Express shipping to Malaysia takes 2 to 3 working days.",
        "您可以在30天内退货。",
        "退款五个工作日内到账。",
        "Thank you for asking!",
        "很高兴为您服务！",
    ],
)
def test_what_a_passage_states_is_supported(sentence: str) -> None:
    verdict = check(sentence, ALL)
    assert verdict.supported, verdict.wrong


@pytest.mark.parametrize(
    "sentence",
    [
        "A refund takes 30 days.",
        "You can return it within 31 days.",
        "You can return it within 5 working days.",
        "Returns are not accepted within 30 days.",
        "The Aurora Desk Lamp costs S$49.00.",
        "The Borealis Desk Lamp costs S$49.90.",
        "The Aurora Desk Lamp has a warranty of 30 months.",
        "Yes, the Aurora Desk Lamp is waterproof.",
        "Express shipping to Malaysia takes 2 working days.",
        "Write to info@shop.example.",
        "Returns are accepted until Friday.",
        "The lamp comes with a golden retriever.",
        "退款需要30天。",
        "商品可在31天内退货。",
        "定制商品可以退货。",
    ],
)
def test_one_wrong_fact_is_caught(sentence: str) -> None:
    verdict = check(sentence, ALL)
    assert not verdict.supported
    assert verdict.wrong


@pytest.mark.parametrize(
    "sentence",
    [
        "I will call you back.",
        "We'll refund you tomorrow.",
        "I'm checking that for you.",
        "我会给您回电。",
        "Do you want me to book it?",
    ],
)
def test_promises_are_never_supported(sentence: str) -> None:
    assert check(sentence, ALL).wrong == ("promise",)


def test_the_source_is_the_passage_that_states_it() -> None:
    assert check("The Aurora Desk Lamp costs S$49.90.", ALL).source is LAMP
    assert check("Thank you!", ALL).source is None


RECORD = Passage(
    "clock",
    "Dawn Clock",
    "Input of the Dawn Clock: USB-C 5 V / 2 A. Weight of the Dawn Clock: 0.5 kg. Dimensions of the Dawn Clock: 18 x 9 x 12 cm.",
    kind="product",
    entity="Dawn Clock",
)


@pytest.mark.parametrize(
    ("sentence", "supported"),
    [
        ("The dimensions of the Dawn Clock are 18 x 9 x 12 cm.", True),
        ("The input of the Dawn Clock is USB-C 5 V / 2 A.", True),
        ("The weight of the Dawn Clock is 0.5 kg.", True),
        ("The weight of the Dawn Clock is 18 kg.", False),
        ("The dimensions of the Dawn Clock are 18 x 9 x 13 cm.", False),
        ("The input of the Dawn Clock is USB-C 9 V / 2 A.", False),
        ("The dimensions of the Dawn Clock are 5 x 2 cm.", False),
    ],
)
def test_figures_after_a_label_are_of_what_it_names(sentence: str, supported: bool) -> None:
    assert check(sentence, [RECORD]).supported is supported


HIRE = Passage(
    "hire",
    "What do I need to hire a tool?",
    "Show a proof of address not older than 3 months. You must be 18. Hire costs $9.",
)


@pytest.mark.parametrize(
    ("sentence", "supported"),
    [
        ("You must be 18.", True),
        ("Show a proof of address not older than 3 months.", True),
        ("You must be 3.", False),  # the entry's other number, be it of a thing and this of none
        ("Show a proof of address not older than 18 months.", False),
        ("You must be 9.", False),
    ],
)
def test_another_number_of_the_entry_is_caught_whatever_either_counts(sentence: str, supported: bool) -> None:
    assert check(sentence, [HIRE]).supported is supported
