"""The language of a message that holds words of both."""

from __future__ import annotations

import pytest

from retrieval.language import detect


@pytest.mark.parametrize(
    "text",
    [
        "Pebble Earbuds Pro 有货?",
        "Perch Office Chair Pro 价格",
        "Lift Standing Desk 多高",
        "iphone 15 pro max 保护壳",
        "refund 多久",
        "Brook Electric Kettle 保修",
        "Salt and Pepper Mill 有货？",
        "watering can 多大",
        "how much？包邮不",
        "帮我cancel一下2号的booking",
        "你们的 app 为什么 do not work",
        "Clear Air Purifier 40 换 filter",
        "想问 Aurora Desk Lamp 多少钱",
        "极光台灯",
    ],
)
def test_chinese_beside_names_in_latin_letters_is_chinese(text: str) -> None:
    assert detect(text) == "zh"


@pytest.mark.parametrize(
    "text",
    [
        "shipping cost to 香港",
        "lamp broken, want refund, order 订单 12345",
        "still waiting for refund 退款",
        "Thanks for the help 谢谢",
        "what does 有货 mean",
        "what does 有货吗 mean?",
        "what is 多少钱",
        "is the 晨光台灯 in stock?",
        "how much is the 音色便携蓝牙音箱?",
        "do you ship to 新加坡",
        "my name is 王小明",
        "tell me about 晨光台灯",
        "why does the box say 保修",
        "i ordered the 极光台灯 yesterday",
        "isn't 晨光台灯 dimmable",
        "do you have the Aurora Desk Lamp",
    ],
)
def test_an_english_sentence_that_quotes_chinese_is_english(text: str) -> None:
    assert detect(text) == "en"


def test_what_has_no_words_is_in_the_language_spoken_before() -> None:
    assert detect("???") == "en"
    assert detect("12 👍", "zh") == "zh"
