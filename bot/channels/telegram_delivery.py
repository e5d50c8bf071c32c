"""Sends what the customer must read: each chat in its order, until Telegram has taken it or never will."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
)
from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters

from bot.channels import telegram_lines as lines
from bot.channels.telegram_patience import LONGEST_PAUSE, patiently
from bot.channels.telegram_text import escape, plain, split, to_html
from retrieval.errors import FrontdeskError
from retrieval.language import detect

if TYPE_CHECKING:
    from bot.storage.outbox import Delivery, Outbox

logger = logging.getLogger(__name__)

NAME = "telegram"
REQUEST_SECONDS = 20  # a call to Telegram takes longer only when it is lost
_MOST_WAITING = 500  # parcels in all; the outbox keeps the rest
_MOST_IN_CHAT = 50
_FILE = re.compile(r"s(\d+)f")  # the turn of a file that an operator sent from the staff group


@dataclass(slots=True)
class Parcel:
    """A message for one chat as Telegram HTML, the keyboard under its last piece, and the delivery it fulfils.

    ``thread`` is the topic of the chat that it belongs to; ``copy`` is a message of the staff group that goes to the
    chat as it is, instead of the words.
    """

    chat_id: int
    markup: str
    keyboard: InlineKeyboardMarkup | None = None
    reply_to: int | None = None
    delivery_id: str | None = None
    final: bool = False
    thread: int | None = None
    copy: int | None = None


class Courier:
    """Delivers the outbox and the channel's own lines. ``before`` is awaited with the chat before an answer goes out.

    ``thread_of`` tells in which topic the customer of a conversation wrote last, for lines that answer no message;
    ``lost`` is called with the conversation whose customer could not be reached, and why. Files are copied from the
    chat ``staff``.

    A delivery is acknowledged after Telegram took its last piece, or refused it for good; so a crash in between
    sends it again rather than never.
    """

    def __init__(
        self,
        bot: Bot,
        outbox: Outbox,
        *,
        before: Callable[[int], Awaitable[None]],
        thread_of: Callable[[str], Awaitable[int | None]],
        lost: Callable[[str, str], Awaitable[None]],
        staff: int | None = None,
        first_pause: float = 1.0,
    ) -> None:
        self._bot = bot
        self._outbox = outbox
        self._before = before
        self._thread_of = thread_of
        self._lost = lost
        self._staff = staff
        self._first_pause = first_pause
        self._waiting: dict[int, deque[Parcel]] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._taken: set[str] = set()
        self._acknowledging: set[asyncio.Task[None]] = set()
        self._count = 0

    def post(self, parcel: Parcel) -> bool:
        """Queue a message behind the others of its chat; False where too much waits."""
        queue = self._waiting.get(parcel.chat_id, deque())
        if parcel.delivery_id is None and (self._count >= _MOST_WAITING or len(queue) >= _MOST_IN_CHAT):
            logger.warning("chat %s: a line is dropped, too many wait", parcel.chat_id)
            return False
        queue.append(parcel)
        self._waiting[parcel.chat_id] = queue
        self._count += 1
        if parcel.chat_id not in self._tasks:
            self._tasks[parcel.chat_id] = asyncio.create_task(self._serve(parcel.chat_id))
        return True

    async def run(self) -> None:
        """Take from the outbox until cancelled; Redis being gone only makes it wait."""
        pause = self._first_pause
        try:
            while True:
                try:
                    if self._count >= _MOST_WAITING:
                        await asyncio.sleep(0.5)
                        continue
                    for delivery in await self._outbox.next(NAME, held=self._taken, lost=self._give_up):
                        await self._take(delivery)
                    pause = self._first_pause
                except FrontdeskError as error:
                    logger.warning("the outbox waits: %s", error)
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
                except Exception as error:
                    logger.error("the outbox failed: %s", self._safe(error))
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
        finally:
            await self.close()

    async def close(self) -> None:
        tasks = [*self._tasks.values(), *self._acknowledging]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()
        self._waiting.clear()
        self._count = 0

    async def _take(self, delivery: Delivery) -> None:
        parcel = parcel_of(delivery)
        if parcel is None:
            logger.error("delivery %s has no Telegram chat or no words", delivery.id)
            await self._outbox.acknowledge(NAME, delivery.id)
            return
        if parcel.thread is None and delivery.turn.author in ("human", "system"):
            parcel.thread = await self._thread_of(delivery.conversation_id)
        self._taken.add(delivery.id)
        self.post(parcel)

    async def _give_up(self, delivery: Delivery) -> None:
        await self._lost(delivery.conversation_id, f"given up after {delivery.attempt - 1} attempts")

    async def _serve(self, chat_id: int) -> None:
        queue = self._waiting[chat_id]
        try:
            while queue:
                parcel = queue.popleft()
                self._count -= 1
                try:
                    if parcel.final:
                        await self._before(chat_id)
                    await self._send(parcel)
                except Exception as error:
                    logger.error("chat %s: a message failed: %s", chat_id, self._safe(error))
                    if parcel.delivery_id is not None:
                        self._taken.discard(parcel.delivery_id)  # the outbox hands it out again
                else:
                    if parcel.delivery_id is not None:
                        task = asyncio.create_task(self._acknowledge(parcel.delivery_id))
                        self._acknowledging.add(task)
                        task.add_done_callback(self._acknowledging.discard)
        finally:
            self._waiting.pop(chat_id, None)
            self._tasks.pop(chat_id, None)

    async def _acknowledge(self, delivery_id: str) -> None:
        """The message has arrived: say so until Redis hears it, or it would arrive again. Nobody waits for it."""
        pause = self._first_pause
        try:
            while True:
                try:
                    return await self._outbox.acknowledge(NAME, delivery_id)
                except FrontdeskError as error:
                    logger.warning("delivery %s waits to be acknowledged: %s", delivery_id, error)
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
        finally:
            self._taken.discard(delivery_id)

    async def _send(self, parcel: Parcel) -> None:
        pieces = split(parcel.markup) if parcel.copy is None else [parcel.markup]
        for index, piece in enumerate(pieces):
            keyboard = parcel.keyboard if index == len(pieces) - 1 else None
            refused = await self._piece(parcel, piece, keyboard, parcel.reply_to if index == 0 else None)
            if refused is not None:
                if parcel.final:
                    await self._lost(f"{NAME}:{parcel.chat_id}", refused)
                return

    async def _piece(
        self, parcel: Parcel, piece: str, keyboard: InlineKeyboardMarkup | None, reply_to: int | None
    ) -> str | None:
        """Send one piece until Telegram takes it; why it never will, where that is so."""
        marked = True
        while True:
            give = partial(self._give, parcel, piece, keyboard, reply_to, marked)
            try:
                await patiently(give, f"chat {parcel.chat_id}", self._first_pause)
                return None
            except TelegramMigrateToChat as error:
                parcel.chat_id = error.migrate_to_chat_id
            except TelegramBadRequest as error:
                if parcel.thread is not None and "thread" in error.message.lower():
                    parcel.thread = None  # the customer deleted that topic
                elif parcel.copy is not None:
                    logger.warning("chat %s: a file is refused: %s", parcel.chat_id, self._safe(error))
                    return error.message
                elif marked:
                    logger.warning("chat %s: sent as plain text: %s", parcel.chat_id, self._safe(error))
                    marked = False
                elif keyboard is not None or reply_to is not None:
                    keyboard = reply_to = None
                else:
                    logger.error("chat %s: Telegram refuses a message: %s", parcel.chat_id, self._safe(error))
                    return error.message
            except (TelegramForbiddenError, TelegramNotFound) as error:
                logger.info("chat %s cannot be reached: %s", parcel.chat_id, self._safe(error))
                return error.message
            except ClientDecodeError as error:  # it arrived; only the answer could not be read
                logger.warning("chat %s: an answer of Telegram's is unreadable: %s", parcel.chat_id, self._safe(error))
                return None

    async def _give(
        self, parcel: Parcel, piece: str, keyboard: InlineKeyboardMarkup | None, reply_to: int | None, marked: bool
    ) -> None:
        if parcel.copy is not None and self._staff is not None:
            await self._bot.copy_message(
                parcel.chat_id,
                self._staff,
                parcel.copy,
                message_thread_id=parcel.thread,
                request_timeout=REQUEST_SECONDS,
            )
            return
        await self._bot.send_message(
            parcel.chat_id,
            piece if marked else plain(piece),
            message_thread_id=parcel.thread,
            parse_mode=ParseMode.HTML if marked else None,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=keyboard,
            reply_parameters=None
            if reply_to is None
            else ReplyParameters(message_id=reply_to, allow_sending_without_reply=True),
            request_timeout=REQUEST_SECONDS,
        )

    def _safe(self, error: BaseException) -> str:
        return f"{type(error).__name__}: {error}".replace(self._bot.token, "<token>")


def parcel_of(delivery: Delivery) -> Parcel | None:
    """The message that brings a turn to its customer; None where it has no chat or no words."""
    channel, _, address = delivery.conversation_id.partition(":")
    turn = delivery.turn
    try:
        chat_id = int(address)
    except ValueError:
        return None
    if channel != NAME or turn.private or not turn.text.strip():
        return None
    language = detect(turn.text)
    markup, keyboard = to_html(turn.text), None
    if turn.author == "bot":
        markup += f"\n\n{extra}" if (extra := lines.sources(turn, language)) else ""
        keyboard = lines.under_answer(turn, language)
    elif turn.author == "human" and turn.operator:
        markup = f"<b>{escape(turn.operator)}</b>\n{markup}"
    elif turn.ask_rating:
        keyboard = lines.rating()
    answers, _, thread = turn.message_id.partition("/")
    reply_to = int(answers) if chat_id < 0 and answers.isdecimal() else None
    file = _FILE.fullmatch(turn.message_id) if turn.author == "human" else None
    return Parcel(
        chat_id,
        markup,
        keyboard,
        reply_to,
        delivery.id,
        final=True,
        thread=int(thread) if thread.isdecimal() else None,
        copy=int(file[1]) if file is not None else None,
    )
