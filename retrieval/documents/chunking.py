"""Cuts a page's blocks into passages: by heading, and a long section at rows, items and sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from retrieval.documents import naming
from retrieval.passages import Language, Passage

LONGEST = 1000
"""Width of a passage (see ``width``): about what the embedder reads of one, 256 tokens."""
OVERLAP = 200
"""Widest last sentence of a part that is said again at the start of the next."""

_HAN = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|approx|no|nos|fig|vs|mr|mrs|ms|dr|st|co|ltd|inc)|\b[A-Z])\.$", re.I)
_STOP = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s)|[。！？!?…]+[”’」』）)]*|\n+")
_CLAUSE = re.compile(r"[,;:]\s|[，；：、,]|\s")

BlockKind = Literal["heading", "paragraph", "list", "table", "code"]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a page as its author set it. ``line`` is where it begins (a page of a PDF, a paragraph of a DOCX).

    A list has one item a line and a table one row a line; ``head`` counts a table's lines that every part of it needs.
    """

    kind: BlockKind
    text: str
    line: int
    level: int = 0
    head: int = 0


def passages(
    blocks: Iterable[Block], path: Path, source: str, language: Language, aliases: tuple[str, ...] = ()
) -> list[Passage]:
    """The passages of one file; ``language`` is the page's, which a section in the other one does not take."""
    kind = naming.kind_of(source)
    found: list[Passage] = []
    trail: list[tuple[int, str]] = []
    body: list[Block] = []
    begins = 1

    def flush() -> None:
        title = naming.title_of([name for _, name in trail], kind, path.stem)
        for line, text in parts(body):
            at = begins if line == body[0].line else line
            written = naming.section_language(text, language)
            found.append(Passage(naming.id_of(source, title), title, text, source, at, None, written, kind, aliases))

    for block in blocks:
        if block.kind != "heading":
            if not body and not trail:
                begins = block.line
            body.append(block)
            continue
        flush()
        body, begins = [], block.line
        while trail and trail[-1][0] >= block.level:
            trail.pop()
        trail.append((block.level, block.text))
    flush()
    return found


def parts(blocks: list[Block], longest: int = LONGEST) -> list[tuple[int, str]]:
    """One section's text in parts of at most ``longest`` wide, each with the line it begins at.

    A section that fits stays whole. A longer one is broken between blocks; a block that is itself too long between
    rows (its header said again), items or sentences. Running text that is cut begins with the sentence before the cut.
    """
    whole = "\n\n".join(block.text for block in blocks).strip()
    if not whole:
        return []
    if width(whole) <= longest:
        return [(blocks[0].line, whole)]
    found: list[tuple[int, str]] = []
    held: list[str] = []
    line = blocks[0].line
    last: Block | None = None
    for block, text in _pieces(blocks, longest):
        if held and width("\n\n".join([*held, text])) > longest:
            carried = _carried(held, last, block)
            found.append((line, _joined(held)))
            held = [carried] if carried and width(carried) + 2 + width(text) <= longest else []
            line = block.line
        elif not held:
            line = block.line
        held.append(text)
        last = block
    found.append((line, _joined(held)))
    return [(at, text) for at, text in found if text]


def _joined(held: list[str]) -> str:
    return "\n\n".join(held).strip()


def _carried(held: list[str], last: Block | None, block: Block) -> str:
    """What the next part says again: the lead-in of a list or table ("You need:"), or the last sentence of a text."""
    if last is None or last.kind != "paragraph":
        return ""
    final = list(sentences(held[-1]))[-1:]
    lead_in = block.kind in ("list", "table") and held[-1].rstrip()[-1:] in (":", "：")
    if lead_in or block.kind == "paragraph":
        return final[0].strip() if final and width(final[0]) <= OVERLAP else ""
    return ""


def _pieces(blocks: Iterable[Block], longest: int) -> Iterator[tuple[Block, str]]:
    for block in blocks:
        if not block.text.strip():
            continue
        if width(block.text) <= longest:
            yield block, block.text.strip("\n")
        elif block.kind in ("list", "table", "code"):
            yield from ((block, text) for text in _by_line(block, longest))
        else:
            yield from ((block, text) for text in _by_sentence(block.text, longest))


def _by_line(block: Block, longest: int) -> Iterator[str]:
    """Rows or items in groups, each group under the table's header; an item's own indented lines stay with it."""
    lines = block.text.strip("\n").split("\n")
    head, rest = lines[: block.head], lines[block.head :]
    entries: list[str] = []
    for line in rest:
        if entries and block.kind == "list" and line[:1] in (" ", "\t"):
            entries[-1] += "\n" + line
        else:
            entries.append(line)
    group: list[str] = []
    for entry in entries:
        if group and width("\n".join([*head, *group, entry])) > longest:
            yield "\n".join([*head, *group])
            group = []
        if width(entry) > longest:
            yield from ("\n".join([*head, text]) for text in _by_sentence(entry, longest))
        else:
            group.append(entry)
    if group:
        yield "\n".join([*head, *group])


def _by_sentence(text: str, longest: int) -> Iterator[str]:
    """Sentences in groups; each group but the first begins with the last sentence of the one before, where short."""
    group = ""
    final = ""
    for sentence in sentences(text):
        for piece in _cut(sentence, longest - OVERLAP):
            if group and width(group + piece) > longest:
                yield group.strip()
                group = final if width(final) <= OVERLAP else ""
            group += piece
            final = piece
    if group.strip():
        yield group.strip()


def sentences(text: str) -> Iterator[str]:
    """The sentences of English or Chinese text, with the spaces that follow them; joined they are the text again."""
    start = 0
    for match in _STOP.finditer(text):
        if match[0] == "." and _ABBREVIATION.search(text, max(0, match.end() - 8), match.end()):
            continue
        end = match.end()
        while end < len(text) and text[end].isspace():
            end += 1
        if end > start:
            yield text[start:end]
            start = end
    if start < len(text):
        yield text[start:]


def _cut(sentence: str, longest: int) -> Iterator[str]:
    """A sentence that is itself too long, at the last clause or word border that fits, or else where it must."""
    while width(sentence) > longest:
        room = _room(sentence, longest)
        border = max((m.end() for m in _CLAUSE.finditer(sentence, 0, room)), default=0)
        at = border if border > room // 2 else room
        yield sentence[:at]
        sentence = sentence[at:]
    if sentence:
        yield sentence


def _room(text: str, longest: int) -> int:
    used = 0
    for at, character in enumerate(text):
        used += 2 if _HAN.match(character) else 1
        if used > longest:
            return max(1, at)
    return len(text)


def width(text: str) -> int:
    """Characters, Chinese ones counted twice: a rough measure of how much a text says that holds for both languages."""
    return len(text) + len(_HAN.findall(text))
