"""Reads HTML into passages: headings, paragraphs, lists and tables; not the page's frame."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from retrieval.documents import tables
from retrieval.documents.chunking import Block, passages
from retrieval.language import detect
from retrieval.passages import Language, Passage

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_FRAME = ("script", "style", "nav", "template", "noscript", "svg", "form", "button")
_TEXT = ("p", "dt", "dd", "blockquote", "pre", "figcaption")


def read_html(path: Path, source: str, text: str) -> list[Passage]:
    """The passages of a page; ``line`` is the line of its heading. A page without a heading has its <title>."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "lxml")
    for tag in soup(_FRAME):
        tag.decompose()
    named = soup.html.get("lang") if soup.html else None
    language: Language = "zh" if str(named or "").startswith("zh") else "en" if named else detect(soup.get_text())
    blocks = list(_blocks(soup, language))
    if soup.title is not None and (title := soup.title.get_text(" ", strip=True)):
        first = next((i for i, block in enumerate(blocks) if block.kind == "heading"), len(blocks))
        if first:
            blocks.insert(0, Block("heading", title, 1, 1))
    return passages(blocks, path, source, language)


def _blocks(soup: Any, language: Language) -> Iterator[Block]:
    outer = (*_HEADINGS, *_TEXT, "ul", "ol", "table")
    for tag in soup.find_all(outer):
        if tag.find_parent(["ul", "ol", "table", "blockquote"]) is not None:
            continue
        line = tag.sourceline or 1
        if tag.name in _HEADINGS:
            if words := tag.get_text(" ", strip=True):
                yield Block("heading", words, line, int(tag.name[1]))
        elif tag.name in ("ul", "ol"):
            yield Block("list", "\n".join(_items(tag, 0)), line)
        elif tag.name == "table":
            rows = [row for row in tag.find_all("tr") if row.find_parent("table") is tag]
            if not rows:
                continue
            cells = [[cell.get_text(" ", strip=True) for cell in row.find_all(["td", "th"])] for row in rows]
            names = rows[0].find_all("th")
            header = True if names and len(names) == len(cells[0]) else None
            yield Block("table", tables.as_lines(cells, language, header), line)
        elif words := tag.get_text(" ", strip=True):
            yield Block("paragraph", words, line)


def _items(tag: Any, depth: int) -> Iterator[str]:
    """A list's items, a line each; those of a list inside an item are set in."""
    for number, item in enumerate(tag.find_all("li", recursive=False), 1):
        inner = item.find_all(["ul", "ol"])
        words = " ".join(
            text.strip()
            for text in item.find_all(string=True)
            if text.strip() and text.find_parent(["ul", "ol"]) is tag
        )
        if words:
            yield "  " * depth + (f"{number}. " if tag.name == "ol" else "- ") + words
        for other in inner:
            if other.find_parent("li") is item:
                yield from _items(other, depth + 1)
