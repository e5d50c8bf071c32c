"""BM25 finds English words whatever their ending, and Chinese words without spaces."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval.context import ASKING
from retrieval.lexical import Lexical, telling, words


def test_endings_do_not_matter() -> None:
    assert words("Returning the lamps") == words("return lamp")


def test_chinese_is_cut_into_words_and_pairs() -> None:
    assert "退货" in words("灯具可以退货吗")


def test_the_passage_with_the_rare_word_scores_highest() -> None:
    lexical = Lexical([words("shipping to Malaysia"), words("shipping to Japan"), words("returns")])
    scores = lexical.scores(words("do you ship to japan"))
    assert scores.argmax() == 1
    assert scores[2] == 0
    assert 0 < scores.max() <= 1


def test_no_documents_and_no_words_give_no_scores() -> None:
    assert Lexical([]).scores(("lamp",)).shape == (0,)
    assert Lexical([("lamp",)]).scores(()).tolist() == [0.0]


def test_coverage_is_the_share_of_the_question_that_each_passage_holds() -> None:
    lexical = Lexical([words("the price of the lamp"), words("lamp size")])
    rows = np.array([0, 1])
    assert lexical.coverage(words("lamp price"), rows)[0] == 1.0
    assert 0 < lexical.coverage(words("lamp price"), rows)[1] < 1
    assert lexical.coverage(words("zebra"), rows).tolist() == [0.0, 0.0]


def test_scores_of_some_rows_are_those_of_all() -> None:
    lexical = Lexical([words("shipping to Malaysia"), words("shipping to Japan"), words("returns to Japan")])
    asked = words("ship to japan")
    assert lexical.scores(asked, np.array([0, 2])).tolist() == lexical.scores(asked)[[0, 2]].tolist()


@pytest.mark.parametrize(
    ("question", "kept"),
    [("有抹茶粉吗", "抹茶"), ("绿茶多少钱", "绿茶"), ("有没有保温杯", "保温杯"), ("绿茶什么时候有", "绿茶")],
)
def test_what_no_document_holds_tells_something_unless_it_only_asks(question: str, kept: str) -> None:
    held = Lexical([words("绿茶怎么保存"), words("茶叶可以退货吗"), words("杯子可以刻字吗")])
    found = telling(words(question), held, ASKING)
    assert kept in found
    assert not ASKING & set(found)


def test_the_best_documents_are_nominated_by_all_words_together() -> None:
    lexical = Lexical([words(f"shipping to place{n}") for n in range(50)] + [words("shipping to Japan by air")])
    assert 50 in lexical.top(words("ship by air"), 1)
    assert 50 in lexical.top(words("shipping japan air"), 1)
    assert lexical.top(words("zebra"), 5).tolist() == []


@pytest.mark.parametrize(
    "forms",
    [("bike", "bikes", "biking"), ("ride", "rides", "riding"), ("size", "sizes", "sized"), ("shoe", "shoes"), ("box", "boxes"),
     ("dish", "dishes"), ("ship", "shipping", "shipped"), ("fit", "fitting", "fitted"), ("case", "cases"), ("bus", "buses"),
     ("battery", "batteries"), ("movie", "movies"), ("glass", "glasses"), ("charge", "charges", "charging"), ("sell", "selling")],
)  # fmt: skip
def test_the_forms_of_a_word_are_one_search_word(forms: tuple[str, ...]) -> None:
    assert len({words(form) for form in forms}) == 1


def test_other_words_stay_apart() -> None:
    pairs = (("bed", "bee"), ("ring", "r"), ("string", "str"), ("car", "care"), ("hop", "hope"), ("need", "nee"))
    assert all(words(one) != words(other) for one, other in pairs)
