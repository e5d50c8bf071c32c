"""Takes messages in: stores each one first, joins a burst into one question, and has it answered once.

A message is acknowledged only when it lies in the durable inbox, so a crash loses nothing: ``recover`` answers
what a former process accepted and did not finish. It knows nothing of channels; it is given a ``say``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot import contact
from bot.conversation import IncomingMessage
from bot.turn import Say, clean, silence
from generation import safety
from retrieval.errors import FrontdeskError, StorageUnavailable

if TYPE_CHECKING:
    from bot.storage.sessions import SessionStore
    from bot.turn import Assistant

logger = logging.getLogger(__name__)

SayFor = Callable[[IncomingMessage], Say]
Failed = Callable[[FrontdeskError], Awaitable[None]]


def join(messages: list[IncomingMessage]) -> IncomingMessage:
    """One message for a burst: the last one's id and time, everyone's words, the others' ids absorbed."""
    last = messages[-1]
    return replace(
        last,
        text="\n".join(message.text for message in messages),
        absorbed=tuple(message.message_id for message in messages[:-1]),
        contact=next((message.contact for message in reversed(messages) if message.contact), last.contact),
    )


@dataclass(slots=True)
class _Burst:
    """Messages of one conversation that wait for an answer."""

    messages: list[IncomingMessage] = field(default_factory=list)
    say_for: SayFor = lambda _: silence
    failed: Failed | None = None
    newer: asyncio.Event = field(default_factory=asyncio.Event)


class Intake:
    """Joins bursts and answers each conversation's messages in the order of their arrival.

    ``first_wait`` seconds of quiet end a burst; each further message adds half as much again, and
    ``longest_wait`` after the first message the answer begins in any case. ``bound`` conversations
    may wait at once; one more raises StorageUnavailable, so that the channel says sorry.
    """

    def __init__(
        self,
        assistant: Assistant,
        store: SessionStore,
        *,
        first_wait: float = 1.2,
        longest_wait: float = 4.0,
        bound: int = 1000,
        retry_after: float = 5.0,
    ) -> None:
        self._assistant = assistant
        self._store = store
        self._first_wait = first_wait
        self._longest_wait = longest_wait
        self._bound = bound
        self._retry_after = retry_after
        self._bursts: dict[str, _Burst] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._retry: asyncio.Task[None] | None = None

    def busy(self, conversation_id: str) -> bool:
        """Whether an answer is being awaited or written there: what a typing indicator shows."""
        return conversation_id in self._tasks

    async def settled(self, conversation_id: str) -> None:
        """Wait until nothing is under way in the conversation."""
        task = self._tasks.get(conversation_id)
        if task is not None:
            await asyncio.wait([task])

    async def submit(
        self, message: IncomingMessage, say_for: SayFor | None = None, *, failed: Failed | None = None
    ) -> bool:
        """Accept a message durably and have it answered soon; False when this message came before.

        Personal data is masked before anything is stored.
        Raises StorageUnavailable when it could not be stored: the sender must be told and may send it again.
        """
        if message.conversation_id not in self._bursts and len(self._bursts) >= self._bound:
            raise StorageUnavailable("too many conversations wait for an answer", "try again in a minute")
        left = contact.find(clean(message.text))
        message = replace(
            message, text=safety.mask(clean(message.text)), name=message.name and safety.mask(message.name)
        )
        if not await self._store.accept(message):
            return False
        self._enqueue(replace(message, contact=left), say_for, failed)
        return True

    async def recover(self) -> int:
        """Answer what was accepted and never answered; the number of messages taken up again."""
        waiting = {message.message_id for burst in self._bursts.values() for message in burst.messages}
        taken = [message for message in await self._store.pending() if message.message_id not in waiting]
        for message in taken:
            self._enqueue(message, None, None)
        return len(taken)

    async def close(self) -> None:
        """Stop; unfinished messages stay in the inbox for the next start."""
        tasks = [*self._tasks.values(), *([self._retry] if self._retry else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._bursts.clear()
        self._tasks.clear()

    def _enqueue(self, message: IncomingMessage, say_for: SayFor | None, failed: Failed | None) -> None:
        burst = self._bursts.setdefault(message.conversation_id, _Burst())
        burst.messages.append(message)
        burst.say_for = say_for or burst.say_for
        burst.failed = failed or burst.failed
        burst.newer.set()
        if message.conversation_id not in self._tasks:
            self._tasks[message.conversation_id] = asyncio.create_task(self._run(message.conversation_id, burst))

    async def _run(self, conversation_id: str, burst: _Burst) -> None:
        try:
            while burst.messages:
                await self._quiet(burst)
                await self._answer(burst)
        except StorageUnavailable as error:
            logger.warning("conversation %s waits: %s", conversation_id, error)
            await self._say_sorry(burst, error)
            self._retry_later()
        except Exception:
            # Not tried again in this process: what fails the same way for ever must not run for ever.
            logger.exception("conversation %s failed", conversation_id)
            await self._say_sorry(burst, FrontdeskError("the answer failed"))
        finally:
            self._bursts.pop(conversation_id, None)
            self._tasks.pop(conversation_id, None)

    async def _say_sorry(self, burst: _Burst, error: FrontdeskError) -> None:
        if burst.failed is None:
            return
        try:
            await burst.failed(error)
        except Exception:
            logger.exception("could not say sorry")

    async def _quiet(self, burst: _Burst) -> None:
        """Wait until the customer stops typing: a short wait that grows while messages arrive."""
        loop = asyncio.get_running_loop()
        end, wait = loop.time() + self._longest_wait, self._first_wait
        while (left := min(wait, end - loop.time())) > 0:
            burst.newer.clear()
            try:
                await asyncio.wait_for(burst.newer.wait(), left)
            except TimeoutError:
                return
            wait = min(wait * 1.5, self._longest_wait)

    async def _answer(self, burst: _Burst) -> None:
        """Answer the burst; a newer message cancels an answer that has said nothing yet."""
        batch = list(burst.messages)
        message = join(batch)
        said = asyncio.Event()
        say = burst.say_for(message)

        async def speak(piece: str) -> None:
            said.set()
            await say(piece)

        burst.newer.clear()
        answering = asyncio.create_task(self._assistant.respond(message, speak))
        newer = asyncio.create_task(burst.newer.wait())
        try:
            await asyncio.wait({answering, newer}, return_when=asyncio.FIRST_COMPLETED)
            if newer.done() and not answering.done() and not said.is_set():
                answering.cancel()
                await asyncio.wait([answering])
                if answering.cancelled():
                    return
            await answering
        finally:
            newer.cancel()
            if not answering.done():
                answering.cancel()
                await asyncio.wait([answering])
        burst.messages[:] = [m for m in burst.messages if m not in batch]

    def _retry_later(self) -> None:
        if self._retry is None or self._retry.done():
            self._retry = asyncio.create_task(self._keep_trying())

    async def _keep_trying(self) -> None:
        """Take up what waits as soon as the store answers again."""
        for _ in range(720):
            await asyncio.sleep(self._retry_after)
            try:
                await self.recover()
            except FrontdeskError:
                continue
            return
