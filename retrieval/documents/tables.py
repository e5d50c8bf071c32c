"""Writes a table's rows as lines that each stand by themselves, with the names of their columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.passages import Language

Rows = Sequence[Sequence[str]]


def as_lines(rows: Rows, language: Language, header: bool | None = None) -> str:
    """ "Product group: Lighting; Warranty: 36 months." for each row; a plain list of "name: value" without a header.

    ``header`` says whether the first row names the columns; None where the file does not say, and its cells decide.
    """
    clean = [[re.sub(r"\s+", " ", cell).strip() for cell in row] for row in rows]
    clean = [row for row in clean if any(row)]
    if not clean:
        return ""
    if header is None:
        header = _names_columns(clean)
    colon, semicolon, stop = ("：", "；", "。") if language == "zh" else (": ", "; ", ".")
    if not header or len(clean) == 1:
        return "\n".join(_line(_named(row, colon), semicolon, stop) for row in clean)
    names, *body = clean
    lines = []
    for row in body:
        cells = [
            f"{name}{colon}{cell}" if name and name != cell else cell
            for name, cell in zip([*names, *[""] * len(row)], row, strict=False)
            if cell
        ]
        lines.append(_line(cells, semicolon, stop))
    return "\n".join(lines)


def _named(row: Sequence[str], colon: str) -> list[str]:
    """A row of a table without a header: its first cell names the others."""
    first, *others = [cell for cell in row if cell]
    if not others:
        return [first]
    return [f"{first.rstrip(':：')}{colon}{others[0]}", *others[1:]]


def _line(cells: Sequence[str], semicolon: str, stop: str) -> str:
    text = semicolon.join(cell.rstrip(";；") for cell in cells)
    return text if text[-1:] in ".。!！?？" else text + stop


def _names_columns(rows: Rows) -> bool:
    """A header has no numbers where the rows below have some; a table of names and values has no header."""
    first, *body = rows
    if not body or not all(first):
        # An empty corner above the rows' names is the sign of a header too.
        return bool(body) and not first[0] and all(first[1:])
    if any(re.search(r"\d", cell) for cell in first):
        return False
    return len(first) > 2 or any(re.search(r"\d", cell) for row in body for cell in row[1:])
