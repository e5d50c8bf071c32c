"""What the bot does to a topic: opens, names, writes, closes and deletes it, as Telegram's rules for forums want it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram.enums import ParseMode
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
)
from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions

from bot.channels.telegram_delivery import REQUEST_SECONDS
from bot.channels.telegram_staff_group import Group, TopicGone, topic_gone, unchanged, was_closed
from bot.channels.telegram_text import LIMIT, plain, split, units
from bot.storage.topics import Topic

logger = logging.getLogger(__name__)

_COLOURS = {"telegram": 0x6FB9F0, "web": 0xFFD67E}  # two of the six that Telegram allows
_LONGEST_NAME = 128


class NotCopied(Exception):
    """A message that is gone, may not be copied, or stands in a chat that is closed to the bot."""


class Forum:
    """The topics of one group. Every method raises TopicGone for a deleted topic, GroupUnusable for missing rights."""

    def __init__(self, group: Group) -> None:
        self._group, self._bot = group, group.bot

    async def create(self, name: str, channel: str) -> Topic:
        made = await self._group.call(
            lambda: self._bot.create_forum_topic(
                self._group.chat_id,
                name[:_LONGEST_NAME],
                icon_color=_COLOURS.get(channel),
                request_timeout=REQUEST_SECONDS,
            )
        )
        return Topic(self._group.chat_id, made.message_thread_id)

    async def rename(self, topic: Topic, name: str) -> None:
        await self._do(self._bot.edit_forum_topic, topic, name=name[:_LONGEST_NAME])

    async def close(self, topic: Topic) -> None:
        await self._do(self._bot.close_forum_topic, topic)

    async def reopen(self, topic: Topic) -> None:
        await self._do(self._bot.reopen_forum_topic, topic)

    async def delete(self, topic: Topic) -> None:
        await self._do(self._bot.delete_forum_topic, topic)

    async def send(self, topic: Topic, markup: str, keyboard: InlineKeyboardMarkup | None = None) -> int:
        """Write Telegram HTML into the topic, in as many messages as it needs; the last one's id."""
        pieces, message_id = split(markup), 0
        for number, piece in enumerate(pieces):
            message_id = await self._piece(topic, piece, keyboard if number == len(pieces) - 1 else None)
        return message_id

    async def copy(self, topic: Topic, chat_id: str, message_id: int) -> None:
        """A message of another chat, as it is. Raises NotCopied where Telegram refuses: that says nothing of the group."""
        try:
            await self._group.patiently(
                lambda: self._bot.copy_message(
                    self._group.chat_id,
                    chat_id,
                    message_id,
                    message_thread_id=topic.thread,
                    request_timeout=REQUEST_SECONDS,
                )
            )
        except (TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat, TelegramNotFound) as error:
            if topic_gone(error):
                raise TopicGone from error
            raise NotCopied(error.message) from error

    async def buttons(self, topic: Topic, keyboard: InlineKeyboardMarkup | None) -> None:
        """The card's buttons; a card that is gone or too old stays as it is."""
        if not topic.card:
            return
        try:
            await self._group.call(
                lambda: self._bot.edit_message_reply_markup(
                    chat_id=topic.group,
                    message_id=topic.card,
                    reply_markup=keyboard,
                    request_timeout=REQUEST_SECONDS,
                )
            )
        except TelegramBadRequest as error:
            if not unchanged(error):
                logger.info("a card's buttons stay: %s", error.message)

    async def _piece(self, topic: Topic, piece: str, keyboard: InlineKeyboardMarkup | None) -> int:
        """One message; a topic that somebody closed by hand is opened for it."""
        marked, reopened = True, False
        while True:
            try:
                sent = await self._group.call(
                    lambda: self._bot.send_message(
                        topic.group,
                        piece if marked else plain(piece),  # noqa: B023
                        message_thread_id=topic.thread,
                        parse_mode=ParseMode.HTML if marked else None,  # noqa: B023
                        link_preview_options=LinkPreviewOptions(is_disabled=True),
                        reply_markup=keyboard,
                        request_timeout=REQUEST_SECONDS,
                    )
                )
                return sent.message_id
            except ClientDecodeError:  # it arrived; only the answer could not be read
                return 0
            except TelegramBadRequest as error:
                if was_closed(error) and not reopened:
                    reopened = True
                    await self.reopen(topic)
                elif marked:
                    logger.warning("a topic gets plain text: %s", error.message.replace(self._bot.token, "<token>"))
                    marked = False
                else:
                    raise

    async def _do(self, ask: Callable[..., Awaitable[bool]], topic: Topic, **fields: Any) -> None:
        """A forum method; what is so already is no error."""
        try:
            await self._group.call(lambda: ask(topic.group, topic.thread, request_timeout=REQUEST_SECONDS, **fields))
        except TelegramBadRequest as error:
            if not unchanged(error):
                raise


def batches(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Neighbouring parts joined into messages that fit: a group takes few messages a minute."""
    joined: list[tuple[str, str]] = []
    for cursor, markup in parts:
        last = joined[-1][1] if joined else ""
        if joined and (not last or not markup or units(plain(f"{last}\n\n{markup}")) <= LIMIT):
            joined[-1] = (cursor, "\n\n".join(part for part in (last, markup) if part))
        else:
            joined.append((cursor, markup))
    return joined
