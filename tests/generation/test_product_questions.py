"""Questions on products as customers type them, for training."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from generation.dialogue_maker import Maker
from generation.product_questions import about, field_question, pointed
from retrieval import documents

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        ("The Dawn Clock costs S$20.", "price"),
        ("The Dawn Clock is out of stock.", "left"),
        ("Weight of the Dawn Clock: 0.5 kg.", "heavy"),
        ("Dimensions of the Dawn Clock: 18 x 9 cm.", "big"),
        ("Alarm tones of the Dawn Clock: 6.", "alarm tones"),
    ],
)
def test_a_field_is_asked_for_in_more_words_than_one(sentence: str, asked: str) -> None:
    made = {field_question("Dawn Clock", sentence, False, Random(seed)) for seed in range(60)}
    assert len(made) >= 4 and all(question and "Dawn Clock" in question for question in made)
    assert any(asked in (question or "") for question in made)


def test_what_states_no_field_is_not_asked_for() -> None:
    assert field_question("Dawn Clock", "A clock with six sounds.", False, Random(0)) is None
    assert field_question("晨光台灯", "晨光台灯的价格是20元。", True, Random(0)) is not None


def test_a_pronoun_stands_for_the_name() -> None:
    assert pointed("how heavy is the Dawn Clock", "Dawn Clock") == "how heavy is it"
    assert pointed("Dawn Clock: weight?", "Dawn Clock") == "it: weight?"
    assert "Dawn Clock" in about("Dawn Clock", Random(0))


def test_a_share_of_the_dialogues_is_on_products_some_of_them_made_up() -> None:
    shop = documents.load(ROOT / "knowledge_base").passages
    sold = {passage.title for passage in shop if passage.kind == "product"}
    made = list(Maker(shop, seed=4, made_up=0.2, products=0.5).dialogues(160))
    told = [d for d in made if any(p.kind == "product" for p in d.passages)]
    assert 50 < len(told) < 120
    names = {p.title for d in told for p in d.passages}
    assert names & sold and names - sold
    assert any(d.history[-1].text.islower() for d in told) and any(" it" in d.history[-1].text for d in told)
    for dialogue in told:
        assert any(value in dialogue.passages[0].text for value in dialogue.reference.split())
