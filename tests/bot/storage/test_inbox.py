"""The durable inbox."""

from __future__ import annotations

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.conversation import Reply
from bot.storage import keys
from bot.storage.sessions import SessionStore
from retrieval.errors import StorageUnavailable
from tests.bot.storage.turns import answer, message


async def test_a_message_is_accepted_once_and_waits_until_it_is_answered(store: SessionStore, redis: Redis) -> None:
    assert await store.accept(message())
    assert not await store.accept(message())
    assert [m.text for m in await store.pending()] == ["hello"]
    await answer(store, message(), Reply("Hello!"))
    assert await store.pending() == []
    assert await redis.smembers(keys.PENDING) == set()  # type: ignore[misc]
    assert not await store.accept(message())


async def test_the_same_id_in_another_conversation_is_another_message(store: SessionStore) -> None:
    assert await store.accept(message())
    assert await store.accept(message(conversation="telegram:8"))


async def test_messages_of_one_second_wait_in_the_order_of_their_acceptance(store: SessionStore) -> None:
    for number in (9, 10, 11):
        await store.accept(replace(message(str(number), number), sent_at=5.0))
    assert [m.text for m in await store.pending()] == ["9", "10", "11"]


async def test_a_burst_leaves_the_inbox_whole(store: SessionStore) -> None:
    for number in (1, 2, 3):
        await store.accept(message(str(number), number))
    await answer(store, replace(message("1\n2\n3", 3), absorbed=("1", "2")), Reply("All three."))
    assert await store.pending() == []
    first = await store.seen(message("1", 1))
    assert first is not None
    assert first.text == "All three."


async def test_the_inbox_has_a_bound(store: SessionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MOST_INBOX", 2)
    assert await store.accept(message("1", 1))
    assert await store.accept(message("2", 2))
    with pytest.raises(StorageUnavailable, match="too many messages"):
        await store.accept(message("3", 3))
    assert await store.accept(message("3", 3, "telegram:8"))
