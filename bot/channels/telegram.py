"""The Telegram channel: takes updates by long polling or webhook, and delivers what the bot and people say."""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import Chat, Message, Update, User
from pydantic import ValidationError

from bot.channels import telegram_lines as lines
from bot.channels.base import ShopText, stop
from bot.channels.telegram_buttons import Buttons
from bot.channels.telegram_checks import make_bot
from bot.channels.telegram_delivery import NAME, REQUEST_SECONDS, Courier
from bot.channels.telegram_front import THREAD, Front, Recent, last_thread
from bot.channels.telegram_messages import Messages
from bot.channels.telegram_patience import LONGEST_PAUSE
from bot.channels.telegram_presence import Drafts, Typing
from bot.channels.telegram_staff import StaffDesk, StaffGroup
from bot.channels.web_security import RateLimit
from retrieval.errors import InputError, StorageUnavailable

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.intake import Intake
    from bot.storage.customers import Customers
    from bot.storage.outbox import Outbox
    from bot.storage.sessions import SessionStore

logger = logging.getLogger(__name__)

WANTED = ["message", "edited_message", "callback_query", "my_chat_member"]
_POLL_SECONDS = 25
_HANDLING_SECONDS = 60.0

_WEBHOOK_PATH = "/telegram/webhook"


class TelegramChannel:
    """Serves one bot. An update is done with only when what it asks for is stored; nothing in one stops the bot.

    With ``webhook_url`` the updates come through ``feed`` under ``webhook_secret`` (one is made up where none is
    set), otherwise by polling. ``staff`` is the group whose members are operators. One person may send
    ``messages_a_minute``. The token never reaches a log.
    """

    name = NAME

    def __init__(
        self,
        token: str,
        intake: Intake,
        store: SessionStore,
        outbox: Outbox,
        desk: Desk,
        *,
        customers: Customers,
        shop: ShopText,
        api_url: str | None = None,
        webhook_url: str | None = None,
        webhook_secret: str | None = None,
        staff: StaffGroup | None = None,
        messages_a_minute: int = 30,
        first_pause: float = 1.0,
        draft_step: float = 1.0,
    ) -> None:
        self._bot = make_bot(token, api_url)
        self._webhook_url = webhook_url
        self._secret = webhook_secret or secrets.token_urlsafe(32)
        self._first_pause = first_pause
        self._seen = Recent()
        drafts = Drafts(self._bot, step=draft_step)
        typing = Typing(self._bot, intake.busy)

        async def before(chat_id: int) -> None:
            await drafts.finish(chat_id)

        async def last(conversation_id: str) -> int | None:
            return await last_thread(store, conversation_id)

        async def lost(conversation_id: str, why: str) -> None:
            if self._staff is not None:
                await self._staff.lost(conversation_id, why)

        courier = Courier(
            self._bot,
            outbox,
            before=before,
            thread_of=last,
            lost=lost,
            staff=staff.chat_id if staff is not None else None,
            first_pause=first_pause,
        )
        self._staff: StaffDesk | None = None
        if staff is not None:
            self._staff = StaffDesk(self._bot, staff, store, desk, courier, first_pause=first_pause)
        self._front = Front(
            self._bot,
            intake,
            store,
            customers,
            desk,
            courier,
            typing,
            drafts,
            shop,
            limit=RateLimit(messages_a_minute, 60),
            relay=self._staff.relay if self._staff is not None else None,
        )
        self._messages = Messages(self._front)
        self._buttons = Buttons(self._front)

    async def run(self) -> None:
        """Serve until cancelled. Raises InputError where Telegram refuses the token."""
        tasks = [asyncio.create_task(self._serve()), asyncio.create_task(self._front.courier.run())]
        if self._staff is not None:
            tasks.append(asyncio.create_task(self._staff.mirror.run()))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await stop(tasks)
            await self._front.typing.close()
            await self._front.drafts.close()
            await self._front.courier.close()
            await self._bot.session.close()

    async def feed(self, secret: str | None, update: dict[str, Any]) -> bool:
        """Take an update that came over the webhook; False for a wrong secret.

        What it asks for is stored when this returns, or the customer was told that it could not be.
        """
        if not hmac.compare_digest((secret or "").encode(), self._secret.encode()):
            return False
        if (parsed := self._parse(update)) is not None:
            await self._handle(parsed)
        return True

    # --- taking updates ---

    async def _serve(self) -> None:
        await self._introduce()
        if self._webhook_url:
            await asyncio.Event().wait()
        await self._poll()

    async def _introduce(self) -> None:
        """Learn the own name, set the menu and the way of updates; tried until Telegram answers."""
        pause = self._first_pause
        while True:
            try:
                self._front.username = (await self._bot.get_me(request_timeout=REQUEST_SECONDS)).username or ""
                if self._webhook_url:
                    await self._bot.set_webhook(
                        _address(self._webhook_url),
                        secret_token=self._secret,
                        allowed_updates=WANTED,
                        request_timeout=REQUEST_SECONDS,
                    )
                else:
                    await self._bot.delete_webhook(request_timeout=REQUEST_SECONDS)
                logger.info("Telegram: @%s is there", self._front.username)
                return await self._set_menu()
            except (TelegramUnauthorizedError, TelegramNotFound) as error:
                raise InputError(
                    "Telegram refuses the token", "copy TELEGRAM_BOT_TOKEN from @BotFather again"
                ) from error
            except (AiogramError, OSError, TimeoutError) as error:
                pause = await self._pause(error, pause)

    async def _set_menu(self) -> None:
        """The commands in both languages; a bot without its menu answers as well."""
        try:
            await self._bot.set_my_commands(lines.commands("en"), request_timeout=REQUEST_SECONDS)
            await self._bot.set_my_commands(lines.commands("zh"), language_code="zh", request_timeout=REQUEST_SECONDS)
        except (AiogramError, OSError, TimeoutError) as error:
            logger.warning("the menu could not be set: %s", self._safe(f"{type(error).__name__}: {error}"))

    async def _poll(self) -> None:
        """Ask for updates for ever; the next are asked for when these are stored."""
        offset, pause = None, self._first_pause
        while True:
            try:
                updates = await self._bot.get_updates(
                    offset=offset,
                    timeout=_POLL_SECONDS,
                    allowed_updates=WANTED,
                    request_timeout=_POLL_SECONDS + REQUEST_SECONDS,
                )
                pause = self._first_pause
            except ClientDecodeError as error:  # one update of a kind that nobody knew: take the others
                found = error.data.get("result") if isinstance(error.data, dict) else None
                raw = [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
                numbers = [item["update_id"] for item in raw if isinstance(item.get("update_id"), int)]
                offset = max(numbers) + 1 if numbers else offset
                await self._handle_all([update for item in raw if (update := self._parse(item)) is not None])
                if not numbers:
                    pause = await self._pause(error, pause)
                continue
            except (AiogramError, OSError, TimeoutError, ValueError) as error:
                pause = await self._pause(error, pause)
                continue
            await self._handle_all(updates)
            if updates:
                offset = max(update.update_id for update in updates) + 1

    async def _pause(self, error: Exception, pause: float) -> float:
        """Wait before asking Telegram again; the pause of the next time."""
        logger.warning("Telegram: %s", self._safe(f"{type(error).__name__}: {error}"))
        await asyncio.sleep(float(error.retry_after) if isinstance(error, TelegramRetryAfter) else pause)
        return min(pause * 2, LONGEST_PAUSE)

    def _parse(self, update: dict[str, Any]) -> Update | None:
        try:
            return Update.model_validate(update, context={"bot": self._bot})
        except (ValidationError, RecursionError):
            logger.warning("an update that cannot be read is passed over: %.40s", update.get("update_id"))
            return None

    # --- handling them ---

    async def _handle_all(self, updates: Sequence[Update]) -> None:
        """A chat's updates one after the other, different chats beside each other."""
        chats: dict[int, list[Update]] = {}
        for update in updates:
            chat, _ = whose(update)
            chats.setdefault(chat.id if chat is not None else 0, []).append(update)

        async def one_by_one(mine: list[Update]) -> None:
            for update in mine:
                await self._handle(update)

        await asyncio.gather(*(one_by_one(mine) for mine in chats.values()))

    async def _handle(self, update: Update) -> None:
        """Do what an update asks for. Never raises but when cancelled."""
        if not self._seen.first(update.update_id):
            return
        chat, user = whose(update)
        THREAD.set(thread_of(update))
        try:
            async with asyncio.timeout(_HANDLING_SECONDS):
                await self._dispatch(update)
        except StorageUnavailable as error:
            self._seen.forget(update.update_id)
            logger.warning("an update could not be stored: %s", error)
            if chat is not None and (self._staff is None or chat.id != self._staff.chat_id):
                self._front.apologise(chat, user, text=_text(update))
        except Exception:
            logger.error("update %s failed: %s", update.update_id, self._safe(traceback.format_exc()))
            if chat is not None and chat.type == "private":
                self._front.apologise(chat, user, "failed", text=_text(update))

    async def _dispatch(self, update: Update) -> None:
        chat, _ = whose(update)
        if self._staff is not None and chat is not None and chat.id == self._staff.chat_id:
            await self._staff.handle(update, self._front.username)
        elif update.message is not None:
            await self._messages.new(update.message)
        elif update.edited_message is not None:
            await self._messages.edited(update.edited_message)
        elif update.callback_query is not None:
            await self._buttons.pressed(update.callback_query)
        elif update.my_chat_member is not None:
            await self._messages.membership(update.my_chat_member)
        # Everything else (channel posts, reactions, polls, payments) is none of a support bot's business.

    def _safe(self, text: str) -> str:
        return text.replace(self._bot.token, "<token>")


def whose(update: Update) -> tuple[Chat | None, User | None]:
    """The chat and the person an update belongs to."""
    if update.message is not None:
        return update.message.chat, update.message.from_user
    if update.edited_message is not None:
        return update.edited_message.chat, update.edited_message.from_user
    if update.callback_query is not None:
        message = update.callback_query.message
        return (message.chat if message is not None else None), update.callback_query.from_user
    if update.my_chat_member is not None:
        return update.my_chat_member.chat, update.my_chat_member.from_user
    return None, None


def thread_of(update: Update) -> int | None:
    """The topic that an update stands in, in a private chat or a group with topics."""
    message = update.message or update.edited_message
    if update.callback_query is not None and isinstance(update.callback_query.message, Message):
        message = update.callback_query.message
    return message.message_thread_id if message is not None and message.is_topic_message else None


def _text(update: Update) -> str:
    message = update.message or update.edited_message
    return "" if message is None else message.text or message.caption or ""


def _address(url: str) -> str:
    """The webhook's address: as it is given, or our path where only the site is."""
    return url if urlsplit(url).path.strip("/") else url.rstrip("/") + _WEBHOOK_PATH
