"""Deliveries."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from bot.conversation import Reply, Turn
from bot.storage import keys
from bot.storage.outbox import Delivery, Outbox
from bot.storage.sessions import SessionStore
from tests.bot.storage.turns import answer, message


async def test_what_must_be_delivered_stays_until_it_is_acknowledged(store: SessionStore, redis: Redis) -> None:
    await answer(store, message(), Reply("Hello!"))
    first = await Outbox(redis).next("telegram", wait=0.1)
    again = await Outbox(redis).next("telegram", wait=0.1)  # another process after a crash
    assert [d.turn.text for d in first] == [d.turn.text for d in again] == ["Hello!"]
    assert (first[0].attempt, again[0].attempt) == (1, 2)
    outbox = Outbox(redis)
    await outbox.acknowledge("telegram", first[0].id)
    assert await outbox.next("telegram", wait=0.1) == []
    assert await redis.xlen(keys.outbox("telegram")) == 0


@pytest.mark.parametrize(("text", "waiting"), [("Your refund is on its way", 120), ("退款已在处理", 100)])
async def test_a_long_queue_is_handed_out_once_after_a_restart(
    store: SessionStore, redis: Redis, text: str, waiting: int
) -> None:
    for number in range(waiting):
        await store.append("telegram:7", Turn("human", f"{text} {number}", 1.0), deliver=True)
    former = Outbox(redis)
    while await former.next("telegram", wait=0):
        pass
    await store.append("telegram:7", Turn("human", f"{text} {waiting}", 1.0), deliver=True)
    outbox, taken = Outbox(redis), list[Delivery]()
    while page := await outbox.next("telegram", wait=0):
        taken += page
    assert [delivery.turn.text for delivery in taken] == [f"{text} {number}" for number in range(waiting + 1)]
    assert [delivery.attempt for delivery in taken] == [2] * waiting + [1]


async def test_what_is_under_way_is_not_handed_out_twice(store: SessionStore, redis: Redis) -> None:
    await answer(store, message(), Reply("Hello!"))
    outbox = Outbox(redis)
    assert len(await outbox.next("telegram", wait=0)) == 1
    assert await outbox.next("telegram", wait=0) == []


async def test_what_failed_comes_again_and_is_given_up_in_the_end(store: SessionStore, redis: Redis) -> None:
    await answer(store, message(), Reply("Hello!"))
    outbox = Outbox(redis, again_after=0.01, attempts=3)
    attempts = []
    for _ in range(6):
        attempts += [delivery.attempt for delivery in await outbox.next("telegram", wait=0)]
        await asyncio.sleep(0.03)
    assert attempts == [1, 2, 3]
    assert await redis.xlen(keys.outbox("telegram")) == 0


async def test_what_the_channel_still_holds_is_never_given_up(store: SessionStore, redis: Redis) -> None:
    await answer(store, message(), Reply("Your refund is on its way"))
    await answer(store, message("你好", 2), Reply("退款已在处理"))
    outbox = Outbox(redis, again_after=0.01, attempts=2)
    held, failing = await outbox.next("telegram", wait=0)
    lost: list[str] = []

    async def tell(delivery: Delivery) -> None:
        lost.append(delivery.turn.text)

    for _ in range(4):
        await asyncio.sleep(0.03)
        assert held.id not in {d.id for d in await outbox.next("telegram", wait=0, held={held.id}, lost=tell)}
    assert lost == [failing.turn.text]
    again = await Outbox(redis).next("telegram", wait=0)  # after a restart
    assert [(delivery.id, delivery.attempt) for delivery in again] == [(held.id, 2)]


async def test_a_waiting_channel_is_woken(store: SessionStore, redis: Redis) -> None:
    waiting = asyncio.create_task(Outbox(redis).next("telegram", wait=4))
    await asyncio.sleep(0.1)
    await answer(store, message(), Reply("Hello!"))
    assert [(d.conversation_id, d.turn.text) for d in await waiting] == [("telegram:7", "Hello!")]


async def test_deliveries_keep_their_order(store: SessionStore, redis: Redis) -> None:
    for number in range(3):
        await answer(store, message("x", number), Reply(str(number)))
    assert [d.turn.text for d in await Outbox(redis).next("telegram", wait=0)] == ["0", "1", "2"]


async def test_the_web_has_no_outbox_for_it_reads_the_turns(store: SessionStore, redis: Redis) -> None:
    await answer(store, message(conversation="web:a"), Reply("Hello!"))
    assert not await redis.exists(keys.outbox("web"))


async def test_an_outbox_that_was_lost_is_made_again(store: SessionStore, redis: Redis) -> None:
    outbox = Outbox(redis)
    assert await outbox.next("telegram", wait=0) == []
    await redis.flushall()
    await answer(store, message(), Reply("Hello!"))
    assert await outbox.next("telegram", wait=0) == []
    assert [d.turn.text for d in await outbox.next("telegram", wait=0)] == ["Hello!"]
