"""Cuts Markdown and HTML into sections: a heading with its parents, its text, and the line where it starts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])")


@dataclass(frozen=True, slots=True)
class Section:
    """``path`` is the headings from the page's title down; ``line`` counts from 1; ``level`` of the heading, 0 = none."""

    path: tuple[str, ...]
    text: str
    line: int
    level: int = 0


def markdown_sections(lines: list[str], first_line: int = 1, deepest: int = 6) -> Iterator[Section]:
    """The sections of a Markdown page in order; headings deeper than ``deepest`` stay in the text."""
    path: list[tuple[int, str]] = []
    start, level, body, fenced = first_line, 0, list[str](), False

    def section() -> Section | None:
        text = "\n".join(body).strip()
        return Section(tuple(title for _, title in path), text, start, level) if text else None

    for number, line in enumerate(lines, first_line):
        if _FENCE.match(line):
            fenced = not fenced
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            body.append(line.rstrip())
            continue
        if len(heading[1]) > deepest:
            body.append(heading[2])
            continue
        if (done := section()) is not None:
            yield done
        level = len(heading[1])
        path = [(depth, title) for depth, title in path if depth < level] + [(level, plain(heading[2]))]
        start, body = number, []
    if (done := section()) is not None:
        yield done


def plain(text: str) -> str:
    """Markdown's emphasis, code and links taken off one line."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(\*\*|__)(.+?)\1", r"\2", text)
    text = re.sub(r"(?<![\w*])\*(?!\s)([^*]+?)\*(?![\w*])", r"\1", text)
    return text.replace("`", "")


def blocks(text: str) -> Iterator[tuple[int, str]]:
    """Paragraphs, lists and tables, each whole, with the index of its first line in ``text``."""
    lines = text.split("\n")
    block: list[str] = []
    start = 0
    for index, line in enumerate(lines):
        blank = not line.strip()
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if blank and block and _LIST_ITEM.match(block[-1]) and _LIST_ITEM.match(following):
            continue
        if blank:
            if block:
                yield start, "\n".join(block)
            block = []
        else:
            start = index if not block else start
            block.append(line)
    if block:
        yield start, "\n".join(block)


def chunks(text: str, longest: int) -> Iterator[tuple[int, str]]:
    """Neighbouring blocks joined up to ``longest`` characters; a table or list is never cut, a paragraph at sentences.

    A line that introduces a table or list ("...:") stays with it.
    """
    held: list[str] = []
    start = 0
    for index, block in _short_blocks(text, longest):
        size = sum(map(len, held))
        introduces = bool(held) and held[-1].rstrip().endswith((":", "："))
        if held and size + len(block) > longest and not introduces:
            yield start, "\n\n".join(held)
            held = []
        if not held:
            start = index
        held.append(block)
    if held:
        yield start, "\n\n".join(held)


def _short_blocks(text: str, longest: int) -> Iterator[tuple[int, str]]:
    for index, block in blocks(text):
        if len(block) <= longest or "\n|" in block or _LIST_ITEM.match(block):
            yield index, block
            continue
        held = ""
        for sentence in _SENTENCE_END.split(block):
            if held and len(held) + len(sentence) > longest:
                yield index, held.strip()
                held = ""
            held += sentence if not held or held[-1] in "。！？；" else " " + sentence
        if held.strip():
            yield index, held.strip()


def html_sections(text: str) -> tuple[str | None, list[Section]]:
    """The page's language attribute and its sections; scripts, navigation and footers are left out."""
    soup = BeautifulSoup(text, "html.parser")
    language = soup.html.get("lang") if isinstance(soup.html, Tag) else None
    for tag in soup(["script", "style", "nav", "footer", "header", "noscript", "template", "form"]):
        if tag.name != "header" or not tag.find(re.compile("^h[1-6]$")):
            tag.decompose()
    page = soup.title.get_text(" ", strip=True) if soup.title else ""
    return (str(language) if language else None), list(_html_walk(soup.body or soup, page))


def _html_walk(root: Tag, page: str) -> Iterator[Section]:
    path: list[tuple[int, str]] = []
    body: list[str] = []
    start, level = 1, 0

    def section() -> Section | None:
        text = "\n\n".join(part for part in body if part).strip()
        titles = tuple(title for _, title in path) or ((page,) if page else ())
        return Section(titles, text, start, level) if text else None

    for tag in root.find_all(["h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "table", "dl", "pre", "blockquote"]):
        if tag.find_parent(["ul", "ol", "table", "dl", "blockquote", "pre"]) is not None:
            continue
        if tag.name[0] == "h":
            if (done := section()) is not None:
                yield done
            level, body, start = int(tag.name[1]), [], tag.sourceline or 1
            path = [(depth, title) for depth, title in path if depth < level] + [(level, _inline(tag))]
        else:
            body.append(_html_block(tag))
    if (done := section()) is not None:
        yield done


def _html_block(tag: Tag) -> str:
    if tag.name in ("ul", "ol"):
        return "\n".join("- " + _inline(item) for item in tag.find_all("li"))
    if tag.name == "table":
        return "\n".join(_row(_inline(cell) for cell in row.find_all(["th", "td"])) for row in tag.find_all("tr"))
    return _inline(tag)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _inline(tag: Tag) -> str:
    return " ".join(tag.get_text(" ", strip=True).split())


__all__ = ["Section", "blocks", "chunks", "html_sections", "markdown_sections", "plain"]
