"""The cheapest and the dearest product of a sort, as customers ask for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from retrieval.catalogue import Catalogue
from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.passages import Language, Passage
from retrieval.query import Utterance
from retrieval.retriever import Retriever


def product(name: str, summary: str, price: str, stock: str = "5", *, language: Language = "en") -> Passage:
    told = f"The {name} costs {price}." if language == "en" else f"{name}的价格是{price}。"
    text = f"{summary} {told}" if language == "en" else f"{summary}{told}"
    fields = (("name", name), ("price", price), ("stock", stock), ("category", "Lighting"), ("weight", "0.9 kg"))
    return Passage(name, name, text, entity=name, language=language, kind="product", aliases=(name,), fields=fields)


PRODUCTS = [
    product("Aurora Desk Lamp", "A dimmable LED desk lamp with a folding arm.", "S$49.90"),
    product("Aurora Mini", "A small rechargeable desk lamp for travel.", "S$29.90"),
    product("Wick Floor Lamp", "An oak floor lamp with a linen shade.", "S$1,159.00"),
    product("Ember Lamp", "A red lamp.", "S$9.90", "0"),
    product("Felt Desk Mat M", "A wool mat that keeps a desk quiet.", "S$26.90"),
    product("Grain Desk 120", "An oak desk.", "S$299.00"),
    product("Perch Chair", "An office chair.", "S$189.00"),
    product("Perch Chair Pro", "An office chair with a headrest.", "S$329.00"),
    product("Glow Bulb", "A bulb for every lamp.", "S$5.00"),
    product("极光台灯", "可调光台灯，折叠灯臂。", "49.90新元", language="zh"),
    product("极光迷你灯", "充电式台灯，适合旅行。", "29.90新元", language="zh"),
    product("细雨音箱", "防水蓝牙音箱。", "42.90新元", language="zh"),
    product("音色音箱 S", "便携音箱。", "78.00新元", language="zh"),
    Passage("faq/1", "How do I choose a lamp?", "By its brightness."),
]


TEAS = [
    replace(product(name, summary, f"¥{price}", stock, language="zh"), aliases=(name, *aliases))
    for name, summary, price, stock, aliases in (
        ("安溪铁观音", "清香型乌龙茶，125克。", "128.00", "85", ("铁观音",)),
        ("武夷大红袍", "炭焙乌龙茶，125克罐装。", "198.00", "40", ("大红袍",)),
        ("祁门红茶", "工夫红茶，100克罐装。", "108.00", "55", ("祁红",)),
        ("西施紫砂壶", "手工紫砂壶，宜兴紫泥。", "358.00", "9", ("紫砂壶", "西施壶")),
        ("石瓢紫砂壶", "手工紫砂壶，宜兴朱泥。", "428.00", "0", ("紫砂壶", "石瓢壶")),
        ("耐热玻璃壶", "高硼硅玻璃茶壶。", "89.00", "30", ()),
    )
]
DUVETS = [
    replace(product(f"Fjord Duvet ({size})", "A down duvet.", price, stock), aliases=(f"Fjord Duvet ({size})", "Fjord Duvet"))
    for size, price, stock in (("single", "£89.00", "0"), ("king", "£149.00", "4"))
]  # fmt: skip


def asked(*turns: str) -> list[Utterance]:
    return [Utterance("agent" if turn % 2 else "customer", text) for turn, text in enumerate(turns)]


def titles(history: list[Utterance], language: Language) -> list[str]:
    listing = Catalogue(PRODUCTS).asked(history, language)
    return [product.title for product in listing.products] if listing else []


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("how much is the cheapest desk lamp", "Aurora Mini"),
        ("Cheapest lamp?", "Aurora Mini"),
        ("which lamp is the most expensive", "Wick Floor Lamp"),
        ("whats ur cheapest dimmable lamp pls", "Aurora Desk Lamp"),
        ("the cheapest desk you sell", "Grain Desk 120"),
        ("show me the priciest chair in your shop", "Perch Chair Pro"),
        ("cheapest ember lamp", "Ember Lamp"),
        ("is the aurora mini the cheapest lamp?", None),
        ("why is your cheapest lamp so dear", None),
        ("cheapest sofa", None),
        ("cheapest shipping for a lamp", None),
        ("what is the cheapest", None),
    ],
)
def test_the_product_meant_is_the_extreme_of_its_sort(question: str, name: str | None) -> None:
    assert next(iter(titles(asked(question), "en")), None) == name


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("最便宜的台灯多少钱", "极光迷你灯"),
        ("你们店里台灯哪款最贵", "极光台灯"),
        ("请问有没有最便宜的音箱", "细雨音箱"),
        ("最贵的蓝牙音箱", "细雨音箱"),
        ("极光是最便宜的台灯吗", None),
        ("最便宜的运费是多少", None),
        ("哪个最便宜", None),
    ],
)
def test_it_is_found_in_chinese_too(question: str, name: str | None) -> None:
    assert next(iter(titles(asked(question), "zh")), None) == name


def test_a_sort_may_be_the_shops_own_category() -> None:
    def filed(name: str, price: str, category: str, language: Language = "en") -> Passage:
        made = product(name, f"{name}.", price, language=language)
        return replace(
            made, fields=(*(field for field in made.fields if field[0] != "category"), ("category", category))
        )

    held = [
        filed("Boston Fern", "$12.00", "House plants"),
        filed("Aloe", "$8.00", "House plants"),
        filed("Trowel", "$5.00", "Tools"),
    ]
    held += [filed("绿萝", "12.00元", "室内绿植", "zh"), filed("园艺铲", "5.00元", "工具", "zh")]
    catalogue = Catalogue(held)
    for question, language, names in (
        ("whats the cheapest plant", "en", ["Aloe", "Boston Fern"]),
        ("any plants under $10", "en", ["Aloe"]),
        ("the cheapest birthday plant", "en", ["Aloe", "Boston Fern"]),
        ("the cheapest garden plant", "en", []),
        ("最便宜的绿植", "zh", ["绿萝"]),
        ("想买个生日绿植 预算50以内", "zh", ["绿萝"]),
    ):
        listing = catalogue.asked(asked(question), language)
        assert ([product.title for product in listing.products] if listing else []) == names, question


def test_the_sort_may_have_been_said_before() -> None:
    said = asked("cheapest desk lamp?", "The Aurora Mini costs S$29.90.", "and the most expensive one")
    assert titles(said, "en")[0] == "Aurora Desk Lamp"


@pytest.mark.parametrize(
    ("question", "language", "names"),
    [
        ("do u have desk lamps", "en", ["Aurora Mini", "Aurora Desk Lamp"]),
        ("do you sell any lamp for travel", "en", ["Aurora Mini"]),
        ("do you have a lamp with a headrest", "en", []),
        ("do you have the aurora desk lamp", "en", ["Aurora Desk Lamp"]),
        ("do you have the perch chair pro in stock", "en", ["Perch Chair Pro"]),
        ("do you have chairs", "en", ["Perch Chair", "Perch Chair Pro"]),
        ("do you have gift cards", "en", []),
        ("do you have spare parts for the lamp", "en", []),
        ("do you have a discount for students", "en", []),
        ("do you have a warranty on desk lamps?", "en", []),
        ("any weight on the desk lamp", "en", []),
        ("do you have the weight of the aurora desk lamp?", "en", []),
        ("do you have the weight for when i buy a desk lamp", "en", []),
        ("did you sell my desk lamp?", "en", []),
        ("do you have a pair of perch chairs", "en", ["Perch Chair", "Perch Chair Pro"]),
        ("any of your desk lamps in stock", "en", ["Aurora Mini", "Aurora Desk Lamp"]),
        ("i have a desk lamp", "en", []),
        ("你们有台灯吗", "zh", ["极光迷你灯", "极光台灯"]),
        ("有没有防水的音箱", "zh", ["细雨音箱"]),
        ("有发票吗", "zh", []),
        ("我有台灯", "zh", []),
    ],
)
def test_what_there_is_of_a_sort_is_told(question: str, language: Language, names: list[str]) -> None:
    assert titles(asked(question), language) == names


@pytest.mark.parametrize(
    ("question", "language", "names"),
    [
        ("do you have lamps that are not rechargeable", "en", []),
        ("any lamps that aren't dimmable", "en", []),
        ("do you have a desk lamp with no folding arm", "en", []),
        ("cheapest lamp that isn’t rechargeable", "en", []),
        ("don't you have desk lamps", "en", ["Aurora Mini", "Aurora Desk Lamp"]),
        ("do you have desk lamps or not", "en", ["Aurora Mini", "Aurora Desk Lamp"]),
        ("最便宜的不是防水的音箱", "zh", []),
        ("你们有不带防水的音箱吗", "zh", []),
        ("有没有没有防水的音箱", "zh", []),
        ("除了细雨音箱，最便宜的音箱", "zh", []),
        ("有没有不锈钢的音箱", "zh", ["溪流音箱"]),
    ],
)
def test_what_is_asked_for_by_what_it_is_not_is_left_to_the_search(
    question: str, language: Language, names: list[str]
) -> None:
    speaker = product("溪流音箱", "不锈钢防水音箱，除湿防锈。", "99.00新元", language="zh")
    listing = Catalogue([*PRODUCTS, speaker]).asked(asked(question), language)
    assert [product.title for product in listing.products] == names if listing else not names


def test_what_the_thing_spoken_of_has_is_not_what_there_is() -> None:
    said = asked("极光迷你灯多少钱", "极光迷你灯的价格是29.90新元。", "有音箱吗")
    assert titles(said, "zh") == []
    assert titles(asked(*(turn.text for turn in said[:2]), "你们有音箱吗"), "zh") == ["细雨音箱", "音色音箱 S"]


def test_prices_in_several_currencies_are_not_compared() -> None:
    mixed = [product("Old Lamp", "A lamp.", "US$10.00"), product("New Lamp", "A lamp.", "S$12.00")]
    assert Catalogue(mixed).asked(asked("cheapest lamp"), "en") is None
    assert Catalogue([product("Odd Lamp", "A lamp.", "on request")]).asked(asked("cheapest lamp"), "en") is None


def test_the_search_puts_it_first(embedder: SentenceTransformerEmbedder) -> None:
    found = Retriever.of(PRODUCTS, embedder).find(asked("how much is the cheapest desk lamp"))
    assert found.hits[0].passage.title == "Aurora Mini" and found.answerable > 0.9
    assert len({hit.passage.id for hit in found.hits}) == len(found.hits)
    assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)
    assert found.entity == "Aurora Mini"
    assert found.listing is not None and found.listing.order == "cheapest"


def found(products: list[Passage], language: Language, *turns: str) -> tuple[str, list[str]]:
    """The order and the titles of what a customer's turns ask for."""
    listing = Catalogue(products).asked([Utterance("customer", text) for text in turns], language)
    return (listing.order, [product.title for product in listing.products]) if listing else ("", [])


