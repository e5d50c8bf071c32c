"""The human side: who waits and why, and taking over, answering, handing back and closing."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot import handover, lines, waiting
from bot.contact import Contact
from bot.conversation import Conversation, Owner, Source, Turn
from bot.costs import Staffing
from bot.hours import Hours
from bot.promises import promises
from retrieval.errors import FrontdeskError, InputError, OwnershipConflict
from retrieval.passages import Language

if TYPE_CHECKING:
    from bot.storage.customers import Customers
    from bot.storage.presence import Presence
    from bot.storage.sessions import SessionStore
    from bot.storage.tickets import Ticket, Tickets

logger = logging.getLogger(__name__)

SOLVED = "solved"
_UNRATED = ("spam", "not for us")  # nobody is asked how these went
_PLACES_SECONDS = 2.0  # many waiting pages ask for their place at once


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """A conversation as the desk lists it.

    ``urgency`` orders the queue, higher first; ``reasons`` say why it was handed over; ``mood_curve`` holds the
    customer's mood in [-1, 1] turn by turn; ``summary`` is three lines: who, what is asked, what was answered.
    """

    conversation: Conversation
    urgency: float
    waiting_seconds: float
    reasons: tuple[str, ...]
    mood_curve: tuple[float, ...]
    summary: str
    last_sources: tuple[Source, ...]


class Desk:
    """What operators do. Every change of owner is atomic, told to the customer and fenced in the history.

    Raises OwnershipConflict where somebody else holds the conversation, InputError for an unknown one. Without
    ``presence`` somebody is taken to be at the desk in its hours. ``learn`` gets each conversation that an operator
    gives back or closes.
    """

    def __init__(
        self,
        store: SessionStore,
        *,
        hours: Hours | None = None,
        tickets: Tickets | None = None,
        presence: Presence | None = None,
        customers: Customers | None = None,
        learn: Callable[[Conversation], Awaitable[object]] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._customers, self._learn = customers, learn
        self._hours = hours or Hours()
        self._tickets, self._presence = tickets, presence
        self._clock = clock
        self._places: tuple[float, dict[str, int]] = (float("-inf"), {})

    async def entries(self, owner: Owner) -> list[DeskEntry]:
        """The conversations of an owner, the most urgent first."""
        found = [self.entry(conversation) for conversation in await self._store.conversations({owner})]
        return sorted(found, key=lambda entry: -entry.urgency)  # stable: who waits longer stays before an equal

    async def queue(self) -> list[DeskEntry]:
        """Who waits for a human, the most urgent first."""
        return await self.entries("queued")

    async def place(self, conversation_id: str) -> int:
        """The place in the queue, from 1; 0 where the conversation does not wait."""
        return (await self._all_places()).get(conversation_id, 0)

    async def place_lately(self, conversation_id: str) -> int:
        """``place``, at most two seconds old: for pages that ask again and again."""
        now = time.monotonic()
        if now - self._places[0] >= _PLACES_SECONDS:
            self._places = (now, self._places[1])  # the others who ask meanwhile get the old places
            self._places = (now, await self._all_places())
        return self._places[1].get(conversation_id, 0)

    async def _all_places(self) -> dict[str, int]:
        queue = waiting.ordered(await self._store.conversations({"queued"}), self._clock())
        return {conversation.id: number for number, conversation in enumerate(queue, 1)}

    async def staffing(self) -> Staffing:
        """Who could take over now."""
        now = self._clock()
        present = None if self._presence is None else len(await self._presence.names(now))
        return Staffing(self._hours.open_at(now), present, await self._store.count("queued"))

    async def seen(self, operator: str) -> None:
        """The operator has the desk open."""
        if self._presence is not None:
            await self._presence.mark(operator, self._clock())

    async def left(self, operator: str) -> None:
        """The operator logged out: whom they held waits for another."""
        if self._presence is not None:
            await self._presence.leave(operator)
        for conversation in await self._store.conversations({"human"}):
            if conversation.operator == operator:
                reasons = tuple(dict.fromkeys([*conversation.reasons, f"{operator} logged out"]))
                with contextlib.suppress(OwnershipConflict):  # handed on meanwhile
                    await self._enqueue(conversation, reasons, expected={"human"}, expected_operator=operator)

    async def away(self, conversation: Conversation) -> bool:
        """Whether the operator who holds the conversation is not at the desk; False where nobody can tell."""
        if self._presence is None or conversation.owner != "human":
            return False
        return conversation.operator not in await self._presence.names(self._clock())

    async def ticket(self, conversation_id: str) -> Ticket | None:
        """The conversation's ticket with the contact that was left, or None."""
        return None if self._tickets is None else await self._tickets.load(conversation_id)

    async def get(self, conversation_id: str) -> DeskEntry:
        """One conversation as the desk lists it."""
        return self.entry(await self._load(conversation_id))

    def entry(self, conversation: Conversation) -> DeskEntry:
        moods = [turn.mood for turn in conversation.turns if turn.mood is not None]
        now = self._clock()
        return DeskEntry(
            conversation,
            waiting.urgency(conversation, now),
            waiting.seconds(conversation, now),
            conversation.reasons,
            tuple(round(mood.score, 3) for mood in moods),
            summary(conversation),
            next((turn.sources for turn in reversed(conversation.turns) if turn.sources), ()),
        )

    async def leave_contact(self, conversation_id: str, contact: Contact) -> Ticket | None:
        """Keep where the customer can be reached, for the desk only; None where no tickets are kept."""
        if self._tickets is None:
            return None
        return await self._tickets.leave(conversation_id, self._clock(), email=contact.email, phone=contact.phone)

    async def tag(self, conversation_id: str, tags: Sequence[str]) -> None:
        """Set the customer's tags ("vip"), at most ten short ones."""
        await self._load(conversation_id)
        if self._customers is None:
            return
        kept = tuple(dict.fromkeys(tag.strip().casefold()[:24] for tag in tags if tag.strip()))[:10]
        customer = await self._customers.load(conversation_id)
        await self._customers.save(conversation_id, replace(customer, tags=kept))

    async def request(self, conversation_id: str, reasons: Sequence[str] = ("asked for a person",)) -> Conversation:
        """Queue a conversation for a human without a turn of the bot's (a button, a command); told its place.

        Nothing happens where it waits already or a human has it.
        """
        conversation = await self._store.load(conversation_id) or Conversation(
            conversation_id, conversation_id.partition(":")[0]
        )
        if conversation.owner in ("queued", "human"):
            return conversation
        return await self._enqueue(conversation, reasons, expected={"bot", "closed"})

    async def _enqueue(
        self,
        conversation: Conversation,
        reasons: Sequence[str],
        *,
        expected: Collection[Owner],
        expected_operator: str | None = None,
    ) -> Conversation:
        now, staff, language = self._clock(), await self.staffing(), _language(conversation)
        place = waiting.place(await self._store.conversations({"queued"}), conversation, now)
        ticket = None
        if not staff.available and self._tickets is not None:
            ticket = (await self._tickets.open(conversation.id, now)).name
        words = handover.words(language, place=place, staff=staff, hours=self._hours, ticket=ticket)
        line = Turn("system", words, now, fence=True)
        return await self._store.change_owner(
            conversation.id,
            "queued",
            expected=expected,
            expected_operator=expected_operator,
            line=line,
            reasons=reasons,
        )

    async def take(self, conversation_id: str, operator: str) -> Conversation:
        """An operator takes the conversation, whoever has it but another who is at the desk; again is no harm."""
        conversation = await self._load(conversation_id)
        if conversation.owner == "human" and conversation.operator == operator:
            return conversation
        if await self.away(conversation):
            return await self.transfer(conversation_id, conversation.operator or "", operator)
        line = self._line("taken", conversation, operator=operator)
        return await self._store.change_owner(
            conversation_id, "human", expected={"queued", "bot", "closed"}, operator=operator, line=line
        )

    async def reply(self, conversation_id: str, operator: str, text: str, *, message_id: str = "") -> str:
        """The operator who holds the conversation answers; the turn's id. ``message_id`` is that of the turn."""
        conversation = await self._held(conversation_id, operator)
        turn = Turn("human", _words(text), self._clock(), message_id, operator=operator)
        return await self._store.append(conversation.id, turn, deliver=True, expected_operator=operator)

    async def note(self, conversation_id: str, operator: str, text: str, *, message_id: str = "") -> str:
        """An internal note, which the customer never sees."""
        await self._load(conversation_id)
        turn = Turn("system", _words(text), self._clock(), message_id, operator=operator, private=True)
        return await self._store.append(conversation_id, turn, deliver=False)

    async def transfer(self, conversation_id: str, operator: str, to: str) -> Conversation:
        """Give the conversation to another operator."""
        conversation = await self._held(conversation_id, operator)
        if not to.strip() or to == operator:
            raise InputError(f"cannot transfer from {operator!r} to {to!r}", "name another operator")
        line = self._line("transferred", conversation, operator=to)
        return await self._store.change_owner(
            conversation_id, "human", expected={"human"}, operator=to, expected_operator=operator, line=line
        )

    async def hand_back(self, conversation_id: str, operator: str) -> Conversation:
        """Give the conversation back to the bot."""
        conversation = await self._held(conversation_id, operator)
        line = self._line("handed_back", conversation)
        changed = await self._store.change_owner(
            conversation_id, "bot", expected={"human"}, expected_operator=operator, line=line
        )
        await self._learned(conversation)
        return changed

    async def close(self, conversation_id: str, operator: str, reason: str = "") -> Conversation:
        """End the conversation; the customer's next message opens it again with the bot.

        The customer is asked once how it was. With an open promise it is not solved: raises InputError.
        """
        conversation = await self._load(conversation_id)
        if conversation.owner == "human":
            await self._held(conversation_id, operator)
        reason = reason.strip()
        if reason.casefold() == SOLVED and (promise := open_promise(conversation)) is not None:
            raise InputError(
                f"a promise is open: {_short(promise, 80)!r}", "keep it first, or close for another reason"
            )
        line = self._line("closed", conversation)
        asked = any(turn.author == "customer" for turn in conversation.turns)
        if asked and not conversation.rating_asked and reason.casefold() not in _UNRATED:
            question = lines.say("rate", _language(conversation))
            line = replace(line, text=f"{line.text} {question}", ask_rating=True)
        reasons = (f"closed by {operator}" + (f": {reason}" if reason else ""),)
        changed = await self._store.change_owner(
            conversation_id,
            "closed",
            expected={"human", "queued", "bot"},
            expected_operator=operator if conversation.owner == "human" else None,
            line=line,
            reasons=reasons,
        )
        if reason.casefold() not in _UNRATED:
            await self._learned(conversation)
        return changed

    async def _learned(self, conversation: Conversation) -> None:
        """Have the operator's answers proposed as FAQ entries; a failure there stops no operator."""
        if self._learn is None:
            return
        try:
            await self._learn(conversation)
        except FrontdeskError as error:
            logger.warning("the answers of %s are not proposed: %s", conversation.id, error)

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
        text = lines.say(key, _language(conversation), name="", **facts)
        return Turn("system", text, self._clock(), fence=True)


