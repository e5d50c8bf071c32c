from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation import accounts, identities, masking, references, telephones
from generation.identities import nric
from generation.masking import first, luhn, mask, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # cards
        ("my card is 4111 1111 1111 1111 ok", "my card is [card] ok"),
        ("4111-1111-1111-1111", "[card]"),
        ("4111111111111111, exp 12/27", "[card], exp 12/27"),
        ("4111 1111 1111 1111 12 27 and more", "[card] 12 27 and more"),
        ("amex 3782 822463 10005.", "amex [card]."),
        ("two: 5555555555554444 4111111111111111", "two: [card] [card]"),
        ("我的卡号是6222021234567890128谢谢", "我的卡号是[card]谢谢"),
        ("４１１１ １１１１ １１１１ １１１１", "[card]"),
        ("4111\u200b1111\u200b1111\u200b1111", "[card]"),
        ("4111 1111 1111\n1111", "[card]"),
        ("my visa 4111 1111 1111 1112 was declined", "my visa [card] was declined"),  # mistyped
        ("信用卡4111111111111112", "信用卡[card]"),
        ("my cvv is 123 and pin: 4821", "my cvv is [code] and pin: [code]"),
        ("验证码是482913", "验证码是[code]"),
        ("my password is hunter22!", "my password is [code]"),
        ("密码：abc12345", "密码：[code]"),
        # e-mail
        ("write to mei.tan+shop@example.com please", "write to [email] please"),
        ("邮箱是mei@example.com，谢谢", "邮箱是[email]，谢谢"),
        ("mei [at] example [dot] com", "[email]"),
        ("mei.tan at gmail dot com", "[email]"),
        ("ｍｅｉ＠example.com", "[email]"),
        # telephone
        ("call +65 9123 4567", "call [phone]"),
        ("ring 9123 4567 or 6123-4567", "ring [phone] or [phone]"),
        ("91234567", "[phone]"),
        ("手机 138 1234 5678", "手机 [phone]"),
        ("手机13812345678，谢谢", "手机[phone]，谢谢"),
        ("+86 138-1234-5678", "[phone]"),
        ("座机010-62334567", "座机[phone]"),
        ("电话一三八一二三四五六七八", "电话[phone]"),
        ("幺三九零零零零一一一一", "[phone]"),
        ("+44 7911 123456", "[phone]"),
        ("0044 7911 123456", "[phone]"),
        ("(415) 555-2671", "[phone]"),
        ("my number in KL is 012-345 6789", "my number in KL is [phone]"),
        ("whatsapp me: 2345 6789", "whatsapp me: [phone]"),
        ("微信号 mei_tan88", "微信号 [contact]"),
        ("QQ是12345678", "QQ是[contact]"),
        # ids
        ("my NRIC is S1234567D", "my NRIC is [id]"),
        ("s1234567d", "[id]"),
        ("FIN G1234567X", "FIN [id]"),
        ("FIN M1234567K", "FIN [id]"),
        ("nric S1234567A", "nric [id]"),  # mistyped
        ("身份证 11010519491231002X", "身份证 [id]"),
        ("身份证号110105 19491231 002x。", "身份证号[id]。"),
        ("身份证：110105194912310021", "身份证：[id]"),  # mistyped
        ("passport no. K1234567E", "passport no. [id]"),
        ("passport is 533380006", "passport is [id]"),
        ("护照号码是E12345678", "护照号码是[id]"),
        ("港澳通行证C12345678", "港澳通行证[id]"),
        ("901231-14-5678", "[id]"),
        ("ssn 123-45-6789", "ssn [id]"),
        # accounts
        ("IBAN GB82 WEST 1234 5698 7654 32.", "IBAN [account]."),
        ("我的IBAN是DE89370400440532013000。", "我的IBAN是[account]。"),
        ("refund to GB82WEST12345698765432 please", "refund to [account] please"),
        ("bank account 012-345678-9", "bank account [account]"),
        ("银行账号 123456789012", "银行账号 [account]"),
        # near an order, but not its number
        ("my order is late call 91234567", "my order is late call [phone]"),
        ("where is my parcel? call me 91234567", "where is my parcel? call me [phone]"),
        ("order for Mei, +65 9123 4567", "order for Mei, [phone]"),
        ("order +6591234567", "order [phone]"),
        ("order 87654321 hp 91234567", "order 87654321 hp [phone]"),
        ("just in case my number 91234567", "just in case my number [phone]"),
        ("just in case: 91234567", "just in case: [phone]"),
        ("about the parcel, my number is 2345 6789", "about the parcel, my number is [phone]"),
        ("订单还没到，请联系我13812345678", "订单还没到，请联系我[phone]"),
        ("快递电话13812345678", "快递电话[phone]"),
        ("请开发票 手机号13812345678", "请开发票 手机号[phone]"),
        ("快递没到，请回电23456789", "快递没到，请回电[phone]"),
        ("order paid with 4111111111111111", "order paid with [card]"),
        ("where's the order i paid w/ 4111 1111 1111 1111", "where's the order i paid w/ [card]"),
        ("receipt 4111 1111 1111 1111", "receipt [card]"),
        ("订单付款用的是4111111111111111", "订单付款用的是[card]"),
        ("4111   1111   1111   1111", "[card]"),
        # traditional characters
        ("電話13812345678", "電話[phone]"),
        ("我的號碼係 6123 8874", "我的號碼係 [phone]"),
        ("身分證字號A123456788", "身分證字號[id]"),  # mistyped
        ("台胞證03918274", "台胞證[id]"),
        ("信用卡後三位 318", "信用卡後三位 [code]"),
        ("密碼Hx2019!kk", "密碼[code]"),
        ("微信號：lulutan", "微信號：[contact]"),
        # other countries' numbers, and numbers in words or pieces
        ("手機0912-345-678", "手機[phone]"),
        ("(02) 9876 5432", "[phone]"),
        ("0491 570 156", "[phone]"),
        ("98201 44736", "[phone]"),
        ("0151 23459907", "[phone]"),
        ("mobile0412 345 678", "mobile[phone]"),
        ("hp nine one double four seven two zero eight", "hp [phone]"),
        ("电话九一四四七二零八", "电话[phone]"),
        ("my hp is 9733\n4102", "my hp is [phone]"),
        ("1381\n7745\n290\n我手机", "[phone]\n我手机"),
        # e-mail and UPI
        ("mei.tan @ gmail.com", "[email]"),
        ("xiaoyu2233艾特qq点com", "[email]"),
        ("mei88小老鼠163.com", "[email]"),
        ("kwok.siu.ming at yahoo.com.hk", "[email]"),
        ("upi id rahul@oksbi", "upi id [account]"),
        # accounts
        ("sort code 60-16-13 account 31926807", "sort code [account] account [account]"),
        ("BSB 062-184 acct 1047 7392", "BSB [account] acct [account]"),
        ("ifsc HDFC0001482 ac 50100284417736", "ifsc HDFC0001482 ac [account]"),
        ("dbs savings 027-4-118936", "dbs savings [account]"),
        ("工行账号1001 2156 0930 0472 815 发票", "工行账号[account] 发票"),
        ("帳號0347-968-112058", "帳號[account]"),
        ("NL91ABNA0417164300 or FR35 3000 6000 0109 8765 4321 087", "[account] or [account]"),
        # cards and their codes
        ("visa4111111111111111", "visa[card]"),
        ("4111 1111 1111 1111\nthen 04/28 and 902", "[card]\nthen 04/28 and [code]"),
        ("卡号四一一一 一一一一 一一一一 一一一一", "卡号[card]"),
        ("the 3 digits on the back are 318", "the 3 digits on the back are [code]"),
        ("482913 is the otp", "[code] is the otp"),
        ("password hunter22", "password [code]"),
        # documents
        ("passport, its K2084417E", "passport, its [id]"),
        ("US passport no 548 221 907", "US passport no [id]"),
        ("护照号是 EJ4 071 829", "护照号是 [id]"),
        ("E1234567 is my passport", "[id] is my passport"),
        ("A123456789", "[id]"),
        ("aadhaar 4983 7712 0564 and PAN BKRPN4821Q", "aadhaar [id] and PAN [id]"),
        # chat
        ("微信wxid_k7p2m9x4q1ab22", "微信[contact]"),
        ("line id: yuting.0527", "line id: [contact]"),
        ("telegram @meitan", "telegram [contact]"),
    ],
)
def test_personal_data_is_masked(text: str, expected: str) -> None:
    assert mask(text) == expected
    assert mask(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "order LO-482193 for S$1,249.90",
        "lo-482193 and LO-482194, LO482195",
        "订单LO-482193什么时候发货",
        "my order number is 91234567",
        "订单号：91234567，运单号13812345678",
        "refund request # 16866853",
        "4111 1111 1111 1112 is no card",
        "tracking number 6123456789012",
        "tracking 4111111111111111",
        "colour temperature: 2700-6500 K",
        "between 6500 and 3000 lumens, 120 x 60 x 45 cm",
        "on 2026-11-25 at 10:30, or 25/11/2026",
        "I paid $88888888",
        "88888888元",
        "the S1234567A lamp",  # letters and digits, but no check sum
        "model KW-1000, 45 days, 24 months",
        "110105194912310021 pieces",
        "postal code 238801 unit 05-12",
        "微信支付可以吗",
        "密码忘记了怎么办",
        "I forgot my password, what now?",
        "do you take visa cards? over 1000000 people do",
        "meet me at noon dot",
        "passport holders size 10 x 14",
        "ISBN 9781234567897",
        "[card] [id] [email] [phone]",
        "一二三四五六七八九十",
        "order 87654321",
        "my order's number is: #91234567",
        "Order № 91234567",
        "parcel no. 91234567",
        "call me about case number 91234567",
        "订单号是 91234567",
        "订单的编号为：91234567",
        "订单（91234567）",
        "快递单号13812345678",
        "order number 4111111111111111",
        "序列号：4111111111111111",
        "call me on 2026-11-25 or 26/11/2026",
        "请联系我，2026-11-25以后",
        "orders 88120034 / 88120571",
        "訂單(880120341)和(880120342)可以合併寄嗎",
        "part number 61131041 or 61 13 1 041",
        "tracking no is 9400 1000 0000 0000 0000 00",
        "微信8.0.48打不开",
        "line 00010 of the list",
        "look at yahoo.com for it",
        "密码锁DL-2000多少钱，密码8-16位",
        "my password is wrong",
        "my account since 2024-11-03",
        "refund to order 10048827361",
        "护照夹 货号10048827361",
        "pan FP-2820, 28 cm",
        "booking line 0800 555 019",
        "IMEI 356938035643809",
        "last 4 digits 8821",
    ],
)
def test_orders_prices_dates_and_measures_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("mei@example.com, +65 9123 4567 or 6123 4567", "phone", "+65 9123 4567"),
        ("手机１３８１２３４５６７８", "phone", "13812345678"),
        ("nric S 1234567 D", "phone", ""),
        ("nric S 1234567 D", "id", "S 1234567 D"),
    ],
)
def test_the_first_words_of_a_kind_are_found(text: str, label: str, expected: str) -> None:
    assert first(plain(text), label) == expected


