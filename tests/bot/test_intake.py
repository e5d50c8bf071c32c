"""Bursts, order, cancellation and recovery, on a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.contact import Contact
from bot.conversation import IncomingMessage, Reply
from bot.intake import Intake, join
from bot.spoken import Say
from bot.storage.connection import connect
from bot.storage.sessions import SessionStore
from bot.turn import LONGEST_TEXT, clean
from retrieval.errors import FrontdeskError, StorageUnavailable


@dataclass
class Slow:
    """Thinks for a while before it says anything, and commits like the real assistant."""

    store: SessionStore
    thinks: float = 0.0
    speaks: float = 0.0
    heard: list[str] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)

    async def respond(self, message: IncomingMessage, say: Say) -> Reply:
        async with self.store.open(message) as conversation:
            await asyncio.sleep(self.thinks)
            if self.fails:
                raise self.fails.pop()
            self.heard.append(message.text)
            self.contacts.append(message.contact)
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


def message(text: str, number: int, conversation: str = "web:a") -> IncomingMessage:
    return IncomingMessage("web", conversation, str(number), text, float(number))


async def answers(store: SessionStore) -> list[str]:
    return [turn.text for _, turn in await store.turns_after("web:a", "0") if turn.author == "bot"]


async def answered(store: SessionStore, count: int = 1) -> list[str]:
    """The answers, once there are so many of them."""
    for _ in range(100):
        if len(await answers(store)) >= count:
            break
        await asyncio.sleep(0.05)
    return await answers(store)


async def test_messages_typed_in_a_row_are_one_question(store: SessionStore) -> None:
    assistant = Slow(store)
    intake = Intake(assistant, store, first_wait=0.2, longest_wait=1.0)  # type: ignore[arg-type]
    for number, text in enumerate(["hello", "how long", "for the lamp"]):
        assert await intake.submit(message(text, number))
        await asyncio.sleep(0.05)
    await intake.settled("web:a")
    assert assistant.heard == ["hello\nhow long\nfor the lamp"]
    assert await store.pending() == []


@pytest.mark.parametrize(
    ("filler", "end"), [("x", "my order is 4711, the lamp caught fire"), ("字", "订单 4711 起火了")]
)
async def test_a_long_paste_that_comes_in_pieces_is_read_to_its_end(store: SessionStore, filler: str, end: str) -> None:
    assistant = Slow(store)
    intake = Intake(assistant, store, first_wait=0.05, longest_wait=0.2)  # type: ignore[arg-type]
    pieces = ["hello", filler * (LONGEST_TEXT - 6), filler * (LONGEST_TEXT - 9), end]
    for number, text in enumerate(pieces):
        await intake.submit(message(text, number))
    await intake.settled("web:a")
    assert assistant.heard == ["\n".join(pieces[:2]), pieces[2], end]
    assert all(clean(heard) == heard for heard in assistant.heard)
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
    assert await answered(store) == ["re: hello"]
    assert told == ["Redis does not answer"]
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


@pytest.mark.parametrize("text", ["where is my parcel?", "我的包裹在哪里？"])
async def test_a_message_whose_acknowledgement_was_lost_is_answered_when_it_comes_again(
    store: SessionStore, text: str
) -> None:
    intake = Intake(Slow(store), store, first_wait=0.05)  # type: ignore[arg-type]
    await store.accept(message(text, 1))
    assert await intake.submit(message(text, 1))
    assert not await intake.submit(message(text, 1))
    await intake.settled("web:a")
    assert await answers(store) == [f"re: {text}"]
    assert not await intake.submit(message(text, 1))


@pytest.mark.parametrize("error", [StorageUnavailable("Redis does not answer"), asyncio.CancelledError()])
@pytest.mark.parametrize(
    ("text", "left"),
    [("my email is jo@example.com", Contact(email="jo@example.com")), ("电话是 91234567", Contact(phone="91234567"))],
)
async def test_a_message_whose_acknowledgement_was_lost_is_answered_though_it_never_comes_again(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch, error: BaseException, text: str, left: Contact
) -> None:
    accept = store.accept

    async def unheard(incoming: IncomingMessage) -> bool:
        await accept(incoming)
        raise error

    monkeypatch.setattr(store, "accept", unheard)
    assistant = Slow(store)
    intake = Intake(assistant, store, first_wait=0.05, retry_after=0.1)  # type: ignore[arg-type]
    with pytest.raises(type(error)):
        await intake.submit(message(text, 1))
    assert len(await answered(store)) == 1
    assert assistant.contacts == [left]
    await intake.close()


async def test_a_failed_answer_is_tried_again_when_the_customer_sends_it_again(store: SessionStore) -> None:
    intake = Intake(Slow(store, fails=[ValueError("broken")]), store, first_wait=0.01)  # type: ignore[arg-type]
    await intake.submit(message("hello", 1))
    await intake.settled("web:a")
    assert await intake.submit(message("hello", 1))
    assert await answered(store) == ["re: hello"]


@pytest.mark.parametrize("text", ["hello", "你好"])
async def test_what_comes_while_the_inbox_is_read_is_answered_once(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    pending, accepted = store.pending, asyncio.Event()

    async def slow() -> list[IncomingMessage]:
        await accepted.wait()
        return await pending()

    monkeypatch.setattr(store, "pending", slow)
    assistant = Slow(store)
    intake = Intake(assistant, store, first_wait=0.2)  # type: ignore[arg-type]
    recovering = asyncio.create_task(intake.recover())
    await asyncio.sleep(0.01)
    await intake.submit(message(text, 1))
    accepted.set()
    assert await recovering == 0
    await intake.settled("web:a")
    assert assistant.heard == [text]


async def test_what_the_inbox_gave_before_its_sender_heard_of_it_is_answered_once(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept, heard = store.accept, asyncio.Event()

    async def late(incoming: IncomingMessage) -> bool:
        new = await accept(incoming)
        await heard.wait()
        return new

    monkeypatch.setattr(store, "accept", late)
    assistant = Slow(store)
    intake = Intake(assistant, store, first_wait=0.5)  # type: ignore[arg-type]
    submitted = asyncio.create_task(intake.submit(message("jo@example.com", 1)))
    await asyncio.sleep(0.1)
    assert await intake.recover() == 1
    heard.set()
    assert await submitted
    await intake.settled("web:a")
    assert assistant.heard == ["[email]"]
    assert assistant.contacts == [Contact(email="jo@example.com")]


async def test_the_same_id_in_another_conversation_is_taken_up_too(store: SessionStore) -> None:
    intake = Intake(Slow(store), store, first_wait=0.2)  # type: ignore[arg-type]
    await store.accept(message("first", 12))
    await intake.submit(message("other", 12, "web:b"))
    assert await intake.recover() == 1
    await intake.settled("web:a")
    assert await answers(store) == ["re: first"]
    await intake.close()


async def test_an_outage_of_any_length_is_mended(store: SessionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    pending, refused = store.pending, iter(range(1000))

    async def long_gone() -> list[IncomingMessage]:
        if next(refused, None) is not None:
            raise StorageUnavailable("Redis does not answer")
        return await pending()

    monkeypatch.setattr(store, "pending", long_gone)
    assistant = Slow(store, fails=[StorageUnavailable("Redis does not answer")])
    intake = Intake(assistant, store, first_wait=0.01, retry_after=0.0)  # type: ignore[arg-type]
    await intake.submit(message("hello", 1))
    assert await answered(store) == ["re: hello"]
    await intake.close()


@pytest.mark.parametrize(
    ("left", "kept"),
    [
        ([Contact(email="jo@example.com"), Contact(phone="9123 4567")], Contact("jo@example.com", "9123 4567")),
        ([Contact(phone="9123 4567"), Contact(), Contact("jo@example.com")], Contact("jo@example.com", "9123 4567")),
        ([Contact("jo@example.cm", "9123 4567"), Contact("jo@example.com")], Contact("jo@example.com", "9123 4567")),
        ([Contact(), Contact()], Contact()),
    ],
)
def test_a_burst_keeps_the_newest_address_and_the_newest_number(left: list[Contact], kept: Contact) -> None:
    assert join([replace(message("", number), contact=found) for number, found in enumerate(left)]).contact == kept


@pytest.mark.parametrize(
    "texts",
    [("my email is jo@example.com", "or call 9123 4567"), ("我的邮箱是 jo@example.com", "或者打电话 9123 4567")],
)
async def test_contacts_outlive_an_outage(store: SessionStore, texts: tuple[str, str]) -> None:
    assistant = Slow(store, fails=[StorageUnavailable("Redis does not answer")])
    intake = Intake(assistant, store, first_wait=0.1, retry_after=0.1)  # type: ignore[arg-type]
    for number, text in enumerate(texts):
        await intake.submit(message(text, number))
    assert len(await answered(store)) == 1
    assert assistant.contacts == [Contact("jo@example.com", "9123 4567")]
    await intake.close()


@pytest.mark.parametrize("newer", ["are you there?", "还在吗？"])
async def test_what_comes_after_a_message_that_fails_is_answered(store: SessionStore, newer: str) -> None:
    assistant = Slow(store, fails=[ValueError("broken")])
    intake = Intake(assistant, store, first_wait=0.05, longest_wait=0.2)  # type: ignore[arg-type]

    async def failed(_: FrontdeskError) -> None:
        await intake.submit(message(newer, 3))

    await intake.submit(message("x" * LONGEST_TEXT, 1), failed=failed)
    await intake.submit(message("hello", 2))
    await intake.settled("web:a")
    assert assistant.heard == [f"hello\n{newer}"]
    assert [waiting.message_id for waiting in await store.pending()] == ["1"]
