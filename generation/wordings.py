"""How customers ask, far from the words of the entries that answer them, and what was said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from generation import facts
from retrieval.evaluation import read_knowledge, read_queries
from retrieval.passages import Passage
from retrieval.projection import read_classes
from retrieval.query import Utterance
from retrieval.samples import domain_of, kinds_of, read_openings, read_titles
from retrieval.shortlist import document_of


@dataclass(frozen=True, slots=True)
class Question:
    """A conversation that ends in a question, and the entry that answers it.

    ``beside`` are the other entries of the same business, those with the most words of the question first.
    """

    history: tuple[Utterance, ...]
    entry: Passage | None
    beside: tuple[Passage, ...]


def questions(knowledge: Path, queries: Path) -> list[Question]:
    """The English ones of two files in the form of ``frontdesk evaluate retrieval``; what none answers has no entry.

    Raises InputError where a file has another form.
    """
    passages = {passage.id: passage for passage in read_knowledge(knowledge) if passage.language == "en"}
    words = {identity: facts.plain(f"{p.title} {p.text}") for identity, p in passages.items()}
    found = []
    for query in read_queries(queries):
        right = next((passages[identity] for identity in sorted(query.relevant) if identity in passages), None)
        if query.relevant and right is None:
            continue
        asked = facts.plain(query.history[-1].text)
        beside = [
            passage
            for passage in passages.values()
            if passage.id not in query.relevant and (right is None or document_of(passage.id) == document_of(right.id))
        ]
        beside.sort(key=lambda passage: -len(asked & words[passage.id]))
        found.append(Question(tuple(query.history), right, tuple(beside[:_BESIDE])))
    return found


_BESIDE = 6


@dataclass(frozen=True, slots=True)
class Wordings:
    """The kinds of entries by id, questions by kind, and by domain the turns before them, where "{name}" is the place."""

    kinds: Mapping[str, str]
    questions: Mapping[str, Sequence[str]]
    openings: Mapping[str, Sequence[tuple[Utterance, Utterance]]]

    @classmethod
    def read(cls, passages: Sequence[Passage], kinds: Sequence[Path], openings: Path) -> Wordings:
        """For the passages of places. Raises InputError where a file has another form."""
        places = [p for p in passages if p.entity and p.kind != "product" and p.language == "en"]
        found = {p.id: kind for p, kind in zip(places, kinds_of(places, kinds), strict=True) if kind is not None}
        questions: dict[str, list[str]] = {}
        for path in kinds:
            titles = {title for title, _ in read_titles(path)}
            for text, kind in read_classes(path):
                if text not in titles:
                    questions.setdefault(kind, []).append(text)
        return cls(found, questions, read_openings(openings))

    def question(self, passage: Passage, random: Random) -> str | None:
        """One that the entry answers, None where its kind is not known."""
        asked = self.questions.get(self.kinds.get(passage.id, ""))
        return random.choice(asked) if asked else None

    def opening(self, passage: Passage, random: Random) -> list[Utterance]:
        """A customer's and an agent's turn that name the place; none where none are known for its domain."""
        opened = self.openings.get(domain_of(passage.id))
        turns = random.choice(opened) if opened else ()
        return [Utterance(turn.role, turn.text.replace("{name}", passage.entity or "")) for turn in turns]
