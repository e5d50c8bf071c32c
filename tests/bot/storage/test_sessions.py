"""Conversations in a real Redis."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from bot.conversation import Decision, Mood, Reply, Turn
from bot.storage import keys
from bot.storage.outbox import Outbox
from bot.storage.sessions import SessionStore
from retrieval.errors import OwnershipConflict
from tests.bot.storage.turns import answer, message, queue


async def test_a_committed_turn_is_there_for_the_next_one(store: SessionStore) -> None:
    await answer(store, message("hi"), Reply("Hello!", mood=Mood("positive", 0.4)))
    async with store.open(message("and now?", 2)) as conversation:
        assert [(turn.author, turn.text) for turn in conversation.turns] == [("customer", "hi"), ("bot", "Hello!")]
        assert conversation.customer.name == "Mei"
        assert conversation.turns[0].mood == Mood("positive", 0.4)


async def test_chinese_and_emoji_come_back_as_they_went(store: SessionStore) -> None:
    await answer(store, message("台灯可以退货吗？🙏"), Reply("可以，30 天内。", language="zh"))
    loaded = await store.load("telegram:7")
    assert loaded is not None
    assert [turn.text for turn in loaded.turns] == ["台灯可以退货吗？🙏", "可以，30 天内。"]
    assert loaded.language == "zh"


async def test_half_a_surrogate_pair_stops_nothing(store: SessionStore) -> None:
    incoming = message("broken \ud83d emoji", conversation="web:\udce4")
    assert await store.accept(incoming)
    await answer(store, incoming, Reply("Hello \udfff!"))
    assert await store.pending() == []
    loaded = await store.load("web:\udce4")
    assert loaded is not None
    assert [turn.text for turn in loaded.turns] == ["broken ? emoji", "Hello ?!"]


async def test_a_very_long_message_is_stored_whole(store: SessionStore) -> None:
    assert await store.accept(message("x" * 100_000))
    assert len((await store.pending())[0].text) == 100_000


async def test_a_conversation_opens_with_its_last_forty_turns(store: SessionStore) -> None:
    for number in range(50):
        await store.append("web:a", Turn("customer", str(number), float(number)), deliver=False)
    loaded = await store.load("web:a")
    assert loaded is not None
    assert [turn.text for turn in loaded.turns] == [str(number) for number in range(10, 50)]


async def test_everything_of_a_conversation_has_a_time_to_live(redis: Redis) -> None:
    store = SessionStore(redis, ttl=timedelta(days=7))
    await store.accept(message("one", 2))
    await answer(store, message(), Reply("Hello!"))
    names = [name async for name in redis.scan_iter(keys.everything_of("telegram:7"))]
    assert len(names) >= 5
    for name in names:
        assert 0 < await redis.ttl(name) <= 7 * 24 * 3600, name


async def test_a_turn_that_was_erased_while_it_was_answered_is_not_written(store: SessionStore, redis: Redis) -> None:
    from bot.storage.customers import Customers

    await answer(store, message("hi"), Reply("Hello!"))
    async with store.open(message("again", 2)) as conversation:
        await Customers(redis).erase("telegram:7")
        await store.commit(conversation, message("again", 2), Reply("Hello again!"), [])
    assert await store.load("telegram:7") is None
    assert await redis.xlen(keys.outbox("telegram")) == 0


async def test_the_same_message_finds_its_first_reply(store: SessionStore) -> None:
    assert await store.seen(message()) is None
    await store.accept(message())
    assert await store.seen(message()) is None
    await answer(store, message(), Reply("Hello!", suggestions=("A?",), mood=Mood("positive", 0.2, reasons=("kind",))))
    seen = await store.seen(message())
    assert seen is not None
    assert (seen.text, seen.suggestions, seen.mood.reasons) == ("Hello!", ("A?",), ("kind",))


async def test_a_message_is_committed_once_however_often_it_is_answered(store: SessionStore) -> None:
    await answer(store, message(), Reply("First"))
    await answer(store, message(), Reply("Second"))
    loaded = await store.load("telegram:7")
    assert loaded is not None
    assert [turn.text for turn in loaded.turns] == ["hello", "First"]
    seen = await store.seen(message())
    assert seen is not None
    assert seen.text == "First"


async def test_an_operator_who_takes_over_during_a_turn_keeps_the_conversation(store: SessionStore) -> None:
    await answer(store, message(), Reply("Hello!"))
    async with store.open(message("and?", 2)) as conversation:
        await store.change_owner("telegram:7", "human", expected={"bot"}, operator="Sofia")
        await store.commit(conversation, message("and?", 2), Reply("Yes."), [])
    loaded = await store.load("telegram:7")
    assert loaded is not None
    assert (loaded.owner, loaded.operator) == ("human", "Sofia")
    assert loaded.turns[-1].text == "Yes."
    assert [c.id for c in await store.conversations({"human"})] == ["telegram:7"]
    assert await store.conversations({"bot"}) == []


async def test_a_hand_over_is_a_fenced_line_of_the_system_with_its_reasons(store: SessionStore) -> None:
    await queue(store, topic="fraud")
    loaded = await store.load("telegram:7")
    assert loaded is not None
    assert (loaded.turns[-1].author, loaded.turns[-1].fence) == ("system", True)
    assert (loaded.owner, loaded.reasons, loaded.topic) == ("queued", ("asked for a person",), "fraud")


async def test_the_first_answer_after_a_closed_conversation_feeds_the_next_prompt(store: SessionStore) -> None:
    await answer(store, message("hi"), Reply("Hello!"))
    line = Turn("system", "closed", 1001.5)
    await store.change_owner("telegram:7", "closed", expected={"bot"}, line=line)
    await answer(store, message("back again", 2), Reply("Welcome back!"))
    loaded = await store.load("telegram:7")
    assert loaded is not None
    assert loaded.owner == "bot"
    assert [utterance.text for utterance in loaded.history()] == ["back again", "Welcome back!"]


async def test_unanswered_questions_in_a_row_are_counted(store: SessionStore) -> None:
    for number in (1, 2):
        await answer(store, message("?", number), Reply("I don't know", answered=False, decision=Decision("offer")))
    loaded = await store.load("telegram:7")
    assert loaded is not None
    assert (loaded.unanswered, loaded.offered) == (2, True)
    await answer(store, message("thanks", 3), Reply("You're welcome"))
    loaded = await store.load("telegram:7")
    assert loaded is not None
    assert loaded.unanswered == 0


async def test_a_silent_turn_keeps_the_customers_words_and_delivers_nothing(store: SessionStore, redis: Redis) -> None:
    await answer(store, message(), Reply("", silent=True))
    loaded = await store.load("telegram:7")
    assert loaded is not None
    assert [turn.text for turn in loaded.turns] == ["hello"]
    assert await redis.xlen(keys.outbox("telegram")) == 0


async def test_waiting_conversations_come_in_the_order_of_their_waiting(store: SessionStore) -> None:
    for number, name in enumerate(("web:c", "web:a", "web:b")):
        await queue(store, name, number=number)
    await answer(store, message("still there?", 9, "web:c"), Reply("", silent=True, owner="queued"))
    assert [c.id for c in await store.conversations({"queued"})] == ["web:c", "web:a", "web:b"]


async def test_a_grave_topic_is_seen_however_many_wait(store: SessionStore) -> None:
    topics = {4: "legal", 5: "fraud", 6: "safety", 7: "self_harm"}
    for number in range(8):
        await queue(store, f"web:{number}", number=number, topic=topics.get(number))
    seen = [[c.id for c in await store.conversations({"queued"}, limit)] for limit in (1, 2, 3, 5, 8)]
    assert seen[0] == ["web:7"]
    assert seen[1] == ["web:6", "web:7"]
    assert seen[2] == ["web:5", "web:6", "web:7"]
    assert seen[3] == ["web:0", "web:4", "web:5", "web:6", "web:7"]
    assert seen[4] == [f"web:{number}" for number in range(8)]


async def test_of_equals_who_waits_longest_is_seen_and_who_has_run_out_is_not(
    store: SessionStore, redis: Redis
) -> None:
    for number in range(5):
        await queue(store, f"web:{number}", number=number)
    assert [c.id for c in await store.conversations({"queued"}, 3)] == ["web:0", "web:1", "web:2"]
    await redis.delete(keys.meta("web:1"))
    await store.conversations({"queued"}, 3)
    assert [c.id for c in await store.conversations({"queued"}, 3)] == ["web:0", "web:2", "web:3"]


async def test_the_bots_conversations_come_by_their_last_turn(store: SessionStore) -> None:
    for number, name in enumerate(("web:a", "web:b", "web:a")):
        await answer(store, message("x", number, name), Reply("y"))
    assert [c.id for c in await store.conversations({"bot"})] == ["web:a", "web:b"]


async def test_only_who_is_expected_gives_a_conversation_away(store: SessionStore) -> None:
    await queue(store)
    await store.change_owner("telegram:7", "human", expected={"queued"}, operator="Sofia")
    with pytest.raises(OwnershipConflict, match="Sofia has it"):
        await store.change_owner("telegram:7", "human", expected={"queued"}, operator="Wei")
    with pytest.raises(OwnershipConflict, match="Sofia has it"):
        await store.append("telegram:7", Turn("human", "hi", 1.0), deliver=True, expected_operator="Wei")


async def test_turns_can_be_followed_from_any_point(store: SessionStore) -> None:
    await answer(store, message("hi", conversation="web:a"), Reply("Hello!"))
    turns = await store.turns_after("web:a", "0")
    assert [turn.text for _, turn in turns] == ["hi", "Hello!"]
    assert turns[-1][0] == await store.last_turn_id("web:a")
    later = asyncio.create_task(store.turns_after("web:a", turns[-1][0], wait=20))
    await asyncio.sleep(0.05)
    await store.append("web:a", Turn("human", "I am Sofia", 5.0, operator="Sofia"), deliver=True)
    assert [turn.text for _, turn in await later] == ["I am Sofia"]


async def test_a_private_note_never_reaches_the_customer(store: SessionStore, redis: Redis) -> None:
    await answer(store, message("hi"), Reply("Hello!"))
    await Outbox(redis).next("telegram", wait=0)
    note = Turn("system", "pays late", 1002.0, operator="Sofia", private=True)
    await store.append("telegram:7", note, deliver=True)
    assert [turn.text for _, turn in await store.turns_after("telegram:7", "0")] == ["hi", "Hello!"]
    assert "pays late" in [turn.text for _, turn in await store.turns_after("telegram:7", "0", private=True)]
    assert await Outbox(redis).next("telegram", wait=0) != [note]
    loaded = await store.load("telegram:7")
    assert loaded is not None
    assert "pays late" not in [u.text for u in (*loaded.history(), *loaded.transcript())]


async def test_the_desk_feed_tells_what_changed(store: SessionStore) -> None:
    later = asyncio.create_task(store.desk_feed("$", wait=20))
    await asyncio.sleep(0.05)
    await queue(store, "web:a")
    assert [fields for _, fields in await later] == [{"kind": "owner", "conversation_id": "web:a"}]


async def test_events_tell_the_turn_the_owner_the_operator_and_the_feedback(store: SessionStore) -> None:
    await queue(store)
    await store.change_owner("telegram:7", "human", expected={"queued"}, operator="Sofia")
    await store.append("telegram:7", Turn("human", "Hi", 5.0, operator="Sofia"), deliver=True)
    await store.feedback("telegram:7", "1", True)
    await store.feedback("telegram:nobody", "1", True)
    kinds = [event["kind"] async for event in store.events()]
    assert kinds == ["MessageReceived", "OwnerChanged", "OwnerChanged", "OperatorReplied", "FeedbackGiven"]
    assert [event async for event in store.events(since=4e9)] == []