@pytest.mark.parametrize(
    ("turns", "order", "names"),
    [
        (["最便宜的壶多少钱", "那最贵的呢"], "dearest", ["西施紫砂壶", "耐热玻璃壶", "石瓢紫砂壶"]),
        (
            ["最便宜的壶多少钱", "不对吧，不是有80的吗", "最贵的呢"],
            "dearest",
            ["西施紫砂壶", "耐热玻璃壶", "石瓢紫砂壶"],
        ),
        (["最便宜的壶多少钱", "运费多少", "最贵的呢"], "", []),
        (["你们有紅茶嗎"], "any", ["祁门红茶"]),
        (["那有什么红茶"], "any", ["祁门红茶"]),
        (["红茶有哪些"], "any", ["祁门红茶"]),
        (["推荐一款红茶"], "any", ["祁门红茶"]),
        (["乌龙有哪些"], "any", ["安溪铁观音", "武夷大红袍"]),
        (["乌龙有哪些", "不要铁观音"], "any", ["武夷大红袍"]),
        (["乌龙有哪些", "除了铁观音还有什么"], "any", ["武夷大红袍"]),
        (["乌龙有哪些", "不要袋子"], "", []),
        (["乌龙有哪些", "不要红茶"], "", []),
        (["不要铁观音"], "", []),
        (["红茶有什么优惠"], "", []),
        (["礼盒里有什么"], "", []),
        (["有什么颜色"], "", []),
    ],
)
def test_a_sort_is_asked_for_in_many_ways(turns: list[str], order: str, names: list[str]) -> None:
    assert found(TEAS, "zh", *turns) == (order, names)


