"""What a reply is made from: the conversation, the passages and the customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from retrieval.passages import Hit, Language, Listing
from retrieval.query import Utterance

Tone = Literal["calm", "hurried", "upset"]


@dataclass(frozen=True, slots=True)
class Customer:
    """What is known of the customer; every field may be empty.

    ``orders`` are order numbers, newest first; ``notes`` are short facts the customer told us.
    ``tags`` are the shop's own ("vip"); ``lifetime_value`` is what they have spent, in the shop's currency.
    """

    id: str = "anonymous"
    name: str | None = None
    language: Language | None = None
    orders: tuple[str, ...] = ()
    preferences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    segment: str | None = None
    tags: tuple[str, ...] = ()
    lifetime_value: float | None = None


@dataclass(frozen=True, slots=True)
class ReplyRequest:
    """One reply to write. ``history`` ends with the customer's message; ``hits`` come best first.

    Where there is a ``listing``, its products are the reply.
    """

    history: Sequence[Utterance]
    hits: Sequence[Hit]
    customer: Customer = field(default_factory=Customer)
    language: Language = "en"
    tone: Tone = "calm"
    listing: Listing | None = None
