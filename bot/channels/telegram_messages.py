"""Telegram's messages: commands, questions, and what cannot be read."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable

from aiogram.enums import ContentType
from aiogram.types import ChatMemberUpdated, Message

from bot import lines as spoken
from bot.channels import telegram_lines as lines
from bot.channels.base import begin_anew
from bot.channels.telegram_front import Front, Recent, conversation
from bot.channels.telegram_text import escape
from bot.conversation import Turn
from bot.turn import clean
from generation import safety
from retrieval.errors import OwnershipConflict, StorageUnavailable
from retrieval.passages import Language

_COMMAND = re.compile(r"/(\w{1,64})(?:@(\w+))?(?:\s+|$)")
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")  # what a deep link may carry
_QUESTION = re.compile(r"q([1-9])")
_NUMBER = re.compile(r"\d+")
_GROUPS = ("group", "supergroup")
_WORDLESS = ("forget", "help", "language", "privacy")
_PART_OF_IT = re.compile(
    r"me|everything|policy|english|chinese|.{0,3}", re.IGNORECASE
)  # of such a command, and no question
_OLD_EDIT = 600.0  # seconds after which the bot takes an edit for a preview or a pin, not for a correction
_SERVED = ("human", "queued")
# Worth an answer although there is nothing to read; anything else without words is Telegram's own business.
KINDS = {
    ContentType.VOICE: "voice message",
    ContentType.AUDIO: "audio",
    ContentType.PHOTO: "photo",
    ContentType.LIVE_PHOTO: "photo",
    ContentType.STICKER: "sticker",
    ContentType.VIDEO: "video",
    ContentType.VIDEO_NOTE: "video",
    ContentType.ANIMATION: "animation",
    ContentType.DOCUMENT: "document",
    ContentType.LOCATION: "location",
    ContentType.VENUE: "location",
    ContentType.CONTACT: "contact",
    ContentType.POLL: "poll",
    ContentType.DICE: "dice",
    ContentType.STORY: "story",
    ContentType.GAME: "game",
    ContentType.PAID_MEDIA: "media",
    ContentType.CHECKLIST: "checklist",
}


class Messages:
    """Answers messages. Raises StorageUnavailable where a message could not be stored."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._albums = Recent()
        self._unread = Recent()
        self._texts = Recent()

    async def new(self, message: Message) -> None:
        """A message: a command, a question, or something that is no text."""
        text = self._words(message)
        if not self._is_ours(message) or not self._front.allows(message.chat, message.from_user, text):
            return
        self._texts.first((message.chat.id, message.message_id, hash(text)))
        if (read := self._read(text, in_group=message.chat.type in _GROUPS)) is None:
            return
        name, words = read
        if name:
            words = await self._command(message, name, words)
        if words:
            relayed = await self._relay(message)
            await self._ask(message, str(message.message_id), f"[{relayed}] {words}" if relayed else words)
        elif message.content_type in KINDS:
            await self._unreadable(message, KINDS[ContentType(message.content_type)])
        elif not name and message.content_type == ContentType.TEXT:  # a group's bare mention of the bot
            await self._command(message, "help", "")

    async def edited(self, message: Message) -> None:
        """A corrected question is answered anew, and a person who is awaited or serves reads a correction of any age.

        An edit that changed no word is not read, nor what a command does done again.
        """
        text = self._words(message)
        read = self._read(text, in_group=message.chat.type in _GROUPS)
        if read is None or not read[1] or not self._is_ours(message):
            return
        changed = self._texts.first((message.chat.id, message.message_id, hash(text)))
        age = time.time() - message.date.timestamp()
        if not changed or (age >= _OLD_EDIT and not await self._corrects(message, read[1])):
            return
        if self._front.allows(message.chat, message.from_user, text):
            await self._ask(message, f"{message.message_id}.{message.edit_date or 0}", read[1])

    async def _corrects(self, message: Message, words: str) -> bool:
        """Whether a person is to read the edited words, and they are others than the ones that are kept."""
        known = await self._front.store.load(conversation(message.chat))
        if known is None or known.owner not in _SERVED:
            return False
        kept, edited = f"\n{_kept(known.turns, message.message_id)}\n", safety.mask(clean(words))
        kind = KINDS.get(ContentType(message.content_type))
        return f"\n{edited}\n" not in kept and f"\n[{kind}] {edited}\n" not in kept

    async def membership(self, change: ChatMemberUpdated) -> None:
        """Added to a group: say how to ask. Blocked or left: nothing to do, deliveries fail quietly."""
        joined = change.new_chat_member.status in ("member", "administrator", "restricted")
        before = change.old_chat_member.status in ("member", "administrator", "restricted", "creator")
        if change.chat.type in _GROUPS and joined and not before:
            language = await self._front.language(change.chat, change.from_user)
            shop = self._front.shop.title(language)
            self._front.tell(change.chat, lines.say("group", language, shop=shop, bot=self._front.username))

    async def _ask(self, message: Message, message_id: str, text: str) -> None:
        await self._front.submit(message.chat, message.from_user, message_id, text, _sent_at(message))

    def _read(self, text: str, *, in_group: bool) -> tuple[str, str] | None:
        """The command, "" where the text is none, and the words with it; None for another bot's command.

        A name that the bot does not know begins an ordinary message; in a group it may be another's.
        """
        command, ours = _COMMAND.match(text), self._front.username.lower()
        if command is None:
            return "", text
        if (command[2] or ours).lower() != ours:
            return None
        name, rest = command[1].lower(), text[command.end() :].strip()
        if name in lines.COMMANDS:
            return name, "" if name in _WORDLESS and _PART_OF_IT.fullmatch(rest) else rest
        if in_group and not command[2]:
            return None
        return ("", text) if rest else ("help", "")

    async def _command(self, message: Message, name: str, rest: str) -> str:
        """Do what the command says; the words that are still to be asked."""
        front, chat, user = self._front, message.chat, message.from_user
        language = await front.language(chat, user)
        reply_to = message.message_id
        if name == "start":
            if (question := self._linked(rest, language)) is not None:
                front.tell(chat, lines.start(front.shop, language, None))
                return question
            who = user.first_name if user is not None and chat.type == "private" else None
            front.tell(chat, lines.start(front.shop, language, who), lines.beginning(front.shop, language))
            return "" if _PAYLOAD.fullmatch(rest) else rest
        if name == "human":
            waits = None if rest else await front.waiting(chat, language)
            if waits is None:
                return f"{lines.HUMAN[language]}. {rest}".rstrip(". ")
            front.tell(chat, escape(waits), reply_to=reply_to)
        elif name == "new":
            await self._begin_anew(message)
        elif name == "language":
            keys = lines.rows([lines.button("English", "l:en"), lines.button("中文", "l:zh")])
            front.tell(chat, lines.say("language", language), keys, reply_to=reply_to)
        elif name == "forget":
            who_id = user.id if user is not None else 0
            yes = lines.button(lines.say("forget_yes", language), f"f:{who_id}")
            keys = lines.rows([yes], [lines.button(lines.say("forget_no", language), f"k:{who_id}")])
            front.tell(chat, lines.say("forget", language), keys, reply_to=reply_to)
        elif name == "privacy":
            front.tell(chat, escape(front.shop.privacy(language)), reply_to=reply_to)
        else:
            hours = front.shop.hours(language)
            keys = lines.rows([lines.person(language)])
            front.tell(chat, lines.say("help", language, hours=hours), keys, reply_to=reply_to)
        return rest

    def _linked(self, payload: str, language: Language) -> str | None:
        """What a deep link t.me/<bot>?start=<payload> asks: "human", or "q1" for the first suggested question."""
        if payload == "human":
            return lines.HUMAN[language]
        questions = self._front.shop.suggestions(language)
        number = _QUESTION.fullmatch(payload)
        if number is None or int(number[1]) > len(questions):
            return None  # a link's mark of where the customer comes from, or a mistake: a plain start
        return questions[int(number[1]) - 1]

    async def _begin_anew(self, message: Message) -> None:
        """Fence what was said before; back to the bot, unless a human has the conversation."""
        front, chat = self._front, message.chat
        language = await front.language(chat, message.from_user)
        cid = conversation(chat)
        line = Turn("system", lines.say("new", language), time.time(), fence=True)
        try:
            await begin_anew(front.store, cid, line, deliver=True)
        except OwnershipConflict:
            front.tell(chat, lines.say("new_human", language), reply_to=message.message_id)

    async def _unreadable(self, message: Message, kind: str) -> None:
        """Whoever serves or will serve the customer is told what came; otherwise say that only text is read."""
        front, chat = self._front, message.chat
        relayed = await self._relay(message)
        if message.media_group_id and not self._albums.first((chat.id, message.media_group_id)):
            return
        language = await front.language(chat, message.from_user)
        try:
            known = await front.store.load(conversation(chat))
            if known is not None and known.owner in _SERVED:
                await self._ask(message, str(message.message_id), f"[{kind}]")
        except StorageUnavailable:
            pass  # the line below needs no storage
        if relayed:
            return
        if self._unread.first(chat.id, within=3.0):
            keys = lines.rows([lines.person(language)])
            front.tell(chat, escape(spoken.say("text_only", language)), keys, reply_to=message.message_id)

    async def _relay(self, message: Message) -> str | None:
        """Have a photo and the like copied to the staff group where a human serves the customer; what it is."""
        kind = KINDS.get(ContentType(message.content_type))
        if kind is None or self._front.relay is None:
            return None
        known = await self._front.store.load(conversation(message.chat))
        if known is None or known.owner not in _SERVED:
            return None
        await self._front.relay(known.id, message.message_id)
        return kind

    def _is_ours(self, message: Message) -> bool:
        """From a person, in private or addressed to the bot in a group."""
        if message.from_user is None or (message.from_user.is_bot and message.sender_chat is None):
            return False
        if message.chat.type == "private":
            return True
        if message.chat.type not in _GROUPS or message.is_automatic_forward:
            return False
        raw = message.text or message.caption or ""
        if _COMMAND.match(raw):
            return True
        answered = message.reply_to_message.from_user if message.reply_to_message else None
        to_us = answered is not None and answered.is_bot and (answered.username or "") == self._front.username
        return bool(self._front.username) and (to_us or self._mention().search(raw) is not None)

    def _mention(self) -> re.Pattern[str]:
        return re.compile(rf"@{re.escape(self._front.username)}\b", re.IGNORECASE)

    def _words(self, message: Message) -> str:
        text = message.text or message.caption or ""
        if message.chat.type in _GROUPS and self._front.username and not text.startswith("/"):
            text = self._mention().sub("", text)
        return text.strip()


def _kept(turns: Iterable[Turn], message_id: int) -> str:
    """What is kept of a message: its last turn, or that of the burst in which it was read."""
    numbered = [
        (int(number[0]), turn.text)
        for turn in turns
        if turn.author == "customer" and (number := _NUMBER.match(turn.message_id))
    ]
    own = [text for number, text in numbered if number == message_id]
    return own[-1] if own else next((text for number, text in numbered if number > message_id), "")


def _sent_at(message: Message) -> float:
    """When it was sent or edited. Telegram tells whole seconds; for one that is just here the clock keeps the order better."""
    date, now = float(message.edit_date or message.date.timestamp()), time.time()
    return now if 0.0 <= now - date < 2.0 else date