@pytest.mark.parametrize(
    ("turns", "names"),
    [
        (["what speakers are there"], []),
        (["what desk lamps are there?"], ["Aurora Mini", "Aurora Desk Lamp"]),
        (["can you recommend a desk lamp"], ["Aurora Mini", "Aurora Desk Lamp"]),
        (["do you have desk lamps", "not the aurora mini"], ["Aurora Desk Lamp"]),
        (["can you recommend a courier"], []),
    ],
)
def test_a_sort_is_asked_for_in_many_ways_in_english(turns: list[str], names: list[str]) -> None:
    assert found(PRODUCTS, "en", *turns)[1] == names


@pytest.mark.parametrize(
    ("products", "language", "turns", "order", "names"),
    [
        (PRODUCTS, "en", ["desk lamps under $30"], "within", ["Aurora Mini"]),
        (PRODUCTS, "en", ["lamps between S$20 and S$50 please"], "within", ["Aurora Mini", "Aurora Desk Lamp"]),
        (PRODUCTS, "en", ["cheapest lamp over $40"], "cheapest", ["Aurora Desk Lamp", "Wick Floor Lamp"]),
        (PRODUCTS, "en", ["do you have a chair under 50"], "nearest", ["Perch Chair"]),
        (PRODUCTS, "en", ["is there a chair for around $180?"], "within", ["Perch Chair"]),
        (PRODUCTS, "en", ["what can i get for under $30"], "within", ["Glow Bulb", "Felt Desk Mat M", "Aurora Mini"]),
        (PRODUCTS, "en", ["i need a gift for my mum, budget 10"], "within", ["Glow Bulb"]),
        (PRODUCTS, "en", ["do you have desk lamps", "under $30?"], "within", ["Aurora Mini"]),
        (PRODUCTS, "en", ["how much is delivery", "under $30?"], "", []),
        (PRODUCTS, "en", ["desk lamps under £30"], "", []),
        (PRODUCTS, "en", ["is delivery free for orders over $50"], "", []),
        (PRODUCTS, "en", ["a desk under 100 cm"], "", []),
        (PRODUCTS, "en", ["under $30"], "", []),
        (TEAS, "zh", ["150块以内有什么茶推荐"], "within", ["祁门红茶", "安溪铁观音"]),
        (TEAS, "zh", ["预算120想送长辈，买什么好"], "within", ["耐热玻璃壶", "祁门红茶"]),
        (TEAS, "zh", ["你们有紫砂壶吗", "预算120想送朋友，买什么好"], "within", ["耐热玻璃壶", "祁门红茶"]),
        (TEAS, "zh", ["預算一百二，有什麼壺"], "within", ["耐热玻璃壶"]),
        (TEAS, "zh", ["有没有100到200的乌龙茶"], "within", ["安溪铁观音", "武夷大红袍"]),
        (TEAS, "zh", ["100元以下的紫砂壶"], "nearest", ["西施紫砂壶"]),
        (TEAS, "zh", ["乌龙有哪些", "150以内的呢"], "within", ["安溪铁观音"]),
        (TEAS, "zh", ["运费20块以内吗"], "", []),
        (TEAS, "zh", ["7天以内能退吗"], "", []),
        (TEAS, "zh", ["满200以上包邮吗"], "", []),
    ],
)
def test_what_costs_so_much_is_told_the_cheapest_first(
    products: list[Passage], language: Language, turns: list[str], order: str, names: list[str]
) -> None:
    assert found(products, language, *turns) == (order, names)


