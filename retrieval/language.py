"""Tells Chinese from English by its characters and by the small words of its sentences."""

from __future__ import annotations

import re

from retrieval.passages import Language

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_SMALL_WORD = re.compile(r"\b[a-z]{2,}")
_ENGLISH_GRAMMAR = re.compile(
    r"\b(?:i|im|my|me|you|your|u|ur|we|our|they|(?:is|are|was|do|does|did|have|has)(?:n['’]?t)?|be|been|will|"
    r"would|could|should|whats?|which|how|why|when|where|who|this|that|these|there|about|not|any|please|if)\b",
    re.IGNORECASE,
)
"""What makes a sentence; "of", "and", "the" and "can" also stand in names ("Salt and Pepper Mill", "Watering Can")."""
_CHINESE_GRAMMAR = re.compile(
    r"请问|[我你您他她它]们?|这|那|的|了|吗|呢|吧|是|在|和|有|没|不|能|会|想|要|多少?|几|什么|怎么|哪|为什么|可以"
)
_GRAMMAR = 2
"""The weight of such a word beside that of a Latin word or a Han character."""


def detect(text: str, default: Language = "en") -> Language:
    """The language of a message; ``default`` where it has no words ("???", "12").

    Latin words without an English sentence are names: "Lift Standing Desk 多高" is Chinese. With one, a Han character weighs as
    much as a Latin word, and what makes a sentence weighs more: "what does 有货 mean" is English. So is what has more small Latin
    words than Chinese: "shipping cost to 香港".
    """
    han = len(_HAN.findall(text))
    latin = len(_LATIN_WORD.findall(text))
    if not han:
        return "en" if latin else default
    english = len(_ENGLISH_GRAMMAR.findall(text))
    held = han + _GRAMMAR * len(_CHINESE_GRAMMAR.findall(text))
    sentence = english and latin + _GRAMMAR * english >= held
    return "en" if sentence or len(_SMALL_WORD.findall(text)) > held else "zh"
