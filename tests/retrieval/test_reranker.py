"""The reranker as shipped, its tuning, and the second look it takes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval import lowrank, rereading, samples
from retrieval import training_reranker as training
from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.errors import ModelError
from retrieval.passages import Language, Passage
from retrieval.query import Utterance
from retrieval.reranker import ENGLISH, NAME, Pieces, Reranker, question_of, text_of
from retrieval.retriever import Retriever
from retrieval.shortlist import order

GYM = [
    ("How do I freeze my membership?", "You can freeze it for up to 60 days a year in the app."),
    ("How do I cancel my membership?", "Cancel in the app 30 days before the next payment."),
    ("What does a guest pass cost?", "A guest pays $12 a day."),
    ("Can I bring a child?", "Children under 12 may use the pool at weekends only."),
    ("When is the pool open?", "The pool is open from 6:00 to 21:00."),
]
LAUNDRY = [
    ("羽绒服清洗多少钱？", "短款羽绒服清洗38元，长款48元。"),
    ("羽绒服多久能洗好？", "羽绒服收件后5天洗好。"),
    ("衣服洗坏了怎么赔偿？", "按洗涤费的10倍赔偿，最高1000元。"),
    ("上门取件收费吗？", "满59元免费上门取件，不满收6元。"),
    ("可以加急吗？", "加急件24小时洗好，另收20元。"),
]


def passages(entries: list[tuple[str, str]], language: Language) -> list[Passage]:
    return [Passage(str(row), title, text, language=language) for row, (title, text) in enumerate(entries)]


def said(*turns: str) -> list[Utterance]:
    return [Utterance("agent" if turn % 2 else "customer", text) for turn, text in enumerate(turns)]


@pytest.mark.parametrize(
    ("turns", "entries", "language", "right"),
    [
        (("is my 8 year old allowed in the water",), GYM, "en", 3),
        (("my mate wants to come along tomorrow, how much",), GYM, "en", 2),
        (("我妈那件长的鸭绒袄洗一下要几块钱",), LAUNDRY, "zh", 0),
        (("明天面试要穿西装 今晚能不能弄好",), LAUNDRY, "zh", 4),
        (("羽绒服洗一次多钱", "短款38元，长款48元。", "那我啥时候能拿"), LAUNDRY, "zh", 1),
        (
            ("羽绒服洗一次多钱", "短款羽绒服清洗38元。", "长款的呢"),
            LAUNDRY,
            "zh",
            0,
        ),  # the entry that was just told tells more
        (("when does the pool open", "The pool is open from 6:00.", "and closes?"), GYM, "en", 4),
    ],
)
def test_the_right_one_of_five_is_read_out(
    reranker: Reranker, turns: tuple[str, ...], entries: list[tuple[str, str]], language: Language, right: int
) -> None:
    found = reranker.logits(said(*turns), passages(entries, language))
    assert found.shape == (5,) and found.dtype == np.float32
    assert int(found.argmax()) == right


def test_a_question_that_none_answers_is_below_one_that_some_do(reranker: Reranker) -> None:
    held = passages(LAUNDRY, "zh")
    answered = reranker.logits(said("衣服给洗破了你们赔多少"), held).max()
    assert reranker.logits(said("你们招人吗 我想来上班"), held).max() < min(0.0, answered)


def test_a_passage_scores_the_same_alone_and_beside_longer_ones(reranker: Reranker) -> None:
    held = passages([*GYM, ("Rules", "No glass by the pool. " * 60)], "en")
    together = reranker.logits(said("opening hours of the pool?"), held)
    alone = [float(reranker.logits(said("opening hours of the pool?"), [one])[0]) for one in held]
    assert together == pytest.approx(alone, abs=0.3)


def test_nothing_to_read_and_the_longest_are_no_trouble(reranker: Reranker) -> None:
    assert reranker.logits(said("hi"), []).shape == (0,)
    assert reranker.logits([], passages(GYM, "en")).tolist() == [0.0] * 5
    odd = [Passage("1", "", "", language="en"), Passage("2", "😀" * 900, "\x00" * 3, language="en")]
    assert np.isfinite(reranker.logits(said("?" * 5000), odd)).all()


def test_what_was_said_before_is_read_after_the_question() -> None:
    assert question_of(said("one")) == "one"
    assert question_of(said("one", "two", "three", "four", "five"), "Six") == "five < three > four < one = Six"
    assert question_of(said("hello", "Hi, how can I help?", "do you ship to japan")) == "do you ship to japan"
    taiwan = said("我想送到台湾", "可以。", "多久", "寄往台湾的标准配送5-7个工作日送达。", "多少钱")
    assert question_of(taiwan) == "多少钱 < 我想送到台湾"
    assert question_of(said("a" * 90, "b" * 90, "c")) == f"c < {'a' * 80} > {'b' * 80}"


def test_missing_and_foreign_files_say_how_to_mend_them(tmp_path: Path, models: Path) -> None:
    with pytest.raises(ModelError, match="models fetch"):
        Reranker(tmp_path)
    with pytest.raises(ModelError, match="models fetch"):
        Reranker(models / NAME, tmp_path / "none.npz")
    with pytest.raises(ModelError, match="models fetch"):
        Reranker(models / "all-MiniLM-L6-v2")


def test_the_second_look_mends_an_order_and_spares_who_is_meant(
    reranker: Reranker, embedder: SentenceTransformerEmbedder
) -> None:
    question = said("赶时间 明天就要穿")
    plain, read = (Retriever.of(passages(LAUNDRY, "zh"), embedder, one).find(question) for one in (None, reranker))
    assert plain.hits[0].passage.id != "4" and read.hits[0].passage.id == "4"
    assert {hit.passage.id for hit in read.hits} == {hit.passage.id for hit in plain.hits}
    scores = [hit.score for hit in read.hits]
    assert scores == sorted(scores, reverse=True) and 0.0 <= scores[-1] <= scores[0] <= 1.0
    places = [
        Passage(f"{name}/{row}", title, text, entity=name)
        for name in ("Bay Inn", "Hill Lodge")
        for row, (title, text) in enumerate(GYM)
    ]
    asked = said("I stay at the Hill Lodge", "Nice!", "when is the pool open")
    found = [Retriever.of(places, embedder, one).find(asked) for one in (None, reranker)]
    assert [hit.score for hit in found[0].hits] == [hit.score for hit in found[1].hits]
    assert found[1].hits[0].passage.id == "Hill Lodge/4"


def test_an_english_question_is_spared_the_second_look_only_where_it_is_the_first_and_sure(
    reranker: Reranker, embedder: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, title = passages(GYM, "en"), GYM[4][0]
    seen: list[int] = []

    class Counting(Reranker):
        def __init__(self) -> None:
            pass

        def logits(
            self, history: Sequence[Utterance], some: Sequence[Passage], spoken_of: str | None = None
        ) -> NDArray[np.float32]:
            seen.append(len(some))
            return reranker.logits(history, some, spoken_of)

    retriever = Retriever.of(held, embedder, Counting())
    assert retriever.find(said(title)).hits[0].passage.title == title
    assert seen.pop() == 5  # a small collection
    monkeypatch.setattr(rereading, "SMALL", 0)
    assert retriever.find(said(title)).hits[0].passage.title == title and not seen
    retriever.find(said("hello, i am new here", "Welcome!", title))
    assert seen == [5]
    retriever.find(said("is there a word on something else"))
    assert seen == [5, 5]
    retriever.find(said("the pool open"))  # asks nothing: it may tell what went wrong
    assert seen == [5, 5, 5]


class _Told(Reranker):
    """Gives passages whose title or text is among those named a logit, all others -4."""

    def __init__(self, logits: dict[str, float]) -> None:
        self._logits = logits

    def logits(
        self, history: Sequence[Utterance], some: Sequence[Passage], spoken_of: str | None = None
    ) -> NDArray[np.float32]:
        told = (next((one[k] for k in (p.text, p.title) if k in (one := self._logits)), -4.0) for p in some)
        return np.array(list(told), dtype=np.float32)


LITTER = Passage(
    "litter",
    "豆腐猫砂",
    "一款豆腐猫砂。豆腐猫砂的价格是30元。豆腐猫砂可以倒进马桶冲走。",
    entity="豆腐猫砂",
    language="zh",
    kind="product",
)


def test_a_record_of_which_the_reranker_is_sure_is_likelier_to_answer(embedder: SentenceTransformerEmbedder) -> None:
    held = [LITTER, *passages(LAUNDRY, "zh")]
    question = said("豆腐猫砂可以丢进马桶吗")
    unsure, sure = (Retriever.of(held, embedder, _Told({LITTER.title: logit})).find(question) for logit in (-1.0, 5.0))
    assert unsure.hits[0].passage == sure.hits[0].passage == LITTER and unsure.answerable < sure.answerable


def test_a_named_product_gives_way_to_the_entry_that_answers(embedder: SentenceTransformerEmbedder) -> None:
    held = [LITTER, *passages(LAUNDRY, "zh")]
    found = Retriever.of(held, embedder, _Told({LITTER.title: -3.0, LAUNDRY[3][0]: 5.0})).find(said("豆腐猫砂上门取吗"))
    assert found.hits[0].passage.title == LAUNDRY[3][0]


def test_the_entry_whose_title_has_every_word_of_the_question_stands_before_the_general_one(
    embedder: SentenceTransformerEmbedder,
) -> None:
    general, special = "How long is the warranty?", "How long is the warranty on lamps and bulbs?"
    held = passages([*GYM, (general, "The general warranty is 24 months."), (special, "Lamps have 36 months.")], "en")
    retriever = Retriever.of(held, embedder, _Told({general: 5.5, special: 4.5}))
    assert retriever.find(said("how long is the warranty on lamps")).hits[0].passage.title == special
    assert retriever.find(said("how long is the warranty on a chair")).hits[0].passage.title == general
    sure = Retriever.of(held, embedder, _Told({general: 9.0, special: 1.0}))
    assert sure.find(said("how long is the warranty on lamps")).hits[0].passage.title == general


def test_english_is_read_by_two_readers_and_the_rest_by_one(reranker: Reranker, models: Path) -> None:
    question, held = said("my mate wants to come along tomorrow, how much"), passages(GYM, "en")
    alone, other = Reranker(models / NAME), passages(LAUNDRY, "zh")
    every, both = alone.logits(question, [*held, *other]), reranker.logits(question, [*held, *other])
    assert not np.allclose(both[:5], every[:5], atol=0.2) and both[5:] == pytest.approx(every[5:], abs=0.1)
    chinese = said("可以带朋友来吗")
    assert reranker.logits(chinese, held) == pytest.approx(alone.logits(chinese, held), abs=0.1)


def test_the_price_of_what_no_passage_holds_is_hardly_answered(embedder: SentenceTransformerEmbedder) -> None:
    retriever = Retriever.of(passages(GYM, "en"), embedder, _Told({GYM[2][0]: 2.5}))
    guest, croissant = (retriever.find(said(f"how much is a {thing}")) for thing in ("guest pass", "croissant"))
    assert guest.hits[0].passage == croissant.hits[0].passage
    assert guest.answerable > 0.5 > croissant.answerable


def test_the_sentence_of_a_record_that_answers_is_marked(embedder: SentenceTransformerEmbedder) -> None:
    held = [LITTER, *passages(LAUNDRY, "zh")]
    told = "豆腐猫砂可以倒进马桶冲走。"
    found = Retriever.of(held, embedder, _Told({LITTER.title: 5.0, told: 6.0})).find(said("豆腐猫砂能冲掉吗"))
    assert found.hits[0].passage == LITTER and found.hits[0].likely == told
    assert all(not hit.likely for hit in found.hits[1:])
    assert Retriever.of(held, embedder).find(said("豆腐猫砂能冲掉吗")).hits[0].likely == ""


@pytest.mark.parametrize(
    ("question", "entries", "language", "right"),
    [
        ("明天想带个朋友来练 要多少钱", GYM, "en", "2"),
        ("我不想练了 怎么退会", GYM, "en", "1"),
        ("ruined my shirt in the wash, what do you pay me", LAUNDRY, "zh", "2"),
        ("i need it back by tomorrow, whats the extra for fast", LAUNDRY, "zh", "4"),
    ],
)
def test_a_question_is_answered_by_an_entry_in_the_other_language(
    reranker: Reranker,
    embedder: SentenceTransformerEmbedder,
    question: str,
    entries: list[tuple[str, str]],
    language: Language,
    right: str,
) -> None:
    retriever = Retriever.of(passages(entries, language), embedder, reranker)
    found = retriever.find(said(question))
    assert found.hits[0].passage.id == right
    assert found.answerable > 0.5


@pytest.mark.parametrize(
    ("question", "language"), [("你们招人吗 我想来上班", "en"), ("are you hiring? i need a job", "zh")]
)
def test_what_no_entry_in_the_other_language_answers_is_told(
    reranker: Reranker, embedder: SentenceTransformerEmbedder, question: str, language: Language
) -> None:
    entries = GYM if language == "en" else LAUNDRY
    assert Retriever.of(passages(entries, language), embedder, reranker).find(said(question)).answerable < 0.5


def test_five_chinese_passages_without_an_index_are_read_too(
    reranker: Reranker, embedder: SentenceTransformerEmbedder
) -> None:
    hits = order(said("赶时间 明天就要穿"), passages(LAUNDRY, "zh"), embedder, reranker)
    assert hits[0].passage.id == "4"
    assert len(hits) == 5


def test_english_passages_without_an_index_are_read_where_no_name_was_said(
    reranker: Reranker, embedder: SentenceTransformerEmbedder
) -> None:
    entries = [
        ("How do I look after a mattress?", "Turn a mattress head to foot every 3 months in the first year."),
        (
            "How long is the warranty?",
            "The general warranty is 24 months. Lighting has 36 months, mattresses 96 months.",
        ),
        ("Can I return a mattress?", "A mattress can come back within 60 nights, in its cover."),
    ]
    question, held = said("how many years guarantee on a matress"), passages(entries, "en")
    assert order(question, held, embedder)[0].passage.id == "0"
    assert order(question, held, embedder, reranker)[0].passage.id == "1"
    names = ["Bay Inn", "Hill Lodge"]
    pools = [
        Passage(name, "Is there a pool?", f"{name} has a pool until {hour}:00.") for hour, name in enumerate(names, 20)
    ]
    asked = said("I stay at the Hill Lodge", "Nice!", "how late can one swim")
    found = [order(asked, pools, embedder, one) for one in (None, reranker)]
    assert found[0] == found[1] and found[0][0].passage.id == "Hill Lodge"


def test_tuning_learns_its_samples_and_what_is_saved_is_served(tmp_path: Path, models: Path) -> None:
    import torch

    knowledge, queries = tmp_path / "k.jsonl", tmp_path / "q.jsonl"
    rows = [{"id": str(row), "title": title, "text": text} for row, (title, text) in enumerate(LAUNDRY)]
    knowledge.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    asked = [("长的鸭绒袄洗一下几块", ["0"]), ("衣服给洗破了咋赔", ["2"]), ("今晚能弄好吗", ["4"]), ("招人吗", [])]
    lines = [{"history": [{"role": "customer", "text": text}], "relevant": right} for text, right in asked]
    queries.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    classes = tmp_path / "c.jsonl"
    kinds = [{"kind": str(row), "titles": [title], "texts": [text]} for row, (title, text) in enumerate(GYM)]
    classes.write_text("\n".join(json.dumps(kind) for kind in kinds), "utf-8")
    faq = samples.Faq.read(knowledge, queries)
    made = faq.samples(np.random.default_rng(0))
    assert [sample.answered for sample in made] == [True, True, True, False]
    assert samples.Faq.read(knowledge, queries, following_only=True).samples(np.random.default_rng(0)) == []
    assert [sample.pairs[0][1] for sample in made[:3]] == [text_of(p) for p in passages(LAUNDRY, "zh")[::2]]

    base, out = models / NAME, tmp_path / "tuned.npz"
    common = ["--base", str(base), "--faq", str(knowledge), str(queries), "--out", str(out)]
    training.main([*common, "--classes", f"{classes}=0.001", "--steps", "8"])

    pieces, model = Pieces(base), lowrank.adapted(base, training.RANK)
    head = {name: torch.from_numpy(np.array(array)) for name, array in lowrank.resume(model, out).items()}
    model.eval()
    held = passages([LAUNDRY[4], *LAUNDRY[:4]], "zh")
    pairs = [(pieces.question("今晚能弄好吗"), pieces.passage(text_of(passage))) for passage in held]
    sample = samples.Sample([("今晚能弄好吗", text_of(passage)) for passage in held], True)
    start = {**head, "likeness": torch.tensor([1.0, 1.0, -1.6]), "last": torch.zeros(384), "last_bias": torch.zeros(())}
    with torch.inference_mode():
        learnt = training.logits(model, head, pairs)
        first = training.logits(lowrank.adapted(base, training.RANK).eval(), start, pairs)
    assert Reranker(base, out).logits(said("今晚能弄好吗"), held) == pytest.approx(learnt.numpy(), abs=1.5)
    assert float(training.loss_of(learnt, [sample])) < float(training.loss_of(first, [sample])) - 0.1

    again = tmp_path / "again.npz"
    training.main([*common[:-1], str(again), "--start", str(out), "--steps", "4"])
    assert learnt_at(again)[0] == pytest.approx(learnt_at(out)[0], abs=0.05)
    assert not np.array_equal(learnt_at(again)[0], learnt_at(out)[0])
    with pytest.raises(ValueError, match="another model or rank"):
        lowrank.resume(lowrank.adapted(base, 4), out)

    learnt_on = learnt_at(again)[0]
    lowrank.blend(out, again, 0.25)
    assert learnt_at(again)[0] == pytest.approx(0.25 * learnt_at(out)[0] + 0.75 * learnt_on, abs=1e-3)
    missing = ["--places", str(tmp_path / "none.jsonl"), str(classes), str(classes)]
    for bad in (["--keep", "0.3"], ["--start", str(out), "--keep", "2"], missing):
        with pytest.raises(SystemExit):
            training.main([*common, *bad])


def test_the_english_model_is_tuned_on_the_questions_in_english_alone(tmp_path: Path, models: Path) -> None:
    knowledge, queries, out = (tmp_path / name for name in ("k.jsonl", "q.jsonl", "tuned.npz"))
    rows = [{"id": str(row), "title": title, "text": text} for row, (title, text) in enumerate(GYM)]
    knowledge.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    asked = [("my mate wants to come along", ["2"]), ("is my kid allowed in the water", ["3"]), ("几点开门", ["4"])]
    lines = [{"history": [{"role": "customer", "text": text}], "relevant": right} for text, right in asked]
    queries.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    faq = samples.Faq.read(knowledge, queries, only="en")
    assert [query.history[0].text for query in faq.queries] == [text for text, _ in asked[:2]]
    training.main(
        [
            "--base",
            str(models / ENGLISH),
            "--language",
            "en",
            "--faq",
            str(knowledge),
            str(queries),
            "--steps",
            "2",
            "--out",
            str(out),
        ]
    )
    tuned = Reranker(models / NAME, english=models / ENGLISH, english_weights=out)
    glanced = tuned.logits(said("when is the pool open"), passages(GYM, "en"))
    assert int(glanced.argmax()) == 4
    with pytest.raises(ModelError, match="models fetch"):
        Reranker(models / NAME, english=models / ENGLISH, english_weights=tmp_path / "none.npz")


def learnt_at(weights: Path) -> list[np.ndarray]:
    with np.load(weights) as data:
        return [data[name].astype(np.float32) for name in sorted(data.files) if name.endswith(".up")]
