"""Questions in the context of a conversation, in both languages, and questions that have no answer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from retrieval import documents
from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.library import FEATURES, Library, embed
from retrieval.passages import Hit, Passage
from retrieval.query import Utterance
from retrieval.reranker import Reranker
from retrieval.retriever import Retriever, _pointed_first

SHOP = {
    "faq/returns.md": "# Returns\n\n## How long can I return a lamp?\nLamps can be returned within 45 days.\n\n"
    "## How long does a refund take?\nA refund takes 6 working days.\n",
    "faq/returns.zh.md": "---\nlanguage: zh\n---\n# 退货\n\n## 灯具可以在多久内退货？\n灯具可在45天内退货。\n\n"
    "## 退款要多久到账？\n退款需要6个工作日。\n",
    "faq/shipping.md": "# Shipping\n\n## How much is shipping to Malaysia?\nIt costs S$12.00.\n\n"
    "## Do you deliver on Sundays?\nNo, Monday to Saturday only.\n",
    "products/light.yaml": """
category: Lighting
category_zh: 灯具
products:
  - {id: LT-101, name: Aurora Desk Lamp, name_zh: 极光台灯, price: 49.9, currency: SGD, stock: 37,
     warranty_months: 24, summary: A dimmable desk lamp., summary_zh: 可调光台灯。,
     specification: {power: 12 W}, specification_zh: {功率: 12 W}}
  - {id: LT-102, name: Comet Floor Lamp, name_zh: 彗星落地灯, price: 129, currency: SGD, stock: 0,
     warranty_months: 36, summary: A tall floor lamp., summary_zh: 高落地灯。,
     specification: {power: 20 W}, specification_zh: {功率: 20 W}}
""",
}


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory, embedder: SentenceTransformerEmbedder) -> Retriever:
    folder = tmp_path_factory.mktemp("shop")
    for name, text in SHOP.items():
        path = Path(folder, name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    loaded = documents.load(folder)
    assert not loaded.problems
    return Retriever.of(loaded.passages, embedder)


def history(*turns: str) -> list[Utterance]:
    roles = ["customer" if (len(turns) - i) % 2 else "agent" for i in range(len(turns))]
    return [Utterance(role, text) for role, text in zip(roles, turns, strict=True)]  # type: ignore[arg-type]


async def test_a_question_finds_its_entry(retriever: Retriever) -> None:
    findings = await retriever.search(history("what do I pay for delivery to malaysia?"))
    assert "S$12.00" in findings.hits[0].passage.text
    assert findings.small_talk is None
    assert all(0 <= hit.score <= 1 for hit in findings.hits)


async def test_it_means_the_product_named_before(retriever: Retriever) -> None:
    findings = await retriever.search(
        history("do you have the comet lamp?", "Yes, the Comet Floor Lamp.", "how much is it?")
    )
    assert findings.entity == "Comet Floor Lamp"
    assert "129.00" in findings.hits[0].passage.text


async def test_the_latest_product_is_meant(retriever: Retriever) -> None:
    asked = (
        "is the aurora lamp in stock?",
        "Yes. The Comet Floor Lamp is out of stock.",
        "what is the power of the aurora?",
    )
    assert (await retriever.search(history(*asked))).hits[0].passage.entity == "Aurora Desk Lamp"


@pytest.mark.parametrize(
    ("question", "answer"),
    [("灯具多久之内可以退货", "45天"), ("退款多久能到账呢", "6个工作日"), ("极光台灯多少钱", "49.90")],
)
async def test_chinese_questions_find_chinese_entries(retriever: Retriever, question: str, answer: str) -> None:
    findings = await retriever.search(history(question))
    assert answer in findings.hits[0].passage.text
    assert findings.hits[0].passage.language == "zh"


async def test_where_only_english_exists_a_name_finds_it(retriever: Retriever) -> None:
    findings = await retriever.search(history("请问 Sundays deliver 吗 Malaysia"))
    assert findings.hits


async def test_a_question_of_something_else_is_unlikely_to_be_answered(retriever: Retriever) -> None:
    known = await retriever.search(history("How long can I return a lamp?"))
    unknown = await retriever.search(history("who won the football match in brazil yesterday"))
    assert unknown.answerable < 0.5 < known.answerable


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "???", "\x00\x01", "a" * 50_000, "什么" * 25_000])
async def test_odd_questions_get_findings_and_no_error(retriever: Retriever, text: str) -> None:
    findings = await retriever.search(history(text))
    assert 0 <= findings.answerable <= 1


async def test_no_history_finds_nothing(retriever: Retriever) -> None:
    assert (await retriever.search([])).hits == ()


async def test_k_bounds_the_hits(retriever: Retriever) -> None:
    assert len((await retriever.search(history("returns"), k=2)).hits) == 2


async def test_questions_at_once_get_what_they_get_alone(retriever: Retriever) -> None:
    asked = ["how long do I have to return a lamp", "能退货吗", "", "do you ship to Japan"] * 3
    alone = [retriever.find((Utterance("customer", text),)) for text in asked]
    waiting = [asyncio.create_task(retriever.search((Utterance("customer", text),))) for text in asked]
    waiting[1].cancel()
    together = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(together[1], asyncio.CancelledError)
    for one, other in list(zip(alone, together, strict=True))[2:]:
        assert not isinstance(other, BaseException)
        assert [hit.passage.id for hit in one.hits] == [hit.passage.id for hit in other.hits]


async def test_what_only_others_say_is_no_answer(embedder: SentenceTransformerEmbedder) -> None:
    places = Retriever.of(
        [
            Passage("1", "Is there a pool at the Harbour Inn?", "The Harbour Inn has a pool.", entity="Harbour Inn"),
            Passage("2", "Is there a pool at Castle Lodge?", "Castle Lodge has no pool.", entity="Castle Lodge"),
            Passage("3", "Is there a bar at Castle Lodge?", "Castle Lodge has a bar.", entity="Castle Lodge"),
            Passage("4", "When is check-out at the Minna?", "Check-out at the Minna is at 11.", entity="Minna"),
            Passage("5", "Is there parking at the Minna?", "The Minna has no parking.", entity="Minna"),
        ],
        embedder,
    )
    asked = await places.search(history("I'd like the Minna, please.", "It is free.", "Does it have a pool?"))
    named = await places.search(history("I'd like Castle Lodge, please.", "It is free.", "Does it have a pool?"))
    assert asked.answerable < 0.5 < named.answerable
    assert named.hits[0].passage.id == "2"


async def test_meaning_in_context_tells_entries_about_nobody_apart(embedder: SentenceTransformerEmbedder) -> None:
    passages = [
        Passage("1", "What do swimming lessons for adults cost?", "Adults pay $30 a lesson."),
        Passage("2", "What do swimming lessons for children cost?", "Children pay $18 a lesson."),
        Passage("3", "What does Blue Lagoon Pool cost?", "Blue Lagoon Pool costs $9.", entity="Blue Lagoon Pool"),
    ]
    library = Library(passages, embed(passages, embedder))
    column = FEATURES.index("dense_in_context")

    def likeness(*turns: str) -> dict[str, float]:
        found = library.candidates(history(*turns), embedder, "en")
        return {passages[int(row)].id: float(found.features[n, column]) for n, row in enumerate(found.rows)}

    child = likeness("my daughter wants to learn to swim", "Yes, we give lessons.", "what would that cost us?")
    adult = likeness("can my husband learn to swim here", "Yes, we give lessons.", "what would that cost us?")
    assert child["2"] > child["1"]
    assert adult["1"] > adult["2"]
    assert child["3"] == adult["3"] == 0.0  # told by its name


async def test_english_questions_find_chinese_entries(embedder: SentenceTransformerEmbedder) -> None:
    shop = Retriever.of(
        [
            Passage("1", "多少天内可以退货？", "收货后30天内可以退货。", language="zh"),
            Passage("2", "支持哪些付款方式？", "支持信用卡和支付宝。", language="zh"),
            Passage("3", "周末营业吗？", "周末十点到六点营业。", language="zh"),
            Passage("4", "可以寄到国外吗？", "可以，运费80元起。", language="zh"),
        ],
        embedder,
    )
    for question, answer in {
        "are you open on saturday?": "3",
        "can I pay by credit card": "2",
        "do you ship abroad?": "4",
    }.items():
        assert (await shop.search(history(question))).hits[0].passage.id == answer


SIZES = """
products:
  - {id: PA-01, name: Tern Sketchbook A5, price: 8.4, currency: GBP, stock: 40, summary: A sketchbook., specification: {size: A5}}
  - {id: PA-02, name: Tern Sketchbook A4, price: 12.6, currency: GBP, stock: 0, summary: A sketchbook., specification: {size: A4}}
  - {id: PA-03, name: Curlew Pad, price: 16.75, currency: GBP, stock: 22, summary: A pad of paper., specification: {size: A4}}
