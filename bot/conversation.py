"""What flows through a turn: messages in, conversations, decisions and replies out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.contact import Contact
from generation.request import Customer
from retrieval.passages import Language
from retrieval.query import Utterance

Owner = Literal["bot", "queued", "human", "closed"]
Author = Literal["customer", "bot", "human", "system"]
Action = Literal["answer", "offer", "hand_over"]
SentimentLabel = Literal["negative", "neutral", "positive"]


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A customer's message. It carries no channel object, so that it can be stored and replayed.

    ``conversation_id`` starts with the channel's name ("telegram:42", "web:Zk3..."): the part after it
    is the customer's address there. ``message_id`` is unique in its conversation. ``sent_at`` is
    seconds since the epoch. ``absorbed`` are the ids of earlier messages of the same burst, joined into this one.
    ``contact`` is what the text held before it was masked: it stays in memory and is not stored with the message.
    """

    channel: str
    conversation_id: str
    message_id: str
    text: str
    sent_at: float
    name: str | None = None
    language: Language | None = None
    absorbed: tuple[str, ...] = ()
    contact: Contact = field(default_factory=Contact)


@dataclass(frozen=True, slots=True)
class Mood:
    """How the customer feels at this turn; looks back, never ahead.

    ``score`` in [-1, 1], below 0 is unhappy; ``probability`` is of ``label``; ``dissatisfaction`` in
    [0, 1] is the probability that this turn is dissatisfied; ``reasons`` are plain sentences. ``alarm`` in [0, 1] is the
    probability that a person must see this message, and ``topic`` what it would be about.
    """

    label: SentimentLabel = "neutral"
    score: float = 0.0
    probability: float = 0.0
    dissatisfaction: float = 0.0
    reasons: tuple[str, ...] = ()
    alarm: float = 0.0
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with the turn, and why in words."""

    action: Action = "answer"
    reasons: tuple[str, ...] = ()
    topic: str | None = None

    @property
    def escalate(self) -> bool:
        return self.action == "hand_over"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a reply's facts come from."""

    id: str
    title: str
    source: str
    line: int
    score: float


@dataclass(frozen=True, slots=True)
class Turn:
    """One stored line of a conversation, whoever wrote it; ``at`` is seconds since the epoch.

    ``fence`` marks a system line at a change of owner: neither it nor refusals (``answered`` false)
    feed a later prompt. ``private`` turns are operators' notes: the customer never sees them, nor does a model.
    ``ask_rating`` shows five buttons under the line: how was it? ``absorbed`` are the ids of the earlier messages of
    a burst that was stored as this turn.
    """

    author: Author
    text: str
    at: float
    message_id: str = ""
    mood: Mood | None = None
    sources: tuple[Source, ...] = ()
    answered: bool = True
    fence: bool = False
    operator: str | None = None
    private: bool = False
    suggestions: tuple[str, ...] = ()
    offer_human: bool = False
    ask_rating: bool = False
    absorbed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything known of one conversation when a turn begins.

    ``rating`` is what the customer gave it, 1 (bad) to 5; ``rating_asked`` whether they were asked, which is done once.
    """

    id: str
    channel: str
    owner: Owner = "bot"
    turns: tuple[Turn, ...] = ()
    customer: Customer = field(default_factory=Customer)
    language: Language | None = None
    operator: str | None = None
    offered: bool = False
    unanswered: int = 0
    created_at: float = 0.0
    owned_since: float = 0.0
    reasons: tuple[str, ...] = ()
    topic: str | None = None
    rating: int | None = None
    rating_asked: bool = False

    def history(self) -> tuple[Utterance, ...]:
        """The turns since the last change of owner that may feed a search or a prompt."""
        start = max((i + 1 for i, turn in enumerate(self.turns) if turn.fence), default=0)
        return tuple(
            Utterance("customer" if turn.author == "customer" else "agent", turn.text)
            for turn in self.turns[start:]
            if not turn.private and (turn.author in ("customer", "human") or (turn.author == "bot" and turn.answered))
        )

    def transcript(self) -> tuple[Utterance, ...]:
        """The turns since the last change of owner, refusals too: what the mood is read from.

        What went before is settled: read again after a hand-back, it would call the human back.
        """
        start = max((i + 1 for i, turn in enumerate(self.turns) if turn.fence), default=0)
        return tuple(
            Utterance("customer" if turn.author == "customer" else "agent", turn.text)
            for turn in self.turns[start:]
            if not turn.private
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """What was said to the customer: ``text`` is word for word what ``say`` was given.

    ``suggestions`` are questions to show as buttons; ``offer_human`` shows "Talk to a person".
    ``silent`` means that a human owns the conversation and nothing was said.
    """

    text: str
    language: Language = "en"
    sources: tuple[Source, ...] = ()
    mood: Mood = field(default_factory=Mood)
    decision: Decision = field(default_factory=Decision)
    answered: bool = True
    grounded: bool = True
    suggestions: tuple[str, ...] = ()
    offer_human: bool = False
    silent: bool = False
    owner: Owner = "bot"
    seconds: dict[str, float] = field(default_factory=dict)
