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
        # alone, as the answer to "how can we reach you?"
        ("91234567", "", "91234567"),
        ("9123 4567.", "", "9123 4567"),
        ("138 1234 5678", "", "138 1234 5678"),
        ("(415) 555-0132", "", "(415) 555-0132"),
        ("020 7946 0958", "", "020 7946 0958"),
        ("mei.lin@example.com, 2345 6789", "mei.lin@example.com", "2345 6789"),
        # in a sentence
        ("my number is 2345 6789", "", "2345 6789"),
        ("order 87654321 is late, call 91234567", "", "91234567"),
        ("订单还没到，请联系我13812345678", "", "13812345678"),
        ("１３８１２３４５６７８", "", "13812345678"),
        ("电话一三八一二三四五六七八", "", "13812345678"),
        ("my hp is nine one double two three four five six", "", "91223456"),
        ("my hp is 9733\n4102", "", "9733 4102"),
        ("手機0912-345-678", "", "0912-345-678"),
        ("身份证可以吗 我电话13812345678", "", "13812345678"),
        ("退款到银行卡，手机13812345678", "", "13812345678"),
        ("ｍｅｉ＠example.com", "mei@example.com", ""),
        # order numbers, dates, ids, cards
        ("order id 91234567", "", ""),
        ("my order number is 91234567", "", ""),
        ("订单号是 91234567", "", ""),
        ("tracking 6123456789012", "", ""),
        ("6123456789012", "", ""),
        ("I ordered it on 2025-12-01", "", ""),
        ("please call me, I ordered it on 2025-12-01", "", ""),
        ("2025-12-01", "", ""),
        ("20251201", "", ""),
        ("01/12/2025", "", ""),
        ("my nric is S 1234567 D", "", ""),
        ("110105 1949 1231 002X", "", ""),
        ("901231-14-5678", "", ""),
        ("4111   1111   1111   1111", "", ""),
        ("3782 822463 10005", "", ""),
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
