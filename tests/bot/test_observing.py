"""Which of an operator's words answer which of a customer's, without personal data."""

from __future__ import annotations

import pytest

from bot.conversation import Conversation, Turn
from bot.observing import PLACEHOLDER, observe
from generation import masking
from generation.request import Customer


def conversation(*said: tuple[str, str]) -> Conversation:
    authors = {"c": "customer", "b": "bot", "?": "bot", "h": "human", "s": "system", "n": "system"}
    turns = tuple(
        Turn(
            authors[who],  # type: ignore[arg-type]
            text,
            float(at),
            answered=who != "?",
            operator="Sofia" if who in "hn" else None,
            private=who == "n",
            fence=who == "s",
        )
        for at, (who, text) in enumerate(said)
    )
    return Conversation("web:1", "web", turns=turns, customer=Customer(name="Mei"), operator="Sofia")


def pairs(*said: tuple[str, str]) -> list[tuple[str, str]]:
    return [(o.question, o.answer) for o in observe(conversation(*said))]


def test_what_the_bot_did_not_know_is_the_question_of_the_operators_answer() -> None:
    assert pairs(
        ("c", "how much is shipping?"),
        ("b", "S$6.90."),
        ("c", "do you gift wrap?"),
        ("?", "I won't guess."),
        ("c", "I want a human"),
        ("s", "I'm passing you on."),
        ("s", "Sofia has joined."),
        ("n", "a regular"),
        ("h", "Hello Mei! Yes, gift wrapping costs S$3.00 an item."),
        ("h", "Tick the box in the basket."),
        ("c", "great, thanks"),
        ("h", "You are welcome!"),
    ) == [("do you gift wrap?", "Yes, gift wrapping costs S$3.00 an item. Tick the box in the basket.")]


def test_a_question_to_the_person_counts_before_an_older_one() -> None:
    assert pairs(
        ("c", "do you gift wrap?"),
        ("?", "I won't guess."),
        ("s", "Sofia has joined."),
        ("h", "Yes, gift wrapping costs S$3.00 an item."),
        ("c", "and can I add a card with my own words?"),
        ("h", "Yes, up to 200 characters, free of charge."),
    ) == [
        ("do you gift wrap?", "Yes, gift wrapping costs S$3.00 an item."),
        ("and can I add a card with my own words?", "Yes, up to 200 characters, free of charge."),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        "I'll check with the warehouse and call you back.",
        "Which lamp do you mean?",
        "Yes.",
        "请稍等，我帮您查一下",
        "Which lamp do you mean? It stands on the label.",
    ],
)
def test_a_promise_a_question_and_a_bare_yes_are_no_answers(answer: str) -> None:
    assert pairs(("c", "do you gift wrap?"), ("?", "I won't guess."), ("h", answer)) == []


def test_the_bots_own_words_are_never_learned() -> None:
    assert pairs(("c", "do you gift wrap?"), ("b", "Gift wrapping costs S$99 an item."), ("s", "closed")) == []


def test_personal_data_is_taken_out() -> None:
    ((question, answer),) = pairs(
        ("c", "can I still change order LO-482193, I am mei@example.com?"),
        ("h", "Hi Mei, yes, order LO-482193 can be changed until it is packed. Best regards, Sofia"),
    )
    assert question == "can I still change order [order], I am [email]?"
    assert answer == "yes, order [order] can be changed until it is packed."


def test_chinese_is_observed_as_chinese() -> None:
    (found,) = observe(
        conversation(
            ("c", "可以礼品包装吗？"), ("?", "不想乱猜"), ("c", "转人工"), ("h", "您好！可以，礼品包装每件3新元。")
        )
    )
    assert (found.language, found.question, found.answer) == ("zh", "可以礼品包装吗？", "可以，礼品包装每件3新元。")


def test_what_the_bot_had_suggested_stays_the_bots_though_an_operator_sends_it() -> None:
    bots = "Gift wrapping costs S$99 an item."
    asked = (("c", "do you gift wrap?"), ("b", bots), ("c", "really? that much for gift wrap?"))
    assert pairs(*asked, ("h", f"Hello Mei! {bots}")) == []
    assert pairs(*asked, ("h", "Hello Mei! No, gift wrapping costs S$3.00 an item.")) != []


def test_a_canned_reply_answers_nothing() -> None:
    said = conversation(("c", "do you gift wrap?"), ("h", "Hello Mei, this is Sofia. I have read it all."))
    assert observe(said) != []
    assert observe(said, ["Hello Mei, this is Sofia. I have read it all."]) == []


def test_every_label_of_masked_data_is_found_in_a_proposal() -> None:
    told = [
        "mei@example.com",
        "4111 1111 1111 1111",
        "passport E1234567",
        "bank account number 123456789",
        "the password is lumen2024",
        "wechat lumen_88",
        "call 9123 4567",
    ]
    labels = ["email", "card", "id", "account", "code", "contact", "phone"]
    assert [PLACEHOLDER.findall(masking.mask(text)) for text in told] == [[f"[{label}]"] for label in labels]
