from __future__ import annotations

import pytest

from generation.quoting import quote, spoken
from retrieval.passages import Hit, Language, Passage

LAMP = Passage(
    "1",
    "Aurora Desk Lamp",
    "A dimmable desk lamp. The Aurora Desk Lamp costs S$49.90. The Aurora Desk Lamp is in stock (37 available). "
    "Weight of the Aurora Desk Lamp: 0.9 kg. The Aurora Desk Lamp has a warranty of 36 months.",
    entity="Aurora Desk Lamp",
    kind="product",
)
KETTLE = Passage(
    "2",
    "暖流电热水壶",
    "不锈钢电热水壶，1.7 升大容量。暖流电热水壶的价格是59.00新元。暖流电热水壶现有库存12件。"
    "暖流电热水壶的容量：1.7 升。暖流电热水壶的重量：1.1 千克。暖流电热水壶的材质：304 不锈钢。暖流电热水壶的产地：佛山。"
    "暖流电热水壶的功率：2200 W。暖流电热水壶的保修期为24个月。不可放洗碗机。",
    entity="Warm Stream Kettle",
    language="zh",
    kind="product",
    aliases=("Warm Stream Kettle", "暖流电热水壶", "KT-701", "暖流壶"),
)
COAT = Passage(
    "5",
    "Harbour Rain Coat",
    "A light coat in three colours. The Harbour Rain Coat costs £75.00. The Harbour Rain Coat is out of stock and expected "
    "back on 2026-12-09. Length of the Harbour Rain Coat: 92 cm. Material of the Harbour Rain Coat: recycled nylon. "
    "Weight of the Harbour Rain Coat: 0.6 kg. Maximum load of the Harbour Rain Coat: none.",
    entity="Harbour Rain Coat",
    kind="product",
)


def test_a_short_answer_is_quoted_whole() -> None:
    passage = Passage("2", "Returns", "Lamps can be returned within 45 days. Please send all parts.")
    assert quote("can I return it", Hit(passage, 1.0)) == passage.text


def test_of_a_product_only_the_asked_field_is_said() -> None:
    assert quote("how much is the Aurora Desk Lamp?", Hit(LAMP, 1.0)) == "The Aurora Desk Lamp costs S$49.90."
    assert quote("how heavy is it?", Hit(LAMP, 1.0)) == "Weight of the Aurora Desk Lamp: 0.9 kg."


def test_where_no_field_is_asked_for_the_sentence_that_was_read_out_is_said() -> None:
    told = "The Aurora Desk Lamp has a warranty of 36 months."
    assert quote("and if it dies next year", Hit(LAMP, 1.0, likely=told)) == told
    assert quote("how heavy is it", Hit(LAMP, 1.0, likely=told)) == "Weight of the Aurora Desk Lamp: 0.9 kg."
    summary = "A dimmable desk lamp."
    assert quote("something for reading at night", Hit(LAMP, 1.0, likely=summary)) == f"Aurora Desk Lamp: {summary}"
    for unread in ("", "no sentence of it"):
        assert quote("and if it dies next year", Hit(LAMP, 1.0, likely=unread)).startswith("A dimmable desk lamp.")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("暖流壶还有货吗", "暖流电热水壶现有库存12件。"),
        ("暖流壺還有貨嗎", "暖流电热水壶现有库存12件。"),
        ("暖流壺是什麼材質", "暖流电热水壶的材质：304 不锈钢。"),
        ("它是什么做的", "暖流电热水壶的材质：304 不锈钢。"),
        ("暖流壶多大", "暖流电热水壶的容量：1.7 升。"),
        ("暖流壶多大容量", "暖流电热水壶的容量：1.7 升。"),
        ("暖流壶能装多少水", "暖流电热水壶的容量：1.7 升。"),
        ("功率有多大", "暖流电热水壶的功率：2200 W。"),
        ("暖流壶有几斤", "暖流电热水壶的重量：1.1 千克。"),
        ("哪里产的", "暖流电热水壶的产地：佛山。"),
        ("暖流壺質保幾年", "暖流电热水壶的保修期为24个月。"),
        (
            "价格、产地和材质",
            "暖流电热水壶的价格是59.00新元。暖流电热水壶的材质：304 不锈钢。暖流电热水壶的产地：佛山。",
        ),
        ("how much is the Warm Stream Kettle?", "暖流电热水壶的价格是59.00新元。"),
        ("what is the kettle made of?", "暖流电热水壶的材质：304 不锈钢。"),
        ("暖流壶怎么样", "不锈钢电热水壶，1.7 升大容量。暖流电热水壶的价格是59.00新元。"),
    ],
)
def test_a_chinese_record_tells_the_asked_field_in_any_words_and_script(asked: str, said: str) -> None:
    assert quote(asked, Hit(KETTLE, 1.0)) == said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("is the Harbour Rain Coat made of nylon?", "Material of the Harbour Rain Coat: recycled nylon."),
        ("how much does it weigh?", "Weight of the Harbour Rain Coat: 0.6 kg."),
        ("how long is it?", "Length of the Harbour Rain Coat: 92 cm."),
        ("這件多少錢", "The Harbour Rain Coat costs £75.00."),
        ("什么材质", "Material of the Harbour Rain Coat: recycled nylon."),
    ],
)
def test_an_english_record_tells_the_asked_field_in_both_languages(asked: str, said: str) -> None:
    assert quote(asked, Hit(COAT, 1.0)) == said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("how much", "The Pebble 11 costs £119.00."),
        ("how much for the pebble 11", "The Pebble 11 costs £119.00."),
        ("how much do you charge for it", "The Pebble 11 costs £119.00."),
        ("how much memory", "Memory of the Pebble 11: 4 GB."),
        ("how much memory does it have", "Memory of the Pebble 11: 4 GB."),
        ("how many left of those", "The Pebble 11 is in stock (3 available)."),
    ],
)
def test_how_much_of_something_is_no_price(asked: str, said: str) -> None:
    text = "A small laptop. The Pebble 11 costs £119.00. The Pebble 11 is in stock (3 available). Memory of the Pebble 11: 4 GB."
    laptop = Passage("8", "Pebble 11", text, entity="Pebble 11", kind="product")
    assert quote(asked, Hit(laptop, 1.0)) == said


