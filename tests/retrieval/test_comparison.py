"""Which products a question compares, and in what."""

from __future__ import annotations

from functools import cache

import pytest

from retrieval.comparison import compared
from retrieval.entities import Entities
from retrieval.language import detect
from retrieval.passages import Language, Listing, Passage
from retrieval.query import Utterance

_RECORDS = (
    ("Aurora Desk Lamp", "极光台灯", "S$49.90", {"power": "9 W", "brightness": "620 lm", "height": "46 cm", "weight": "0.9 kg"}),
    ("Aurora Mini", "极光迷你灯", "S$29.90", {"brightness": "210 lm", "battery life": "8 h", "weight": "0.3 kg"}),
    ("Aurora Floor Lamp", "极光落地灯", "S$129.00", {"power": "18 W", "brightness": "1450 lm", "height": "152 cm"}),
    ("Pebble Earbuds", "卵石耳机", "S$68.90", {"weight": "4.2 g"}),
    ("Pebble Earbuds Pro", "卵石耳机 Pro", "S$128.00", {"weight": "4.9 g"}),
)  # fmt: skip
_CHINESE = {"power": "功率", "brightness": "亮度", "height": "高度", "weight": "重量", "battery life": "续航"}


@cache
def shop() -> tuple[Entities, dict[Language, dict[str, Passage]]]:
    found: dict[Language, dict[str, Passage]] = {"en": {}, "zh": {}}
    for name, chinese, price, specification in _RECORDS:
        for language, title in (("en", name), ("zh", chinese)):
            told = {(_CHINESE[key] if language == "zh" else key): value for key, value in specification.items()}
            fields = {"id": name, "name": title, "price": price, "stock": "3", "warranty_months": "24", **told}
            text = f"The {title} costs {price}." if language == "en" else f"{title}的价格是{price}。"
            found["zh" if language == "zh" else "en"][name] = Passage(
                f"{name}.{language}", title, text, "shop.yaml", 1, name, "zh" if language == "zh" else "en", "product",
                (name, chinese), tuple(fields.items()),
            )  # fmt: skip
    faq = Passage("faq", "What does express delivery cost?", "Express delivery costs S$9 more than standard.")
    return Entities([faq, *found["en"].values(), *found["zh"].values()]), found


def asked(*turns: str) -> Listing | None:
    """What the last of turns by customer and agent in turn compares."""
    entities, records = shop()
    history = [Utterance("customer" if (len(turns) - i) % 2 else "agent", text) for i, text in enumerate(turns)]
    language = detect(turns[-1])
    return compared(history, language, entities, records[language])


