"""The line before a conversation: first come, first served, and whoever died loses the place."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from weakref import WeakValueDictionary

from redis.asyncio import Redis

from bot.storage import keys
from bot.storage.connection import reachable
from retrieval.errors import StorageUnavailable

# KEYS: line. ARGV: token, ticket prefix, ticket life in ms, line life in s. 1 when the token is at the head.
# Takes the token's place once; a repeated call only renews it. A ticket is "1" while its process lives and "0" once
# it has left, so that a step which was cancelled and arrives late does not queue a ghost. Heads without a living
# ticket (a process died while it waited or held the conversation) are dropped.
STEP = """
if redis.call('GET', ARGV[2] .. ARGV[1]) == '0' then return 0 end
redis.call('SET', ARGV[2] .. ARGV[1], '1', 'PX', ARGV[3])
if not redis.call('LPOS', KEYS[1], ARGV[1]) then redis.call('RPUSH', KEYS[1], ARGV[1]) end
redis.call('EXPIRE', KEYS[1], ARGV[4])
while true do
  local head = redis.call('LINDEX', KEYS[1], 0)
  if head == ARGV[1] then return 1 end
  if redis.call('GET', ARGV[2] .. head) == '1' then return 0 end
  redis.call('LPOP', KEYS[1])
end
"""

# KEYS: line, ticket. ARGV: token, ticket life in ms.
LEAVE = """
redis.call('SET', KEYS[2], '0', 'PX', ARGV[2])
return redis.call('LREM', KEYS[1], 0, ARGV[1])
"""


class Line:
    """Serves each conversation's turns one at a time, in the order in which they came, over all processes.

    A ticket lives ``lease`` seconds and is renewed as long as its process runs: a turn may take as long as it likes,
    and the next one goes on ``lease`` seconds after a crash. Nobody waits longer than ``longest_wait`` seconds.
    """

    def __init__(self, redis: Redis, *, lease: float = 15.0, longest_wait: float = 300.0) -> None:
        self._redis: Any = redis  # its annotations know neither decoded nor awaited answers
        self._lease = lease
        self._longest_wait = longest_wait
        # Two tasks use two connections, and the server may read the second first: within a process, places are
        # taken one after the other.
        self._doors: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def hold(self, conversation_id: str) -> AsyncIterator[None]:
        """Hold the conversation for the length of the block.

        Raises StorageUnavailable after ``longest_wait`` seconds in the line, or when Redis does not answer.
        """
        token = secrets.token_hex(8)
        keeper: asyncio.Task[None] | None = None
        try:
            await self._wait(conversation_id, token)
            keeper = asyncio.create_task(self._keep(conversation_id, token))
            yield
        finally:
            if keeper is not None:
                keeper.cancel()
            await asyncio.shield(self._leave(conversation_id, token))

    async def _wait(self, conversation_id: str, token: str) -> None:
        loop = asyncio.get_running_loop()
        end, pause = loop.time() + self._longest_wait, 0.02
        door = self._doors.setdefault(conversation_id, asyncio.Lock())
        async with door:
            first = await self._step(conversation_id, token)
        while not first:
            if loop.time() > end:
                raise StorageUnavailable("this conversation is busy", "send the message again in a minute")
            await asyncio.sleep(pause)
            pause = min(pause * 1.2, 0.2, self._lease / 4)
            first = await self._step(conversation_id, token)

    async def _step(self, conversation_id: str, token: str) -> bool:
        with reachable():
            answer = await self._redis.eval(
                STEP,
                1,
                keys.line(conversation_id),
                token,
                keys.ticket(conversation_id, ""),
                str(int(self._lease * 1000)),
                str(keys.LINE_SECONDS),
            )
        return bool(answer)

    async def _keep(self, conversation_id: str, token: str) -> None:
        """Renew the ticket while the holder lives, so that a long reply does not lose the conversation."""
        while True:
            await asyncio.sleep(self._lease / 3)
            with suppress(StorageUnavailable):  # the next try may reach it
                await self._step(conversation_id, token)

    async def _leave(self, conversation_id: str, token: str) -> None:
        with suppress(StorageUnavailable), reachable():  # otherwise the ticket runs out by itself
            await self._redis.eval(
                LEAVE,
                2,
                keys.line(conversation_id),
                keys.ticket(conversation_id, token),
                token,
                str(int(self._lease * 1000)),
            )
