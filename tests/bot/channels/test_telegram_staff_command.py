"""What an operator types after a slash, mistyped or not."""

from __future__ import annotations

import pytest

from bot.channels.telegram_staff_command import Command, read


@pytest.mark.parametrize(
    ("words", "name", "rest"),
    [
        ("/note call the courier", "note", "call the courier"),
        ("/note: this one is a liar", "note", "this one is a liar"),
        ("/note，客户很着急", "note", "客户很着急"),
        ("/note客户很着急", "note", "客户很着急"),
        ("／note 客户是骗子", "note", "客户是骗子"),
        ("／ｎｏｔｅ　客户是骗子", "note", "客户是骗子"),
        ("/ note check the fraud list", "note", "check the fraud list"),
        ("// a liar, I think", "note", "a liar, I think"),
        ("／／客户是骗子", "note", "客户是骗子"),
        ("/ / check first", "note", "check first"),
        ("/Take", "take", ""),
        ("/take。", "take", ""),
        ("/close.", "close", ""),
        ("/close：已退款", "close", "已退款"),
        ("/transfer @ben", "transfer", "@ben"),
        ("/canned /photo", "canned", "/photo"),
        ("/noet he lies", "", "he lies"),
        ("/备注 客户是骗子", "", "备注 客户是骗子"),
        ("/5 of them are fakes", "", "of them are fakes"),
        ("/", "", ""),
        ("/close/now", "", ""),
    ],
)
def test_what_begins_with_a_slash_is_a_command_known_or_not(words: str, name: str, rest: str) -> None:
    assert read(words) == Command(name, rest)


def test_a_command_names_the_bot_that_it_is_for() -> None:
    assert read("/take@another_bot") == Command("take", bot="another_bot")


@pytest.mark.parametrize(
    "words", ["", "Hello Mei", "It costs 5/6 of that", "/products/lamp is the page", "/产品/台灯", "网址是／"]
)
def test_words_and_paths_are_for_the_customer(words: str) -> None:
    assert read(words) is None