def test_luhn_knows_a_card_from_a_number() -> None:
    assert luhn("5555555555554444")
    assert not luhn("5555555555554445")
    assert not luhn("0000000000000000")


@pytest.mark.parametrize("number", ["S1234567D", "T1234567J", "F1234567N", "G1234567X", "M1234567K"])
def test_the_last_letter_of_an_nric_is_checked(number: str) -> None:
    letters = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if nric(number[:8] + letter)]
    assert letters == [number[8]]


def _card(digits: str) -> str:
    return next(digits + last for last in "0123456789" if luhn(digits + last))


@settings(max_examples=100, deadline=None)
@given(
    st.from_regex(r"4[0-9]{14}", fullmatch=True).filter(lambda digits: len(set(digits)) > 2),
    st.sampled_from(["", " ", "-", "\u200b", "."]),
    st.sampled_from(["{}", "use {} please", "卡{}。", "a{} b", "LO-482193 {} LO-482194", "{}, 12/27"]),
)
def test_no_spelling_of_a_card_gets_through(digits: str, gap: str, frame: str) -> None:
    number = gap.join(_card(digits)[place : place + 4] for place in range(0, 16, 4))
    masked = mask(frame.format(number))
    if frame == "a{} b":
        return  # part of a word: a serial number
    assert "[card]" in masked
    assert number not in masked
    assert masked.count("LO-48219") == frame.count("LO-48219")


