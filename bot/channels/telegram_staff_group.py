"""The staff group as Telegram has it: whether it can be a desk, who is in it, and calls that outlast a flood."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
)
from aiogram.types import TelegramObject

from bot.channels.telegram_delivery import REQUEST_SECONDS
from bot.channels.telegram_patience import patiently
from retrieval.errors import FrontdeskError, InputError

logger = logging.getLogger(__name__)

T = TypeVar("T")

_MOST_MEMBERS = 1000
_GONE = ("thread not found", "topic_id_invalid", "topic_deleted", "topic not found")
_UNUSABLE = ("not enough rights", "admin_required", "not a forum", "chat not found", "rights_")


class TopicGone(Exception):
    """The topic was deleted in Telegram."""


class GroupUnusable(FrontdeskError):
    """The group cannot serve as a desk now; the message says what must be changed."""


class Group:
    """One supergroup with topics. A membership is believed for some seconds before it is asked for again."""

    def __init__(self, bot: Bot, chat_id: int, *, believed: float = 300.0, first_pause: float = 1.0) -> None:
        self.bot = bot
        self.chat_id = chat_id
        self._believed, self._first_pause = believed, first_pause
        self._members: dict[int, tuple[float, bool]] = {}

    async def check(self) -> str:
        """The group's title. Raises InputError naming the one thing that keeps it from being a desk."""
        try:
            chat = await _raw(self.bot.get_chat(self.chat_id, request_timeout=REQUEST_SECONDS))
            title = chat.get("title") or self.chat_id
            if chat.get("type") != "supergroup" or not chat.get("is_forum"):
                raise InputError(f"the staff group {title!r} has no topics", "turn on Topics in the group's settings")
            me = await _raw(self.bot.get_chat_member(self.chat_id, self.bot.id, request_timeout=REQUEST_SECONDS))
        except (TelegramBadRequest, TelegramForbiddenError, TelegramNotFound) as error:
            raise InputError(
                f"the bot does not see the staff group {self.chat_id} ({error.message})",
                "add the bot to the group and set TELEGRAM_STAFF_CHAT_ID to the group's id (it begins with -100)",
            ) from error
        if me.get("status") != "administrator" or not me.get("can_manage_topics"):
            raise InputError(
                f"the bot may not manage topics in the staff group {title!r}",
                "make it an administrator with the right Manage topics",
            )
        if not me.get("can_delete_messages"):
            logger.info("the bot may not delete messages in the staff group: topics of erased customers stay there")
        return str(title)

    async def has(self, user_id: int) -> bool:
        """Whether the person is a member. Raises AiogramError where Telegram does not say."""
        now = time.monotonic()
        known = self._members.get(user_id)
        if known is not None and now - known[0] < self._believed:
            return known[1]
        try:
            member = await _raw(self.bot.get_chat_member(self.chat_id, user_id, request_timeout=REQUEST_SECONDS))
        except TelegramBadRequest:  # nobody whom the group ever saw
            return False
        inside = member.get("status") in ("creator", "administrator", "member") or member.get("is_member") is True
        if len(self._members) >= _MOST_MEMBERS:
            self._members.clear()
        self._members[user_id] = (now, inside)
        return inside

    async def patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask until Telegram answers. Raises what it refuses for good."""
        return await patiently(ask, "the staff desk", self._first_pause)

    async def call(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask about the group until Telegram answers.

        Raises TopicGone, GroupUnusable, or TelegramBadRequest for anything else that is refused.
        """
        try:
            return await self.patiently(ask)
        except TelegramMigrateToChat as error:
            raise GroupUnusable(
                f"the staff group has a new id, {error.migrate_to_chat_id}", "set TELEGRAM_STAFF_CHAT_ID to it"
            ) from error
        except TelegramForbiddenError as error:
            raise GroupUnusable(f"the staff group is closed to the bot ({error.message})", "add it again") from error
        except (TelegramBadRequest, TelegramNotFound) as error:
            if topic_gone(error):
                raise TopicGone from error
            if any(sign in error.message.lower() for sign in _UNUSABLE):
                raise GroupUnusable(f"the staff group refuses ({error.message})", "see frontdesk doctor") from error
            raise


async def _raw(asked: Awaitable[TelegramObject]) -> dict[str, Any]:
    """The answer as it is written: a server that is older or newer than our library leaves fields out."""
    try:
        return (await asked).model_dump()
    except ClientDecodeError as error:
        result = error.data.get("result") if isinstance(error.data, dict) else None
        if not isinstance(result, dict):
            raise
        return result


def unchanged(error: AiogramError) -> bool:
    """Whether Telegram refused only because it is so already."""
    return "not_modified" in (words := str(error).lower()) or "not modified" in words


def topic_gone(error: AiogramError) -> bool:
    """Whether Telegram refused because the topic was deleted."""
    words = str(error).lower()
    return any(sign in words for sign in _GONE)


def was_closed(error: AiogramError) -> bool:
    return "topic_closed" in str(error).lower()
