"""Conversations in a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.conversation import Decision, IncomingMessage, Mood, Reply, Turn
from bot.desk import Desk
from bot.events import MessageReceived
from bot.storage.connection import connect
from bot.storage.customers import Customers
from bot.storage.outbox import Outbox
from bot.storage.sessions import SessionStore
from generation.request import Customer
from retrieval.errors import InputError, OwnershipConflict, StorageUnavailable


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[Redis]:
    client = await connect(None, tmp_path)
    yield client
    await client.aclose()


@pytest.fixture
def store(redis: Redis) -> SessionStore:
    return SessionStore(redis)


def message(text: str = "hello", number: int = 1, conversation: str = "telegram:7") -> IncomingMessage:
    return IncomingMessage(conversation.partition(":")[0], conversation, str(number), text, 1000.0 + number)


async def answer(store: SessionStore, incoming: IncomingMessage, reply: Reply) -> None:
    async with store.open(incoming) as conversation:
        event = MessageReceived(conversation.id, incoming.sent_at, incoming.text, "en", reply.mood)
        await store.commit(conversation, incoming, reply, [event], customer=Customer(name="Mei"))


async def test_a_committed_turn_is_there_for_the_next_one(store: SessionStore) -> None:
    await answer(store, message("hi"), Reply("Hello!", mood=Mood("positive", 0.4)))
    async with store.open(message("and now?", 2)) as conversation:
        assert [(turn.author, turn.text) for turn in conversation.turns] == [("customer", "hi"), ("bot", "Hello!")]
        assert conversation.customer.name == "Mei"
        assert conversation.turns[0].mood == Mood("positive", 0.4)


async def test_a_message_is_accepted_once_and_waits_until_it_is_answered(store: SessionStore) -> None:
    assert await store.accept(message())
    assert not await store.accept(message())
    assert [m.text for m in await store.pending()] == ["hello"]
    await answer(store, message(), Reply("Hello!"))
    assert await store.pending() == []
    assert not await store.accept(message())


async def test_the_same_message_finds_its_first_reply(store: SessionStore) -> None:
    assert await store.seen(message()) is None
    await answer(store, message(), Reply("Hello!", suggestions=("A?",)))
    seen = await store.seen(message())
    assert seen is not None
    assert (seen.text, seen.suggestions) == ("Hello!", ("A?",))


async def test_five_messages_at_once_are_answered_in_the_order_they_came(store: SessionStore) -> None:
    order: list[int] = []

    async def turn(number: int) -> None:
        async with store.open(message(str(number), number)):
            order.append(number)
            await asyncio.sleep(0.02)

    tasks = []
    for number in range(5):
        tasks.append(asyncio.create_task(turn(number)))
        await asyncio.sleep(0.01)
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2, 3, 4]


async def test_a_holder_that_died_loses_its_place(store: SessionStore, redis: Redis) -> None:
    from bot.storage import keys

    await redis.rpush(keys.line("telegram:7"), "a-dead-process")
    async with store.open(message()):
        assert await redis.llen(keys.line("telegram:7")) == 1


async def test_what_must_be_delivered_stays_until_it_is_acknowledged(store: SessionStore, redis: Redis) -> None:
    await answer(store, message(), Reply("Hello!"))
    first = await Outbox(redis).next("telegram", wait=0.1)
    again = await Outbox(redis).next("telegram", wait=0.1)
    assert [d.turn.text for d in first] == [d.turn.text for d in again] == ["Hello!"]
    outbox = Outbox(redis)
    await outbox.acknowledge("telegram", first[0].id)
    assert await outbox.next("telegram", wait=0.1) == []


async def test_turns_can_be_followed_from_any_point(store: SessionStore) -> None:
    await answer(store, message("hi", conversation="web:a"), Reply("Hello!"))
    turns = await store.turns_after("web:a", "0")
    assert [turn.text for _, turn in turns] == ["hi", "Hello!"]
    later = asyncio.create_task(store.turns_after("web:a", turns[-1][0], wait=3))
    await asyncio.sleep(0.05)
    await store.append("web:a", Turn("human", "I am Sofia", 5.0, operator="Sofia"), deliver=True)
    assert [turn.text for _, turn in await later] == ["I am Sofia"]


async def queued(store: SessionStore, conversation: str = "web:a", topic: str | None = None) -> None:
    decision = Decision("hand_over", ("asked for a person",), topic)
    await answer(
        store,
        message("a human!", conversation=conversation),
        Reply("I'm passing you on", owner="queued", decision=decision),
    )


async def test_two_operators_cannot_take_the_same_conversation(store: SessionStore) -> None:
    await queued(store)
    desk = Desk(store)
    taken = await asyncio.gather(desk.take("web:a", "Sofia"), desk.take("web:a", "Wei"), return_exceptions=True)
    conflicts = [result for result in taken if isinstance(result, OwnershipConflict)]
    assert len(conflicts) == 1
    assert "has it" in str(conflicts[0])


async def test_hand_back_fences_the_history(store: SessionStore) -> None:
    await queued(store)
    desk = Desk(store)
    await desk.take("web:a", "Sofia")
    await desk.reply("web:a", "Sofia", "Let me look.")
    with pytest.raises(OwnershipConflict):
        await desk.reply("web:a", "Wei", "Me too!")
    await desk.note("web:a", "Wei", "he is a regular")
    conversation = await desk.hand_back("web:a", "Sofia")
    assert conversation.owner == "bot"
    assert conversation.history() == ()
    assert "he is a regular" not in [utterance.text for utterance in conversation.transcript()]


async def test_the_queue_puts_danger_first_and_names_the_place(store: SessionStore) -> None:
    await queued(store, "web:a")
    await queued(store, "web:b", "self_harm")
    desk = Desk(store)
    assert [entry.conversation.id for entry in await desk.queue()] == ["web:b", "web:a"]
    assert await desk.place("web:a") == 2
    assert "a human!" in (await desk.get("web:a")).summary


async def test_an_unknown_conversation_is_one_clear_line(store: SessionStore) -> None:
    with pytest.raises(InputError, match="no conversation 'web:nobody'"):
        await Desk(store).take("web:nobody", "Sofia")


async def test_erasing_a_person_leaves_nothing(store: SessionStore, redis: Redis) -> None:
    await store.accept(message())
    await answer(store, message(), Reply("Hello!"))
    await answer(store, message(conversation="telegram:8"), Reply("Hello 8!"))
    customers = Customers(redis)
    assert (await customers.export("telegram:7"))["turns"][0]["text"] == "hello"
    assert await customers.erase("telegram:7") > 0
    assert await customers.export("telegram:7") == {}
    assert [key async for key in redis.scan_iter("*telegram:7*")] == []
    assert [event["conversation_id"] async for event in store.events()] == ["telegram:8"]


async def test_what_is_stored_survives_a_kill_of_the_server(tmp_path: Path) -> None:
    import os
    import signal

    client = await connect(None, tmp_path)
    await answer(SessionStore(client), message(), Reply("Hello!"))
    pid = (await client.info("server"))["process_id"]
    os.kill(pid, signal.SIGKILL)
    conversation = await SessionStore(client).load("telegram:7")  # the client starts it again
    assert conversation is not None
    assert conversation.turns[-1].text == "Hello!"
    await client.aclose()


async def test_an_address_without_a_server_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="check REDIS_URL"):
        await connect("redis://127.0.0.1:1/0", tmp_path)
    with pytest.raises(InputError, match="write redis://host:6379/0"):
        await connect("nonsense", tmp_path)
