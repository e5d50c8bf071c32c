"""The staff group when something is missing: rights, topics, Redis, Telegram's patience, the process itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels.telegram_checks import staff_group
from bot.commands import diagnosis
from bot.conversation import Turn
from bot.settings import load
from bot.storage.embedded import EmbeddedServer
from retrieval.errors import FrontdeskError, InputError
from tests.bot.channels.staff_parts import becomes, delivered, escalate, in_topic, later, owner, press, said, topic_of
from tests.bot.channels.telegram_parts import Cable, eventually, serving
from tests.bot.channels.test_telegram_updates import KINDS
from tests.telegram_forum import STAFF, ForumGroup
from tests.telegram_server import BOT, TOKEN, TelegramServer


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    running = TelegramServer()
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Path]:
    """A data folder whose Redis lives longer than one run of the bot."""
    embedded = EmbeddedServer(tmp_path)
    await asyncio.to_thread(embedded.start)
    yield tmp_path
    await asyncio.to_thread(embedded.release)


async def test_a_restart_loses_nothing_and_repeats_nothing(kept: Path, server: TelegramServer) -> None:
    group = ForumGroup()
    async with serving(kept, server=server, staff=group) as parts:
        topic, card = await escalate(parts)
        await press(parts, card, "Take")
        first = server.staff("first answer", topic.thread)
        await eventually(lambda: "Ana\nfirst answer" in server.texts())
        await later(parts, topic, "Ana has taken")
        await delivered(parts)
        before = len(in_topic(server, topic))
    server.again(first)  # the bot died before it could say that it had this one
    server.staff("second answer", topic.thread)
    server.message("while it was away")
    async with serving(kept, server=server, staff=group) as parts:
        await eventually(lambda: "Ana\nsecond answer" in server.texts())
        await later(parts, topic, "Mei: while it was away")
        assert server.texts().count("Ana\nfirst answer") == 1
        assert len(in_topic(server, topic)) == before + 1
        assert len(group.topics) == 1
        assert await press(parts, card, "Hand back") == "The bot has it again."


async def test_who_was_handed_over_while_it_was_away_gets_a_topic(kept: Path, server: TelegramServer) -> None:
    async with serving(kept, server=server) as parts:  # no staff group yet
        server.message("human please")
        await becomes(parts, "queued")
    async with serving(kept, server=server, staff=ForumGroup()) as parts:
        topic, _ = await topic_of(parts, "telegram:7")
        assert "Mei" in topic.name


async def test_a_crash_between_creating_a_topic_and_its_card_is_made_good(kept: Path, server: TelegramServer) -> None:
    group = ForumGroup()
    async with serving(kept, server=server, staff=group) as parts:
        server.fail("sendMessage", 500, "Internal Server Error", times=1000)
        server.message("human please")
        await eventually(lambda: group.topics)
    server._faults.clear()
    async with serving(kept, server=server, staff=group) as parts:
        await topic_of(parts, "telegram:7")
        assert len(group.topics) == 1


async def test_a_stop_while_a_topic_is_being_opened_leaves_no_second_one(kept: Path, server: TelegramServer) -> None:
    group = ForumGroup()
    server.late["createForumTopic"] = 0.5
    async with serving(kept, server=server, staff=group) as parts:
        server.message("human please")
        await eventually(lambda: group.topics)
    async with serving(kept, server=server, staff=group) as parts:
        await topic_of(parts, "telegram:7")
        assert len(group.topics) == 1


async def test_missing_rights_are_one_clear_line_until_they_are_given(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    group = ForumGroup(can_manage_topics=False)
    async with serving(tmp_path, staff=group) as parts:
        parts.server.message("human please")
        await becomes(parts, "queued")
        await asyncio.sleep(1.0)
        lines = [record.getMessage() for record in caplog.records if "staff group" in record.getMessage()]
        assert len(lines) == 1 and lines[0].endswith("make it an administrator with the right Manage topics")
        group.can_manage_topics = True
        admin = {"status": "member", "user": BOT}
        chat = {"id": STAFF, "type": "supergroup", "title": "Staff"}
        user = {"id": 501, "is_bot": False, "first_name": "Ana"}
        parts.server.push(
            my_chat_member={
                "chat": chat, "from": user, "date": 1, "old_chat_member": admin, "new_chat_member": admin
            }
        )  # fmt: skip
        topic, card = await topic_of(parts, "telegram:7")
        group.can_manage_topics = False
        await press(parts, card, "Take")
        assert await owner(parts) == ("human", "Ana")
        await eventually(lambda: len([r for r in caplog.records if "no desk yet" in r.getMessage()]) >= 2)
        group.can_manage_topics = True
        await later(parts, topic, "Ana has taken the conversation.")


@pytest.mark.parametrize(
    ("group", "problem"),
    [
        (None, "does not see the staff group -1001234567890"),
        (ForumGroup(is_forum=False), "has no topics; turn on Topics"),
        (ForumGroup(kind="group", is_forum=False), "has no topics; turn on Topics"),
        (ForumGroup(admin=False), "may not manage topics in the staff group 'Lumen & Oak staff'"),
        (ForumGroup(can_manage_topics=False), "administrator with the right Manage topics"),
    ],
)
async def test_the_doctor_names_what_the_group_lacks(
    server: TelegramServer, group: ForumGroup | None, problem: str
) -> None:
    if group is not None:
        server.groups[STAFF] = group
    with pytest.raises(InputError, match=problem):
        await staff_group(TOKEN, STAFF, api_url=server.url)


async def test_the_doctor_names_a_group_that_is_well_and_a_telegram_that_is_not(server: TelegramServer) -> None:
    server.groups[STAFF] = ForumGroup()
    assert await staff_group(TOKEN, STAFF, api_url=server.url) == "Lumen & Oak staff"
    await server.stop()
    with pytest.raises(FrontdeskError, match="does not answer"):
        await staff_group(TOKEN, STAFF, api_url=server.url)


async def test_the_doctor_of_the_command_line_looks_at_the_group(server: TelegramServer) -> None:
    server.groups[STAFF] = ForumGroup()
    loaded = load(telegram_bot_token=TOKEN, telegram_staff_chat_id=STAFF, telegram_api_url=server.url)
    assert await diagnosis._staff(loaded) == "the group 'Lumen & Oak staff' is a desk: its members are operators"
    assert (await diagnosis._staff(load(telegram_bot_token=TOKEN))).startswith("no staff group")


@pytest.mark.parametrize(("value", "kept"), [("", None), ("-1001234567890", STAFF)])
def test_the_group_is_set_by_a_variable_which_may_be_empty(
    monkeypatch: pytest.MonkeyPatch, value: str, kept: int | None
) -> None:
    monkeypatch.setenv("TELEGRAM_STAFF_CHAT_ID", value)
    assert load().telegram_staff_chat_id == kept


def test_a_group_that_is_no_number_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_STAFF_CHAT_ID", "@our_desk")
    with pytest.raises(InputError, match="TELEGRAM_STAFF_CHAT_ID is '@our_desk'"):
        load()


async def test_a_flood_is_waited_out_and_what_gathered_goes_in_one_message(tmp_path: Path) -> None:
    async with serving(tmp_path, staff=ForumGroup()) as parts:
        topic, card = await escalate(parts)
        await press(parts, card, "Take")
        await later(parts, topic, "Ana has taken")
        await delivered(parts)  # what the customer is told of it must not meet the flood in the group's place
        before = len(in_topic(parts.server, topic))
        parts.server.fail("sendMessage", 429, "Too Many Requests: retry after 2", retry_after=2)
        for number in range(5):
            message = await parts.store.append(
                "telegram:7", turn(f"line {number}"), deliver=False
            )  # each its own turn, as slow typing makes them
            assert message
        await later(parts, topic, "line 4")
        assert said(parts, topic).count("line") == 5
        assert len(in_topic(parts.server, topic)) - before <= 2


async def test_flooded_calls_of_every_kind_are_tried_again(tmp_path: Path) -> None:
    async with serving(tmp_path, staff=ForumGroup()) as parts:
        for method in ("createForumTopic", "editForumTopic", "editMessageReplyMarkup", "closeForumTopic"):
            parts.server.fail(method, 429, "Too Many Requests: retry after 0", retry_after=0)
            parts.server.fail(method, 502, "Bad Gateway")
        topic, card = await escalate(parts)
        await press(parts, card, "Take")
        parts.server.staff("/close", topic.thread)
        await eventually(lambda: not topic.open)
        assert len(parts.server.groups[STAFF].topics) == 1


async def test_what_telegram_refuses_for_good_does_not_hold_up_the_rest(tmp_path: Path) -> None:
    async with serving(tmp_path, staff=ForumGroup()) as parts:
        topic, card = await escalate(parts)
        await press(parts, card, "Take")
        await parts.server.until(2)  # what the customer is told meets no failure meant for the topic
        await later(parts, topic, "Ana has taken")
        parts.server.fail("sendMessage", 400, "Bad Request: strange", times=2)
        await parts.store.append("telegram:7", turn("refused"), deliver=False)
        await later(parts, topic, "Telegram refuses to show what stands here")
        await parts.store.append("telegram:7", turn("and the next"), deliver=False)
        await later(parts, topic, "and the next")


async def test_an_operator_learns_that_the_customer_is_gone(tmp_path: Path) -> None:
    async with serving(tmp_path, staff=ForumGroup()) as parts:
        topic, card = await escalate(parts)
        await press(parts, card, "Take")
        await parts.server.until(2)
        await later(parts, topic, "Ana has taken")
        parts.server.fail("sendMessage", 403, "Forbidden: bot was blocked by the user")
        parts.server.staff("Hello?", topic.thread)
        await later(parts, topic, "did not reach the customer")
        parts.server.fail("copyMessage", 403, "Forbidden: bot was blocked by the user")
        parts.server.staff(None, topic.thread, **KINDS["photo"])
        await eventually(
            lambda: said(parts, topic).count("did not reach the customer (Forbidden: bot was blocked") == 2
        )


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (403, "Forbidden: bot was kicked from the supergroup chat"),
        (404, "Not Found"),
        (400, "Bad Request: chat not found"),
        (400, "Bad Request: group chat was upgraded to a supergroup chat"),
    ],
)
async def test_a_customers_chat_that_is_closed_to_the_bot_does_not_stop_the_desk(
    tmp_path: Path, status: int, refusal: str
) -> None:
    async with serving(tmp_path, staff=ForumGroup()) as parts:
        topic, _ = await escalate(parts)
        looked = parts.server.count("getChat")
        moved = {"migrate_to_chat_id": -1005} if "upgraded" in refusal else {}
        parts.server.fail("copyMessage", status, refusal, **moved)
        parts.server.message(chat=7, **KINDS["photo"])
        await later(parts, topic, "A file could not be copied")
        parts.server.message("还在吗？")
        await later(parts, topic, "还在吗？")
        assert parts.server.count("getChat") == looked


async def test_a_file_waits_out_a_flood_and_arrives_once(tmp_path: Path) -> None:
    async with serving(tmp_path, staff=ForumGroup()) as parts:
        topic, card = await escalate(parts)
        await press(parts, card, "Take")
        parts.server.fail("copyMessage", 429, "Too Many Requests: retry after 2", retry_after=2)
        file = parts.server.staff(None, topic.thread, **KINDS["voice"])
        parts.server.again(file)
        parts.server.staff("as I said", topic.thread)
        await eventually(lambda: "Ana\nas I said" in parts.server.texts())
        assert parts.server.copied == [(7, file["message"]["message_id"], None)]


async def test_redis_gone_is_told_to_the_operator_and_nothing_is_half_done(kept: Path) -> None:
    cable = Cable(EmbeddedServer(kept).socket)
    async with serving(kept, redis_url=await cable.mend(), staff=ForumGroup()) as parts:
        topic, card = await escalate(parts)
        await press(parts, card, "Take")
        await parts.server.until(2)
        await cable.cut()
        parts.server.staff("into the void", topic.thread)
        await later(parts, topic, "Nothing reached the customer; send it again")
        query = parts.server.press(card, f"back:{topic.thread}", user=501)
        await eventually(lambda: query in parts.server.alerts)
        await cable.mend()
        parts.server.staff("now it works", topic.thread)
        await eventually(lambda: "Ana\nnow it works" in parts.server.texts())
        assert not any("into the void" in text for text in parts.server.texts())
        parts.server.message("good")
        await later(parts, topic, "Mei: good")
    await cable.cut()


async def test_of_two_processes_one_writes_into_the_group(kept: Path, server: TelegramServer) -> None:
    group, other = ForumGroup(), TelegramServer()
    await other.start()
    other.groups[STAFF] = group
    try:
        async with serving(kept, server=server, staff=group) as first:
            await eventually(lambda: server.group_commands.get("zh"))
            async with serving(kept, server=other, staff=group):
                await escalate(first)
                await asyncio.sleep(1.0)
                assert len(group.topics) == 1 and other.count("createForumTopic") == 0
    finally:
        await other.stop()


async def test_what_somebody_holds_who_left_the_group_can_be_taken(tmp_path: Path) -> None:
    group = ForumGroup()
    async with serving(tmp_path, staff=group) as parts:
        topic, card = await escalate(parts)
        await press(parts, card, "Take", user=502)
        await eventually(lambda: "Ben" in topic.name)
        assert await press(parts, card, "✓ Ben", user=501) == "Ben has this conversation"
        del group.members[502]
        await asyncio.sleep(0.4)  # a membership is believed for a while
        assert (await press(parts, card, "✓ Ben", user=501)).startswith("It is yours")
        assert await owner(parts) == ("human", "Ana")


async def test_an_anonymous_administrator_is_told_why_nothing_is_sent(tmp_path: Path) -> None:
    async with serving(tmp_path, staff=ForumGroup()) as parts:
        topic, _ = await escalate(parts)
        anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
        chat = {"id": STAFF, "type": "supergroup", "title": "Staff"}
        parts.server.staff("hello", topic.thread, sender_chat=chat, **{"from": anonymous})
        await later(parts, topic, "Turn off Remain Anonymous")


async def test_old_and_forged_buttons_of_the_group_do_no_harm(tmp_path: Path) -> None:
    async with serving(tmp_path, staff=ForumGroup()) as parts:
        _, card = await escalate(parts)
        queries = [
            parts.server.press(card, data, user=501) for data in ("take:999", "take:x", "take:", "h", "close", "zz:1")
        ]
        await eventually(lambda: all(query in parts.server.answers for query in queries))
        assert parts.server.alerts[queries[0]] == "Nothing is kept of this customer any more."
        assert await owner(parts) == ("queued", None)


def turn(text: str) -> Turn:
    return Turn("customer", text, 5.0, f"id of {text}")
