"""What must still be delivered: it stays until the channel acknowledges it, so a crash loses nothing."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bot.conversation import Turn
from bot.storage import keys, serialisation
from bot.storage.connection import TIMEOUT, reachable

logger = logging.getLogger(__name__)

_GROUP = "delivery"
_PAGE = 50
_FIRST = "-"
_BLOCK = TIMEOUT - 1.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One turn on its way to a customer; ``attempt`` counts from 1."""

    id: str
    conversation_id: str
    turn: Turn
    attempt: int = 1


class Outbox:
    """A channel's deliveries, oldest first. Raises StorageUnavailable without Redis.

    A process serves a channel alone: what a former process took and did not acknowledge is handed out again at the
    first call. What this one does not acknowledge within ``again_after`` seconds is handed out again too, ``attempts``
    times in all, so that a line that no channel can deliver does not come for ever.
    """

    def __init__(self, redis: Redis, *, again_after: float = 90.0, attempts: int = 20) -> None:
        self._redis: Any = redis  # its annotations know neither decoded nor awaited answers
        self._again_after = int(again_after * 1000)
        self._attempts = attempts
        self._left: dict[str, str | None] = {}  # where what a former process took begins, by channel; None: no more

    async def next(
        self,
        channel: str,
        *,
        wait: float = 4.0,
        held: Collection[str] = (),
        lost: Callable[[Delivery], Awaitable[None]] | None = None,
    ) -> list[Delivery]:
        """What is to be delivered now, waiting up to ``wait`` seconds (4 at most) for something.

        ``held`` are the ids that the channel is still delivering: they are not handed out again, and no attempt is
        counted. ``lost`` is called with each delivery that is given up.
        """
        key = keys.outbox(channel)
        try:
            with reachable():
                start = self._left.get(channel, _FIRST)
                if start == _FIRST:
                    await self._group(key)
                idle = self._again_after if start is None else 0
                entries = await self._redis.xpending_range(key, _GROUP, start or _FIRST, "+", _PAGE, idle=idle or None)
                taken = await self._again(channel, key, entries, idle, held, lost)
                more = start is not None and len(entries) == _PAGE
                self._left[channel] = f"({entries[-1]['message_id']}" if more else None
                return taken if taken or more else await self._new(channel, key, wait)
        except ResponseError as error:
            if "NOGROUP" not in str(error):
                raise
            self._left.pop(channel, None)  # the server lost the stream; the group is made again next time
            return []

    async def acknowledge(self, channel: str, delivery_id: str) -> None:
        """It arrived, or never can: forget it."""
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

    async def _new(self, channel: str, key: str, wait: float) -> list[Delivery]:
        block = max(1, int(min(wait, _BLOCK) * 1000)) if wait > 0 else None
        answer = await self._redis.xreadgroup(_GROUP, channel, {key: ">"}, count=_PAGE, block=block)
        return [delivery for row, fields in (answer[0][1] if answer else []) if (delivery := _delivery(row, fields, 1))]

    async def _again(
        self,
        channel: str,
        key: str,
        entries: list[dict[str, Any]],
        idle: int,
        held: Collection[str],
        lost: Callable[[Delivery], Awaitable[None]] | None,
    ) -> list[Delivery]:
        """Take again the entries that were handed out at least ``idle`` milliseconds ago and never acknowledged."""
        found: list[Delivery] = []
        for entry in entries:
            row, attempt = entry["message_id"], entry["times_delivered"] + 1
            if row in held:
                await self._redis.xclaim(key, _GROUP, channel, idle, [row], justid=True)
                continue
            claimed = await self._redis.xclaim(key, _GROUP, channel, idle, [row])
            fields = next((fields for claimed_row, fields in claimed if claimed_row == row), None)
            delivery = _delivery(row, fields or {}, attempt)
            if delivery is None or attempt > self._attempts:
                logger.error("delivery %s of %s is given up after %d attempts", row, channel, attempt - 1)
                await self.acknowledge(channel, row)
                if delivery is not None and lost is not None:
                    await lost(delivery)
            else:
                found.append(delivery)
        return found


def _delivery(row: str, fields: dict[str, str], attempt: int) -> Delivery | None:
    turn = serialisation.load(Turn, fields["turn"]) if "turn" in fields else None
    return None if turn is None else Delivery(row, fields.get("conversation_id", ""), turn, attempt)
