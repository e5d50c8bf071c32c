"""Who is served next: the one order of the queue, at the desk and in the place that a customer is told."""

from __future__ import annotations

from collections.abc import Iterable

from bot.conversation import Conversation, Mood

# Urgency is counted in tens of minutes of waiting: who seems wholly dissatisfied is served as if they had waited
# twenty minutes longer, and danger to a person comes before any wait of a working day.
_MINUTES_TEN = 600.0
_DISSATISFIED = 2.0
_TOPICS = {"self_harm": 1000.0, "safety": 500.0, "fraud": 6.0, "legal": 4.0, "press": 4.0}
_RECENT = 3  # customer turns whose worst mood counts


def urgency(conversation: Conversation, now: float, *, mood: Mood | None = None, topic: str | None = None) -> float:
    """How soon somebody should come, higher first; ``mood`` and ``topic`` are of a turn that is not stored yet."""
    moods = [turn.mood for turn in conversation.turns if turn.mood is not None] + ([mood] if mood else [])
    unhappy = max((mood.dissatisfaction for mood in moods[-_RECENT:]), default=0.0)
    topic = topic or conversation.topic
    return _TOPICS.get(topic or "", 0.0) + _DISSATISFIED * unhappy + seconds(conversation, now) / _MINUTES_TEN


def graver(topic: str | None, held: str | None) -> bool:
    """Whether the topic of a message outranks the one that the conversation waits with."""
    return _TOPICS.get(topic or "", 0.0) > _TOPICS.get(held or "", 0.0)


def seconds(conversation: Conversation, now: float) -> float:
    """How long the conversation has waited for a person."""
    return max(0.0, now - conversation.owned_since) if conversation.owner == "queued" else 0.0


def ordered(conversations: Iterable[Conversation], now: float) -> list[Conversation]:
    """The most urgent first; who came first stays before an equal."""
    return sorted(conversations, key=lambda conversation: -urgency(conversation, now))


def place(
    waiting: Iterable[Conversation],
    conversation: Conversation,
    now: float,
    *,
    mood: Mood | None = None,
    topic: str | None = None,
) -> int:
    """The place in the queue, from 1, of a conversation that waits or is just about to."""
    mine = urgency(conversation, now, mood=mood, topic=topic)
    here = False
    before = 0
    for other in waiting:
        if other.id == conversation.id:
            here = True
            continue
        theirs = urgency(other, now)
        # Equals: the list comes in the order of arrival, and who is not in it yet stands behind them.
        before += theirs > mine or (theirs == mine and not here)
    return before + 1
