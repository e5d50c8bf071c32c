"""What a customer tells us about themselves, kept in their profile and used in the next reply."""

from __future__ import annotations

import re
from dataclasses import replace

from generation import safety
from generation.request import Customer
from retrieval.passages import Language

_ORDER = re.compile(r"\b[A-Z]{2}-\d{6}\b", re.IGNORECASE)
_NAME = re.compile(
    r"(?:\b[Mm]y name(?:'s| is)|\b[Mm]y name’s|\b[Cc]all me|\b[Tt]his is)\s+([A-Z][\w'’-]{1,19})"
    r"|(?:我叫|我的名字(?:是|叫))\s*([\u4e00-\u9fff]{1,4}|[A-Z][a-z]{1,19})(?=[，。,.！!\s]|$)"
)
_NOT_NAMES = frozenset({"The", "Not", "Ridiculous", "Unacceptable", "About", "My", "A", "An", "Very", "So"})
_KEPT_ORDERS = 5


def learn(customer: Customer, text: str, language: Language, given_name: str | None = None) -> Customer:
    """The profile with the name, orders and language that this message shows; nothing is guessed."""
    name = customer.name
    if match := _NAME.search(text):
        candidate = match.group(1) or match.group(2)
        if candidate not in _NOT_NAMES:
            name = candidate
    orders = tuple(dict.fromkeys([*(o.upper() for o in _ORDER.findall(text)), *customer.orders]))[:_KEPT_ORDERS]
    return replace(
        customer, name=safety.person_name(name) or safety.person_name(given_name), orders=orders, language=language
    )
