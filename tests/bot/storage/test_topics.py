"""Topics and operators of the staff group, on a real Redis."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.storage.customers import Customers
from bot.storage.sessions import SessionStore
from bot.storage.topics import Topic, Topics
from tests.bot.storage.turns import queue

GROUP = -1001234567890


@pytest.fixture
def topics(redis: Redis) -> Topics:
    return Topics(redis)


async def test_a_topic_is_found_from_both_sides(topics: Topics, store: SessionStore) -> None:
    await queue(store)
    topic = Topic(GROUP, 5)
    await topics.save("telegram:7", topic, new=True)
    assert await topics.load("telegram:7") == topic
    assert await topics.conversation(GROUP, 5) == "telegram:7"
    assert await topics.conversation(GROUP, 6) is None
    assert await topics.all(GROUP) == [(5, "telegram:7", topic)]
    assert await topics.all(-1) == []


async def test_a_topic_runs_out_with_its_conversation(topics: Topics, redis: Redis) -> None:
    await topics.save("telegram:7", Topic(GROUP, 5), new=True)
    assert 0 < await redis.ttl("frontdesk:{telegram:7}:topic") <= 30 * 24 * 3600


async def test_an_erased_customer_leaves_a_topic_to_delete_and_no_save_brings_it_back(
    topics: Topics, store: SessionStore, redis: Redis
) -> None:
    await queue(store)
    topic = Topic(GROUP, 5)
    await topics.save("telegram:7", topic, new=True)
    await topics.add_file("telegram:7", 12)
    await Customers(redis).erase("telegram:7")
    await topics.save("telegram:7", replace(topic, cursor="9-0"))
    assert await topics.load("telegram:7") is None and await topics.files("telegram:7") == []
    assert await topics.all(GROUP) == [(5, "telegram:7", None)]
    await topics.forget(GROUP, 5)
    assert await topics.all(GROUP) == []


async def test_forgetting_an_old_topic_keeps_the_new_one(topics: Topics, store: SessionStore) -> None:
    await queue(store)
    await topics.save("telegram:7", Topic(GROUP, 5), new=True)
    await topics.save("telegram:7", Topic(GROUP, 6), new=True)
    await topics.forget(GROUP, 5)
    assert await topics.load("telegram:7") == Topic(GROUP, 6)
    assert await topics.conversation(GROUP, 6) == "telegram:7"


async def test_files_wait_in_order_and_their_number_is_bounded(topics: Topics) -> None:
    assert all([await topics.add_file("web:a", number) for number in range(50)])
    assert not await topics.add_file("web:a", 50)
    await topics.file_copied("web:a", 0)
    assert (await topics.files("web:a"))[:2] == [1, 2]


async def test_two_people_never_get_the_same_name(topics: Topics) -> None:
    claimed = await asyncio.gather(*(topics.claim(user, " Ana  Lim ", "", ["Sofia"]) for user in range(8)))
    assert sorted(operator.name for operator in claimed) == ["Ana Lim", *(f"Ana Lim {n}" for n in range(2, 9))]
    assert (await topics.claim(9, "sofia", "sof", ["Sofia"])).name == "sofia 2"


async def test_a_name_is_kept_until_somebody_at_the_web_desk_has_it(topics: Topics) -> None:
    assert (await topics.claim(1, "Ana", "ana", [])).name == "Ana"
    assert (await topics.claim(1, "Anastasia", "ana_new", [])).name == "Ana"
    assert (await topics.operators())[1].username == "ana_new"
    assert (await topics.claim(1, "Ana", "ana_new", ["Ana"])).name == "Ana 2"
    assert (await topics.claim(2, "", "", [])).name == "Operator"


async def test_one_process_leads_until_it_resigns_or_dies(topics: Topics) -> None:
    assert await topics.lead("a", 60)
    assert not await topics.lead("b", 60)
    assert await topics.lead("a", 0.1)
    await asyncio.sleep(0.2)
    assert await topics.lead("b", 60)
    await topics.resign("a")
    assert not await topics.lead("a", 60)
    await topics.resign("b")
    assert await topics.lead("a", 60)
