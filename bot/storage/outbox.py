"""What must still be delivered: it stays until the channel acknowledges it, so a crash loses nothing."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bot.conversation import Turn
from bot.storage import keys
from bot.storage.connection import reachable

_TURN = TypeAdapter(Turn)
_GROUP = "delivery"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One turn on its way to a customer."""

    id: str
    conversation_id: str
    turn: Turn


class Outbox:
    """A channel's deliveries, oldest first. One consumer a channel; raises StorageUnavailable without Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._recovered: set[str] = set()

    async def next(self, channel: str, *, wait: float = 4.0) -> list[Delivery]:
        """What is to be delivered now, waiting up to ``wait`` seconds (4 at most).

        The first call of a process brings what a former one took and did not acknowledge.
        """
        key = keys.outbox(channel)
        with reachable():
            if channel not in self._recovered:
                await self._group(key)
                left = await self._take(channel, key, "0", None)
                if left:
                    return left
                self._recovered.add(channel)
            return await self._take(channel, key, ">", max(1, min(int(wait * 1000), 4000)))

    async def acknowledge(self, channel: str, delivery_id: str) -> None:
        """It arrived: forget it."""
        key = keys.outbox(channel)
        with reachable():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.xack(key, _GROUP, delivery_id)
                pipe.xdel(key, delivery_id)
                await pipe.execute()

    async def _group(self, key: str) -> None:
        try:
            await self._redis.xgroup_create(key, _GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    async def _take(self, channel: str, key: str, after: str, block: int | None) -> list[Delivery]:
        try:
            answer = await self._redis.xreadgroup(_GROUP, channel, {key: after}, count=50, block=block)
        except ResponseError as error:  # the stream was erased under us
            if "NOGROUP" not in str(error):
                raise
            await self._group(key)
            return []
        if not answer:
            return []
        rows = next(iter(answer.values())) if isinstance(answer, dict) else answer[0][1]
        rows = rows[0] if rows and isinstance(rows[0], list) else rows
        return [Delivery(row, f["conversation_id"], _TURN.validate_json(f["turn"])) for row, f in rows if f]
