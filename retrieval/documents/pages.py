"""Puts the fragments of a printed page together: lines, columns, and what stands at the head and foot of each page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from retrieval.documents import layout
from retrieval.documents.chunking import Block
from retrieval.documents.layout import Cell, Line
from retrieval.passages import Language

_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_NARROW = frozenset("iljtfrI.,;:'!|()[] ")
_BROAD = frozenset("mwMW@%ABCDEFGHKNOPQRSTUVXYZ&")
_GUTTER = 0.5  # ems between two cells at least; whether they make a table, the rows below tell
_PAGE_NUMBER = re.compile(r"(?:page|第)?[-–—]*#页?(?:[/／]|of|共)?#?页?[-–—]*", re.IGNORECASE)
_LEADERS = re.compile(r"(?:\.\s?|…|·\s?){5,}")  # a table of contents
_MARK = re.compile(r"[^\w\s(（]{1,2}|[-–—*\x7f]|\(?\d{1,2}[.)、）]|（\d{1,2}）")
_APART = 1.35  # times the usual distance of lines: a gap


@dataclass(frozen=True, slots=True)
class Fragment:
    """Text set at one place: ``x`` and ``y`` in points from the page's left and bottom edges, ``size`` in points."""

    x: float
    y: float
    size: float
    bold: bool
    text: str

    @property
    def width(self) -> float:
        """In points, guessed from the letters: PDF files don't say it."""
        ems = sum(
            1.0 if _WIDE.match(c) else 0.29 if c in _NARROW else 0.7 if c in _BROAD else 0.53 for c in self.text.strip()
        )
        return ems * self.size


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a page from top to bottom, columns of running text one after the other; and those at its edges."""

    number: int
    lines: tuple[Line, ...]
    edges: tuple[Line, ...] = ()

    @classmethod
    def of(cls, number: int, fragments: Sequence[Fragment]) -> Page:
        lines = _lines(fragments)
        return cls(number, tuple(_columns(lines)), (*lines[:2], *lines[2:][-2:]))


def blocks(pages: Sequence[Page], language: Language) -> Iterator[Block]:
    """The blocks of a document; ``line`` of each is the page that it begins on."""
    repeated = _repeated(pages)
    lines = [
        (page.number, line)
        for page in pages
        for line in page.lines
        if _folded(line.text) not in repeated and not _LEADERS.search(line.text)
    ]
    return layout.blocks(lines, language)


def _lines(fragments: Sequence[Fragment]) -> list[Line]:
    rows: list[list[Fragment]] = []
    for fragment in sorted(fragments, key=lambda f: (-f.y, f.x)):
        if rows and abs(rows[-1][0].y - fragment.y) < 0.45 * max(rows[-1][0].size, fragment.size):
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    heights = [row[0].y for row in rows]
    usual = _usual(above - below for above, below in zip(heights, heights[1:], strict=False))
    lines = []
    for place, row in enumerate(rows):
        gap = place > 0 and heights[place - 1] - heights[place] > _APART * max(usual, row[0].size)
        sizes: Counter[float] = Counter()
        for fragment in row:
            sizes[fragment.size] += len(fragment.text)
        beside = {
            fragment.x for near in (*rows[max(0, place - 1) : place], *rows[place + 1 : place + 2]) for fragment in near
        }
        lines.append(Line(_cells(row, beside), sizes.most_common(1)[0][0], all(f.bold for f in row), gap))
    return lines


def _usual(distances: Iterable[float]) -> float:
    """The distance of two lines of one paragraph: the commonest, the smaller where two are as common."""
    counts = Counter(round(distance * 2) / 2 for distance in distances)
    return min(counts, key=lambda distance: (-counts[distance], distance), default=0.0)


def _cells(row: Sequence[Fragment], beside: set[float]) -> tuple[Cell, ...]:
    """The cells of a line. ``beside``: where the fragments of the lines above and below begin; a cell begins there too."""
    cells: list[Cell] = []
    for fragment in sorted(row, key=lambda f: f.x):
        text = fragment.text.strip()
        start, end = fragment.x, fragment.x + fragment.width
        last = cells[-1] if cells else None
        if last is None or (not _MARK.fullmatch(last.text) and start - last.end > _least_gap(fragment, last, beside)):
            cells.append(Cell(start, end, text, fragment.size, fragment.bold))
            continue
        apart = fragment.text[:1].isspace() or start - last.end > 0.22 * fragment.size
        chinese = bool(_WIDE.match(last.text[-1:]) and _WIDE.match(text[:1]))
        joined = last.text + (" " if apart and not chinese else "") + text
        cells[-1] = Cell(
            last.start, max(end, last.end), joined, max(last.size, fragment.size), last.bold and fragment.bold
        )
    return tuple(cells)


def _least_gap(fragment: Fragment, last: Cell, beside: set[float]) -> float:
    if fragment.text[:1].isspace() and any(abs(fragment.x - start) < 0.6 for start in beside):
        return 0.2 * fragment.size
    return max(_GUTTER * fragment.size, 0.1 * (last.end - last.start))  # a long text's width is the less sure


def _columns(lines: list[Line]) -> Iterator[Line]:
    """The lines in the order of reading: where two columns of running text stand side by side, the left one first."""
    filled = [line for line in lines if line.cells]
    if not filled:
        return
    left, right = min(line.start for line in filled), max(line.end for line in filled)
    middle = [left + share * (right - left) for share in (0.42, 0.6)]
    at = 0
    while at < len(filled):
        end, gutter = at, (middle[0], middle[1])
        both: list[Line] = []
        while end < len(filled):
            narrowed = _narrowed(gutter, filled[end])
            if narrowed is None:
                break
            gutter = narrowed
            if len(filled[end].cells) == 2:
                both.append(filled[end])
            end += 1
        if len(both) >= 5 and _is_running(both):
            sides: tuple[list[Line], list[Line]] = ([], [])
            for line in filled[at:end]:
                for cell in line.cells:
                    side = sides[cell.start >= gutter[0]]
                    side.append(Line((cell,), cell.size, cell.bold, line.gap and bool(side)))
            yield from sides[0]
            yield from sides[1]
            at = end
        else:
            yield filled[at]
            at += 1


def _narrowed(gutter: tuple[float, float], line: Line) -> tuple[float, float] | None:
    """What is left of the space between two columns under one more line; None where the line runs across."""
    low, high = gutter
    for cell in line.cells:
        if cell.start >= high or cell.end <= low:
            continue
        if cell.end < (low + high) / 2 or cell.end - cell.start < (high - low) / 2 and cell.end < high:
            low = max(low, cell.end)
        elif cell.start > low:
            high = min(high, cell.start)
        else:
            return None
        if high <= low:
            return None
    return low, high


def _is_running(lines: Sequence[Line]) -> bool:
    """Lines of running text fill their column; the cells of a table do not."""
    widths = [[line.cells[side].end - line.cells[side].start for line in lines] for side in (0, 1)]
    return all(median(column) > 0.75 * max(column) for column in widths) and all(
        median(len(line.cells[side].text) for line in lines) > 18 for side in (0, 1)
    )


def _folded(text: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", text))


def _repeated(pages: Sequence[Page]) -> set[str]:
    """Headers and footers: at the edges of three pages, or of two of three; page numbers; small short lines."""
    seen: Counter[str] = Counter()
    sizes: Counter[float] = Counter()
    for page in pages:
        seen.update({_folded(line.text) for line in page.edges})
        for line in page.lines:
            sizes[line.size] += len(line.text)
    enough = min(3, max(2, (len(pages) + 1) // 2))
    small = 0.8 * sizes.most_common(1)[0][0] if sizes else 0.0
    found = {text for text, count in seen.items() if count >= enough or _PAGE_NUMBER.fullmatch(text)}
    return found | {
        _folded(line.text)
        for page in pages
        for line in page.edges
        if line.size < small and len(line.text) < 60 and line.text[-1:] not in ".。!！?？"
    }
