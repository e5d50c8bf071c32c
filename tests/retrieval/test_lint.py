"""Entries that repeat or contradict one another are listed with both places; what only differs is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.lint import lint
from tests.conftest import ROOT


def check(folder: Path, embedder: SentenceTransformerEmbedder, **files: str) -> list[tuple[str, str, str, str]]:
    """The pairs found in files named "faq__a_md"."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    document, errors = lint(folder, embedder)
    assert len(errors) == len(document["pairs"]) == document["duplicates"] + document["contradictions"]
    return [(pair["kind"], pair["first"], pair["second"], pair["why"]) for pair in document["pairs"]]


def test_the_same_question_with_other_numbers_contradicts(
    tmp_path: Path, embedder: SentenceTransformerEmbedder
) -> None:
    found = check(
        tmp_path,
        embedder,
        faq__a_md="## How long is the warranty?\nIt is 24 months.\n\n## Do you wrap gifts?\nYes, we do.\n",
        faq__b_md="## What is the warranty period?\nThe warranty is 36 months.\n\n## Do you wrap gifts?\nYes, we do.\n",
    )
    assert ("contradiction", "faq/a.md:1", "faq/b.md:1", "24 against 36") in found
    assert ("duplicate", "faq/a.md:4", "faq/b.md:4", "") in found
    assert len(found) == 2


def test_the_line_of_a_finding_names_both_places_and_what_differs(
    tmp_path: Path, embedder: SentenceTransformerEmbedder
) -> None:
    (tmp_path / "a.md").write_text("## Is it free?\nYes.\n\n## Is it free?\nNo, it costs money.\n", "utf-8")
    _, (error,) = lint(tmp_path, embedder)
    assert str(error) == (
        "a.md:4: 'Is it free?' contradicts a.md:1 (yes against no); make them agree, or their questions differ"
    )


def test_chinese_entries_are_held_against_each_other(tmp_path: Path, embedder: SentenceTransformerEmbedder) -> None:
    found = check(
        tmp_path,
        embedder,
        faq__a_zh_md="## 灯具的保修期是多久？\n保修期为24个月。\n\n## 可以送礼品包装吗？\n可以。\n",
        faq__b_zh_md="## 灯具保修期多久\n保修三十六个月。\n\n## 可以送礼品包装吗？\n不可以。\n",
    )
    assert ("contradiction", "faq/a.zh.md:1", "faq/b.zh.md:1", "24 against 三十六") in found
    assert ("contradiction", "faq/a.zh.md:4", "faq/b.zh.md:4", "yes against no") in found


@pytest.mark.parametrize(
    ("english", "chinese", "why"),
    [
        ("Lamps can be returned within 45 days.", "灯具可在30天内退货。", "45 against 30"),
        ("It takes three working days.", "需要5个工作日。", "three against 5"),
        ("Members get 10% off.", "会员打八折。", "10 against 八折"),
        ("We open from 9 am to 6 pm.", "营业时间为9:00至17:00。", "6 pm against 17:00"),
        ("The sale ends on 15 November.", "活动于12月15日结束。", "November against 12"),
        ("Yes, we ship there.", "不可以，我们不寄往那里。", "yes against no"),
    ],
)
def test_twins_in_two_languages_that_differ_contradict(
    tmp_path: Path, embedder: SentenceTransformerEmbedder, english: str, chinese: str, why: str
) -> None:
    found = check(
        tmp_path, embedder, faq__a_md=f"## Question?\n{english}\n", faq__a_zh_md=f"# 常见问题\n\n## 问题？\n{chinese}\n"
    )
    assert found == [("contradiction", "faq/a.md:1", "faq/a.zh.md:3", why)]


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("The warranty is 12 months.", "保修期为一年。"),
        ("It arrives within 48 hours.", "两天内送达。"),
        ("A refund takes two weeks.", "退款需要14天。"),
        ("Open Monday to Friday, 9 am to 6:30 pm.", "周一至周五上午9点到下午6点半营业。"),
        ("Get 15% off over S$1,500.00.", "满1500新元打85折。"),
        ("From 24 December to 2 January we are closed.", "12月24日至1月2日休息。"),
        ("One of the two parts can be sent back once.", "其中一个部件可以退一次。"),
        ("16 million colours.", "1600万种颜色。"),
        ("It holds 1.5 litres.", "容量1500毫升。"),
        ("It takes 3 days; 5 at Christmas.", "需要3天。"),
    ],
)
def test_the_same_said_in_another_way_is_no_contradiction(
    tmp_path: Path, embedder: SentenceTransformerEmbedder, english: str, chinese: str
) -> None:
    assert not check(tmp_path, embedder, a_md=f"## Question?\n{english}\n", a_zh_md=f"## 问题？\n{chinese}\n")


