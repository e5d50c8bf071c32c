"""Questions with texts to choose from, which the reranker learns from: of FAQ files, shops' talks, classes of texts, and places."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval import ranking
from retrieval.context import following
from retrieval.embedding import Embedder
from retrieval.errors import InputError
from retrieval.evaluation import Query, read_knowledge, read_passages, read_queries
from retrieval.library import Library, embed, nameless
from retrieval.multilingual import multilingual
from retrieval.passages import Language, Passage
from retrieval.projection import read_classes, rows_of
from retrieval.query import Utterance
from retrieval.reranker import before_of, question_of, text_of
from retrieval.retriever import question_language
from retrieval.sentences import split
from retrieval.shortlist import document_of
from retrieval.smalltalk import small_talk

LISTED = 5
"""Texts of a sample at most."""
_NEAREST = 14
_RANKED, _FIRST = 24, 3
"""Passages of the ranking that a talk's wrong ones are drawn from, and how much oftener its first than its later ones."""
_NONE = 0.15
"""The share of the lists from classes and places that hold no right text."""
_OF_A_KIND = 0.75
"""How similar an entry's title must be to a kind's; of fewer it is not known what they answer."""
BESIDE_TALKS, _SENTENCES = 0.35, 0.6
"""The questions of the FAQ that are drawn beside talks, by their turns, and the share of the talks' sentences."""
_UNINTRODUCED = 0.3
"""The share of the questions about places before which nothing was said."""


@dataclass(frozen=True, slots=True)
class Sample:
    """(question, text) to choose from; the first is right where ``answered``."""

    pairs: Sequence[tuple[str, str]]
    answered: bool


@dataclass(frozen=True, slots=True)
class Faq:
    """Questions to the entries of one file: ``near`` (queries, passages) are entries by likeness, best first."""

    queries: Sequence[Query]
    passages: Sequence[Passage]
    right: Sequence[Sequence[int]]
    near: NDArray[np.int64]

    @classmethod
    def read(cls, knowledge: Path, queries: Path, *, following_only: bool = False, only: Language | None = None) -> Faq:
        """Of all queries, or of those with turns before the question, in ``only`` one language where it is named.

        Raises InputError where a file has another form.
        """
        passages, asked = read_knowledge(knowledge), _spoken_in(only, read_queries(queries))
        if following_only:
            asked = [query for query in asked if len(query.history) > 1]
        reader = multilingual()
        held = reader.passages([p.title for p in passages]) + reader.passages([f"{p.title} {p.text}" for p in passages])
        turns = reader.passages([following("customer", q.history, q.history[-1].text) for q in asked])
        row = {passage.id: i for i, passage in enumerate(passages)}
        return cls(
            asked,
            passages,
            [sorted(row[r] for r in query.relevant if r in row) for query in asked],
            np.argsort(-(turns @ held.T), axis=1, kind="stable"),
        )

    def samples(self, random: np.random.Generator) -> list[Sample]:
        """One of each question, its wrong entries drawn anew."""
        made = []
        for query, right, near in zip(self.queries, self.right, self.near, strict=True):
            others = [i for i in near[:_NEAREST].tolist() if i not in right]
            wrong = random.choice(others, min(len(others), LISTED - 1), replace=False).tolist()
            first = [int(random.choice(right))] if right else []
            listed = [self.passages[i] for i in [*first, *wrong]]
            asked = question_of(query.history)
            made.append(Sample([(asked, text_of(passage)) for passage in listed], bool(right)))
        return made


