"""Answers a conversation with ranked passages and the probability that they answer it."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval import index as indexes
from retrieval import language as languages
from retrieval.comparison import compared
from retrieval.context import contextual, says_what
from retrieval.embedding import Embedder
from retrieval.errors import IndexDamaged, ModelError
from retrieval.glossary import glossary
from retrieval.lexical import words
from retrieval.library import Candidates, Library, embed
from retrieval.passages import Findings, Hit, Language, Passage
from retrieval.query import Utterance
from retrieval.reranker import Reranker
from retrieval.rereading import judge
from retrieval.sentences import sentences_of
from retrieval.smalltalk import small_talk

logger = logging.getLogger(__name__)

LONGEST_QUESTION = 4000
"""Characters of a turn that are read; the start and the end of a longer one."""
_OF_A_SORT = 0.95
"""How likely products of the sort that is asked for answer the question."""
MOST_WAITING = 256
"""Questions that wait for the worker at once."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that waits for the worker."""

    history: tuple[Utterance, ...]
    k: int
    found: Future[Findings]


class Retriever:
    """Searches one index; reads it again when it changes on disk, keeping the old one where the new is damaged.

    ``reranker`` takes a second look at the first candidates; without one the ranking stands.
    """

    def __init__(
        self, library: Library, embedder: Embedder, folder: Path | None = None, reranker: Reranker | None = None
    ) -> None:
        self._library = library
        self._embedder = embedder
        self._reranker = reranker
        self._folder = folder
        self._stamp = indexes.stamp(folder) if folder else None
        self._reloading = threading.Lock()
        self._worker = ThreadPoolExecutor(1, "retrieval")
        self._waiting: deque[_Asked] = deque()
        self._room = asyncio.Semaphore(MOST_WAITING)

    @classmethod
    def open(cls, index_dir: Path, embedder: Embedder, reranker: Reranker | None = None) -> Retriever:
        """A retriever over the index on disk. Raises IndexDamaged where there is none that can be used."""
        return cls(indexes.read(index_dir, embedder), embedder, index_dir, reranker)

    @classmethod
    def of(cls, passages: Sequence[Passage], embedder: Embedder, reranker: Reranker | None = None) -> Retriever:
        """A retriever over passages in memory."""
        return cls(Library(passages, embed(passages, embedder)), embedder, reranker=reranker)

    @property
    def library(self) -> Library:
        """What is searched now."""
        return self._library

    @property
    def reranker(self) -> Reranker | None:
        """What takes the second look."""
        return self._reranker

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self._library.passages

    async def search(self, history: Sequence[Utterance], *, k: int = 5) -> Findings:
        """The ``k`` best passages for the last turn of ``history``, found in a worker thread.

        Questions that arrive while it is busy are encoded together; above MOST_WAITING a caller waits for room.
        """
        async with self._room:
            asked = _Asked(tuple(history), k, Future())
            self._waiting.append(asked)
            self._worker.submit(self._serve)
            return await asyncio.wrap_future(asked.found)

    def _serve(self) -> None:
        """Answers all who wait; the thread's next turn then finds nobody."""
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        batch = [asked for asked in batch if asked.found.set_running_or_notify_cancel()]
        if len(batch) > 1:  # what is encoded here together, the embedder's cache gives below
            with suppress(ModelError):
                turns = [_readable(asked.history) for asked in batch if asked.history]
                english = [history for history in turns if question_language(history) == "en"]
                self._embedder.queries([contextual(history) for history in english])
        for asked in batch:
            try:
                asked.found.set_result(self.find(asked.history, asked.k))
            except Exception as error:  # belongs to the one who asked
                asked.found.set_exception(error)

    def find(self, history: Sequence[Utterance], k: int = 5) -> Findings:
        """``search``, blocking."""
        started = time.perf_counter()
        self._reload()
        library = self._library
        if not history:
            return Findings((), 0.0)
        talk = small_talk(history[-1].text)
        if talk is not None or not library.passages:
            return Findings((), 0.0, talk, seconds={"retrieval": time.perf_counter() - started})
        read = _readable(history)
        language = question_language(read)
        meant = library.meant(read, language)
        turns = meant.history
        if not _asks(turns[-1].text):
            return Findings((), 0.0, seconds={"retrieval": time.perf_counter() - started})
        candidates = library.candidates(turns, self._embedder, language)
        spoken_of = library.spoken_of(candidates, language)
        order, raw, logit = judge(turns, library.passages, candidates, language, self._reranker, spoken_of)
        chosen = _without_twins(library, candidates, order)[:k]
        hits = tuple(
            Hit(
                library.passages[int(candidates.rows[i])],
                float(1 / (1 + np.exp(-np.clip(raw[i] - raw.max() + logit, -30, 30)))),
            )
            for i in chosen
        )
        answerable = float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))
        listing = compared(turns, language, library.entities, library.records[language])
        if listing := listing or library.catalogue.asked(turns, language):
            answerable = max(answerable, _OF_A_SORT)
            others = (Hit(h.passage, min(h.score, answerable)) for h in hits if h.passage not in listing.products)
            hits = (*(Hit(product, answerable) for product in listing.products), *others)[:k]
        elif meant.product:
            hits = _pointed_first(hits, turns[-1].text, meant.product, meant.spoken_of, answerable)
        if hits and not listing and self._reranker is not None and hits[0].passage.kind == "product":
            hits = (_read_through(self._reranker, turns, hits[0]), *hits[1:])
        entity = hits[0].passage.entity if hits and hits[0].passage.entity else candidates.entity
        return Findings(hits, answerable, None, entity, {"retrieval": time.perf_counter() - started}, listing)

    def _reload(self) -> None:
        if self._folder is None or (now := indexes.stamp(self._folder)) == self._stamp:
            return
        with self._reloading:
            if now == self._stamp:
                return
            self._stamp = now
            try:
                self._library = indexes.read(self._folder, self._embedder)
            except IndexDamaged as error:
                logger.warning("the changed index is not used, and answers stay as they were: %s", error)