@pytest.mark.parametrize(
    ("turns", "products", "fields"),
    [
        (["is the aurora desk lamp brighter than the aurora mini"], ["Aurora Desk Lamp", "Aurora Mini"], ("brightness",)),
        (["which is heavier, the pebble earbuds or the pebble earbuds pro?"], ["Pebble Earbuds", "Pebble Earbuds Pro"], ("weight",)),
        (["aurora desk lamp or the mini, which is cheaper"], ["Aurora Desk Lamp", "Aurora Mini"], ("price",)),
        (["compare both pebble earbuds pls"], ["Pebble Earbuds", "Pebble Earbuds Pro"], ("price", "warranty_months", "weight")),
        (["difference between the two aurora lamps"], ["Aurora Desk Lamp", "Aurora Floor Lamp"],
         ("price", "warranty_months", "power", "brightness")),
        (["aurora floor lamp vs aurora desk lamp"], ["Aurora Floor Lamp", "Aurora Desk Lamp"],
         ("price", "warranty_months", "power", "brightness")),
        (["is the aurora mini brighter than the aurora desk lamp", "Brightness: ...", "and which is cheaper?"],
         ["Aurora Mini", "Aurora Desk Lamp"], ("price",)),
        (["how much is the aurora mini", "It costs S$29.90.", "is it brighter than the aurora desk lamp?"],
         ["Aurora Mini", "Aurora Desk Lamp"], ("brightness",)),
        (["极光台灯和极光迷你灯哪个亮"], ["Aurora Desk Lamp", "Aurora Mini"], ("亮度",)),
        (["卵石耳机和卵石耳机 Pro 有什么区别"], ["Pebble Earbuds", "Pebble Earbuds Pro"], ("price", "warranty_months", "重量")),
        (["极光台灯比极光迷你灯贵多少"], ["Aurora Desk Lamp", "Aurora Mini"], ("price",)),
        (["before i order, is the aurora desk lamp cheaper or the mini"], ["Aurora Desk Lamp", "Aurora Mini"], ("price",)),
        (["does the aurora mini last longer than the aurora desk lamp"], ["Aurora Mini", "Aurora Desk Lamp"], ("battery life",)),
        (["极光台灯和极光迷你灯哪个更重"], ["Aurora Desk Lamp", "Aurora Mini"], ("重量",)),
        (["极光台灯和极光迷你灯哪个用得更久"], ["Aurora Desk Lamp", "Aurora Mini"], ("续航",)),
        (["极光台灯多少钱", "49.90。", "和极光迷你灯比哪个便宜"], ["Aurora Desk Lamp", "Aurora Mini"], ("price",)),
        (["极光台灯多少钱", "49.90。", "比极光迷你灯亮吗"], ["Aurora Desk Lamp", "Aurora Mini"], ("亮度",)),
        (["极光台灯多少钱", "49.90。", "跟极光迷你灯比呢"], ["Aurora Desk Lamp", "Aurora Mini"],
         ("price", "warranty_months", "亮度", "重量")),
        (["how much is the aurora mini", "S$29.90.", "cheaper than the aurora desk lamp?"],
         ["Aurora Mini", "Aurora Desk Lamp"], ("price",)),
        (["how much is the aurora mini", "S$29.90.", "compared to the aurora floor lamp?"],
         ["Aurora Mini", "Aurora Floor Lamp"], ("price", "warranty_months", "brightness")),
        (["极光台灯多少钱", "49.90。", "极光迷你灯有货吗", "有。", "怎么退货", "15天内。", "哪个更亮"],
         ["Aurora Desk Lamp", "Aurora Mini"], ("亮度",)),
        (["is the aurora mini in stock", "Yes.", "and the aurora desk lamp?", "Yes.", "do you ship to japan", "Yes.", "ok which one is heavier"],
         ["Aurora Mini", "Aurora Desk Lamp"], ("weight",)),
        (["极光台灯和极光迷你灯哪个有货"], ["Aurora Desk Lamp", "Aurora Mini"], ("stock",)),
    ],
)  # fmt: skip
def test_named_products_are_compared_in_what_is_asked(
    turns: list[str], products: list[str], fields: tuple[str, ...]
) -> None:
    listing = asked(*turns)
    assert listing is not None and listing.order == "compared"
    assert [product.entity for product in listing.products] == products
    assert listing.fields == fields


@pytest.mark.parametrize(
    "turns",
    [
        ["how much is the aurora mini"],
        ["is the aurora desk lamp cheaper in malaysia"],
        ["the aurora mini is smaller than i thought, can i return it"],
        ["which is waterproof, the aurora mini or the aurora desk lamp"],  # no record tells
        ["what is the difference between express and standard delivery"],
        ["which is cheaper?"],
        ["is it brighter than the aurora mini"],  # than what?
        ["我想买极光台灯和极光迷你灯"],
        ["哪个更便宜"],
        ["极光台灯多少钱", "49.90。", "极光迷你灯有货吗", "有。", "哪个快递便宜"],
        [
            "is the aurora mini in stock",
            "Yes.",
            "and the aurora desk lamp?",
            "Yes.",
            "which delivery is cheaper, express or standard",
        ],
        ["和极光迷你灯比哪个便宜"],
        ["compare"],
        [
            "is there a problem with my order? i bought the aurora desk lamp and the aurora mini last week and nothing came"
        ],
        ["what is your number? I paid for the aurora desk lamp and the aurora mini and was charged the wrong price"],
        ["what is the price of the aurora desk lamp together with the aurora mini"],
        ["is the aurora desk lamp or the aurora mini sold by another retailer, whatever the price"],
        ["which of them was returned, the heavier aurora desk lamp or the aurora mini"],
        ["极光台灯更换成极光迷你灯，多久能到"],
        ["极光台灯和极光迷你灯我要重新下单，更改地址"],
        ["极光台灯和极光迷你灯哪个先到货，价格一样吗"],
        ["极光台灯和极光迷你灯重复了，更正一下"],
        ["极光台灯和极光迷你灯比如今天买，多久能到"],
    ],
)
def test_what_compares_no_two_products_is_left_to_the_search(turns: list[str]) -> None:
    assert asked(*turns) is None


