"""Products stay records: what is said of price and stock is what the fields hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from retrieval import documents
from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.passages import Passage
from retrieval.query import Utterance
from retrieval.reranker import Reranker
from retrieval.retriever import Retriever


def loaded(folder: Path, text: str, name: str = "catalogue.yaml") -> tuple[Passage, ...]:
    (folder / name).write_text(text, "utf-8")
    found = documents.load(folder)
    assert not found.problems
    return found.passages


def test_a_record_is_told_in_both_languages_from_its_fields(tmp_path: Path) -> None:
    english, chinese = loaded(
        tmp_path,
        "category: Lighting\ncategory_zh: 灯具\nproducts:\n"
        "  - {id: LT-9, name: Nova Lamp, name_zh: 新星灯, price: 59.5, stock: 0, restock: 2 December, warranty_months: 36,\n"
        "     specification: {power: 9 W}, specification_zh: {功率: 9 W}}\n",
    )
    assert dict(english.fields) == {
        "id": "LT-9",
        "name": "Nova Lamp",
        "price": "S$59.50",
        "stock": "0",
        "category": "Lighting",
        "restock": "2 December",
        "warranty_months": "36",
        "power": "9 W",
    }
    assert "costs S$59.50" in english.text and "out of stock and expected back on 2 December" in english.text
    assert (
        "59.50新元" in chinese.text and "目前缺货，预计2 December到货" in chinese.text and "功率：9 W" in chinese.text
    )
    assert (english.line, chinese.line, english.entity) == (4, 4, "Nova Lamp")


def test_a_stock_that_is_not_said_is_not_told(tmp_path: Path) -> None:
    (passage,) = loaded(tmp_path, "products:\n  - {id: A, name: Lamp, price: 5}\n")
    assert "stock" not in passage.text and "stock" not in dict(passage.fields)


def test_a_specification_cannot_overwrite_the_record(tmp_path: Path) -> None:
    (passage,) = loaded(tmp_path, "products:\n  - {id: A, name: Lamp, price: 5, specification: {price: 900}}\n")
    assert dict(passage.fields)["price"] == "S$5.00"


def test_a_row_of_a_table_is_a_product_and_its_other_columns_are_its_specification(tmp_path: Path) -> None:
    (passage,) = loaded(
        tmp_path,
        "id,name,price,stock,aliases,power,compatible_with\nLT-9,Nova,59.5,3,nova lamp; new star,9 W,\n",
        "catalogue.csv",
    )
    assert {"nova lamp", "new star"} <= set(passage.aliases)
    assert (passage.line, dict(passage.fields)["power"]) == (2, "9 W")
    assert "Power of the Nova: 9 W." in passage.text and "compatible" not in passage.text


@pytest.mark.parametrize(
    ("fields", "english", "chinese"),
    [
        ("specification: {ratio: 16:9}", "Ratio of the Nova: 16:9.", ""),
        ("specification: {bluetooth: 5.10}", "Bluetooth of the Nova: 5.10.", ""),
        ("specification: {machine washable: yes}", "Machine washable of the Nova: yes.", ""),
        ("specification: {size: , made: 2026-01-05}", "Made of the Nova: 2026-01-05.", ""),
        ("specification: {colours: [black, ~, white]}", "Colours of the Nova: black, white.", ""),
        ("specification_zh: {颜色: [黑, 白], 尺寸: }", "", "新星的颜色：黑、白。"),
        ("specification: {size: {width: 5 cm, depth: 3 cm}}", "Size of the Nova: width: 5 cm, depth: 3 cm.", ""),
        ("cost: 2.10, supplier: Acme, 进价_zh: 2, specification: {power: 9 W}", "Power of the Nova: 9 W.", ""),
        ("note: Yes, note_zh: [可水洗, 可烘干]", "Yes", "可水洗、可烘干"),
    ],
)
def test_values_are_told_as_they_are_written(tmp_path: Path, fields: str, english: str, chinese: str) -> None:
    told = loaded(tmp_path, f"products:\n  - {{id: 0123, name: Nova, name_zh: 新星, price: 5, {fields}}}\n")
    assert [p.id for p in told] == ["0123.en", "0123.zh"]
    assert [p.text for p in told] == [f"The Nova costs S$5.00. {english}".strip(), f"新星的价格是5.00新元。{chinese}"]


def test_a_product_is_found_at_its_own_line(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        "products:\n  - id: LT-10\n    name: Ten\n    price: 5\n    compatible_with: [LT-1]\n"
        "  - id: LT-1\n    name: One\n    price: 6\n",
    )
    assert [p.line for p in found] == [2, 6]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ("price: cheap", "the price of A is 'cheap'"),
        ("price: -5", "the price of A is '-5'"),
        ("price: .inf", "the price of A is '.inf'"),
        ("price: true", "the price of A is 'true'"),
        ("price: 5, stock: many", "the stock of A is 'many'"),
        ("price: 5, stock: 2.5", "the stock of A is '2.5'"),
        ("price: 5, warranty_months: two years", "the warranty_months of A is 'two years'"),
        ("price: 5, restock: 2026-02-31", "the restock of A is '2026-02-31'"),
        ("price: 5, specification: [9 W]", "the specification of A is ['9 W']"),
        ("price: 5, aliases: {a: b}", "the aliases of A is {'a': 'b'}"),
    ],
)
def test_a_field_that_is_amiss_is_named_with_its_line(tmp_path: Path, fields: str, problem: str) -> None:
    (tmp_path / "a.yaml").write_text(f"products:\n  - {{id: A, name: Lamp, {fields}}}\n", "utf-8")
    (found,) = documents.load(tmp_path).problems
    assert found.problem.endswith(problem) and found.line == 2 and found.mend


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("how much is the nova lamp?", "S$59.50"),
        ("is the nova lamp in stock", "in stock (7 available)"),
        ("新星灯多少钱", "59.50新元"),
        ("新星灯有货吗", "现有库存7件"),
    ],
)
def test_a_question_about_price_or_stock_finds_the_record(
    tmp_path: Path, embedder: SentenceTransformerEmbedder, question: str, said: str
) -> None:
    passages = loaded(
        tmp_path,
        "products:\n"
        "  - {id: LT-9, name: Nova Lamp, name_zh: 新星灯, price: 59.5, stock: 7}\n"
        "  - {id: LT-8, name: Dusk Lamp, name_zh: 黄昏灯, price: 20, stock: 0}\n",
    )
    manual = Passage(
        "m", "Nova Lamp manual: Price of spare parts", "The price list of parts is on our page.", entity=None
    )
    found = Retriever.of([*passages, manual], embedder).find([Utterance("customer", question)])
    assert found.hits[0].passage.kind == "product"
    assert said in found.hits[0].passage.text


def test_products_of_one_name_are_told_apart_by_what_they_differ_in(tmp_path: Path) -> None:
    rows = "T-S,Fjord Duvet,89.00,0,single,white\nT-K,Fjord Duvet,149.00,4,king,white\nL-1,Lamp,5,1,,\n"
    single, king, lamp = loaded(tmp_path, "id,name,price,stock,size,colour\n" + rows, "duvets.csv")
    assert [p.entity for p in (single, king, lamp)] == ["Fjord Duvet (single)", "Fjord Duvet (king)", "Lamp"]
    assert "The Fjord Duvet (king) costs S$149.00." in king.text
    assert "Fjord Duvet" in single.aliases and "Fjord Duvet" in king.aliases
    same = (
        "products:\n  - {id: A-1, name: Mug, name_zh: 杯, price: 5}\n  - {id: A-2, name: mug, name_zh: 杯, price: 6}\n"
    )
    assert [p.title for p in loaded(tmp_path, same, "mugs.yaml") if "ug" in p.title or "杯" in p.title] == [
        "Mug (A-1)",
        "杯（A-1）",
        "mug (A-2)",
        "杯（A-2）",
    ]


SHOP = """products:
  - {id: M-1, name: Hazel Mug, name_zh: 榛木马克杯, aliases: [马克杯], price: 45, stock: 7, summary: A mug, summary_zh: 木纹马克杯。,
     specification: {weight: 300 g}, specification_zh: {净重: 300克, 产地: 景德镇, 容量: 350毫升}}
  - {id: M-2, name: Frost Thermos, name_zh: 霜白保温壶, aliases: [保温壶], price: 128, stock: 0, restock: 2026-12-15,
     summary: A thermos, summary_zh: 不锈钢保温壶。, specification: {weight: 500 g}, specification_zh: {净重: 500克}}
