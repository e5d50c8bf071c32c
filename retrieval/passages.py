"""Passages of the shop's knowledge, and what a search finds among them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Language = Literal["en", "zh"]
PassageKind = Literal["faq", "policy", "product", "document"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of knowledge that can answer a question by itself.

    ``title`` is the question of a FAQ entry, the heading path of a page or the name of a product;
    ``source`` is a path relative to the knowledge folder, ``line`` counts from 1.
    ``entity`` names who or what the passage is about (a product, a hotel), None where it is general.
    ``fields`` holds a product's record as plain strings ("price": "S$49.90").
    """

    id: str
    title: str
    text: str
    source: str = ""
    line: int = 1
    entity: str | None = None
    language: Language = "en"
    kind: PassageKind = "faq"
    aliases: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def sold_out(self) -> bool:
        """Whether its record says that there are none in stock; where it says nothing, no."""
        return dict(self.fields).get("stock", "").strip() == "0"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and its score: higher is better, in [0, 1].

    ``likely`` is the sentence of a product's record that answers likeliest, where its sentences were read one by one.
    """

    passage: Passage
    score: float
    likely: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """Products of the sort that was asked for: the cheapest first, or the dearest, or what there is of it.

    ``within`` are those of a price that was asked for, and ``nearest`` is the one that comes nearest to it where there are none.
    ``named`` are all that go by the name that was said. ``compared`` are those that were named beside each other, and ``fields``
    the names of their records' fields that tell.
    """

    products: tuple[Passage, ...]
    order: Literal["cheapest", "dearest", "any", "within", "nearest", "named", "compared"]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found.

    ``answerable`` is the calibrated probability in [0, 1] that the knowledge answers the question;
    ``small_talk`` names a turn that asks nothing of the shop ("greeting", "thanks", "goodbye", "chat", "self"), else None;
    ``entity`` is who or what the customer is taken to be talking about.
    ``listing`` is set where products of a sort answer together; the first hits are they.
    """

    hits: tuple[Hit, ...]
    answerable: float
    small_talk: str | None = None
    entity: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    listing: Listing | None = None
