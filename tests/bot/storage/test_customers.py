"""A person's data, exported and erased."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.conversation import Reply, Turn
from bot.storage import keys
from bot.storage.customers import Customers
from bot.storage.sessions import SessionStore
from generation.request import Customer
from tests.bot.storage.turns import answer, message


async def test_a_profile_comes_back_and_an_unknown_person_is_empty(redis: Redis) -> None:
    customers = Customers(redis)
    await customers.save("web:a", Customer(name="美玲", orders=("LO-482193",), language="zh"))
    assert await customers.load("web:a") == Customer("web:a", name="美玲", orders=("LO-482193",), language="zh")
    assert await customers.load("web:b") == Customer("web:b")


async def test_an_export_holds_turns_notes_events_and_what_waits(store: SessionStore, redis: Redis) -> None:
    await answer(store, message("my secret"), Reply("Hello!"))
    await store.append("telegram:7", Turn("system", "a regular", 5.0, private=True), deliver=False)
    await store.accept(message("are you there?", 2))
    document = json.loads(json.dumps(await Customers(redis).export("telegram:7")))
    assert [turn["text"] for turn in document["turns"]] == ["my secret", "Hello!", "a regular"]
    assert document["profile"]["name"] == "Mei"
    assert document["unanswered"][0]["text"] == "are you there?"
    assert document["events"][0]["text"] == "my secret"
    assert await Customers(redis).export("telegram:8") == {}


@pytest.mark.parametrize("person", ["telegram:7", "web:a*[?]\\b"])
async def test_erasing_a_person_leaves_no_trace_and_spares_the_others(
    store: SessionStore, redis: Redis, person: str
) -> None:
    secret = "my number is 91234567"
    await store.accept(message(secret, 1, person))
    await answer(store, message(secret, 1, person), Reply(f"You wrote: {secret}"))
    await store.accept(message(secret, 2, person))
    await store.append(person, Turn("human", secret, 5.0, operator="Sofia"), deliver=True)
    await store.feedback(person, "1", False)
    await answer(store, message("other", 1, "telegram:77"), Reply("Hello, other!"))
    assert await Customers(redis).erase(person) > 0
    assert await Customers(redis).export(person) == {}
    assert [name async for name in redis.scan_iter(keys.everything_of(person))] == []
    dump = await everything(redis)
    assert secret not in dump
    assert f"'{person}'" not in dump
    assert "Hello, other!" in dump
    assert [event["conversation_id"] async for event in store.events()] == ["telegram:77"]
    assert await store.pending() == []


async def test_an_erased_word_is_not_in_any_file_either(store: SessionStore, redis: Redis, tmp_path: Path) -> None:
    await answer(store, message("my number is 91234567"), Reply("Hello!"))
    assert any(b"91234567" in path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    await Customers(redis).erase("telegram:7")
    async with asyncio.timeout(20):
        while (await redis.info("persistence"))["aof_rewrite_in_progress"]:
            await asyncio.sleep(0.02)
    assert not any(b"91234567" in path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())


async def everything(redis: Redis) -> str:
    """All that Redis holds, as one text."""
    read = {
        "string": redis.get,
        "hash": redis.hgetall,
        "stream": redis.xrange,
        "set": redis.smembers,
        "zset": lambda name: redis.zrange(name, 0, -1),
        "list": lambda name: redis.lrange(name, 0, -1),
    }
    return repr([(name, await read[await redis.type(name)](name)) async for name in redis.scan_iter()])
