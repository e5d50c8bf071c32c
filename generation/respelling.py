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
    """The text with words that are nearly a word of the entity's or product's name written as there; the first letter holds."""
    name = f"{passage.entity or ''} {passage.title if passage.kind == 'product' else ''}"
    known = {word.lower(): word for word in re.findall(rf"[A-Za-z]{{{_SHORTEST},}}", name)}
    stems = {stem(word) for word in known}

    def put(match: re.Match[str]) -> str:
        word = match[0].lower()
        if stem(word) in stems or stem(word) in common_words():
            return match[0]
        alike = {name: DamerauLevenshtein.normalized_similarity(word, name) for name in known if name[0] == word[0]}
        near = max(alike, key=lambda name: alike[name], default="")
        return known[near] if alike.get(near, 0.0) >= _ALIKE else match[0]

    return re.sub(rf"[A-Za-z]{{{_SHORTEST},}}", put, text)
