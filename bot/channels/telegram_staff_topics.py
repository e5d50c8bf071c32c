"""Keeps every topic of the staff group like its conversation: opened, written to, closed, and deleted.

It compares what a topic shows with what the conversation is, so what happened while nobody looked (a restart, a
flood, rights that were missing) is made good, and an event seen twice changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
import zlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineKeyboardMarkup

from bot.channels import telegram_staff_card as cards
from bot.channels.base import stop
from bot.channels.telegram_staff_forum import Forum, NotCopied, batches
from bot.channels.telegram_staff_group import Group, GroupUnusable, TopicGone
from bot.channels.telegram_text import escape
from bot.conversation import Conversation, Owner, Turn
from bot.storage.topics import Topic
from retrieval.errors import FrontdeskError, InputError, StorageUnavailable

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.storage.sessions import SessionStore
    from bot.storage.topics import Topics

logger = logging.getLogger(__name__)

_LEASE = 20.0  # seconds after which another process writes into the group when this one died
_LAST_WORDS = 5.0  # seconds that a stop waits for a topic which is being opened
_SERVED: tuple[Owner, ...] = ("queued", "human")
_AT_REST = ("bot", "closed")


class Mirror:
    """One worker for the group: Telegram counts a group's messages together, so they go out one after the other.

    ``every`` seconds all topics are looked through, and a group that cannot be used is looked at again.
    """

    def __init__(
        self,
        group: Group,
        store: SessionStore,
        desk: Desk,
        topics: Topics,
        *,
        clock: Callable[[float], str],
        ready: Callable[[], Awaitable[None]],
        every: float = 60.0,
        first_pause: float = 1.0,
    ) -> None:
        self._group, self._store, self._desk, self._topics = group, store, desk, topics
        self._forum = Forum(group)
        self._clock, self._ready = clock, ready
        self._every, self._first_pause = every, first_pause
        self._waiting: dict[str, None] = {}  # in the order in which they changed
        self._news = asyncio.Event()
        self._look = asyncio.Event()
        self._token = secrets.token_hex(8)
        self.usable = False

    def wake(self, conversation_id: str) -> None:
        """Something changed there."""
        self._waiting[conversation_id] = None
        self._news.set()

    def look_again(self) -> None:
        """The bot's place in the group changed: see at once whether it can be used."""
        self._look.set()

    async def run(self) -> None:
        """Serve until cancelled. Whatever fails waits and is tried again; one clear line says what is wrong."""
        told, pause = "", self._first_pause
        try:
            while True:
                self._look.clear()
                try:
                    title = await self._group.check()
                    if not await self._topics.lead(self._token, _LEASE):
                        await asyncio.sleep(min(self._every, _LEASE / 4))
                        continue
                    logger.info("the staff group %r is a desk", title)
                    told, pause = "", self._first_pause
                    await self._ready()
                    self.usable = True
                    await self._serve()
                except (InputError, GroupUnusable) as error:
                    if str(error) != told:
                        logger.warning("the staff group is no desk yet (the web desk works): %s", error)
                    told = str(error)
                    await self._wait(self._every)
                except Exception as error:  # whatever it is, the bot and the web desk go on
                    logger.warning("the staff desk waits: %s", self._safe(error))
                    await self._wait(pause)
                    pause = min(pause * 2, self._every)
                finally:
                    self.usable = False
        finally:
            await self._resign()

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._look.wait(), seconds)
        except TimeoutError:
            return

    async def _resign(self) -> None:
        try:
            await asyncio.shield(self._topics.resign(self._token))
        except StorageUnavailable:
            logger.info("the lead of the staff group runs out by itself")

    async def _serve(self) -> None:
        tasks = [asyncio.create_task(part) for part in (self._follow(), self._work(), self._sweep(), self._lead())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await stop(tasks)

    # --- what wakes it ---

    async def _lead(self) -> None:
        while True:
            await asyncio.sleep(_LEASE / 4)
            if not await self._topics.lead(self._token, _LEASE):
                break
        raise FrontdeskError("another process writes into the staff group")

    async def _follow(self) -> None:
        """The live desk's feed from its start: about a thousand changes, of which most are known already."""
        after = "0"
        while True:
            changes = await self._store.desk_feed(after, wait=4.0)
            for change_id, change in changes:
                after = change_id
                self.wake(change["conversation_id"])

    async def _sweep(self) -> None:
        """Whoever is served must have a topic, and no topic may outlive its conversation."""
        while True:
            for thread, conversation_id, topic in await self._topics.all(self._group.chat_id):
                if topic is None:
                    await self._delete(thread)
                elif topic.shown.partition(":")[0] not in _AT_REST:
                    self.wake(conversation_id)
            for conversation in await self._store.conversations(set(_SERVED)):
                self.wake(conversation.id)
            await asyncio.sleep(self._every)

    async def _work(self) -> None:
        while True:
            await self._news.wait()
            if not self._waiting:
                self._news.clear()
                continue
            conversation_id = next(iter(self._waiting))
            del self._waiting[conversation_id]
            try:
                await self._sync(conversation_id)
            except (FrontdeskError, asyncio.CancelledError):
                self.wake(conversation_id)
                raise
            except Exception as error:  # the next sweep tries again; the others go on
                logger.error("the topic of %s could not be written: %s", conversation_id, self._safe(error))

    # --- one conversation ---

    async def _sync(self, conversation_id: str) -> None:
        for _ in range(2):
            conversation = await self._store.load(conversation_id)
            topic = await self._topics.load(conversation_id)
            if topic is not None and topic.group != self._group.chat_id:  # another group was set
                topic = None
            if conversation is None or (topic is None and conversation.owner not in _SERVED):
                return
            try:
                await self._bring_up(conversation, topic)
                return
            except TopicGone:
                known = await self._topics.load(conversation_id)
                if known is not None:
                    logger.info("a topic was deleted in the staff group; the customer gets a new one when it is needed")
                    await self._topics.forget(known.group, known.thread)

    async def _bring_up(self, conversation: Conversation, topic: Topic | None) -> None:
        cid, served = conversation.id, conversation.owner in _SERVED
        if topic is None:
            topic = await self._create(conversation)
        turns = await self._store.turns_after(cid, topic.cursor, private=True)
        if served and topic.shown.partition(":")[0] not in _SERVED:
            topic = await self._begin(conversation, topic, turns)
        else:
            topic = await self._go_on(conversation, topic, turns, served)
        if served:
            await self._copy_files(cid, topic)
            await self._contact(conversation, topic)
        elif conversation.rating is not None and conversation.rating != topic.rating:
            await self._show(topic, cards.rating(conversation, conversation.rating))
            await self._topics.save(cid, replace(topic, rating=conversation.rating))

    async def _create(self, conversation: Conversation) -> Topic:
        """Open a topic and remember it. A stop in between waits for both: a topic nobody knows would stay for ever."""
        made = asyncio.ensure_future(self._created(conversation))
        try:
            return await asyncio.shield(made)
        except asyncio.CancelledError:
            with suppress(asyncio.CancelledError):  # told a second time: it takes too long
                await asyncio.wait({made}, timeout=_LAST_WORDS)
            await stop([made])
            raise

    async def _created(self, conversation: Conversation) -> Topic:
        topic = await self._forum.create(cards.topic_name(conversation), conversation.channel)
        await self._topics.save(conversation.id, topic, new=True)
        return topic

    async def _begin(self, conversation: Conversation, topic: Topic, turns: list[tuple[str, Turn]]) -> Topic:
        """Somebody must look: the topic is open, a card stands at its end, and below it what the card cuts."""
        if topic.shown:
            await self._forum.reopen(topic)  # whoever closed it
            await self._forum.rename(topic, cards.topic_name(conversation))
        if topic.card:
            await self._forum.buttons(topic, None)
        entry = self._desk.entry(conversation)
        text = cards.card(entry, conversation.turns, self._clock(conversation.owned_since or time.time()))
        card = await self._show(topic, text, cards.keyboard(conversation, topic.thread))
        parts = cards.left_out(turns, conversation)
        told = len(turns) - len(parts)
        cursor = turns[told - 1][0] if told else topic.cursor
        topic = replace(topic, cursor=cursor, shown=cards.state(conversation), card=card, open=True)
        await self._topics.save(conversation.id, topic)
        return await self._write(conversation.id, topic, parts)

    async def _go_on(
        self, conversation: Conversation, topic: Topic, turns: list[tuple[str, Turn]], served: bool
    ) -> Topic:
        """What was said since, and what changed."""
        changed = topic.shown != cards.state(conversation)
        if not served:  # what the bot says after it got the conversation back is none of the group's business
            last = max((place + 1 for place, (_, turn) in enumerate(turns) if turn.fence), default=0)
            turns = turns[:last] if changed else []
        parts = [(turn_id, cards.turn(turn, conversation)) for turn_id, turn in turns]
        if changed:
            parts.append((turns[-1][0] if turns else topic.cursor, cards.change(conversation)))
        topic = await self._write(conversation.id, topic, parts)
        if changed:
            await self._forum.rename(topic, cards.topic_name(conversation))
            await self._forum.buttons(topic, cards.keyboard(conversation, topic.thread))
            if conversation.owner == "closed" and topic.open:
                await self._forum.close(topic)
            topic = replace(topic, shown=cards.state(conversation), open=conversation.owner != "closed")
            await self._topics.save(conversation.id, topic)
        return topic

    async def _write(self, conversation_id: str, topic: Topic, parts: list[tuple[str, str]]) -> Topic:
        """Write the parts, each kept as told when it stands there."""
        for cursor, markup in batches(parts):
            if markup:
                await self._show(topic, markup)
            topic = replace(topic, cursor=cursor)
            await self._topics.save(conversation_id, topic)
        return topic

    async def _show(self, topic: Topic, markup: str, keyboard: InlineKeyboardMarkup | None = None) -> int:
        """Write it; what Telegram refuses for good is said to be missing, and must not hold up what follows."""
        try:
            return await self._forum.send(topic, markup, keyboard)
        except TelegramBadRequest as error:
            logger.error("a topic misses something that Telegram refuses: %s", self._safe(error))
            return await self._forum.send(topic, cards.say("missing", "en"), keyboard)

    async def _copy_files(self, conversation_id: str, topic: Topic) -> None:
        """Photos and the like of a Telegram customer, as they are."""
        for message_id in await self._topics.files(conversation_id):
            try:
                await self._forum.copy(topic, conversation_id.partition(":")[2], message_id)
            except NotCopied as error:
                await self._forum.send(topic, f"<i>{escape(f'A file could not be copied: {error}')}</i>")
            await self._topics.file_copied(conversation_id, message_id)

    async def _contact(self, conversation: Conversation, topic: Topic) -> None:
        """Where the customer can be reached, once it is left: the turns hold it masked."""
        ticket = await self._desk.ticket(conversation.id)
        reached = [way for way in (ticket.email, ticket.phone) if way] if ticket is not None else []
        sign = str(zlib.crc32("\n".join(reached).encode())) if reached else ""
        if ticket is not None and reached and sign != topic.contact:
            await self._show(topic, cards.contact(conversation, ticket.name, reached))
            await self._topics.save(conversation.id, replace(topic, contact=sign))

    async def _delete(self, thread: int) -> None:
        """Nothing is kept of the customer any more, so nothing may stay here; closed where the right is missing."""
        topic = Topic(self._group.chat_id, thread)
        try:
            await self._forum.delete(topic)
        except TopicGone:
            pass
        except (GroupUnusable, TelegramBadRequest) as error:
            logger.warning("a topic of an erased customer must be deleted by hand (%s): %s", thread, self._safe(error))
        await self._topics.forget(topic.group, thread)

    def _safe(self, error: BaseException) -> str:
        return f"{type(error).__name__}: {error}".replace(self._group.bot.token, "<token>")
