"""Bursts, order, cancellation and recovery, on a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.conversation import IncomingMessage, Reply
from bot.intake import Intake
from bot.storage.connection import connect
from bot.storage.sessions import SessionStore
from bot.turn import Say
from retrieval.errors import FrontdeskError, StorageUnavailable


@dataclass
class Slow:
    """Thinks for a while before it says anything, and commits like the real assistant."""

    store: SessionStore
    thinks: float = 0.0
    speaks: float = 0.0
    heard: list[str] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)

    async def respond(self, message: IncomingMessage, say: Say) -> Reply:
        async with self.store.open(message) as conversation:
            await asyncio.sleep(self.thinks)
            if self.fails:
                raise self.fails.pop()
            self.heard.append(message.text)
            await say(f"re: {message.text}")
            await asyncio.sleep(self.speaks)
            reply = Reply(f"re: {message.text}")
            await self.store.commit(conversation, message, reply, [])
            return reply


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SessionStore]:
    redis = await connect(None, tmp_path)
    yield SessionStore(redis)
    await redis.aclose()


def message(text: str, number: int) -> IncomingMessage:
    return IncomingMessage("web", "web:a", str(number), text, float(number))


async def answers(store: SessionStore) -> list[str]:
    return [turn.text for _, turn in await store.turns_after("web:a", "0") if turn.author == "bot"]


async def test_messages_typed_in_a_row_are_one_question(store: SessionStore) -> None:
    assistant = Slow(store)
    intake = Intake(assistant, store, first_wait=0.2, longest_wait=1.0)  # type: ignore[arg-type]
    for number, text in enumerate(["hello", "how long", "for the lamp"]):
        assert await intake.submit(message(text, number))
        await asyncio.sleep(0.05)
    await intake.settled("web:a")
    assert assistant.heard == ["hello\nhow long\nfor the lamp"]
    assert await store.pending() == []


async def test_a_newer_message_cancels_an_answer_that_has_said_nothing(store: SessionStore) -> None:
    assistant = Slow(store, thinks=0.5)
    intake = Intake(assistant, store, first_wait=0.05, longest_wait=0.2)  # type: ignore[arg-type]
    await intake.submit(message("the lamp", 1))
    await asyncio.sleep(0.3)
    await intake.submit(message("no, the kettle", 2))
    await intake.settled("web:a")
    assert assistant.heard == ["the lamp\nno, the kettle"]


async def test_an_answer_that_has_begun_is_finished_first(store: SessionStore) -> None:
    assistant = Slow(store, speaks=0.5)
    intake = Intake(assistant, store, first_wait=0.05, longest_wait=0.2)  # type: ignore[arg-type]
    await intake.submit(message("the lamp", 1))
    await asyncio.sleep(0.3)
    await intake.submit(message("the kettle", 2))
    await intake.settled("web:a")
    assert await answers(store) == ["re: the lamp", "re: the kettle"]


async def test_the_same_message_again_is_not_answered_again(store: SessionStore) -> None:
    assistant = Slow(store)
    intake = Intake(assistant, store, first_wait=0.05)  # type: ignore[arg-type]
    assert await intake.submit(message("hello", 1))
    assert not await intake.submit(message("hello", 1))
    await intake.settled("web:a")
    assert await answers(store) == ["re: hello"]


async def test_a_crash_loses_nothing(store: SessionStore) -> None:
    first = Intake(Slow(store, thinks=30), store, first_wait=0.01)  # type: ignore[arg-type]
    await first.submit(message("hello", 1))
    await asyncio.sleep(0.1)
    await first.close()
    second = Intake(Slow(store), store, first_wait=0.01)  # type: ignore[arg-type]
    assert await second.recover() == 1
    await second.settled("web:a")
    assert await answers(store) == ["re: hello"]


async def test_an_outage_is_said_and_mended(store: SessionStore) -> None:
    assistant = Slow(store, fails=[StorageUnavailable("Redis does not answer")])
    intake = Intake(assistant, store, first_wait=0.01, retry_after=0.1)  # type: ignore[arg-type]
    told: list[str] = []

    async def failed(error: FrontdeskError) -> None:
        told.append(error.problem)

    await intake.submit(message("hello", 1), failed=failed)
    for _ in range(100):
        if await answers(store):
            break
        await asyncio.sleep(0.05)
    assert told == ["Redis does not answer"]
    assert await answers(store) == ["re: hello"]
    await intake.close()


async def test_a_contact_reaches_the_turn_and_is_not_stored_with_the_message(store: SessionStore) -> None:
    assistant = Slow(store)
    seen: list[IncomingMessage] = []
    respond = assistant.respond

    async def watched(incoming: IncomingMessage, say: Say) -> Reply:
        seen.append(incoming)
        return await respond(incoming, say)

    assistant.respond = watched  # type: ignore[method-assign]
    intake = Intake(assistant, store, first_wait=0.2)  # type: ignore[arg-type]
    await intake.submit(message("mei.lin@example.com", 1))
    await intake.submit(message("thanks", 2))
    assert all("mei.lin" not in waiting.text and not waiting.contact for waiting in await store.pending())
    await intake.settled("web:a")
    assert seen[-1].contact.email == "mei.lin@example.com"
    assert "mei.lin" not in seen[-1].text
