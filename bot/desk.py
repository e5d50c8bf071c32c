"""The human side: who waits and why, and taking over, answering, handing back and closing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import lines
from bot.conversation import Conversation, Owner, Source, Turn
from retrieval.errors import InputError, OwnershipConflict
from retrieval.passages import Language

if TYPE_CHECKING:
    from bot.storage.sessions import SessionStore

_FIRST = {"self_harm": 10.0, "safety": 6.0, "fraud": 4.0, "legal": 3.0, "press": 2.0}


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """A conversation as the desk lists it; ``urgency`` orders the queue, higher first."""

    conversation: Conversation
    urgency: float
    waiting_seconds: float
    mood_curve: tuple[float, ...]
    summary: str
    last_sources: tuple[Source, ...]


class Desk:
    """What operators do. Every change of owner is atomic, told to the customer and fenced in the history.

    Raises OwnershipConflict where somebody else holds the conversation, InputError for an unknown one.
    """

    def __init__(self, store: SessionStore, *, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    async def entries(self, owner: Owner) -> list[DeskEntry]:
        """The conversations of an owner, the most urgent first."""
        found = [self.entry(conversation) for conversation in await self._store.conversations({owner})]
        return sorted(found, key=lambda entry: -entry.urgency)

    async def queue(self) -> list[DeskEntry]:
        """Who waits for a human, the most urgent first."""
        return await self.entries("queued")

    async def place(self, conversation_id: str) -> int:
        """The place in the queue, from 1; 0 where the conversation does not wait."""
        ids = [entry.conversation.id for entry in await self.queue()]
        return ids.index(conversation_id) + 1 if conversation_id in ids else 0

    async def get(self, conversation_id: str) -> DeskEntry:
        return self.entry(await self._load(conversation_id))

    def entry(self, conversation: Conversation) -> DeskEntry:
        moods = [turn.mood for turn in conversation.turns if turn.mood is not None]
        waiting = max(0.0, self._clock() - conversation.owned_since) if conversation.owner == "queued" else 0.0
        unhappy = moods[-1].dissatisfaction if moods else 0.0
        return DeskEntry(
            conversation,
            _FIRST.get(conversation.topic or "", 0.0) + unhappy + waiting / 600,
            waiting,
            tuple(round(mood.score, 3) for mood in moods),
            summary(conversation),
            next((turn.sources for turn in reversed(conversation.turns) if turn.sources), ()),
        )

    async def take(self, conversation_id: str, operator: str) -> Conversation:
        """An operator takes the conversation from the queue or the bot."""
        conversation = await self._load(conversation_id)
        line = self._line("taken", conversation, operator=operator)
        return await self._store.change_owner(
            conversation_id, "human", expected=("queued", "bot", "closed"), operator=operator, line=line
        )

    async def reply(self, conversation_id: str, operator: str, text: str) -> str:
        """The operator who holds the conversation answers; the turn's id."""
        conversation = await self._held(conversation_id, operator)
        turn = Turn("human", _words(text), self._clock(), operator=operator)
        return await self._store.append(conversation.id, turn, deliver=True)

    async def note(self, conversation_id: str, operator: str, text: str) -> str:
        """An internal note, which the customer never sees."""
        await self._load(conversation_id)
        turn = Turn("system", _words(text), self._clock(), operator=operator, private=True)
        return await self._store.append(conversation_id, turn, deliver=False)

    async def transfer(self, conversation_id: str, operator: str, to: str) -> Conversation:
        """Give the conversation to another operator."""
        conversation = await self._held(conversation_id, operator)
        line = self._line("transferred", conversation, operator=to)
        return await self._store.change_owner(
            conversation_id, "human", expected=("human",), operator=to, expected_operator=operator, line=line
        )

    async def hand_back(self, conversation_id: str, operator: str) -> Conversation:
        """Give the conversation back to the bot."""
        conversation = await self._held(conversation_id, operator)
        line = self._line("handed_back", conversation)
        return await self._store.change_owner(
            conversation_id, "bot", expected=("human",), expected_operator=operator, line=line
        )

    async def close(self, conversation_id: str, operator: str, reason: str = "") -> Conversation:
        """End the conversation; the customer's next message opens it again with the bot."""
        conversation = await self._load(conversation_id)
        if conversation.owner == "human":
            await self._held(conversation_id, operator)
        line = self._line("closed", conversation)
        reasons = (f"closed by {operator}" + (f": {reason}" if reason else ""),)
        return await self._store.change_owner(
            conversation_id,
            "closed",
            expected=("human", "queued", "bot"),
            expected_operator=operator if conversation.owner == "human" else None,
            line=line,
            reasons=reasons,
        )

    async def _load(self, conversation_id: str) -> Conversation:
        conversation = await self._store.load(conversation_id)
        if conversation is None:
            raise InputError(f"no conversation {conversation_id!r}", "it may have been erased; reload the desk")
        return conversation

    async def _held(self, conversation_id: str, operator: str) -> Conversation:
        conversation = await self._load(conversation_id)
        if conversation.owner != "human" or conversation.operator != operator:
            who = f"{conversation.operator} has it" if conversation.owner == "human" else f"it is {conversation.owner}"
            raise OwnershipConflict(f"you do not hold this conversation: {who}", "take it first")
        return conversation

    def _line(self, key: str, conversation: Conversation, **facts: object) -> Turn:
        language: Language = conversation.language or conversation.customer.language or "en"
        return Turn("system", lines.say(key, language, **facts), self._clock(), fence=True)


def summary(conversation: Conversation) -> str:
    """Three lines for whoever takes over: who, what was asked last, what was answered."""
    customer = conversation.customer
    who = customer.name or conversation.id
    orders = f", orders {', '.join(customer.orders)}" if customer.orders else ""
    asked = [turn.text for turn in conversation.turns if turn.author == "customer"]
    answers = [turn for turn in conversation.turns if turn.author == "bot"]
    answered = "nothing yet" if not answers else ("" if answers[-1].answered else "not known: ") + answers[-1].text
    return "\n".join(
        [
            f"{who} ({conversation.channel}, {conversation.language or '?'}{orders}), {len(asked)} messages",
            f"Asks: {_short(asked[-1]) if asked else 'nothing yet'}"
            + (f" | first: {_short(asked[0])}" if len(asked) > 1 else ""),
            f"Bot said: {_short(answered)}",
        ]
    )


def _short(text: str, most: int = 160) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _words(text: str) -> str:
    if not (words := text.strip()):
        raise InputError("the text is empty", "write something first")
    return words[:8000]