def test_twins_are_paired_though_one_has_an_entry_more(tmp_path: Path, embedder: SentenceTransformerEmbedder) -> None:
    found = check(
        tmp_path,
        embedder,
        a_md="## A?\n30 days and S$5.00.\n## B?\n7 days.\n## C?\n45 days, 3 parts, S$8.00.\n",
        a_zh_md="## 甲？\n30天，5.00新元。\n## 丙？\n45天，4个部件，8.00新元。\n",
    )
    assert found == [("contradiction", "a.md:5", "a.zh.md:3", "3 against 4")]


def test_questions_about_different_things_may_have_different_answers(
    tmp_path: Path, embedder: SentenceTransformerEmbedder
) -> None:
    assert not check(
        tmp_path,
        embedder,
        faq__a_md="## How long can I return a lamp?\nWithin 45 days.\n## How long can I return a kettle?\nWithin 28 days.\n",
        faq__a_zh_md="## 灯具多久内可以退货？\n45天内。\n## 水壶多久内可以退货？\n28天内。\n",
        manuals__a_md="# Brio\n## Warranty\n24 months.\n",
        manuals__b_md="# Nova lamp\n## Warranty\n36 months.\n",
    )


def test_what_the_shop_may_do_is_another_question_than_what_the_customer_may(
    tmp_path: Path, embedder: SentenceTransformerEmbedder
) -> None:
    shop = "## What happens if you cancel a workshop?\nThe fee is refunded within 3 days of the workshop.\n"
    own = "## What happens if I cancel a workshop?\nHalf of the fee is refunded within 7 days of the workshop.\n"
    assert check(tmp_path, embedder, faq__a_md=own, faq__b_md=shop) == []
    assert len(check(tmp_path, embedder, faq__b_md=own.replace("7", "9"))) == 1


def test_the_parts_of_a_long_section_are_not_held_against_each_other(
    tmp_path: Path, embedder: SentenceTransformerEmbedder
) -> None:
    text = " ".join(f"Step {n} takes {n + 3} minutes and must not be left out by anybody." for n in range(60))
    assert not check(tmp_path, embedder, manual_md=f"# Use\n{text}\n")


_LAMP = "  - {id: LT-9, name: Nova Lamp, name_zh: 新星灯, price: 59.5, "


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"a_yaml": f"products:\n{_LAMP} specification: {{power: 9 W}}, specification_zh: {{功率: 12 W}}}}\n"},
            ("contradiction", "a.yaml:2", "a.yaml:2", "9 against 12"),
        ),
        (
            {
                "a_yaml": f"products:\n{_LAMP} stock: 1}}\n",
                "b_yaml": "products:\n  - {id: LT-9, name: Nova Lamp, price: 49}\n",
            },
            ("contradiction", "a.yaml:2", "b.yaml:2", "price S$59.50 against S$49.00"),
        ),
        (
            {
                "a_yaml": f"products:\n{_LAMP} stock: 1}}\n",
                "faq__a_md": "## Cheapest lamp?\nThe Nova Lamp costs S$49.00.\n",
            },
            ("contradiction", "a.yaml:2", "faq/a.md:1", "S$59.50 against 49.00"),
        ),
        (
            {
                "a_yaml": f"products:\n{_LAMP} stock: 1}}\n",
                "faq__a_zh_md": "## 最便宜的灯？\n新星灯的价格是49.00新元。\n",
            },
            ("contradiction", "a.yaml:2", "faq/a.zh.md:1", "59.50新元 against 49.00"),
        ),
    ],
)
def test_a_product_is_held_against_its_record(
    tmp_path: Path, embedder: SentenceTransformerEmbedder, files: dict[str, str], expected: tuple[str, ...]
) -> None:
    assert check(tmp_path, embedder, **files) == [expected]


@pytest.mark.parametrize(
    "sentence",
    ["The Nova Lamp costs S$59.50.", "Shipping of the Nova Lamp costs S$6.00.", "A bulb for the Nova Lamp is S$5.00."],
)
def test_other_sums_beside_a_product_are_no_price_of_it(
    tmp_path: Path, embedder: SentenceTransformerEmbedder, sentence: str
) -> None:
    assert not check(
        tmp_path, embedder, a_yaml=f"products:\n{_LAMP} stock: 1}}\n", faq__a_md=f"## Lamps?\n{sentence}\n"
    )


def test_the_demo_shop_is_in_order(embedder: SentenceTransformerEmbedder) -> None:
    document, errors = lint(ROOT / "knowledge_base", embedder)
    assert errors == []
    assert document["passages"] > 500
