"""What an operator does in a customer's topic: take, hand back, note, transfer, close, answer, send a file, correct.

Each act returns the line that the operator is told; none reaches the customer but through the desk.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING

from aiogram.exceptions import TelegramAPIError
from aiogram.types import Message

from bot.channels import telegram_staff_card as cards
from bot.channels import telegram_staff_lines as lines
from bot.channels.telegram_delivery import NAME, REQUEST_SECONDS
from bot.channels.telegram_staff_group import Group, patiently
from bot.channels.telegram_text import escape
from bot.conversation import Conversation, Turn
from bot.storage.topics import Operator
from retrieval.errors import OwnershipConflict
from retrieval.passages import Language

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.storage.sessions import SessionStore
    from bot.storage.topics import Topics

_SEND_SECONDS = 40.0  # that a file may take on its way to the customer, floods included
_MOST_LISTED = 20


class Acts:
    """The desk as the group's members use it. ``reserved`` are the names of operators elsewhere (the web desk).

    Raises OwnershipConflict where somebody else holds the conversation, InputError for an unknown one.
    """

    def __init__(
        self,
        group: Group,
        store: SessionStore,
        desk: Desk,
        topics: Topics,
        *,
        reserved: Callable[[], Collection[str]],
        thread_of: Callable[[str], Awaitable[int | None]],
    ) -> None:
        self._group, self._store, self._desk, self._topics = group, store, desk, topics
        self._reserved, self._thread_of = reserved, thread_of

    async def operator(self, user_id: int, name: str, username: str) -> Operator:
        """The member as an operator, under a name that nobody else has."""
        return await self._topics.claim(user_id, name, username, await asyncio.to_thread(self._reserved))

    async def take(self, cid: str, operator: Operator, language: Language) -> str:
        await self._desk.take(cid, operator.name)
        return lines.say("taken", language)

    async def release(self, cid: str, operator: Operator, language: Language) -> str:
        await self._desk.hand_back(cid, operator.name)
        return lines.say("handed_back", language)

    async def close(self, cid: str, operator: Operator, language: Language, reason: str = "") -> str:
        known = await self._store.load(cid)
        if known is None or known.owner != "closed":
            await self._desk.close(cid, operator.name, reason)
        return lines.say("closed", language)

    async def note(self, cid: str, operator: Operator, language: Language, text: str, message_id: str) -> str:
        if not text:
            return lines.say("empty_note", language)
        if not await self._came_before(cid, message_id):
            await self._desk.note(cid, operator.name, text, message_id=message_id)
        return lines.say("noted", language)

    async def transfer(self, cid: str, operator: Operator, language: Language, wanted: str) -> str:
        """To a colleague by @username or name: one who wrote in this group, or one of the web desk."""
        known = [*(await self._topics.operators()).values()]
        elsewhere = await asyncio.to_thread(self._reserved)
        sought = wanted.removeprefix("@").strip().casefold()
        for colleague in known:
            if sought and sought in (colleague.username.casefold(), colleague.name.casefold()):
                await self._desk.transfer(cid, operator.name, colleague.name)
                return ""
        for name in elsewhere:
            if sought and sought == name.casefold():
                await self._desk.transfer(cid, operator.name, name)
                return ""
        names = sorted({colleague.name for colleague in known} | set(elsewhere))
        return lines.say("transfer_how", language, names=", ".join(names[:30]) or "-")

    async def answer(self, cid: str, operator: Operator, text: str, message_id: str) -> str:
        """The words go to the customer, once."""
        if not await self._came_before(cid, message_id):
            await self._desk.reply(cid, operator.name, text, message_id=message_id)
        return ""

    async def send_file(self, cid: str, operator: Operator, language: Language, message: Message, kind: str) -> str:
        """A photo and the like goes to a Telegram customer as it is; other channels carry text only."""
        conversation = await self._store.load(cid)
        held = conversation is not None and conversation.owner == "human" and conversation.operator == operator.name
        if conversation is None or not held:
            raise OwnershipConflict("you do not hold this conversation", "take it first")
        if conversation.channel != NAME:
            return lines.say("text_only", language, channel=conversation.channel)
        message_id = f"s{message.message_id}"
        if await self._came_before(cid, message_id):
            return ""
        chat_id, thread = cid.partition(":")[2], await self._thread_of(cid)
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                await patiently(
                    lambda: self._group.bot.copy_message(
                        chat_id,
                        message.chat.id,
                        message.message_id,
                        message_thread_id=thread,
                        request_timeout=REQUEST_SECONDS,
                    )
                )
        except TelegramAPIError as error:
            return lines.say("refused", language, why=error.message)
        text = f"[{kind}] {message.caption or ''}".strip()
        turn = Turn("human", text, time.time(), message_id, operator=operator.name)
        await self._store.append(cid, turn, deliver=False)
        return ""

    async def correct(self, cid: str, operator: Operator, text: str, message_id: int, edited: int) -> str:
        """An answer that was edited goes to the customer again, as a correction; an unchanged one does not."""
        conversation = await self._store.load(cid)
        if conversation is None:
            return ""
        mine = [turn for turn in conversation.turns if turn.message_id.partition(".")[0] == f"s{message_id}"]
        corrected = lines.say("correction", cards.language(conversation), text=text)
        if not mine or mine[-1].private or mine[-1].text in (text, corrected):
            return ""
        return await self.answer(cid, operator, corrected, f"s{message_id}.{edited}")

    async def queue(self, language: Language) -> str:
        """Who waits, the most urgent first, with links to their topics; as Telegram HTML."""
        listed: list[str] = []
        for number, entry in enumerate((await self._desk.queue())[:_MOST_LISTED], 1):
            topic = await self._topics.load(entry.conversation.id)
            name = escape(cards.who(entry.conversation))
            if topic is not None and topic.group == self._group.chat_id:
                place = str(topic.group).removeprefix("-100")
                name = f'<a href="https://t.me/c/{place}/{topic.thread}">{name}</a>'
            minutes = lines.say("minutes", language, minutes=int(entry.waiting_seconds // 60))
            why = escape("; ".join(entry.reasons)[:120])
            listed.append(f"{number}. {name} · {escape(entry.conversation.channel)} · {minutes} · {why}")
        return "\n".join(listed) or lines.say("nobody", language)

    async def whose(self, cid: str, language: Language) -> str:
        """Who has the conversation, in words."""
        conversation = await self._store.load(cid)
        if conversation is None:
            return lines.say("erased", language)
        return lines.say(f"is_{conversation.owner}", language, operator=conversation.operator or "?")

    async def _came_before(self, cid: str, message_id: str) -> bool:
        """Whether this message of the group is in the conversation already: an update may come twice."""
        conversation: Conversation | None = await self._store.load(cid)
        return conversation is not None and any(turn.message_id == message_id for turn in conversation.turns)
