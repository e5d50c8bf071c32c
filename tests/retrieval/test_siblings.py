"""Which product of a sort a turn points at, and what points at none."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from retrieval.passages import Language, Passage
from retrieval.products import product_passages
from retrieval.query import Utterance
from retrieval.siblings import Pointed, pointed

_RECORDS = (
    ("Tern Sketchbook A5", ["small sketchbook"], 8.4, "A sketchbook with a hard cover.", {"size": "A5", "sheets": "80"}),
    ("Tern Sketchbook A4", ["large sketchbook"], 12.6, "A sketchbook with a hard cover.", {"size": "A4", "sheets": "80"}),
    ("Plain Canvas", ["blank canvas"], 6.9, "A stretched cotton canvas.", {"size": "30 x 40 cm"}),
    ("Plain Canvas", ["blank canvas"], 15.9, "A stretched cotton canvas.", {"size": "60 x 80 cm"}),
    ("Oak Frame", ["ready frame"], 19.5, "A ready-made frame.", {"size": "A4", "colour": "natural"}),
    ("Oak Frame", ["ready frame"], 27.5, "A ready-made frame.", {"size": "A3", "colour": "natural"}),
    ("Linea Frame", [], 14.5, "A ready-made frame in aluminium.", {"size": "A3", "colour": "black, white"}),
    ("Kestrel Acrylic Set", ["acrylic set"], 18.5, "An acrylic paint set.", {"tubes": "12"}),
    ("Kestrel Acrylic Set Pro", ["pro acrylic set"], 42, "An acrylic paint set.", {"tubes": "24"}),
    ("Kestrel Student Oil Set", ["oil paint set"], 26, "An oil paint set.", {"tubes": "10"}),
    ("Badger Brush Set", ["oil brushes"], 22.8, "A set of brushes for oil.", {"hair": "hog bristle"}),
    ("Lomond Studio Easel", [], 129, "A studio easel.", {"height": "235 cm", "weight": "9.5 kg", "material": "beech"}),
    ("Skye Travel Easel", [], 64, "A travel easel.", {"height": "180 cm", "weight": "1900 g", "material": "aluminium"}),
    ("Wren Table Easel", [], 27.5, "A table easel.", {"height": "52 cm", "weight": "2.2 kg", "material": "pine"}),
    ("Timbre Speaker S", ["small timbre speaker"], 78, "A portable speaker.", {"power": "12 W"}),
    ("Timbre Speaker L", ["large timbre speaker"], 158, "A portable speaker.", {"power": "40 W"}),
    ("Drizzle Shower Speaker", [], 45, "A speaker for the shower.", {}),
    ("真空压缩袋 大号", [], 15.9, "一只装被子的真空压缩袋。", {"尺寸": "80 x 110 厘米"}),
    ("真空压缩袋 中号", [], 12.9, "一只装衣服的真空压缩袋。", {"尺寸": "60 x 80 厘米"}),
    ("羽绒枕 大号", [], 9.9, "一只羽绒枕。", {"尺寸": "48 x 74 厘米"}),
    ("泡泡洗衣液", [], 39.9, "一款洗衣液。", {"容量": "3 升", "香型": "薰衣草"}),
    ("婴儿洗衣液", ["宝宝洗衣液"], 59, "一款洗衣液。", {"容量": "2 升", "香型": "无香"}),
    ("真丝洗衣液", [], 68, "一款洗衣液。", {"容量": "1000 毫升", "香型": "铃兰"}),
    ("棉麻收纳箱", [], 49, "一只收纳箱。", {"颜色": "米色、灰色", "尺寸": "50 x 40 厘米"}),
    ("塑料收纳箱", [], 69, "一只收纳箱。", {"颜色": "红色、透明", "尺寸": "60 x 42 厘米"}),
)  # fmt: skip


@cache
def records(language: Language) -> tuple[Passage, ...]:
    products = [
        {
            "id": f"P-{number}",
            "name": name,
            "aliases": aliases,
            "price": price,
            "summary": summary,
            "specification": fields,
        }
        for number, (name, aliases, price, summary, fields) in enumerate(_RECORDS)
    ]
    made = product_passages(Path("shop.yaml"), "shop.yaml", [], {"products": products})
    return tuple(passage for passage in made if passage.language == language)


def point(*turns: str, language: Language = "en") -> Pointed:
    """What the last of turns by customer and agent in turn points at."""
    history = [Utterance("customer" if (len(turns) - i) % 2 else "agent", text) for i, text in enumerate(turns)]
    return pointed(history, records(language))


def title(found: Pointed) -> str | None:
    return found.product and found.product.title


A4 = "The Tern Sketchbook A4 costs £12.60."
LARGE = "The Plain Canvas (60 x 80 cm) costs £15.90."
SKYE = "The Skye Travel Easel costs £64.00."
BOTH = "We have the Plain Canvas (30 x 40 cm) (£6.90) and the Plain Canvas (60 x 80 cm) (£15.90)."


@pytest.mark.parametrize(
    ("told", "question", "product", "said"),
    [
        (A4, "how much is the small one", "Tern Sketchbook A5", "how much is the Tern Sketchbook A5"),
        (A4, "the smaller one, price?", "Tern Sketchbook A5", "the Tern Sketchbook A5, price?"),
        (A4, "and the other one", "Tern Sketchbook A5", "and the Tern Sketchbook A5"),
        (A4, "how many sheets does the A5 one have?", "Tern Sketchbook A5", "how many sheets does the Tern Sketchbook A5 have?"),
        (A4, "is the A5 in stock", "Tern Sketchbook A5", "is the Tern Sketchbook A5 in stock"),
        (A4, "and in a5?", "Tern Sketchbook A5", "and the Tern Sketchbook A5?"),
        (A4, "the cheaper one", "Tern Sketchbook A5", "the Tern Sketchbook A5"),
        (LARGE, "and whats the smaller canvas cost", "Plain Canvas (30 x 40 cm)", "and whats the Plain Canvas (30 x 40 cm) cost"),
        (LARGE, "the 30x40", "Plain Canvas (30 x 40 cm)", "the Plain Canvas (30 x 40 cm)"),
        (LARGE, "how much is the 30 x 40 cm one", "Plain Canvas (30 x 40 cm)", "how much is the Plain Canvas (30 x 40 cm)"),
        (BOTH, "the 60x80", "Plain Canvas (60 x 80 cm)", "the Plain Canvas (60 x 80 cm)"),
        (BOTH, "how much is the bigger one", "Plain Canvas (60 x 80 cm)", "how much is the Plain Canvas (60 x 80 cm)"),
        ("The Kestrel Acrylic Set costs £18.50.", "how many tubes in the pro one", "Kestrel Acrylic Set Pro",
         "how many tubes in the Kestrel Acrylic Set Pro"),
        ("The Kestrel Acrylic Set costs £18.50.", "and the other acrylic set?", "Kestrel Acrylic Set Pro",
         "and the Kestrel Acrylic Set Pro?"),
        (SKYE, "the pine one", "Wren Table Easel", "the Wren Table Easel"),
        (SKYE, "how tall is the table one", "Wren Table Easel", "how tall is the Wren Table Easel"),
        (SKYE, "the taller one", "Lomond Studio Easel", "the Lomond Studio Easel"),
        (SKYE, "the more expensive one please", "Lomond Studio Easel", "the Lomond Studio Easel please"),
        ("The Oak Frame (A4, P-4) costs £19.50.", "in black?", "Linea Frame", "the Linea Frame?"),
        ("The Oak Frame (A4) costs £19.50.", "how much is it in black", "Linea Frame", "how much is the Linea Frame"),
        ("The Oak Frame (A4) costs £19.50.", "the bigger one?", "Oak Frame (A3)", "the Oak Frame (A3)?"),
        ("The Timbre Speaker S costs £78.00.", "and the big one?", "Timbre Speaker L", "and the Timbre Speaker L?"),
        ("The Timbre Speaker S costs £78.00.", "the stronger one", "Timbre Speaker L", "the Timbre Speaker L"),
    ],
)  # fmt: skip
def test_what_tells_a_sibling_from_the_one_spoken_of_points_at_it(
    told: str, question: str, product: str, said: str
) -> None:
    found = point("how much is it", told.replace(", P-4", ""), question)
    assert title(found) == product
    assert found.history[-1].text == said


@pytest.mark.parametrize(
    ("told", "question"),
    [
        (A4, "does it come in a small size"),
        (A4, "is it small"),
        (A4, "do you have a smaller one"),
        (A4, "the first one"),
        (A4, "one more"),
        (A4, "which one is bigger"),
        (A4, "which is the smaller one"),
        (A4, "is it the small one?"),
        (A4, "the large one"),  # it is the one spoken of
        (A4, "the bigger one"),
        (A4, "the cheapest one"),  # known to the catalogue
        (A4, "is the small one cheaper than the big one"),
        (A4, "whats the difference between the small and the large one"),
        (A4, "on the other hand, do you deliver"),
        (A4, "can i return it the other day"),
        (A4, "in stock?"),
        (A4, "the red one"),
        (SKYE, "the other one"),  # of two
        (SKYE, "the heavier one"),
        (SKYE, "can i put it on the table?"),
        (SKYE, "does it fit the travel bag"),
        ("The Timbre Speaker S costs £78.00.", "the lighter one"),  # of which nothing is told
        (BOTH, "the other one"),
        ("For that we have the Plain Canvas (30 x 40 cm) and the Badger Brush Set.", "is the oil set in stock"),
        ("The Oak Frame (A3) costs £27.50.", "the cheaper one"),  # of two
        ("We are open until 6 pm.", "the small one"),
    ],
)
def test_what_fits_none_or_several_points_at_nothing(told: str, question: str) -> None:
    found = point("and this?", told, question)
    assert title(found) is None
    assert found.history[-1].text == question


@pytest.mark.parametrize(
    ("told", "question", "product", "said"),
    [
        ("真空压缩袋 中号的价格是¥12.90。", "大的那个多少钱", "真空压缩袋 大号", "真空压缩袋 大号多少钱"),
        ("真空压缩袋 中号的价格是¥12.90。", "那大号压缩袋多少钱", "真空压缩袋 大号", "那真空压缩袋 大号多少钱"),
        ("真空压缩袋 中号的价格是¥12.90。", "更大的那个", "真空压缩袋 大号", "真空压缩袋 大号"),
        ("真空压缩袋 大号的价格是¥15.90。", "另一个呢", "真空压缩袋 中号", "真空压缩袋 中号呢"),
        ("真空压缩袋 大号的价格是¥15.90。", "便宜的那个", "真空压缩袋 中号", "真空压缩袋 中号"),
        ("泡泡洗衣液的价格是¥39.90。", "婴儿的呢", "婴儿洗衣液", "婴儿洗衣液呢"),
        ("泡泡洗衣液的价格是¥39.90。", "2升的那个多少钱", "婴儿洗衣液", "婴儿洗衣液多少钱"),
        ("泡泡洗衣液的价格是¥39.90。", "小瓶的呢", "真丝洗衣液", "真丝洗衣液呢"),
        ("棉麻收纳箱的价格是¥49.00。", "红色的呢", "塑料收纳箱", "塑料收纳箱呢"),
        ("棉麻收纳箱的价格是¥49.00。", "红的那个有货吗", "塑料收纳箱", "塑料收纳箱有货吗"),
    ],
)
def test_chinese_points_too(told: str, question: str, product: str, said: str) -> None:
    found = point("多少钱", told, question, language="zh")
    assert title(found) == product
    assert found.history[-1].text == said


@pytest.mark.parametrize(
    ("told", "question"),
    [
        ("真空压缩袋 大号的价格是¥15.90。", "小号呢"),
        ("真空压缩袋 大号的价格是¥15.90。", "大号的呢"),
        ("真空压缩袋 中号的价格是¥12.90。", "有大号的吗"),
        ("真空压缩袋 中号的价格是¥12.90。", "哪个大"),
        ("真空压缩袋 中号的价格是¥12.90。", "第一个"),
        ("真空压缩袋 中号的价格是¥12.90。", "大衣呢"),
        ("真空压缩袋 中号的价格是¥12.90。", "五个多少钱"),
        ("泡泡洗衣液的价格是¥39.90。", "另一个呢"),
        ("泡泡洗衣液的价格是¥39.90。", "贵的呢吗"),
        ("泡泡洗衣液的价格是¥39.90。", "怎么用呢"),
        ("棉麻收纳箱的价格是¥49.00。", "灰色的呢"),
        ("营业到晚上六点。", "大的那个多少钱"),
    ],
)
def test_chinese_that_fits_none_or_several_points_at_nothing(told: str, question: str) -> None:
    assert title(point("多少钱", told, question, language="zh")) is None


def test_what_was_pointed_at_before_is_spoken_of() -> None:
    found = point("easels?", SKYE, "has the pine one got a drawer", "Yes, it has.", "and the taller one")
    assert found.history[2].text == "has the Wren Table Easel got a drawer"
    assert title(found) is None  # both others are


def test_the_sort_may_be_named_turns_later_and_a_bare_word_not_after_something_else() -> None:
    talk = ("the 60x80 canvas", LARGE, "how long does delivery take", "2 days.")
    assert title(point(*talk, "and the smaller canvas")) == "Plain Canvas (30 x 40 cm)"
    assert title(point(*talk, "and the smaller one")) is None
    assert title(point("the 60x80 canvas", LARGE, "do you stretch canvases", "No.", "and the smaller one")) is not None


def test_of_the_others_the_one_named_in_the_talk_is_meant() -> None:
    found = point("lomond easel?", "The Lomond Studio Easel costs £129.00.", "skye?", SKYE, "and the other one")
    assert title(found) == "Lomond Studio Easel"


def test_a_large_catalogue_is_left_alone() -> None:
    many = [replace(records("en")[0], id=str(number)) for number in range(2000)]
    history = [Utterance("customer", "price?"), Utterance("agent", A4), Utterance("customer", "the small one")]
    assert pointed(history, [*records("en"), *many]).product is None


def test_a_long_turn_is_read_in_no_time() -> None:
    told = "The Lomond Studio Easel costs £129.00."
    for words in ("which the ", "the small black red "):
        assert point("lomond easel?", told, (words * 1100)[:4400]).product is None  # and ends
    padded = "we have the space and the light by the window of the house, " * 20
    assert title(point("lomond easel?", told, f"{padded} how much is the travel one")) == "Skye Travel Easel"
