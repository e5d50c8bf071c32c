"""Contacts that customers leave: found, told from order numbers, and shown masked."""

from __future__ import annotations

import pytest

from bot.contact import find, read


@pytest.mark.parametrize(
    ("text", "email", "phone"),
    [
        ("mail me at mei.lin@example.com.", "mei.lin@example.com", ""),
        ("my number is +65 9123 4567, thanks", "", "+65 9123 4567"),
        ("邮箱 a@b.cn 电话13812345678", "a@b.cn", "13812345678"),
        ("order LO-482193 please", "", ""),
        ("my order 87654321 is late", "", ""),
        ("it cost $1299999", "", ""),
        ("", "", ""),
    ],
)
def test_a_contact_is_found_and_an_order_number_is_none(text: str, email: str, phone: str) -> None:
    found = find(text)
    assert (found.email, found.phone) == (email, phone)


def test_a_contact_is_shown_masked_only() -> None:
    found = find("mei.lin@example.com 9123 4567")
    assert found.masked == "m***@example.com, *** 567"
    assert "mei" not in repr(found)


@pytest.mark.parametrize(("email", "phone"), [("no", ""), ("a@b.cn", "12"), ("", ""), (5, None), ("a@b", "")])
def test_a_form_with_something_else_is_refused(email: object, phone: object) -> None:
    assert read(email, phone) is None


def test_a_form_with_either_is_read() -> None:
    assert read(" a@b.cn ", "") is not None
    assert read("", "(65) 6123-4567") is not None
