"""The human side, on a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.contact import Contact
from bot.conversation import Conversation, Decision, Mood, Reply, Turn
from bot.desk import Desk, summary
from bot.storage.connection import connect
from bot.storage.customers import Customers
from bot.storage.outbox import Outbox
from bot.storage.presence import Presence
from bot.storage.sessions import SessionStore
from bot.storage.tickets import Tickets
from generation.request import Customer
from retrieval.errors import InputError, OwnershipConflict, StorageUnavailable
from tests.bot.storage.turns import answer, message, queue

MONDAY_10 = 1_767_578_400.0  # in Singapore
SUNDAY_10 = MONDAY_10 - 24 * 3600


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SessionStore]:
    client = await connect(None, tmp_path)
    yield SessionStore(client)
    await client.aclose()


@pytest.fixture
def desk(store: SessionStore) -> Desk:
    return Desk(store, clock=lambda: MONDAY_10)


async def test_two_operators_cannot_take_the_same_conversation(store: SessionStore, desk: Desk) -> None:
    await queue(store)
    taken = await asyncio.gather(
        desk.take("telegram:7", "Sofia"), desk.take("telegram:7", "Wei"), return_exceptions=True
    )
    (winner,) = [result for result in taken if isinstance(result, Conversation)]
    (conflict,) = [result for result in taken if isinstance(result, OwnershipConflict)]
    assert f"{winner.operator} has it" in str(conflict)


async def test_taking_again_is_no_harm(store: SessionStore, desk: Desk) -> None:
    await queue(store)
    first = await desk.take("telegram:7", "Sofia")
    assert await desk.take("telegram:7", "Sofia") == first


async def test_only_who_holds_the_conversation_replies(store: SessionStore, desk: Desk) -> None:
    await queue(store)
    with pytest.raises(OwnershipConflict, match="it is queued"):
        await desk.reply("telegram:7", "Sofia", "Hi!")
    await desk.take("telegram:7", "Sofia")
    with pytest.raises(OwnershipConflict, match="Sofia has it"):
        await desk.reply("telegram:7", "Wei", "Me too!")
    await desk.reply("telegram:7", "Sofia", "Hi!")
    loaded = await store.load("telegram:7")
    assert loaded is not None
    assert (loaded.turns[-1].author, loaded.turns[-1].text, loaded.turns[-1].operator) == ("human", "Hi!", "Sofia")


async def test_a_reply_or_note_that_is_sent_again_is_there_once(store: SessionStore, desk: Desk) -> None:
    await answer(store, message("hi", 1, conversation="web:a"), Reply("Hello."))
    await desk.take("web:a", "Sofia")
    first = await desk.reply("web:a", "Sofia", "It is on its way.", message_id="m1")
    assert await desk.reply("web:a", "Sofia", "It is on its way.", message_id="m1") == first
    for _ in range(2):
        await desk.note("web:a", "Sofia", "calm customer", message_id="m2")
    await desk.reply("web:a", "Sofia", "It is on its way.", message_id="m3")
    loaded = await store.load("web:a")
    assert loaded is not None
    assert [turn.text for turn in loaded.turns if turn.message_id.startswith("m")] == [
        "It is on its way.",
        "calm customer",
        "It is on its way.",
    ]


async def test_a_transfer_goes_to_the_other_operator_only(store: SessionStore, desk: Desk) -> None:
    await queue(store)
    await desk.take("telegram:7", "Sofia")
    with pytest.raises(InputError, match="name another operator"):
        await desk.transfer("telegram:7", "Sofia", "Sofia")
    conversation = await desk.transfer("telegram:7", "Sofia", "Wei")
    assert conversation.operator == "Wei"
    with pytest.raises(OwnershipConflict):
        await desk.hand_back("telegram:7", "Sofia")


async def test_hand_back_fences_the_history(store: SessionStore, desk: Desk) -> None:
    await queue(store)
    await desk.take("telegram:7", "Sofia")
    await desk.reply("telegram:7", "Sofia", "Let me look.")
    await desk.note("telegram:7", "Wei", "he is a regular")
    conversation = await desk.hand_back("telegram:7", "Sofia")
    assert (conversation.owner, conversation.operator, conversation.reasons) == ("bot", None, ())
    assert conversation.history() == ()
    assert "he is a regular" not in [utterance.text for utterance in conversation.transcript()]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["passing you", "Sofia has joined", "Wei is taking over", "virtual assistant again", "closed"]),
        ("zh", ["转接", "Sofia 已接入", "Wei 为您服务", "智能助手继续", "已结束"]),
    ],
)
async def test_the_customer_is_told_of_every_change_of_owner_in_their_language(
    tmp_path: Path, language: str, said: list[str]
) -> None:
    client = await connect(None, tmp_path)
    store = SessionStore(client)
    desk = Desk(store, clock=lambda: MONDAY_10)
    await answer(store, message(), Reply("…", language=language))  # type: ignore[arg-type]
    await desk.request("telegram:7")
    await desk.take("telegram:7", "Sofia")
    await desk.transfer("telegram:7", "Sofia", "Wei")
    await desk.hand_back("telegram:7", "Wei")
    await desk.close("telegram:7", "Wei", "solved")
    lines = [d.turn.text for d in await Outbox(client).next("telegram", wait=0) if d.turn.author == "system"]
    assert len(lines) == len(said)
    for line, words in zip(lines, said, strict=True):
        assert words in line
        assert "{" not in line
    await client.aclose()


async def test_a_request_out_of_hours_says_when_people_are_there(store: SessionStore) -> None:
    desk = Desk(store, clock=lambda: SUNDAY_10)
    conversation = await desk.request("telegram:new")
    assert conversation.owner == "queued"
    assert "Monday to Saturday" in conversation.turns[-1].text
    assert await desk.request("telegram:new") == conversation


async def test_closing_keeps_the_reason_and_the_next_message_opens_it_again(store: SessionStore, desk: Desk) -> None:
    await queue(store)
    await desk.take("telegram:7", "Sofia")
    with pytest.raises(OwnershipConflict):
        await desk.close("telegram:7", "Wei")
    conversation = await desk.close("telegram:7", "Sofia", "refunded")
    assert (conversation.owner, conversation.reasons) == ("closed", ("closed by Sofia: refunded",))
    await answer(store, message("one more thing", 2), Reply("Yes?"))
    loaded = await store.load("telegram:7")
    assert loaded is not None
    assert loaded.owner == "bot"


async def test_the_queue_puts_danger_first_then_anger_then_the_wait(store: SessionStore) -> None:
    await queue(store, "web:early", number=0)
    await answer(
        store,
        message("this is the third time!", 1, "web:angry"),
        Reply("passing you on", owner="queued", mood=Mood("negative", -0.9, dissatisfaction=0.95)),
    )
    await queue(store, "web:late", number=2)
    await queue(store, "web:danger", topic="self_harm", number=3)
    desk = Desk(store, clock=lambda: 1100.0)
    queued = await desk.queue()
    assert [entry.conversation.id for entry in queued] == ["web:danger", "web:angry", "web:early", "web:late"]
    assert [await desk.place(entry.conversation.id) for entry in queued] == [1, 2, 3, 4]
    assert await desk.place("web:nobody") == 0
    assert queued[0].reasons == ("asked for a person",)
    assert queued[1].mood_curve == (-0.9,)
    assert queued[2].waiting_seconds == 100.0


async def test_a_long_wait_outweighs_anger(store: SessionStore) -> None:
    await queue(store, "web:early", number=0)
    await answer(
        store,
        message("!", 3000, "web:angry"),
        Reply("passing you on", owner="queued", mood=Mood("negative", -1.0, dissatisfaction=1.0)),
    )
    desk = Desk(store, clock=lambda: 4100.0)
    assert [entry.conversation.id for entry in await desk.queue()] == ["web:early", "web:angry"]


def test_the_summary_is_three_lines_of_who_what_and_what_was_said() -> None:
    turns = (
        Turn("customer", "My lamp LT-101\narrived broken and I want my money back", 1.0),
        Turn("bot", "I don't know.", 2.0, answered=False),
        Turn("customer", "a human!", 3.0),
    )
    conversation = Conversation(
        "web:a", "web", turns=turns, language="en", customer=Customer(name="Mei", orders=("LO-482193",))
    )
    who, asked, answered = summary(conversation).splitlines()
    assert "Mei" in who
    assert "LO-482193" in who
    assert "a human!" in asked
    assert "arrived broken" in asked
    assert "not known: I don't know." in answered


async def test_an_unknown_conversation_and_an_empty_reply_are_one_clear_line(store: SessionStore, desk: Desk) -> None:
    with pytest.raises(InputError, match="no conversation 'web:nobody'"):
        await desk.take("web:nobody", "Sofia")
    await queue(store)
    await desk.take("telegram:7", "Sofia")
    with pytest.raises(InputError, match="the text is empty"):
        await desk.reply("telegram:7", "Sofia", "  \n")


async def test_a_closed_conversation_is_rated_once_and_never_asked_about_again(store: SessionStore, desk: Desk) -> None:
    await queue(store)
    assert await store.rate("telegram:7", 5) is False
    await desk.take("telegram:7", "Sofia")
    closed = await desk.close("telegram:7", "Sofia", "solved")
    assert closed.turns[-1].ask_rating
    assert "How was this conversation?" in closed.turns[-1].text
    assert await store.rate("telegram:7", 4) is True
    assert await store.rate("telegram:7", 1) is False
    rated = await store.load("telegram:7")
    assert rated is not None
    assert (rated.rating, rated.rating_asked) == (4, True)
    assert await store.ratings() == {4: 1}
    events = [event async for event in store.events() if event["kind"] == "ConversationRated"]
    assert [(event["score"], event["operator"]) for event in events] == [(4, "Sofia")]
    await answer(store, message("one more thing", 2), Reply("Yes?"))
    again = await desk.close("telegram:7", "Wei")
    assert not again.turns[-1].ask_rating
    assert "How was" not in again.turns[-1].text


async def test_nobody_is_asked_to_rate_what_was_spam(store: SessionStore, desk: Desk) -> None:
    await queue(store)
    assert not (await desk.close("telegram:7", "Sofia", "spam")).turns[-1].ask_rating


async def test_a_promise_does_not_count_as_solved(store: SessionStore, desk: Desk) -> None:
    await queue(store)
    await desk.take("telegram:7", "Sofia")
    await desk.reply("telegram:7", "Sofia", "I'll check with the warehouse and call you back.")
    with pytest.raises(InputError, match="a promise is open"):
        await desk.close("telegram:7", "Sofia", "Solved")
    await desk.reply("telegram:7", "Sofia", "The lamp left the warehouse today.")
    assert (await desk.close("telegram:7", "Sofia", "solved")).owner == "closed"


async def test_what_an_operator_answered_is_learned_when_the_conversation_ends(store: SessionStore) -> None:
    learned: list[str] = []

    async def learn(conversation: Conversation) -> None:
        learned.append(conversation.turns[-1].text)
        raise StorageUnavailable("Redis does not answer", "start it")

    desk = Desk(store, learn=learn, clock=lambda: MONDAY_10)
    await queue(store)
    await desk.take("telegram:7", "Sofia")
    await desk.reply("telegram:7", "Sofia", "Yes, we do.")
    assert (await desk.hand_back("telegram:7", "Sofia")).owner == "bot"
    assert learned == ["Yes, we do."]
    await desk.close("telegram:7", "Sofia", "spam")
    assert len(learned) == 1


async def test_nobody_at_the_desk_is_told_with_a_ticket_which_shows_the_contact_that_was_left(
    store: SessionStore,
) -> None:
    tickets, presence = Tickets(store._redis), Presence(store._redis)
    desk = Desk(store, tickets=tickets, presence=presence, clock=lambda: MONDAY_10)
    conversation = await desk.request("web:a")
    assert "Nobody is at the desk" in conversation.turns[-1].text
    assert "T-1001" in conversation.turns[-1].text
    ticket = await desk.leave_contact("web:a", Contact("a@b.example", ""))
    assert ticket is not None
    assert (ticket.name, ticket.email) == ("T-1001", "a@b.example")
    await desk.seen("Sofia")
    assert (await desk.staffing()).present == 1
    assert "Nobody" not in (await desk.request("web:b")).turns[-1].text
    await desk.left("Sofia")
    assert not (await desk.staffing()).available
    customers = Customers(store._redis)
    assert (await customers.export("web:a"))["ticket"]["email"] == "a@b.example"
    await customers.erase("web:a")
    assert await desk.ticket("web:a") is None


@pytest.mark.parametrize(("language", "said"), [("en", "Wei is taking over"), ("zh", "Wei 为您服务")])
async def test_who_is_held_by_somebody_not_at_the_desk_can_be_taken_by_another(
    store: SessionStore, language: str, said: str
) -> None:
    now = [MONDAY_10]
    desk = Desk(store, presence=Presence(store._redis), clock=lambda: now[0])
    await answer(store, message(), Reply("…", language=language))  # type: ignore[arg-type]
    await desk.seen("Sofia")
    held = await desk.take("telegram:7", "Sofia")
    assert not await desk.away(held)
    with pytest.raises(OwnershipConflict, match="Sofia has it"):
        await desk.take("telegram:7", "Wei")
    now[0] += 120
    assert await desk.away(held)
    taken = await desk.take("telegram:7", "Wei")
    assert (taken.owner, taken.operator) == ("human", "Wei")
    assert said in taken.turns[-1].text


@pytest.mark.parametrize(("language", "said"), [("en", "Nobody is at the desk"), ("zh", "没有同事在线")])
async def test_whom_an_operator_holds_who_logs_out_waits_again(store: SessionStore, language: str, said: str) -> None:
    desk = Desk(store, presence=Presence(store._redis), clock=lambda: MONDAY_10)
    decision = Decision("hand_over", ("asked for a person",), "safety")
    await answer(store, message(), Reply("…", language=language, owner="queued", decision=decision))  # type: ignore[arg-type]
    await queue(store, "telegram:8")
    await desk.seen("Sofia")
    await desk.take("telegram:7", "Sofia")
    await desk.take("telegram:8", "Wei")
    await desk.left("Sofia")
    (entry,) = await desk.queue()
    waits = entry.conversation
    assert (waits.id, waits.operator, waits.topic) == ("telegram:7", None, "safety")
    assert waits.reasons == ("asked for a person", "Sofia logged out")
    assert said in waits.turns[-1].text


async def test_a_tag_marks_a_customer_as_valued(store: SessionStore) -> None:
    desk = Desk(store, customers=Customers(store._redis), clock=lambda: MONDAY_10)
    await queue(store)
    await desk.tag("telegram:7", [" VIP ", "vip", ""])
    assert (await desk.get("telegram:7")).conversation.customer.tags == ("vip",)
