"""The glossary brings the ways to write a Chinese word together, and says it in English."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.glossary import WORDS, glossary, read
from retrieval.lexical import translation, words


@pytest.mark.parametrize(
    ("said", "usual"),
    [
        ("发飘", "发票"),
        ("優惠券", "优惠码"),
        ("行動電源", "充电宝"),
        ("邮费", "运费"),
        ("质保", "保修"),
        ("帐号", "账户"),
        ("WI-FI无线网", "wifi"),
    ],
)
def test_a_form_or_misspelling_meets_the_usual_word(said: str, usual: str) -> None:
    assert set(words(usual)) <= set(words(said))


def test_the_longest_form_wins() -> None:
    assert "退款" in words("能退款吗")
    assert "退货" not in words("能退款吗")


def test_a_form_of_one_character_counts_only_as_a_word_of_its_own() -> None:
    assert "退货" in words("这个能退吗")
    assert "退货" not in words("老师退休了")


def test_what_belongs_to_a_kind_is_found_by_it() -> None:
    assert "灯具" in words("台灯保修多久")
    cat, dog = set(words("猫咪洗澡")), set(words("小狗洗澡"))
    assert "宠物" in cat & dog and not {"猫", "狗"} & cat & dog


def test_a_chinese_question_is_said_in_english() -> None:
    said = translation("巧克力含坚果吗").split()
    assert "chocolate" in said and "nuts" in said
    assert translation("红烧肉") == ""
    assert "alexa" in translation("支持Alexa吗")


def test_english_questions_are_left_alone() -> None:
    assert words("Is there Wi-Fi?") == words("is there wi-fi")


def test_the_shipped_file_has_a_usual_word_and_english_on_every_line() -> None:
    for number, line in enumerate(WORDS.read_text("utf-8").splitlines(), 1):
        if line and line[0] != "#" and ">" not in line:
            word, _, rest = line.partition(":")
            assert word.strip() and rest.partition("|")[2].strip(), f"line {number}: {line}"
    assert len(glossary().english) > 300


def test_a_form_that_two_lines_hold_belongs_to_the_first(tmp_path: Path) -> None:
    (tmp_path / "g.txt").write_text("# a\n退货: 退回 | return\n退款: 退回 退钱 | refund\n", "utf-8")
    held = read(tmp_path / "g.txt")
    assert held.usual["退回"] == "退货"
    assert held.pieces("想退钱了") == [("想", False), ("退款", True), ("了", False)]