@pytest.mark.parametrize(
    ("products", "language", "question", "names"),
    [
        (TEAS, "zh", "紫砂壶有货吗", ["西施紫砂壶", "石瓢紫砂壶"]),
        (TEAS, "zh", "你们有紫砂壶吗", ["西施紫砂壶", "石瓢紫砂壶"]),
        (TEAS, "zh", "紫砂壺多少錢", ["西施紫砂壶", "石瓢紫砂壶"]),
        (TEAS, "zh", "西施壶有货吗", []),
        (TEAS, "zh", "紫砂壶刻字多少钱", []),
        (TEAS, "zh", "紫砂壶怎么开壶", []),
        (DUVETS, "en", "how much is the fjord duvet?", ["Fjord Duvet (single)", "Fjord Duvet (king)"]),
        (DUVETS, "en", "is the fjord duvet in stock", ["Fjord Duvet (single)", "Fjord Duvet (king)"]),
        (DUVETS, "en", "how much is the king fjord duvet", []),
        (DUVETS, "en", "can i wash the fjord duvet", []),
        (DUVETS, "en", "how do i pair the fjord duvet", []),
        (DUVETS, "en", "when is the fjord duvet available", []),
        (PRODUCTS, "en", "how much is the perch chair", []),
    ],
)
def test_a_name_that_several_go_by_is_answered_with_all_of_them(
    products: list[Passage], language: Language, question: str, names: list[str]
) -> None:
    assert found(products, language, question) == ("named" if names else "", names)


