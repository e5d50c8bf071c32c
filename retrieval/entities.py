"""Finds who or what a customer is talking about: names, abbreviations and misspellings over the conversation."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from retrieval.lexical import words
from retrieval.passages import Passage
from retrieval.query import Utterance

_ORDINALS = {"first": 0, "1st": 0, "former": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "last": -1, "latter": -1}
_ORDINAL = re.compile(
    r"\b(first|1st|former|second|2nd|third|3rd|last|latter)(?:\s+(?:one|place|option|hotel|restaurant|product))?\b(?!\s+(?:time|day|night|name|week|month))",
    re.I,
)
_ORDINAL_ZH = re.compile(r"第([一二三123])(?:个|款|种|家)")
LOOK_BACK = 14
"""Turns of the conversation that are read for names."""


class Entities:
    """The names in the knowledge. A name's word weighs more the fewer other entities' passages use it."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.names: list[str] = list(dict.fromkeys(p.entity for p in passages if p.entity))
        number = {name: i for i, name in enumerate(self.names)}
        forms: dict[int, dict[tuple[str, ...], None]] = defaultdict(dict)
        seen: dict[str, set[int]] = defaultdict(set)
        general: dict[str, int] = defaultdict(int)
        for passage in passages:
            tokens = set(words(passage.title)) | set(words(passage.text[:600]))
            if passage.entity is None:
                for token in tokens:
                    general[token] += 1
                continue
            entity = number[passage.entity]
            for form in (passage.entity, *passage.aliases):
                if split := words(form):
                    forms[entity][split] = None
            for token in tokens:
                seen[token].add(entity)
        self._postings: dict[str, set[int]] = defaultdict(set)
        for entity, found in forms.items():
            for form in found:
                for token in form:
                    self._postings[token].add(entity)
        self._forms = {entity: list(found) for entity, found in forms.items()}
        total = len(self.names) + 1
        self._weight = {
            token: math.log((total + 1) / (1 + len(seen[token] | holders) + min(general[token], total - 1) * 0.5)) + 0.05
            for token, holders in self._postings.items()
        }
        self._enough = 0.24 * math.log(total + 1)  # the weight of words that is taken for a mention
        self._unique = {
            token
            for token, holders in self._postings.items()
            if len(seen[token] | holders) == 1 and not general[token] and len(token) >= 4
        }
        self._vocabulary = [token for token in self._postings if len(token) >= 4]
        self.mentions = lru_cache(maxsize=8192)(self._mentions)

    def _mentions(self, text: str) -> tuple[tuple[int, float, int], ...]:
        """(entity, how much of its name is said in [0, 1], position of the first word) of each entity in a text."""
        tokens = words(text[:4000])
        matched: dict[str, tuple[float, int]] = {}
        for position, token in enumerate(dict.fromkeys(tokens)):
            for known, strength in self._known(token):
                if strength > matched.get(known, (0.0, 0))[0]:
                    matched[known] = (strength, position)
        candidates = {e for known in matched for e in self._postings[known] if self._weight[known] > 0.4}
        found: list[tuple[int, float, int]] = []
        for entity in candidates:
            best, where = 0.0, 0
            for form in self._forms[entity]:
                total = sum(self._weight[t] for t in form)
                said = sum(self._weight[t] * matched[t][0] for t in form if t in matched)
                share = said / total * min(1.0, said / self._enough)
                if any(t in self._unique and matched.get(t, (0.0,))[0] > 0.75 for t in form):
                    share += 0.5 * (1.0 - share)  # a word that no other name and no other entry uses
                if share > best:
                    best, where = share, min(matched[t][1] for t in form if t in matched)
            if best >= 0.3:
                found.append((entity, best, where))
        return tuple(sorted(found, key=lambda item: -item[1])[:40])

    def _known(self, token: str) -> list[tuple[str, float]]:
        found = [(token, 1.0)] if token in self._postings else []
        if len(token) >= 4 and not found:
            near = process.extract(token, self._vocabulary, scorer=fuzz.ratio, score_cutoff=78, limit=4)
            found += [(known, (score / 100) ** 2) for known, score, _ in near if known[0] == token[0] or score > 88]
        return found

    def resolve(self, history: Sequence[Utterance]) -> dict[int, float]:
        """A score in (0, about 1.5] for each entity spoken of; the most recent and fullest mention wins."""
        scores: dict[int, float] = defaultdict(float)
        recent = list(history)[-LOOK_BACK:][::-1]
        for age, utterance in enumerate(recent):
            decay = 0.84**age
            for entity, share, _ in self.mentions(utterance.text):
                value = share * decay
                high, low = max(scores[entity], value), min(scores[entity], value)
                scores[entity] = high + 0.15 * low
        if recent and (chosen := self._ordinal(recent)) is not None:
            scores[chosen] = max(scores[chosen], 1.1)
        return dict(scores)

    def _ordinal(self, recent: Sequence[Utterance]) -> int | None:
        """The entity meant by "the second one" of the agent's latest list."""
        text = recent[0].text
        if (said := _ORDINAL.search(text)) is not None:
            index = _ORDINALS[said[1].lower()]
        elif (said := _ORDINAL_ZH.search(text)) is not None:
            index = "一二三123".index(said[1]) % 3
        else:
            return None
        for utterance in recent[1:5]:
            if utterance.role == "agent":
                listed = [e for e, share, at in sorted(self.mentions(utterance.text), key=lambda m: m[2]) if share > 0.75]
                if len(listed) >= 2:
                    return listed[index] if -1 <= index < len(listed) else None
        return None
