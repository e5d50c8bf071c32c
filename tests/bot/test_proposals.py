"""Proposed FAQ entries with the real embedder, a real Redis and a shop's folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.proposals import Proposals
from bot.storage.connection import connect
from bot.storage.customers import Customers
from bot.storage.observations import Observation, Observations
from retrieval.embedding import SentenceTransformerEmbedder
from retrieval.errors import InputError
from retrieval.query import Utterance
from retrieval.retriever import Retriever

NOW = 1_767_578_400.0
SHIPPING = "---\nlanguage: en\ntopic: Shipping\n---\n# Shipping\n\n## How much is shipping?\nS$6.90.\n"


@pytest.fixture(scope="module")
def embedder(models: Path) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(models / "all-MiniLM-L6-v2")


@pytest.fixture
async def parts(tmp_path: Path, embedder: SentenceTransformerEmbedder) -> AsyncIterator[tuple[Proposals, Observations]]:
    redis = await connect(None, tmp_path / "redis")
    (tmp_path / "kb" / "faq").mkdir(parents=True)
    (tmp_path / "kb" / "faq" / "shipping.md").write_text(SHIPPING, "utf-8")
    observations = Observations(redis)
    yield Proposals(observations, embedder, tmp_path / "kb", tmp_path / "index", clock=lambda: NOW), observations
    await redis.aclose()


def seen(number: int, question: str, answer: str, **more: str) -> Observation:
    fields = {"conversation_id": f"web:{number}", "operator": "Sofia", **more}
    return Observation(str(number), at=NOW - 100 + number, question=question, answer=answer, **fields)  # type: ignore[arg-type]


async def test_the_same_question_in_other_words_is_one_proposal(parts: tuple[Proposals, Observations]) -> None:
    proposals, observations = parts
    await observations.add(
        [
            seen(1, "do you gift wrap?", "Yes, S$3 an item."),
            seen(2, "can you wrap it as a gift please", "Yes, S$4 an item.", operator="Wei"),
            seen(3, "do you repair lamps", "Yes, from S$20."),
            seen(4, "能开发票吗？", "可以开电子发票。", language="zh"),
            seen(5, "可以开发票吗", "可以开电子发票。", language="zh"),
        ]
    )
    waiting = {p.question: p for p in await proposals.waiting()}
    assert set(waiting) == {"do you gift wrap?", "do you repair lamps", "能开发票吗？"}
    wrap = waiting["do you gift wrap?"]
    assert (wrap.times, wrap.answer) == (2, "Yes, S$4 an item.")
    assert wrap.operators == ("Wei", "Sofia")
    assert waiting["能开发票吗？"].times == 2


async def test_an_accepted_entry_is_found_at_once_and_leaves_the_list(
    parts: tuple[Proposals, Observations], tmp_path: Path, embedder: SentenceTransformerEmbedder
) -> None:
    proposals, observations = parts
    await observations.add([seen(1, "do you gift wrap?", "Yes, S$3 an item.")])
    (proposal,) = await proposals.waiting()
    accepted = await proposals.accept(proposal.id, "Do you wrap gifts?", "Yes, gift wrapping costs S$3.00 an item.")
    assert accepted.path == tmp_path / "kb" / "faq" / "learned.md"
    found = await Retriever.open(tmp_path / "index", embedder).search([Utterance("customer", "do you gift wrap?")])
    assert found.hits[0].passage.source == "faq/learned.md"
    assert found.answerable > 0.5
    assert await proposals.waiting() == []
    with pytest.raises(InputError, match="reviewed already"):
        await proposals.accept(proposal.id)
    await observations.add([seen(1, "do you gift wrap?", "Yes, S$3 an item.")])  # the conversation ends once more
    assert await proposals.waiting() == []


async def test_a_rejected_question_is_not_proposed_again_in_other_words(
    parts: tuple[Proposals, Observations], tmp_path: Path
) -> None:
    proposals, observations = parts
    await observations.add([seen(1, "do you gift wrap?", "Only this once, for you.")])
    await proposals.reject("1")
    await observations.add([seen(2, "can you wrap it as a gift please", "Only this once.")])
    assert await proposals.waiting() == []
    assert not (tmp_path / "kb" / "faq" / "learned.md").exists()


async def test_personal_data_must_be_taken_out_before_an_entry_is_accepted(
    parts: tuple[Proposals, Observations],
) -> None:
    proposals, observations = parts
    await observations.add([seen(1, "where is [order]?", "It left us on Monday, [name].")])
    (proposal,) = await proposals.waiting()
    assert proposal.personal == ("[name]", "[order]")
    with pytest.raises(InputError, match=r"\[name\], \[order\]"):
        await proposals.accept(proposal.id)
    with pytest.raises(InputError, match=r"\[email\]"):
        await proposals.accept(proposal.id, "Where is it?", "Ask mei.lin@example.com")


async def test_what_is_old_or_erased_is_not_proposed(parts: tuple[Proposals, Observations]) -> None:
    proposals, observations = parts
    old = replace(seen(1, "do you gift wrap?", "Yes, S$3."), at=NOW - 40 * 24 * 3600)
    await observations.add([old, seen(2, "do you repair lamps", "Yes, from S$20.")])
    assert [p.question for p in await proposals.waiting()] == ["do you repair lamps"]
    customers = Customers(observations._redis)
    assert (await customers.export("web:2"))["proposed_answers"][0]["answer"] == "Yes, from S$20."
    await customers.erase("web:2")
    assert await proposals.waiting() == []
