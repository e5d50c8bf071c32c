"""Tells whether a sentence answers the question it was written for, and whether its yes or no fits."""

from __future__ import annotations

import re

from generation import facts
from retrieval.passages import Passage

_CHARGE = re.compile(r"\b(?:charges?|fees?|pay|cost|extra)\b", re.I)
_NO_CHARGE = re.compile(r"\bfree\b|\bcomplimentary\b|\b(?:no|not|without|n't)\b[^.]{0,20}\b(?:charge|fee|cost)", re.I)


def answers(text: str, question: str) -> bool:
    """Whether the sentence says more than the question did."""
    if text.endswith("?"):
        return False
    if not facts.numbers(text) and not facts.plain(text):
        return False  # a bare "Yes." agrees to whatever was asked
    return bool(facts.numbers(text) or facts.plain(text) - facts.words(question) or re.match(r"(yes|no)\b", text, re.I))


def _charges(text: str, question: str) -> bool:
    """Whether the sentence says yes to a question for a charge and then that there is none."""
    asked = _CHARGE.search(question) and not re.search(r"\bfree\b", question, re.I)
    return bool(asked and re.match(r"yes\b", text, re.I) and _NO_CHARGE.search(text))


def _beside(text: str, question: str, source: Passage) -> bool:
    """Whether a yes or no is followed by another matter than the one asked of ("Yes, it costs S$89" to "does it steam?")."""
    if not re.match(r"(?:yes|no)\b", text, re.I):
        return False
    about = facts.plain(question) - facts.words(
        f"{source.entity or ''} {source.title if source.kind == 'product' else ''}"
    )
    return bool(about) and not facts.plain(text) & about


def _agrees(text: str, question: str, source: Passage) -> bool:
    """Whether the sentence says yes to a question whose own numbers the passage does not state ("for 1 dollar?")."""
    if not re.match(r"\W*(?:yes|sure|certainly|of course|absolutely|correct|right|是|可以|好的|没错|对)", text, re.I):
        return False
    stated = facts.values(f"{source.title}\n{source.text}")
    return any(number.kind and number.value not in stated for number in facts.numbers(question))


def turned(text: str, question: str, source: Passage) -> bool:
    """Whether the sentence's yes or no is to something that the passage does not state."""
    return _agrees(text, question, source) or _beside(text, question, source) or _charges(text, question)
