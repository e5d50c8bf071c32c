"""What happened, in dataclasses of a few lines: what insights and replays are made of."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from bot.conversation import Decision, Mood, Owner, Source


@dataclass(frozen=True, slots=True)
class MessageReceived:
    conversation_id: str
    at: float
    text: str
    language: str
    mood: Mood


@dataclass(frozen=True, slots=True)
class ReplyGiven:
    conversation_id: str
    at: float
    text: str
    answered: bool
    grounded: bool
    sources: tuple[Source, ...]
    decision: Decision
    seconds: dict[str, float]


@dataclass(frozen=True, slots=True)
class OwnerChanged:
    conversation_id: str
    at: float
    owner: Owner
    reasons: tuple[str, ...] = ()
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class OperatorReplied:
    conversation_id: str
    at: float
    operator: str
    text: str


@dataclass(frozen=True, slots=True)
class FeedbackGiven:
    conversation_id: str
    at: float
    message_id: str
    helpful: bool


@dataclass(frozen=True, slots=True)
class ConversationRated:
    """What a customer gave a closed conversation, 1 (bad) to 5; ``operator`` is who had it last, if anybody."""

    conversation_id: str
    at: float
    score: int
    operator: str | None = None


Event = MessageReceived | ReplyGiven | OwnerChanged | OperatorReplied | FeedbackGiven | ConversationRated


def to_record(event: Event) -> dict[str, Any]:
    """The event as a JSON object with its ``kind``."""
    return {"kind": type(event).__name__, **asdict(event)}
