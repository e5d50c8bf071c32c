"""Finds headings, lists, tables and paragraphs in the lines of printed pages, and drops what each page repeats."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from retrieval.documents import tables
from retrieval.documents.chunking import Block
from retrieval.passages import Language

_BULLET = re.compile(r"^\s*(?:[\u2022\u25aa\u25ab\u25cf\u25cb\u25e6\u2023\u2043\u00b7\u25a0\u25a1\uf0b7\uf0a7\uf0d8\x7f]|[-–—*](?=\s))\s*")
_NUMBERED = re.compile(r"^\s*(?:\(?\d{1,2}[.)、）]|（\d{1,2}）|[①-⑳])(?!\d)\s*")
_STOP = re.compile(r"[.!?。！？…:：;；]['\"”’)）」]*$")
_GAP = re.compile(r"\s{2,}")
_HAN_EDGE = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")
_LONGEST_HEADING = 90
_LONGEST_CELL = 60


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands on the page, spaces between columns kept; ``size`` in points, 0 where it is not known."""

    text: str
    size: float = 0.0
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """``lines`` from top to bottom, ``in_order`` as the file holds them (columns one after the other)."""

    number: int
    lines: tuple[Line, ...]
    in_order: tuple[Line, ...]
    sizes: Counter[float] = field(default_factory=Counter)


def blocks(pages: Sequence[Page], language: Language) -> Iterator[Block]:
    """The blocks of a document; ``line`` of each is the page that it begins on."""
    repeated = _repeated(pages)
    sizes: Counter[float] = Counter()
    for page in pages:
        sizes.update(page.sizes)
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    levels = {size: level for level, size in enumerate(sorted((s for s in sizes if s > body * 1.12), reverse=True), 1)}
    open_text: list[str] = []
    began = 1
    for page in pages:
        lines = [line for line in _reading_order(page) if _folded(line.text) not in repeated]
        widest = max((len(line.text.strip()) for line in lines), default=0)
        at = 0
        gap = False
        while at < len(lines):
            line = lines[at]
            text = line.text.strip()
            if not text:
                gap = True
                at += 1
                continue
            table = _table(lines[at:])
            level = None if table else _level(line, body, levels)
            bullet = _BULLET.match(line.text) or _NUMBERED.match(line.text)
            ends = not open_text or bool(_STOP.search(open_text[-1])) or len(open_text[-1]) < 0.6 * widest
            if open_text and (table or level is not None or bullet or (gap and ends)):
                yield _flow(open_text, began)
                open_text = []
            gap = False
            if table:
                yield Block("table", tables.as_lines(table.rows, language), page.number)
                at += table.lines
            elif level is not None:
                words = [text]
                while at + 1 < len(lines) and _continues(line, lines[at + 1]):  # a heading of two lines
                    at += 1
                    words.append(lines[at].text.strip())
                yield Block("heading", _join(words), page.number, level)
                at += 1
            elif bullet:
                taken, text = _list(lines[at:])
                yield Block("list", text, page.number)
                at += taken
            else:
                began = began if open_text else page.number
                open_text.append(text)
                at += 1
        # A sentence goes on over the page; a finished one does not wait.
        if open_text and _STOP.search(open_text[-1]):
            yield _flow(open_text, began)
            open_text = []
    if open_text:
        yield _flow(open_text, began)


def _flow(lines: list[str], page: int) -> Block:
    return Block("paragraph", _join([_GAP.sub(" ", line) for line in lines]), page)


def _join(lines: Sequence[str]) -> str:
    """Lines as running text: no space inside Chinese, no hyphen where a word was only divided."""
    text = ""
    for line in lines:
        if not text:
            text = line
        elif re.search(r"[a-z]-$", text) and re.match(r"[a-z]", line):
            text = text[:-1] + line
        elif _HAN_EDGE.match(text[-1]) or _HAN_EDGE.match(line[0]):
            text += line
        else:
            text += " " + line
    return text


