"""BM25 over passages: English words with light stemming, Chinese through jieba and character pairs."""

from __future__ import annotations

import logging
import re
import threading
import unicodedata
import warnings
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from retrieval.glossary import glossary

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[\u3400-\u4dbf\u4e00-\u9fff]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_STOP = """
a an the and or but if of at by for with about to from in on up is am are was were be been being have
has had do does did i me my we our you your it its he she they them their this that these those there
here what which who when where how why can could will would shall should may might must any some just so
than too very also please tell know like want need get let ok okay yes no not s t d ll ve re m im i'm
it's
的 了 吗 呢 吧 啊 我 你 您 他 她 它 们 我们 你们 是 在 有 和 与 就 都 也 很 想 要 请 请问 这 那 个 这个 那个 一下 可以 能 会 怎么 什么 多少 呀 的话
"""
STOP = frozenset(_STOP.split())


@cache
def _jieba() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

    jieba.setLogLevel(logging.WARNING)
    return jieba


_HISSING = re.compile(r"(?:[sc]h|ss|x|zz|[a-z]{3}o|^bus)es$")
"""A plural that takes "es": boxes, dishes, potatoes; of "bikes" and "shoes" only the "s" goes."""
_VOWEL = re.compile("[aeiouy]")
_ENDS_IN_Y = re.compile("..[^aeiou]y$")
_DOUBLED = re.compile(r"..([bdgmnprt])\1$")
_SHORT_E = re.compile(r"[b-df-hj-np-tv-z]+[aiou][bcdgklmnprstvz]$")
"""What "riding" leaves of "ride"; a verb that ends so without the "e" doubles its last letter ("fitting")."""


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A light English stem: plural, -ing, -ed and -ly off."""
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        if word.endswith("ies") and len(word) > 5:
            word = word[:-3] + "y"
        elif _HISSING.search(word):
            word = word[:-2]
        else:
            word = word[:-1]
    for ending in ("ing", "ed", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and _VOWEL.search(word, 0, len(word) - len(ending)):
            word = word[: -len(ending)]
            if ending != "ly":
                if len(word) > 3 and _DOUBLED.search(word):
                    word = word[:-1]
                elif len(word) <= 4 and _SHORT_E.fullmatch(word):
                    word += "e"
            break
    word = word[:-1] if word.endswith("e") and len(word) > 4 else word
    return f"{word[:-1]}i" if _ENDS_IN_Y.search(word) else word  # movie, movies; battery, batteries


_MOST_NOMINATED = 60_000
"""Documents that the words of one question may nominate together."""
_OPENING = re.compile(r"^(?:请问|我们?|你们|您|能不能|可不可以|可以|有没有|是不是|想|能|还|请|帮我|麻烦)+")
"""What a Chinese question begins with; cut together with the next character it would make a word that is none."""
_GLUE = frozenset("的了吗呢么吧啊可以在是有我你您们要想请问能会把被和与就都还也")


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The search words of a text, stop words left out; traditional spellings and widths are folded.

    Chinese words are brought to the usual one of the glossary, and to the kind they belong to.
    """
    text = _folded(text)
    if not _HAN.search(text):
        return tuple(_latin(text))
    found: list[str] = []
    for piece, usual in glossary().pieces(glossary().simplify(text)):
        if usual:
            found += _usual(piece)
            continue
        for run in _WORD.findall(piece):
            found += _cut(run) if _HAN.match(run) else _latin(run)
    return tuple(found)


def translation(text: str) -> str:
    """What the glossary can say of a Chinese text in English, with the Latin words it holds; "" where it knows none."""
    held = glossary()
    found: list[str] = []
    for piece, usual in held.pieces(held.simplify(_folded(text))):
        if usual:
            found.append(held.english.get(piece, ""))
            continue
        for run in _WORD.findall(piece):
            if _HAN.match(run):
                found += [held.english.get(held.single(word), "") for word in _jieba().cut(run)]
            else:
                found.append(run)
    return " ".join(dict.fromkeys(said for said in found if said))


