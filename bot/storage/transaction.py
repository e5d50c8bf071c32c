"""The parts that a change to a conversation is made of; each adds its commands to one MULTI/EXEC."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from redis.exceptions import WatchError

from bot.conversation import Owner, Turn
from bot.events import Event, to_record
from bot.storage import keys, serialisation
from bot.storage.connection import reachable
from retrieval.errors import StorageUnavailable

OWNERS: tuple[Owner, ...] = ("queued", "human", "bot", "closed")
WAITS: tuple[Owner, ...] = ("queued", "human")  # listed by how long they have been there, the others by last turn
_TRIES = 100

Build = Callable[["Change", Mapping[str, str]], None]


class Change:
    """One transaction on one conversation: what is added here happens whole or not at all."""

    def __init__(self, pipe: Any, conversation_id: str, ttl: int, outboxes: Collection[str]) -> None:
        self.pipe = pipe
        self.conversation_id = conversation_id
        self._ttl = ttl
        self._outboxes = outboxes
        self._oldest = f"{int((time.time() - ttl) * 1000)}-0"

    def set(self, **fields: str | float) -> None:
        """Set fields of the conversation."""
        self.pipe.hset(keys.meta(self.conversation_id), mapping=dict(fields))

    def add_turn(self, turn: Turn, channel: str, *, deliver: bool = False) -> None:
        """Add a turn, and put it in the channel's outbox where it must be delivered; a private turn never is."""
        stored = serialisation.dump(turn)
        self._add(keys.turns(self.conversation_id), {"turn": stored}, keys.MOST_TURNS)
        if deliver and not turn.private and channel in self._outboxes:
            self._add(keys.outbox(channel), {"conversation_id": self.conversation_id, "turn": stored}, keys.MOST_OUTBOX)

    def own(self, owner: Owner, since: float, now: float) -> None:
        """List the conversation under its owner only."""
        for name in OWNERS:
            if name != owner:
                self.pipe.zrem(keys.owner(name), self.conversation_id)
        self.pipe.zadd(keys.owner(owner), {self.conversation_id: since if owner in WAITS else now})
        if owner not in WAITS:
            self.pipe.zremrangebyscore(keys.owner(owner), "-inf", now - self._ttl)

    def note(self, event: Event) -> None:
        """Record what happened, for insights."""
        self._add(keys.EVENTS, {"event": serialisation.dump(to_record(event))}, keys.MOST_EVENTS)

    def tell_desk(self, kind: str) -> None:
        """Show on a live desk that the conversation changed."""
        self._add(keys.DESK, {"kind": kind, "conversation_id": self.conversation_id}, keys.MOST_DESK)

    def keep(self) -> None:
        """Count the time to live from now on."""
        for key in (keys.meta, keys.turns, keys.profile, keys.case):
            self.pipe.expire(key(self.conversation_id), self._ttl)

    def _add(self, stream: str, fields: dict[str, Any], most: int) -> None:
        self.pipe.xadd(stream, fields, maxlen=most, approximate=True)
        self.pipe.xtrim(stream, minid=self._oldest, approximate=True)


async def change(
    redis: Any,
    conversation_id: str,
    build: Build,
    *,
    ttl: int,
    outboxes: Collection[str],
    unless: tuple[str, Callable[[str | None], bool]] | None = None,
) -> list[Any]:
    """Run ``build`` on what the conversation holds now, in one transaction; again where somebody else was faster.

    ``unless`` is a key and a test of its value: where it holds, nothing is written. Returns what the commands
    answered; nothing where nothing was written, or where the answer was lost on the way although the transaction
    took place, which a nonce in the conversation tells.
    """
    meta, nonce = keys.meta(conversation_id), secrets.token_hex(8)
    with reachable():
        async with redis.pipeline(transaction=True) as pipe:
            for _ in range(_TRIES):
                try:
                    await pipe.watch(meta, *([unless[0]] if unless else []))
                    held = await pipe.hgetall(meta)
                    if held.get("written") == nonce or (unless and unless[1](await pipe.get(unless[0]))):
                        return []
                    pipe.multi()
                    changes = Change(pipe, conversation_id, ttl, outboxes)
                    build(changes, held)
                    if not pipe.command_stack:
                        return []
                    changes.set(written=nonce)
                    changes.keep()
                    return list(await pipe.execute())
                except WatchError:
                    continue
    raise StorageUnavailable("this conversation changes too quickly", "try again in a minute")
