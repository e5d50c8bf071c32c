"""First come, first served."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.storage import keys
from bot.storage.line import Line
from bot.storage.sessions import SessionStore
from retrieval.errors import StorageUnavailable
from tests.bot.storage.turns import message


async def test_five_messages_at_once_are_answered_in_the_order_they_came(store: SessionStore) -> None:
    order: list[str] = []
    inside = 0

    async def turn(number: int) -> None:
        nonlocal inside
        async with store.open(message(str(number), number)):
            inside += 1
            assert inside == 1
            order.append(f"{number} in")
            await asyncio.sleep(0.02)
            order.append(f"{number} out")
            inside -= 1

    await asyncio.gather(*(turn(number) for number in range(5)))
    assert order == [f"{number} {way}" for number in range(5) for way in ("in", "out")]


async def test_two_conversations_do_not_wait_for_each_other(store: SessionStore) -> None:
    async with store.open(message()), store.open(message(conversation="telegram:8")):
        pass


async def test_a_holder_that_died_loses_its_place(redis: Redis) -> None:
    await redis.rpush(keys.line("telegram:7"), "a-dead-process")  # type: ignore[misc]
    async with Line(redis).hold("telegram:7"):
        assert await redis.llen(keys.line("telegram:7")) == 1  # type: ignore[misc]


HOLDER = """
import asyncio, pathlib, sys
from bot.storage.connection import connect
from bot.storage.line import Line

async def main():
    redis = await connect(None, pathlib.Path(sys.argv[1]))
    async with Line(redis, lease=1.0).hold("telegram:7"):
        print("held", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_the_next_one_goes_on_when_the_holders_process_is_killed(redis: Redis, tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path / "data")], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert await asyncio.to_thread(holder.stdout.readline) == b"held\n"
        waiting = asyncio.create_task(_enter(Line(redis, lease=1.0)))
        # Longer than the lease: the holder lives, so it keeps its place.
        await asyncio.sleep(1.5)
        assert not waiting.done()
        holder.kill()
        await waiting
    finally:
        holder.kill()
        holder.communicate()


async def _enter(line: Line) -> None:
    async with line.hold("telegram:7"):
        pass


async def test_a_waiter_that_is_cancelled_leaves_the_line(redis: Redis) -> None:
    line = Line(redis)
    async with line.hold("telegram:7"):
        waiting = asyncio.create_task(_enter(line))
        await asyncio.sleep(0.1)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert await redis.llen(keys.line("telegram:7")) == 1  # type: ignore[misc]
    await _enter(line)


async def test_nobody_waits_for_ever(redis: Redis) -> None:
    line = Line(redis, longest_wait=0.1)
    async with line.hold("telegram:7"):
        with pytest.raises(StorageUnavailable, match="busy"):
            await _enter(line)
    await _enter(line)
