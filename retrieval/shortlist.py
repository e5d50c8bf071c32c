"""Orders a handful of passages that came without an index, such as those of an evaluation file, for a conversation."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from retrieval.context import contextual
from retrieval.embedding import Embedder
from retrieval.lexical import words
from retrieval.library import Library, embed
from retrieval.names import mentioned, names
from retrieval.passages import Hit, Passage
from retrieval.projection import project
from retrieval.query import Utterance
from retrieval.reranker import Reranker
from retrieval.rereading import judge
from retrieval.retriever import question_language

_NAMED = 0.2  # weights beside a likeness in [-1, 1]: that the passage's name was said,
_ANOTHER = 0.3  # that it names another than the one spoken of,
_WORDS = 0.1  # and the share of the question's telling words that it holds
_READ = 0.05  # what the reranker's logit adds where no name tells them apart
_SPOKEN = 0.4  # how surely a name must have been said for others to be told from it
_DOCUMENT = re.compile(r"(?:__|[#/:|.])[^#/:|._]*$")
_RECORD = re.compile(r"(?:__|[#:|.])[^#/:|._]*$")  # of a list, and no file of a folder
_HIGHEST = 1 + _NAMED + _WORDS


def order(
    history: Sequence[Utterance], passages: Sequence[Passage], embedder: Embedder, reranker: Reranker | None = None
) -> list[Hit]:
    """The passages as hits, best first.

    Chinese questions are ranked as in an index, with the second look of ``reranker``. English ones by likeness to the
    question, with names taken out of the passages and weighed apart: half a shop's or a town's entries differ in nothing
    but the name. Where no name was said, ``reranker`` reads them too.
    """
    if not passages or not history:
        return [Hit(passage, 0.0) for passage in passages]
    if question_language(history) == "zh":
        return _chinese(history, passages, embedder, reranker)
    named = [[p.entity] if p.entity else names(f"{p.title} . {p.text}") for p in passages]
    bare = [_without(p, held) for p, held in zip(passages, named, strict=True)]
    question = contextual(history)
    scores = _likeness(bare, question, embedder) + _WORDS * _telling(bare, question)
    turns = [turn.text for turn in history]
    said = [max((mentioned(name, turns) for name in held), default=None) for held in named]
    top = max((share for share in said if share is not None), default=0.0)
    documents = [document_of(passage.id) for passage in passages]
    spoken = _by_document(documents, said)
    beside = _beside(documents, spoken, top)
    for row, (share, held) in enumerate(zip(spoken, named, strict=True)):
        if share is None:
            share = 0.0 if beside[row] else 0.5 * top
            another = beside[row]
        else:
            another = any(" " in name for name in held)
        scores[row] += _NAMED * share
        if another and top > _SPOKEN > share / top:
            scores[row] -= _ANOTHER
    if reranker is not None and top <= _SPOKEN:
        read = reranker.logits(history, passages)
        scores += _READ * (read - read.max())
    best = np.argsort(-scores, kind="stable")
    return [Hit(passages[int(i)], float(np.clip(scores[i] / _HIGHEST, 0.0, 1.0))) for i in best]


def document_of(passage: str) -> str:
    """What the passage of this id is a part of: "hotel__12" of "hotel__12__3"."""
    return _DOCUMENT.sub("", passage)


def _by_document(documents: Sequence[str], said: Sequence[float | None]) -> list[float | None]:
    """For each passage, how surely a name in its document was said: "hotel__12__3" and "hotel__12__4" are of one."""
    found: dict[str, float] = {}
    for document, share in zip(documents, said, strict=True):
        if share is not None:
            found[document] = max(share, found.get(document, 0.0))
    return [found.get(document) for document in documents]


def _beside(documents: Sequence[str], spoken: Sequence[float | None], top: float) -> list[bool]:
    """Whether a passage that names nothing is of a record beside the one spoken of: "hotel__12" is, beside "hotel__34"."""
    meant = {d for d, share in zip(documents, spoken, strict=True) if share is not None and share >= top > 0}
    lists = [_RECORD.sub("", document) for document in documents]  # itself where it is no record
    of_meant = {held for held, document in zip(lists, documents, strict=True) if document in meant and held != document}
    return [
        share is None and document not in meant and held != document and held in of_meant
        for held, document, share in zip(lists, documents, spoken, strict=True)
    ]


def _chinese(
    history: Sequence[Utterance], passages: Sequence[Passage], embedder: Embedder, reranker: Reranker | None
) -> list[Hit]:
    library = Library(passages, embed(passages, embedder))
    candidates = library.candidates(history, embedder, "zh", wide=len(passages))
    best, raw, logit = judge(history, passages, candidates, "zh", reranker)
    found = [
        Hit(passages[int(candidates.rows[i])], float(1 / (1 + np.exp(-np.clip(raw[i] - raw.max() + logit, -30, 30)))))
        for i in best
    ]
    missing = set(range(len(passages))) - set(candidates.rows.tolist())
    return [*found, *(Hit(passages[i], 0.0) for i in sorted(missing))]


def _without(passage: Passage, held: Sequence[str]) -> Passage:
    title, text = passage.title, passage.text
    for name in sorted(held, key=len, reverse=True):
        title, text = title.replace(name, "the place"), text.replace(name, "the place")
    return replace(passage, title=title, text=text, entity=None)


def _likeness(passages: Sequence[Passage], question: str, embedder: Embedder) -> NDArray[np.float64]:
    """(n,) the mean of the cosines before and after the map of rewordings."""
    vectors = np.concatenate([embed(passages, embedder), embedder.queries([question])])
    mapped = project(vectors, embedder.name)
    return np.asarray((vectors[:-1] @ vectors[-1] + mapped[:-1] @ mapped[-1]) / 2, dtype=np.float64)


def _telling(passages: Sequence[Passage], question: str) -> NDArray[np.float64]:
    """(n,) the weight of the question's words that each passage holds, rare ones above all; the most is 1."""
    held = [set(words(f"{p.title} {p.text}")) for p in passages]
    spread = Counter(word for some in held for word in some)
    found = np.zeros(len(passages))
    for word in dict.fromkeys(words(question)):
        if spread[word]:
            found += [math.log((len(held) + 0.5) / (spread[word] + 0.5)) * (word in some) for some in held]
    return found / found.max() if found.max() > 0 else found
