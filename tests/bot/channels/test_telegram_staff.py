"""The staff group as a desk, end to end: a customer is handed over, served in a topic, and handed back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram_front import Recent
from bot.conversation import Decision, Mood, Reply, Source, Turn
from tests.bot.channels.staff_parts import becomes, escalate, later, owner, press, said, topic_of
from tests.bot.channels.telegram_parts import Parts, eventually, serving
from tests.bot.channels.test_telegram_updates import KINDS
from tests.bot.channels.web_parts import Web, application, auth
from tests.telegram_forum import STAFF, ForumGroup


@pytest.fixture
def group() -> ForumGroup:
    return ForumGroup()


@pytest.fixture
async def parts(tmp_path: Path, group: ForumGroup) -> AsyncIterator[Parts]:
    async with serving(tmp_path, staff=group, reserved=("Sofia",)) as running:
        yield running


async def test_a_telegram_customer_is_served_in_a_topic_and_handed_back(parts: Parts) -> None:
    server = parts.server
    server.message("how long?")
    await server.until(1)
    topic, card = await escalate(parts)
    assert topic.name == "🔴 Mei · telegram"
    for part in ("Mei · telegram", "asked", "Return & refund (policies/returns.md:12)", "how long?", "Suggested reply"):
        assert part in card.text
    assert list(card.buttons) == ["Take", "Hand back", "Close"]
    assert await press(parts, card, "Take") == "It is yours. Write here; the customer reads it."
    assert await owner(parts) == ("human", "Ana")
    assert "Ana has joined" in (await server.until(3))[2].text
    await eventually(lambda: topic.name == "🟢 Mei · telegram · Ana")
    server.staff("Hello Mei, **45 days** it is.", topic.thread)
    assert (await server.until(4))[3].raw == "<b>Ana</b>\nHello Mei, <b>45 days</b> it is."
    server.message("thank you <3")
    await eventually(lambda: "Mei: thank you <3" in said(parts, topic))
    assert "45 days it is" not in said(parts, topic).split("Suggested reply")[1].split("Mei: thank you")[0]
    assert await press(parts, card, "Hand back") == "The bot has it again."
    await server.until(5)
    server.message("and chairs?")
    assert (await server.until(6))[5].text.startswith("answer to and chairs?")
    await eventually(lambda: topic.name == "🤖 Mei · telegram")
    assert list(card.buttons) == ["Take", "Close"]
    assert "chairs" not in said(parts, topic)


async def test_the_card_of_a_web_customer_says_what_an_operator_must_know(parts: Parts) -> None:
    cid = "web:Zk3abcdef"
    mood = Mood("negative", -0.7, 0.9, 0.83)
    await parts.store.append(cid, Turn("customer", "Third time it breaks!", 1.0, "m1", mood=mood), deliver=False)
    source = Source("w", "Warranty", "policies/warranty.md", 3, 0.8)
    await parts.store.append(cid, Turn("bot", "Two years of warranty.", 2.0, "m1", sources=(source,)), deliver=False)
    await parts.desk.request(cid, ("asked for a person", "dissatisfied three times"))
    topic, card = await topic_of(parts, cid)
    assert topic.name == "🔴 Visitor Zk3ab · web"
    for part in ("dissatisfied three times", "negative (-0.70)", "Warranty (policies/warranty.md:3)", "Third time"):
        assert part in card.text
    assert "<code>Hello! Two years of warranty.</code>" in card.raw


async def test_a_web_customer_is_served_from_telegram(tmp_path: Path, group: ForumGroup) -> None:
    async with application(tmp_path) as web, serving(tmp_path, staff=group) as parts:
        visitor = await web.visitor()
        cid = visitor["cid"]
        await web.say(visitor, "I want a human", "m1")
        topic, card = await topic_of(parts, cid)
        assert "asked for a person" in card.text and "negative (-0.60)" in card.text
        await web.say(visitor, "are you <there>?", "m2")
        await later(parts, topic, "are you <there>?")
        assert await press(parts, card, "Take")
        parts.server.staff("I am sorry. A new one is on its way.", topic.thread)
        await later(parts, topic, "Ana has taken the conversation.")
        async with asyncio.timeout(15):
            while (turns := await history(web, visitor))[-1]["operator"] != "Ana":
                await asyncio.sleep(0.02)
        assert turns[-1]["text"] == "I am sorry. A new one is on its way."
        assert await press(parts, card, "Hand back") == "The bot has it again."
        await web.say(visitor, "How long do I have?", "m3")
        assert (await history(web, visitor))[-1]["text"] == "Lamps: 45 days. Anything else?"
        await later(parts, topic, "The bot has the conversation again.")
        assert "How long" not in said(parts, topic)


async def history(web: Web, visitor: dict[str, str]) -> list[dict[str, Any]]:
    turns: list[dict[str, Any]] = (await web.client.get("/api/history", headers=auth(visitor))).json()["turns"]
    return turns


async def test_what_the_web_desk_does_stands_in_the_topic(parts: Parts) -> None:
    topic, _ = await escalate(parts)
    await parts.desk.take("telegram:7", "Sofia")
    await parts.desk.note("telegram:7", "Sofia", "calls the courier")
    await parts.desk.reply("telegram:7", "Sofia", "One moment, please.")
    await later(parts, topic, "Sofia (web desk): One moment, please.")
    await later(parts, topic, "📝 Sofia (web desk): calls the courier")
    await later(parts, topic, "Sofia has taken the conversation.")
    assert not any("courier" in text for text in parts.server.texts())


async def test_two_operators_cannot_take_the_same_conversation(parts: Parts) -> None:
    topic, card = await escalate(parts)
    queries = {user: parts.server.press(card, card.buttons["Take"], user=user) for user in (501, 502)}
    await eventually(lambda: all(query in parts.server.answers for query in queries.values()))
    (loser,) = parts.server.alerts
    winner = next(user for user, query in queries.items() if query != loser)
    name = {501: "Ana", 502: "Ben"}[winner]
    assert parts.server.alerts[loser] == f"{name} has this conversation"
    assert await owner(parts) == ("human", name)
    assert parts.server.texts(7).count(f"{name} has joined and will answer you now.") <= 1


async def test_two_members_of_the_same_name_are_two_operators(tmp_path: Path) -> None:
    group = ForumGroup(members={501: "Ana", 503: "Ana", 504: "sofia"})
    async with serving(tmp_path, staff=group, reserved=("Sofia",)) as parts:
        topic, card = await escalate(parts)
        assert await press(parts, card, "Take", user=501)
        assert await press(parts, card, "✓ Ana" if "✓ Ana" in card.buttons else "Take", user=503)
        assert await owner(parts) == ("human", "Ana")
        parts.server.staff("/transfer @ana 2", topic.thread, user=501)
        await eventually(lambda: "Ana 2" in topic.name)
        assert await owner(parts) == ("human", "Ana 2")
        parts.server.staff("Hi, the other Ana.", topic.thread, user=503)
        await eventually(lambda: "Ana 2\nHi, the other Ana." in parts.server.texts())
        parts.server.staff("x", topic.thread, user=504)
        await later(parts, topic, "Ana 2 has this conversation")
        assert (await parts.topics.operators())[504].name == "sofia 2"


async def test_what_a_colleague_writes_is_no_answer_and_a_note_stays_inside(parts: Parts) -> None:
    topic, card = await escalate(parts)
    await press(parts, card, "Take")
    for text in ("Tell her 45 days", "and the fee"):
        parts.server.staff(text, topic.thread, user=502)
    parts.server.staff("/note She is a good customer", topic.thread, user=502)
    await later(parts, topic, "Noted")
    assert said(parts, topic).count("Not sent to the customer. Ana has this conversation.") == 1
    known = await parts.store.load("telegram:7")
    assert known is not None
    assert [turn.text for turn in known.turns if turn.private] == ["She is a good customer"]
    assert not any("45 days" in text or "good customer" in text for text in parts.server.texts())


async def test_no_form_of_a_note_reaches_the_customer(parts: Parts) -> None:
    topic, card = await escalate(parts)
    await press(parts, card, "Take")
    parts.server.staff("// a liar, I think", topic.thread)
    parts.server.staff(None, topic.thread, caption="/note what a mess", **KINDS["photo"])
    parts.server.staff(None, topic.thread, caption="//another", **KINDS["document"])
    answer = parts.server.staff("Hello!", topic.thread)["message"]
    await eventually(lambda: "Ana\nHello!" in parts.server.texts())
    parts.server.push(edited_message={**answer, "edit_date": answer["date"] + 1, "text": "// oh no"})
    parts.server.staff("/foo bar", topic.thread)
    await later(parts, topic, "In a customer's topic: /take")
    known = await parts.store.load("telegram:7")
    assert known is not None
    notes = [turn.text for turn in known.turns if turn.private]
    assert notes == ["a liar, I think", "[photo] what a mess", "[document] another"]
    assert parts.server.copied == [] and len(parts.server.texts()) == 3


@pytest.mark.parametrize(
    "text", ["/note: this one is a liar", "／note 客户是骗子", "/ note check the fraud list", "／／客户是骗子"]
)
async def test_a_mistyped_note_is_a_note(parts: Parts, text: str) -> None:
    topic, card = await escalate(parts)
    await press(parts, card, "Take")
    parts.server.staff(text, topic.thread)
    await later(parts, topic, "Noted")
    parts.server.staff("/products/lamp is the page", topic.thread)
    await eventually(lambda: "Ana\n/products/lamp is the page" in parts.server.texts())
    assert not any(word in sent for sent in parts.server.texts() for word in ("liar", "骗子", "fraud"))


@pytest.mark.parametrize("text", ["/noet: a liar", "/备注 客户是骗子"])
async def test_an_unknown_command_is_never_sent_nor_is_an_edit_into_one(parts: Parts, text: str) -> None:
    topic, card = await escalate(parts)
    await press(parts, card, "Take")
    answer = parts.server.staff("Hello!", topic.thread)["message"]
    await eventually(lambda: "Ana\nHello!" in parts.server.texts())
    parts.server.staff(text, topic.thread)
    parts.server.staff(None, topic.thread, caption=text, **KINDS["photo"])
    parts.server.push(edited_message={**answer, "edit_date": answer["date"] + 1, "text": text})
    await eventually(lambda: said(parts, topic).count("In a customer's topic: /take") == 3)
    assert parts.server.copied == [] and len(parts.server.texts()) == 3


async def test_what_the_card_cuts_stands_below_it(parts: Parts) -> None:
    long = "a human please, " + "one came broken and nobody answered. " * 8 + "My order is LO-4711."
    topic, card = await escalate(parts, text=long)
    await later(parts, topic, f"Mei: {long}")
    assert "LO-4711" not in card.text
    parts.server.message("are you there?")
    await later(parts, topic, "Mei: are you there?")
    assert said(parts, topic).count("LO-4711") == 1


async def test_what_was_written_while_the_topic_could_not_be_is_all_told(parts: Parts, group: ForumGroup) -> None:
    group.can_manage_topics = False
    parts.server.message("我要转人工")
    await becomes(parts, "queued")
    for number in range(9):
        await parts.store.append("telegram:7", Turn("customer", f"第 {number} 句", 5.0, f"w{number}"), deliver=False)
    group.can_manage_topics = True
    topic, _ = await topic_of(parts, "telegram:7")
    await later(parts, topic, "第 2 句")
    assert [said(parts, topic).count(f"第 {number} 句") for number in range(8)] == [1] * 8


async def test_a_link_under_a_label_reaches_the_customer(parts: Parts) -> None:
    topic, card = await escalate(parts)
    await press(parts, card, "Take")
    link = {"type": "text_link", "offset": 12, "length": 4, "url": "https://shop.example/rma"}
    answer = parts.server.staff("Return form here", topic.thread, entities=[link])["message"]
    await eventually(lambda: "Ana\nReturn form here (https://shop.example/rma)" in parts.server.texts())
    edited = {**answer, "edit_date": answer["date"] + 1, "entities": [{**link, "url": "https://shop.example/b"}]}
    parts.server.push(edited_message=edited)
    await eventually(lambda: any(text.endswith("here (https://shop.example/b)") for text in parts.server.texts()))


@pytest.mark.parametrize(
    ("first", "corrected"), [("my adress is 5 Elm Rd", "my address is 55 Elm Rd"), ("三楼", "四楼")]
)
async def test_a_late_correction_reaches_the_person_and_an_unchanged_one_does_not(
    parts: Parts, first: str, corrected: str
) -> None:
    old = {"date": int(time.time()) - 700}
    question = parts.server.message(first, **old)["message"]
    await parts.server.until(1)
    parts.server.push(edited_message={**question, "edit_date": question["date"] + 650, "text": f"{corrected} (bot)"})
    topic, _ = await escalate(parts)
    parts.channel._messages._texts = Recent()  # as after a restart
    parts.server.push(edited_message={**question, "edit_date": question["date"] + 660})
    parts.server.push(edited_message={**question, "edit_date": question["date"] + 670, "text": corrected})
    await later(parts, topic, f"Mei ✏️: {corrected}")
    assert f"✏️: {first}" not in said(parts, topic) and f"{corrected} (bot)" not in parts.assistant.texts


async def test_before_it_is_taken_nothing_is_sent(parts: Parts) -> None:
    topic, _ = await escalate(parts)
    parts.server.staff("Hello?", topic.thread)
    await later(parts, topic, "Nobody has taken this conversation yet: Take it first")
    assert not any("Hello?" in text for text in parts.server.texts())


async def test_a_closed_conversation_closes_its_topic_and_the_next_hand_over_opens_it(parts: Parts) -> None:
    topic, card = await escalate(parts)
    await press(parts, card, "Take")
    parts.server.staff("/close refunded", topic.thread)
    await eventually(lambda: not topic.open)
    assert "closed by Ana: refunded" in said(parts, topic)
    assert topic.name.startswith("✅")
    parts.server.message("human again")
    same, second = await topic_of(parts, "telegram:7", cards=2)
    assert same is topic and topic.open and second is not card
    assert topic.log.count("closed") == topic.log.count("reopened") == 1
    assert card.keyboard == [] and list(second.buttons) == ["Take", "Hand back", "Close"]


async def test_closing_the_topic_by_hand_closes_the_conversation(parts: Parts) -> None:
    topic, card = await escalate(parts)
    await press(parts, card, "Take")
    topic.open = False
    parts.server.staff(None, topic.thread, user=502, forum_topic_closed={})
    await eventually(lambda: topic.open)
    await later(parts, topic, "Ana has this conversation")
    topic.open = False
    parts.server.staff(None, topic.thread, user=501, forum_topic_closed={})
    await becomes(parts, "closed")
    await eventually(lambda: topic.name.startswith("✅"))
    assert not topic.open


async def test_a_deleted_topic_is_made_again(parts: Parts, group: ForumGroup) -> None:
    topic, card = await escalate(parts)
    await press(parts, card, "Take")
    await eventually(lambda: "Ana" in topic.name)
    del group.topics[topic.thread]
    parts.server.message("are you there?")
    await eventually(lambda: group.topics)
    again, second = await topic_of(parts, "telegram:7")
    assert again is not topic and "are you there?" in second.text and "with Ana" in second.text
    parts.server.staff("Yes!", again.thread)
    await eventually(lambda: "Ana\nYes!" in parts.server.texts())


async def test_files_go_both_ways_between_telegram_chats(parts: Parts) -> None:
    topic, card = await escalate(parts)
    await press(parts, card, "Take")
    sent = parts.server.message(chat=7, caption="the crack", **KINDS["photo"])["message"]["message_id"]
    await eventually(lambda: (STAFF, sent, topic.thread) in parts.server.copied)
    await later(parts, topic, "Mei: [photo] the crack")
    album = [
        parts.server.message(chat=7, media_group_id="a", **KINDS["document"])["message"]["message_id"] for _ in range(3)
    ]
    await eventually(lambda: {message for _, message, _ in parts.server.copied} >= set(album))
    back = parts.server.staff(None, topic.thread, **KINDS["document"])["message"]["message_id"]
    await eventually(lambda: (7, back, None) in parts.server.copied)
    assert not any("only read text" in text for text in parts.server.texts())
    known = await parts.store.load("telegram:7")
    assert known is not None and known.turns[-1].text == "[document]"


async def test_a_file_for_a_web_customer_is_said_to_be_not_sent(parts: Parts) -> None:
    await parts.desk.request("web:abc")
    topic, card = await topic_of(parts, "web:abc")
    await press(parts, card, "Take")
    parts.server.staff(None, topic.thread, caption="look", **KINDS["photo"])
    await later(parts, topic, "Not sent: a customer on the web channel can only be sent text.")
    assert parts.server.copied == []


async def test_an_edited_answer_goes_out_as_a_correction(parts: Parts) -> None:
    topic, card = await escalate(parts)
    await press(parts, card, "Take")
    answer = parts.server.staff("It costs 10.", topic.thread)["message"]
    await eventually(lambda: "Ana\nIt costs 10." in parts.server.texts())
    parts.server.push(edited_message={**answer, "edit_date": answer["date"] + 1})
    parts.server.push(edited_message={**answer, "edit_date": answer["date"] + 2, "text": "It costs 12."})
    await eventually(lambda: "Ana\nCorrection: It costs 12." in parts.server.texts())
    assert sum("It costs" in text for text in parts.server.texts()) == 2


async def test_a_contact_that_the_customer_leaves_stands_in_the_topic_once(parts: Parts) -> None:
    topic, card = await escalate(parts)
    await parts.tickets.leave("telegram:7", 1.0, email="mei@example.org")
    await later(parts, topic, "Ticket T-1001: can be reached at mei@example.org")
    await press(parts, card, "Take")
    await later(parts, topic, "Ana has taken")
    await parts.tickets.leave("telegram:7", 2.0, phone="+65 9000 0000")
    await later(parts, topic, "mei@example.org, +65 9000 0000")
    assert said(parts, topic).count("T-1001") == 2


async def test_a_canned_reply_is_sent_filled_and_one_with_a_gap_is_not(parts: Parts, tmp_path: Path) -> None:
    (tmp_path / "hello.txt").write_text("Hello {name}, {operator} here.", encoding="utf-8")
    (tmp_path / "order.txt").write_text("About order {order}:", encoding="utf-8")
    topic, card = await escalate(parts)
    parts.server.staff("/canned hello", topic.thread)
    await later(parts, topic, "Not sent to the customer. Nobody has taken this conversation yet")
    await press(parts, card, "Take")
    parts.server.staff("/canned hello", topic.thread)
    await eventually(lambda: "Ana\nHello Mei, Ana here." in parts.server.texts())
    parts.server.staff("/canned order", topic.thread)
    await later(parts, topic, "Not sent, [order] is not known.")
    parts.server.staff("/canned", topic.thread)
    await later(parts, topic, "There are: hello, order")
    assert sum("Ana here" in text for text in parts.server.texts()) == 1


async def test_the_rating_after_the_end_stands_in_the_topic(parts: Parts) -> None:
    topic, card = await escalate(parts)
    await press(parts, card, "Take")
    await press(parts, card, "Close")
    await eventually(lambda: any("r:4" in sent.buttons.values() for sent in parts.server.sent))
    asked = next(sent for sent in parts.server.sent if "r:4" in sent.buttons.values())
    parts.server.press(asked, "r:4")
    await later(parts, topic, "★★★★☆ The customer rated it 4 of 5.")


async def test_an_erased_customer_has_no_topic_left(parts: Parts, group: ForumGroup) -> None:
    topic, _ = await escalate(parts)
    await parts.customers.erase("telegram:7")
    await eventually(lambda: topic.thread in group.deleted)
    await asyncio.sleep(0.1)
    assert await parts.topics.all(STAFF) == []


async def test_who_waits_is_listed_with_links(parts: Parts) -> None:
    parts.server.staff("/queue")
    await eventually(lambda: any(sent.text == "Nobody waits." for sent in parts.server.sent))
    topic, _ = await escalate(parts)
    parts.server.staff("/queue")
    await eventually(lambda: any(f"https://t.me/c/1234567890/{topic.thread}" in sent.raw for sent in parts.server.sent))


async def test_a_chinese_customer_has_a_chinese_card_and_each_operator_their_own_language(parts: Parts) -> None:
    hand_over = Reply("您目前排在第 1 位。", "zh", decision=Decision("hand_over", ("asked",)), owner="queued")
    parts.assistant.answers["我要投诉"] = hand_over
    topic, card = await escalate(parts, text="我要投诉")
    assert "转接原因: asked" in card.text and list(card.buttons) == ["接待", "交还机器人", "结束"]
    query = parts.server.press(card, card.buttons["接待"], user=501, code="zh-hans")
    await eventually(lambda: query in parts.server.answers)
    assert parts.server.answers[query] == "已由您接待。在此发送的内容客户都能看到。"
    parts.server.staff("您好 <3", topic.thread)
    await eventually(lambda: "Ana\n您好 <3" in parts.server.texts())
    question = parts.server.message("几天")["message"]
    await later(parts, topic, "Mei: 几天")
    parts.server.push(edited_message={**question, "edit_date": question["date"] + 1, "text": "几天能到？"})
    await later(parts, topic, "Mei ✏️: 几天能到？")


async def test_somebody_from_outside_serves_nobody(parts: Parts) -> None:
    topic, card = await escalate(parts)
    query = parts.server.press(card, card.buttons["Take"], user=999)
    await eventually(lambda: query in parts.server.answers)
    assert parts.server.alerts[query] == "Only members of this group serve customers."
    for text in ("/take", "hello", "/queue"):
        parts.server.staff(text, topic.thread, user=999)
    await eventually(lambda: said(parts, topic).count("Only members of this group serve customers.") == 2)
    assert (await owner(parts))[0] == "queued"


async def test_the_staff_group_is_no_customer(parts: Parts) -> None:
    await eventually(lambda: parts.server.group_commands.get("zh"))
    parts.server.staff("@lumen_test_bot how long?")
    parts.server.staff("/human")
    parts.server.message("hello", chat=8)
    await parts.server.until(1, chat=8)
    assert parts.assistant.texts == ["hello"]
    assert await parts.store.load(f"telegram:{STAFF}") is None


async def test_a_card_of_hostile_words_is_taken_by_telegram(parts: Parts) -> None:
    text = "<b>&\n" + "x" * 3000 + "😠" * 400
    parts.assistant.answers[text] = Reply("ok", decision=Decision("hand_over", ("<i>why</i>" * 100,)), owner="queued")
    topic, card = await escalate(parts, chat=9, text=text)
    assert "<i>why</i>" in card.text and len(card.text) < 4096
    parts.server.message("y<" * 2000, chat=9)
    await later(parts, topic, "y<y<y<")
    assert parts.server.count("sendMessage") == len(parts.server.sent)
