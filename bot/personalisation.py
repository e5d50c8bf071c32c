"""What a customer tells us about themselves, kept in their profile and used in the next reply."""

from __future__ import annotations

import re
from dataclasses import replace

from generation import safety
from generation.request import Customer
from retrieval.glossary import glossary
from retrieval.passages import Language

_ORDER = re.compile(r"\b[A-Z]{2}-\d{6}\b", re.IGNORECASE | re.ASCII)
_ORDER_ALONE = re.compile(
    r"^(?:\W|\b(?:hi|hello|ok|yes|sure|here|it'?s|it|is|this|that|my|the|order|ref|reference|number|no|nr)\b|订单|单号|号码?|编号|我的|是|这个|在这|哦|呢)*"
    r"(?<![A-Z0-9])([A-Z]{1,4}-\d{4,12}|[A-Z]{2,4}\d{6,12}|\d{5,12})(?![A-Z0-9])(?:\W|\b(?:thanks|please|thank you)\b|谢谢|的)*$",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:\b[Mm]y name(?:'s| is)|\b[Mm]y name’s|\b[Cc]all me|\b[Tt]his is)\s+([A-Z][\w'’-]{1,19})"
    r"|(?:我叫|我的名字(?:是|叫))\s*([\u4e00-\u9fff]{1,4}|[A-Z][a-z]{1,19})(?=[，。,.！!\s]|$)"
)
_NOT_NAMES = frozenset({"The", "Not", "Ridiculous", "Unacceptable", "About", "My", "A", "An", "Very", "So"})
_KEPT_ORDERS = 5


def order_alone(text: str) -> str | None:
    """The order number of a message that says nothing else, as many send it unasked.

    Figures alone, which may be a postcode, must be called one.
    """
    text = glossary().simplify(text)
    found = _ORDER_ALONE.match(text.strip()) if len(text) <= 80 else None
    if found is None or found[1].isdigit() and not re.search(r"order|#|订单|单号", text, re.IGNORECASE):
        return None
    return found[1].upper()


def learn(customer: Customer, text: str, language: Language, given_name: str | None = None) -> Customer:
    """The profile with the name, orders and language that this message shows; nothing is guessed."""
    name = customer.name
    if match := _NAME.search(text):
        candidate = match.group(1) or match.group(2)
        if candidate not in _NOT_NAMES:
            name = candidate
    alone = order_alone(text)
    found = [alone] if alone else [order.upper() for order in _ORDER.findall(text)]
    orders = tuple(dict.fromkeys([*found, *customer.orders]))[:_KEPT_ORDERS]
    return replace(
        customer, name=safety.person_name(name) or safety.person_name(given_name), orders=orders, language=language
    )