PETS = [
    product("航海家航空箱（小号）", "可上飞机的航空箱。", "¥119.00", "12", language="zh"),
    product("航海家航空箱（大号）", "可上飞机的航空箱。", "¥239.00", "5", language="zh"),
    product("云朵豆腐猫砂", "2.5公斤装的猫砂，可冲厕所。", "¥29.90", language="zh"),
    product("黑金膨润土猫砂", "10公斤装的猫砂，除臭强。", "¥45.00", language="zh"),
    product("温和燕麦沐浴露", "猫狗通用的沐浴露。", "¥69.00", language="zh"),
    product("嚼嚼洁齿棒", "给狗狗清洁牙齿的狗零食。", "¥35.00", "0", language="zh"),
    product("月亮宠物窝", "可拆洗的宠物窝。", "¥89.00", "0", language="zh"),
    product("云朵宠物窝", "可拆洗的宠物窝。", "¥99.00", language="zh"),
]


@pytest.mark.parametrize(
    ("products", "language", "question", "names"),
    [
        (PETS, "zh", "航空箱多少钱", ["航海家航空箱（小号）", "航海家航空箱（大号）"]),
        (PETS, "zh", "猫砂多少钱一袋", ["云朵豆腐猫砂", "黑金膨润土猫砂"]),
        (PETS, "zh", "宠物窝贵吗", ["月亮宠物窝", "云朵宠物窝"]),
        (PETS, "zh", "大号航空箱多少钱", []),
        (PETS, "zh", "猫砂多少钱一斤", []),
        (PETS, "zh", "航空箱运费多少钱", []),
        (PETS, "zh", "洗宠物窝多少钱", []),
        (PETS, "zh", "宠物寄养多少钱一天", []),
        (PETS, "zh", "宠物多少钱", []),
        (PRODUCTS, "en", "how much is a desk lamp", ["Aurora Mini", "Aurora Desk Lamp"]),
        (PRODUCTS, "en", "chair price?", ["Perch Chair", "Perch Chair Pro"]),
        (PRODUCTS, "en", "what do your desk lamps cost", ["Aurora Mini", "Aurora Desk Lamp"]),
        (PRODUCTS, "en", "how much to repair a desk lamp", []),
        (PRODUCTS, "en", "how much is delivery of a desk lamp", []),
        (PRODUCTS, "en", "how much does a chair weigh", []),
        (PRODUCTS, "en", "how much does it cost to fold a chair", []),
    ],
)
def test_the_price_of_a_sort_is_that_of_all_of_it(
    products: list[Passage], language: Language, question: str, names: list[str]
) -> None:
    assert found(products, language, question) == ("named" if names else "", names)


