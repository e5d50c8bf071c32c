"""What the staff group's tests share: looking into topics, and doing what operators do."""

from __future__ import annotations

import asyncio
import re

from bot.storage import keys
from tests.bot.channels.telegram_parts import Parts, eventually
from tests.telegram_forum import STAFF, ForumTopic
from tests.telegram_server import Sent, TelegramServer

_CARD = re.compile("Suggested reply|建议回复")


def in_topic(server: TelegramServer, topic: ForumTopic) -> list[Sent]:
    return [sent for sent in server.sent if sent.chat_id == STAFF and sent.thread == topic.thread]


def said(parts: Parts, topic: ForumTopic) -> str:
    return "\n".join(sent.text for sent in in_topic(parts.server, topic))


async def later(parts: Parts, topic: ForumTopic, words: str) -> None:
    await eventually(lambda: words in said(parts, topic))


async def escalate(parts: Parts, chat: int = 7, text: str = "a human please") -> tuple[ForumTopic, Sent]:
    """A Telegram customer is handed over; the topic and its card."""
    parts.server.message(text, chat=chat)
    return await topic_of(parts, f"telegram:{chat}")


async def topic_of(parts: Parts, conversation_id: str, cards: int = 1) -> tuple[ForumTopic, Sent]:
    """The conversation's topic and its last card, once there were so many cards."""
    async with asyncio.timeout(15):
        while True:
            known = await parts.topics.load(conversation_id)
            topic = parts.server.groups[STAFF].topics.get(known.thread) if known is not None else None
            if known is not None and topic is not None:
                shown = [sent for sent in in_topic(parts.server, topic) if _CARD.search(sent.text)]
                if len(shown) >= cards and shown[-1].message_id == known.card:
                    return topic, shown[-1]
            await asyncio.sleep(0.02)


async def press(parts: Parts, card: Sent, label: str, user: int = 501) -> str:
    """Press a button of a card once it is there; what Telegram showed for it."""
    await eventually(lambda: label in card.buttons)
    query = parts.server.press(card, card.buttons[label], user=user)
    await eventually(lambda: query in parts.server.answers)
    return parts.server.answers[query]


async def owner(parts: Parts, conversation_id: str = "telegram:7") -> tuple[str, str | None]:
    known = await parts.store.load(conversation_id)
    return ("nobody", None) if known is None else (known.owner, known.operator)


async def delivered(parts: Parts) -> None:
    """Wait until nothing is on its way to a customer any more."""
    async with asyncio.timeout(15):
        while await parts.redis.xlen(keys.outbox("telegram")):
            await asyncio.sleep(0.02)


async def becomes(parts: Parts, expected: str, conversation_id: str = "telegram:7") -> None:
    async with asyncio.timeout(15):
        while (await owner(parts, conversation_id))[0] != expected:
            await asyncio.sleep(0.02)
