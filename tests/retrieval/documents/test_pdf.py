"""PDF files as passages: headings, lists, tables, pages, and what cannot be read."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from retrieval.documents import load
from retrieval.passages import Passage
from tests.retrieval.documents import making


def passages(folder: Path, raw: bytes) -> tuple[Passage, ...]:
    (folder / "manual.pdf").write_bytes(raw)
    loaded = load(folder)
    assert not loaded.problems
    return loaded.passages


def drawn(*pages: list[tuple[float, float, str, float]]) -> bytes:
    """Pages of (x, y, text, size)."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for page in pages:
        for x, y, text, size in page:
            canvas.setFont("Helvetica", size)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sections_have_the_headings_above_them_and_their_page(tmp_path: Path, language: str) -> None:
    said = making.MANUAL[language]
    cleaning, warranty, faults = passages(tmp_path, making.pdf(language))
    assert cleaning.title == f"{said['title']}: {said['cleaning']}"
    assert [p.line for p in (cleaning, warranty, faults)] == [1, 1, 2]
    assert {p.language for p in (cleaning, warranty, faults)} == {language}
    assert faults.text == said["fault"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_list_stays_whole_and_lines_become_running_text(tmp_path: Path, language: str) -> None:
    said = making.MANUAL[language]
    text = passages(tmp_path, making.pdf(language, repeat=2))[0].text
    between = " " if language == "en" else ""
    assert text.startswith(said["text"] + between + said["text"])
    assert text.endswith("\n".join(f"- {item}" for item in said["items"]))


@pytest.mark.parametrize(
    ("language", "rows"),
    [
        ("en", "Part: Lighting, with bulbs; Warranty: 36 months.\nPart: Frames; Warranty: 60 months."),
        ("zh", "部件：灯具；保修：36 个月。\n部件：框架；保修：60 个月。"),
    ],
)
def test_each_row_of_a_table_names_its_columns(tmp_path: Path, language: str, rows: str) -> None:
    assert passages(tmp_path, making.pdf(language))[1].text == rows


def test_headers_footers_and_page_numbers_are_no_content(tmp_path: Path) -> None:
    found = passages(tmp_path, making.pdf("en"))
    assert not any("Lumen" in p.text or "Page" in p.text for p in found)


def test_a_sentence_goes_on_over_the_page(tmp_path: Path) -> None:
    (only,) = passages(
        tmp_path,
        drawn(
            [(60, 90, "The machine has to be descaled by a workshop that we have", 11), (60, 30, "3", 8)],
            [(60, 780, "named, or the warranty ends.", 11), (60, 30, "4", 8)],
        ),
    )
    assert only.text == "The machine has to be descaled by a workshop that we have named, or the warranty ends."


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = [f"left line {n} of the text goes on and" for n in range(8)]
    right = [f"right line {n} of the text goes on and" for n in range(8)]
    page = [(60.0, 700 - 14 * n, text, 11.0) for n, text in enumerate(left)]
    page += [(310.0, 700 - 14 * n, text, 11.0) for n, text in enumerate(right)]
    (only,) = passages(tmp_path, drawn(page))
    assert only.text == " ".join([*left, *right])


def test_a_cell_of_two_lines_is_one_cell(tmp_path: Path) -> None:
    rows = [
        (700, "Fault", "What to do"),
        (676, "The lamp does not", "Check the plug, then press the"),
        (663, "light", "button for 5 seconds"),
        (639, "It hums", "Use another dimmer"),
    ]
    page = [(x, float(y), text, 11.0) for y, *cells in rows for x, text in zip((60.0, 250.0), cells, strict=True)]
    page += [
        (60.0, 600 - 14 * n, "Running text under the table fills the page from edge to edge, line by line", 11.0)
        for n in range(3)
    ]
    (only,) = passages(tmp_path, drawn(page))
    assert (
        "Fault: The lamp does not light; What to do: Check the plug, then press the button for 5 seconds." in only.text
    )
    assert "Fault: It hums; What to do: Use another dimmer." in only.text


def test_a_file_locked_against_changes_only_is_read(tmp_path: Path) -> None:
    locked = StandardEncryption("", ownerPassword="owner", canModify=0, strength=128)
    assert len(passages(tmp_path, making.pdf("en", encrypt=locked))) == 3


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (lambda: making.pdf("en", encrypt=StandardEncryption("secret", strength=128)), "encrypted"),
        (making.scan, "no text"),
        (lambda: making.pdf("en")[:700], "damaged"),
        (lambda: b"", "empty"),
        (lambda: b"%PDF-1.7\n" + b"\x00\x01garbage" * 50, "damaged"),
        (lambda: b"<html>not a PDF</html>", "damaged"),
    ],
)
def test_what_cannot_be_read_is_one_clear_problem(tmp_path: Path, raw: object, problem: str) -> None:
    (tmp_path / "good.md").write_text("## Open?\nFrom nine.\n", "utf-8")
    (tmp_path / "bad.pdf").write_bytes(raw())  # type: ignore[operator]
    loaded = load(tmp_path)
    assert [p.title for p in loaded.passages] == ["Open?"]
    (found,) = loaded.problems
    assert problem in found.problem and found.mend and "\n" not in str(found)
    assert found.path == tmp_path / "bad.pdf"


def test_letters_made_for_their_looks_are_plain_ones(tmp_path: Path) -> None:
    from retrieval.documents.pdf import _LOOKS, _plain

    assert _LOOKS.sub(_plain, "co\ufb00ee \u2f54\u7bb1 so\u00adfa，") == "coffee 水箱 sofa，"