def _language(conversation: Conversation) -> Language:
    return conversation.language or conversation.customer.language or "en"


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
            f"Last: {_short(asked[-1]) if asked else 'nothing yet'}"
            # "I want a human" says little; the longest of what came before tells what about.
            + (f" | about: {_short(max(asked[:-1], key=len))}" if len(asked) > 1 else ""),
            f"Bot said: {_short(answered)}",
        ]
    )


def open_promise(conversation: Conversation) -> str | None:
    """The operator's last words, where they promise something that nobody has written about since."""
    said = next((turn.text for turn in reversed(conversation.turns) if turn.author == "human"), "")
    return said if promises(said) else None


def suggested(entry: DeskEntry) -> str:
    """A reply to edit: what the bot found last, or the start of an answer in the customer's language."""
    held = entry.conversation
    name = held.customer.name or ""
    found = next((turn.text for turn in reversed(held.turns) if turn.author == "bot" and turn.sources), "")
    if name and name in found[:40]:
        return found  # it greets already
    if held.language == "zh":
        return f"{name}您好！{found or '感谢您的等候，您写的内容我都看过了。'}"
    return f"Hello{' ' + name if name else ''}! {found or 'Thank you for waiting; I have read what you wrote.'}"


def _short(text: str, most: int = 160) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _words(text: str) -> str:
    if not (words := text.strip()):
        raise InputError("the text is empty", "write something first")
    return words[:8000]
