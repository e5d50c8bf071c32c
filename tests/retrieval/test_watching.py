"""The index follows the files: a change is embedded, what broke keeps answering, and a running retriever sees it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from retrieval.embedding import Vectors
from retrieval.errors import FrontdeskError, InputError
from retrieval.index import Report
from retrieval.query import Utterance
from retrieval.retriever import Retriever
from retrieval.watching import watch


class Counting:
    """Embeds by letters, and counts the passages that it is asked to embed."""

    name = "counting"
    dimension = 8

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def passages(self, texts: list[str]) -> Vectors:  # type: ignore[override]
        self.embedded += texts
        return self.queries(texts)

    def queries(self, texts: list[str]) -> Vectors:
        vectors = np.ones((len(texts), 8), dtype=np.float32)
        for row, text in enumerate(texts):
            for letter in text:
                vectors[row, ord(letter) % 8] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "knowledge"
    (folder / "faq").mkdir(parents=True)
    (folder / "faq" / "a.md").write_text("## When do you open?\nAt nine.\n", "utf-8")
    (folder / "faq" / "b.md").write_text("## Where are you?\nIn Singapore.\n", "utf-8")
    return folder


@pytest.fixture
def reports(shop: Path, tmp_path: Path) -> Iterator[tuple[Iterator[Report | FrontdeskError], Counting]]:
    embedder = Counting()
    stop = threading.Event()
    yield watch(shop, tmp_path / "index", embedder, stop=stop, look=0.3), embedder
    stop.set()


Watched = tuple[Iterator[Report | FrontdeskError], Counting]


def test_only_what_changed_is_embedded_again(shop: Path, reports: Watched) -> None:
    following, embedder = reports
    first = next(following)
    assert isinstance(first, Report) and (first.added, first.passages) == (2, 2)
    embedder.embedded.clear()
    (shop / "faq" / "a.md").write_text("## When do you open?\nAt ten.\n", "utf-8")
    report = next(following)
    assert isinstance(report, Report) and (report.added, report.kept, report.removed) == (1, 1, 1)
    assert all("ten" in text or "open" in text for text in embedder.embedded)


def test_new_and_removed_files_are_followed(shop: Path, reports: Watched) -> None:
    following, _ = reports
    next(following)
    (shop / "faq" / "b.md").unlink()
    (shop / "manual.txt").write_text("Press the button.", "utf-8")
    report = next(following)
    assert isinstance(report, Report) and (report.added, report.removed, report.passages) == (1, 1, 2)


def test_a_file_that_breaks_is_named_and_keeps_answering_as_before(shop: Path, reports: Watched) -> None:
    following, _ = reports
    next(following)
    (shop / "faq" / "a.md").write_bytes(b"## When\x00")
    report = next(following)
    assert isinstance(report, Report) and report.passages == 2 and report.added == 0
    assert "binary" in report.problems[0].problem
    (shop / "faq" / "a.md").write_text("## When do you open?\nAt ten.\n", "utf-8")
    mended = next(following)
    assert isinstance(mended, Report) and not mended.problems and mended.added == 1


def test_a_running_retriever_answers_from_the_new_file(shop: Path, tmp_path: Path, reports: Watched) -> None:
    following, embedder = reports
    next(following)
    retriever = Retriever.open(tmp_path / "index", embedder)  # type: ignore[arg-type]
    asked = [Utterance("customer", "When do you open?")]
    assert retriever.find(asked).hits[0].passage.text == "At nine."
    (shop / "faq" / "a.md").write_text("## When do you open?\nAt ten.\n", "utf-8")
    next(following)
    assert retriever.find(asked).hits[0].passage.text == "At ten."


def test_a_folder_that_goes_away_is_said_once_and_the_index_stays(shop: Path, tmp_path: Path, reports: Watched) -> None:
    following, embedder = reports
    next(following)
    shop.rename(tmp_path / "elsewhere")
    gone = next(following)
    assert isinstance(gone, InputError) and "no such folder" in gone.problem
    assert len(Retriever.open(tmp_path / "index", embedder).passages) == 2  # type: ignore[arg-type]
    (tmp_path / "elsewhere").rename(shop)
    back = next(following)
    assert isinstance(back, Report) and back.kept == 2


def test_a_folder_that_is_not_there_at_first_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        next(watch(tmp_path / "none", tmp_path / "index", Counting()))
