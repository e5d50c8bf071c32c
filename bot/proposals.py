"""Proposed FAQ entries: operators' answers grouped by their question, reviewed by a person, then indexed at once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot import learned
from bot.observing import PLACEHOLDER, observe
from bot.storage.observations import Observation, Observations
from generation import safety
from retrieval import index
from retrieval.errors import InputError
from retrieval.lexical import words
from retrieval.passages import Language

if TYPE_CHECKING:
    from bot.conversation import Conversation
    from retrieval.embedding import Embedder

logger = logging.getLogger(__name__)

# The embedder's cosine for English: eight rewordings of shop questions lay from 0.79 up, eight neighbours ("to Malaysia",
# "to Japan") up to 0.70. For Chinese, which it does not read, the share of common words, kept strict.
_ALIKE: dict[Language, float] = {"en": 0.75, "zh": 0.5}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question that customers asked ``times`` times and what an operator answered last.

    ``questions`` are the customers' words, ``answers`` all different answers, newest first. ``personal`` names what
    must be taken out before it can be accepted.
    """

    id: str
    language: Language
    question: str
    answer: str
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    operators: tuple[str, ...]
    times: int
    at: float
    personal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """Where an accepted entry stands: its file, and how many passages the index holds now."""

    path: Path
    passages: int


class Proposals:
    """What waits for a review. Accepting writes into the shop's own files under ``knowledge`` and updates ``index_dir``.

    Raises InputError for an unknown proposal, StorageUnavailable where Redis does not answer.
    """

    def __init__(
        self,
        observations: Observations,
        embedder: Embedder,
        knowledge: Path,
        index_dir: Path,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._observations = observations
        self._embedder = embedder
        self._knowledge, self._index = knowledge, index_dir
        self._clock = clock
        self._indexing = asyncio.Lock()

    async def learn(self, conversation: Conversation) -> int:
        """Keep what an operator answered in this conversation; how many answers."""
        found = observe(conversation)
        await self._observations.add(found)
        return len(found)

    async def waiting(self) -> list[Proposal]:
        """The proposals, the most asked first."""
        observed = await self._observations.all(self._clock())
        rejected = await self._observations.rejected()
        groups = await asyncio.to_thread(self._group, observed, rejected)
        return sorted((_proposal(group) for group in groups), key=lambda p: (bool(p.personal), -p.times, p.at))

    async def accept(self, proposal_id: str, question: str = "", answer: str = "") -> Accepted:
        """Write the entry, as edited, into the shop's file and index it: the next answer can use it."""
        proposal = await self._get(proposal_id)
        question, answer = question.strip() or proposal.question, answer.strip() or proposal.answer
        if left := sorted({*PLACEHOLDER.findall(question + answer), *_unmasked(question + answer)}):
            raise InputError(f"the entry holds personal data: {', '.join(left)}", "write it so that it fits everybody")
        async with self._indexing:
            file = await asyncio.to_thread(learned.write, self._knowledge, proposal.language, question, answer)
            report = await asyncio.to_thread(index.update, self._knowledge, self._index, self._embedder)
        await self._observations.remove(await self._members(proposal))
        return Accepted(file, report.passages)

    async def reject(self, proposal_id: str) -> Proposal:
        """Drop it, and do not propose such a question again."""
        proposal = await self._get(proposal_id)
        await self._observations.reject(proposal.question, proposal.language, self._clock())
        await self._observations.remove(await self._members(proposal))
        return proposal

    async def _get(self, proposal_id: str) -> Proposal:
        proposal = next((p for p in await self.waiting() if p.id == proposal_id), None)
        if proposal is None:
            raise InputError(f"no proposal {proposal_id!r}", "it may have been reviewed already; reload the list")
        return proposal

    async def _members(self, proposal: Proposal) -> set[str]:
        observed = await self._observations.all(self._clock())
        return {o.id for o in observed if o.language == proposal.language and o.question in proposal.questions}

    def _group(self, observed: Sequence[Observation], rejected: Sequence[tuple[str, str]]) -> list[list[Observation]]:
        """Each observation joins the first group that asks the same as its first member."""
        groups: list[list[Observation]] = []
        for language in ("en", "zh"):
            mine = [o for o in observed if o.language == language]
            no = [question for tongue, question in rejected if tongue == language]
            alike = self._alike([*(o.question for o in mine), *no], language)
            first: list[int] = []  # the group's first member as a row of ``alike``
            by_first: dict[int, list[Observation]] = {}
            for row, observation in enumerate(mine):
                if any(alike[row, len(mine) + i] for i in range(len(no))):
                    continue
                head = next((head for head in first if alike[row, head]), None)
                if head is None:
                    first.append(row)
                    head = row
                by_first.setdefault(head, []).append(observation)
            groups += by_first.values()
        return groups

    def _alike(self, questions: list[str], language: Language) -> np.ndarray:
        """Which questions ask the same, as a square of booleans."""
        if not questions:
            return np.zeros((0, 0), dtype=bool)
        if language == "en":
            vectors = self._embedder.queries(questions)
            return np.asarray(vectors @ vectors.T >= _ALIKE["en"])
        cut = [frozenset(words(question)) for question in questions]
        shares = [[len(a & b) / len(a | b) if a or b else 1.0 for b in cut] for a in cut]
        return np.asarray(shares) >= _ALIKE["zh"]


def _proposal(group: list[Observation]) -> Proposal:
    newest = sorted(group, key=lambda o: -o.at)
    # The shortest question says it best, where it says enough.
    question = min((o.question for o in group), key=lambda q: (len(words(q)) < 2, len(q)))
    answers = tuple(dict.fromkeys(o.answer for o in newest))
    return Proposal(
        group[0].id,
        group[0].language,
        question,
        answers[0],
        tuple(dict.fromkeys(o.question for o in group)),
        answers,
        tuple(dict.fromkeys(o.operator for o in newest if o.operator)),
        len(group),
        newest[0].at,
        tuple(sorted(set(PLACEHOLDER.findall(question + answers[0])))),
    )


def _unmasked(text: str) -> list[str]:
    """Personal data that an operator typed into an entry; the shop's own addresses are in its other files."""
    masked = safety.mask(text)
    return [] if masked == text else PLACEHOLDER.findall(masked)
