"""Buttons, commands that change something, the webhook, and what happens when Redis or Telegram is gone."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from bot.channels.telegram_checks import whoami
from bot.conversation import IncomingMessage
from bot.storage.embedded import EmbeddedServer
from bot.storage.sessions import SessionStore
from retrieval.errors import FrontdeskError, InputError
from tests.bot.channels.telegram_parts import Cable, Parts, eventually, serving
from tests.telegram_server import TOKEN, TelegramServer


async def happened(store: SessionStore, kind: str) -> list[dict[str, object]]:
    return [event async for event in store.events() if event["kind"] == kind]


async def test_a_vote_is_kept_once_and_the_thumbs_go(parts: Parts) -> None:
    asked = parts.server.message("how long?")["message"]["message_id"]
    (answer,) = await parts.server.until(1)
    buttons = answer.buttons
    first = parts.server.press(answer, buttons["👎"])
    await eventually(lambda: first in parts.server.answers)
    assert "A person can help" in parts.server.answers[first]
    assert list(answer.buttons) == ["👎 ✓", "Talk to a person"]
    again = parts.server.press(answer, buttons["👍"])
    await eventually(lambda: again in parts.server.answers)
    (kept,) = await happened(parts.store, "FeedbackGiven")
    assert (kept["message_id"], kept["helpful"]) == (str(asked), False)


async def test_the_human_button_and_the_command_both_ask_for_a_person(parts: Parts) -> None:
    parts.server.message("how long?")
    (answer,) = await parts.server.until(1)
    query = parts.server.press(answer, "h")
    _, echo, told = await parts.server.until(3)
    assert (echo.text, told.text) == ("I want to talk to a human", "You are number 1.")
    assert query in parts.server.answers and not told.keyboard
    parts.server.message("/human", chat=8, code="zh-hans")
    await parts.server.until(1, chat=8)
    assert parts.assistant.texts[-1] == "我要转人工"
    assert [entry.conversation.id for entry in await parts.desk.queue()] == ["telegram:7", "telegram:8"]


async def test_the_same_press_delivered_twice_counts_once(parts: Parts) -> None:
    parts.server.message("/start")
    (hello,) = await parts.server.until(1)
    for _ in range(2):
        parts.server.press(hello, "s:en:0", query="900")
    await parts.server.until(3)
    parts.server.message("next")
    await parts.server.until(4)
    assert parts.assistant.texts == ["How long can I return a lamp?", "next"]


async def test_old_or_forged_buttons_are_answered_with_a_notice(parts: Parts) -> None:
    parts.server.message("/start")
    (hello,) = await parts.server.until(1)
    data = ["q:nobody:0", "s:en:99", "s:en:x", "q:", "zzz", "l:fr", "v:", "f:12345", "n"]
    queries = [parts.server.press(hello, item) for item in data]
    await eventually(lambda: all(query in parts.server.answers for query in queries))
    assert parts.server.answers[queries[0]] == "This button is too old; please write your question."
    assert parts.server.answers[queries[7]] == "Only the one who asked may press this."
    assert parts.assistant.heard == []


async def test_forget_asks_first_and_then_erases_everything(parts: Parts) -> None:
    parts.server.message("my secret question")
    await parts.server.until(1)
    parts.server.message("/forget")
    confirm = (await parts.server.until(2))[1]
    parts.server.press(confirm, confirm.buttons["Keep it"])
    assert (await parts.server.until(3))[2].text == "Nothing was erased."
    assert await parts.customers.export("telegram:7")
    parts.server.press(confirm, "f:7")
    assert "is erased" in (await parts.server.until(4))[3].text
    assert await parts.customers.export("telegram:7") == {}
    assert not confirm.keyboard


async def test_language_is_chosen_and_kept(parts: Parts) -> None:
    parts.server.message("/language")
    (choice,) = await parts.server.until(1)
    parts.server.press(choice, choice.buttons["中文"])
    assert (await parts.server.until(2))[1].text == "好的，我会用中文与您交流。"
    parts.server.message("/privacy")
    assert (await parts.server.until(3))[2].text == "我们保留 30 天。"
    assert (await parts.customers.load("telegram:7")).language == "zh"


async def test_new_fences_the_history_and_leaves_the_queue(parts: Parts) -> None:
    parts.server.message("first")
    await parts.server.until(1)
    parts.server.message("/new")
    assert (await parts.server.until(2))[1].text.startswith("We begin anew")
    conversation = await parts.store.load("telegram:7")
    assert conversation is not None and conversation.history() == ()
    parts.server.message("/human")
    await parts.server.until(3)
    parts.server.message("/new")
    await parts.server.until(4)
    conversation = await parts.store.load("telegram:7")
    assert conversation is not None and conversation.owner == "bot"


async def test_new_does_not_take_the_conversation_from_a_human(parts: Parts) -> None:
    parts.server.message("first")
    await parts.server.until(1)
    await parts.desk.take("telegram:7", "ana")
    await parts.server.until(2)
    parts.server.message("/new")
    assert "colleague is with you" in (await parts.server.until(3))[2].text
    conversation = await parts.store.load("telegram:7")
    assert conversation is not None and conversation.owner == "human"


async def test_the_webhook_takes_only_its_secret_and_stores_before_it_returns(tmp_path: Path) -> None:
    options = {"webhook_url": "https://shop.example", "webhook_secret": "s3cret"}
    async with serving(tmp_path, **options) as parts:
        await eventually(lambda: parts.server.commands.get("zh"))
        assert parts.server.webhook["url"] == "https://shop.example/telegram/webhook"
        assert parts.server.webhook["secret_token"] == "s3cret"
        update = {"update_id": 1, "message": parts.server.make("how long?")}
        for wrong in (None, "", "s3cre", "sécret"):
            assert not await parts.channel.feed(wrong, update)
        assert await parts.channel.feed("s3cret", update)
        assert [message.text for message in await parts.store.pending()] == ["how long?"]
        assert await parts.channel.feed("s3cret", update)
        assert await parts.channel.feed("s3cret", {})
        assert await parts.channel.feed("s3cret", {"update_id": "x", "message": []})
        assert (await parts.server.until(1))[0].text.startswith("answer to how long?")
        await asyncio.sleep(0.2)
        assert parts.assistant.texts == ["how long?"]
        assert parts.server.count("getUpdates") == 0


async def test_redis_gone_brings_an_apology_and_its_return_an_answer(tmp_path: Path) -> None:
    embedded = EmbeddedServer(tmp_path)
    await asyncio.to_thread(embedded.start)
    cable = Cable(embedded.socket)
    try:
        async with serving(tmp_path, redis_url=await cable.mend()) as parts:
            parts.server.message("before")
            await parts.server.until(1)
            await cable.cut()
            parts.server.message("while it is gone")
            parts.server.message("again")
            assert "technical problem" in (await parts.server.until(2))[1].text
            parts.server.message("/start", chat=8)
            hello = (await parts.server.until(1, chat=8))[0]
            query = parts.server.press(hello, "s:en:0")
            await eventually(lambda: query in parts.server.answers)
            assert "technical problem" in parts.server.answers[query]
            assert len(parts.server.texts()) == 2
            await cable.mend()
            parts.server.message("after", chat=9)
            assert (await parts.server.until(1, chat=9))[0].text.startswith("answer to after")
        await cable.cut()
    finally:
        await asyncio.to_thread(embedded.release)


async def test_what_was_not_delivered_is_delivered_by_the_next_run(tmp_path: Path) -> None:
    embedded = EmbeddedServer(tmp_path)
    await asyncio.to_thread(embedded.start)  # holds the server between the two runs
    try:
        async with serving(tmp_path) as parts:
            parts.server.fail("sendMessage", 500, "Internal Server Error", times=1000)
            parts.server.message("how long?")
            await eventually(lambda: parts.server.count("sendMessage") >= 2)
        async with serving(tmp_path) as parts:
            assert (await parts.server.until(1))[0].text.startswith("answer to how long?")
            message = IncomingMessage("telegram", "telegram:5", "1", "accepted and lost", 1.0)
            assert await parts.store.accept(message)
            assert await parts.intake.recover() == 1
            await parts.server.until(1, chat=5)
    finally:
        await asyncio.to_thread(embedded.release)


async def test_the_token_never_reaches_a_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(tmp_path) as parts:
        parts.server.fail("getUpdates", 500, f"broken: /bot{TOKEN}/getUpdates")
        parts.server.fail("sendMessage", 400, f"Bad Request: /bot{TOKEN}/sendMessage", times=3)
        parts.server.fail("sendMessageDraft", 400, f"Bad Request: /bot{TOKEN}/sendMessageDraft", times=3)
        parts.server.message("x")
        await eventually(lambda: parts.server.count("sendMessage") == 3)
    assert caplog.records
    ours = [record for record in caplog.records if record.name.startswith(("bot", "aiogram"))]
    assert not [record for record in ours if TOKEN in record.getMessage() or TOKEN in (record.exc_text or "")]


async def test_whoami_names_the_bot_and_says_what_is_wrong() -> None:
    server = TelegramServer()
    await server.start()
    try:
        assert await whoami(TOKEN, api_url=server.url) == "lumen_test_bot"
        with pytest.raises(InputError, match="refuses the token"):
            await whoami("1:wrong", api_url=server.url)
        with pytest.raises(InputError, match="no bot token"):
            await whoami("nonsense", api_url=server.url)
    finally:
        await server.stop()
    with pytest.raises(FrontdeskError, match="does not answer"):
        await whoami(TOKEN, api_url=server.url)
