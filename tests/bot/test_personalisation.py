"""What is learned of a customer, and what is not."""

from __future__ import annotations

import pytest

from bot.personalisation import learn, order_alone
from generation.request import Customer


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hi, my name is Mei.", "Mei"),
        ("我叫小明，想退货", "小明"),
        ("This is ridiculous", None),
        ("This is Ridiculous", None),
        ("call me maybe", None),
    ],
)
def test_a_name_is_taken_only_when_it_is_given(text: str, name: str | None) -> None:
    assert learn(Customer(), text, "en").name == name


def test_orders_are_remembered_newest_first() -> None:
    customer = learn(Customer(orders=("LO-111111",)), "where is lo-482193?", "en")
    assert customer.orders == ("LO-482193", "LO-111111")


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("LO-482193", "LO-482193"),
        ("lo-482193.", "LO-482193"),
        ("hi, my order number is LO-482193 thanks", "LO-482193"),
        ("订单号是 LO-482193", "LO-482193"),
        ("订单号LO-482193", "LO-482193"),
        ("我的订单号QH20261128", "QH20261128"),
        ("訂單號是QH20261128", "QH20261128"),
        ("单号104573谢谢", "104573"),
        ("it's #104573", "104573"),
        ("408600", None),  # may be a postcode
        ("where is LO-482193", None),
        ("order LO-482193 is broken", None),
        ("CR2032", None),
        ("2026", None),
        ("order", None),
        ("", None),
    ],
)
def test_an_order_number_by_itself_is_told_from_a_question(text: str, order: str | None) -> None:
    assert order_alone(text) == order


def test_an_order_that_is_said_to_be_noted_is_kept_whatever_its_form() -> None:
    assert learn(Customer(), "order OL-10457", "en").orders == ("OL-10457",)
    assert learn(Customer(), "LO-482193", "en").orders == ("LO-482193",)
    assert learn(Customer(), "我的订单LO-482193还没到", "zh").orders == ("LO-482193",)
