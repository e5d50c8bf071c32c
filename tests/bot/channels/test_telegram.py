"""The Telegram channel against a Bot API server on loopback, with a real Redis."""

from __future__ import annotations

import asyncio

from bot.conversation import Reply
from tests.bot.channels.telegram_parts import SOURCE, Parts, eventually


async def test_start_says_that_it_is_a_program_and_its_buttons_ask(parts: Parts) -> None:
    parts.server.message("/start")
    (hello,) = await parts.server.until(1)
    assert "not a person" in hello.text and "Lumen & Oak" in hello.text and "Mei" in hello.text
    assert list(hello.buttons) == ["How long can I return a lamp?", "Where is my order?"]
    query = parts.server.press(hello, hello.buttons["Where is my order?"])
    _, echo, answer = await parts.server.until(3)
    assert echo.text == "Where is my order?"
    assert answer.text.startswith("answer to Where is my order?")
    assert query in parts.server.answers


async def test_start_speaks_chinese_to_a_chinese_telegram(parts: Parts) -> None:
    parts.server.message("/start", code="zh-hans")
    (hello,) = await parts.server.until(1)
    assert "不是真人" in hello.text and "光橡家居" in hello.text
    assert list(hello.buttons) == ["台灯可以退货吗？", "我的订单到哪里了？"]


async def test_the_menu_is_set_in_both_languages(parts: Parts) -> None:
    await eventually(lambda: len(parts.server.commands) == 2)
    wanted = ["start", "help", "human", "new", "language", "privacy", "forget"]
    assert [command["command"] for command in parts.server.commands[""]] == wanted
    assert parts.server.commands["zh"][2]["description"] == "转人工客服"


async def test_an_answer_comes_whole_with_its_source_and_buttons(parts: Parts) -> None:
    parts.assistant.answers["how long?"] = Reply(
        "You have **30 days**.", sources=(SOURCE,), suggestions=("And lamps?",)
    )
    sent = parts.server.message("how long?")
    (answer,) = await parts.server.until(1)
    assert "<b>30 days</b>" in answer.raw
    assert "<blockquote expandable>Sources: Return &amp; refund</blockquote>" in answer.raw
    reference = str(sent["message"]["message_id"])
    assert answer.buttons == {
        "And lamps?": f"q:{reference}:0",
        "👍": f"v:{reference}:1",
        "👎": f"v:{reference}:0",
        "Talk to a person": "h",
    }
    assert '"is_disabled":true' in answer.fields["link_preview_options"].replace(" ", "")
    parts.server.press(answer, answer.buttons["And lamps?"])
    assert (await parts.server.until(3))[2].text.startswith("answer to And lamps?")


async def test_a_burst_is_answered_once(parts: Parts) -> None:
    for text in ("hi", "my lamp", "is broken"):
        parts.server.message(text)
    await parts.server.until(1)
    await parts.intake.settled("telegram:7")
    await asyncio.sleep(0.3)
    assert parts.assistant.texts[-1] == "hi\nmy lamp\nis broken"
    assert len(parts.server.texts()) == 1


async def test_a_message_that_comes_again_is_answered_once(parts: Parts) -> None:
    update = parts.server.message("how long?")
    await parts.server.until(1)
    parts.server.again(update)
    parts.server.message("second")
    await parts.server.until(2)
    assert parts.assistant.texts == ["how long?", "second"]


async def test_typing_is_shown_and_drafts_come_before_the_whole_message(parts: Parts) -> None:
    parts.assistant.pause = 0.4
    parts.server.message("how long?")
    (answer,) = await parts.server.until(1)
    await asyncio.sleep(0.5)
    assert parts.server.count("sendChatAction") >= 1
    shown = [text for _, _, text in parts.server.drafts]
    assert shown and shown[0] == "answer"
    assert all(answer.text.startswith(text) for text in shown)
    names = [name for name, _ in parts.server.calls if name in ("sendMessageDraft", "sendMessage")]
    assert names[-1] == "sendMessage"


async def test_a_server_without_drafts_gets_the_answer_whole(parts: Parts) -> None:
    parts.server.fail("sendMessageDraft", 404, "Not Found: method not found", times=5)
    parts.server.message("one")
    await parts.server.until(1)
    parts.server.message("two")
    await parts.server.until(2)
    assert parts.server.count("sendMessageDraft") == 1


async def test_retry_after_is_obeyed_and_the_order_kept(parts: Parts) -> None:
    parts.server.fail("sendMessage", 429, "Too Many Requests: retry after 1", retry_after=1)
    parts.server.message("first")
    await eventually(lambda: parts.server.count("sendMessage") == 1)
    refused = asyncio.get_running_loop().time()
    parts.server.message("/privacy")
    first, second = await parts.server.until(2)
    assert first.at - refused > 0.9
    assert (first.text.startswith("answer to first"), second.text) == (True, "We keep it for 30 days.")


async def test_refused_markup_is_sent_as_plain_text(parts: Parts) -> None:
    parts.assistant.answers["x"] = Reply("**bold** & plain")
    parts.server.fail("sendMessage", 400, "Bad Request: can't parse entities: unsupported tag")
    parts.server.message("x")
    (answer,) = await parts.server.until(1)
    assert answer.raw == "bold & plain" and "parse_mode" not in answer.fields
    assert "👍" in answer.buttons


async def test_a_server_error_is_tried_again(parts: Parts) -> None:
    parts.server.fail("sendMessage", 502, "Bad Gateway", times=2)
    parts.server.message("x")
    (answer,) = await parts.server.until(1)
    assert answer.text.startswith("answer to x")


async def test_a_customer_who_blocked_the_bot_holds_nobody_up(parts: Parts) -> None:
    parts.server.fail("sendMessage", 403, "Forbidden: bot was blocked by the user")
    parts.server.message("x")
    await eventually(lambda: parts.server.count("sendMessage") == 1)
    parts.server.message("y", chat=8)
    await parts.server.until(1, chat=8)
    assert parts.server.texts() == []


async def test_a_long_answer_is_split_and_only_the_last_piece_has_buttons(parts: Parts) -> None:
    parts.assistant.answers["x"] = Reply("**" + "灯😀 " * 2500 + "end**")
    parts.server.message("x")
    pieces = await parts.server.until(3)
    assert [bool(piece.keyboard) for piece in pieces] == [False, False, True]
    assert "".join(piece.text for piece in pieces).replace(" ", "") == "灯😀" * 2500 + "end"
