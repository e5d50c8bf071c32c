"""Shows that an answer is being written: the typing line, and in private chats the words as they come."""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import Callable

from aiogram import Bot
from aiogram.enums import ChatAction, ParseMode
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramNotFound

from bot.channels.telegram_text import split, to_html

logger = logging.getLogger(__name__)

_STEP = 1.0  # seconds between two drafts of an answer
_QUICK = 5  # seconds that a sign of life may take; nothing depends on it


class Typing:
    """Keeps "typing..." alive in a chat while ``busy`` says so, at most ``longest`` seconds."""

    def __init__(
        self, bot: Bot, busy: Callable[[str], bool], *, every: float = 4.0, step: float = 0.2, longest: float = 120.0
    ) -> None:
        self._bot = bot
        self._busy = busy
        self._every = every
        self._step = step
        self._longest = longest
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def show(self, chat_id: int, conversation_id: str, thread: int | None = None) -> None:
        """Begin, unless it is shown there already."""
        if chat_id not in self._tasks:
            self._tasks[chat_id] = asyncio.create_task(self._keep(chat_id, conversation_id, thread))

    def stop(self, chat_id: int) -> None:
        if (task := self._tasks.pop(chat_id, None)) is not None:
            task.cancel()

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()

    async def _keep(self, chat_id: int, conversation_id: str, thread: int | None) -> None:
        loop = asyncio.get_running_loop()
        end, due = loop.time() + self._longest, 0.0
        try:
            while self._busy(conversation_id) and loop.time() < end:
                if loop.time() >= due:
                    due = loop.time() + self._every
                    try:
                        await self._bot.send_chat_action(
                            chat_id, ChatAction.TYPING, message_thread_id=thread, request_timeout=_QUICK
                        )
                    except (AiogramError, OSError, TimeoutError):
                        logger.debug("chat %s: typing could not be shown", chat_id)
                await asyncio.sleep(self._step)
        finally:
            if self._tasks.get(chat_id) is asyncio.current_task():
                del self._tasks[chat_id]


class Drafts:
    """The drafts under way, one a chat. Where Telegram does not take drafts, none is sent any more."""

    def __init__(self, bot: Bot, *, step: float = _STEP) -> None:
        self._bot = bot
        self.step = step
        self._drafts: dict[int, Draft] = {}
        self.supported = True

    def begin(self, chat_id: int, message_id: str, thread: int | None = None) -> Draft:
        """A ``say`` whose pieces appear in the chat as they come."""
        if (former := self._drafts.pop(chat_id, None)) is not None:
            former.end()
        number = zlib.crc32(message_id.encode()) % (2**31 - 1) + 1  # never 0, which Telegram refuses
        self._drafts[chat_id] = draft = Draft(self, chat_id, number, thread)
        return draft

    async def finish(self, chat_id: int) -> None:
        """No draft may appear after the whole message: stop, and wait for the one that is being sent."""
        draft = self._drafts.pop(chat_id, None)
        if draft is not None:
            draft.end()
            if draft.sending is not None:
                await asyncio.wait([draft.sending], timeout=_QUICK)

    async def close(self) -> None:
        for chat_id in list(self._drafts):
            await self.finish(chat_id)

    async def send(self, chat_id: int, draft_id: int, text: str, thread: int | None = None) -> bool:
        """Send one draft; False where it failed, which harms nobody."""
        pieces = split(to_html(text))
        if not pieces or not self.supported:
            return self.supported
        try:
            return await self._bot.send_message_draft(
                chat_id,
                draft_id,
                text=pieces[0],
                message_thread_id=thread,
                parse_mode=ParseMode.HTML,
                request_timeout=_QUICK,
            )
        except TelegramNotFound:
            logger.info("Telegram takes no drafts; answers are sent whole")
            self.supported = False
        except TelegramBadRequest as error:
            logger.info("chat %s takes no drafts: %s", chat_id, error.message.replace(self._bot.token, "<token>"))
        except (AiogramError, OSError, TimeoutError):
            logger.debug("chat %s: a draft was lost", chat_id)
        return False


class Draft:
    """One answer as it is being said. Called with a piece, it returns at once; the words are sent beside it."""

    def __init__(self, drafts: Drafts, chat_id: int, draft_id: int, thread: int | None) -> None:
        self._drafts = drafts
        self._chat_id = chat_id
        self._draft_id = draft_id
        self._thread = thread
        self._text = ""
        self._over = False
        self.sending: asyncio.Task[None] | None = None

    async def __call__(self, piece: str) -> None:
        self._text += piece
        if not self._over and (self.sending is None or self.sending.done()):
            self.sending = asyncio.create_task(self._send())

    def end(self) -> None:
        self._over = True

    async def _send(self) -> None:
        shown = ""
        while not self._over and shown != self._text:
            shown = self._text
            if not await self._drafts.send(self._chat_id, self._draft_id, shown, self._thread):
                self._over = True
                return
            for _ in range(max(1, int(self._drafts.step / 0.05))):
                if self._over:
                    return
                await asyncio.sleep(0.05)
