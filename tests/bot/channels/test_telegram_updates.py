"""Every kind of Telegram update: answered civilly, or rightly left alone, and never the end of the bot."""

from __future__ import annotations

from typing import Any

import pytest

from bot.conversation import Reply
from tests.bot.channels.telegram_parts import Parts, eventually
from tests.telegram_server import BOT

FILE = {"file_id": "f", "file_unique_id": "u"}
GROUP = -100
KINDS: dict[str, dict[str, Any]] = {
    "voice": {"voice": {**FILE, "duration": 3}},
    "audio": {"audio": {**FILE, "duration": 3}},
    "photo": {"photo": [{**FILE, "width": 1, "height": 1}]},
    "sticker": {
        "sticker": {**FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
    },
    "video": {"video": {**FILE, "width": 1, "height": 1, "duration": 1}},
    "video note": {"video_note": {**FILE, "length": 1, "duration": 1}},
    "document": {"document": FILE},
    "location": {"location": {"latitude": 1.3, "longitude": 103.8}},
    "contact": {"contact": {"phone_number": "+6590000000", "first_name": "Mei"}},
    "dice": {"dice": {"emoji": "🎲", "value": 3}},
    "poll": {
        "poll": {
            "id": "1",
            "question": "Which?",
            "options": [],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        }
    },
}


async def still_answers(parts: Parts, chat: int = 99) -> None:
    parts.server.message("still there?", chat=chat)
    assert (await parts.server.until(1, chat=chat))[-1].text.startswith("answer to still there?")


async def test_what_is_no_text_gets_a_civil_answer_and_a_way_to_a_person(parts: Parts) -> None:
    for number, fields in enumerate(KINDS.values()):
        parts.server.message(chat=20 + number, **fields)
    for number in range(len(KINDS)):
        (line,) = await parts.server.until(1, chat=20 + number)
        assert "only read text" in line.text and line.buttons == {"Talk to a person": "h"}
    assert parts.assistant.heard == []


async def test_a_caption_is_read_and_an_album_answered_once(parts: Parts) -> None:
    parts.server.message(caption="is this lamp yours?", **KINDS["photo"])
    assert (await parts.server.until(1))[0].text.startswith("answer to is this lamp yours?")
    for _ in range(3):
        parts.server.message(chat=8, media_group_id="a1", **KINDS["photo"])
    await still_answers(parts)
    assert len(parts.server.texts(8)) == 1


async def test_a_forwarded_text_is_read(parts: Parts) -> None:
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "Ana"}
    parts.server.message("how much is the lamp?", forward_origin=origin)
    assert (await parts.server.until(1))[0].text.startswith("answer to how much")


async def test_a_corrected_question_is_answered_anew_and_an_unchanged_one_is_not(parts: Parts) -> None:
    first = parts.server.message("how log?")["message"]
    await parts.server.until(1)
    parts.server.push(edited_message={**first, "edit_date": first["date"] + 1})
    parts.server.push(edited_message={**first, "edit_date": first["date"] + 2, "text": "how long?"})
    assert (await parts.server.until(2))[1].text.startswith("answer to how long?")
    assert parts.assistant.texts == ["how log?", "how long?"]


@pytest.mark.parametrize(
    ("text", "line", "asked"),
    [
        ("/refund my order 4711 please", None, "/refund my order 4711 please"),
        ("/help nobody answers me, my lamp is burning", "Write your question", "nobody answers me, my lamp is burning"),
        ("/privacy 台灯起火了", "We keep it for 30 days.", "台灯起火了"),
        ("/start 订单 4711 没到", "a computer program", "订单 4711 没到"),
        ("/new where is it?", "We begin anew", "where is it?"),
        ("/退款 订单 4711", None, "/退款 订单 4711"),
    ],
)
async def test_the_words_after_a_command_are_asked(parts: Parts, text: str, line: str | None, asked: str) -> None:
    parts.server.message(text)
    await eventually(lambda: any(sent.startswith(f"answer to {asked}") for sent in parts.server.texts()))
    assert parts.assistant.texts == [asked]
    assert len(parts.server.texts()) == (1 if line is None else 2)
    assert line is None or line in parts.server.texts()[0]


@pytest.mark.parametrize("text", ["/start spring_campaign", "/help", "/refund"])
async def test_a_command_without_words_asks_nothing(parts: Parts, text: str) -> None:
    parts.server.message(text)
    await parts.server.until(1)
    await still_answers(parts)
    assert parts.assistant.texts == ["still there?"]


async def test_a_person_who_serves_reads_the_words_after_a_command(parts: Parts) -> None:
    parts.server.message("hello")
    await parts.server.until(1)
    await parts.desk.take("telegram:7", "ana")
    for text in ("/refund my order 4711", "/help 没人回复我", "/new lamp"):
        asked = parts.server.message(text)["message"]
        heard = text if text.startswith("/refund") else text.partition(" ")[2]
        await eventually(lambda heard=heard: heard in parts.assistant.texts)
    parts.server.push(edited_message={**asked, "edit_date": asked["date"] + 1, "text": "/new lamps"})
    await eventually(lambda: parts.assistant.texts[-1] == "lamps")


