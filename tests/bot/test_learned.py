"""The file of learned entries: readable like the others, each question once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import learned
from retrieval import documents
from retrieval.errors import InputError


def test_entries_are_read_back_like_the_shops_own(tmp_path: Path) -> None:
    learned.write(tmp_path, "en", "Do you gift wrap?", "Yes, S$3.00 an item.\n\n# Not a heading")
    learned.write(tmp_path, "en", "Can I visit you?", "Yes, at Changi.")
    learned.write(tmp_path, "en", "do you GIFT wrap?", "Yes, S$4.00 an item.")
    file = learned.write(tmp_path, "zh", "可以礼品包装吗？", "可以，每件3新元。")
    assert file == tmp_path / "faq" / "learned.zh.md"
    found = {passage.title: passage for passage in documents.load(tmp_path).passages}
    assert set(found) == {"Do you gift wrap?", "Can I visit you?", "可以礼品包装吗？"}
    assert "S$4.00" in found["Do you gift wrap?"].text
    assert found["可以礼品包装吗？"].language == "zh"
    assert found["Can I visit you?"].source == "faq/learned.md"


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.text("ab c?\n#-", max_size=12), st.text("xy z\n#-`", max_size=30)), max_size=6))
def test_whatever_is_written_stays_one_entry_each(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("learned")
    questions: set[str] = set()
    for question, answer in said:
        try:
            learned.write(folder, "en", question, answer)
        except InputError:
            continue
        questions.add(" ".join(question.split()).lstrip("#").strip().casefold())
    file = learned.path(folder, "en")
    headings = (
        [line for line in file.read_text("utf-8").splitlines() if line.startswith("## ")] if file.exists() else []
    )
    assert len(headings) == len(questions)


def test_an_empty_entry_and_a_folder_that_cannot_be_written_are_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs a question and an answer"):
        learned.write(tmp_path, "en", " # ", "x")
    (tmp_path / "faq").write_text("a file where the folder should be")
    with pytest.raises(InputError, match="cannot be written"):
        learned.write(tmp_path, "en", "a?", "x")