@pytest.mark.parametrize(
    ("products", "language", "turns", "order", "names"),
    [
        (PETS, "zh", ["航空箱有几种"], "any", ["航海家航空箱（小号）", "航海家航空箱（大号）"]),
        (PETS, "zh", ["宠物窝有吗"], "any", ["云朵宠物窝", "月亮宠物窝"]),
        (PETS, "zh", ["猫砂便宜点的有吗"], "any", ["云朵豆腐猫砂", "黑金膨润土猫砂"]),
        (PETS, "zh", ["100块以内给狗狗买什么好"], "within", ["温和燕麦沐浴露"]),
        (PETS, "zh", ["100块以内给狗狗买什么好", "50以下呢"], "within", ["嚼嚼洁齿棒"]),
        (PETS, "zh", ["有没有50元以下的貓用品"], "within", ["云朵豆腐猫砂", "黑金膨润土猫砂"]),
        (PETS, "zh", ["你们有狗用品吗"], "any", ["温和燕麦沐浴露", "嚼嚼洁齿棒"]),
        (PETS, "zh", ["最贵的商品是什么"], "dearest", ["航海家航空箱（大号）", "航海家航空箱（小号）"]),
        (PETS, "zh", ["最便宜的宠物窝"], "cheapest", ["云朵宠物窝", "月亮宠物窝"]),
        (PRODUCTS, "en", ["anything for travel?"], "any", ["Aurora Mini"]),
        (PRODUCTS, "en", ["do you have something for delivery"], "", []),
        (PRODUCTS, "en", ["what is the cheapest thing you sell"], "cheapest", ["Glow Bulb", "Felt Desk Mat M"]),
        (PRODUCTS, "en", ["how much is the perch chair pro", "anything cheaper?"], "any", ["Perch Chair"]),
        (PRODUCTS, "en", ["how much is the perch chair", "do you have a cheaper one"], "cheapest", ["Perch Chair", "Perch Chair Pro"]),
        (PRODUCTS, "en", ["how much is delivery", "anything cheaper?"], "", []),
        (PETS, "zh", ["航海家航空箱（大号）多少钱", "有便宜点的吗"], "any", ["航海家航空箱（小号）"]),
        (PETS, "zh", ["运费多少", "有便宜点的吗"], "", []),
        (PETS, "zh", ["航空箱多少钱", "能便宜点吗"], "", []),
    ],
)  # fmt: skip
def test_products_are_asked_for_by_their_users_and_by_what_costs_less(
    products: list[Passage], language: Language, turns: list[str], order: str, names: list[str]
) -> None:
    told = found(products, language, *turns)
    assert (told[0], told[1][:2]) == (order, names)


def test_part_of_a_name_is_whatever_is_called_or_filed_so() -> None:
    made = [
        product(name, "", f"¥{price}", language="zh")
        for name, price in (("棉麻收纳箱", "49.00"), ("收纳袋大号", "15.90"), ("压缩袋", "12.90"), ("洗衣液", "39.90"))
    ]
    made[2] = replace(made[2], fields=(*(f for f in made[2].fields if f[0] != "category"), ("category", "收纳用品")))
    found = Catalogue(made).asked(asked("30块以内有什么收纳的"), "zh")
    assert found is not None
    assert [p.title for p in found.products] == ["压缩袋", "收纳袋大号"]


def art(name: str, summary: str, price: str, *aliases: str, stock: str = "5", language: Language = "en") -> Passage:
    return replace(product(name, summary, price, stock, language=language), aliases=(name, *aliases))


ART = [
    art("Kestrel Acrylic Set", "An acrylic paint set for beginners.", "£18.50", "acrylic set"),
    art("Kestrel Acrylic Set Pro", "An acrylic paint set of artist quality.", "£42.00"),
    art("Kestrel Student Oil Set", "An oil paint set with 10 tubes.", "£26.00", stock="0"),
    art("Heron Pocket Watercolours", "A watercolour set with 12 half pans.", "£21.90"),
    art("Heron Studio Watercolours", "A watercolour set with 24 full pans.", "£58.00"),
    art("Otter Round Brush Set", "A brush set with 6 brushes for watercolour.", "£14.20"),
    art("Badger Flat Brush Set", "A brush set with 5 brushes for oil and acrylic.", "£22.80"),
    art("Lomond Studio Easel", "A studio easel in oiled beech.", "£129.00"),
    art("Skye Travel Easel", "A travel easel in aluminium.", "£64.00"),
    art("Wren Table Easel", "A table easel in pine.", "£27.50"),
    art("Oakside Ready Frame (A4)", "A ready-made frame in oak.", "£19.50", "Oakside Ready Frame", "ready-made frame"),
    art("Oakside Ready Frame (A3)", "A ready-made frame in oak.", "£27.50", "Oakside Ready Frame", "ready-made frame"),
    art("Linea Black Frame", "A ready-made frame in aluminium.", "£14.50", "black frame"),
    art("水彩固体颜料套装", "12色固体水彩。", "¥89.00", language="zh"),
    art("尼龙画笔套装", "6支水彩画笔。", "¥39.00", language="zh"),
    art("丙烯颜料", "24色丙烯颜料。", "¥69.00", language="zh"),
    art("棉布画框", "一个画油画的画框。", "¥29.00", language="zh"),
]  # fmt: skip
EASELS = ["Wren Table Easel", "Skye Travel Easel", "Lomond Studio Easel"]


