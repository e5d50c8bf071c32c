"""Finds headings, lists, tables and paragraphs in the lines of a printed document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from retrieval.documents import tables
from retrieval.documents.chunking import Block
from retrieval.passages import Language

_BULLET = re.compile(
    r"^(?:[\u2022\u25aa\u25ab\u25cf\u25cb\u25e6\u2023\u2043\u00b7\u25a0\u25a1\uf0b7\uf0a7\uf0d8\x7f]\s*|[-–—*]\s+)"
)
_NUMBERED = re.compile(r"^(?:\(?\d{1,2}[.)、）](?!\d)|（\d{1,2}）|[①-⑳])\s*")
_STOP = re.compile(r"[.!?。！？…:：;；]['\"”’)）」]*$")
_HAN_EDGE = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")
_LONGEST_HEADING = 90


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a line between wide gaps, and where it begins and ends in points."""

    start: float
    end: float
    text: str
    size: float = 0.0
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page, the type it is set in, and whether a gap stands above it."""

    cells: tuple[Cell, ...]
    size: float = 0.0
    bold: bool = False
    gap: bool = False

    @property
    def text(self) -> str:
        return "  ".join(cell.text for cell in self.cells)

    @property
    def start(self) -> float:
        return self.cells[0].start

    @property
    def end(self) -> float:
        return self.cells[-1].end


@dataclass(slots=True)
class _Shape:
    """What is usual in a document: the body's size, its headings' sizes by level, the text's edges."""

    body: float
    levels: dict[float, int]
    left: float
    right: float


def blocks(lines: Sequence[tuple[int, Line]], language: Language) -> Iterator[Block]:
    """The blocks of the lines, each with the number of the page it begins on; a sentence may go on over the page."""
    if not lines:
        return
    shape = _shape([line for _, line in lines])
    text = _Text()
    at = 0
    while at < len(lines):
        page, line = lines[at]
        rest = [line for _, line in lines[at : at + 200]]
        level = _level(line, shape)
        marked = _marked(line)
        table = _table(rest) if level is None and not marked and len(line.cells) > 1 else None
        if table is not None or level is not None or marked or text.ends_before(line, shape):
            yield from text.taken()
        if table is not None:
            yield Block("table", tables.as_lines(table.rows, language), page)
            at += table.lines
        elif level is not None:
            taken = 1
            while taken < len(rest) and not rest[taken].gap and _same_type(line, rest[taken]):
                taken += 1  # a heading of two lines
            yield Block("heading", join([line.text for line in rest[:taken]]), page, level)
            at += taken
        elif marked or (not text.lines and _indented(rest, shape)):
            taken, items = _list(rest, shape)
            yield Block("list", items, page)
            at += taken
        else:
            text.add(line, page)
            at += 1
    yield from text.taken()


@dataclass(slots=True)
class _Text:
    """Running text that is being put together."""

    lines: list[Line] = field(default_factory=list)
    page: int = 1

    def add(self, line: Line, page: int) -> None:
        if not self.lines:
            self.page = page
        self.lines.append(line)

    def ends_before(self, line: Line, shape: _Shape) -> bool:
        """A paragraph ends with a sentence at a gap, or with a line that stops far from the right edge."""
        if not self.lines:
            return False
        last = self.lines[-1]
        short = last.end < shape.left + 0.72 * (shape.right - shape.left)
        return bool(_STOP.search(last.text)) and (line.gap or short) or (short and line.gap)

    def taken(self) -> Iterator[Block]:
        if self.lines:
            yield Block(
                "paragraph", join([" ".join(cell.text for cell in line.cells) for line in self.lines]), self.page
            )
        self.lines = []