def test_a_size_that_is_asked_by_name_is_no_capacity() -> None:
    text = "竹茶盘。竹制茶盘的价格是¥128.00。竹制茶盘的容量：1.2升储水。尺寸45×28×6厘米。"
    tray = Passage("7", "竹制茶盘", text, entity="Bamboo Tea Tray", language="zh", kind="product")
    assert quote("竹制茶盘尺寸多大", Hit(tray, 1.0)) == "竹制茶盘：尺寸45×28×6厘米。"


def test_the_name_of_a_product_asks_for_no_field() -> None:
    assert quote("what is the price of the Harbour Rain Coat", Hit(COAT, 1.0)) == "The Harbour Rain Coat costs £75.00."


@pytest.mark.parametrize(
    ("language", "items", "said"),
    [
        (
            "zh",
            ["雅叙礼盒：龙井、碧螺春，398元", "知音礼盒：大红袍，498元"],
            "雅叙礼盒：龙井、碧螺春，398元；知音礼盒：大红袍，498元。",
        ),
        ("en", ["Small box: 2 mugs, £18", "Large box: 6 mugs, £45"], "Small box: 2 mugs, £18; Large box: 6 mugs, £45."),
    ],
)
def test_items_that_hold_commas_are_told_apart(language: Language, items: list[str], said: str) -> None:
    assert spoken(Passage("6", "t", "\n".join(f"- {item}" for item in items), language=language)) == said


def test_lists_and_tables_become_sentences() -> None:
    listed = Passage("3", "t", "These cannot be returned:\n\n- gift cards\n- opened filters")
    table = Passage("4", "t", "| Step | Time |\n|---|---|\n| We answer | within 7 days |")
    assert spoken(listed) == "These cannot be returned: gift cards, opened filters."
    assert spoken(table) == "We answer: within 7 days."


BIKE = Passage(
    "8",
    "Harbour Volt",
    "An e-bike for riders of up to 120 kg. The Harbour Volt costs £2199.00. Battery of the Harbour Volt: 400 Wh. "
    "Range of the Harbour Volt: 50 miles. Charging time of the Harbour Volt: 4 hours. Weight of the Harbour Volt: 22 kg. "
    "Sizes of the Harbour Volt: S, M, L.",
    entity="Harbour Volt",
    kind="product",
    fields=(
        ("battery", "400 Wh"),
        ("range", "50 miles"),
        ("charging time", "4 hours"),
        ("weight", "22 kg"),
        ("sizes", "S, M, L"),
    ),
)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("how far does the harbour volt go on one charge", "Range of the Harbour Volt: 50 miles."),
        ("充一次电能跑多远", "Range of the Harbour Volt: 50 miles."),
        ("how long does it take to charge", "Charging time of the Harbour Volt: 4 hours."),
        ("what size battery does it have", "Battery of the Harbour Volt: 400 Wh."),
        ("what size is it", "Sizes of the Harbour Volt: S, M, L."),
        ("does it come in medium", "Sizes of the Harbour Volt: S, M, L."),
        ("how heavy is it", "Weight of the Harbour Volt: 22 kg."),
        ("what weight can my kid be", "An e-bike for riders of up to 120 kg. The Harbour Volt costs £2199.00."),
    ],
)
def test_the_field_that_is_meant_is_told_and_not_one_of_the_same_word(asked: str, said: str) -> None:
    assert quote(asked, Hit(BIKE, 1.0)) == said
