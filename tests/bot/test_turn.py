"""The story of a turn, on a real Redis, with each model replaced by a small object at its seam."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.conversation import IncomingMessage, Mood
from bot.desk import Desk
from bot.storage.connection import connect
from bot.storage.sessions import SessionStore
from bot.turn import Assistant, Say, clean
from generation.request import ReplyRequest
from generation.sampling import SamplingControls
from generation.writer import Written
from retrieval.errors import GenerationFailed
from retrieval.passages import Findings, Hit, Passage
from retrieval.query import Utterance

LAMP = Hit(Passage("lamp", "How long can I return a lamp?", "Lamps: 45 days.", "faq/returns.md", 10), 0.9)
MONDAY = 1_767_578_400.0


@dataclass
class FixedMood:
    mood: Mood = field(default_factory=Mood)

    async def read(self, history: Sequence[Utterance]) -> Mood:
        return self.mood


@dataclass
class FixedFindings:
    findings: Findings = field(default_factory=lambda: Findings((LAMP,), 0.9))
    asked: list[list[str]] = field(default_factory=list)

    async def search(self, history: Sequence[Utterance], *, k: int = 5) -> Findings:
        self.asked.append([utterance.text for utterance in history])
        return self.findings


@dataclass
class ScriptedWriter:
    pieces: tuple[str, ...] = ("Lamps have 45 days.", " Keep the box.")
    fails: Exception | None = None
    requests: list[ReplyRequest] = field(default_factory=list)

    async def write(self, request: ReplyRequest, say: Say, controls: SamplingControls) -> Written:
        self.requests.append(request)
        for piece in self.pieces:
            await say(piece)
        if self.fails:
            raise self.fails
        return Written("".join(self.pieces), True, tuple(request.hits[:1]), {})


@dataclass
class Stage:
    store: SessionStore
    mood: FixedMood = field(default_factory=FixedMood)
    search: FixedFindings = field(default_factory=FixedFindings)
    writer: ScriptedWriter = field(default_factory=ScriptedWriter)
    number: int = 0

    @property
    def assistant(self) -> Assistant:
        return Assistant(
            store=self.store,
            classifier=self.mood,
            retriever=self.search,  # type: ignore[arg-type]
            writer=self.writer,  # type: ignore[arg-type]
            clock=lambda: MONDAY + self.number,
        )

    def message(self, text: str) -> IncomingMessage:
        self.number += 1
        return IncomingMessage("web", "web:a", str(self.number), text, MONDAY + self.number)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    redis = await connect(None, tmp_path)
    yield Stage(SessionStore(redis))
    await redis.aclose()


async def test_the_reply_is_word_for_word_what_was_said(stage: Stage) -> None:
    said: list[str] = []

    async def say(piece: str) -> None:
        said.append(piece)

    reply = await stage.assistant.respond(stage.message("how long for the lamp?"), say)
    assert reply.text == "".join(said) == "Lamps have 45 days. Keep the box."
    assert [source.source for source in reply.sources] == ["faq/returns.md"]
    assert {"total", "retrieval", "first_token", "generation", "sentiment"} <= set(reply.seconds)
    stored = await stage.store.load("web:a")
    assert stored is not None
    assert stored.turns[-1].text == reply.text


async def test_a_listener_that_went_away_does_not_stop_the_turn(stage: Stage) -> None:
    async def gone(_: str) -> None:
        raise ConnectionResetError

    reply = await stage.assistant.respond(stage.message("how long?"), gone)
    stored = await stage.store.load("web:a")
    assert stored is not None
    assert stored.turns[-1].text == reply.text == "Lamps have 45 days. Keep the box."


async def test_the_same_message_gets_the_first_reply(stage: Stage) -> None:
    message = stage.message("how long?")
    first = await stage.assistant.respond(message)
    stage.writer.pieces = ("Something else.",)
    assert (await stage.assistant.respond(message)).text == first.text
    assert len(stage.writer.requests) == 1


async def test_no_answer_is_admitted_and_a_person_offered(stage: Stage) -> None:
    stage.search.findings = Findings((LAMP,), 0.1)
    reply = await stage.assistant.respond(stage.message("do you sell hamsters?"))
    assert not reply.answered
    assert reply.suggestions == ("How long can I return a lamp?",)
    assert reply.offer_human
    assert stage.writer.requests == []
    accepted = await stage.assistant.respond(stage.message("yes please"))
    assert accepted.decision.reasons == ("accepted the offer of a person",)
    assert accepted.owner == "queued"


async def test_refusals_never_feed_a_later_prompt(stage: Stage) -> None:
    stage.search.findings = Findings((), 0.0)
    refused = await stage.assistant.respond(stage.message("hamsters?"))
    stage.search.findings = Findings((LAMP,), 0.9)
    await stage.assistant.respond(stage.message("and lamps?"))
    words = [utterance.text for utterance in stage.writer.requests[-1].history]
    assert refused.text not in words
    assert words == ["hamsters?", "and lamps?"]


async def test_an_angry_customer_is_handed_over_by_the_system(stage: Stage) -> None:
    stage.mood.mood = Mood("negative", -0.95, 0.99, 0.9, ("uses angry or unhappy words",))
    reply = await stage.assistant.respond(stage.message("this is a disgrace!!"))
    assert (reply.owner, reply.decision.escalate) == ("queued", True)
    assert "number 1 in the queue" in reply.text
    assert stage.writer.requests == []


async def test_the_bot_is_silent_while_a_human_holds_the_conversation(stage: Stage) -> None:
    await stage.assistant.respond(stage.message("I want to talk to a human"))
    desk = Desk(stage.store)
    await desk.take("web:a", "Sofia")
    reply = await stage.assistant.respond(stage.message("how long for the lamp?"))
    assert (reply.silent, reply.text) == (True, "")
    await desk.hand_back("web:a", "Sofia")
    again = await stage.assistant.respond(stage.message("how long for the lamp?"))
    assert again.text.startswith("Lamps have 45 days.")
    assert "human" not in " ".join(utterance.text for utterance in stage.writer.requests[-1].history)


async def test_a_stage_that_fails_says_sorry_and_fetches_a_human(stage: Stage) -> None:
    stage.writer.pieces, stage.writer.fails = (), GenerationFailed("the model gave nothing")
    reply = await stage.assistant.respond(stage.message("how long?"))
    assert reply.text.startswith("I'm sorry, something went wrong")
    assert reply.owner == "queued"


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂", "\x00\x01\x02", "\u200b\u200b", "???"])
async def test_a_message_without_words_gets_a_civil_answer(stage: Stage, text: str) -> None:
    reply = await stage.assistant.respond(stage.message(text))
    assert "?" in reply.text
    assert stage.search.asked == []


async def test_a_very_long_message_is_read_in_part(stage: Stage) -> None:
    reply = await stage.assistant.respond(stage.message("how long? " * 10_000))
    assert reply.text.startswith("Lamps")
    assert len(stage.search.asked[0][0]) <= 4000


async def test_personal_numbers_are_masked_before_storage(stage: Stage) -> None:
    await stage.assistant.respond(stage.message("my card is 4111 1111 1111 1111 for LO-482193"))
    stored = await stage.store.load("web:a")
    assert stored is not None
    assert "4111" not in stored.turns[0].text
    assert "LO-482193" in stored.turns[0].text
    assert stored.customer.orders == ("LO-482193",)


def test_control_and_direction_characters_are_removed() -> None:
    assert clean("a\x00b\u202ec\ud800d\n") == "abcd"
