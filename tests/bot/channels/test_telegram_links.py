"""Deep links, and topics of a chat, on the Telegram channel."""

from __future__ import annotations

import pytest

from tests.bot.channels.telegram_parts import Parts


async def test_a_link_to_a_question_discloses_the_program_and_answers_it(parts: Parts) -> None:
    parts.server.message("/start q2")
    hello, answer = await parts.server.until(2)
    assert "not a person" in hello.text and not hello.keyboard
    assert answer.text.startswith("answer to Where is my order?")


async def test_a_link_to_a_person_fetches_one(parts: Parts) -> None:
    parts.server.message("/start human", code="zh-hans")
    hello, told = await parts.server.until(2)
    assert "不是真人" in hello.text and told.text == "You are number 1."
    assert parts.assistant.texts == ["我要转人工"]


@pytest.mark.parametrize("payload", ["q9", "q0", "newsletter-2026"])
async def test_any_other_payload_is_a_plain_start(parts: Parts, payload: str) -> None:
    parts.server.message(f"/start {payload}")
    (hello,) = await parts.server.until(1)
    assert len(hello.buttons) == 2
    assert parts.assistant.heard == []


@pytest.mark.parametrize("words", ["q1 x", "<b>", "人工"])
async def test_words_that_no_link_can_carry_are_asked(parts: Parts, words: str) -> None:
    parts.server.message(f"/start {words}")
    await parts.server.until(2)
    assert parts.assistant.texts == [words]


async def test_typing_and_drafts_are_shown_in_the_topic_that_was_written_in(parts: Parts) -> None:
    parts.assistant.pause = 0.3
    parts.server.message("how long?", message_thread_id=31, is_topic_message=True)
    await parts.server.until(1)
    for name in ("sendChatAction", "sendMessageDraft"):
        sent = [fields for method, fields in parts.server.calls if method == name]
        assert sent and {fields["message_thread_id"] for fields in sent} == {"31"}
