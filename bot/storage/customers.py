"""What is kept of a person: read, written, exported, and erased to the last copy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bot.conversation import IncomingMessage, Turn
from bot.storage import keys, serialisation, streams
from bot.storage.connection import reachable
from bot.storage.transaction import OWNERS
from generation.request import Customer


class Customers:
    """Profiles under the conversation's id. Raises StorageUnavailable without Redis."""

    def __init__(self, redis: Redis, *, ttl: timedelta = timedelta(days=30)) -> None:
        self._redis: Any = redis  # its annotations know neither decoded nor awaited answers
        self._ttl = int(ttl.total_seconds())

    async def load(self, customer_id: str) -> Customer:
        """The profile; an empty one where nothing is known."""
        with reachable():
            raw = await self._redis.get(keys.profile(customer_id))
        return (serialisation.load(Customer, raw) if raw else None) or Customer(id=customer_id)

    async def save(self, customer_id: str, customer: Customer) -> None:
        """Keep the profile under this id."""
        stored = serialisation.dump(replace(customer, id=customer_id))
        with reachable():
            await self._redis.set(keys.profile(customer_id), stored, ex=self._ttl)

    async def export(self, customer_id: str) -> dict[str, Any]:
        """Everything kept of the person as a JSON-able document, notes and events too; empty where nothing is."""
        with reachable():
            profile = await self._redis.get(keys.profile(customer_id))
            meta = await self._redis.hgetall(keys.meta(customer_id))
            rows = await self._redis.xrange(keys.turns(customer_id))
            waiting = await self._redis.hvals(keys.inbox(customer_id))
            ticket = await self._redis.get(keys.case(customer_id))
            observed = [json.loads(raw) for raw in await self._redis.hvals(keys.OBSERVED)]
            events = [
                json.loads(fields["event"])
                async for _, fields in streams.entries(self._redis, keys.EVENTS)
                if _is_of(fields, customer_id)
            ]
        observed = [entry for entry in observed if entry.get("conversation_id") == customer_id]
        if not (profile or meta or rows or waiting or events or ticket or observed):
            return {}
        meta.pop("written", None)
        turns = [serialisation.load(Turn, fields["turn"]) for _, fields in rows]
        messages = [serialisation.load(IncomingMessage, raw.partition(" ")[2]) for raw in waiting]
        return {
            "customer": customer_id,
            "profile": json.loads(profile) if profile else {},
            "conversation": meta,
            "turns": [asdict(turn) for turn in turns if turn is not None],
            "unanswered": [asdict(message) for message in messages if message is not None],
            "ticket": json.loads(ticket) if ticket else {},
            "proposed_answers": observed,
            "events": events,
        }

    async def erase(self, customer_id: str) -> int:
        """Remove the person's keys and every entry that tells of them; how many things were removed.

        A turn that is under way writes nothing afterwards. What an append-only file still holds goes with its next
        rewrite, which is asked for here.
        """
        removed = 0
        with reachable():
            pattern = keys.everything_of(customer_id)
            names = [name async for name in self._redis.scan_iter(pattern, count=1000)]
            names = [name for name in names if not await self._in_use(customer_id, name)]
            for start in range(0, len(names), 500):
                removed += int(await self._redis.delete(*names[start : start + 500]))
            for key, raw in (await self._redis.hgetall(keys.OBSERVED)).items():
                if json.loads(raw).get("conversation_id") == customer_id:
                    removed += int(await self._redis.hdel(keys.OBSERVED, key))
            await self._redis.srem(keys.PENDING, customer_id)
            for owner in OWNERS:
                await self._redis.zrem(keys.owner(owner), customer_id)
            for stream in (keys.EVENTS, keys.DESK, keys.outbox(customer_id.partition(":")[0])):
                mine = [
                    row async for row, fields in streams.entries(self._redis, stream) if _is_of(fields, customer_id)
                ]
                for start in range(0, len(mine), 500):
                    removed += int(await self._redis.xdel(stream, *mine[start : start + 500]))
            with suppress(ResponseError):  # a hosted server may not allow it, or do it already
                await self._redis.bgrewriteaof()
        return removed

    async def _in_use(self, customer_id: str, name: str) -> bool:
        """Whether the key keeps a turn's place that is under way; it holds no word and runs out by itself."""
        if name == keys.line(customer_id):
            return True
        return name.startswith(keys.ticket(customer_id, "")) and await self._redis.get(name) == "1"


def _is_of(fields: Mapping[str, str], customer_id: str) -> bool:
    named = json.loads(fields["event"]).get("conversation_id") if "event" in fields else fields.get("conversation_id")
    return bool(named == customer_id)
