"""Short ways to a message and an answered turn."""

from __future__ import annotations

from bot.conversation import Decision, IncomingMessage, Reply
from bot.events import Event, MessageReceived, OwnerChanged
from bot.storage.sessions import SessionStore
from generation.request import Customer


def message(text: str = "hello", number: int = 1, conversation: str = "telegram:7") -> IncomingMessage:
    return IncomingMessage(conversation.partition(":")[0], conversation, str(number), text, 1000.0 + number)


async def answer(store: SessionStore, incoming: IncomingMessage, reply: Reply) -> None:
    async with store.open(incoming) as conversation:
        events: list[Event] = [MessageReceived(conversation.id, incoming.sent_at, incoming.text, "en", reply.mood)]
        if reply.owner != conversation.owner:
            events.append(OwnerChanged(conversation.id, incoming.sent_at, reply.owner, reply.decision.reasons))
        await store.commit(conversation, incoming, reply, events, customer=Customer(name="Mei"))


async def queue(
    store: SessionStore, conversation: str = "telegram:7", *, topic: str | None = None, number: int = 1
) -> None:
    decision = Decision("hand_over", ("asked for a person",), topic)
    reply = Reply("I'm passing you on", owner="queued", decision=decision)
    await answer(store, message("a human, please!", number, conversation), reply)
