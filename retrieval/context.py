"""Reads a question in its conversation: the turn that it leans on, and what stands before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.lexical import words
from retrieval.query import Role, Utterance
from retrieval.smalltalk import small_talk

_THE_SAME = re.compile(r"(?:那|还有)?[^,，。？?]{1,12}呢[？?]*$")
ASKING = frozenset(
    words(
        "long much many cost costs price time take takes day days come "
        "sure really certain seriously right correct true u bout "
        "多少钱 多久 几点 什么时候 怎么办 哪里 为什么 收费 费用 有货 一次 一个 真的 真的假的 确定 肯定"
    )
)
"""Words that ask without saying about what: "多久？" and "are you sure?" lean on the turn before."""


def following(role: Role, history: Sequence[Utterance], query: str) -> str:
    """The question after the last turn of ``role`` before it; the question alone where there is none, or it is in it."""
    before = next((turn.text.strip()[-400:] for turn in reversed(history[:-1]) if turn.role == role), "")
    return f"{before} {query}" if before and not query.startswith(before) else query


def contextual(history: Sequence[Utterance]) -> str:
    """The question in its context: the last turn, with the customer's turn that it leans on where it is elliptical.

    "And the cost?" after "how long?" leans on the turn before that, which says of what.
    """
    last = without_pleasantries(history[-1].text.strip())
    return f"{leant_on(history)[-400:]} {last}" if leans(history) else last


def leans(history: Sequence[Utterance]) -> bool:
    """Whether the last turn says too little by itself and there is a turn of the customer before it."""
    last = without_pleasantries(history[-1].text.strip())
    elliptical = re.match(r"(?i)(?:and|what about|how about|also|or)\b|那|还有", last) and len(words(last)) <= 3
    return bool(leant_on(history)) and (not says_what(last) or bool(elliptical and len(last) < 60))


def takes_up(history: Sequence[Utterance]) -> str:
    """The customer's turn before a Chinese one that asks the same of something else ("那黑色的呢"); "" where it asks its own."""
    return leant_on(history) if _THE_SAME.match(history[-1].text.strip()) else ""


def leant_on(history: Sequence[Utterance]) -> str:
    """The customer's turn before the last one, or the one before that where it does not say about what; "" where none is."""
    earlier = [turn.text.strip() for turn in history[:-1] if turn.role == "customer" and small_talk(turn.text) is None]
    return next((text for text in reversed(earlier) if says_what(text)), earlier[-1] if earlier else "")


def says_what(text: str) -> bool:
    """Whether a question says about what it asks."""
    return any(term not in ASKING for term in words(text))


_OPENING = re.compile(
    r"(?i)^(?:(?:also|and|but|so|ok(?:ay)?|great|perfect|thanks|thank you|awesome|cool|nice|well|yes|yeah|hi|hello|hey|"
    r"excellent|wonderful|one more thing|before (?:i|we|you) \w+(?: \w+)?|by the way|actually|first)(?:[,.!:]|\s+(?=also\b|and\b))\s*)+"
)


def without_pleasantries(text: str) -> str:
    """The turn without the greeting or thanks before its question, which would blur the vector."""
    if len(text) > 600:
        return text
    kept = [part for part in re.split(r"(?<=[.!?])\s+", text) if small_talk(part) is None]
    short = _OPENING.sub("", " ".join(kept))
    return short if len(words(short)) >= 1 and len(short) >= 8 else text
