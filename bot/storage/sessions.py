"""Conversations in Redis: opened one at a time, committed in one transaction."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

from pydantic import TypeAdapter
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import WatchError

from bot.conversation import Conversation, IncomingMessage, Owner, Reply, Turn
from bot.events import Event, FeedbackGiven, OperatorReplied, OwnerChanged, to_record
from bot.storage import keys
from bot.storage.connection import reachable
from bot.storage.line import in_line
from generation.request import Customer
from retrieval.errors import OwnershipConflict

_MESSAGE = TypeAdapter(IncomingMessage)
_TURN = TypeAdapter(Turn)
_REPLY = TypeAdapter(Reply)
_CUSTOMER = TypeAdapter(Customer)
_OWNERS: tuple[Owner, ...] = get_args(Owner)
_LOADED = 60  # turns that a conversation is opened with

# KEYS: seen, inbox, pending. ARGV: message id, message, conversation id, life of seen in s. 1 when it is new.
ACCEPT = """
if not redis.call('SET', KEYS[1], '', 'NX', 'EX', ARGV[4]) then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('SADD', KEYS[3], ARGV[3])
return 1
"""


class SessionStore:
    """The conversations. Every method raises StorageUnavailable where Redis does not answer."""

    def __init__(self, redis: Redis, *, ttl: timedelta = timedelta(days=30)) -> None:
        self._redis = redis
        self._ttl = int(ttl.total_seconds())

    async def ping(self) -> None:
        """Raise StorageUnavailable where Redis does not answer."""
        with reachable():
            await self._redis.ping()

    # --- messages in ---

    async def accept(self, message: IncomingMessage) -> bool:
        """Store a message before it is answered; False when this id was accepted before."""
        cid = message.conversation_id
        with reachable():
            new = await self._redis.eval(  # type: ignore[misc]
                ACCEPT,
                3,
                keys.seen(cid, message.message_id),
                keys.inbox(cid),
                keys.PENDING,
                message.message_id,
                _MESSAGE.dump_json(message).decode(),
                cid,
                str(keys.SEEN_SECONDS),
            )
        return bool(new)

    async def pending(self) -> list[IncomingMessage]:
        """Messages that were accepted and never answered, oldest first."""
        found: list[IncomingMessage] = []
        with reachable():
            for cid in await self._redis.smembers(keys.PENDING):  # type: ignore[misc]
                stored = await self._redis.hvals(keys.inbox(cid))  # type: ignore[misc]
                if not stored:
                    await self._redis.srem(keys.PENDING, cid)  # type: ignore[misc]
                found += [_MESSAGE.validate_json(raw) for raw in stored]
        return sorted(found, key=lambda message: (message.sent_at, message.message_id))

    async def seen(self, message: IncomingMessage) -> Reply | None:
        """The reply that this message got before, or None."""
        with reachable():
            raw = await self._redis.get(keys.seen(message.conversation_id, message.message_id))
        return _REPLY.validate_json(raw) if raw else None

    async def reply_to(self, conversation_id: str, message_id: str) -> Reply | None:
        """The reply that a message got, for buttons that point to it."""
        with reachable():
            raw = await self._redis.get(keys.seen(conversation_id, message_id))
        return _REPLY.validate_json(raw) if raw else None

    # --- a turn ---

    @asynccontextmanager
    async def open(self, message: IncomingMessage) -> AsyncIterator[Conversation]:
        """Hold the message's conversation, first come first served, and load it."""
        async with in_line(self._redis, message.conversation_id):
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
        """Write the turn, its events and what must be delivered in ONE transaction."""
        cid, now = conversation.id, message.sent_at
        customer_turn = Turn("customer", message.text, now, message.message_id, mood=reply.mood)
        changed = reply.owner != conversation.owner
        offered = reply.decision.action == "offer" or (conversation.offered and not changed)
        fields: dict[str, Any] = {
            "channel": conversation.channel,
            "owner": reply.owner,
            "language": reply.language,
            "offered": int(offered),
            "unanswered": 0 if reply.answered else conversation.unanswered + 1,
            "created_at": conversation.created_at or now,
        }
        if changed:
            fields |= {
                "owned_since": now,
                "operator": "",
                "reasons": json.dumps(reply.decision.reasons, ensure_ascii=False),
                "topic": reply.decision.topic or "",
            }
        with reachable():
            async with self._redis.pipeline(transaction=True) as pipe:
                self._add_turn(pipe, cid, customer_turn)
                if not reply.silent and reply.text:
                    turn = Turn(
                        "system" if reply.owner == "queued" else "bot",
                        reply.text,
                        now,
                        message.message_id,
                        sources=reply.sources,
                        answered=reply.answered,
                        fence=changed,
                        suggestions=reply.suggestions,
                        offer_human=reply.offer_human,
                    )
                    self._add_turn(pipe, cid, turn)
                    self._deliver(pipe, conversation.channel, cid, turn)
                pipe.hset(keys.meta(cid), mapping=fields)
                self._own(pipe, cid, reply.owner, now if changed else None)
                stored = _REPLY.dump_json(reply).decode()
                for message_id in (*message.absorbed, message.message_id):
                    pipe.set(keys.seen(cid, message_id), stored, ex=keys.SEEN_SECONDS)
                    pipe.hdel(keys.inbox(cid), message_id)
                if customer is not None:
                    pipe.set(keys.profile(cid), _CUSTOMER.dump_json(replace(customer, id=cid)).decode())
                for event in events:
                    self._note(pipe, event)
                self._tell_desk(pipe, cid, "turn")
                self._keep(pipe, cid)
                await pipe.execute()

    # --- reading ---

    async def load(self, conversation_id: str) -> Conversation | None:
        """The conversation with its last turns, or None."""
        with reachable():
            meta = await self._redis.hgetall(keys.meta(conversation_id))  # type: ignore[misc]
            if not meta:
                return None
            rows = await self._redis.xrevrange(keys.turns(conversation_id), count=_LOADED)
            customer = await self._customer(conversation_id)
        turns = tuple(_TURN.validate_json(fields["turn"]) for _, fields in reversed(rows))
        return Conversation(
            id=conversation_id,
            channel=meta.get("channel", conversation_id.partition(":")[0]),
            owner=meta.get("owner", "bot"),
            turns=turns,
            customer=customer,
            language=meta.get("language") or None,
            operator=meta.get("operator") or None,
            offered=meta.get("offered") == "1",
            unanswered=int(meta.get("unanswered", 0)),
            created_at=float(meta.get("created_at", 0)),
            owned_since=float(meta.get("owned_since", 0)),
            reasons=tuple(json.loads(meta.get("reasons") or "[]")),
            topic=meta.get("topic") or None,
        )

    async def conversations(self, owners: Collection[Owner], limit: int = 200) -> list[Conversation]:
        """Conversations by owner, the longest there first."""
        found: list[Conversation] = []
        for owner in owners:
            with reachable():
                ids = await self._redis.zrange(keys.owner(owner), 0, limit - 1)
            for cid in ids:
                conversation = await self.load(cid)
                if conversation is None:
                    with reachable():
                        await self._redis.zrem(keys.owner(owner), cid)
                else:
                    found.append(conversation)
        return sorted(found, key=lambda c: c.owned_since or c.created_at)[:limit]

    async def turns_after(self, conversation_id: str, after: str, *, wait: float = 0.0) -> list[tuple[str, Turn]]:
        """Turns with their stream ids after ``after`` ("0" is the start), waiting up to ``wait`` seconds for one."""
        rows = await self._read(keys.turns(conversation_id), after, wait)
        return [(row, _TURN.validate_json(fields["turn"])) for row, fields in rows]

    async def desk_feed(self, after: str, *, wait: float = 0.0) -> list[tuple[str, dict[str, str]]]:
        """What changed for the desk after ``after`` ("$" is from now on): kind and conversation id."""
        return await self._read(keys.DESK, after, wait)

    async def last_turn_id(self, conversation_id: str) -> str:
        """The stream id of the last turn, "0" where there is none."""
        with reachable():
            rows = await self._redis.xrevrange(keys.turns(conversation_id), count=1)
        return str(rows[0][0]) if rows else "0"

    async def events(self, since: float | None = None) -> AsyncIterator[dict[str, Any]]:
        """What happened since (seconds since the epoch), oldest first, as records with their ``kind``."""
        start = "-" if since is None else f"{int(since * 1000)}-0"
        while True:
            with reachable():
                rows = await self._redis.xrange(keys.EVENTS, min=start, count=500)
            for row, fields in rows:
                yield {"id": row, **json.loads(fields["event"])}
            if len(rows) < 500:
                return
            start = f"({rows[-1][0]}"

    # --- the human side ---

    async def append(self, conversation_id: str, turn: Turn, *, deliver: bool) -> str:
        """Add a turn by hand (an operator's reply or note); the turn's stream id."""
        channel = conversation_id.partition(":")[0]
        with reachable():
            async with self._redis.pipeline(transaction=True) as pipe:
                self._add_turn(pipe, conversation_id, turn)
                pipe.hsetnx(keys.meta(conversation_id), "channel", channel)
                pipe.hsetnx(keys.meta(conversation_id), "created_at", str(turn.at))
                if deliver and not turn.private:
                    self._deliver(pipe, channel, conversation_id, turn)
                if turn.author == "human" and turn.operator:
                    self._note(pipe, OperatorReplied(conversation_id, turn.at, turn.operator, turn.text))
                self._tell_desk(pipe, conversation_id, "turn")
                self._keep(pipe, conversation_id)
                return str((await pipe.execute())[0])

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

        ``line`` is what the system tells the customer; it fences the history. Raises OwnershipConflict.
        """
        meta_key, now = keys.meta(conversation_id), line.at if line else time.time()
        with reachable():
            async with self._redis.pipeline(transaction=True) as pipe:
                while True:
                    try:
                        await pipe.watch(meta_key)
                        held = await pipe.hgetall(meta_key)  # type: ignore[misc]
                        self._expect(held, expected, expected_operator)
                        pipe.multi()
                        fields = {"owner": owner, "operator": operator or "", "owned_since": now, "offered": 0}
                        fields |= {"unanswered": 0}
                        if reasons:
                            fields["reasons"] = json.dumps(list(reasons), ensure_ascii=False)
                        pipe.hset(meta_key, mapping=fields)
                        self._own(pipe, conversation_id, owner, now)
                        if line is not None:
                            fenced = replace(line, fence=True)
                            self._add_turn(pipe, conversation_id, fenced)
                            self._deliver(pipe, conversation_id.partition(":")[0], conversation_id, fenced)
                        self._note(pipe, OwnerChanged(conversation_id, now, owner, tuple(reasons), operator))
                        self._tell_desk(pipe, conversation_id, "owner")
                        self._keep(pipe, conversation_id)
                        await pipe.execute()
                        break
                    except WatchError:
                        continue
        conversation = await self.load(conversation_id)
        assert conversation is not None
        return conversation

    async def feedback(self, conversation_id: str, message_id: str, helpful: bool) -> None:
        """Keep a thumb up or down under a reply."""
        with reachable():
            async with self._redis.pipeline(transaction=True) as pipe:
                self._note(pipe, FeedbackGiven(conversation_id, time.time(), message_id, helpful))
                self._tell_desk(pipe, conversation_id, "feedback")
                await pipe.execute()

    # --- parts of a transaction ---

    @staticmethod
    def _expect(held: dict[str, str], expected: Collection[Owner], expected_operator: str | None) -> None:
        owner, operator = held.get("owner", "bot"), held.get("operator") or None
        if owner not in expected or (expected_operator is not None and operator != expected_operator):
            who = f"{operator} has it" if owner == "human" and operator else f"it is {owner}"
            raise OwnershipConflict(f"the conversation is not yours to change: {who}", "reload the desk")

    def _add_turn(self, pipe: Pipeline, conversation_id: str, turn: Turn) -> None:
        fields = {"turn": _TURN.dump_json(turn).decode()}
        pipe.xadd(keys.turns(conversation_id), fields, maxlen=keys.MOST_TURNS, approximate=True)  # type: ignore[arg-type]

    @staticmethod
    def _deliver(pipe: Pipeline, channel: str, conversation_id: str, turn: Turn) -> None:
        if channel == "telegram":  # the web reads the turns themselves
            fields = {"conversation_id": conversation_id, "turn": _TURN.dump_json(turn).decode()}
            pipe.xadd(keys.outbox(channel), fields, maxlen=keys.MOST_OUTBOX, approximate=True)  # type: ignore[arg-type]

    @staticmethod
    def _note(pipe: Pipeline, event: Event) -> None:
        record = json.dumps(to_record(event), ensure_ascii=False)
        pipe.xadd(keys.EVENTS, {"event": record}, maxlen=keys.MOST_EVENTS, approximate=True)

    @staticmethod
    def _tell_desk(pipe: Pipeline, conversation_id: str, kind: str) -> None:
        fields = {"kind": kind, "conversation_id": conversation_id}
        pipe.xadd(keys.DESK, fields, maxlen=keys.MOST_DESK, approximate=True)  # type: ignore[arg-type]

    @staticmethod
    def _own(pipe: Pipeline, conversation_id: str, owner: Owner, since: float | None) -> None:
        """Move the conversation to its owner's set; ``since`` None leaves the time it came there."""
        for name in _OWNERS:
            if name != owner:
                pipe.zrem(keys.owner(name), conversation_id)
        pipe.zadd(keys.owner(owner), {conversation_id: since or time.time()}, nx=since is None)

    def _keep(self, pipe: Pipeline, conversation_id: str) -> None:
        for key in (keys.meta(conversation_id), keys.turns(conversation_id), keys.profile(conversation_id)):
            pipe.expire(key, self._ttl)

    async def _customer(self, conversation_id: str) -> Customer:
        raw = await self._redis.get(keys.profile(conversation_id))
        return _CUSTOMER.validate_json(raw) if raw else Customer(id=conversation_id)

    async def _read(self, key: str, after: str, wait: float) -> list[Any]:
        # Redis itself must not block longer than the socket's time-out.
        block = min(int(wait * 1000), 4000) or None
        with reachable():
            answer = await self._redis.xread({key: after}, count=200, block=block)
        if not answer:
            return []
        rows = next(iter(answer.values())) if isinstance(answer, dict) else answer[0][1]
        return list(rows[0] if rows and isinstance(rows[0], list) else rows)
