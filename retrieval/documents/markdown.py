"""Reads Markdown (and plain text) into passages: one heading is one entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from retrieval.documents import naming
from retrieval.documents.chunking import Block, BlockKind, passages
from retrieval.documents.records import line_of, names_of, parse_yaml
from retrieval.errors import InputError
from retrieval.passages import Passage

_KINDS: dict[str, BlockKind] = {
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "fence": "code",
    "code_block": "code",
}
_CODE_OR_COMMENT = re.compile(
    r"^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(`{3,}(?=[^`\n]*$)|~{3,}).*?(?:^[ \t>]*\1[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(`+)(?!`)[^\n]*?(?<!`)\2(?!`)"
    r"|(?P<comment><!--.*?(?:(?P<end>-->)[ \t]*|\Z))",
    re.MULTILINE | re.DOTALL,
)


def read_markdown(path: Path, source: str, text: str) -> list[Passage]:
    """The passages of a Markdown file; front matter may name its ``language`` and a ``glossary`` of other names.

    Raises InputError with the line of front matter that cannot be read, or of a comment that is not closed.
    """
    lines = text.splitlines()
    front, start = _front_matter(path, lines)
    glossary = names_of(front, "glossary", path, line_of(lines, "glossary", 0) + 1)
    lines[start:] = _without_comments(path, lines, start)
    language = naming.language_of(front.get("language"), path, "\n".join(lines))
    return passages(_blocks(lines, start), path, source, language, glossary)


def _without_comments(path: Path, lines: list[str], start: int) -> list[str]:
    """The lines from ``start``; what ``<!-- -->`` holds is no text, its lines stay as empty ones."""

    def kept(match: re.Match[str]) -> str:
        if match["comment"] is None:
            return match[0]
        if match["end"] is None:
            line = start + match.string.count("\n", 0, match.start()) + 1
            raise InputError("the comment is not closed", "end it with -->", path=path, line=line)
        return "\n" * match[0].count("\n")

    return _CODE_OR_COMMENT.sub(kept, "\n".join(lines[start:])).split("\n")


@cache
def _parser() -> MarkdownIt:
    # An underlined heading is too easily made by accident: a rule right under a paragraph.
    return MarkdownIt("commonmark").enable("table").disable("lheading")


def _blocks(lines: list[str], start: int) -> Iterator[Block]:
    """The page's blocks with their lines as written."""
    for token, inline in _top(_parser().parse("\n".join(lines[start:]))):
        if token.map is None:
            continue
        first, end = token.map
        line = start + first + 1
        if token.type == "heading_open":
            yield Block("heading", _plain(inline), line, int(token.tag[1]))
            continue
        kind = _KINDS.get(token.type, "paragraph")
        text = "\n".join(lines[start + first : start + end]).rstrip()
        yield Block(kind, text, line, head=2 if kind == "table" else 0)


def _top(tokens: list[Token]) -> Iterator[tuple[Token, Token | None]]:
    for at, token in enumerate(tokens):
        if token.level == 0 and token.nesting >= 0 and token.type != "hr":
            yield token, tokens[at + 1] if at + 1 < len(tokens) else None


def _plain(inline: Token | None) -> str:
    """A heading's words without their marks."""
    if inline is None:
        return ""
    words = "".join(
        child.content if child.content else " " * (child.type == "softbreak") for child in inline.children or ()
    )
    return words.strip()


def _front_matter(path: Path, lines: list[str]) -> tuple[dict[str, Any], int]:
    """The YAML block between two --- lines at the top, and the number of lines it takes."""
    if not lines or lines[0].strip() != "---":
        return {}, 0
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if end is None:
        raise InputError("the front matter is not closed", "end it with a line ---", path=path, line=1)
    data = parse_yaml(path, "\n".join(lines[1:end]), 1)
    if data is not None and not isinstance(data, dict):
        raise InputError("the front matter is not 'name: value' lines", "mend it", path=path, line=2)
    return data or {}, end + 1