"""
ENTRIES = {
    "杯子可以刻字吗？": "可以刻字，每件加30元，最多8个字。",
    "可以送礼包装吗？": "礼品包装每份10元。",
    "杯子可以放洗碗机吗？": "陶瓷的可以，木质和保温壶不可以。",
    "新顾客有优惠吗？": "首单满100元减15元，不能和优惠券同时使用。",
    "国内运费是多少？": "满199元免运费，不满收12元。",
    "How do I send something back?": "Write to us within 15 days and we send a label.",
    "Can a mug go in the dishwasher?": "Ceramic may, wood and the thermos may not.",
}


@pytest.fixture(scope="module")
def shop(
    tmp_path_factory: pytest.TempPathFactory, embedder: SentenceTransformerEmbedder, reranker: Reranker
) -> Retriever:
    """A shop whose files never say 多少钱."""
    entries = [
        Passage(title, title, text, language="en" if title.isascii() else "zh") for title, text in ENTRIES.items()
    ]
    return Retriever.of([*loaded(tmp_path_factory.mktemp("shop"), SHOP), *entries], embedder, reranker)


def asked(shop: Retriever, turns: Sequence[str]) -> str | None:
    """The title of what answers the last of the turns, the customer's and the agent's by turns; None where nothing does."""
    found = shop.find([Utterance("agent" if at % 2 else "customer", text) for at, text in enumerate(turns)])
    return found.hits[0].passage.title if found.answerable >= 0.5 else None


@pytest.mark.parametrize(
    ("question", "product"),
    [
        ("马克杯多少钱", "榛木马克杯"),
        ("马克杯贵吗", "榛木马克杯"),
        ("马克杯咋卖", "榛木马克杯"),
        ("马克杯还有吗", "榛木马克杯"),
        ("马克杯几克", "榛木马克杯"),
        ("马克杯产自哪里", "榛木马克杯"),
        ("马克杯能装多少水", "榛木马克杯"),
        ("保温壶什么时候到", "霜白保温壶"),
        ("保温壶有货吗", "霜白保温壶"),
        ("how much is the hazel mug", "Hazel Mug"),
        ("frost thermos in stock?", "Frost Thermos"),
        ("when is the frost thermos back", "Frost Thermos"),
    ],
)
def test_a_field_is_told_though_no_file_holds_the_words_that_ask_for_it(
    shop: Retriever, question: str, product: str
) -> None:
    assert asked(shop, [question]) == product


@pytest.mark.parametrize(
    ("turns", "answer"),
    [
        (["马克杯多少钱", "¥45。", "有几克"], "榛木马克杯"),
        (["马克杯多少钱", "¥45。", "两个多少钱"], "榛木马克杯"),
        (["马克杯多少钱", "¥45。", "最大容量多少"], "榛木马克杯"),
        (["马克杯多少钱", "¥45。", "保温壶呢"], "霜白保温壶"),
        (["马克杯有货吗", "现有库存7件。", "那保温壶呢？"], "霜白保温壶"),
        (["保温壶有货吗", "目前缺货。", "什么时候到"], "霜白保温壶"),
        (["马克杯能刻字吗", "可以刻字，每件加30元，最多8个字。", "要加多少钱"], "杯子可以刻字吗？"),
        (["马克杯多少钱", "¥45。", "礼品包装要多少钱"], "可以送礼包装吗？"),
        (["马克杯多少钱", "¥45。", "第一次买有优惠吗"], "新顾客有优惠吗？"),
        (["马克杯多少钱", "¥45。", "能和优惠券一起用吗"], "新顾客有优惠吗？"),
        (["最便宜的是哪个", "最便宜的是榛木马克杯（¥45）。", "便宜的那个能放洗碗机吗"], "杯子可以放洗碗机吗？"),
        (["is the frost thermos in stock", "The Frost Thermos is out of stock.", "when back"], "Frost Thermos"),
        (["is the hazel mug in stock", "The Hazel Mug is in stock.", "price?"], "Hazel Mug"),
    ],
)
def test_a_product_that_is_not_named_again_is_meant_where_its_record_holds_what_is_asked(
    shop: Retriever, turns: list[str], answer: str
) -> None:
    assert asked(shop, turns) == answer


def test_a_record_in_the_customers_language_stands_for_the_other(
    tmp_path: Path, embedder: SentenceTransformerEmbedder
) -> None:
    food = """products:
  - {id: A, name: Hill Adult Cat Food, name_zh: 山野成猫粮, price: 268, stock: 42, summary_zh: 适合成猫。}
  - {id: K, name: Hill Kitten Food, name_zh: 山野幼猫粮, price: 158, stock: 0, summary_zh: 适合幼猫。}
