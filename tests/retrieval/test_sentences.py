from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sentences import SentenceStream, sentences_of, split


@given(st.text(alphabet="aB1 .!?。，！\n,-:e.g", max_size=80))
def test_the_pieces_join_to_the_text(text: str) -> None:
    assert "".join(split(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It costs S$49.90 today. Shipping is free.", ["It costs S$49.90 today.", " Shipping is free."]),
        ("See www.lumenoak.example/returns.html for more. Thanks!", None),
        ("Bring it to e.g. the showroom. We look at it.", ["Bring it to e.g. the showroom.", " We look at it."]),
        ("We open at 9 a.m. on weekdays.", ["We open at 9 a.m. on weekdays."]),
        ("可以退货。运费由我们承担！还有问题吗？", ["可以退货。", "运费由我们承担！", "还有问题吗？"]),
        ("Ask Mr. Tan. He knows.", ["Ask Mr. Tan.", " He knows."]),
    ],
)
def test_decimals_links_and_abbreviations_do_not_end_a_sentence(text: str, expected: list[str] | None) -> None:
    pieces = split(text)
    assert pieces == expected if expected else len(pieces) == 2


def test_a_stream_gives_the_sentences_of_the_whole_text_letter_by_letter() -> None:
    text = "Lamps cost S$49.90. You have 45 days! 可以退货。Really?"
    stream = SentenceStream()
    given_back = [sentence for letter in text for sentence in stream.feed(letter)] + stream.flush()
    assert given_back == split(text)


def test_sentences_stand_without_the_white_space_around_them() -> None:
    assert sentences_of("One. Two.\n\n 三。四！\n \n") == ["One.", "Two.", "三。", "四！"]
    assert sentences_of(" \n") == []
