"""Reads DOCX into passages through python-docx; a place is the number of its paragraph or table row."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from retrieval.documents import tables
from retrieval.documents.chunking import Block, passages
from retrieval.errors import InputError
from retrieval.language import detect
from retrieval.passages import Language, Passage

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # an encrypted DOCX, or a DOC that was only renamed
_LARGEST = 256 * 1024 * 1024  # bytes when unpacked
_HEADING = re.compile(r"heading (\d)", re.I)


def read_docx(path: Path, source: str, raw: bytes) -> list[Passage]:
    """The passages of a DOCX file. Raises InputError where it is encrypted, damaged, or holds no text."""
    document = _open(path, raw)
    try:
        text = "\n".join(node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t"))
        if not text.strip():
            raise InputError(
                "holds no text (a scan, perhaps)", "run text recognition (OCR) over it, or write it as text", path=path
            )
        language: Language = "zh" if path.stem.endswith(".zh") else detect(text)
        return passages(list(_blocks(document, language)), path, source, language)
    except InputError:
        raise
    except Exception as error:  # a damaged part inside a whole archive breaks in many ways
        raise InputError(f"is damaged ({_say(error)})", "open it in Word and save it again", path=path) from error


def _open(path: Path, raw: bytes) -> Any:
    if not raw:
        raise InputError("is empty", "save it again", path=path)
    if raw.startswith(_COMPOUND):
        raise InputError("is encrypted, or an old DOC file", "save it as DOCX without a password", path=path)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > _LARGEST:
            raise InputError(f"unpacks to {size / 2**20:.0f} MB", "split it", path=path)
        from docx import Document

        return Document(io.BytesIO(raw))
    except InputError:
        raise
    except Exception as error:  # zipfile, lxml and python-docx each have their own
        raise InputError(f"is damaged ({_say(error)})", "open it in Word and save it again", path=path) from error


def _say(error: Exception) -> str:
    return (str(error).partition("\n")[0] or type(error).__name__)[:100]


def _blocks(document: Any, language: Language) -> Iterator[Block]:
    from docx.table import Table

    items: list[str] = []
    counts: Counter[int] = Counter()
    began = number = 0
    for element in document.iter_inner_content():
        number += 1
        if isinstance(element, Table):
            if items:
                yield Block("list", "\n".join(items), began)
                items = []
            yield Block("table", _table(element, language), number)
            number += len(element.rows) - 1
            continue
        text = element.text.strip()
        if not text:
            continue
        level = _level(element)
        if level is None and (place := _place_in_list(element)) is not None:
            if not items:
                began, counts = number, Counter()
            depth, numbered = place
            counts[depth] += 1
            for deeper in [d for d in counts if d > depth]:
                del counts[deeper]
            mark = f"{counts[depth]}." if numbered else "-"
            items.append("  " * depth + f"{mark} " + re.sub(r"\s*\n\s*", " ", text))
            continue
        if items:
            yield Block("list", "\n".join(items), began)
            items = []
        if level is None:
            yield Block("paragraph", text, number)
        else:
            yield Block("heading", re.sub(r"\s+", " ", text), number, level)
    if items:
        yield Block("list", "\n".join(items), began)


def _level(paragraph: Any) -> int | None:
    """1 to 9 of a heading, None of another paragraph: by the style's name or the outline level it carries."""
    style = paragraph.style
    if style is not None and style.name == "Title":
        return 1
    if (outline := _first(paragraph._p, "w:pPr/w:outlineLvl/@w:val")) is not None:
        return int(outline) + 1 if int(outline) < 9 else None
    while style is not None:
        if match := _HEADING.fullmatch(style.name or ""):
            return int(match[1]) + 1  # under the title
        if (outline := _first(style.element, "w:pPr/w:outlineLvl/@w:val")) is not None and int(outline) < 9:
            return int(outline) + 2
        style = style.base_style
    return None


def _place_in_list(paragraph: Any) -> tuple[int, bool] | None:
    """How deep in a list the paragraph stands, from 0, and whether the list counts; None where it is in none."""
    style = paragraph.style
    found = paragraph._p.xpath("w:pPr/w:numPr")
    while not found and style is not None:
        found = style.element.xpath("w:pPr/w:numPr")
        style = style.base_style
    if not found:
        return None
    number = _first(found[0], "w:numId/@w:val")
    if number in (None, "0"):
        return None
    depth = int(_first(found[0], "w:ilvl/@w:val") or 0)
    try:
        numbering = paragraph.part.numbering_part.element
    except (NotImplementedError, KeyError):  # the part that describes the lists is missing
        return depth, False
    kind = _first(numbering, f'w:num[@w:numId="{number}"]/w:abstractNumId/@w:val')
    form = _first(numbering, f'w:abstractNum[@w:abstractNumId="{kind}"]/w:lvl[@w:ilvl="{depth}"]/w:numFmt/@w:val')
    return depth, form not in (None, "bullet", "none")


def _first(element: Any, path: str) -> str | None:
    found = element.xpath(path)
    return str(found[0]) if found else None


def _table(table: Any, language: Language) -> str:
    rows: list[list[str]] = []
    for row in table.rows:
        cells: list[str] = []
        seen: set[Any] = set()
        for cell in row.cells:
            # A cell merged over several columns is given for each of them; it is said once.
            cells.append("" if cell._tc in seen else cell.text)
            seen.add(cell._tc)
        rows.append(cells)
    marked = bool(table.rows) and bool(table.rows[0]._tr.xpath("w:trPr/w:tblHeader"))
    return tables.as_lines(rows, language, True if marked or _bold(table) else None)


def _bold(table: Any) -> bool:
    """Whether all of the first row is bold and the second is not: how most people write a header."""
    if len(table.rows) < 2:
        return False
    first, second = (
        [run.bold for cell in row.cells for paragraph in cell.paragraphs for run in paragraph.runs if run.text.strip()]
        for row in table.rows[:2]
    )
    return bool(first) and all(first) and not all(second)
