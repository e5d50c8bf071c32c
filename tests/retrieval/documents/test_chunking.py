"""Long sections are cut where a reader would: between rows, items and sentences, in English and Chinese."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.documents.chunking import LONGEST, OVERLAP, Block, parts, sentences, width

_WORDS = st.lists(
    st.sampled_from(
        ["The lamp costs S$49.90. ", "请先关闭电源。", "e.g. this ", "Why? ", "等待10分钟，再试一次！", "word ", "\n"]
    ),
    max_size=120,
).map("".join)


@settings(deadline=None)
@given(st.text(max_size=400) | _WORDS)
def test_sentences_together_are_the_text(text: str) -> None:
    assert "".join(sentences(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It costs S$49.90. It is in stock.", ["It costs S$49.90. ", "It is in stock."]),
        ("Use descaler, e.g. citric acid. Wait.", ["Use descaler, e.g. citric acid. ", "Wait."]),
        ("请关闭电源。然后等待10分钟！好吗？好", ["请关闭电源。", "然后等待10分钟！", "好吗？", "好"]),
        ("他说：“可以。”然后走了。", ["他说：“可以。”", "然后走了。"]),
        ("See No. 5 or Fig. 2. Done", ["See No. 5 or Fig. 2. ", "Done"]),
    ],
)
def test_a_sentence_ends_at_its_stop(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


@settings(deadline=None)
@given(st.lists(_WORDS, max_size=6))
def test_no_part_is_too_wide_and_no_sentence_is_lost(texts: list[str]) -> None:
    blocks = [Block("paragraph", text, n) for n, text in enumerate(texts, 1)]
    found = parts(blocks, 300)
    assert all(width(text) <= 300 for _, text in found)
    together = "".join("".join(text.split()) for _, text in found)
    for text in texts:
        for sentence in sentences(text):
            assert "".join(sentence.split()) in together


def test_a_section_that_fits_stays_whole() -> None:
    blocks = [Block("paragraph", "You need:", 3), Block("list", "- a cloth\n- water", 5)]
    assert parts(blocks) == [(3, "You need:\n\n- a cloth\n- water")]


@pytest.mark.parametrize(
    "sentence", ["The tank is rinsed each week with clean water number {}. ", "第{}周用清水冲洗水箱并且擦干。"]
)
def test_running_text_is_cut_after_a_sentence_which_the_next_part_repeats(sentence: str) -> None:
    text = "".join(sentence.format(n) for n in range(90)).strip()
    found = [part for _, part in parts([Block("paragraph", text, 1)])]
    assert len(found) > 2
    for one, other in zip(found, found[1:], strict=False):
        assert one[-1] in ".。"
        last = list(sentences(one))[-1].strip()
        assert other.startswith(last) and width(last) <= OVERLAP


def test_every_part_of_a_long_table_has_its_header() -> None:
    table = "\n".join(
        ["| Model | Power |", "|---|---|", *(f"| BR-{n} with a long name indeed | {n} W |" for n in range(90))]
    )
    found = [part for _, part in parts([Block("table", table, 1, head=2)])]
    assert len(found) > 2
    assert all(part.startswith("| Model | Power |\n|---|---|\n| BR-") and width(part) <= LONGEST for part in found)
    assert sum(part.count("| BR-") for part in found) == 90


def test_a_long_list_is_cut_between_items_and_an_item_keeps_its_own_lines() -> None:
    items = "\n".join(f"- item {n} is explained here at some length\n  and goes on here" for n in range(40))
    found = [part for _, part in parts([Block("list", items, 1)])]
    assert len(found) > 1
    assert all(part.startswith("- item") and part.endswith("goes on here") for part in found)


def test_a_list_in_a_long_section_keeps_the_line_that_leads_to_it() -> None:
    long = "The machine is explained in this sentence which says nothing. " * 14
    blocks = [
        Block("paragraph", long + "You need:", 1),
        Block("list", "\n".join(f"- thing number {n}" for n in range(20)), 9),
    ]
    (_, _), (line, text) = parts(blocks)
    assert (line, text.split("\n")[0]) == (9, "You need:")


@pytest.mark.parametrize("text", ["a" * 5000, "水" * 5000, "word " * 1500, "\n".join("x" * 50 for _ in range(200))])
def test_text_without_sentences_is_cut_all_the_same(text: str) -> None:
    found = [part for _, part in parts([Block("paragraph", text, 1)])]
    assert all(width(part) <= LONGEST for part in found)
