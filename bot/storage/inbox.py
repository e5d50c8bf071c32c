"""Messages that were accepted and wait for their answer: durable, in order, and each one once."""

from __future__ import annotations

import secrets
from typing import Any

from redis.asyncio import Redis

from bot.conversation import IncomingMessage, Reply
from bot.storage import keys, serialisation
from bot.storage.connection import reachable
from retrieval.errors import StorageUnavailable

# KEYS: seen, inbox, pending, accepted. ARGV: message id, message, conversation id, nonce, life of seen in s, life of
# the inbox in s, most messages, most conversations. 1: accepted, 0: came before, -1: no room. The nonce makes a
# repeat of the same call (its first answer was lost on the way) give the first answer again.
ACCEPT = """
local seen = redis.call('GET', KEYS[1])
if seen then return seen == ARGV[4] and 1 or 0 end
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then return 0 end
if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[7]) then return -1 end
if redis.call('SCARD', KEYS[3]) >= tonumber(ARGV[8]) then return -1 end
redis.call('SET', KEYS[1], ARGV[4], 'EX', ARGV[5])
redis.call('HSET', KEYS[2], ARGV[1], redis.call('INCR', KEYS[4]) .. ' ' .. ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[6])
redis.call('SADD', KEYS[3], ARGV[3])
return 1
"""

# KEYS: inbox, pending. ARGV: conversation id. Forgets a conversation whose inbox is empty.
TIDY = "if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SREM', KEYS[2], ARGV[1]) end"


class Inbox:
    """What was accepted. ``ttl`` in seconds bounds how long an unanswered message is kept."""

    def __init__(self, redis: Redis, ttl: int) -> None:
        self._redis: Any = redis  # its annotations know neither decoded nor awaited answers
        self._ttl = ttl

    async def accept(self, message: IncomingMessage) -> bool:
        """Store a message before it is answered; False when this id was accepted before.

        Raises StorageUnavailable where too many wait already.
        """
        cid = message.conversation_id
        with reachable():
            answer = await self._redis.eval(
                ACCEPT,
                4,
                keys.seen(cid, message.message_id),
                keys.inbox(cid),
                keys.PENDING,
                keys.ACCEPTED,
                message.message_id,
                serialisation.dump(message),
                cid,
                "+" + secrets.token_hex(8),
                str(keys.SEEN_SECONDS),
                str(self._ttl),
                str(keys.MOST_INBOX),
                str(keys.MOST_PENDING),
            )
        if int(answer) < 0:
            raise StorageUnavailable("too many messages wait for an answer", "try again in a minute")
        return bool(answer)

    async def pending(self) -> list[IncomingMessage]:
        """Messages that were accepted and never answered, in the order in which they were accepted."""
        found: list[tuple[int, IncomingMessage]] = []
        with reachable():
            for cid in await self._redis.smembers(keys.PENDING):
                stored = await self._redis.hvals(keys.inbox(cid))
                if not stored:
                    await self._redis.eval(TIDY, 2, keys.inbox(cid), keys.PENDING, cid)
                for raw in stored:
                    number, _, text = raw.partition(" ")
                    if (message := serialisation.load(IncomingMessage, text)) is not None:
                        found.append((int(number), message))
        return [message for _, message in sorted(found, key=lambda pair: pair[0])]

    async def reply(self, conversation_id: str, message_id: str) -> Reply | None:
        """The reply that a message got, None where it has none yet or is forgotten."""
        with reachable():
            raw = await self._redis.get(keys.seen(conversation_id, message_id))
        return serialisation.load(Reply, raw) if answered(raw) else None


def answered(seen: str | None) -> bool:
    """Whether the value of a seen key holds a reply, not the mark of an accepted message."""
    return bool(seen) and not str(seen).startswith("+")


def settle(pipe: Any, message: IncomingMessage, reply: Reply) -> None:
    """In a transaction: the message and those it absorbed have this reply and leave the inbox."""
    cid, stored = message.conversation_id, serialisation.dump(reply)
    for message_id in (*message.absorbed, message.message_id):
        pipe.set(keys.seen(cid, message_id), stored, ex=keys.SEEN_SECONDS)
        pipe.hdel(keys.inbox(cid), message_id)
    pipe.eval(TIDY, 2, keys.inbox(cid), keys.PENDING, cid)
