"""Questions in Chinese find Chinese entries, and English ones where only those exist."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.evaluation import evaluate_retrieval
from retrieval.passages import Language, Passage
from retrieval.query import Utterance
from retrieval.ranking import chinese_weights
from retrieval.retriever import Retriever
from retrieval.training_chinese import train

CHINESE = [
    ("退货运费谁付？", "新加坡境内退货免运费。"),
    ("灯具可以在多久内退货？", "灯具可在送达后45天内退货。"),
    ("怎么重设密码？", "点击“忘记密码”，我们会发送链接。"),
    ("怎么删除账户？", "在设置中点击“删除账户”。"),
    ("可以开发票吗？", "发票会在发货后通过邮件发送。"),
    ("新加坡境内运费多少，几天到？", "标准配送运费4.90新元，2-3个工作日。"),
    ("寄到日本运费多少，要几天？", "寄往日本的标准配送运费16.90新元。"),
    ("支持哪些付款方式？", "我们接受银行卡和微信支付。"),
]
ENGLISH = [
    ("Does the chocolate contain nuts?", "The chocolate may contain traces of nuts."),
    ("What is the shelf life of the cookies?", "The cookies keep for 6 months."),
    ("What time is check-out?", "Check-out is until 11:00."),
    ("What time is check-in?", "Check-in starts at 15:00."),
    ("Can I exchange shoes for another size?", "Shoes can be exchanged within 14 days."),
    ("How do I wash a wool sweater?", "Wash wool by hand in cold water."),
    ("Are pets allowed?", "Small dogs may stay for 25 dollars."),
]


def of(entries: list[tuple[str, str]], language: Language, embedder: SentenceTransformerEmbedder) -> Retriever:
    passages = [Passage(str(i), title, text, language=language) for i, (title, text) in enumerate(entries)]
    return Retriever.of(passages, embedder)


@pytest.fixture(scope="module")
def both(embedder: SentenceTransformerEmbedder) -> Retriever:
    passages = [Passage(f"zh{i}", title, text, language="zh") for i, (title, text) in enumerate(CHINESE)]
    passages += [Passage(f"en{i}", title, text) for i, (title, text) in enumerate(ENGLISH)]
    passages.append(Passage("twin", "How do I reset my password?", "Press Forgot password."))
    return Retriever.of(passages, embedder)


def first(retriever: Retriever, *turns: str) -> str:
    hits = retriever.find([Utterance("customer", turn) for turn in turns]).hits
    return hits[0].passage.id if hits else ""


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("能开发飘吗", "zh4"),
        ("密碼忘記了", "zh2"),
        ("怎么注销帐号", "zh3"),
        ("退货邮费谁出", "zh0"),
        ("台灯几天内可以退", "zh1"),
        ("怎么付钱", "zh7"),
    ],
)
def test_colloquial_misspelt_and_traditional_questions_find_their_entry(
    both: Retriever, question: str, found: str
) -> None:
    assert first(both, question) == found


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("巧克力含花生吗", "en0"),
        ("饼干能放多久", "en1"),
        ("几点退房", "en2"),
        ("几点可以入住", "en3"),
        ("鞋子大了能换小一码吗", "en4"),
        ("羊毛衫怎么洗", "en5"),
        ("可以带狗吗", "en6"),
    ],
)
def test_english_entries_are_found_where_only_those_exist(both: Retriever, question: str, found: str) -> None:
    assert first(both, question) == found


def test_the_chinese_entry_comes_before_its_english_twin(both: Retriever) -> None:
    assert first(both, "密码忘了怎么办") == "zh2"


def test_a_short_turn_is_read_with_the_one_before(both: Retriever) -> None:
    assert first(both, "你们寄日本吗", "运费呢") == "zh6"


@pytest.mark.parametrize("question", ["怎么做红烧肉", "今晚球赛谁赢了", "帮我写一首诗"])
def test_what_nothing_speaks_of_is_not_answered(both: Retriever, question: str) -> None:
    assert both.find([Utterance("customer", question)]).answerable < 0.5


BOARDING = [
    ("狗狗寄养多少钱一天？", "小型犬每天80元，大型犬每天160元。"),
    ("猫咪寄养多少钱一天？", "标准猫房每天60元，豪华的每天100元。"),
    ("除了猫狗还接别的宠物吗？", "兔子和仓鼠可以寄养，每天30元，需自带笼子。"),
    ("宠物寄养需要什么手续？", "需要疫苗本和寄养协议。"),
]


def test_what_is_said_of_another_of_a_kind_is_no_answer(embedder: SentenceTransformerEmbedder) -> None:
    boarding = of(BOARDING, "zh", embedder)
    assert [first(boarding, f"{pet}寄养多少钱一天") for pet in ("兔子", "猫", "狗")] == ["2", "1", "0"]
    assert first(boarding, "狗狗寄养多少钱一天", "仓鼠一天多少钱") == "2"
    assert first(boarding, "兔子寄养要什么手续") == "3"
    dogs = of(BOARDING[:2], "zh", embedder)
    assert dogs.find([Utterance("customer", "兔子寄养多少钱一天")]).answerable < 0.5


def test_the_price_of_what_no_entry_holds_is_not_told(embedder: SentenceTransformerEmbedder) -> None:
    held = BOARDING[:2] + [("猫咪洗澡多少钱？", "短毛猫118元，长毛猫158元。")]
    known, unknown = (
        of(held, "zh", embedder).find([Utterance("customer", text)]).answerable
        for text in ("猫洗澡多少钱", "鱼缸多少钱")
    )
    assert unknown < 0.5 < known


def test_traditional_characters_find_what_simplified_ones_find(embedder: SentenceTransformerEmbedder) -> None:
    boarding = of([("貓咪寄養多少錢？", "每天60元。"), ("發什麼快遞？", "默認發中通。")], "zh", embedder)
    one, other = (boarding.find([Utterance("customer", text)]) for text in ("你們發什麼快遞", "你们发什么快递"))
    assert one.hits == other.hits and one.answerable == other.answerable > 0.5


def test_a_question_with_no_known_word_gives_no_error(embedder: SentenceTransformerEmbedder) -> None:
    english = of(ENGLISH, "en", embedder)
    assert english.find([Utterance("customer", "魑魅魍魉")]).answerable < 0.5


def test_nearly_all_questions_to_english_entries_find_theirs(embedder: SentenceTransformerEmbedder) -> None:
    folder = Path(__file__).parent / "chinese"
    figures = evaluate_retrieval(folder / "english.jsonl", folder / "english-test.jsonl", embedder)
    assert figures["recall@1"] >= 0.9


def test_the_weights_are_fitted_anew(embedder: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    (tmp_path / "k.jsonl").write_text(
        "".join(
            json.dumps({"id": str(i), "title": title, "text": text, "entity": None}) + "\n"
            for i, (title, text) in enumerate(CHINESE + ENGLISH)
        ),
        "utf-8",
    )
    asked = [("退货邮费谁出", ["0"]), ("几点退房", [str(len(CHINESE) + 2)]), ("怎么做红烧肉", [])]
    (tmp_path / "q.jsonl").write_text(
        "".join(
            json.dumps({"history": [{"role": "customer", "text": text}], "relevant": relevant}) + "\n"
            for text, relevant in asked
        ),
        "utf-8",
    )
    out = tmp_path / "chinese.json"
    train([(str(tmp_path / "k.jsonl"), tmp_path / "q.jsonl", None)], embedder, out)
    assert np.isfinite(chinese_weights(out).own).all()
    assert chinese_weights(out).answerable.any()
