"""What every Telegram update may do: hand words to the intake, say a line, say sorry, know the language."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiogram import Bot
from aiogram.types import Chat, InlineKeyboardMarkup, User

from bot import lines as spoken
from bot.channels import telegram_lines as lines
from bot.channels.base import ShopText
from bot.channels.telegram_delivery import NAME, Courier, Parcel
from bot.channels.telegram_presence import Drafts, Typing
from bot.channels.telegram_text import escape
from bot.channels.web_security import RateLimit
from bot.conversation import IncomingMessage
from bot.spoken import Say, silence
from retrieval.errors import FrontdeskError, StorageUnavailable
from retrieval.language import detect
from retrieval.passages import Language

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.intake import Intake
    from bot.storage.customers import Customers
    from bot.storage.sessions import SessionStore

logger = logging.getLogger(__name__)

# The topic of the update that is being handled: whatever is said because of it stands there too.
THREAD: ContextVar[int | None] = ContextVar("thread", default=None)


class Recent:
    """Remembers the last ``size`` keys with a value, so that what comes again is known."""

    def __init__(self, size: int = 4096) -> None:
        self._size = size
        self._kept: OrderedDict[Hashable, float] = OrderedDict()

    def first(self, key: Hashable, *, within: float = float("inf")) -> bool:
        """Whether the key is new, or was last new more than ``within`` seconds ago."""
        now = time.monotonic()
        if key in self._kept and now - self._kept[key] < within:
            return False
        self._kept[key] = now
        self._kept.move_to_end(key)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)
        return True

    def forget(self, key: Hashable) -> None:
        self._kept.pop(key, None)


def conversation(chat: Chat) -> str:
    """The conversation's id: one for each chat."""
    return f"{NAME}:{chat.id}"


async def last_thread(store: SessionStore, conversation_id: str) -> int | None:
    """The topic in which the customer wrote last; None for a chat without topics, or where Redis does not answer."""
    try:
        known = await store.load(conversation_id)
    except StorageUnavailable:
        return None
    asked = [turn.message_id for turn in known.turns if turn.author == "customer"] if known is not None else []
    thread = asked[-1].partition("/")[2] if asked else ""
    return int(thread) if thread.isdecimal() else None


def code(user: User | None) -> Language:
    """The language of the user's Telegram."""
    return "zh" if user is not None and (user.language_code or "").lower().startswith("zh") else "en"


@dataclass(slots=True)
class Front:
    """The channel's parts as its handlers use them; ``username`` is the bot's, once it is known."""

    bot: Bot
    intake: Intake
    store: SessionStore
    customers: Customers
    desk: Desk
    courier: Courier
    typing: Typing
    drafts: Drafts
    shop: ShopText
    limit: RateLimit
    username: str = ""
    relay: Callable[[str, int], Awaitable[None]] | None = None  # has a message copied to the staff group as it is
    apologies: Recent = field(default_factory=Recent)
    limited: Recent = field(default_factory=Recent)

    def allows(self, chat: Chat, user: User | None, text: str = "") -> bool:
        """Whether the person may send one more now; else they are told, once a minute, that this is not read."""
        who = f"{chat.id}:{user.id if user is not None else 0}"
        if self.limit.allows(who):
            return True
        if self.limited.first(who, within=60.0):
            logger.warning("%s sends too much; what comes above the limit is not read", who)
            self.tell(chat, lines.say("too_many", detect(text, code(user))))
        return False

    async def submit(
        self,
        chat: Chat,
        user: User | None,
        message_id: str,
        text: str,
        sent_at: float,
    ) -> bool:
        """Have the text answered: stored durably when this returns. False when it came before.

        The answer goes to the topic that the text stands in: its number is kept in the message's id.

        Raises StorageUnavailable where it could not be stored.
        """
        thread = THREAD.get()
        message = IncomingMessage(
            NAME,
            conversation(chat),
            message_id if thread is None else f"{message_id}/{thread}",
            text,
            sent_at,
            name=user.first_name if user is not None and not user.is_bot else None,
            language=code(user),
        )

        def say_for(joined: IncomingMessage) -> Say:
            return self.drafts.begin(chat.id, joined.message_id, thread) if chat.type == "private" else silence

        async def failed(error: FrontdeskError) -> None:
            await self.drafts.finish(chat.id)
            self.apologise(chat, user, "unavailable" if isinstance(error, StorageUnavailable) else "failed", text=text)

        if not await self.intake.submit(message, say_for, failed=failed):
            return False
        self.typing.show(chat.id, message.conversation_id, thread)
        return True

    def tell(
        self, chat: Chat, markup: str, keyboard: InlineKeyboardMarkup | None = None, *, reply_to: int | None = None
    ) -> None:
        """Say a line of the channel's own; in a group it answers the message it belongs to."""
        answers = reply_to if chat.type != "private" else None
        self.courier.post(Parcel(chat.id, markup, keyboard, answers, thread=THREAD.get()))

    def apologise(self, chat: Chat, user: User | None, key: str = "unavailable", *, text: str = "") -> None:
        """Say that we cannot answer; once in a while, not for every message of a burst."""
        if self.apologies.first(chat.id, within=10.0):
            self.tell(chat, escape(spoken.say(key, detect(text, code(user)))))

    async def waiting(self, chat: Chat, language: Language) -> str | None:
        """What to tell somebody who asks for a person and waits for one already, or has one."""
        known = await self.store.load(conversation(chat))
        if known is None or known.owner not in ("queued", "human"):
            return None
        if known.owner == "human":
            return lines.say("with_human", language)
        place = await self.desk.place(known.id)
        return spoken.say("waiting", language, place=max(1, place), hours=self.shop.hours(language))

    async def language(self, chat: Chat, user: User | None) -> Language:
        """The language that was chosen or spoken here, or else that of the user's Telegram."""
        try:
            known = await self.store.load(conversation(chat))
            customer = known.customer if known is not None else await self.customers.load(conversation(chat))
        except StorageUnavailable:
            return code(user)
        return customer.language or (known.language if known is not None else None) or code(user)
