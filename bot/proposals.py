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

from bot import canned, learned
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

    What stands in the folder ``canned_replies`` is no answer. Raises InputError for an unknown proposal, StorageUnavailable where Redis does not answer.
    """

    def __init__(
        self,
        observations: Observations,
        embedder: Embedder,
        knowledge: Path,
        index_dir: Path,
        *,
        canned_replies: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._observations = observations
        self._embedder = embedder
        self._knowledge, self._index = knowledge, index_dir
        self._clock = clock
        self._canned = canned_replies
        self._indexing = asyncio.Lock()
        self._known: tuple[object, list[Proposal]] = (None, [])

    async def learn(self, conversation: Conversation) -> int:
        """Keep what an operator answered in this conversation; how many answers."""
        found = observe(conversation, await asyncio.to_thread(self._sent_as_they_are, conversation))
        await self._observations.add(found)
        return len(found)

    async def waiting(self) -> list[Proposal]:
        """The proposals, the most asked first."""
        observed = await self._observations.all(self._clock())
        rejected = await self._observations.rejected()
        state = (tuple(o.id for o in observed), len(rejected))
        if state != self._known[0]:  # every open desk asks again and again
            groups = await asyncio.to_thread(self._group, observed, rejected)
            found = sorted((_proposal(group) for group in groups), key=lambda p: (bool(p.personal), -p.times, p.at))
            self._known = (state, found)
        return list(self._known[1])

    async def accept(self, proposal_id: str, question: str = "", answer: str = "") -> Accepted:
        """Write the entry, as edited, into the shop's file and index it: the next answer can use it."""
        proposal = await self._get(proposal_id)
        question, answer = question.strip() or proposal.question, answer.strip() or proposal.answer
        if left := sorted({*PLACEHOLDER.findall(question + answer), *_unmasked(question + answer)}):
            raise InputError(f"the entry holds personal data: {', '.join(left)}", "write it so that it fits everybody")
        async with self._indexing:
            file = await asyncio.to_thread(learned.write, self._knowledge, proposal.language, question, answer)
            report = await asyncio.to_thread(index.update, self._knowledge, self._index, self._embedder)
        await self._observations.reviewed(await self._members(proposal), self._clock())
        return Accepted(file, report.passages)

    async def reject(self, proposal_id: str) -> Proposal:
        """Drop it, and do not propose such a question again."""
        proposal = await self._get(proposal_id)
        await self._observations.reject(proposal.question, proposal.language, self._clock())
        await self._observations.reviewed(await self._members(proposal), self._clock())
        return proposal

    def _sent_as_they_are(self, conversation: Conversation) -> list[str]:
        if self._canned is None:
            return []
        operators = {turn.operator for turn in conversation.turns if turn.operator}
        return [
            canned.fill(reply.text, conversation, operator)
            for operator in operators
            for reply in canned.load(self._canned)
        ]

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
            alike = self._likeness([*no, *(o.question for o in mine)], language)
            heads: dict[int, list[Observation]] = {row: [] for row in range(len(no))}  # by their first member's row
            for row, observation in enumerate(mine, len(no)):
                head = next((head for head in heads if alike(row, head)), row)
                heads.setdefault(head, []).append(observation)
            groups += [group for head, group in heads.items() if head >= len(no)]
        return groups

    def _likeness(self, questions: list[str], language: Language) -> Callable[[int, int], bool]:
        """Whether two of the questions ask the same, by their places."""
        if language == "en":
            vectors = self._embedder.queries(questions) if questions else np.zeros((0, 1), dtype=np.float32)
            return lambda i, j: bool(vectors[i] @ vectors[j] >= _ALIKE["en"])
        cut = [frozenset(words(question)) for question in questions]
        return lambda i, j: len(cut[i] & cut[j]) >= _ALIKE["zh"] * max(1, len(cut[i] | cut[j]))


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