@pytest.mark.parametrize(
    ("language", "question", "names"),
    [
        ("en", "do u have watercolour sets", ["Heron Pocket Watercolours", "Heron Studio Watercolours"]),
        ("en", "do you have brush sets", ["Otter Round Brush Set", "Badger Flat Brush Set"]),
        ("en", "do you sell sets of brushes", ["Otter Round Brush Set", "Badger Flat Brush Set"]),
        ("en", "do you sell sets of easels", []),
        ("en", "whats your cheapest student set", ["Kestrel Student Oil Set"]),
        ("en", "do you have gouache sets", []),
        ("en", "do you have vegan sets", []),
        ("en", "do you have acrylic sets", ["Kestrel Acrylic Set", "Kestrel Acrylic Set Pro"]),
        ("zh", "有水彩套装吗", ["水彩固体颜料套装"]),
        ("zh", "有画笔套装吗", ["尼龙画笔套装"]),
        ("zh", "有丙烯套装吗", []),
        ("zh", "有丙烯颜料吗", ["丙烯颜料"]),
    ],
)
def test_a_set_is_of_what_it_is_a_set_of(language: Language, question: str, names: list[str]) -> None:
    assert found(ART, language, question)[1] == names


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("do you sell ready made frames", ["Linea Black Frame", "Oakside Ready Frame (A4)", "Oakside Ready Frame (A3)"]),
        ("how much is the ready-made frame", ["Linea Black Frame", "Oakside Ready Frame (A4)", "Oakside Ready Frame (A3)"]),
        ("how much is the oakside ready frame", ["Oakside Ready Frame (A4)", "Oakside Ready Frame (A3)"]),
        ("do you sell black frames", ["Linea Black Frame"]),
        ("do you have the lomond studio easel", ["Lomond Studio Easel"]),
        ("how much is it to make a frame", []),
        ("tell me about the acrylic set", []),
        ("how much is the acrylic set", ["Kestrel Acrylic Set", "Kestrel Acrylic Set Pro"]),
        ("do you have a set pack", []),
    ],
)  # fmt: skip
def test_a_name_hides_nothing_that_is_of_its_sort(question: str, names: list[str]) -> None:
    assert found(ART, "en", question)[1] == names


@pytest.mark.parametrize(
    ("turns", "order", "names"),
    [
        (["wich easel is cheapest"], "cheapest", EASELS),
        (["wot is ur cheepest easel"], "cheapest", EASELS),
        (["what's teh cheapest easel u have"], "cheapest", EASELS),
        (["wich easel is cheapest", "and wich is the most expensive one?"], "dearest", EASELS[::-1]),
        (["whats the cheapest course"], "", []),
        (["wat pho cheapest"], "", []),
        (["cheapest 2 u easel"], "", []),
    ],
)
def test_small_words_may_be_mistyped(turns: list[str], order: str, names: list[str]) -> None:
    assert found(ART, "en", *turns) == (order, names)


@pytest.mark.parametrize(
    ("language", "turns", "names"),
    [
        ("en", ["present for my dad who paints in oils, budget 30 quid"], ["Badger Flat Brush Set"]),
        ("en", ["present for my dad who paints in oils, budget 30 quid", "anything under 25?"], ["Badger Flat Brush Set"]),
        ("en", ["do you have anything for my dad who paints in oils"], ["Badger Flat Brush Set", "Kestrel Student Oil Set"]),
        ("en", ["something for oil painting under 30"], ["Badger Flat Brush Set"]),
        ("en", ["gift for my mum, she loves acrylics. under 20"], ["Kestrel Acrylic Set"]),
        ("en", ["brush sets for my dad who paints in oils under £30"], ["Badger Flat Brush Set"]),
        ("en", ["gift for my mum who turns 60, budget 15"], ["Otter Round Brush Set", "Linea Black Frame"]),
        ("en", ["gift for my mum who plays golf, budget 15"], []),
        ("en", ["gift for my mum who has an oil allergy, budget 30"], []),
        ("en", ["gift for my mum who doesn't like oils, budget 30"], []),
        ("zh", ["送给喜欢油画的爸爸，预算50，买什么好"], ["棉布画框"]),
        ("zh", ["送给不喜欢油画的爸爸，预算50，买什么好"], []),
        ("zh", ["给喜欢钓鱼的爸爸买点什么，预算50"], []),
    ],
)  # fmt: skip
def test_what_somebody_does_is_part_of_what_is_wanted(language: Language, turns: list[str], names: list[str]) -> None:
    assert found(ART, language, *turns)[1] == names


