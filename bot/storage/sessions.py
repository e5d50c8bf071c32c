"""Conversations in Redis: opened one at a time, committed in one transaction."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from redis.asyncio import Redis

from bot import waiting
from bot.conversation import Conversation, IncomingMessage, Owner, Reply, Turn
from bot.events import ConversationRated, Event, FeedbackGiven, OperatorReplied, OwnerChanged
from bot.storage import inbox, keys, serialisation, streams
from bot.storage.committing import write_turn
from bot.storage.connection import reachable
from bot.storage.line import Line
from bot.storage.transaction import OWNERS, WAITS, Build, Change, change
from generation.request import Customer
from retrieval.errors import OwnershipConflict

logger = logging.getLogger(__name__)

_LOADED = 40  # turns that a conversation is opened with


class SessionStore:
    """The conversations. Every method raises StorageUnavailable where Redis does not answer.

    ``ttl`` is how long a conversation is kept after its last turn; ``outboxes`` are the channels whose lines go
    through the outbox (the others read the turns themselves); ``lease`` is how long, in seconds, a conversation
    stays locked after its holder died.
    """

    def __init__(
        self,
        redis: Redis,
        *,
        ttl: timedelta = timedelta(days=30),
        outboxes: Collection[str] = ("telegram",),
        lease: float = 15.0,
        longest_wait: float = 300.0,
    ) -> None:
        self._redis: Any = redis  # its annotations know neither decoded nor awaited answers
        self._ttl = int(ttl.total_seconds())
        self._outboxes = frozenset(outboxes)
        self._line = Line(redis, lease=lease, longest_wait=longest_wait)
        self._inbox = inbox.Inbox(redis, self._ttl)

    async def ping(self) -> None:
        """Raise StorageUnavailable where Redis does not answer."""
        with reachable():
            await self._redis.ping()

    # --- messages in ---

    async def accept(self, message: IncomingMessage) -> bool:
        """Store a message before it is answered; False when this id was accepted before."""
        return await self._inbox.accept(message)

    async def pending(self) -> list[IncomingMessage]:
        """Messages that were accepted and never answered, in the order in which they were accepted."""
        return await self._inbox.pending()

    async def seen(self, message: IncomingMessage) -> Reply | None:
        """The reply that this message got before, or None."""
        return await self._inbox.reply(message.conversation_id, message.message_id)

    async def reply_to(self, conversation_id: str, message_id: str) -> Reply | None:
        """The reply that a message got, for buttons that point to it."""
        return await self._inbox.reply(conversation_id, message_id)

    # --- a turn ---

    @asynccontextmanager
    async def open(self, message: IncomingMessage) -> AsyncIterator[Conversation]:
        """Hold the message's conversation, first come first served, and load it."""
        async with self._line.hold(message.conversation_id):
            conversation = await self.load(message.conversation_id)
            if conversation is None:
                with reachable():
                    customer = await self._customer(message.conversation_id)
                conversation = Conversation(
                    message.conversation_id, message.channel, customer=customer, created_at=message.sent_at
                )
            yield conversation

    async def commit(
        self,
        conversation: Conversation,
        message: IncomingMessage,
        reply: Reply,
        events: Sequence[Event],
        *,
        customer: Customer | None = None,
    ) -> None:
        """Write the turn, its events and what must be delivered in ONE transaction, and once for each message.

        Where an operator took the conversation meanwhile, the operator keeps it. Where the customer had everything
        erased meanwhile, nothing is written.
        """
        cid = conversation.id

        def build(changes: Change, held: Mapping[str, str]) -> None:
            if conversation.turns and not held:
                logger.info("conversation %s was erased while it was answered", cid)
                return
            write_turn(changes, held, conversation, message, reply, events)
            if customer is not None:
                changes.pipe.set(keys.profile(cid), serialisation.dump(replace(customer, id=cid)))
            inbox.settle(changes.pipe, message, reply)

        await self._change(cid, build, unless=(keys.seen(cid, message.message_id), inbox.answered))

    # --- reading ---

    async def load(self, conversation_id: str) -> Conversation | None:
        """The conversation with its last turns, or None."""
        with reachable():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hgetall(keys.meta(conversation_id))
                pipe.xrevrange(keys.turns(conversation_id), count=_LOADED)
                pipe.get(keys.profile(conversation_id))
                meta, rows, profile = await pipe.execute()
        if not meta:
            return None
        turns = (serialisation.load(Turn, fields["turn"]) for _, fields in reversed(rows))
        return Conversation(
            id=conversation_id,
            channel=meta.get("channel", conversation_id.partition(":")[0]),
            owner=meta["owner"] if meta.get("owner") in OWNERS else "bot",
            turns=tuple(turn for turn in turns if turn is not None),
            customer=_customer(conversation_id, profile),
            language=meta["language"] if meta.get("language") in ("en", "zh") else None,
            operator=meta.get("operator") or None,
            offered=meta.get("offered") == "1",
            unanswered=int(meta.get("unanswered", 0)),
            created_at=float(meta.get("created_at", 0)),
            owned_since=float(meta.get("owned_since", 0)),
            reasons=tuple(json.loads(meta.get("reasons") or "[]")),
            topic=meta.get("topic") or None,
            rating=int(meta["rating"]) if meta.get("rating", "").isdecimal() else None,
            rating_asked=meta.get("rating_asked") == "1",
        )

    async def conversations(self, owners: Collection[Owner], limit: int = 200) -> list[Conversation]:
        """Conversations by owner: those that wait and those with a human first, the longest there first; then the
        bot's and the closed ones, the latest turn first. Of more than ``limit`` that wait, the most urgent ones.
        """
        found: list[Conversation] = []
        for owner in (owner for owner in OWNERS if owner in owners):
            for cid in await self._listed(owner, limit):
                conversation = await self.load(cid)
                if conversation is None or conversation.owner != owner:  # expired, or taken since the list was read
                    if conversation is None:
                        with reachable():
                            await self._redis.zrem(keys.owner(owner), cid)
                    continue
                found.append(conversation)
        return found[:limit]

    async def _listed(self, owner: Owner, limit: int) -> list[str]:
        with reachable():
            if owner == "queued" and await self._redis.zcard(keys.owner(owner)) > limit:
                return await self._most_urgent(limit)
            return list(await self._redis.zrange(keys.owner(owner), 0, limit - 1, desc=owner not in WAITS))

    async def _most_urgent(self, limit: int) -> list[str]:
        """The ids of those who wait with the gravest topics or the longest, in the order of their waiting."""
        since = dict(await self._redis.zrange(keys.owner("queued"), 0, -1, withscores=True))
        async with self._redis.pipeline(transaction=False) as pipe:
            for cid in since:
                pipe.hget(keys.meta(cid), "topic")
            topics = dict(zip(since, await pipe.execute(), strict=True))
        queue = (Conversation(cid, "", "queued", owned_since=since[cid], topic=topics[cid]) for cid in since)
        first = {conversation.id for conversation in waiting.ordered(queue, time.time())[:limit]}
        return [cid for cid in since if cid in first]

    async def count(self, owner: Owner) -> int:
        """How many conversations an owner has, those that have just run out included."""
        with reachable():
            return int(await self._redis.zcard(keys.owner(owner)))

    async def turns_after(
        self, conversation_id: str, after: str, *, wait: float = 0.0, private: bool = False
    ) -> list[tuple[str, Turn]]:
        """Turns with their stream ids after ``after`` ("0" is the start), waiting up to ``wait`` seconds for one.

        Operators' notes only where ``private`` is set: what a customer reads must not.
        """

        def readable(rows: list[streams.Row]) -> list[tuple[str, Turn]]:
            turns = ((row, serialisation.load(Turn, fields["turn"])) for row, fields in rows)
            return [(row, turn) for row, turn in turns if turn is not None and (private or not turn.private)]

        return await streams.follow(self._redis, keys.turns(conversation_id), after, wait, readable)

    async def desk_feed(self, after: str, *, wait: float = 0.0) -> list[tuple[str, dict[str, str]]]:
        """What changed for the desk after ``after`` ("$" is from now on): kind and conversation id."""
        return await streams.follow(self._redis, keys.DESK, after, wait, list)

    async def last_turn_id(self, conversation_id: str) -> str:
        """The stream id of the last turn, "0" where there is none."""
        return await streams.last_id(self._redis, keys.turns(conversation_id))

    async def events(self, since: float | None = None) -> AsyncIterator[dict[str, Any]]:
        """What happened since (seconds since the epoch), oldest first, as records with their ``kind``."""
        start = "-" if since is None else f"{int(since * 1000)}-0"
        async for row, fields in streams.entries(self._redis, keys.EVENTS, start):
            yield {"id": row, **json.loads(fields["event"])}

    # --- the human side ---

    async def append(
        self, conversation_id: str, turn: Turn, *, deliver: bool, expected_operator: str | None = None
    ) -> str:
        """Add a turn by hand (an operator's reply or note); the turn's stream id.

        One of an operator that comes again with the ``message_id`` of the last is not added twice. With ``expected_operator``, raises
        OwnershipConflict unless that operator holds the conversation.
        """
        channel = conversation_id.partition(":")[0]
        posted = turn.message_id if turn.operator else ""

        def build(changes: Change, held: Mapping[str, str]) -> None:
            if posted and held.get("posted") == posted:
                return
            if expected_operator is not None:
                _expect(held, {"human"}, expected_operator)
            changes.add_turn(turn, channel, deliver=deliver)
            if posted:
                changes.set(posted=posted)
            if not held:
                changes.set(channel=channel, created_at=turn.at, owner="bot")
                changes.own("bot", turn.at, turn.at)
            if turn.author == "human" and turn.operator:
                changes.note(OperatorReplied(conversation_id, turn.at, turn.operator, turn.text))
            changes.tell_desk("note" if turn.private else "turn")

        answers = await self._change(conversation_id, build)
        return str(answers[0]) if answers else await self.last_turn_id(conversation_id)

    async def change_owner(
        self,
        conversation_id: str,
        owner: Owner,
        *,
        expected: Collection[Owner],
        operator: str | None = None,
        expected_operator: str | None = None,
        line: Turn | None = None,
        reasons: Sequence[str] = (),
    ) -> Conversation:
        """Give the conversation to another owner, if it is where the caller believes it to be.

        ``line`` is what the system tells the customer; it fences the history. Raises OwnershipConflict, which names
        the one who holds it.
        """
        now, channel = line.at if line else time.time(), conversation_id.partition(":")[0]

        def build(changes: Change, held: Mapping[str, str]) -> None:
            _expect(held, expected, expected_operator)
            if not held:
                changes.set(channel=channel, created_at=now)
            changes.set(owner=owner, operator=operator or "", owned_since=now, offered=0, unanswered=0)
            if reasons:
                changes.set(reasons=json.dumps(list(reasons)))
            if owner == "bot":
                changes.set(reasons="[]", topic="")
            changes.own(owner, now, now)
            if owner == "closed":
                changes.set(served_by=held.get("operator") or operator or "")
            if line is not None:
                if line.ask_rating:
                    changes.set(rating_asked=1)
                changes.add_turn(replace(line, fence=True), channel, deliver=True)
            changes.note(OwnerChanged(conversation_id, now, owner, tuple(reasons), operator))
            changes.tell_desk("owner")

        await self._change(conversation_id, build)
        conversation = await self.load(conversation_id)
        if conversation is None:
            raise OwnershipConflict(f"the conversation {conversation_id} was erased", "reload the desk")
        return conversation

    async def feedback(self, conversation_id: str, message_id: str, helpful: bool) -> None:
        """Keep a thumb up or down under the reply to a message; nothing where the conversation is gone."""

        def build(changes: Change, held: Mapping[str, str]) -> None:
            if held:
                changes.note(FeedbackGiven(conversation_id, time.time(), message_id, helpful))
                changes.tell_desk("feedback")

        await self._change(conversation_id, build)

    async def rate(self, conversation_id: str, score: int) -> bool:
        """Keep the customer's rating, 1 to 5, where one was asked for and none was given: False otherwise."""
        kept: list[bool] = []

        def build(changes: Change, held: Mapping[str, str]) -> None:
            kept.clear()
            if held.get("rating_asked") != "1" or held.get("rating"):
                return
            kept.append(True)
            changes.set(rating=score)
            changes.pipe.hincrby(keys.RATINGS, str(score), 1)
            changes.note(ConversationRated(conversation_id, time.time(), score, held.get("served_by") or None))
            changes.tell_desk("rating")

        await self._change(conversation_id, build)
        return bool(kept)

    async def ratings(self) -> dict[int, int]:
        """How often each rating was given."""
        with reachable():
            held = await self._redis.hgetall(keys.RATINGS)
        return {int(score): int(count) for score, count in held.items()}

    async def _change(
        self, conversation_id: str, build: Build, *, unless: tuple[str, Callable[[str | None], bool]] | None = None
    ) -> list[Any]:
        return await change(self._redis, conversation_id, build, ttl=self._ttl, outboxes=self._outboxes, unless=unless)

    async def _customer(self, conversation_id: str) -> Customer:
        return _customer(conversation_id, await self._redis.get(keys.profile(conversation_id)))


def _customer(conversation_id: str, raw: str | None) -> Customer:
    return (serialisation.load(Customer, raw) if raw else None) or Customer(id=conversation_id)


def _expect(held: Mapping[str, str], expected: Collection[Owner], expected_operator: str | None) -> None:
    owner, operator = held.get("owner", "bot"), held.get("operator") or None
    if owner not in expected or (expected_operator is not None and operator != expected_operator):
        who = f"{operator} has it" if owner == "human" and operator else f"it is {owner}"
        raise OwnershipConflict(f"the conversation is not yours to change: {who}", "reload the desk")
