"""The words of a topic: whatever a customer writes, Telegram takes them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels import telegram_staff_card as cards
from bot.channels.telegram_staff_forum import batches
from bot.channels.telegram_text import LIMIT, plain, split, units
from bot.conversation import Conversation, Mood, Source, Turn
from bot.desk import Desk, DeskEntry
from generation.request import Customer
from tests.telegram_server import entities

WORDS = st.text(st.characters(codec="utf-8"), max_size=300)


def entry(conversation: Conversation) -> DeskEntry:
    return Desk(None).entry(conversation)  # type: ignore[arg-type]  # listing one needs no store


@given(name=WORDS, operator=st.none() | WORDS, owner=st.sampled_from(["queued", "human", "bot", "closed"]))
def test_a_topic_has_a_name_of_one_line_and_128_characters(name: str, operator: str | None, owner: str) -> None:
    conversation = Conversation(
        "web:abcdefgh", "web", owner=owner, operator=operator, customer=Customer(id="web:abcdefgh", name=name)
    )  # type: ignore[arg-type]
    made = cards.topic_name(conversation)
    assert 1 <= len(made) <= 128 and len(made.splitlines()) == 1


@settings(max_examples=60, deadline=None)
@given(name=WORDS, texts=st.lists(WORDS, min_size=1, max_size=6), reason=WORDS, chinese=st.booleans())
def test_a_card_is_well_formed_whatever_was_said(name: str, texts: list[str], reason: str, chinese: bool) -> None:
    source = (Source("1", reason, texts[0], 3, 0.5),)
    turns = tuple(
        Turn("bot" if i % 2 else "customer", text, 1.0, mood=Mood(), sources=source) for i, text in enumerate(texts)
    )
    conversation = Conversation(
        "telegram:7",
        "telegram",
        owner="queued",
        turns=turns,
        customer=Customer(id="telegram:7", name=name),
        language="zh" if chinese else "en",
        reasons=(reason,),
    )
    for piece in split(cards.card(entry(conversation), turns, "10:00")):
        assert units(entities(piece, "HTML")) <= LIMIT
    for turn in turns:
        assert all(entities(piece, "HTML") is not None for piece in split(cards.turn(turn, conversation)))


def test_a_card_of_the_longest_words_is_one_message() -> None:
    text, source = "word " * 2000, Source("1", "title " * 40, "folder/" * 40, 3, 0.5)
    turns = tuple(
        Turn("bot" if i % 2 else "customer", text, 1.0, sources=(source,) * 5, mood=Mood()) for i in range(20)
    )
    customer = Customer(id="web:abc", name="Mei " * 40, orders=tuple(f"LO-{i}" for i in range(50)))
    conversation = Conversation("web:abc", "web", "queued", turns, customer, reasons=("because " * 100,) * 5)
    assert len(split(cards.card(entry(conversation), turns, "10:00"))) == 1


@pytest.mark.parametrize("end", ["my order is LO-4711 and the lamp caught fire.", "订单号是 LO-4711，台灯起火了。"])
def test_what_the_card_cuts_or_leaves_out_is_told_in_full(end: str) -> None:
    long = "I ordered two lamps in May, and nobody answers. " * 5 + end
    texts = ["settled long ago " * 20, "short", long, *(f"line {number}" for number in range(8))]
    turns = [Turn("customer", text, float(place), f"{place}") for place, text in enumerate(texts)]
    turns[1:1] = [Turn("bot", "gone", 0.5), Turn("system", "The assistant is back.", 0.6, fence=True)]
    turns[4:4] = [Turn("bot", "I do not know. " * 20, 1.5)]
    turns[6:6] = [Turn("system", "You are number 1.", 2.5, fence=True)]
    rows = [(str(place), said) for place, said in enumerate(turns)]
    conversation = Conversation("telegram:7", "telegram", owner="queued", turns=tuple(turns))
    told = cards.left_out(rows, conversation)
    shown = [markup for _, markup in told if markup]
    assert shown == [cards.turn(turns[place], conversation) for place in (3, 5, 7, 8)]
    assert shown[1].endswith(end) and told[-1][0] == rows[-1][0]


def test_nothing_is_told_twice_that_the_card_shows_whole() -> None:
    turns = (Turn("customer", "how long?", 1.0, "1"), Turn("bot", "45 days. " * 40, 1.0, "1"))
    conversation = Conversation("telegram:7", "telegram", owner="queued", turns=turns)
    assert cards.left_out([("1", turns[0]), ("2", turns[1])], conversation) == []


@given(st.lists(st.text("ab&<>", max_size=1500), max_size=12))
def test_batches_keep_the_order_and_the_last_cursor(texts: list[str]) -> None:
    parts = [(str(i), cards.escape(text)) for i, text in enumerate(texts)]
    made = batches(parts)
    assert "".join(markup for _, markup in made).replace("\n", "") == "".join(markup for _, markup in parts)
    assert [cursor for cursor, _ in made] == sorted((cursor for cursor, _ in made), key=int)
    assert not parts or made[-1][0] == parts[-1][0]
    assert all(units(plain(markup)) <= LIMIT for _, markup in made)