def _folded(text: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", text))


def _repeated(pages: Sequence[Page]) -> set[str]:
    """Headers and footers: among the first and last lines of at least two pages and of half of all."""
    seen: Counter[str] = Counter()
    for page in pages:
        lines = [line.text for line in page.lines if line.text.strip()]
        seen.update({_folded(text) for text in [*lines[:2], *lines[-2:]]})
    enough = max(2, (len(pages) + 1) // 2)
    found = {text for text, count in seen.items() if count >= enough}
    # "- 3 -" or "Page 3" alone in its line is never content.
    return found | {text for text in seen if re.fullmatch(r"(?:page|第)?[-–—]*#(?:页|/#|of#)?[-–—]*", text, re.I)}


def _level(line: Line, body: float, levels: dict[float, int]) -> int | None:
    """The level of a heading: larger than the body, or as large but bold, short and no sentence."""
    text = line.text.strip()
    if len(text) > _LONGEST_HEADING or not any(character.isalpha() for character in text):
        return None
    if line.size in levels:
        return levels[line.size]
    short = len(text) <= 60 and not _STOP.search(text) and not _GAP.search(text)
    return len(levels) + 1 if line.bold and short and line.size >= body else None


def _continues(heading: Line, line: Line) -> bool:
    return bool(line.text.strip()) and (line.size, line.bold) == (heading.size, heading.bold) and bool(heading.size)


def _list(lines: Sequence[Line]) -> tuple[int, str]:
    """How many lines the list takes, and its items."""
    items: list[list[str]] = []
    at = 0
    indent = 0
    while at < len(lines):
        text = lines[at].text
        mark = _BULLET.match(text) or _NUMBERED.match(text)
        if mark:
            number = _NUMBERED.match(text)
            kept = number[0].strip() + " " if number and not _BULLET.match(text) else ""
            items.append([kept + text[mark.end() :].strip()])
            indent = mark.end() - 1
        elif not text.strip():
            following = next((line.text for line in lines[at:] if line.text.strip()), "")
            if not (_BULLET.match(following) or _NUMBERED.match(following)):
                break
        elif items and len(text) - len(text.lstrip()) >= max(1, indent - 2) and lines[at - 1].text.strip():
            items[-1].append(text.strip())
        else:
            break
        at += 1
    joined = (_GAP.sub(" ", _join([part for part in item if part])) for item in items)
    return at, "\n".join(item if _NUMBERED.match(item) else f"- {item}" for item in joined if item)


@dataclass(frozen=True, slots=True)
class _Table:
    rows: list[list[str]]
    lines: int


def _cells(line: Line) -> list[tuple[int, int, str]]:
    """The pieces of a line between wide gaps, each with the columns it covers."""
    return [(m.start(), m.end(), m[0]) for m in re.finditer(r"\S+(?:\s\S+)*", line.text)]


def _table(lines: Sequence[Line]) -> _Table | None:
    """The table that begins at the first line: two rows or more of the same columns, cells under one another."""
    first = _cells(lines[0])
    if len(first) < 2 or _BULLET.match(lines[0].text):
        return None
    spans = [(start, end) for start, end, _ in first]
    rows = [[text for _, _, text in first]]
    taken = 1
    full = 1
    for place, line in enumerate(lines[1:], 1):
        cells = _cells(line)
        if not cells:
            continue
        columns = [_column(start, end, spans) for start, end, _ in cells]
        if None in columns or len(set(columns)) < len(columns):
            break
        if len(cells) == 1 and columns == [0] and (place - taken > 0 or full < 2):
            break  # running text under the table
        if len(cells) == len(spans) or 0 in columns:
            rows.append([""] * len(spans))
            full += len(cells) == len(spans)
        for column, (start, end, text) in zip(columns, cells, strict=True):
            assert column is not None
            rows[-1][column] = _join([part for part in (rows[-1][column], text) if part])
            spans[column] = (min(spans[column][0], start), max(spans[column][1], end))
        taken = place + 1
    long = sum(len(cell) > _LONGEST_CELL for row in rows for cell in row)
    if full < 2 or long * 4 > len(rows) * len(spans):
        return None
    return _Table(rows, taken)


def _column(start: int, end: int, spans: Sequence[tuple[int, int]]) -> int | None:
    """The one column that a cell stands in."""
    under = [i for i, (left, right) in enumerate(spans) if start < right + 1 and left < end + 1]
    return under[0] if len(under) == 1 else None


def _reading_order(page: Page) -> tuple[Line, ...]:
    """Top to bottom; a page of two columns of running text in the order of the file instead."""
    filled = [line for line in page.lines if line.text.strip()]
    parted = [cells for line in filled if len(cells := _cells(line)) == 2]
    wide = [cells for cells in parted if all(len(text) > 20 for _, _, text in cells)]
    if len(wide) >= 5 and len(wide) * 2 > len(filled):
        return page.in_order
    return page.lines