@pytest.mark.parametrize(
    ("turns", "order", "names"),
    [
        (["do you have easels", "how long is delivery", "anything under 70?"], "within", EASELS[:2]),
        (["do you have easels", "my budget is 70"], "within", EASELS[:2]),
        (["how much is the lomond studio easel", "anything under 70?"], "within", EASELS[:2]),
        (["how much is the lomond studio easel", "anything under 20?"], "nearest", EASELS[:1]),
        (["do you have easels", "my parcel was under 20"], "", []),
        (
            ["do you have easels", "what can i get for under 15"],
            "within",
            ["Otter Round Brush Set", "Linea Black Frame"],
        ),
        (["do you do framing", "anything under 15"], "within", ["Otter Round Brush Set", "Linea Black Frame"]),
        (["how much is framing", "and the cheapest?"], "", []),
        (["do you have easels", "how long is delivery", "and the cheapest?"], "", []),
    ],
)
def test_a_budget_is_for_the_sort_spoken_of(turns: list[str], order: str, names: list[str]) -> None:
    assert found(ART, "en", *turns) == (order, names)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("how much is framing", []),
        ("do you do framing", []),
        ("whats the cheapest framing", []),
        ("what is in the acrylic set", []),
        ("how much is a frame", ["Linea Black Frame", "Oakside Ready Frame (A4)", "Oakside Ready Frame (A3)"]),
        ("custom framing price", []),
        ("something for oil painting under 25", ["Badger Flat Brush Set"]),
    ],
)
def test_what_is_done_is_no_product(question: str, names: list[str]) -> None:
    assert found(ART, "en", question)[1] == names


def test_what_is_done_may_be_the_shops_own_word() -> None:
    assert found([product("Oak Shelving", "Shelving in oak.", "£90.00")], "en", "how much is the cheapest shelving")[1]
    assert found(PRODUCTS, "en", "do you have lighting")[1]


@pytest.mark.parametrize(
    ("language", "question", "names"),
    [
        ("en", "do you have vegan brush sets", ["Otter Round Brush Set"]),
        ("en", "any brush sets with a case", ["Badger Flat Brush Set"]),
        ("en", "do you have synthetic brush sets", ["Otter Round Brush Set"]),
        ("zh", "有防水的画笔吗", ["尼龙画笔"]),
        ("zh", "有无香的颜料吗", ["丙烯颜料"]),
    ],
)
def test_what_a_field_denies_is_not_told(language: Language, question: str, names: list[str]) -> None:
    def told(name: str, summary: str, language: Language, **specification: str) -> Passage:
        made = product(name, summary, "£9.00", language=language)
        return replace(made, fields=(*made.fields, *specification.items()))

    held = [
        told("Otter Round Brush Set", "A brush set.", "en", vegan="yes", hair="synthetic", case="none included"),
        told("Badger Flat Brush Set", "A brush set.", "en", vegan="no", hair="hog", case="linen"),
        told("尼龙画笔", "一支画笔。", "zh", 防水="是"),
        told("猪鬃画笔", "一支画笔。", "zh", 防水="否"),
        told("丙烯颜料", "一盒颜料。", "zh", 香型="无香"),
    ]
    assert found(held, language, question)[1] == names


def test_what_is_told_of_some_and_called_so_of_others_is_of_both() -> None:
    held = [
        art("溪流防水音箱", "户外音箱。", "¥99.00", language="zh"),
        art("山谷音箱", "防水蓝牙音箱。", "¥89.00", language="zh"),
    ]
    assert found(held, "zh", "有防水音箱吗")[1] == ["山谷音箱", "溪流防水音箱"]


def test_what_every_record_has_makes_no_sort() -> None:
    leads = [
        product("Rail Extension 4-Way", "A four-socket extension.", "S$36.90"),
        product("Rail Extension 6-Way", "A six-socket extension.", "S$52.90"),
    ]
    leads = [replace(lead, fields=(*lead.fields, ("warranty_months", "24"))) for lead in leads]
    assert Catalogue(leads).asked(asked("how much is the warranty extension"), "en") is None
    assert Catalogue(leads).asked(asked("how much is a rail extension"), "en") is not None