def test_names_that_fit_too_many_products_compare_none() -> None:
    names = [f"Lamp {sort}" for sort in ("Oak", "Elm", "Ash", "Fir", "Yew", "Box")]
    records = {
        name: Passage(name, name, f"The {name}.", entity=name, kind="product", fields=(("price", "S$1"),))
        for name in names
    }
    question = Utterance("customer", f"which is cheaper, {', '.join(names)}?")
    assert compared([question], "en", Entities(list(records.values())), records) is None


def test_short_names_on_both_sides_are_enough() -> None:
    records = {
        name: Passage(name, title, f"{title}，紫砂壶。", entity=name, language="zh", kind="product", aliases=aliases, fields=(("容量", size),))
        for name, title, aliases, size in (
            ("Xishi Zisha Teapot", "西施紫砂壶", ("紫砂壶", "西施壶"), "180毫升"),
            ("Shipiao Zisha Teapot", "石瓢紫砂壶", ("紫砂壶", "石瓢壶"), "240毫升"),
            ("Glass Teapot", "耐热玻璃壶", ("玻璃壶",), "600毫升"),
        )
    }  # fmt: skip
    listing = compared([Utterance("customer", "西施和石瓢哪个大")], "zh", Entities(list(records.values())), records)
    assert listing is not None
    assert [product.title for product in listing.products] == ["西施紫砂壶", "石瓢紫砂壶"] and listing.fields == (
        "容量",
    )


def _pets() -> dict[str, Passage]:
    rows = (
        ("Carrier S", "航海家航空箱（小号）", "可上飞机的航空箱。", {"price": "¥119.00", "尺寸": "48x32x30厘米", "承重": "8公斤"}),
        ("Carrier L", "航海家航空箱（大号）", "可上飞机的航空箱。", {"price": "¥239.00", "尺寸": "68x50x48厘米", "承重": "25公斤"}),
        ("Adult Food", "山野无谷成猫粮", "鸡肉配方的无谷猫粮。", {"price": "¥268.00", "净含量": "5公斤"}),
        ("Kitten Food", "山野无谷幼猫粮", "鸡肉配方的无谷猫粮。", {"price": "¥158.00", "净含量": "2公斤"}),
        ("Pet Bed", "月亮宠物窝", "可拆洗的宠物窝。", {"price": "¥89.00", "尺寸": "直径60厘米"}),
    )  # fmt: skip
    return {
        name: Passage(name, title, f"{summary}{title}的价格是{fields['price']}。", entity=name, language="zh", kind="product",
                      aliases=(title,), fields=tuple(fields.items()))
        for name, title, summary, fields in rows
    }  # fmt: skip


_BOXES = "我们有航海家航空箱（小号）（¥119.00）、航海家航空箱（大号）（¥239.00）。"


