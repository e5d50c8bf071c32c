"""Which topic of the staff group belongs to which conversation, who the group's operators are, and who writes there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from redis.asyncio import Redis

from bot.storage import keys, serialisation
from bot.storage.connection import reachable

_MOST_FILES = 50  # of one conversation that wait to be copied

# KEYS: lead. ARGV: token, life in ms. 1 when the token leads now.
LEAD = """
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""

# KEYS: operators, names. ARGV: user id, operator as JSON, name. The name when it is the user's now, else nothing.
CLAIM = """
local holder = redis.call('HGET', KEYS[2], ARGV[3])
if holder and holder ~= ARGV[1] then return false end
redis.call('HSET', KEYS[2], ARGV[3], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return ARGV[3]
"""


@dataclass(frozen=True, slots=True)
class Topic:
    """A conversation's topic: ``thread`` in ``group``.

    ``cursor`` is the id of the last turn that stands there, ``shown`` the owner and operator that it shows last,
    ``card`` the message with the buttons, ``contact`` a sign of the contact and ``rating`` the
    customer's rating that it shows, ``open`` whether it can be written to.
    """

    group: int
    thread: int
    cursor: str = "0"
    shown: str = ""
    card: int = 0
    contact: str = ""
    rating: int = 0
    open: bool = True


@dataclass(frozen=True, slots=True)
class Operator:
    """A member of the staff group: ``name`` is theirs alone, and what customers read."""

    name: str
    username: str = ""


class Topics:
    """Topics and operators. Every method raises StorageUnavailable where Redis does not answer.

    A topic is remembered as long as a conversation (``ttl``), from its last change on. The list of all topics keeps
    an entry until ``forget``: what is in the list and has no topic any more was erased or has run out, and its topic
    must be deleted in Telegram too.
    """

    def __init__(self, redis: Redis, *, ttl: timedelta = timedelta(days=30)) -> None:
        self._redis: Any = redis  # its annotations know neither decoded nor awaited answers
        self._ttl = int(ttl.total_seconds())

    async def load(self, conversation_id: str) -> Topic | None:
        with reachable():
            raw = await self._redis.get(keys.topic(conversation_id))
        return serialisation.load(Topic, raw) if raw else None

    async def save(self, conversation_id: str, topic: Topic, *, new: bool = False) -> None:
        """Keep the topic, findable from both sides. One that is not ``new`` and was erased meanwhile stays erased."""
        with reachable():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.set(keys.topic(conversation_id), serialisation.dump(topic), ex=self._ttl, xx=not new)
                pipe.hset(keys.TOPICS, f"{topic.group}:{topic.thread}", conversation_id)
                await pipe.execute()

    async def forget(self, group: int, thread: int) -> None:
        """The topic is gone in Telegram: nothing points to it any more."""
        conversation_id = await self.conversation(group, thread)
        if conversation_id is None:
            return
        known = await self.load(conversation_id)
        with reachable():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hdel(keys.TOPICS, f"{group}:{thread}")
                if known is not None and (known.group, known.thread) == (group, thread):
                    pipe.delete(keys.topic(conversation_id))
                await pipe.execute()

    async def conversation(self, group: int, thread: int) -> str | None:
        """Whose topic it is."""
        with reachable():
            found = await self._redis.hget(keys.TOPICS, f"{group}:{thread}")
        return None if found is None else str(found)

    async def all(self, group: int) -> list[tuple[int, str, Topic | None]]:
        """Every topic of the group as (thread, conversation id, topic); None where the conversation or the topic is
        not kept any more.
        """
        with reachable():
            listed = await self._redis.hgetall(keys.TOPICS)
            mine = [(place, cid) for place, cid in listed.items() if place.partition(":")[0] == str(group)]
            async with self._redis.pipeline(transaction=False) as pipe:
                for _, cid in mine:
                    pipe.get(keys.topic(cid))
                    pipe.exists(keys.meta(cid))
                answers = await pipe.execute()
        found: list[tuple[int, str, Topic | None]] = []
        for (place, cid), raw, kept in zip(mine, answers[::2], answers[1::2], strict=True):
            thread = int(place.partition(":")[2])
            topic = serialisation.load(Topic, raw) if raw and kept else None
            same = topic is not None and (topic.group, topic.thread) == (group, thread)
            found.append((thread, cid, topic if same else None))
        return found

    # --- what cannot be told in words ---

    async def add_file(self, conversation_id: str, message_id: int) -> bool:
        """Have a customer's message copied into the topic as it is; False where too many wait."""
        key = keys.files(conversation_id)
        with reachable():
            if await self._redis.llen(key) >= _MOST_FILES:
                return False
            await self._redis.rpush(key, message_id)
            await self._redis.expire(key, self._ttl)
        return True

    async def files(self, conversation_id: str) -> list[int]:
        with reachable():
            return [int(message_id) for message_id in await self._redis.lrange(keys.files(conversation_id), 0, -1)]

    async def file_copied(self, conversation_id: str, message_id: int) -> None:
        with reachable():
            await self._redis.lrem(keys.files(conversation_id), 1, message_id)

    # --- people ---

    async def operators(self) -> dict[int, Operator]:
        """The known members of the staff group by their Telegram id."""
        with reachable():
            stored = await self._redis.hgetall(keys.OPERATORS)
        loaded = {int(user): serialisation.load(Operator, raw) for user, raw in stored.items()}
        return {user: operator for user, operator in loaded.items() if operator is not None}

    async def claim(self, user: int, wanted: str, username: str, taken: Collection[str]) -> Operator:
        """The member's operator, whose name is nobody else's: kept once it is given, else made from ``wanted``."""
        with reachable():
            raw = await self._redis.hget(keys.OPERATORS, str(user))
        known = serialisation.load(Operator, raw) if raw else None
        lowered = {name.casefold() for name in taken}
        base = known.name if known is not None else " ".join(wanted.split())[:32] or "Operator"
        for number in range(1, 1000):
            name = base if number == 1 else f"{base} {number}"
            if name.casefold() in lowered:
                continue
            operator = Operator(name, username)
            if operator == known:
                return operator
            with reachable():
                mine = await self._redis.eval(
                    CLAIM, 2, keys.OPERATORS, keys.OPERATOR_NAMES, str(user), serialisation.dump(operator), name
                )
            if mine:
                return operator
        return Operator(f"Operator {user}", username)

    async def lead(self, token: str, seconds: float) -> bool:
        """Whether this process is the one that writes into the group; asked again before ``seconds`` are over."""
        with reachable():
            return bool(await self._redis.eval(LEAD, 1, keys.STAFF_LEAD, token, str(int(seconds * 1000))))

    async def resign(self, token: str) -> None:
        """Let another process lead at once."""
        with reachable():
            if await self._redis.get(keys.STAFF_LEAD) == token:
                await self._redis.delete(keys.STAFF_LEAD)