def telling(terms: Sequence[str], lexical: Lexical, asking: Collection[str] = ()) -> tuple[str, ...]:
    """The words without what says nothing where no document holds it: a phrase whose parts some do hold, a lone
    character, and the words that only ask."""

    def says_nothing(term: str) -> bool:
        parts = [part for part in _usual(term) if part != term]
        return len(term) == 1 or term in asking or (bool(parts) and all(map(lexical.holds, parts)))

    return tuple(term for term in terms if not _HAN.match(term) or lexical.holds(term) or not says_nothing(term))


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", text[:20000]).lower()
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _latin(text: str) -> list[str]:
    return [stem(run.removesuffix("'s")) for run in _WORD.findall(text) if run not in STOP]


@lru_cache(maxsize=4096)
def _usual(word: str) -> tuple[str, ...]:
    """A usual word as search words: itself, its parts and the kind it belongs to."""
    if not _HAN.match(word):
        return tuple(_latin(word))
    found = [part for part in _jieba().cut_for_search(word) if part not in STOP]
    if word not in found and word not in STOP:
        found.append(word)
    kind = glossary().kinds.get(word)
    return (*found, kind) if kind and kind not in found else tuple(found)


@lru_cache(maxsize=65_536)  # records of a catalogue share most of their runs
def _cut(run: str) -> list[str]:
    """Words of a Chinese run, and the character pairs of long words and around single characters, for names."""
    found: list[str] = []
    single, kinds = glossary().single, glossary().kinds
    before = ""
    for word in _jieba().cut(_OPENING.sub("", run)):
        size = len(word)
        if before and (size == 1 or len(before) == 1):
            pair = before[-1] + word[0]
            if pair[0] not in _GLUE and pair[1] not in _GLUE:
                found.append(pair)
        before = word
        if size == 1 and (usual := single(word)) != word:
            found += _usual(usual)
        elif word not in STOP:
            found.append(word)
            if size > 2:
                found += [word[i : i + 2] for i in range(size - 1)]
            if word in kinds:
                found.append(kinds[word])
    return found


