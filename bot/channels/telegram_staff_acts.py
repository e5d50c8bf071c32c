"""What an operator does in a customer's topic: take, hand back, note, transfer, close, answer, send a file, correct.

Each act returns the line that the operator is told; none reaches the customer but through the desk.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from aiogram.types import Message

from bot import canned as replies
from bot.channels import telegram_staff_card as cards
from bot.channels import telegram_staff_lines as lines
from bot.channels.telegram_delivery import NAME
from bot.channels.telegram_staff_group import Group
from bot.channels.telegram_text import escape
from bot.conversation import Conversation
from bot.storage.topics import Operator
from retrieval.errors import OwnershipConflict
from retrieval.passages import Language

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.storage.sessions import SessionStore
    from bot.storage.topics import Topics

_MOST_LISTED = 20


class Acts:
    """The desk as the group's members use it. ``reserved`` are the names of operators elsewhere (the web desk), and
    ``canned`` is the folder of canned replies.

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
        canned: Path | None = None,
    ) -> None:
        self._group, self._store, self._desk, self._topics = group, store, desk, topics
        self._reserved, self._canned = reserved, canned

    async def operator(self, user_id: int, name: str, username: str) -> Operator:
        """The member as an operator, under a name that nobody else has."""
        return await self._topics.claim(user_id, name, username, await asyncio.to_thread(self._reserved))

    async def take(self, cid: str, operator: Operator, language: Language) -> str:
        try:
            await self._desk.take(cid, operator.name)
        except OwnershipConflict:
            holder = await self._absent(cid)
            if holder is None:
                raise
            await self._desk.transfer(cid, holder, operator.name)
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

    async def canned(self, cid: str, operator: Operator, language: Language, shortcut: str, message_id: str) -> str:
        """A canned reply goes to the customer, filled; one with a gap is shown to copy. Without a name: all there are."""
        conversation = await self._store.load(cid)
        if conversation is None or self._canned is None:
            return lines.say("no_canned", language)
        found = await asyncio.to_thread(replies.for_conversation, self._canned, conversation, operator.name)
        chosen = next((reply for reply in found if reply.shortcut == shortcut.lower().removeprefix("/")), None)
        if chosen is None:
            names = ", ".join(reply.shortcut for reply in found[: _MOST_LISTED * 2])
            return lines.say("canned_how", language, names=names) if names else lines.say("no_canned", language)
        if gap := re.search(r"\[(?:name|order|operator)\]", chosen.text):
            return lines.say("canned_gap", language, gap=gap[0], text=chosen.text)
        return await self.answer(cid, operator, chosen.text, message_id) or lines.say(
            "canned_sent", language, text=chosen.text
        )

    async def answer(self, cid: str, operator: Operator, text: str, message_id: str) -> str:
        """The words go to the customer, once."""
        if not await self._came_before(cid, message_id):
            await self._desk.reply(cid, operator.name, text, message_id=message_id)
        return ""

    async def send_file(self, cid: str, operator: Operator, language: Language, message: Message, kind: str) -> str:
        """A photo and the like goes to a Telegram customer as it is; other channels carry text only."""
        channel = cid.partition(":")[0]
        conversation = await self._store.load(cid)
        held = conversation is not None and conversation.owner == "human" and conversation.operator == operator.name
        if held and channel != NAME:
            return lines.say("text_only", language, channel=channel)
        # The courier knows by the "f" that it must copy the message itself.
        return await self.answer(cid, operator, f"[{kind}] {message.caption or ''}", f"s{message.message_id}f")

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

    async def _absent(self, cid: str) -> str | None:
        """The holder, where it is somebody who has left the group: nobody else could ever take the conversation."""
        conversation = await self._store.load(cid)
        for user, operator in (await self._topics.operators()).items():
            if conversation is not None and conversation.operator == operator.name and not await self._group.has(user):
                return operator.name
        return None

    async def _came_before(self, cid: str, message_id: str) -> bool:
        """Whether this message of the group is in the conversation already: an update may come twice."""
        conversation: Conversation | None = await self._store.load(cid)
        return conversation is not None and any(turn.message_id == message_id for turn in conversation.turns)
