"""Turns the bot's Markdown-like text into Telegram's HTML subset and splits it where Telegram's limit asks for it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from aiogram.types import MessageEntity

LIMIT = 4096  # UTF-16 units of a message after its entities are parsed

_FENCE = re.compile(r"```[\w+-]*\n?(.*?)```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_BULLET = re.compile(r"^(\s*)[-*+]\s+", re.MULTILINE)
_QUOTE = re.compile(r"(?:^&gt; ?.*(?:\n|$))+", re.MULTILINE)
_LINK = re.compile(r"\[([^\[\]\n]+)\]\((https?://[^\s()<>\"]+)\)")
_URL = re.compile(
    r"https?://[^\s\ue000\ue001，。；：！？、（）《》「」“”]*[^\s\ue000\ue001，。；：！？、（）《》「」“”*_~]"
)
_STYLES = (
    (re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*"), r"<b>\1</b>"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"<i>\1</i>"),
    (re.compile(r"(?<!\w)__(?=\S)([^_\n]+?)(?<=\S)__(?!\w)"), r"<u>\1</u>"),
    (re.compile(r"(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)"), r"<i>\1</i>"),
    (re.compile(r"~~(?=\S)([^~\n]+?)(?<=\S)~~"), r"<s>\1</s>"),
)
_HOLE = "\ue000{}\ue001"  # stands for a finished piece, so that no later rule looks inside
_HOLES = re.compile("\ue000(\\d+)\ue001")
_CROSSED = re.compile(r"<(/?)(\w+)")
_TOKEN = re.compile(r"<[^<>]+>|&(?:[a-z]+|#\d+);|.", re.DOTALL)
_SENTENCE_END = ".!?。！？；;"


def units(text: str) -> int:
    """The length of plain text as Telegram counts it: in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escape(text: str) -> str:
    """Plain text as Telegram HTML."""
    return html.escape(_whole(text), quote=False)


def to_html(text: str) -> str:
    """Bold, italics, underline, strike, code, links, quotes, headings and bullets as Telegram HTML.

    What is not well formed stays as it was written; the result is always well formed.
    """
    kept: list[str] = []

    def keep(piece: str) -> str:
        kept.append(piece)
        return _HOLE.format(len(kept) - 1)

    text = original = _whole(text).replace("\ue000", "").replace("\ue001", "")
    text = _FENCE.sub(lambda m: keep(f"<pre>{escape(m[1].rstrip())}</pre>") if m[1].strip() else m[0], text)
    text = escape(_CODE.sub(lambda m: keep(f"<code>{escape(m[1])}</code>"), text))
    text = _LINK.sub(lambda m: keep(f'<a href="{m[2]}">') + m[1] + keep("</a>"), text)
    text = _URL.sub(lambda m: keep(m[0]), text)
    text = _BULLET.sub(r"\1• ", text)
    styled = _HEADING.sub(lambda m: f"<b>{m[1].replace('**', '')}</b>", text)
    for pattern, mark in _STYLES:
        styled = pattern.sub(mark, styled)
    filled = _quotes(_HOLES.sub(lambda m: kept[int(m[1])], styled))
    return filled if _nested(filled) else escape(original)


def with_links(text: str, entities: Iterable[MessageEntity] | None) -> str:
    """The words with every link that hides under a label written out: "label (address)"."""
    counted = text.encode("utf-16-le", "surrogatepass")
    hidden = [entity for entity in entities or () if entity.type == "text_link"]
    for link in sorted(hidden, key=lambda entity: entity.offset, reverse=True):
        end = 2 * (link.offset + link.length)
        counted = counted[:end] + f" ({link.url})".encode("utf-16-le") + counted[end:]
    return counted.decode("utf-16-le", "surrogatepass")


def plain(markup: str) -> str:
    """The words of Telegram HTML, for a message that is sent without entities."""
    return html.unescape(re.sub(r"<[^<>]+>", "", markup))


def split(markup: str, limit: int = LIMIT) -> list[str]:
    """The pieces of Telegram HTML that fit ``limit`` UTF-16 units of words each, well formed one by one.

    Breaks at a paragraph where it can, else at a line, a sentence, a word, and only then inside a word; never inside
    a tag, an entity or a character.
    """
    pieces: list[str] = []
    piece = _Piece()
    for token in _TOKEN.findall(markup):
        size = _size(token)
        while size and piece.size + size > limit:
            head, piece = piece.cut()
            if plain(head).strip():
                pieces.append(head.strip())
        if size or token[0] == "<":
            piece.add(token, size)
    last = piece.closed().strip()
    if plain(last).strip():
        pieces.append(last)
    return pieces


@dataclass(slots=True)
class _Piece:
    """Tokens of one message so far; ``best`` is where it would best end: a rank and the number of tokens before."""

    tokens: list[str] = field(default_factory=list)
    size: int = 0
    best: tuple[int, int] = (0, 0)

    def add(self, token: str, size: int) -> None:
        self.tokens.append(token)
        self.size += size
        rank = self._rank(token)
        if rank and rank >= self.best[0]:
            self.best = (rank, len(self.tokens))

    def _rank(self, token: str) -> int:
        before = self.tokens[-2] if len(self.tokens) > 1 else ""
        if token == "\n":
            return 4 if before == "\n" else 3
        if token in _SENTENCE_END and (token > "\x7f"):
            return 2
        if token == " ":
            return 2 if before and before in _SENTENCE_END else 1
        return 0

    def cut(self) -> tuple[str, _Piece]:
        """What is sent now, and the piece that goes on with the same tags open."""
        rank, at = self.best
        if not rank or at < len(self.tokens) // 4:  # a break near the start would send crumbs
            at = len(self.tokens)
            while at > 1 and _joins(self.tokens[at - 1]):
                at -= 1
        head, rest = _Piece(self.tokens[:at]), self.tokens[at:]
        following = _Piece()
        for token in (*head.open(), *rest):
            following.add(token, _size(token))
        return head.closed(), following

    def open(self) -> list[str]:
        stack: list[str] = []
        for token in self.tokens:
            if token.startswith("</"):
                if stack:
                    stack.pop()
            elif token.startswith("<") and len(token) > 1:
                stack.append(token)
        return stack

    def closed(self) -> str:
        ends = [f"</{match[2]}>" for tag in reversed(self.open()) if (match := _CROSSED.match(tag))]
        return "".join((*self.tokens, *ends))


def _size(token: str) -> int:
    return 0 if len(token) > 1 and token[0] == "<" else units(html.unescape(token))


def _joins(token: str) -> bool:
    """Whether the character belongs to the one before it or after it (joiners, variation selectors, skin tones)."""
    return token in "\u200d\ufe0f\u20e3" or "\U0001f3fb" <= token <= "\U0001f3ff" or "\u0300" <= token <= "\u036f"


def _quotes(text: str) -> str:
    def block(match: re.Match[str]) -> str:
        words = "\n".join(line.removeprefix("&gt;").removeprefix(" ") for line in match[0].rstrip("\n").split("\n"))
        return f"<blockquote>{words}</blockquote>" + ("\n" if match[0].endswith("\n") else "")

    return _QUOTE.sub(block, text)


def _nested(markup: str) -> bool:
    """Whether every tag is closed in its order."""
    stack: list[str] = []
    for match in _CROSSED.finditer(markup):
        if not match[1]:
            stack.append(match[2])
        elif not stack or stack.pop() != match[2]:
            return False
    return not stack


def _whole(text: str) -> str:
    """Without halves of surrogate pairs and NUL, which Telegram refuses."""
    return re.sub(r"[\x00\ud800-\udfff]", "", text)
