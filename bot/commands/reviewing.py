"""Reviews proposed FAQ entries in the terminal: what operators answered, to accept, edit or reject."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

import typer

from bot import app
from bot.proposals import Proposal, Proposals
from bot.settings import Settings
from retrieval.errors import InputError


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[Proposals]:
    """The proposals of the running shop, with the embedder and Redis only."""
    from datetime import timedelta

    from bot.storage.connection import connect
    from bot.storage.observations import Observations

    embedder = await asyncio.to_thread(app.embedder, settings)
    redis = await connect(settings.redis_url, settings.data)
    try:
        observations = Observations(redis, ttl=timedelta(days=settings.keep_days))
        yield Proposals(observations, embedder, settings.knowledge, settings.index)
    finally:
        await redis.aclose()


async def waiting(settings: Settings) -> list[dict[str, Any]]:
    """The proposals as records, the most asked first."""
    async with _open(settings) as proposals:
        return [asdict(proposal) for proposal in await proposals.waiting()]


async def accept(settings: Settings, proposal_id: str, question: str, answer: str) -> dict[str, Any]:
    """Write one into the shop's files and index it."""
    async with _open(settings) as proposals:
        accepted = await proposals.accept(proposal_id, question, answer)
        return {"accepted": proposal_id, "file": str(accepted.path), "passages": accepted.passages}


async def reject(settings: Settings, proposal_id: str) -> dict[str, Any]:
    """Drop one for good."""
    async with _open(settings) as proposals:
        return {"rejected": proposal_id, "question": (await proposals.reject(proposal_id)).question}


async def review(settings: Settings) -> dict[str, int]:
    """Ask about each proposal; how many were accepted, rejected and left."""
    done = {"accepted": 0, "rejected": 0, "left": 0}
    async with _open(settings) as proposals:
        listed = await proposals.waiting()
        for number, proposal in enumerate(listed, 1):
            print(f"\n{number} of {len(listed)}\n{as_text(asdict(proposal))}")
            choice = await asyncio.to_thread(_ask, "accept, edit, reject, skip or quit? [a/e/r/s/q]", "s")
            if choice == "q":
                break
            done[await _do(proposals, proposal, choice)] += 1
    done["left"] = len(listed) - done["accepted"] - done["rejected"]
    return done


async def _do(proposals: Proposals, proposal: Proposal, choice: str) -> str:
    if choice == "r":
        await proposals.reject(proposal.id)
        return "rejected"
    question, answer = proposal.question, proposal.answer
    while choice in ("a", "e"):
        if choice == "e":
            question = await asyncio.to_thread(_ask, "question", question)
            answer = await asyncio.to_thread(_ask, "answer", answer)
        try:
            accepted = await proposals.accept(proposal.id, question, answer)
            print(f"in {accepted.path}; the index holds {accepted.passages} passages")
            return "accepted"
        except InputError as error:
            print(error)
            choice = await asyncio.to_thread(_ask, "edit or skip? [e/s]", "s")
    return "left"


def _ask(what: str, default: str) -> str:
    return str(typer.prompt(what, default=default)).strip()


def as_text(proposal: dict[str, Any]) -> str:
    """A proposal for a reader."""
    lines = [f"{proposal['id']}  ({proposal['language']}, asked {proposal['times']} times)"]
    lines += [f"  Q: {proposal['question']}", f"  A: {proposal['answer']}"]
    lines += [f"     also asked: {question}" for question in proposal["questions"] if question != proposal["question"]]
    if proposal["personal"]:
        lines.append(f"     take out first: {', '.join(proposal['personal'])}")
    return "\n".join(lines)
