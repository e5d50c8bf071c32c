"""Reads PDF into passages through pypdf; a place is the number of a page."""

from __future__ import annotations

import io
import logging
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.documents import pages
from retrieval.documents.chunking import passages
from retrieval.documents.pages import Line, Page
from retrieval.errors import InputError
from retrieval.language import detect
from retrieval.passages import Language, Passage

logging.getLogger("pypdf").setLevel(logging.ERROR)  # it mends small faults by itself and says so at length


def read_pdf(path: Path, source: str, raw: bytes) -> list[Passage]:
    """The passages of a PDF. Raises InputError where it is encrypted, damaged, or a scan without text."""
    try:
        found = [_page(page, number) for number, page in enumerate(_open(path, raw).pages, 1)]
    except InputError:
        raise
    except Exception as error:  # pypdf's own errors are a part of what a damaged file can raise
        raise InputError(f"is damaged ({_say(error)})", "make the PDF again", path=path) from error
    text = "\n".join(line.text for page in found for line in page.lines)
    if not any(character.isalnum() for character in text):
        raise InputError("holds no text (a scan, perhaps)", "run text recognition (OCR) over it", path=path)
    language: Language = "zh" if path.stem.endswith(".zh") else detect(text)
    return passages(pages.blocks(found, language), path, source, language)


def _open(path: Path, raw: bytes) -> Any:
    from pypdf import PasswordType, PdfReader

    if not raw:
        raise InputError("is empty", "save it again", path=path)
    reader = PdfReader(io.BytesIO(raw))
    # A file may be locked against changes only: it opens with the empty password.
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        raise InputError("is encrypted", "save it without a password", path=path)
    return reader


def _say(error: Exception) -> str:
    return (str(error).partition("\n")[0] or type(error).__name__)[:100]


@dataclass(frozen=True, slots=True)
class _Type:
    """How a piece of text is set: its size in points and whether it is bold."""

    size: float
    bold: bool


def _page(page: Any, number: int) -> Page:
    """A page's lines as they stand on it, each with the size of its type."""
    types: dict[str, _Type] = {}
    sizes: Counter[float] = Counter()

    def visit(text: str, current: list[float], matrix: list[float], font: Any, size: float) -> None:
        folded = fold(text)
        if not folded:
            return
        scale = math.hypot(matrix[1], matrix[3]) * math.hypot(current[1], current[3])
        points = round(abs(size) * scale * 2) / 2
        name = str((font or {}).get("/BaseFont", ""))
        sizes[points] += len(folded)
        for line in text.splitlines():
            if key := fold(line):
                types.setdefault(key, _Type(points, "bold" in name.lower() or "heiti" in name.lower()))

    plain = page.extract_text(visitor_text=visit)
    laid_out = page.extract_text(extraction_mode="layout", layout_mode_strip_rotated=False)
    if len(fold(laid_out)) < 0.8 * len(fold(plain)):  # some ways of turning a page are not understood
        laid_out = plain
    lines = tuple(_lines(laid_out, types))
    in_order = tuple(_lines(plain, types))
    return Page(number, lines, in_order, sizes)


def _lines(text: str, types: dict[str, _Type]) -> Iterator[Line]:
    for raw in text.splitlines():
        written = raw.replace("\u00a0", " ").rstrip()
        key = fold(written)
        found = types.get(key) or _parts_of(written, types)
        yield Line(written, found.size if found else 0.0, bool(found and found.bold))


def _parts_of(line: str, types: dict[str, _Type]) -> _Type | None:
    """The type of a line that was set in several pieces: the smallest of theirs, bold where all are."""
    pieces = [types[key] for piece in re.split(r"\s{2,}", line.strip()) if (key := fold(piece)) in types]
    if not pieces:
        return None
    return _Type(min(piece.size for piece in pieces), all(piece.bold for piece in pieces))


def fold(text: str) -> str:
    return re.sub(r"\s+", "", text)
