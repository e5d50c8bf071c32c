"""The line before a conversation: first come, first served, and whoever died loses the place."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from bot.storage import keys
from bot.storage.connection import reachable
from retrieval.errors import StorageUnavailable

# KEYS: line. ARGV: token, ticket prefix, ticket life in ms, line life in s. 1 when the token is at the head.
# Heads whose ticket ran out (a process that died while it waited or held the conversation) are dropped first.
TURN = """
redis.call('SET', ARGV[2] .. ARGV[1], '1', 'PX', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
while true do
  local head = redis.call('LINDEX', KEYS[1], 0)
  if not head then
    redis.call('RPUSH', KEYS[1], ARGV[1])
    return 1
  end
  if head == ARGV[1] then return 1 end
  if redis.call('EXISTS', ARGV[2] .. head) == 1 then return 0 end
  redis.call('LPOP', KEYS[1])
end
"""


@asynccontextmanager
async def in_line(
    redis: Redis, conversation_id: str, *, longest_wait: float = 180.0, poll: float = 0.03
) -> AsyncIterator[None]:
    """Hold the conversation for the length of the block.

    Raises StorageUnavailable after ``longest_wait`` seconds in the line, or when Redis does not answer.
    """
    token = secrets.token_hex(8)
    line, ticket = keys.line(conversation_id), keys.ticket(conversation_id, token)
    prefix = keys.ticket(conversation_id, "")
    arguments = (token, prefix, str(keys.TICKET_MILLISECONDS), str(keys.LINE_SECONDS))
    loop = asyncio.get_running_loop()
    end = loop.time() + longest_wait
    try:
        with reachable():
            await redis.set(ticket, "1", px=keys.TICKET_MILLISECONDS)
            await redis.rpush(line, token)  # type: ignore[misc]
            while not await redis.eval(TURN, 1, line, *arguments):  # type: ignore[misc]
                if loop.time() > end:
                    raise StorageUnavailable("this conversation is busy", "send the message again in a minute")
                await asyncio.sleep(poll)
        keeper = asyncio.create_task(_keep(redis, ticket))
        try:
            yield
        finally:
            keeper.cancel()
    finally:
        try:
            with reachable():
                async with redis.pipeline(transaction=True) as pipe:
                    pipe.lrem(line, 0, token)
                    pipe.delete(ticket)
                    await pipe.execute()
        except StorageUnavailable:
            pass  # the ticket runs out by itself


async def _keep(redis: Redis, ticket: str) -> None:
    """Renew the ticket while the holder lives, so that a long reply does not lose the conversation."""
    while True:
        await asyncio.sleep(keys.TICKET_MILLISECONDS / 3000)
        try:
            with reachable():
                await redis.set(ticket, "1", px=keys.TICKET_MILLISECONDS)
        except StorageUnavailable:
            continue
