"""Word lists: negation, degree, emoji, capitals, sarcasm and fury in both languages."""

from __future__ import annotations

import pytest

from bot.sentiment import lexicon


def test_negation_turns_praise_into_a_complaint() -> None:
    assert lexicon.score("this is not good") < 0 < lexicon.score("this is good")
    assert lexicon.score("我不满意") < 0 < lexicon.score("我很满意")


def test_capitals_and_exclamation_marks_weigh_more() -> None:
    assert lexicon.score("this lamp is HORRIBLE!!!") < lexicon.score("this lamp is horrible") < 0
    assert lexicon.score("太差了！！！") < lexicon.score("太差了") < 0


def test_degree_words_weigh_more_in_chinese() -> None:
    assert lexicon.score("非常失望") < lexicon.score("失望") < 0


def test_emoji_alone_have_a_mood() -> None:
    assert lexicon.score("😡😡") < 0 < lexicon.score("😍👍")


def test_words_without_a_mood_score_nothing() -> None:
    assert lexicon.score("") == 0
    assert lexicon.score("how many centimetres is the table") == 0
    assert lexicon.score("桌子多高") == 0


@pytest.mark.parametrize(
    "text",
    [
        "great, third time it breaks",
        "Thanks a lot for losing my parcel",
        "Oh wonderful, it is late again",
        "真棒，又坏了",
        "太好了，第三次坏了",
    ],
)
def test_praise_that_turns_into_a_complaint_is_sarcasm(text: str) -> None:
    assert lexicon.sarcastic(text)


@pytest.mark.parametrize("text", ["great, it works now", "thanks again!", "好的谢谢", "谢谢，收到了"])
def test_plain_praise_is_no_sarcasm(text: str) -> None:
    assert not lexicon.sarcastic(text)


def test_fury_is_heard_unless_it_is_denied() -> None:
    assert lexicon.furious("this is the third time, I'm furious")
    assert lexicon.furious("你们就是骗子！")
    assert not lexicon.furious("I'm not furious, only curious")