async def test_updates_that_are_not_ours_are_left_alone(parts: Parts) -> None:
    server = parts.server
    channel = {**server.make("news"), "chat": {"id": -500, "type": "channel", "title": "News"}}
    user = {"id": 7, "is_bot": False, "first_name": "Mei"}
    blocked = {"status": "kicked", "user": BOT, "until_date": 0}
    member = {"status": "member", "user": BOT}
    private = {"id": 7, "type": "private"}
    server.push(channel_post=channel)
    server.push(edited_channel_post=channel)
    server.push(
        my_chat_member={
            "chat": private,
            "from": user,
            "date": 1,
            "old_chat_member": member,
            "new_chat_member": blocked,
        }
    )
    server.push(poll_answer={"poll_id": "1", "option_ids": [0], "option_persistent_ids": ["a"], "user": user})
    server.push(message={**server.make("I am a bot"), "from": {"id": 5, "is_bot": True, "first_name": "Bot"}})
    server.push(message=server.make(pinned_message=server.make("x")))
    server.push(message=server.make(new_chat_title="x", chat=GROUP))
    server.push(message=server.make(successful_payment="nonsense"))
    server.push(something_that_does_not_exist_yet={"x": 1})
    server.push(message="no object at all")
    server.push(callback_query={"id": "1", "from": user, "chat_instance": "1"})
    await still_answers(parts)
    assert [sent.chat_id for sent in server.sent] == [99]


async def test_in_a_group_it_answers_only_who_addresses_it(parts: Parts) -> None:
    await eventually(lambda: parts.server.commands.get("zh"))
    server = parts.server
    server.message("lamps are nice", chat=GROUP)
    server.message("/help@another_bot", chat=GROUP)
    server.message(chat=GROUP, **KINDS["sticker"])
    asked = server.message("@lumen_test_bot how long?", chat=GROUP)["message"]["message_id"]
    (answer,) = await server.until(1, chat=GROUP)
    assert answer.text.startswith("answer to how long?")
    assert f'"message_id":{asked}' in answer.fields["reply_parameters"].replace(" ", "")
    server.message("and lamps?", chat=GROUP, reply_to_message={**server.make("x", chat=GROUP), "from": BOT})
    await server.until(2, chat=GROUP)
    server.message("/privacy@lumen_test_bot", chat=GROUP)
    await server.until(3, chat=GROUP)
    assert parts.assistant.texts == ["how long?", "and lamps?"]
    assert server.drafts == []


async def test_added_to_a_group_it_says_how_to_ask(parts: Parts) -> None:
    await eventually(lambda: parts.server.commands.get("zh"))
    parts.server.push(
        my_chat_member={
            "chat": {"id": GROUP, "type": "supergroup", "title": "Lamps"},
            "from": {"id": 7, "is_bot": False, "first_name": "Mei"},
            "date": 1,
            "old_chat_member": {"status": "left", "user": BOT},
            "new_chat_member": {"status": "member", "user": BOT},
        }
    )
    (line,) = await parts.server.until(1, chat=GROUP)
    assert "@lumen_test_bot" in line.text


async def test_strange_texts_reach_the_assistant_without_invisible_signs_only(parts: Parts) -> None:
    texts = ["👍🏽👩‍👩‍👧", "<b>&amp;</b>", "x" * 4000, "‮abc", "/unknowncommand"]
    for number, text in enumerate(texts):
        parts.server.message(text, chat=40 + number)
    for number in range(len(texts)):
        await parts.server.until(1, chat=40 + number)
    assert sorted(parts.assistant.texts) == sorted([*texts[:3], "abc"])
    assert parts.server.texts(41)[0].startswith("answer to <b>&amp;</b>")


async def test_a_human_who_serves_the_customer_learns_of_a_photo(parts: Parts) -> None:
    parts.server.message("hello")
    await parts.server.until(1)
    await parts.desk.take("telegram:7", "ana")
    await parts.server.until(2)
    parts.server.message(**KINDS["photo"])
    await parts.server.until(3)
    await eventually(lambda: "[photo]" in parts.assistant.texts)
    await parts.desk.reply("telegram:7", "ana", "I see **it**")
    last = (await parts.server.until(4))[3]
    assert last.raw == "<b>ana</b>\nI see <b>it</b>" and not last.keyboard


async def test_polling_survives_errors_of_every_kind(parts: Parts) -> None:
    server = parts.server
    server.fail("getUpdates", 500, "Internal Server Error")
    server.fail("getUpdates", 409, "Conflict: terminated by other getUpdates request")
    server.fail("getUpdates", 429, "Too Many Requests: retry after 0", retry_after=0)
    server.fail("getUpdates", 401, "Unauthorized")
    parts.assistant.answers["x"] = Reply("fine")
    server.message("x")
    assert (await server.until(1))[0].text == "fine"
    await still_answers(parts)