"""


async def test_the_sibling_that_is_pointed_at_is_found_before_the_one_spoken_of(
    tmp_path: Path, embedder: SentenceTransformerEmbedder, reranker: Reranker
) -> None:
    Path(tmp_path, "paper.yaml").write_text(SIZES, "utf-8")
    Path(tmp_path, "returns.md").write_text(SHOP["faq/returns.md"], "utf-8")
    shop = Retriever.of(documents.load(tmp_path).passages, embedder, reranker)
    told = "The Tern Sketchbook A4 costs £12.60. The Tern Sketchbook A4 is out of stock."
    findings = await shop.search(history("tern sketchbook A4 price", told, "how much is the small one"))
    assert [hit.passage.title for hit in findings.hits[:2]] == ["Tern Sketchbook A5", "Tern Sketchbook A4"]
    assert findings.answerable > 0.5
    assert len((await shop.search(history("tern sketchbook A4 price", told, "and the small one"), k=1)).hits) == 1
    findings = await shop.search(history("tern sketchbook A4 price", told, "and how big is it"))
    assert findings.hits[0].passage.title == "Tern Sketchbook A4"
    talk = ("tern sketchbook A4 price", told, "when is it back", "A refund takes 6 working days.")
    findings = await shop.search(history(*talk, "ok and the A5?"))
    assert findings.hits[0].passage.title == "Tern Sketchbook A5"


def test_a_product_pointed_at_keeps_its_place_before_entries_and_goes_before_other_products() -> None:
    product, other = (Passage(title, title, "", kind="product") for title in ("Tern A5", "Tern A4"))
    hits = {
        name: Hit(passage, 0.5)
        for name, passage in {"own": product, "other": other, "faq": Passage("f", "", "")}.items()
    }

    def order(question: str, *found: str) -> list[str]:
        ordered = _pointed_first(tuple(hits[name] for name in found), question, product, other, 0.5)
        return [next((name for name, hit in hits.items() if hit.passage is each.passage)) for each in ordered]

    assert order("does the Tern A5 lie flat", "own", "faq", "other") == ["own", "faq", "other"]
    assert order("does the Tern A5 lie flat", "own", "faq", "faq") == ["own", "faq", "other"]
    assert order("may I return the Tern A5", "faq", "other", "own") == ["faq", "own", "other"]
    assert order("and the Tern A5", "faq", "other", "own") == ["own", "faq", "other"]
    assert order("may I return the Tern A5", "faq") == ["faq"]