_PIECES = st.sampled_from(
    [
        "card",
        "account ",
        "phone ",
        "passport ",
        "4111 1111 1111 1111",
        "9123 4567",
        "027-4-118936",
        "FR35 3000 6000 0109 8765 4321 087",
        "a@b.com",
        " at ",
        "gmail.com",
        "bank ",
        "卡号",
        "密码",
        "微信",
        "order ",
        "12/27",
        "318",
        "cvv ",
        "is ",
        "my ",
        "[card]",
        "\n",
        "-",
        "/",
        "账号",
        "pan ",
        "wxid_",
        "refund to ",
    ]
)


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("0123456789 -+()@.ab卡号LO电话S\u200b\n"), max_size=60)
    | st.lists(_PIECES, max_size=12).map("".join)
)
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


def test_long_texts_are_masked_in_little_time() -> None:
    text = "1 2 3 4 5 6 7 8 9 0 card a@b at S1234567 GB82 " * 90
    assert len(mask(text)) > 1000


@pytest.mark.parametrize(
    "text",
    [
        "Where is my order? 91234567",
        "please check my order, 91234567",
        "我的订单呢？91234567",
        "order status 91234567",
        "订单尾号91234567",
    ],
)
def test_an_order_number_is_left_whatever_mark_stands_before_it(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("bait", ["1 1 1 1 ", "a.a.a.", "a@a@a", "a'a'", "1-", "one two ", "passport ", "account 1-"])
def test_no_bait_holds_a_pattern_up(bait: str) -> None:
    patterns = [
        pattern
        for module in (accounts, identities, masking, references, telephones)
        for pattern in vars(module).values()
        if isinstance(pattern, re.Pattern)
    ]
    text = (bait * 4000)[:4000]
    begin = time.process_time()
    for pattern in patterns:
        list(pattern.finditer(text))
    assert time.process_time() - begin < 0.05 * len(patterns)
