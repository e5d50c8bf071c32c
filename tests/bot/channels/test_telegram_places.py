"""Where an answer goes (topics of private chats and of groups), and how much one person may send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.conversation import Reply
from tests.bot.channels.telegram_parts import Parts, eventually, serving
from tests.bot.channels.test_telegram_updates import GROUP, KINDS


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    async with serving(tmp_path) as running:
        running.server.private_topics[7] = {31, 32}
        yield running


def topics(parts: Parts, chat: int = 7) -> list[int | None]:
    return [sent.thread for sent in parts.server.sent if sent.chat_id == chat]


async def test_an_answer_goes_to_the_topic_of_its_question(parts: Parts) -> None:
    parts.server.message("how long?", message_thread_id=31, is_topic_message=True)
    await parts.server.until(1)
    parts.server.message("where?", message_thread_id=32, is_topic_message=True)
    await parts.server.until(2)
    parts.server.message("and here?")
    await parts.server.until(3)
    assert topics(parts) == [31, 32, None]
    threads = [fields.get("message_thread_id") for name, fields in parts.server.calls if name == "sendChatAction"]
    assert set(threads) <= {"31", "32", None}


async def test_lines_and_buttons_stay_in_their_topic(parts: Parts) -> None:
    place = {"message_thread_id": 31, "is_topic_message": True}
    parts.server.message("/start", **place)
    (hello,) = await parts.server.until(1)
    parts.server.press(hello, "s:en:0")
    await parts.server.until(3)
    parts.server.message(**place, **KINDS["sticker"])
    await parts.server.until(4)
    parts.server.message("/new", **place)
    await parts.server.until(5)
    assert topics(parts) == [31] * 5
    answer = parts.server.sent[2]
    vote = parts.server.press(answer, answer.buttons["👍"])
    await eventually(lambda: parts.server.answers.get(vote))


async def test_an_operator_answers_where_the_customer_wrote_last(parts: Parts) -> None:
    parts.server.message("human", message_thread_id=32, is_topic_message=True)
    await parts.server.until(1)
    await parts.desk.take("telegram:7", "Ana")
    await parts.desk.reply("telegram:7", "Ana", "Hello!")
    await parts.server.until(3)
    assert topics(parts) == [32, 32, 32]


async def test_a_topic_that_the_customer_deleted_does_not_swallow_the_answer(parts: Parts) -> None:
    parts.assistant.pause = 0.3
    parts.server.message("how long?", message_thread_id=31, is_topic_message=True)
    parts.server.private_topics[7].clear()
    (answer,) = await parts.server.until(1)
    assert answer.thread is None and answer.text.startswith("answer to how long?") and answer.keyboard


async def test_a_message_in_a_topic_that_comes_twice_is_answered_once(parts: Parts) -> None:
    update = parts.server.message("how long?", message_thread_id=31, is_topic_message=True)
    await parts.server.until(1)
    parts.server.again(update)
    parts.server.message("next")
    await parts.server.until(2)
    assert parts.assistant.texts == ["how long?", "next"]


async def test_in_a_group_with_topics_the_answer_replies_in_the_topic(parts: Parts) -> None:
    await eventually(lambda: parts.server.commands.get("zh"))
    asked = parts.server.message("@lumen_test_bot how long?", chat=GROUP, message_thread_id=5, is_topic_message=True)
    (answer,) = await parts.server.until(1, chat=GROUP)
    number = asked["message"]["message_id"]
    assert f'"message_id":{number}' in answer.fields["reply_parameters"].replace(" ", "") and answer.thread == 5


async def test_who_sends_too_much_is_told_once_and_the_others_are_served(tmp_path: Path) -> None:
    async with serving(tmp_path, messages_a_minute=4) as parts:
        for number in range(12):
            parts.server.message(f"line {number}")
        parts.server.message("我也来了", chat=8, code="zh")
        await parts.server.until(1, chat=8)
        await eventually(lambda: any("more than I can read" in text for text in parts.server.texts()))
        await asyncio.sleep(0.3)
        heard = "\n".join(parts.assistant.texts)
        assert "line 3" in heard and "line 4" not in heard
        assert sum("more than I can read" in text for text in parts.server.texts()) == 1
        answer = next(sent for sent in parts.server.sent if sent.buttons and sent.chat_id == 7)
        query = parts.server.press(answer, "h")
        await eventually(lambda: "more than I can read" in parts.server.answers.get(query, ""))


async def test_the_chatter_of_a_group_is_not_counted(tmp_path: Path) -> None:
    async with serving(tmp_path, messages_a_minute=2) as parts:
        parts.assistant.answers["how long?"] = Reply("45 days")
        await eventually(lambda: parts.server.commands.get("zh"))
        for _ in range(6):
            parts.server.message("lamps are nice", chat=GROUP)
        parts.server.message("@lumen_test_bot how long?", chat=GROUP)
        assert (await parts.server.until(1, chat=GROUP))[0].text.startswith("45 days")
        assert len(parts.server.texts(GROUP)) == 1
