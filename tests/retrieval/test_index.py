"""The index on disk: incremental, whole or not there, checked, and followed by readers."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from retrieval import index, library
from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.errors import IndexDamaged, InputError
from retrieval.multilingual import MultilingualEncoder
from retrieval.passages import Passage
from retrieval.query import Utterance
from retrieval.retriever import Retriever

RETURNS = "# Returns\n\n## How long can I return a lamp?\nWithin 45 days.\n\n## Who pays for the label?\nWe do.\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop" / "faq").mkdir(parents=True)
    (tmp_path / "shop" / "faq" / "returns.md").write_text(RETURNS, "utf-8")
    return tmp_path / "shop"


def test_only_what_changed_is_embedded_again(shop: Path, tmp_path: Path, embedder: SentenceTransformerEmbedder) -> None:
    first = index.update(shop, tmp_path / "index", embedder)
    assert (first.added, first.kept, first.removed) == (2, 0, 0)
    (shop / "faq" / "returns.md").write_text(RETURNS.replace("We do.", "You do."), "utf-8")
    second = index.update(shop, tmp_path / "index", embedder)
    assert (second.added, second.kept, second.removed) == (1, 1, 1)
    third = index.update(shop, tmp_path / "index", embedder)
    assert (third.added, third.kept, third.removed) == (0, 2, 0)


def test_a_removed_file_is_found_no_more(shop: Path, tmp_path: Path, embedder: SentenceTransformerEmbedder) -> None:
    (shop / "faq" / "gifts.md").write_text("## Do you wrap gifts?\nYes, for S$3.00.\n", "utf-8")
    index.update(shop, tmp_path / "index", embedder)
    (shop / "faq" / "gifts.md").unlink()
    index.update(shop, tmp_path / "index", embedder)
    hits = Retriever.open(tmp_path / "index", embedder).find([Utterance("customer", "do you wrap gifts?")]).hits
    assert all("gifts" not in hit.passage.source for hit in hits)


def test_a_bad_file_is_named_and_the_rest_is_kept(
    shop: Path, tmp_path: Path, embedder: SentenceTransformerEmbedder
) -> None:
    (shop / "faq" / "bad.yaml").write_text("- question: a\n  answer: [\n", "utf-8")
    report = index.update(shop, tmp_path / "index", embedder)
    assert report.passages == 2
    assert "bad.yaml" in str(report.problems[0])


def test_a_running_retriever_follows_the_index(
    shop: Path, tmp_path: Path, embedder: SentenceTransformerEmbedder
) -> None:
    index.update(shop, tmp_path / "index", embedder)
    retriever = Retriever.open(tmp_path / "index", embedder)
    (shop / "faq" / "gifts.md").write_text("## Do you wrap gifts?\nYes, for S$3.00.\n", "utf-8")
    index.update(shop, tmp_path / "index", embedder)
    assert retriever.find([Utterance("customer", "do you wrap gifts?")]).hits[0].passage.text == "Yes, for S$3.00."


def test_a_damaged_index_is_refused_and_a_running_retriever_keeps_the_old(
    shop: Path, tmp_path: Path, embedder: SentenceTransformerEmbedder
) -> None:
    index.update(shop, tmp_path / "index", embedder)
    retriever = Retriever.open(tmp_path / "index", embedder)
    (shop / "faq" / "returns.md").write_text(RETURNS.replace("45", "46"), "utf-8")
    index.update(shop, tmp_path / "index", embedder)
    current = tmp_path / "index" / (tmp_path / "index" / "CURRENT").read_text()
    (current / "passages.jsonl").write_bytes(b"{")
    with pytest.raises(IndexDamaged):
        Retriever.open(tmp_path / "index", embedder)
    assert "45" in retriever.find([Utterance("customer", "how long can I return a lamp?")]).hits[0].passage.text
    assert index.update(shop, tmp_path / "index", embedder).added == 2


def test_a_changed_index_that_is_refused_is_told_once_with_its_mend(
    shop: Path, tmp_path: Path, embedder: SentenceTransformerEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    index.update(shop, tmp_path / "index", embedder)
    retriever = Retriever.open(tmp_path / "index", embedder)
    (shop / "faq" / "returns.md").write_text(RETURNS.replace("45", "46"), "utf-8")
    index.update(shop, tmp_path / "index", embedder)
    (tmp_path / "index" / (tmp_path / "index" / "CURRENT").read_text() / "vectors.npy").unlink()
    for _ in range(3):
        retriever.find([Utterance("customer", "how long can I return a lamp?")])
    (told,) = caplog.messages
    assert "is not whole" in told and "run `frontdesk index`" in told


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\x0b", "\x1e", "\r"])
@pytest.mark.parametrize(("question", "answer"), [("How long?", "Thirty{}days"), ("多久？", "三十{}天")])
def test_a_line_end_within_an_answer_is_no_line_end_of_the_index(
    tmp_path: Path, embedder: SentenceTransformerEmbedder, question: str, answer: str, sign: str
) -> None:
    (tmp_path / "faq.json").write_text(json.dumps([{"question": question, "answer": answer.format(sign)}]), "utf-8")
    index.update(tmp_path, tmp_path / "index", embedder)
    assert [p.text for p in Retriever.open(tmp_path / "index", embedder).passages] == [answer.format(sign)]


def test_indexing_beside_another_takes_nothing_away_from_it(
    tmp_path: Path, embedder: SentenceTransformerEmbedder
) -> None:
    passages = [Passage("a", "How long?", "Thirty days."), Passage("b", "多久？", "三十天。", language="zh")]
    vectors, held = library.embed(passages, embedder), library.meanings(passages)[library.meant(passages)]

    def write(_: int) -> None:
        index.write(tmp_path / "index", passages, vectors, held, embedder, {})

    with ThreadPoolExecutor(4) as processes:
        list(processes.map(write, range(24)))
    assert Retriever.open(tmp_path / "index", embedder).passages == tuple(passages)
    assert len(list((tmp_path / "index").glob("generation-*"))) == 2


def test_meanings_are_kept_and_those_of_another_encoder_are_refused(
    shop: Path, tmp_path: Path, embedder: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.update(shop, tmp_path / "index", embedder)
    asked = [Utterance("customer", "台灯几天内可以退")]
    before = Retriever.open(tmp_path / "index", embedder)
    assert before.find(asked).hits[0].passage.title == "How long can I return a lamp?"
    read: list[int] = []
    monkeypatch.setattr(index, "meanings", lambda passages: read.append(len(passages)) or library.meanings(passages))
    (shop / "faq" / "gifts.md").write_text("## Do you wrap gifts?\nYes, for S$3.00.\n", "utf-8")
    index.update(shop, tmp_path / "index", embedder)
    assert read == [1]
    after = Retriever.open(tmp_path / "index", embedder)
    assert len(after.library.meanings().rows) == 3
    assert after.find(asked).hits[0].passage.title == "How long can I return a lamp?"
    monkeypatch.setattr(index, "multilingual", lambda: MultilingualEncoder(None))
    with pytest.raises(IndexDamaged, match="another multilingual encoder"):
        Retriever.open(tmp_path / "index", embedder)


def test_another_embedders_index_is_refused(shop: Path, tmp_path: Path, embedder: SentenceTransformerEmbedder) -> None:
    class Other:
        name = "other"
        dimension = 384

        def passages(self, texts: list[str]) -> np.ndarray:
            return embedder.passages(texts)

        queries = passages

    index.update(shop, tmp_path / "index", embedder)
    with pytest.raises(IndexDamaged, match="other"):
        Retriever.open(tmp_path / "index", Other())  # type: ignore[arg-type]


def test_no_index_and_no_passages_are_said_clearly(tmp_path: Path, embedder: SentenceTransformerEmbedder) -> None:
    with pytest.raises(IndexDamaged, match="frontdesk index"):
        Retriever.open(tmp_path, embedder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no passage"):
        index.update(tmp_path / "empty", tmp_path / "index", embedder)