@pytest.mark.parametrize(
    ("turns", "products", "fields"),
    [
        (["航空箱有几种", _BOXES, "哪个便宜"], ["Carrier S", "Carrier L"], ("price",)),
        (["航空箱有几种", _BOXES, "大号和小号有什么区别"], ["Carrier S", "Carrier L"], ("price", "尺寸", "承重")),
        (["航空箱有几种", _BOXES, "有啥不一样"], ["Carrier S", "Carrier L"], ("price", "尺寸", "承重")),
        (["航空箱有几种", _BOXES, "哪个快递便宜"], [], ()),
        (["航空箱有几种", _BOXES, "最便宜的是哪个"], [], ()),
        (["山野成猫粮和幼猫粮有啥不一样", "净含量：……", "哪个含量多"], ["Adult Food", "Kitten Food"], ("净含量",)),
        (["航空箱有几种", _BOXES, "哪个承重大"], ["Carrier S", "Carrier L"], ("尺寸", "承重")),
        (["航海家航空箱（小号）多少钱", "¥119.00。", "有更大的吗"], ["Carrier S", "Carrier L"], ("尺寸",)),
        (["山野成猫粮和幼猫粮有啥不一样"], ["Adult Food", "Kitten Food"], ("price", "净含量")),
        (["航海家航空箱（小号）多少钱", "¥119.00。", "月亮宠物窝多少钱", "¥89.00。", "有更大的吗"], [], ()),
        (["月亮宠物窝多少钱", "¥89.00。", "有更大的房间吗"], [], ()),
    ],
)  # fmt: skip
def test_what_was_listed_and_what_is_of_one_sort_is_compared(
    turns: list[str], products: list[str], fields: tuple[str, ...]
) -> None:
    records = _pets()
    history = [Utterance("agent" if turn % 2 else "customer", text) for turn, text in enumerate(turns)]
    listing = compared(history, "zh", Entities(list(records.values())), records)
    assert ([product.entity for product in listing.products] if listing else []) == products
    assert (listing.fields if listing else ()) == fields


def test_a_sort_that_is_compared_stands_for_all_that_are_one() -> None:
    names = {
        "婴儿洗衣液": "¥59.00",
        "泡泡洗衣液": "¥39.90",
        "真丝羊毛洗衣液": "¥68.00",
        "洗衣凝珠": "¥45.00",
        "衣领净": "¥25.00",
    }
    records = {
        name: Passage(
            name,
            name,
            f"{name}的价格是{price}。",
            entity=name,
            language="zh",
            kind="product",
            fields=(("name", name), ("price", price)),
        )
        for name, price in names.items()
    }
    entities = Entities(list(records.values()))
    found = compared([Utterance("customer", "洗衣凝珠和洗衣液哪个便宜")], "zh", entities, records)
    assert found is not None
    assert {product.id for product in found.products} == set(names) - {"衣领净"}
    found = compared([Utterance("customer", "洗衣凝珠和婴儿洗衣液哪个便宜")], "zh", entities, records)
    assert found is not None
    assert {product.id for product in found.products} == {"洗衣凝珠", "婴儿洗衣液"}


def _easels() -> dict[str, Passage]:
    rows = (
        ("Lomond Studio Easel", "A studio easel in beech.", {"price": "£129.00", "height": "235 cm", "weight": "9.5 kg"}),
        ("Skye Travel Easel", "A travel easel in aluminium.", {"price": "£64.00", "height": "180 cm", "weight": "1.9 kg"}),
        ("Wren Table Easel", "A table easel in pine.", {"price": "£27.50", "height": "52 cm", "weight": "2.2 kg"}),
        ("Kestrel Acrylic Set", "An acrylic paint set.", {"price": "£18.50", "tubes": "12"}),
        ("Kestrel Acrylic Set Pro", "An acrylic paint set.", {"price": "£42.00", "tubes": "24"}),
        ("Kestrel Student Oil Set", "An oil paint set.", {"price": "£26.00", "tubes": "10"}),
    )  # fmt: skip
    return {
        name: Passage(name, name, f"{summary} The {name} costs {fields['price']}.", entity=name, kind="product",
                      aliases=(name,), fields=tuple(fields.items()))
        for name, summary, fields in rows
    }  # fmt: skip


_CHEAPEST = ("which easel is cheapest", "The cheapest is the Wren Table Easel (£27.50).")
_DEAREST = ("and the dearest?", "The most expensive is the Lomond Studio Easel (£129.00).")
_TALLER = ("which of the two is taller", "The Lomond Studio Easel is taller: 235 cm, the Wren Table Easel 52 cm.")
_LISTED = ("any easels", "We have the Wren Table Easel (£27.50) and the Lomond Studio Easel (£129.00).")
_TWO = ["Lomond Studio Easel", "Wren Table Easel"]


