"""Puts right what a customer mistyped, by the words of the knowledge."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from retrieval.entities import common_words
from retrieval.lexical import stem
from retrieval.query import Utterance

_SHORTEST, _LONG = 5, 8
"""Letters from which a word is put right where one letter is wrong, and from which two may be."""
_ENGLISH = re.compile(rf"(?<![\w'’@/.-])[A-Za-z]{{{_SHORTEST},24}}(?![\w'’@/-]|\.\w)")
_READ = 1000
"""Characters of a turn whose words are looked at."""


class Spelling:
    """Knows the words of some texts, and how often each is used there."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._used = Counter(word.lower() for text in texts for word in re.findall(r"[A-Za-z]{3,}", text))
        self._stems = {stem(word) for word in self._used}
        self._choices = [word for word in self._used if len(word) >= _SHORTEST]
        _english()  # now, and not while the first customer waits
        self._right = lru_cache(maxsize=8192)(self._nearest)

    def corrected(self, history: Sequence[Utterance]) -> list[Utterance]:
        """The turns, the customer's with the words that are none replaced by the nearest of the knowledge that begins alike."""
        return [
            Utterance(turn.role, self._put_right(turn.text)) if turn.role == "customer" else turn for turn in history
        ]

    def _put_right(self, text: str) -> str:
        return _ENGLISH.sub(lambda found: self._right(found[0].lower()) or found[0], text[:_READ]) + text[_READ:]

    def _nearest(self, word: str) -> str | None:
        if stem(word) in self._stems or stem(word) in common_words() or word in _english():
            return None
        most = 2 if len(word) >= _LONG else 1
        near = process.extract(word, self._choices, scorer=DamerauLevenshtein.distance, score_cutoff=most, limit=20)
        alike = [(distance, -self._used[known], known) for known, distance, _ in near if known[0] == word[0]]
        return min(alike)[2] if alike else None


@cache
def _english() -> frozenset[str]:
    """Words that are spelt right though the knowledge holds none of them."""
    from spellchecker import SpellChecker

    return frozenset(SpellChecker(language="en").word_frequency.words())
