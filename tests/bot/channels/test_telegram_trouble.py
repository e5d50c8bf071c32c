"""The Telegram channel when something it needs refuses or goes away in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.channels.telegram import TelegramChannel
from bot.storage.embedded import EmbeddedServer
from bot.storage.outbox import Outbox
from retrieval.errors import InputError
from tests.bot.channels.telegram_parts import SHOP, Cable, Parts, eventually, serving
from tests.telegram_server import TelegramServer


@asynccontextmanager
async def cabled(tmp_path: Path) -> AsyncIterator[tuple[Parts, Cable]]:
    """The channel on a Redis whose cable can be cut."""
    embedded = EmbeddedServer(tmp_path)
    await asyncio.to_thread(embedded.start)
    cable = Cable(embedded.socket)
    try:
        async with serving(tmp_path, redis_url=await cable.mend()) as parts:
            yield parts, cable
        await cable.cut()
    finally:
        await asyncio.to_thread(embedded.release)


async def test_an_answer_that_redis_lost_is_excused_and_comes_when_redis_does(tmp_path: Path) -> None:
    async with cabled(tmp_path) as (parts, cable):
        parts.assistant.pause = 0.3
        parts.server.message("台灯可以退货吗？")
        await eventually(lambda: parts.assistant.heard)
        await cable.cut()
        assert "系统暂时出现故障" in (await parts.server.until(1))[0].text
        await cable.mend()
        assert (await parts.server.until(2))[1].text.startswith("answer to 台灯可以退货吗？")


async def test_the_apology_speaks_the_customers_language(tmp_path: Path) -> None:
    async with cabled(tmp_path) as (parts, cable):
        await eventually(lambda: parts.server.commands.get("zh"))
        await cable.cut()
        parts.server.message("台灯坏了怎么办？")
        assert "系统暂时出现故障" in (await parts.server.until(1))[0].text


async def test_who_waits_already_is_told_the_place_instead_of_asked_again(tmp_path: Path) -> None:
    async with serving(tmp_path) as parts:
        parts.server.message("hello")
        (answer,) = await parts.server.until(1)
        parts.server.message("/human")
        await parts.server.until(2)
        query = parts.server.press(answer, "h")
        await eventually(lambda: query in parts.server.answers)
        assert "number 1 in the queue" in parts.server.answers[query]
        await parts.desk.take("telegram:7", "ana")
        await parts.server.until(3)
        parts.server.message("/human")
        assert (await parts.server.until(4))[3].text.startswith("A colleague has this conversation already")
        assert len(parts.assistant.heard) == 2


async def test_a_refused_menu_keeps_nobody_from_an_answer(tmp_path: Path) -> None:
    async with serving(tmp_path) as parts:
        parts.server.fail("setMyCommands", 400, "Bad Request: BOT_COMMAND_INVALID", times=2)
        parts.server.fail("getMe", 502, "Bad Gateway", times=2)
        parts.server.message("x")
        assert (await parts.server.until(1))[0].text.startswith("answer to x")


async def test_a_refused_token_ends_the_channel_with_a_clear_line(tmp_path: Path) -> None:
    server = TelegramServer()
    await server.start()
    try:
        async with serving(tmp_path) as parts:
            channel = TelegramChannel(
                "1:wrong",
                parts.intake,
                parts.store,
                Outbox(parts.redis),
                parts.desk,
                customers=parts.customers,
                shop=SHOP,
                api_url=server.url,
            )
            with pytest.raises(InputError, match="refuses the token"):
                await asyncio.wait_for(channel.run(), 20)
    finally:
        await server.stop()