def _shape(lines: Sequence[Line]) -> _Shape:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    body = sizes.most_common(1)[0][0]
    larger = sorted((size for size in sizes if size > body * 1.12), reverse=True)
    running = [line for line in lines if line.size == body] or list(lines)
    starts = Counter(round(line.start) for line in running)
    ends = sorted(line.end for line in running)
    return _Shape(
        body,
        {size: level for level, size in enumerate(larger, 1)},
        starts.most_common(1)[0][0],
        ends[len(ends) * 9 // 10],
    )


def _level(line: Line, shape: _Shape) -> int | None:
    """The level of a heading: larger than the body, or as large but bold, short and no sentence."""
    text = line.text
    if len(text) > _LONGEST_HEADING or not any(character.isalpha() for character in text) or len(line.cells) > 1:
        return None
    if line.size in shape.levels:
        return shape.levels[line.size]
    short = len(text) <= 60 and not _STOP.search(text) and not _marked(line)
    return len(shape.levels) + 1 if line.bold and short and line.size >= shape.body else None


def _same_type(one: Line, other: Line) -> bool:
    return (one.size, one.bold, len(one.cells)) == (other.size, other.bold, len(other.cells))


def _marked(line: Line) -> bool:
    return bool(_BULLET.match(line.text) or _NUMBERED.match(line.text))


def _indented(lines: Sequence[Line], shape: _Shape) -> bool:
    """Items whose bullets are drawn, not written: two lines or more set in from the edge, the first of them short."""
    inset = shape.left + 1.5 * shape.body
    deepest = shape.left + 0.25 * (shape.right - shape.left)  # further in is another column
    return (
        len(lines) > 1
        and all(inset < line.start < deepest and len(line.cells) == 1 and line.size <= shape.body for line in lines[:2])
        and abs(lines[0].start - lines[1].start) < 1
    )


def _list(lines: Sequence[Line], shape: _Shape) -> tuple[int, str]:
    """How many lines the list takes, and its items; an item's own later lines are set in like its text."""
    first = lines[0]
    drawn = not _marked(first)
    items: list[list[str]] = []
    taken = 0
    for line in lines:
        text = line.text
        bullet, number = _BULLET.match(text), _NUMBERED.match(text)
        before = lines[taken - 1] if taken else None
        if drawn:
            if line.start < first.start - 1 or line.size != first.size or len(line.cells) > 1:
                break
            short = before is not None and before.end < shape.left + 0.8 * (shape.right - shape.left)
            if before is None or short or _STOP.search(before.text):
                items.append([text])
            else:
                items[-1].append(text)
        elif bullet:
            items.append([text[bullet.end() :]])
        elif number:
            items.append([text])
        elif not line.gap and line.start > first.start + 0.5 * shape.body and line.size <= shape.body:
            items[-1].append(text)
        else:
            break
        taken += 1
    joined = (join([" ".join(part.split()) for part in item if part.strip()]) for item in items)
    return taken, "\n".join(item if _NUMBERED.match(item) else f"- {item}" for item in joined if item)


@dataclass(frozen=True, slots=True)
class _Table:
    rows: list[list[str]]
    lines: int


def _table(lines: Sequence[Line]) -> _Table | None:
    """The table that begins at the first line: two rows or more whose cells stand under one another."""
    spans = [(cell.start, cell.end) for cell in lines[0].cells]
    taken = 1
    for line in lines[1:]:
        if len(line.cells) == 1 and (line.gap or line.size > lines[0].size or _is_text(line.cells[0], spans)):
            break
        merged = _merged([*spans, *((cell.start, cell.end) for cell in line.cells)])
        if len(merged) < max(2, len(line.cells), len(lines[0].cells)):
            break
        spans = merged
        taken += 1
    while taken > 1 and len(lines[taken - 1].cells) == 1 and lines[taken - 1].cells[0].start < spans[1][0]:
        taken -= 1  # a line of text under the table, not a cell's second line
    kept = lines[:taken]
    if sum(1 for line in kept if len(line.cells) > 1) < 2:
        return None
    rows: list[list[str]] = []
    parted = any(line.gap for line in kept[1:])
    for place, line in enumerate(kept):
        columns = [_column(cell, spans) for cell in line.cells]
        new = line.gap if parted and place > 1 else (0 in columns and len(columns) > 1)
        if not rows or new or place == 1 and 0 in columns:
            rows.append([""] * len(spans))
        for column, cell in zip(columns, line.cells, strict=True):
            rows[-1][column] = join([part for part in (rows[-1][column], cell.text) if part])
    return _Table(rows, taken) if len(rows) > 1 else None


def _is_text(cell: Cell, spans: Sequence[tuple[float, float]]) -> bool:
    """Running text under a table reaches over several of its columns."""
    return sum(1 for left, right in spans if cell.start < right and left < cell.end) > 1


def _merged(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Columns: the spans of all cells, those that overlap taken together."""
    found: list[tuple[float, float]] = []
    for left, right in sorted(spans):
        if found and left < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], right))
        else:
            found.append((left, right))
    return found


def _column(cell: Cell, spans: Sequence[tuple[float, float]]) -> int:
    return next(i for i, (left, right) in enumerate(spans) if cell.start < right and left < cell.end)


def join(lines: Sequence[str]) -> str:
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