@dataclass(frozen=True, slots=True)
class Talks:
    """Conversations with one shop: of each turn that asks for something what is read of it, and passages' texts.

    ``right`` are those of the passages that answer it, ``wrong`` those of the others that the ranking puts first, best first.
    ``sentences`` are those of one passage, the one that tells it first.
    """

    asked: Sequence[str]
    right: Sequence[Sequence[str]]
    wrong: Sequence[Sequence[str]]
    sentences: Sequence[tuple[str, Sequence[str]]]

    @classmethod
    def read(cls, folder: Path, embedder: Embedder, *, only: Language | None = None) -> Talks:
        """Of a folder with ``knowledge``, a shop's files, and ``talks.jsonl``, of which the turns in ``only`` one language where it is named.

        Raises InputError where one has another form.
        """
        passages = read_passages(folder / "knowledge")
        library = Library(passages, embed(passages, embedder))
        asked, right, wrong, sentences = [], [], [], []
        for query in _spoken_in(only, read_queries(folder / "talks.jsonl")):
            if small_talk(query.history[-1].text) is not None:
                continue
            language = question_language(query.history)
            turns = library.meant(query.history, language).history
            found = library.candidates(turns, embedder, language)
            order = ranking.judge(found, language)[0]
            ranked = [library.passages[int(found.rows[place])] for place in order[:_RANKED]]
            fits = [passage for passage in passages if passage.id in query.relevant]
            own = [passage for passage in fits if passage.language == language] or fits
            asked.append(question_of(turns, library.spoken_of(found, language)))
            right.append([text_of(passage) for passage in own])
            wrong.append([text_of(passage) for passage in ranked if passage.id not in query.relevant])
            if told := next((passage for passage in own if query.sentence and query.sentence in passage.text), None):
                others = [part for part in map(str.strip, split(told.text)) if part and part != query.sentence]
                parts = [text_of(replace(told, text=part)) for part in (query.sentence, *others)]
                sentences.append((question_of(query.history, told.title if told.kind == "product" else None), parts))
        return cls(asked, right, wrong, sentences)

    def samples(self, random: np.random.Generator) -> list[Sample]:
        """One of each turn, its wrong passages drawn anew, those that the ranking puts first oftener; and a share of the sentences."""
        made = []
        for asked, right, wrong in zip(self.asked, self.right, self.wrong, strict=True):
            weights = 1 / (_FIRST + np.arange(len(wrong)))
            count = min(len(wrong), LISTED - 1)
            drawn = random.choice(len(wrong), count, replace=False, p=weights / weights.sum()) if count else ()
            first = [str(random.choice(right))] if right else []
            texts = (*first, *(wrong[int(i)] for i in drawn))
            made.append(Sample([(asked, text) for text in texts], bool(right)))
        for place in random.permutation(len(self.sentences))[: int(len(self.sentences) * _SENTENCES)]:
            asked, (told, *others) = self.sentences[place]
            some = [others[i] for i in random.permutation(len(others))[:LISTED]]
            made.append(Sample([(asked, text) for text in (told, *some)], True))
        return made


@dataclass(frozen=True, slots=True)
class Classes:
    """Texts by class, and of each class the nearest others, (classes, at most 15)."""

    texts: Sequence[Sequence[str]]
    near: NDArray[np.int64]

    @classmethod
    def read(cls, path: Path) -> Classes:
        """Raises InputError where the file has another form."""
        pairs = read_classes(path)
        groups = rows_of([label for _, label in pairs])
        texts = [[pairs[row][0] for row in rows] for rows in groups if len(rows) > 1]
        means = np.stack([multilingual().passages(held[:20]).mean(axis=0) for held in texts])
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        alike = means @ means.T
        np.fill_diagonal(alike, -np.inf)
        return cls(texts, np.argsort(-alike, axis=1, kind="stable")[:, : min(15, len(texts) - 1)])

    def samples(self, count: int, random: np.random.Generator) -> list[Sample]:
        return [self._sample(random) for _ in range(count)]

    def _sample(self, random: np.random.Generator) -> Sample:
        own = int(random.integers(len(self.texts)))
        question, right = random.choice(len(self.texts[own]), 2, replace=False).tolist()
        near = self.near[own]
        others = random.choice(near, min(len(near), LISTED - 1), replace=False).tolist()
        wrong = [self.texts[other][int(random.integers(len(self.texts[other])))] for other in others]
        answered = bool(random.random() >= _NONE)
        first = [self.texts[own][right]] if answered else []
        return Sample([(self.texts[own][question], text) for text in [*first, *wrong]], answered)


