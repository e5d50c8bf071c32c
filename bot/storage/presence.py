"""Which operators are at the desk now: each open desk says so again and again, and silence means gone."""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis

from bot.storage import keys
from bot.storage.connection import reachable


class Presence:
    """Operators by when they were last seen. Raises StorageUnavailable where Redis does not answer."""

    def __init__(self, redis: Redis, *, within: float = 90.0) -> None:
        self._redis: Any = redis  # its annotations know neither decoded nor awaited answers
        self._within = within

    async def mark(self, operator: str, now: float) -> None:
        """The operator has the desk open (seconds since the epoch)."""
        with reachable():
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.zadd(keys.PRESENT, {operator: now})
                pipe.zremrangebyscore(keys.PRESENT, "-inf", now - 10 * self._within)
                await pipe.execute()

    async def leave(self, operator: str) -> None:
        """The operator logged out."""
        with reachable():
            await self._redis.zrem(keys.PRESENT, operator)

    async def names(self, now: float) -> list[str]:
        """Who was seen within the last minute and a half."""
        with reachable():
            return [str(name) for name in await self._redis.zrangebyscore(keys.PRESENT, now - self._within, "+inf")]
