"""Finds who or what a customer is talking about: names, abbreviations and misspellings over the conversation."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz, process

from retrieval.lexical import stem, words
from retrieval.passages import Passage
from retrieval.query import Utterance

_READ = 600  # characters of a passage: further down, catalogues list what else there is
LOOK_BACK = 14
"""Turns of the conversation that are read for names."""
_DECAY = 0.84  # of a mention's weight, for each turn that has passed since
_CONTEXT = 0.9  # of what was said around a name, when the last turn takes it up ("back to the wings")
_NAMED = 0.5
_STEPS_BACK = 0.75
_PLACE = 0.6  # "near Union Square" speaks of something else
_COMMON = Path(__file__).parent / "weights" / "common_words.txt"
_ORDINALS = {"first": 0, "1st": 0, "former": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "last": -1, "latter": -1}
_ORDINAL = re.compile(
    r"\b(first|1st|former|second|2nd|third|3rd|last|latter)(?:\s+(?:one|place|option|hotel|restaurant|product)|(?=\s*(?:[?.!,]|$)))\b",
    re.I,
)
_ORDINAL_ZH = re.compile(r"第([一二三123])(?:个|款|种|家)")
_AROUND = re.compile(
    r"(?:\b(?:near|around|opposite|towards?|than|off|from|beside|behind|visit(?:ed)?|close to|next to|away from|corner from)\s+(?:the\s+)?|附近的?|离)$",
    re.I,
)
_FIGURE_NAMES = re.compile(
    r"(?:^|\b(?:the|or|and|vs|versus|than|between)\s+|[那这款])(\d+)(?=\s*(?:$|[?!.,;，。？！、]|(?:or|and|vs|versus|one|then|pls|please)\b|那|这|的|呢|吗|和|还|款|号))",
    re.I,
)
"""A figure that can name something by itself ("and the 16?"); one of an amount does not ("£20 an hour", "20 days")."""
_SENTENCE = re.compile(r"(?<=[a-z]{3}[.!?])\s+(?=[A-Z])")
_STOP = (".",) * 8  # stand between sentences: "Sounds good. Does this hotel ...?" does not name the Good Hotel
_CAPITAL = re.compile(r"(?<=[^.!?\s])\s+[\"'(]?([A-Z][\w']+)")


class Mention(NamedTuple):
    """``share`` in [0, 1] of the entity's name was said, its first word at ``position`` (counted in words)."""

    entity: int
    share: float
    position: int


