"""Answers a conversation with ranked passages and the probability that they answer it."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval import index as indexes
from retrieval import language as languages
from retrieval.embedding import Embedder
from retrieval.errors import IndexDamaged, ModelError
from retrieval.lexical import words
from retrieval.library import FEATURES, Candidates, Library, embed
from retrieval.passages import Findings, Hit, Language, Passage
from retrieval.query import Utterance
from retrieval.smalltalk import small_talk

LONGEST_QUESTION = 4000
"""Characters of a turn that are read; the start and the end of a longer one."""
MOST_WAITING = 256
"""Questions that wait for the worker at once."""
WEIGHTS = Path(__file__).parent / "weights" / "ranking.json"
CHINESE = Path(__file__).parent / "weights" / "chinese.json"
CHINESE_EVIDENCE = (
    "bias",
    "own",
    "own_query_covered",
    "own_title_covered",
    "own_both_covered",
    "own_bm25",
    "english_query_covered",
    "english_title_covered",
    "english_dense",
    "named",
    "asks_field",
    "context",
)
"""What tells an answerable Chinese question: of the best passage, which is Chinese ("own") or English."""


@dataclass(frozen=True, slots=True)
class Weights:
    """``ranking`` weighs FEATURES; ``answerable`` and ``question`` weigh ``evidence`` and the query vector."""

    ranking: NDArray[np.float32]
    answerable: NDArray[np.float32]
    bias: float
    question: NDArray[np.float32]


@cache
def weights(path: Path = WEIGHTS) -> Weights:
    """The shipped weights."""
    held = json.loads(path.read_text("utf-8"))
    return Weights(
        np.array([held["ranking"][name] for name in FEATURES], dtype=np.float32),
        np.array(held["answerable"]["evidence"], dtype=np.float32),
        float(held["answerable"]["bias"]),
        np.array(held["answerable"]["question"], dtype=np.float32),
    )


@dataclass(frozen=True, slots=True)
class ChineseWeights:
    """``own`` weighs FEATURES of Chinese passages and ``english`` those of English ones, met by a translation.

    ``answerable`` weighs ``chinese_evidence``.
    """

    own: NDArray[np.float32]
    english: NDArray[np.float32]
    follow_up: float
    context: float
    answerable: NDArray[np.float32]


@cache
def chinese_weights(path: Path = CHINESE) -> ChineseWeights:
    """The shipped weights for Chinese questions, where the embedder reads none."""
    held = json.loads(path.read_text("utf-8"))
    return ChineseWeights(
        np.array([held["own"].get(name, 0.0) for name in FEATURES], dtype=np.float32),
        np.array([held["english"].get(name, 0.0) for name in FEATURES], dtype=np.float32),
        float(held["follow_up"]),
        float(held["context"]),
        np.array([held["answerable"].get(name, 0.0) for name in CHINESE_EVIDENCE], dtype=np.float32),
    )


def rank_chinese(candidates: Candidates, held: ChineseWeights) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """``rank`` for a Chinese question."""
    own = candidates.features[:, FEATURES.index("same_language")] > 0
    raw = np.where(own, candidates.features @ held.own, candidates.features @ held.english)
    if candidates.follow_up is not None:
        raw = raw + held.follow_up * candidates.follow_up
    if candidates.context is not None:
        raw = raw + held.context * candidates.context
    return np.argsort(-raw, kind="stable"), raw.astype(np.float32)


def chinese_evidence(candidates: Candidates, order: NDArray[np.int64]) -> NDArray[np.float32]:
    """CHINESE_EVIDENCE of the best passage."""
    best = dict(zip(FEATURES, candidates.features[order[0]].tolist(), strict=True))
    own = best["same_language"]
    covered, title, words_ = best["query_covered"], best["title_covered"], best["bm25"]
    context = 0.0 if candidates.context is None else float(candidates.context[order[0]])
    return np.array(
        [
            1.0,
            own,
            own * covered,
            own * title,
            own * covered * title,
            own * words_,
            (1 - own) * covered,
            (1 - own) * title,
            best["dense"],
            min(1.0, best["entity_score"]),
            best["asks_field"],
            context,
        ],
        dtype=np.float32,
    )


FIELD = 4.0
"""What it adds to the logit that the best passage is a product's record with the field asked of; set by hand."""
FOLLOW_UP = 6.0
"""Weight of the last turn's own words where it leans on the turn before."""


