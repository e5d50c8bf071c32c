"""BM25 finds English words whatever their ending, and Chinese words without spaces."""

from __future__ import annotations

from retrieval.lexical import Lexical, words


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


def test_coverage_is_the_share_of_the_question_that_is_said() -> None:
    lexical = Lexical([words("lamp price"), words("lamp size")])
    assert lexical.coverage(words("lamp price"), words("the price of the lamp")) == 1.0
    assert lexical.coverage(words("zebra"), words("lamp")) == 0.0
