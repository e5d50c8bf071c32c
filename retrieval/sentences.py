"""Cuts text into sentences, English and Chinese, whole or as it streams in."""

from __future__ import annotations

import re

_NEVER_LAST = frozenset(
    ["mr", "mrs", "ms", "dr", "prof", "st", "no", "nos", "vs", "approx", "e.g", "i.e", "tel", "ext"]
)
_MAYBE_LAST = frozenset(["a.m", "p.m", "u.s", "u.k", "etc", "inc", "ltd", "co", "max", "min", "incl", "excl"])
# A Latin full stop ends a sentence only before white space; a Chinese one does at once.
_END = re.compile(r"[。！？!?…]+[”’」』》）)\"']*|\.+[\"')\]”’]*(?=\s)|[!?]+(?=\s)|\n+")
_LAST_WORD = re.compile(r"([\w.]+)\.+[\"')\]”’]*$")
_ORDINAL = re.compile(r"^\s*(?:\d{1,3}|[A-Za-z])\.$")


def split(text: str) -> list[str]:
    """Whole sentences with their white space, so that ``"".join(split(text)) == text``.

    Decimals, URLs, times ("9 a.m. to 5 p.m."), abbreviations and list numbers do not end a sentence.
    """
    pieces: list[str] = []
    start = 0
    for match in _END.finditer(text):
        end = match.end()
        if end <= start or not _ends(text, start, match):
            continue
        while end < len(text) and text[end] in "\r\n":
            end += 1
        pieces.append(text[start:end])
        start = end
    if start < len(text):
        rest = text[start:]
        if rest.strip() or not pieces:
            pieces.append(rest)
        else:
            pieces[-1] += rest
    return pieces


def sentences_of(text: str) -> list[str]:
    """The sentences of ``split`` without the white space around them, and without those that are nothing else."""
    return [sentence.strip() for sentence in split(text) if sentence.strip()]


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    mark = match.group()
    sentence = text[start : match.end()]
    if not sentence.strip():
        return False
    if mark[0] == "\n":
        return True
    if mark[0] in "!?":
        return match.end() == len(text) or not re.match(r"[A-Za-z0-9=&/]", text[match.end()])
    if mark[0] != ".":
        return True
    if _ORDINAL.match(sentence):
        return False
    following = text[match.end() :].lstrip()[:1]
    word = _LAST_WORD.search(sentence)
    if word is not None:
        last = word.group(1).lower()
        if last in _NEVER_LAST or (len(last) == 1 and last.isalpha() and last != "i"):
            return False
        if last in _MAYBE_LAST:
            return following.isupper()
    return not following.islower()


class SentenceStream:
    """Gathers a stream of text and gives back each sentence once it is whole."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, text: str) -> list[str]:
        """The sentences that ``text`` completed. The last one is held until something follows it."""
        self._rest += text
        pieces = split(self._rest)
        # A Latin stop may yet turn out to be a decimal or an abbreviation; a Chinese stop or a line end may not.
        keep = 0 if pieces and re.search(r"[。！？]\s*$|\n\s*$", pieces[-1]) else 1
        whole, held = pieces[: len(pieces) - keep], pieces[len(pieces) - keep :]
        self._rest = "".join(held)
        return [piece for piece in whole if piece]

    def flush(self) -> list[str]:
        """What is left when the stream has ended."""
        rest, self._rest = self._rest, ""
        return [rest] if rest.strip() else []