class Postings:
    """Which documents hold a word, and how much it counts in each: the columns of a sparse (documents, words) matrix."""

    def __init__(self, documents: Sequence[Iterable[str]]) -> None:
        self.vocabulary: dict[str, int] = {}
        rows, columns, counts = array("i"), array("i"), array("i")
        for row, document in enumerate(documents):
            for word, count in Counter(document).items():
                rows.append(row)
                columns.append(self.vocabulary.setdefault(word, len(self.vocabulary)))
                counts.append(count)
        self.size = len(documents)
        by_row, by_column = np.frombuffer(rows, dtype=np.int32), np.frombuffer(columns, dtype=np.int32)
        order = np.argsort(by_column, kind="stable")  # within a word, documents stay in ascending order
        self.rows: NDArray[np.int32] = by_row[order]
        self.columns: NDArray[np.int32] = by_column[order]
        self.values: NDArray[np.float32] = np.frombuffer(counts, dtype=np.int32)[order].astype(np.float32)
        self.starts = np.searchsorted(self.columns, np.arange(len(self.vocabulary) + 1))

    def frequency(self) -> NDArray[np.int64]:
        """(words,) documents that hold each word."""
        return np.diff(self.starts)

    def of(self, word: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The documents that hold a word, ascending, and its value in each."""
        column = self.vocabulary.get(word)
        if column is None:
            return self.rows[:0], self.values[:0]
        span = slice(self.starts[column], self.starts[column + 1])
        return self.rows[span], self.values[span]

    def at(self, word: str, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """(m,) the word's value in each of ``rows``, 0 where it is not held."""
        held, values = self.of(word)
        if not len(held):
            return np.zeros(len(rows), dtype=np.float32)
        place = np.minimum(np.searchsorted(held, rows), len(held) - 1)
        return np.where(held[place] == rows, values[place], np.float32(0.0))


class Lexical:
    """BM25 (k1 1.2, b 0.6; Robertson and Zaragoza 2009) over fixed documents."""

    def __init__(self, documents: Sequence[Iterable[str]]) -> None:
        self._postings = held = Postings(documents)
        n = held.size
        frequency = held.frequency()
        self.idf: NDArray[np.float32] = np.log1p((n - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        lengths = np.bincount(held.rows, weights=held.values, minlength=n)
        norm = 1.2 * (0.4 + 0.6 * lengths / max(1.0, float(lengths.mean()) if n else 1.0))
        held.values = (self.idf[held.columns] * held.values * 2.2 / (held.values + norm[held.rows])).astype(np.float32)
        self._unseen = float(np.log1p(n + 0.5))
        self._buffer = threading.local()

    def top(self, query: Sequence[str], k: int) -> NDArray[np.int64]:
        """The ``k`` best documents and a few more, ascending.

        In a large collection a word that most documents hold nominates none where a rarer word is asked for.
        """
        found = sorted((self._postings.of(word) for word in dict.fromkeys(query)), key=lambda held: len(held[0]))
        found = [held for held in found if len(held[0])]
        used: list[tuple[NDArray[np.int32], NDArray[np.float32]]] = []
        for held in found:
            if used and sum(len(rows) for rows, _ in used) + len(held[0]) > _MOST_NOMINATED:
                break
            used.append((held[0][:_MOST_NOMINATED], held[1][:_MOST_NOMINATED]))
        if not used:
            return np.zeros(0, dtype=np.int64)
        scores = self._scratch()
        for rows, values in used:
            scores[rows] += values
        touched = np.concatenate([rows for rows, _ in used])
        reached = scores[touched]
        scores[touched] = 0.0
        wide = min(len(touched), k * len(used))  # a document that holds two of the words is there twice
        return np.unique(touched[np.argpartition(-reached, wide - 1)[:wide]]).astype(np.int64)

    def scores(self, query: Sequence[str], rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """Scores of ``rows`` (of all without), divided by the greatest a document could reach: in [0, 1]."""
        at = np.arange(self._postings.size) if rows is None else rows
        result = np.zeros(len(at), dtype=np.float32)
        for word, count in Counter(query).items():
            result += count * self._postings.at(word, at)
        total = sum(self.weight(word) for word in query)
        return result / np.float32(2.2 * total) if total else result

    def holds(self, word: str) -> bool:
        """Whether any document holds the word."""
        return word in self._postings.vocabulary

    def resembles(self, word: str) -> bool:
        """Whether a longer Latin word is spelt nearly as one that a document holds."""
        known = self._postings.vocabulary
        return (
            word.isascii()
            and len(word) > 3
            and process.extractOne(word, known.keys(), scorer=fuzz.ratio, score_cutoff=80) is not None
        )

    def weight(self, word: str) -> float:
        """Inverse document frequency; words never seen weigh the most."""
        column = self._postings.vocabulary.get(word)
        return self._unseen if column is None else float(self.idf[column])

    def coverage(
        self, query: Sequence[str], rows: NDArray[np.int64], postings: Postings | None = None
    ) -> NDArray[np.float32]:
        """(m,) the share of the query's words, by weight, that each of ``rows`` holds: in [0, 1].

        ``postings`` of the same documents' titles, say, take the place of the whole documents'.
        """
        where = postings or self._postings
        total = sum(self.weight(word) for word in query)
        held = np.zeros(len(rows), dtype=np.float32)
        for word, count in Counter(query).items():
            held += count * self.weight(word) * (where.at(word, rows) > 0)
        return held / np.float32(total) if total else held

    def _scratch(self) -> NDArray[np.float32]:
        held: NDArray[np.float32] | None = getattr(self._buffer, "scores", None)
        if held is None:
            held = self._buffer.scores = np.zeros(self._postings.size, dtype=np.float32)
        return held
