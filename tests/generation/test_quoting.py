from __future__ import annotations

from generation.quoting import quote, spoken
from retrieval.passages import Hit, Passage

LAMP = Passage(
    "1",
    "Aurora Desk Lamp",
    "A dimmable desk lamp. The Aurora Desk Lamp costs S$49.90. The Aurora Desk Lamp is in stock (37 available). "
    "Weight of the Aurora Desk Lamp: 0.9 kg. The Aurora Desk Lamp has a warranty of 36 months.",
    entity="Aurora Desk Lamp",
    kind="product",
)


def test_a_short_answer_is_quoted_whole() -> None:
    passage = Passage("2", "Returns", "Lamps can be returned within 45 days. Please send all parts.")
    assert quote("can I return it", Hit(passage, 1.0)) == passage.text


def test_of_a_product_only_the_asked_field_is_said() -> None:
    assert quote("how much is the Aurora Desk Lamp?", Hit(LAMP, 1.0)) == "The Aurora Desk Lamp costs S$49.90."
    assert quote("how heavy is it?", Hit(LAMP, 1.0)) == "Weight of the Aurora Desk Lamp: 0.9 kg."


def test_lists_and_tables_become_sentences() -> None:
    listed = Passage("3", "t", "These cannot be returned:\n\n- gift cards\n- opened filters")
    table = Passage("4", "t", "| Step | Time |\n|---|---|\n| We answer | within 7 days |")
    assert spoken(listed) == "These cannot be returned: gift cards, opened filters."
    assert spoken(table) == "We answer: within 7 days."
