"""Reads HTML into passages: headings, paragraphs, lists and tables; not the page's frame."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from retrieval.documents import tables
from retrieval.documents.chunking import Block, passages
from retrieval.language import detect
from retrieval.passages import Language, Passage

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_FRAME = ("script", "style", "nav", "template", "noscript", "svg", "form", "button", "select", "textarea", "iframe")
_LISTS = ("ul", "ol")
_BREAKS = (
    *(*_HEADINGS, *_LISTS, "table", "blockquote", "p", "pre", "dl", "dt", "dd", "figure", "figcaption", "hr", "div"),
    *("section", "article", "main", "header", "footer", "aside", "address", "details", "summary", "fieldset"),
)
"""The tags that end the running text before them."""


def read_html(path: Path, source: str, text: str) -> list[Passage]:
    """The passages of a page; ``line`` is the line of its heading. A page without a heading has its <title>."""
    from bs4 import BeautifulSoup
    from bs4.element import PreformattedString

    soup = BeautifulSoup(text, "lxml")
    for note in soup.find_all(string=lambda string: isinstance(string, PreformattedString)):  # a comment, mostly
        note.extract()
    for tag in soup(_FRAME):
        tag.decompose()
    named = soup.html.get("lang") if soup.html else None
    language: Language = "zh" if str(named or "").startswith("zh") else "en" if named else detect(soup.get_text())
    blocks = list(_blocks(soup.body or soup, language))
    if soup.title is not None and (title := soup.title.get_text(" ", strip=True)):
        first = next((i for i, block in enumerate(blocks) if block.kind == "heading"), len(blocks))
        if first:
            blocks.insert(0, Block("heading", title, 1, 1))
    return passages(blocks, path, source, language)


def _blocks(parent: Any, language: Language) -> Iterator[Block]:
    """The blocks inside a tag. Running text that stands in no paragraph, as in a <div>, is one by itself.

    That of a page's head and foot, and links alone, are no text: menus and the like.
    """
    line = parent.sourceline or 1
    for breaks, nodes in groupby(parent.children, _breaks):
        if breaks:
            for tag in nodes:
                line = tag.sourceline or line
                yield from _block(tag, line, language)
        elif words := _running(list(nodes)):
            yield Block("paragraph", words, line)


def _running(nodes: list[Any]) -> str:
    """The text of nodes beside each other; none where it belongs to the page's frame."""
    if any(parent.name in ("header", "footer") for parent in nodes[0].parents):
        return ""
    texts = [(node.name == "a", node.get_text(" ", strip=True)) for node in nodes]
    return " ".join(text for _, text in texts if text) if any(text and not link for link, text in texts) else ""


def _breaks(node: Any) -> bool:
    return node.name is not None and (node.name in _BREAKS or node.find(_BREAKS) is not None)


def _block(tag: Any, line: int, language: Language) -> Iterator[Block]:
    if tag.name in _HEADINGS:
        if words := tag.get_text(" ", strip=True):
            yield Block("heading", words, line, int(tag.name[1]))
    elif tag.name in _LISTS:
        yield Block("list", "\n".join(_items(tag, 0)), line)
    elif tag.name == "table":
        rows = [row for row in tag.find_all("tr") if row.find_parent("table") is tag]
        if not rows:
            return
        cells = [[cell.get_text(" ", strip=True) for cell in row.find_all(["td", "th"])] for row in rows]
        names = rows[0].find_all("th")
        header = True if names and len(names) == len(cells[0]) else None
        yield Block("table", tables.as_lines(cells, language, header), line)
    elif tag.name == "blockquote":
        if words := tag.get_text(" ", strip=True):
            yield Block("paragraph", words, line)
    else:
        yield from _blocks(tag, language)


def _items(tag: Any, depth: int) -> Iterator[str]:
    """A list's items, a line each; those of a list inside an item are set in."""
    for number, item in enumerate(tag.find_all("li", recursive=False), 1):
        inner = item.find_all(_LISTS)
        words = " ".join(
            text.strip() for text in item.find_all(string=True) if text.strip() and text.find_parent(_LISTS) is tag
        )
        if words:
            yield "  " * depth + (f"{number}. " if tag.name == "ol" else "- ") + words
        for other in inner:
            if other.find_parent("li") is item:
                yield from _items(other, depth + 1)