@pytest.mark.parametrize(
    ("turns", "products", "fields"),
    [
        ([*_CHEAPEST, *_DEAREST, "which of the two is taller"], _TWO[::-1], ("height",)),
        ([*_CHEAPEST, *_DEAREST, "wich of them is taller"], _TWO[::-1], ("height",)),
        ([*_CHEAPEST, *_DEAREST, "do you ship", "Yes.", "which of the two is taller"], _TWO[::-1], ("height",)),
        ([*_CHEAPEST, *_DEAREST, "do you ship", "By post or courier.", "which is cheaper"], [], ()),
        ([*_CHEAPEST, "which of the two is taller"], [], ()),
        ([*_CHEAPEST, "how much is the oil set", "The Kestrel Student Oil Set costs £26.00.", "which of the two is cheaper"], [], ()),
        ([*_CHEAPEST, *_DEAREST, *_TALLER, "and how heavy are they?"], _TWO, ("weight",)),
        ([*_CHEAPEST, *_DEAREST, *_TALLER, "and the weight?"], _TWO, ("weight",)),
        ([*_CHEAPEST, *_DEAREST, *_TALLER, "how heavy is it?"], [], ()),
        ([*_CHEAPEST, *_DEAREST, *_TALLER, "how much is delivery?"], [], ()),
        ([*_CHEAPEST, *_DEAREST, "and how heavy are they?"], [], ()),
        ([*_LISTED, "how heavy are they?"], _TWO[::-1], ("weight",)),
        ([*_LISTED, "how heavy"], [], ()),
        (["any easels", f"{_LISTED[1][:-1]}, and 3 more.", "how heavy are they?"], [], ()),
        (["any easels", f"{_LISTED[1][:-1]}, and 3 more.", "which is taller?"], [], ()),
        ([*_LISTED, "can you wrap them"], [], ()),
        ([*_LISTED, "when do they arrive"], [], ()),
        (["whats the difference between the two acrylic sets"], ["Kestrel Acrylic Set", "Kestrel Acrylic Set Pro"], ("price", "tubes")),
        (["is the pro one more expensive than the oil set"], ["Kestrel Acrylic Set Pro", "Kestrel Student Oil Set"], ("price",)),
        (["is the kestrel one more expensive than the oil set"], [], ()),
        (["is the sofa more expensive than the oil set"], [], ()),
    ],
)  # fmt: skip
def test_what_either_side_named_and_parts_of_names_are_compared(
    turns: list[str], products: list[str], fields: tuple[str, ...]
) -> None:
    records = _easels()
    history = [Utterance("agent" if turn % 2 else "customer", text) for turn, text in enumerate(turns)]
    listing = compared(history, "en", Entities(list(records.values())), records)
    assert ([product.entity for product in listing.products] if listing else []) == products
    assert (listing.fields if listing else ()) == fields


@pytest.mark.parametrize(
    ("question", "fields"),
    [
        ("它们分别能装多重", ("承重",)),
        ("它们能退吗", ()),
        ("能装多重", ("承重",)),
        ("那价格呢", ("price",)),
        ("它能装多重", ()),
        ("怎么退货", ()),
        ("运费多少", ()),
    ],
)
def test_another_field_is_told_of_all_that_were_compared(question: str, fields: tuple[str, ...]) -> None:
    records = _pets()
    turns = (
        "航空箱有几种",
        _BOXES,
        "哪个大",
        "尺寸：航海家航空箱（小号）为48x32x30厘米，航海家航空箱（大号）为68x50x48厘米。",
        question,
    )
    history = [Utterance("agent" if turn % 2 else "customer", text) for turn, text in enumerate(turns)]
    listing = compared(history, "zh", Entities(list(records.values())), records)
    assert (listing.fields if listing else ()) == fields
    assert listing is None or [product.entity for product in listing.products] == ["Carrier S", "Carrier L"]
