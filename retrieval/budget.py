"""Reads what a customer means to spend: a budget, a limit or a range of prices, in English and Chinese."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from retrieval.numbers import numbers

_NUMBER = r"(?:\d(?:[\d,]*\d)?(?:\.\d+)?|(?:ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|(?:a|one) hundred)\b|[一二三四五六七八九两十][一二三四五六七八九两十百千万]*)"
_SIGN = r"(?:\b[a-z]{1,3}\s?)?[$€£¥]\s*"
_UNIT = r"\s*(?:[$€£¥]|(?:dollars?|bucks?|quid|pounds?|euros?|yuan|rmb|sgd|usd|gbp|eur|cny)\b|块钱?|元|新元|新币|人民币|美元|欧元)"
_BARE = r"(?![\d.,]*\d)(?=\s*(?:$|[^\w\s%.]|\.(?!\d)|(?:please|pls|plz|for|that|with|or|and|thanks|thx)\b))"
"""What follows a number without a currency: in "under 50 cm" it is no price."""
_MONEY = rf"(?:{_SIGN}{_NUMBER}|{_NUMBER}(?:{_UNIT}|{_BARE}))"
_LOOSE = rf"(?:{_SIGN})?{_NUMBER}(?:{_UNIT})?"
_RANGE = rf"{_LOOSE}\s*(?:-|–|—|~|～|\b(?:to|and)\b|到|至)\s*"
_ABOUT = re.compile(
    rf"\b(?:around|about|roughly|approximately)\s+(?:{_SIGN}{_NUMBER}|{_NUMBER}{_UNIT})|{_LOOSE}\s*(?:左右|上下)(?!班)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    rf"\b(?:between|from)\s+{_RANGE}{_MONEY}|{_SIGN}{_RANGE}{_LOOSE}|{_RANGE}(?:{_SIGN}{_NUMBER}|{_NUMBER}{_UNIT})"
    rf"|{_RANGE}{_LOOSE}\s*(?:之间|的)|(?:预算|\bbudget)\D{{0,12}}{_RANGE}{_LOOSE}",
    re.IGNORECASE,
)
_MOST = re.compile(
    r"\b(?:under|below|less than|lower than|cheaper than|up to|within|at most|max(?:imum)?|no more than|not more than|not over)"
    rf"(?: of)?\s+{_MONEY}|(?:{_SIGN}{_NUMBER}|{_NUMBER}{_UNIT})\s*(?:or (?:less|under|below)|max(?:imum)?\b|tops\b)"
    rf"|{_LOOSE}\s*(?:以内|以下|之内|之下|内的)|(?:不超过|不要超过|别超过|低于|少于|小于|最多){_LOOSE}"
    rf"|\bbudget\b(?:\s+(?:is|of|max|only))*\W*{_LOOSE}|{_LOOSE}\s*\bbudget\b|预算\D{{0,4}}{_LOOSE}(?:\s*(?:以内|以下|之内|之下|内))?",
    re.IGNORECASE,
)
_LEAST = re.compile(
    rf"\b(?:over|above|more than|at least|upwards of)\s+{_MONEY}|{_LOOSE}\s*(?:以上|往上|起步)|(?:高于|不低于|不少于|至少){_LOOSE}",
    re.IGNORECASE,
)
_CURRENCIES = re.compile(r"[$€£¥]")
_NEAR = 0.2
"""The share by which a price may miss what it is to be about."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Prices from ``least`` to ``most``; ``sign`` is the currency's, "" where none was written."""

    least: float
    most: float
    sign: str = ""

    def holds(self, price: float) -> bool:
        return self.least <= price <= self.most

    def distance(self, price: float) -> float:
        """By how much a price misses it."""
        return max(self.least - price, price - self.most, 0.0)

    def in_currency(self, written: str) -> bool:
        """Whether a price in this currency may be held against it; where one of them has no sign, it may."""
        theirs = _CURRENCIES.search(written)
        return not self.sign or theirs is None or theirs[0] == self.sign


def budget(text: str) -> tuple[Budget | None, str]:
    """What a text allows a thing to cost, None where it says nothing of it, and the rest of the text."""
    for pattern in (_ABOUT, _BETWEEN, _MOST, _LEAST):
        if (found := pattern.search(text)) is None:
            continue
        said = numbers(found[0])
        amounts = said.said or said.meant
        if not amounts:
            continue
        least, most = min(amounts), max(amounts)
        if pattern is _ABOUT:
            least, most = least * (1 - _NEAR), most * (1 + _NEAR)
        elif pattern is _MOST:
            least = 0.0
        elif pattern is _LEAST:
            most = math.inf
        sign = _CURRENCIES.search(found[0])
        return Budget(least, most, sign[0] if sign else ""), f"{text[: found.start()]} {text[found.end() :]}"
    return None, text
