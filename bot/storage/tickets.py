"""Tickets: what stays of a request that nobody can answer now, with the contact that the customer left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from redis.asyncio import Redis

from bot.storage import keys, serialisation
from bot.storage.connection import reachable

# KEYS: ticket, counter. ARGV: ticket as JSON with number 0, life in s. The stored ticket; the number is given once.
OPEN = """
local held = redis.call('GET', KEYS[1])
if held then return held end
local number = redis.call('INCR', KEYS[2])
local made = string.gsub(ARGV[1], '"number":0', '"number":' .. number, 1)
redis.call('SET', KEYS[1], made, 'EX', ARGV[2])
return made
"""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A conversation's ticket: ``number`` is what the customer is told, ``email`` and ``phone`` where they can be
    reached; ``opened_at`` in seconds since the epoch. A contact is shown at the desk and nowhere else.
    """

    number: int = 0
    opened_at: float = 0.0
    email: str = ""
    phone: str = ""

    @property
    def name(self) -> str:
        return f"T-{1000 + self.number}"

    def __repr__(self) -> str:
        """Without the contact, so that no log holds it."""
        return f"Ticket({self.name}, email={bool(self.email)}, phone={bool(self.phone)})"


class Tickets:
    """One ticket a conversation, kept as long as it. Raises StorageUnavailable where Redis does not answer."""

    def __init__(self, redis: Redis, *, ttl: timedelta = timedelta(days=30)) -> None:
        self._redis: Any = redis  # its annotations know neither decoded nor awaited answers
        self._ttl = int(ttl.total_seconds())

    async def open(self, conversation_id: str, now: float) -> Ticket:
        """The conversation's ticket, made where there is none."""
        with reachable():
            raw = await self._redis.eval(
                OPEN,
                2,
                keys.case(conversation_id),
                keys.CASES,
                serialisation.dump(Ticket(0, now)),
                str(self._ttl),
            )
        return serialisation.load(Ticket, raw) or Ticket(0, now)

    async def load(self, conversation_id: str) -> Ticket | None:
        with reachable():
            raw = await self._redis.get(keys.case(conversation_id))
        return serialisation.load(Ticket, raw) if raw else None

    async def leave(self, conversation_id: str, now: float, *, email: str = "", phone: str = "") -> Ticket:
        """Keep where the customer can be reached; what is not named stays. The desk is told."""
        ticket = await self.open(conversation_id, now)
        ticket = replace(ticket, email=email or ticket.email, phone=phone or ticket.phone)
        with reachable():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.set(keys.case(conversation_id), serialisation.dump(ticket), ex=self._ttl)
                told = {"kind": "contact", "conversation_id": conversation_id}
                pipe.xadd(keys.DESK, told, maxlen=keys.MOST_DESK, approximate=True)
                await pipe.execute()
        return ticket
