"""Reads PDF into passages through pypdf; a place is the number of a page."""

from __future__ import annotations

import io
import logging
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from retrieval.documents import pages
from retrieval.documents.chunking import passages
from retrieval.documents.pages import Fragment, Page
from retrieval.errors import InputError
from retrieval.language import detect
from retrieval.passages import Language, Passage

# Letters that a font has for their looks: ligatures, and the radicals that some programs write for Chinese characters.
_LOOKS = re.compile("[\ufb00-\ufb06\u2e80-\u2fdf\uf900-\ufaff\u00ad\u200b]")
_BOLD = re.compile(r"bold|black|heavy|heiti|simhei", re.IGNORECASE)


def read_pdf(path: Path, source: str, raw: bytes) -> list[Passage]:
    """The passages of a PDF. Raises InputError where it is encrypted, damaged, or a scan without text."""
    quiet = logging.getLogger("pypdf")  # it mends small faults by itself, and says so at length
    level = quiet.level
    quiet.setLevel(logging.CRITICAL)
    try:
        found = [_page(page, number) for number, page in enumerate(_open(path, raw).pages, 1)]
    except InputError:
        raise
    except Exception as error:  # pypdf's own errors are a part of what a damaged file can raise
        raise InputError(f"is damaged ({_say(error)})", "make the PDF again", path=path) from error
    finally:
        quiet.setLevel(level)
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


def _page(page: Any, number: int) -> Page:
    """The page's fragments of text, each at its place."""
    found: list[tuple[int, Fragment]] = []

    def visit(text: str, current: Sequence[float], matrix: Sequence[float], font: Any, size: float) -> None:
        written = text.rstrip("\n")
        if not written.strip():
            return
        a, b, c, d, x, y = _product(matrix, current)
        angle = round(math.atan2(b, a) / (math.pi / 2)) % 4
        points = round(abs(size) * math.hypot(c, d) * 2) / 2
        bold = bool(_BOLD.search(str((font or {}).get("/BaseFont", ""))))
        x, y = ((x, y), (y, -x), (-x, -y), (-y, x))[angle]
        for line in written.split("\n"):
            if line.strip():
                found.append((angle, Fragment(x, y, points, bold, _LOOKS.sub(_plain, line))))
            y -= points * 1.2

    page.extract_text(visitor_text=visit)
    if not found:
        return Page(number, ())
    # Text that runs another way than the rest is a stamp or a watermark.
    upright = Counter(angle for angle, _ in found).most_common(1)[0][0]
    return Page.of(number, [fragment for angle, fragment in found if angle == upright])


def _product(m: Sequence[float], n: Sequence[float]) -> tuple[float, float, float, float, float, float]:
    """The text's matrix in the page's space."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _plain(match: re.Match[str]) -> str:
    return "" if match[0] in "\u00ad\u200b" else unicodedata.normalize("NFKC", match[0])
