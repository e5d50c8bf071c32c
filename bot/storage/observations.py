"""Operators' answers that may become FAQ entries, until somebody has reviewed them."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from redis.asyncio import Redis

from bot.storage import keys, serialisation
from bot.storage.connection import reachable
from retrieval.passages import Language

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Observation:
    """One question of a customer's and what an operator answered, without personal data; ``at`` in seconds since the
    epoch.
    """

    id: str
    conversation_id: str
    at: float
    question: str
    answer: str
    language: Language = "en"
    operator: str = ""


class Observations:
    """What was observed, and which questions were rejected. Raises StorageUnavailable where Redis does not answer."""

    def __init__(self, redis: Redis, *, ttl: timedelta = timedelta(days=30)) -> None:
        self._redis: Any = redis  # its annotations know neither decoded nor awaited answers
        self._ttl = ttl.total_seconds()

    async def add(self, observations: Sequence[Observation]) -> None:
        """Keep those that were not reviewed yet, the same one once; none while too many wait for a review."""
        with reachable():
            scores = [await self._redis.zscore(keys.REVIEWED, o.id) for o in observations]
            observations = [o for o, score in zip(observations, scores, strict=True) if score is None]
            if not observations:
                return
            if int(await self._redis.hlen(keys.OBSERVED)) + len(observations) > keys.MOST_OBSERVED:
                logger.warning("%d answers are not proposed: review the waiting ones first", len(observations))
                return
            await self._redis.hset(keys.OBSERVED, mapping={o.id: serialisation.dump(o) for o in observations})
            told = {"kind": "faq", "conversation_id": observations[0].conversation_id}
            await self._redis.xadd(keys.DESK, told, maxlen=keys.MOST_DESK, approximate=True)

    async def all(self, now: float) -> list[Observation]:
        """What waits for a review, oldest first; what is older than a conversation may be is removed."""
        with reachable():
            stored = await self._redis.hgetall(keys.OBSERVED)
        loaded = {key: serialisation.load(Observation, raw) for key, raw in stored.items()}
        kept = [o for o in loaded.values() if o is not None and now - o.at <= self._ttl]
        await self.remove(set(loaded) - {o.id for o in kept})
        return sorted(kept, key=lambda o: (o.at, o.id))

    async def remove(self, ids: Collection[str]) -> None:
        if ids:
            with reachable():
                await self._redis.hdel(keys.OBSERVED, *ids)

    async def reviewed(self, ids: Collection[str], now: float) -> None:
        """Remove them, and do not take them again from the same conversation."""
        await self.remove(ids)
        with reachable():
            if ids:
                await self._redis.zadd(keys.REVIEWED, dict.fromkeys(ids, now))
            await self._redis.zremrangebyscore(keys.REVIEWED, "-inf", now - self._ttl)

    async def reject(self, question: str, language: Language, at: float) -> None:
        """Never propose this question again; the oldest of too many rejected ones are forgotten."""
        with reachable():
            await self._redis.hset(keys.REJECTED, f"{language}:{question}", str(at))
            if int(await self._redis.hlen(keys.REJECTED)) > keys.MOST_REJECTED:
                held = await self._redis.hgetall(keys.REJECTED)
                oldest = sorted(held, key=lambda field: float(held[field]))[: len(held) - keys.MOST_REJECTED]
                await self._redis.hdel(keys.REJECTED, *oldest)

    async def rejected(self) -> list[tuple[str, str]]:
        """(language, question) of what was rejected."""
        with reachable():
            held = await self._redis.hkeys(keys.REJECTED)
        return [(language, question) for language, _, question in (str(field).partition(":") for field in held)]