def question_language(history: Sequence[Utterance]) -> Language:
    """The language of the last turn; of the customer's earlier turns where it has no words."""
    default: Language = "en"
    for utterance in history:
        if utterance.role == "customer":
            default = languages.detect(utterance.text, default)
    return default


def _pointed_first(
    hits: tuple[Hit, ...], question: str, product: Passage, spoken_of: Passage | None, answerable: float
) -> tuple[Hit, ...]:
    """The hits with the product that is pointed at before all other products, or before all where nothing else is said.

    The one spoken of, which tells what is meant, is left among them.
    """
    own = next((hit for hit in hits if hit.passage.id == product.id), Hit(product, answerable))
    others = [hit for hit in hits if hit is not own]
    at = 0
    if says_what(question.replace(product.title, " ")):
        at = next((place for place, hit in enumerate(hits) if hit.passage.kind == "product"), len(others))
    ordered = [*others[:at], own, *others[at:]][: len(hits)]
    if spoken_of and all(hit.passage.id != spoken_of.id for hit in ordered) and len(ordered) > at + 1:
        ordered[-1] = Hit(spoken_of, 0.0)
    return tuple(ordered)


def _read_through(reranker: Reranker, history: Sequence[Utterance], hit: Hit) -> Hit:
    """The hit with the sentence of its record that answers likeliest."""
    record = hit.passage
    sentences = sentences_of(record.text)
    if len(sentences) < 2:
        return hit
    read = reranker.logits(history, [replace(record, text=sentence) for sentence in sentences], record.title)
    return replace(hit, likely=sentences[int(read.argmax())])


def _asks(text: str) -> bool:
    return any(character.isalnum() for character in text) and (bool(words(text)) or len(text) > 1)


def _readable(history: Sequence[Utterance]) -> list[Utterance]:
    return [Utterance(turn.role, _shortened(turn.text)) for turn in history]


def _shortened(text: str) -> str:
    """The start and the end of a longer text, in simplified characters: what reads meanings has seen few others."""
    half = LONGEST_QUESTION // 2
    return glossary().simplify(text if len(text) <= LONGEST_QUESTION else f"{text[:half]} {text[-half:]}")


def _without_twins(library: Library, candidates: Candidates, order: NDArray[np.int64]) -> list[int]:
    """The order without the other language's passage of a product already listed."""
    kept: list[int] = []
    seen: set[str] = set()
    for i in order[:100]:
        passage = library.passages[int(candidates.rows[i])]
        if passage.kind == "product":
            if (passage.entity or passage.id) in seen:
                continue
            seen.add(passage.entity or passage.id)
        kept.append(int(i))
    return kept