@dataclass(frozen=True, slots=True)
class Places:
    """Entries about places, each with its kind, and how people ask for the kinds of questions that they answer."""

    entries: Sequence[Sequence[tuple[str, str]]]
    """Of each place (text, kind)."""
    openings: Sequence[Sequence[str]]
    """Of each place, what was said before, as ``before_of`` puts it."""
    wordings: Mapping[str, Sequence[str]]

    @classmethod
    def read(cls, knowledge: Path, kinds: Sequence[Path], openings: Path, without: Sequence[Path] = ()) -> Places:
        """Of places that no query of ``without`` is about. An entry's kind is the one with the most similar title.

        Raises InputError where a file has another form.
        """
        asked = {document_of(passage) for path in without for query in read_queries(path) for passage in query.relevant}
        passages = [p for p in read_knowledge(knowledge) if p.entity and document_of(p.id) not in asked]
        held: dict[str, list[tuple[str, str]]] = {}
        names: dict[str, str] = {}
        for passage, kind in zip(passages, kinds_of(passages, kinds), strict=True):
            if kind is not None:
                place = document_of(passage.id)
                held.setdefault(place, []).append((text_of(passage), kind))
                names[place] = passage.entity or ""
        wordings: dict[str, list[str]] = {}
        for path in kinds:
            for text, label in read_classes(path):
                wordings.setdefault(label, []).append(text)
        said = {
            domain: [before_of(customer.text, agent.text) for customer, agent in opened]
            for domain, opened in read_openings(openings).items()
        }
        places = [place for place, entries in held.items() if len({kind for _, kind in entries}) > 1]
        return cls(
            [held[place] for place in places],
            [[t.replace("{name}", names[place]) for t in said.get(domain_of(place), [""])] for place in places],
            wordings,
        )

    def samples(self, count: int, random: np.random.Generator) -> list[Sample]:
        """Of places drawn by their entries, since more can be mistaken where there are many."""
        sizes = np.array([len(entries) for entries in self.entries])
        return [self._sample(int(place), random) for place in random.choice(len(sizes), count, p=sizes / sizes.sum())]

    def _sample(self, place: int, random: np.random.Generator) -> Sample:
        entries = self.entries[place]
        text, kind = entries[int(random.integers(len(entries)))]
        others = [other for other, its in entries if its != kind]
        wrong = [others[i] for i in random.permutation(len(others))[: LISTED - 1]]
        question = str(random.choice(self.wordings[kind]))
        if random.random() >= _UNINTRODUCED:
            question += str(random.choice(self.openings[place]))
        answered = bool(random.random() >= _NONE)
        return Sample([(question, other) for other in ([text, *wrong] if answered else wrong)], answered)


def kinds_of(passages: Sequence[Passage], kinds: Sequence[Path]) -> list[str | None]:
    """The kind of each entry, which is that of the most similar title; None where no title is similar. Raises InputError."""
    titles = [(title, label) for path in kinds for title, label in read_titles(path)]
    reader = multilingual()
    bare = [nameless(passage.title, passage.entity) for passage in passages]
    alike = reader.passages(bare) @ reader.passages([title for title, _ in titles]).T
    return [titles[int(row.argmax())][1] if row.max() >= _OF_A_KIND else None for row in alike]


def _spoken_in(language: Language | None, queries: Sequence[Query]) -> list[Query]:
    return [query for query in queries if language is None or question_language(query.history) == language]


def domain_of(identity: str) -> str:
    """The domain in the id of an entry or a place: hotel of hotel__110052__12."""
    return identity.partition("__")[0]


def read_titles(path: Path) -> list[tuple[str, str]]:
    """(title, kind) of a file of kinds. Raises InputError where it has another form."""
    try:
        kinds = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return [(title.replace("{name}", "the place"), kind["kind"]) for kind in kinds for title in kind["titles"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"holds no kinds ({error})", 'a line is {"kind", "titles", "texts"}', path=path) from error


def read_openings(path: Path) -> dict[str, list[tuple[Utterance, Utterance]]]:
    """By domain, what was said before the question, with "{name}" for the place. Raises InputError."""
    found: dict[str, list[tuple[Utterance, Utterance]]] = {}
    try:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            said = Utterance("customer", row["customer"]), Utterance("agent", row["agent"])
            found.setdefault(row["domain"], []).append(said)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"holds no openings ({error})", 'a line is {"domain", "customer", "agent"}', path=path
        ) from error
    return found


@dataclass(slots=True)
class Sets:
    """All that is learnt from. A round holds every question of the FAQ once, and of classes and places a share of their number.

    Where there are talks it holds every turn of theirs once, and of the questions of the FAQ ``beside`` times as many.
    """

    faq: Sequence[Faq]
    classes: Sequence[tuple[Classes | Places, float]]
    random: np.random.Generator
    talks: Sequence[Talks] = ()
    beside: float = BESIDE_TALKS
    _waiting: list[Sample] = field(default_factory=list)

    def draw(self, count: int) -> list[Sample]:
        while len(self._waiting) < count:
            made = [sample for faq in self.faq for sample in faq.samples(self.random)]
            if talked := [sample for talks in self.talks for sample in talks.samples(self.random)]:
                beside = self.random.permutation(len(made))[: int(len(talked) * self.beside)]
                made = [made[i] for i in beside] + talked
            asked = max(len(made), 1000)
            for classes, weight in self.classes:
                made += classes.samples(int(asked * weight), self.random)
            self._waiting += [made[i] for i in self.random.permutation(len(made))]
        drawn, self._waiting = self._waiting[:count], self._waiting[count:]
        return drawn
