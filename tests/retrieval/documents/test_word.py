"""DOCX files as passages: headings, lists, tables, paragraph numbers, and what cannot be read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from retrieval.documents import load
from retrieval.passages import Passage
from tests.retrieval.documents import making


def passages(folder: Path, raw: bytes) -> tuple[Passage, ...]:
    (folder / "manual.docx").write_bytes(raw)
    loaded = load(folder)
    assert not loaded.problems
    return loaded.passages


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sections_have_the_headings_above_them_and_their_paragraph(tmp_path: Path, language: str) -> None:
    said = making.MANUAL[language]
    cleaning, warranty, faults = passages(tmp_path, making.docx(language))
    assert cleaning.title == f"{said['title']}: {said['cleaning']}"
    assert faults.title == f"{said['title']}: {said['warranty']}: {said['faults']}"
    assert [p.line for p in (cleaning, warranty, faults)] == [2, 7, 11]
    assert {p.language for p in (cleaning, warranty, faults)} == {language}
    assert cleaning.text == said["text"] + "\n\n" + "\n".join(f"{n}. {i}" for n, i in enumerate(said["items"], 1))


def test_each_row_of_a_table_names_its_columns(tmp_path: Path) -> None:
    assert passages(tmp_path, making.docx("zh"))[1].text == "部件：灯具；保修：36 个月。\n部件：框架；保修：60 个月。"


def test_a_table_of_names_and_values_has_no_header(tmp_path: Path) -> None:
    document = Document()
    table = document.add_table(rows=0, cols=2)
    for row in (("Power", "9 W"), ("Colour", "Black")):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    assert passages(tmp_path, saved(document))[0].text == "Power: 9 W.\nColour: Black."


def test_a_cell_over_several_columns_is_said_once(tmp_path: Path) -> None:
    document = Document()
    table = document.add_table(rows=3, cols=3)
    for row, texts in enumerate((("Model", "Power", "Tank"), ("", "", ""), ("BR-2", "9 W", "2 l"))):
        for cell, text in zip(table.rows[row].cells, texts, strict=True):
            cell.text = text
    merged = table.cell(1, 0).merge(table.cell(1, 2))
    merged.text = "For two cups"
    text = passages(tmp_path, saved(document))[0].text
    assert text == "Model: For two cups.\nModel: BR-2; Power: 9 W; Tank: 2 l."


def test_items_are_bulleted_where_the_list_does_not_count(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("You need:")
    for item, style in (("a cloth", "List Bullet"), ("descaler", "List Bullet")):
        document.add_paragraph(item, style=style)
    assert passages(tmp_path, saved(document))[0].text == "You need:\n\n- a cloth\n- descaler"


def _encrypted() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def _without_its_document() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(making.docx("en"))) as whole, zipfile.ZipFile(out, "w") as part:
        for name in whole.namelist():
            if name != "word/document.xml":
                part.writestr(name, whole.read(name))
    return out.getvalue()


def _with_broken_xml() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(making.docx("en"))) as whole, zipfile.ZipFile(out, "w") as part:
        for name in whole.namelist():
            raw = whole.read(name)
            part.writestr(name, raw[: len(raw) // 2] if name == "word/document.xml" else raw)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (_encrypted, "encrypted"),
        (_without_its_document, "damaged"),
        (_with_broken_xml, "damaged"),
        (lambda: making.docx("en")[:3000], "damaged"),
        (lambda: saved(Document()), "no text"),
        (lambda: b"", "empty"),
        (lambda: b"plain text", "damaged"),
    ],
)
def test_what_cannot_be_read_is_one_clear_problem(tmp_path: Path, raw: object, problem: str) -> None:
    (tmp_path / "good.md").write_text("## Open?\nFrom nine.\n", "utf-8")
    (tmp_path / "bad.docx").write_bytes(raw())  # type: ignore[operator]
    loaded = load(tmp_path)
    assert [p.title for p in loaded.passages] == ["Open?"]
    (found,) = loaded.problems
    assert problem in found.problem and found.mend and "\n" not in str(found)
