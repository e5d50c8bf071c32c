"""What a customer mistyped is read as the knowledge writes it; words that are right, names and addresses stay."""

from __future__ import annotations

import pytest

from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.passages import Passage
from retrieval.query import Utterance
from retrieval.retriever import Retriever
from retrieval.spelling import Spelling

TEXTS = ["How much is delivery? Delivery is £9.95.", "The Hidcote Lavender costs £7.99.", "What is the difference between them?",
         "Do you plant trees? Planting is free.", "我们送货吗？Lavender 可以"]  # fmt: skip


def read(text: str) -> str:
    return Spelling(TEXTS).corrected([Utterance("customer", text)])[0].text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("how much is delivry", "how much is delivery"),
        ("Lavendar hidcoat price plz", "lavender hidcoat price plz"),
        ("whats the diffrence", "whats the difference"),
        ("有lavendar吗", "有lavendar吗"),
        ("请问 lavendar 多少钱", "请问 lavender 多少钱"),
    ],
)
def test_a_word_that_is_none_becomes_the_nearest_of_the_knowledge(typed: str, meant: str) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    "text",
    ["is the planter free", "planner", "trees", "deliver@delivry.example", "www.delivry.com", "my code is DLVRY-2231", "router", "", "x" * 3000,
     "Kovacs Zsofia"],
)  # fmt: skip
def test_what_is_right_or_no_word_stays(text: str) -> None:
    assert read(text) == text


def test_what_the_shop_said_stays() -> None:
    turn = Utterance("agent", "no delivry")
    assert Spelling(TEXTS).corrected([turn]) == [turn]


def test_a_mistyped_question_finds_its_entry(embedder: SentenceTransformerEmbedder) -> None:
    held = ["How much is delivery?", "How much is planting?", "How much is the clinic?", "Do you repair mowers?"]
    passages = [Passage(title, title, f"{title} See the desk, {at}.") for at, title in enumerate(held)]
    found = Retriever.of(passages, embedder).find([Utterance("customer", "how much is delivry")])
    assert found.hits[0].passage.title == "How much is delivery?"
    assert found.answerable > 0.5
