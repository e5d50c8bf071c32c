"""The staff group as a desk: its updates in, each to the customer's conversation whose topic they stand in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from aiogram import Bot
from aiogram.enums import ContentType
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommandScopeChat, CallbackQuery, Message, Update, User

from bot.channels import telegram_staff_lines as lines
from bot.channels.telegram_delivery import REQUEST_SECONDS, Courier, Parcel
from bot.channels.telegram_front import Recent, code
from bot.channels.telegram_messages import KINDS
from bot.channels.telegram_staff_acts import Acts
from bot.channels.telegram_staff_command import read
from bot.channels.telegram_staff_forum import Forum
from bot.channels.telegram_staff_group import Group, GroupUnusable, TopicGone
from bot.channels.telegram_staff_topics import Mirror
from bot.channels.telegram_text import escape, with_links
from bot.storage.topics import Operator, Topic
from retrieval.errors import FrontdeskError, OwnershipConflict, StorageUnavailable
from retrieval.passages import Language

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.storage.sessions import SessionStore
    from bot.storage.topics import Topics

logger = logging.getLogger(__name__)

_HINT_SECONDS = 60.0  # between two hints to one person in one topic that it is not theirs


class Aside(str):
    """A hint to people who may only be talking to each other: said now and then, not after every line."""


@dataclass(frozen=True, slots=True)
class StaffGroup:
    """The group whose members are operators; ``reserved`` are the names of operators of the web desk.

    ``utc_offset`` in hours is the shop's clock; every ``every`` seconds all topics are looked through; that somebody
    is a member is believed for ``believed`` seconds. ``canned`` is the folder of canned replies.
    """

    chat_id: int
    topics: Topics
    reserved: Callable[[], Collection[str]] = tuple
    utc_offset: float = 0.0
    every: float = 60.0
    believed: float = 300.0
    canned: Path | None = None


class StaffDesk:
    """Serves the staff group. Nothing here raises but cancellation: an operator is told what did not work."""

    def __init__(
        self,
        bot: Bot,
        options: StaffGroup,
        store: SessionStore,
        desk: Desk,
        courier: Courier,
        *,
        first_pause: float = 1.0,
    ) -> None:
        self.chat_id = options.chat_id
        self._bot, self._courier, self._topics, self._offset = bot, courier, options.topics, options.utc_offset
        self._group = Group(bot, options.chat_id, believed=options.believed, first_pause=first_pause)
        self._acts = Acts(self._group, store, desk, options.topics, reserved=options.reserved, canned=options.canned)
        self.mirror = Mirror(
            self._group,
            store,
            desk,
            options.topics,
            clock=self._clock,
            ready=self._set_menu,
            every=options.every,
            first_pause=first_pause,
        )
        self._pressed = Recent()
        self._hinted = Recent()

    async def handle(self, update: Update, username: str) -> None:
        """Do what an update of the group asks for; ``username`` is the bot's."""
        if update.callback_query is not None:
            await self._press(update.callback_query)
        elif update.message is not None:
            await self._message(update.message, username)
        elif update.edited_message is not None:
            await self._edit(update.edited_message)
        elif update.my_chat_member is not None:
            self.mirror.look_again()

    async def relay(self, conversation_id: str, message_id: int) -> None:
        """Copy a customer's message into the topic as it is."""
        if not await self._topics.add_file(conversation_id, message_id):
            logger.warning("a file of %s is not copied, too many wait", conversation_id)
        self.mirror.wake(conversation_id)

    async def lost(self, conversation_id: str, why: str) -> None:
        """A line did not reach its customer: whoever serves them must know."""
        try:
            topic = await self._topics.load(conversation_id)
        except StorageUnavailable:
            return
        if topic is not None and topic.group == self.chat_id:
            told = (lines.say("unreachable", language, why=why) for language in ("en", "zh"))
            self._tell(topic.thread, f"⚠️ {' '.join(told)}")

    # --- messages ---

    async def _message(self, message: Message, username: str) -> None:
        user, thread = message.from_user, message.message_thread_id if message.is_topic_message else None
        if user is None:
            return
        if message.sender_chat is not None or user.is_bot:
            if message.sender_chat is not None and message.sender_chat.id == self.chat_id and thread is not None:
                self._hint(message, lines.say("anonymous", code(user)))
            return
        language, text = code(user), with_links(message.text or "", message.entities).strip()
        command = read(text or with_links(message.caption or "", message.caption_entities).strip())
        if command is not None and (command.bot or username).lower() != username.lower():
            return
        closed_by_hand = message.content_type == ContentType.FORUM_TOPIC_CLOSED
        kind = KINDS.get(ContentType(message.content_type))
        if command is None and not text and not closed_by_hand and kind is None:
            return  # pins, names, arrivals: the group's own business

        async def act() -> str:
            if command is not None and command.name in ("help", "start"):
                return lines.say("help", language)
            if command is not None and command.name == "queue":
                known = await self._operator(user)
                waiting = await self._acts.queue(language) if known else escape(lines.say("members_only", language))
                self._tell(thread, waiting, message.message_id, html=True)
                return ""
            cid = await self._topics.conversation(self.chat_id, thread) if thread is not None else None
            if cid is None:
                return lines.say("no_customer", language) if command is not None else ""
            operator = await self._operator(user)
            if operator is None:
                return Aside(lines.say("members_only", language))
            if closed_by_hand:
                return await self._closed_by_hand(cid, operator, language, thread or 0)
            if command is not None:
                rest = f"[{kind}] {command.rest}" if command.name == "note" and kind is not None else command.rest
                return await self._command(cid, operator, language, message, command.name, rest)
            if text:
                return await self._acts.answer(cid, operator, text, f"s{message.message_id}")
            return await self._acts.send_file(cid, operator, language, message, kind or "")

        told = await self._guarded(
            act, thread, language, not closed_by_hand and (command is None or command.name == "canned")
        )
        if told:
            self._hint(message, told)

    async def _command(
        self, cid: str, operator: Operator, language: Language, message: Message, name: str, rest: str
    ) -> str:
        """The answer to a command; nothing where the topic itself shows what it did."""
        acts = self._acts
        if name == "take":
            await acts.take(cid, operator, language)
        elif name in ("release", "back", "bot"):
            await acts.release(cid, operator, language)
        elif name == "close":
            await acts.close(cid, operator, language, rest)
        elif name == "note":
            return await acts.note(cid, operator, language, rest, f"s{message.message_id}")
        elif name == "canned":
            return await acts.canned(cid, operator, language, rest, f"s{message.message_id}")
        elif name == "transfer":
            mentioned = [entity.user for entity in message.entities or () if entity.user is not None]
            if mentioned and await self._group.has(mentioned[0].id):
                colleague = await acts.operator(mentioned[0].id, mentioned[0].first_name, mentioned[0].username or "")
                rest = colleague.name
            return await acts.transfer(cid, operator, language, rest)
        else:
            return lines.say("help", language)
        return ""

    async def _closed_by_hand(self, cid: str, operator: Operator, language: Language, thread: int) -> str:
        """Closing the topic in Telegram closes the conversation; one that a colleague holds is opened again."""
        try:
            await self._acts.close(cid, operator, language)
        except OwnershipConflict:
            try:
                await Forum(self._group).reopen(Topic(self.chat_id, thread))
            except (TopicGone, GroupUnusable, AiogramError) as error:
                logger.info("a topic stays closed: %s", type(error).__name__)
            raise
        return ""

    async def _edit(self, message: Message) -> None:
        user, thread = message.from_user, message.message_thread_id
        text = with_links(message.text or "", message.entities).strip()
        if user is None or user.is_bot or thread is None or not message.is_topic_message or not text:
            return
        language = code(user)

        async def act() -> str:
            cid, operator = await self._topics.conversation(self.chat_id, thread), await self._operator(user)
            if cid is None or operator is None:
                return ""
            if (command := read(text)) is not None:
                return "" if command.name else lines.say("help", language)
            return await self._acts.correct(cid, operator, text, message.message_id, message.edit_date or 0)

        told = await self._guarded(act, thread, language, True)
        if told:
            self._hint(message, told)

    # --- buttons ---

    async def _press(self, query: CallbackQuery) -> None:
        """Do what a card's button says; a conflict is shown as an alert."""
        language, told, alert = code(query.from_user), "", False
        act, _, number = (query.data or "").partition(":")
        thread = int(number) if number.isdecimal() else 0
        done = {"take": self._acts.take, "back": self._acts.release, "close": self._acts.close}.get(act)
        if done is not None and self._pressed.first(query.id):
            succeeded: list[bool] = []

            async def do() -> str:
                cid = await self._topics.conversation(self.chat_id, thread)
                if cid is None:
                    return lines.say("erased", language)
                operator = await self._operator(query.from_user)
                if operator is None:
                    return lines.say("members_only", language)
                line = await done(cid, operator, language)
                succeeded.append(True)
                return line

            told = await self._guarded(do, thread, language, False)
            alert = not succeeded
        try:
            await self._bot.answer_callback_query(
                query.id, text=told[:200] or None, show_alert=alert and bool(told), request_timeout=REQUEST_SECONDS
            )
        except (AiogramError, OSError, TimeoutError) as error:
            logger.info("a press could not be confirmed: %s", type(error).__name__)

    # --- parts ---

    async def _guarded(
        self, act: Callable[[], Awaitable[str]], thread: int | None, language: Language, sends: bool
    ) -> str:
        """What the act says, or why it was not done; ``sends`` where it was meant for the customer."""
        try:
            try:
                return await act()
            except OwnershipConflict:
                cid = await self._topics.conversation(self.chat_id, thread or 0)
                why = await self._acts.whose(cid, language) if cid is not None else lines.say("no_customer", language)
                return Aside(lines.say("not_sent", language, why=why)) if sends else why
        except (FrontdeskError, AiogramError, OSError, TimeoutError) as error:
            why = error.problem if isinstance(error, FrontdeskError) else "Telegram does not answer"
            logger.warning("an operator's act was not done: %s", type(error).__name__)
            return lines.say("unavailable", language, why=why)

    async def _operator(self, user: User) -> Operator | None:
        """The member as an operator; None for everybody else."""
        if not await self._group.has(user.id):
            return None
        return await self._acts.operator(user.id, user.first_name, user.username or "")

    def _hint(self, message: Message, text: str) -> None:
        """Answer a message in its topic."""
        thread = message.message_thread_id if message.is_topic_message else None
        who = message.from_user.id if message.from_user else 0
        if not isinstance(text, Aside) or self._hinted.first((thread, who, text), within=_HINT_SECONDS):
            self._tell(thread, text, message.message_id)

    def _tell(self, thread: int | None, text: str, reply_to: int | None = None, *, html: bool = False) -> None:
        self._courier.post(Parcel(self.chat_id, text if html else escape(text), reply_to=reply_to, thread=thread))

    def _clock(self, seconds: float) -> str:
        local = datetime.fromtimestamp(seconds, UTC).astimezone(timezone(timedelta(hours=self._offset)))
        return f"{local:%H:%M}"

    async def _set_menu(self) -> None:
        """The group's own commands; a desk without its menu works as well."""
        scope = BotCommandScopeChat(chat_id=self.chat_id)
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                await self._bot.set_my_commands(lines.commands("en"), scope=scope)
                await self._bot.set_my_commands(lines.commands("zh"), scope=scope, language_code="zh")
        except (AiogramError, OSError, TimeoutError) as error:
            logger.info("the staff group's menu could not be set: %s", type(error).__name__)
