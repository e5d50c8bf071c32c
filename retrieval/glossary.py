"""Brings the ways to write a Chinese word to the usual one, and says it in English, from a word list."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "weights"
WORDS = _FOLDER / "glossary.zh.txt"
"""``usual: forms | English`` a line, or ``kind > members``: what is said of the kind is said of its members too."""
TRADITIONAL = _FOLDER / "traditional.txt"
"""Pairs of a traditional character and its simplified one, from OpenCC's TSCharacters (Apache-2.0)."""


@dataclass(frozen=True, slots=True)
class Glossary:
    """``usual`` gives a form's usual word, ``lengths`` how long the forms are that begin with a character."""

    usual: dict[str, str]
    english: dict[str, str]
    lengths: dict[str, tuple[int, ...]]
    simplified: dict[int, str]
    kinds: dict[str, str]

    def pieces(self, text: str) -> list[tuple[str, bool]]:
        """The text in pieces, each with whether it is a usual word put in place of a form: the longest form wins.

        Forms of one character are left to ``single``, for they are mostly parts of other words. ``text`` is simplified
        and in small letters.
        """
        usual, lengths = self.usual, self.lengths
        found: list[tuple[str, bool]] = []
        at = begin = 0
        size = len(text)
        while at < size:
            for length in lengths.get(text[at], ()):
                form = text[at : at + length]
                word = usual.get(form)
                if word is not None and not (form.isascii() and _inside_a_word(text, at, at + length)):
                    if begin < at:
                        found.append((text[begin:at], False))
                    found.append((word, True))
                    at += length
                    begin = at
                    break
            else:
                at += 1
        if begin < size:
            found.append((text[begin:], False))
        return found

    def single(self, word: str) -> str:
        """The usual word of a word that stands alone."""
        return self.usual.get(word, word)

    def simplify(self, text: str) -> str:
        """The text in simplified characters."""
        return text.translate(self.simplified)


def _inside_a_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return (before.isascii() and before.isalnum()) or (after.isascii() and after.isalnum())


def read(path: Path = WORDS) -> Glossary:
    """The glossary of a file; a form that two lines hold belongs to the first."""
    usual: dict[str, str] = {}
    english: dict[str, str] = {}
    lines = [line for line in path.read_text("utf-8").splitlines() if ":" in line and not line.startswith("#")]
    split = [(line.partition(":")[0].strip(), line.partition(":")[2]) for line in lines]
    for word, _ in split:  # a usual word is never another's form
        usual.setdefault(word.lower(), word.lower())
    for word, rest in split:
        forms, _, said = rest.partition("|")
        english.setdefault(word.lower(), " ".join(said.split()))
        for form in forms.lower().split():
            usual.setdefault(form, word.lower())
    lengths: dict[str, set[int]] = {}
    for form in usual:
        if len(form) > 1:
            lengths.setdefault(form[0], set()).add(len(form))
    kinds: dict[str, str] = {}
    for kind, _, members in (line.partition(">") for line in path.read_text("utf-8").splitlines() if line[:1] != "#"):
        kinds |= dict.fromkeys(members.split(), kind.strip())
    pairs = TRADITIONAL.read_text("utf-8").split()
    return Glossary(
        usual,
        english,
        {first: tuple(sorted(held, reverse=True)) for first, held in lengths.items()},
        {ord(pair[0]): pair[1] for pair in pairs},
        kinds,
    )


@cache
def glossary() -> Glossary:
    """The shipped glossary."""
    return read()
