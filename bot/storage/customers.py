"""What is kept of a person: read, written, exported, and erased to the last copy."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter
from redis.asyncio import Redis

from bot.conversation import Turn
from bot.storage import keys
from bot.storage.connection import reachable
from generation.request import Customer

_CUSTOMER = TypeAdapter(Customer)
_TURN = TypeAdapter(Turn)


class Customers:
    """Profiles under the conversation's id. Raises StorageUnavailable without Redis."""

    def __init__(self, redis: Redis, *, ttl: timedelta = timedelta(days=30)) -> None:
        self._redis = redis
        self._ttl = int(ttl.total_seconds())

    async def load(self, customer_id: str) -> Customer:
        """The profile; an empty one where nothing is known."""
        with reachable():
            raw = await self._redis.get(keys.profile(customer_id))
        return _CUSTOMER.validate_json(raw) if raw else Customer(id=customer_id)

    async def save(self, customer_id: str, customer: Customer) -> None:
        stored = _CUSTOMER.dump_json(replace(customer, id=customer_id)).decode()
        with reachable():
            await self._redis.set(keys.profile(customer_id), stored, ex=self._ttl)

    async def export(self, customer_id: str) -> dict[str, Any]:
        """Everything kept of the person as a JSON-able document; empty where nothing is."""
        with reachable():
            profile = await self._redis.get(keys.profile(customer_id))
            meta = await self._redis.hgetall(keys.meta(customer_id))  # type: ignore[misc]
            turns = await self._redis.xrange(keys.turns(customer_id))
            inbox = await self._redis.hvals(keys.inbox(customer_id))  # type: ignore[misc]
        if not (profile or meta or turns or inbox):
            return {}
        return {
            "customer": customer_id,
            "profile": json.loads(profile) if profile else {},
            "conversation": meta,
            "turns": [
                _TURN.dump_python(turn, mode="json")
                for turn in (_TURN.validate_json(fields["turn"]) for _, fields in turns)
                if not turn.private
            ],
            "unanswered": [json.loads(message) for message in inbox],
        }

    async def erase(self, customer_id: str) -> int:
        """Remove the person's keys and every entry that tells of them; how many things were removed."""
        removed = 0
        with reachable():
            names = [
                key async for key in self._redis.scan_iter(f"{keys.PREFIX}:{{{_escape(customer_id)}}}:*", count=500)
            ]
            # A ticket in use belongs to a turn that is under way; it runs out by itself.
            names = [name for name in names if ":ticket:" not in name and not name.endswith(":line")]
            if names:
                removed += int(await self._redis.delete(*names))
            await self._redis.srem(keys.PENDING, customer_id)  # type: ignore[misc]
            for owner in ("bot", "queued", "human", "closed"):
                await self._redis.zrem(keys.owner(owner), customer_id)
            streams = [keys.EVENTS, keys.DESK, keys.outbox(customer_id.partition(":")[0])]
            for stream in streams:
                removed += await self._sweep(stream, customer_id)
        return removed

    async def _sweep(self, stream: str, customer_id: str) -> int:
        """Delete a stream's entries about the person; the streams are bounded, so this ends."""
        removed, start = 0, "-"
        while True:
            rows = await self._redis.xrange(stream, min=start, count=1000)
            mine = [
                row
                for row, fields in rows
                if fields.get("conversation_id") == customer_id
                or ("event" in fields and json.loads(fields["event"]).get("conversation_id") == customer_id)
            ]
            if mine:
                removed += int(await self._redis.xdel(stream, *mine))
            if len(rows) < 1000:
                return removed
            start = f"({rows[-1][0]}"


def _escape(text: str) -> str:
    return "".join(f"\\{c}" if c in "*?[]\\^" else c for c in text)
