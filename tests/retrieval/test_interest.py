"""What somebody does whom a present is for, as customers write it."""

from __future__ import annotations

import pytest

from retrieval.interest import interest, refused, tells
from retrieval.passages import Language


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a present for my dad who paints in oils", "oils"),
        ("for my mum who loves oil painting", "oil painting"),
        ("for someone who's into knitting", "knitting"),
        ("for a friend who paints", "paints"),
        ("for my son, he is really into acrylics", "acrylics"),
        ("for my gran who drinks green tea", "green tea"),
        ("for my gran who turns 80", ""),
        ("for my gran who just moved house", ""),
        ("for my gran", None),
        ("who paints your signs", None),
        ("for my gran, she said under 30 is fine", None),
        ("送给爱喝红茶的爸爸", "红茶"),
        ("送老师礼物，她喜欢真丝", "真丝"),
        ("送给爸爸", None),
        ("我喜欢红茶", None),
    ],
)
def test_what_somebody_does_is_read(text: str, said: str | None) -> None:
    assert interest(text) == said


@pytest.mark.parametrize(
    ("text", "no"),
    [
        ("for my mum who doesn't like oils", True),
        ("for my mum who has a nut allergy", True),
        ("for my mum who is vegan", True),
        ("送给不喜欢油画的爸爸", True),
        ("for my mum who likes nuts", False),
        ("送给喜欢油画的爸爸", False),
    ],
)
def test_what_somebody_does_without_is_known(text: str, no: bool) -> None:
    said = interest(text)
    assert said and refused(said) is no


@pytest.mark.parametrize(
    ("said", "does", "language", "told"),
    [
        ("A brush set for oil and acrylic.", "oils", "en", True),
        ("A brush set for oil and acrylic.", "oil painting", "en", True),
        ("A studio easel in oiled beech.", "oils", "en", False),
        ("A paint set.", "painting", "en", True),
        ("A kettle.", "one of the", "en", False),
        ("工夫红茶。", "红茶", "zh", True),
        ("工夫绿茶。", "红茶", "zh", False),
    ],
)
def test_a_product_is_told_to_be_of_it(said: str, does: str, language: Language, told: bool) -> None:
    assert tells(said, does, language) is told