class Entities:
    """The names in the knowledge. A name's word weighs more the fewer other entities' passages use it."""

    def __init__(self, passages: Sequence[Passage], tokens: Sequence[Collection[str]] | None = None) -> None:
        """``tokens`` are the search words of each passage's title and text, where the caller has them already."""
        self.names: list[str] = list(dict.fromkeys(p.entity for p in passages if p.entity))
        number = {name: i for i, name in enumerate(self.names)}
        forms: dict[int, dict[tuple[str, ...], None]] = defaultdict(dict)
        seen: dict[str, set[int]] = defaultdict(set)
        general: dict[str, int] = defaultdict(int)
        for row, passage in enumerate(passages):
            if tokens is not None and len(passage.text) <= _READ:
                used = set(tokens[row])
            else:
                used = {*words(passage.title), *words(passage.text[:_READ])}
            if passage.entity is None:
                for token in used:
                    general[token] += 1
                continue
            entity = number[passage.entity]
            for form in (passage.entity, *passage.aliases):
                if split := words(form):
                    forms[entity][split] = None
            for token in used:
                seen[token].add(entity)
        self._forms = {entity: list(found) for entity, found in forms.items()}
        self._postings: dict[str, set[int]] = defaultdict(set)
        self._joined: dict[str, tuple[str, ...]] = {}
        for entity, found in forms.items():
            for split in found:
                for word in split:
                    self._postings[word].add(entity)
                if 2 <= len(split) <= 3:
                    self._joined["".join(split)] = split
        total = len(self.names) + 1
        self._weight = {
            token: math.log((total + 1) / (1 + len(seen[token] | holders) + min(general[token], total - 1) * 0.5))
            + 0.05
            for token, holders in self._postings.items()
        }
        self._rare = 0.45 * math.log(total + 1)
        self._enough = 0.24 * math.log(total + 1)  # the weight of words that is taken for a mention
        self._unique = {
            token
            for token, holders in self._postings.items()
            if len(seen[token] | holders) == 1 and not general[token] and len(token) >= 4
        }
        self._spoken = {token for token, holders in seen.items() if len(holders) > 2} | set(general) | common_words()
        self._vocabulary = [token for token in self._postings if len(token) >= 4]
        self.mentions = lru_cache(maxsize=8192)(self._mentions)

    def _mentions(self, text: str) -> tuple[Mention, ...]:
        """The entities named in a text, surest first."""
        said: dict[str, list[tuple[int, float]]] = defaultdict(list)
        tokens = _tokens(text[:4000])[:600]
        capital = {stem(word.lower().removesuffix("'s")) for word in _CAPITAL.findall(text)}
        for position, token in enumerate(tokens):
            for known, strength in self._known(token):
                said[known].append((position, strength))
            pair = token + tokens[position + 1] if position + 1 < len(tokens) else ""
            if pair in self._postings:  # "star belly"
                said[pair].append((position, 1.0))
        candidates = {e for known in said for e in self._postings[known] if self._weight[known] > 0.4}
        found: list[tuple[int, float, int, frozenset[int]]] = []
        for entity in candidates:
            best = max((self._said(form, said, capital) for form in self._forms[entity]), key=lambda item: item[0])
            if best[0] >= 0.2:
                found.append((entity, best[0], min(best[1]), best[1]))
        found.sort(key=lambda item: (-len(item[3]), -item[1]))
        around = _places(text, tokens)
        naming = {stem(said[1]) for said in _FIGURE_NAMES.finditer(text)}
        amounts = {at for at, token in enumerate(tokens) if token.isdigit() and token not in naming}
        found = [each for each in found if not each[3] <= amounts]
        kept: list[Mention] = []
        for i, (entity, share, where, places) in enumerate(found[:60]):
            inside = any(places < longer for *_, longer in found[:i])  # Union Square in "Hilton Parc 55 Union Square"
            share *= 0.6 if inside else 1.0
            kept.append(Mention(entity, share * _PLACE if where in around else share, where))
        return tuple(sorted(kept, key=lambda mention: -mention.share)[:40])

    def _said(
        self, form: tuple[str, ...], said: dict[str, list[tuple[int, float]]], capital: set[str]
    ) -> tuple[float, frozenset[int]]:
        """The share of a name's weight said close together, and at which positions."""
        places = sorted((at, token, strength) for token in dict.fromkeys(form) for at, strength in said.get(token, ()))
        total = sum(self._weight[token] for token in dict.fromkeys(form))  # a set's order would differ by run
        best, where = 0.0, frozenset[int]()
        for i, (start, *_) in enumerate(places):
            window: dict[str, tuple[float, int]] = {}
            for at, token, strength in places[i:]:
                if at - start > len(form):
                    break
                if strength > window.get(token, (0.0, 0))[0]:
                    window[token] = (strength, at)
            weight = sum(self._weight[token] * strength for token, (strength, _) in window.items())
            share = weight / total * min(1.0, weight / self._enough)
            plain = all(token in common_words() and token not in capital for token in window)
            if not plain and any(token in self._unique and held > 0.75 for token, (held, _) in window.items()):
                share += 0.5 * (1.0 - share)  # a word that no other name and no other entry uses
            if len(window) < len(set(form)) and all(self._weight[token] < self._rare for token in window):
                share *= 0.4  # "your hotel" names no "Good Hotel"
            if plain and (len(window) < len(set(form)) or len(form) == 1):
                share *= 0.4  # "an early bird" names no "The Bird"
            if share > best:
                best, where = share, frozenset(at for _, at in window.values())
        return best, where

    def _known(self, token: str) -> list[tuple[str, float]]:
        if token in self._postings:
            return [(token, 1.0)]
        if token in self._joined:  # "kungfood"
            return [(part, 1.0) for part in self._joined[token]]
        if len(token) < 4 or token in self._spoken:
            return []
        near = process.extract(token, self._vocabulary, scorer=fuzz.ratio, score_cutoff=76, limit=4)
        return [(known, (score / 100) ** 1.5) for known, score, _ in near if known[0] == token[0] or score > 85]

    def resolve(self, history: Sequence[Utterance]) -> dict[int, float]:
        """A score in (0, about 1.5] for each entity spoken of; the most recent and fullest mention wins.

        A name whose surroundings the last turn takes up ("back to the hotel", "the Indian place") gains.
        """
        scores: dict[int, float] = defaultdict(float)
        recent = list(history)[-LOOK_BACK:][::-1]
        context: dict[int, set[str]] = defaultdict(set)
        for age, utterance in enumerate(recent):
            decay = _DECAY**age
            if utterance.role == "customer" and (chosen := self._ordinal(recent[age:])) is not None:
                scores[chosen] = max(scores[chosen], 1.1 * decay)
            for entity, share, _ in self.mentions(utterance.text):
                value = share * decay
                high, low = max(scores[entity], value), min(scores[entity], value)
                scores[entity] = high + 0.15 * low
                if age and share > 0.5:
                    context[entity] |= self._surroundings(recent, age, entity)
        self._turn_to(recent[:1], scores)
        if recent and len(context) > 1:
            self._take_up(set(words(recent[0].text)), context, scores)
        return dict(scores)

    def _turn_to(self, last: Sequence[Utterance], scores: dict[int, float]) -> None:
        """What was spoken of before steps back where the last turn names another: "and the tourer?" after a full name."""
        named = {mention.entity: mention.share for turn in last for mention in self.mentions(turn.text)}
        if max(named.values(), default=0.0) >= _NAMED:
            for entity in scores.keys() - named.keys():
                scores[entity] *= _STEPS_BACK

    def _surroundings(self, recent: Sequence[Utterance], age: int, entity: int) -> set[str]:
        """Words of the sentence that names an entity and, where the agent proposed it, of the customer's wish before."""
        name = {word for form in self._forms[entity] for word in form}
        near: set[str] = set()
        for sentence in re.split(r"(?<=[.!?。！？])\s*", recent[age].text):
            held = set(words(sentence))
            if held & name:
                near |= held
        if recent[age].role == "agent" and age + 1 < len(recent):
            near |= set(words(recent[age + 1].text))
        return near | name

    def _take_up(self, last: set[str], context: dict[int, set[str]], scores: dict[int, float]) -> None:
        """Adds to each entity what of the last turn was said around it and around few others."""
        shared = {
            word: sum(word in near for near in context.values())
            for word in sorted(set().union(*context.values()) & last)
        }
        for entity, near in context.items():
            gain = sum(1.0 / count for word, count in shared.items() if word in near and count < len(context))
            scores[entity] += _CONTEXT * min(1.0, 0.35 * gain)

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
                listed = [m.entity for m in sorted(self.mentions(utterance.text), key=_position) if m.share > 0.7]
                if len(listed) >= 2:
                    return listed[index] if -1 <= index < len(listed) else None
        return None


def _position(mention: Mention) -> int:
    return mention.position


def _tokens(text: str) -> list[str]:
    """The search words of a text, with a gap between sentences."""
    first, *others = _SENTENCE.split(text)
    return [*words(first), *(token for part in others for token in (*_STOP, *words(part)))]


def _places(text: str, tokens: Sequence[str]) -> set[int]:
    """Positions of words that follow "near", "than" and the like."""
    found: set[int] = set()
    for match in re.finditer(r"\S+", text[:4000]):
        if _AROUND.search(text[max(0, match.start() - 24) : match.start()]) and (split := words(match[0])):
            before = len(_tokens(text[: match.start()]))
            if before < len(tokens) and tokens[before] == split[0]:
                found.add(before)
    return found


@cache
def common_words() -> frozenset[str]:
    """Stems of words that people use when they name nothing."""
    return frozenset(map(stem, _COMMON.read_text("utf-8").split()))