def rank(candidates: Candidates, ranking: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Candidate positions best first, and all candidates' raw scores."""
    raw = candidates.features @ ranking
    if candidates.follow_up is not None:  # "and to Australia?" after Japan: the new word decides
        raw = raw + FOLLOW_UP * candidates.follow_up
    return np.argsort(-raw, kind="stable"), raw.astype(np.float32)


def evidence(candidates: Candidates, order: NDArray[np.int64], raw: NDArray[np.float32]) -> NDArray[np.float32]:
    """What tells an answerable question from another: the best passage's features and how far it leads."""
    best = candidates.features[order[0]]
    later = raw[order[1:5]].mean() if len(order) > 1 else raw[order[0]] - 5
    top3 = candidates.features[order[:3]]
    column = {name: i for i, name in enumerate(FEATURES)}
    return np.array(
        [
            best[column["dense"]],
            candidates.features[:, column["dense"]].max(),
            best[column["bm25"]],
            best[column["title_covered"]],
            best[column["query_covered"]],
            min(1.0, best[column["entity_score"]]),
            best[column["general"]],
            np.tanh((raw[order[0]] - later) / 4),
            top3[:, column["dense"]].mean(),
            best[column["tuned"]],
            candidates.features[:, column["tuned"]].max(),
            10 * best[column["neighbours"]],
            best[column["asks_field"]],
        ],
        dtype=np.float32,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that waits for the worker."""

    history: tuple[Utterance, ...]
    k: int
    found: Future[Findings]


class Retriever:
    """Searches one index; reads it again when it changes on disk, keeping the old one where the new is damaged."""

    def __init__(self, library: Library, embedder: Embedder, folder: Path | None = None) -> None:
        self._library = library
        self._embedder = embedder
        self._folder = folder
        self._stamp = indexes.stamp(folder) if folder else None
        self._reloading = threading.Lock()
        self._worker = ThreadPoolExecutor(1, "retrieval")
        self._waiting: deque[_Asked] = deque()
        self._room = asyncio.Semaphore(MOST_WAITING)

    @classmethod
    def open(cls, index_dir: Path, embedder: Embedder) -> Retriever:
        """A retriever over the index on disk. Raises IndexDamaged where there is none that can be used."""
        return cls(indexes.read(index_dir, embedder), embedder, index_dir)

    @classmethod
    def of(cls, passages: Sequence[Passage], embedder: Embedder) -> Retriever:
        """A retriever over passages in memory."""
        return cls(Library(passages, embed(passages, embedder)), embedder)

    @property
    def library(self) -> Library:
        """What is searched now."""
        return self._library

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
                library = self._library
                turns = [_readable(asked.history) for asked in batch if asked.history]
                self._embedder.queries([library.encoded(asked, question_language(asked)) for asked in turns])
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
        turns = _readable(history)
        if talk is not None or not library.passages or not _asks(turns[-1].text):
            return Findings((), 0.0, talk, seconds={"retrieval": time.perf_counter() - started})
        language = question_language(turns)
        candidates = library.candidates(turns, self._embedder, language)
        held = weights()
        if language == "zh":
            chinese = chinese_weights()
            order, raw = rank_chinese(candidates, chinese)
            logit = float(chinese_evidence(candidates, order) @ chinese.answerable)
        else:
            order, raw = rank(candidates, held.ranking)
            logit = float(evidence(candidates, order, raw) @ held.answerable + held.bias)
            logit += FIELD * float(candidates.features[order[0], FEATURES.index("asks_field")])
        if language == "en" and held.question.size and self._embedder.dimension == held.question.size:
            logit += float(self._embedder.queries([candidates.query])[0] @ held.question)
        chosen = _without_twins(library, candidates, order)[:k]
        hits = tuple(
            Hit(
                library.passages[int(candidates.rows[i])],
                float(1 / (1 + np.exp(-np.clip(raw[i] - raw.max() + logit, -30, 30)))),
            )
            for i in chosen
        )
        answerable = float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))
        entity = hits[0].passage.entity if hits and hits[0].passage.entity else candidates.entity
        return Findings(hits, answerable, None, entity, {"retrieval": time.perf_counter() - started})

    def _reload(self) -> None:
        if self._folder is None or (now := indexes.stamp(self._folder)) == self._stamp:
            return
        with self._reloading:
            if now == self._stamp:
                return
            self._stamp = now
            try:
                self._library = indexes.read(self._folder, self._embedder)
            except IndexDamaged:
                return  # the library in memory keeps serving


def question_language(history: Sequence[Utterance]) -> Language:
    """The language of the last turn; of the customer's earlier turns where it has no words."""
    default: Language = "en"
    for utterance in history:
        if utterance.role == "customer":
            default = languages.detect(utterance.text, default)
    return default


def _asks(text: str) -> bool:
    return any(character.isalnum() for character in text) and (bool(words(text)) or len(text) > 1)


def _readable(history: Sequence[Utterance]) -> list[Utterance]:
    return [Utterance(turn.role, _shortened(turn.text)) for turn in history]


def _shortened(text: str) -> str:
    half = LONGEST_QUESTION // 2
    return text if len(text) <= LONGEST_QUESTION else f"{text[:half]} {text[-half:]}"


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
