"""What a press on one of the bot's buttons does; pressed twice, it does the same once."""

from __future__ import annotations

import logging
import time
from dataclasses import replace

from aiogram.exceptions import AiogramError
from aiogram.types import CallbackQuery, Chat, InaccessibleMessage, InlineKeyboardMarkup

from bot import lines as spoken
from bot.channels import telegram_lines as lines
from bot.channels.telegram_delivery import REQUEST_SECONDS
from bot.channels.telegram_front import Front, Recent, code, conversation
from bot.channels.telegram_text import escape
from retrieval.errors import StorageUnavailable
from retrieval.passages import Language

logger = logging.getLogger(__name__)


class Buttons:
    """Answers callback queries. Their data is a letter and short ids; what they mean is found in the store."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._answered = Recent()

    async def pressed(self, query: CallbackQuery) -> None:
        """Do what the button says, and tell Telegram in any case that the press was seen."""
        notice = ""
        try:
            if self._answered.first(query.id):
                notice = await self._do(query)
        except StorageUnavailable:
            self._answered.forget(query.id)
            notice = spoken.say("unavailable", code(query.from_user))
        finally:
            try:
                await self._front.bot.answer_callback_query(
                    query.id, text=notice[:200] or None, request_timeout=REQUEST_SECONDS
                )
            except (AiogramError, OSError, TimeoutError) as error:
                logger.info("a press could not be confirmed: %s", type(error).__name__)

    async def _do(self, query: CallbackQuery) -> str:
        """Carry it out; the notice that the customer sees for a moment."""
        if query.message is None:
            return ""
        chat = query.message.chat
        letter, _, rest = (query.data or "").partition(":")
        if not self._front.allows(chat, query.from_user):
            return lines.say("too_many", code(query.from_user))
        language = await self._front.language(chat, query.from_user)
        if letter == "h":
            waits = await self._front.waiting(chat, language)
            return waits if waits is not None else await self._ask(query, chat, lines.HUMAN[language])
        if letter == "s":
            return await self._suggestion(query, chat, rest, language)
        if letter == "q":
            return await self._question(query, chat, rest, language)
        if letter == "v":
            return await self._vote(query, chat, rest, language)
        if letter == "r" and rest in ("1", "2", "3", "4", "5"):
            return await self._rate(query, chat, int(rest), language)
        if letter == "l" and rest in ("en", "zh"):
            return await self._language(query, chat, "zh" if rest == "zh" else "en")
        if letter in ("f", "k"):
            return await self._forget(query, chat, letter == "f", rest, language)
        return "" if letter == "n" else lines.say("expired", language)

    async def _ask(self, query: CallbackQuery, chat: Chat, text: str) -> str:
        """The button's words become the customer's, and stand in the chat like them."""
        if await self._front.submit(chat, query.from_user, f"c{query.id}", text, time.time()):
            self._front.tell(chat, f"<blockquote>{escape(text)}</blockquote>")
        return ""

    async def _suggestion(self, query: CallbackQuery, chat: Chat, rest: str, language: Language) -> str:
        spoken_in, _, number = rest.partition(":")
        questions = self._front.shop.suggestions("zh" if spoken_in == "zh" else "en")
        if not number.isdecimal() or int(number) >= len(questions):
            return lines.say("expired", language)
        return await self._ask(query, chat, questions[int(number)])

    async def _question(self, query: CallbackQuery, chat: Chat, rest: str, language: Language) -> str:
        message_id, _, number = rest.rpartition(":")
        reply = await self._front.store.reply_to(conversation(chat), message_id)
        if reply is None or not number.isdecimal() or int(number) >= len(reply.suggestions):
            return lines.say("expired", language)
        return await self._ask(query, chat, reply.suggestions[int(number)])

    async def _vote(self, query: CallbackQuery, chat: Chat, rest: str, language: Language) -> str:
        message_id, _, vote = rest.rpartition(":")
        helpful = vote == "1"
        # The thumbs go with the first vote; one who presses both at once has voted once.
        if self._answered.first(("vote", chat.id, message_id)):
            try:
                await self._front.store.feedback(conversation(chat), message_id, helpful)
            except StorageUnavailable:
                self._answered.forget(("vote", chat.id, message_id))
                raise
            await self._keyboard(query, lines.after_vote(_keyboard_of(query), helpful))
        return lines.say("thanks_up" if helpful else "thanks_down", language)

    async def _rate(self, query: CallbackQuery, chat: Chat, score: int, language: Language) -> str:
        """The first tap counts; the stars show what was given, also where an earlier tap gave it."""
        first = await self._front.store.rate(conversation(chat), score)
        known = await self._front.store.load(conversation(chat))
        given = known.rating if known is not None else None
        if given is None:
            return lines.say("expired", language)
        await self._keyboard(query, lines.after_rating(given))
        return spoken.say("rated", language, score=given) if first else spoken.say("rated_before", language)

    async def _language(self, query: CallbackQuery, chat: Chat, language: Language) -> str:
        cid = conversation(chat)
        customer = await self._front.customers.load(cid)
        await self._front.customers.save(cid, replace(customer, language=language))
        await self._keyboard(query, None)
        self._front.tell(chat, lines.say("language_kept", language))
        return ""

    async def _forget(self, query: CallbackQuery, chat: Chat, erase: bool, asker: str, language: Language) -> str:
        if asker != str(query.from_user.id):
            return lines.say("not_yours", language)
        if erase:
            await self._front.customers.erase(conversation(chat))
        await self._keyboard(query, None)
        self._front.tell(chat, lines.say("forgotten" if erase else "kept", language))
        return ""

    async def _keyboard(self, query: CallbackQuery, markup: InlineKeyboardMarkup | None) -> None:
        """Change the pressed message's keyboard; an old message that cannot be changed stays as it is."""
        if query.message is None:
            return
        try:
            await self._front.bot.edit_message_reply_markup(
                chat_id=query.message.chat.id,
                message_id=query.message.message_id,
                reply_markup=markup,
                request_timeout=REQUEST_SECONDS,
            )
        except (AiogramError, OSError, TimeoutError) as error:
            logger.info("a keyboard could not be changed: %s", type(error).__name__)


def _keyboard_of(query: CallbackQuery) -> InlineKeyboardMarkup | None:
    message = query.message
    return None if message is None or isinstance(message, InaccessibleMessage) else message.reply_markup