"""
    shop = Retriever.of(loaded(tmp_path, food), embedder)
    turns = [
        Utterance("customer", "成猫粮多少钱"),
        Utterance("agent", "¥268。"),
        Utterance("customer", "幼猫那款还有货吗"),
    ]
    assert shop.find(turns).hits[0].passage.title == "山野幼猫粮"
    for text in ("Hill Kitten Food 有货吗", "is the 山野幼猫粮 in stock"):
        hits = shop.find([Utterance("customer", text)]).hits
        assert {hit.passage.language for hit in hits} == {"en" if text[0] == "i" else "zh"}


def test_a_record_that_is_in_chinese_alone_is_told_in_chinese(tmp_path: Path) -> None:
    told = loaded(
        tmp_path,
        "category: 面包\nproducts:\n  - {id: BR-1, name: 乡村面包, price: 28, currency: CNY, stock: 0, summary: 深色脆皮面包。,\n"
        "     specification: {重量: 800克}}\n",
    )
    assert [(p.id, p.language, p.title, p.entity) for p in told] == [("BR-1.zh", "zh", "乡村面包", "乡村面包")]
    assert told[0].text == "深色脆皮面包。乡村面包的价格是¥28.00。乡村面包目前缺货。乡村面包的重量：800克。"
    assert dict(told[0].fields)["category"] == "面包"


def test_a_summary_without_a_stop_is_a_sentence_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(
        "products:\n  - {id: A, name: Canvas, name_zh: 画布, price: 5, summary: A canvas (cotton), summary_zh: 一块棉画布}\n"
    )
    english, chinese = documents.load(tmp_path).passages
    assert english.text.startswith("A canvas (cotton). The Canvas costs")
    assert chinese.text.startswith("一块棉画布。画布的价格是")
