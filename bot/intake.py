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
from bot.spoken import Say, silence
from bot.turn import LONGEST_TEXT, clean
from generation import safety
from retrieval.errors import FrontdeskError, StorageUnavailable

if TYPE_CHECKING:
    from bot.storage.sessions import SessionStore
    from bot.turn import Assistant

logger = logging.getLogger(__name__)

SayFor = Callable[[IncomingMessage], Say]
Failed = Callable[[FrontdeskError], Awaitable[None]]


_LATE = 10_000
"""Messages of which the contacts are remembered while the store does not answer."""


def join(messages: list[IncomingMessage]) -> IncomingMessage:
    """One message for a burst: the last one's id and time, everyone's words, the others' ids absorbed.

    Of the addresses and of the numbers that were left in it, the newest each.
    """
    last, left = messages[-1], [message.contact for message in reversed(messages)]
    return replace(
        last,
        text="\n".join(message.text for message in messages),
        absorbed=tuple(message.message_id for message in messages[:-1]),
        contact=contact.Contact(
            next((found.email for found in left if found.email), ""),
            next((found.phone for found in left if found.phone), ""),
        ),
    )


def fitting(messages: list[IncomingMessage]) -> list[IncomingMessage]:
    """The first messages of a burst that can be read whole when they are joined; always one at least."""
    size = -1
    for number, message in enumerate(messages):
        size += 1 + len(message.text)
        if number and size > LONGEST_TEXT:
            return messages[:number]
    return list(messages)


def _ids(message: IncomingMessage) -> tuple[str, str]:
    return message.conversation_id, message.message_id


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
        self._late: dict[tuple[str, str], contact.Contact] = {}  # of messages to be taken up again, by ids
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

        One that was accepted and that nobody answers, because the first call never learnt of it, is answered now.
        Personal data is masked before anything is stored.
        Raises StorageUnavailable when it could not be stored: the sender must be told and may send it again.
        """
        if message.conversation_id not in self._bursts and len(self._bursts) >= self._bound:
            raise StorageUnavailable("too many conversations wait for an answer", "try again in a minute")
        text = clean(message.text)
        stored = replace(message, text=safety.mask(text), name=message.name and safety.mask(message.name))
        message = replace(stored, contact=contact.find(text))
        try:
            new = await self._store.accept(stored)
            if not new and await self._store.seen(stored) is not None:
                return False
        except (StorageUnavailable, asyncio.CancelledError):
            self._retry_later([message])  # it may have been stored all the same
            raise
        return self._enqueue(message, say_for, failed) or new

    async def recover(self) -> int:
        """Answer what was accepted and never answered; the number of messages taken up again."""
        late = list(self._late)
        pending = await self._store.pending()
        taken = [self._enqueue(replace(m, contact=self._late.get(_ids(m), m.contact)), None, None) for m in pending]
        for ids in late:
            self._late.pop(ids, None)
        return sum(taken)

    async def close(self) -> None:
        """Stop; unfinished messages stay in the inbox for the next start."""
        tasks = [*self._tasks.values(), *([self._retry] if self._retry else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._bursts.clear()
        self._tasks.clear()
        self._late.clear()

    def _enqueue(self, message: IncomingMessage, say_for: SayFor | None, failed: Failed | None) -> bool:
        """Have the message answered; False where it waits for its answer already."""
        burst = self._bursts.setdefault(message.conversation_id, _Burst())
        burst.say_for = say_for or burst.say_for
        burst.failed = failed or burst.failed
        for place, held in enumerate(burst.messages):
            if held.message_id == message.message_id:
                burst.messages[place] = replace(held, contact=message.contact or held.contact)
                return False
        burst.messages.append(message)
        burst.newer.set()
        if message.conversation_id not in self._tasks:
            self._tasks[message.conversation_id] = asyncio.create_task(self._run(message.conversation_id, burst))
        return True

    async def _run(self, conversation_id: str, burst: _Burst) -> None:
        try:
            while burst.messages:
                await self._quiet(burst)
                batch = fitting(burst.messages)
                if await self._settle(burst, join(batch)):
                    del burst.messages[: len(batch)]
        except StorageUnavailable as error:
            logger.warning("conversation %s waits: %s", conversation_id, error)
            await self._say_sorry(burst, error)
            self._retry_later(burst.messages)
        finally:
            self._bursts.pop(conversation_id, None)
            self._tasks.pop(conversation_id, None)

    async def _settle(self, burst: _Burst, message: IncomingMessage) -> bool:
        """Answer the message, or say sorry; False where a newer one must be read with it first."""
        try:
            return await self._answer(burst, message)
        except StorageUnavailable:
            raise
        except Exception:
            # Not tried again in this process: what fails the same way for ever must not run for ever.
            logger.exception("conversation %s failed", message.conversation_id)
            await self._say_sorry(burst, FrontdeskError("the answer failed"))
            return True

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

    async def _answer(self, burst: _Burst, message: IncomingMessage) -> bool:
        """Answer the message; False where a newer one of the burst cancelled the answer, which had said nothing yet."""
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
                    return False
            await answering
            return True
        finally:
            newer.cancel()
            if not answering.done():
                answering.cancel()
                await asyncio.wait([answering])

    def _retry_later(self, messages: list[IncomingMessage]) -> None:
        """Take the messages up again, with the contacts that are not stored, when the store answers."""
        self._late.update((_ids(message), message.contact) for message in messages)
        while len(self._late) > _LATE:
            self._late.pop(next(iter(self._late)))
        if self._retry is None or self._retry.done():
            self._retry = asyncio.create_task(self._keep_trying())

    async def _keep_trying(self) -> None:
        """Take up what waits as soon as the store answers again, however long that takes."""
        while self._late:
            await asyncio.sleep(self._retry_after)
            try:
                await self.recover()
            except Exception as error:
                logger.warning("what waits cannot be taken up yet: %s", error)
