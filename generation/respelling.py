"""Puts right the names that a customer misspelt, so that a small model knows them again in the passage."""

from __future__ import annotations

import re

from rapidfuzz.distance import DamerauLevenshtein

from retrieval.entities import common_words
from retrieval.lexical import stem
from retrieval.passages import Passage

_ALIKE = 0.74  # "lmap" and "lamp": one swap of four letters
_SHORTEST = 4


def respelt(text: str, passage: Passage) -> str:
    """The text with words that are nearly a word of the passage's title or entity written as there; the first letter holds."""
    known = {word.lower(): word for word in re.findall(r"[A-Za-z]{4,}", f"{passage.title} {passage.entity or ''}")}

    def put(match: re.Match[str]) -> str:
        word = match[0].lower()
        if word in known or stem(word) in common_words():
            return match[0]
        alike = {name: DamerauLevenshtein.normalized_similarity(word, name) for name in known if name[0] == word[0]}
        near = max(alike, key=lambda name: alike[name], default="")
        return known[near] if alike.get(near, 0.0) >= _ALIKE else match[0]

    return re.sub(rf"[A-Za-z]{{{_SHORTEST},}}", put, text)
