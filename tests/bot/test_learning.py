"""End to end with the real models: unknown, answered by a person, reviewed, and then answered by the bot."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import app
from bot.app import App
from bot.cli import app as cli
from bot.conversation import IncomingMessage, Reply
from bot.settings import Settings

KNOWLEDGE = """---
language: en
topic: returns
---
# Returns

## How long do I have to return a lamp?
You can return a lamp within 45 days of delivery, in its original box.

## How much does shipping cost?
Standard shipping costs S$6.90, and orders over S$80 ship free.
"""
MONDAY_10 = 1_767_578_400.0


@pytest.fixture
def settings(tmp_path: Path, models: Path) -> Settings:
    (tmp_path / "kb" / "faq").mkdir(parents=True)
    (tmp_path / "kb" / "faq" / "returns.md").write_text(KNOWLEDGE, encoding="utf-8")
    return Settings(knowledge=tmp_path / "kb", models=models, data=tmp_path / "data", redis_url=None)


async def ask(running: App, visitor: str, text: str) -> Reply:
    ask.number += 1  # type: ignore[attr-defined]
    message = IncomingMessage("web", visitor, str(ask.number), text, MONDAY_10)  # type: ignore[attr-defined]
    return await running.assistant.respond(message)


ask.number = 0  # type: ignore[attr-defined]


TAUGHT = [
    (
        "Do you offer gift wrapping?",
        "is gift wrapping offered?",
        "Hello! Yes, gift wrapping is offered for S$3.00 an item.",
        "S$3.00",
        "faq/learned.md",
    ),
    ("可以上门安装书架吗？", "能上门安装书架吗", "您好！可以，上门安装书架每件30新元。", "30", "faq/learned.zh.md"),
]


async def test_what_a_person_answered_is_answered_by_the_bot_once_it_was_accepted(settings: Settings) -> None:
    async with app.running(settings, clock=lambda: MONDAY_10) as running:
        for number, (question, other, answer, fact, file) in enumerate(TAUGHT):
            visitor = f"web:a{number}"
            first = await ask(running, visitor, question)
            assert not first.answered
            assert fact not in first.text
            handed = await ask(running, visitor, "转人工" if first.language == "zh" else "I want a human")
            assert handed.owner == "queued"
            await running.desk.take(visitor, "Sofia")
            await running.desk.reply(visitor, "Sofia", answer)
            await running.desk.close(visitor, "Sofia", "solved")
            (proposal,) = await running.proposals.waiting()
            assert proposal.question == question
            assert not proposal.answer.startswith(("Hello", "您好"))
            await running.proposals.accept(proposal.id)
            known = await ask(running, f"web:b{number}", other)
            assert known.answered
            assert fact in known.text
            assert known.sources[0].source == file
            assert await running.proposals.waiting() == []


def test_entries_are_reviewed_in_the_terminal(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("knowledge", "models", "data"):
        monkeypatch.setenv(f"FRONTDESK_{name.upper()}", str(getattr(settings, name)))

    async def observe() -> None:
        from bot.storage.connection import connect
        from bot.storage.observations import Observation, Observations

        redis = await connect(None, settings.data)
        now = time.time()
        await Observations(redis).add(
            [
                Observation("a1", "web:a", now, "do you gift wrap?", "Yes, S$3.00 an item."),
                Observation("b2", "web:b", now, "where is [order]?", "It left on Monday."),
                Observation("c3", "web:c", now, "can you lower the price for me", "Only this once."),
            ]
        )
        await redis.aclose()

    asyncio.run(observe())
    listed = json.loads(CliRunner().invoke(cli, ["faq", "list", "--json"]).stdout)
    assert {p["question"] for p in listed} == {
        "do you gift wrap?",
        "where is [order]?",
        "can you lower the price for me",
    }
    answers = {"a1": "e\nDo you gift wrap?\nYes, for S$3.00.\n", "b2": "a\ns\n", "c3": "r\n"}
    typed = "".join(answers[p["id"]] for p in listed)
    reviewed = CliRunner().invoke(cli, ["faq", "review"], input=typed)
    assert reviewed.exit_code == 0, reviewed.output
    assert [line.split() for line in reviewed.output.splitlines()[-3:]] == [
        ["accepted", "1"],
        ["rejected", "1"],
        ["left", "1"],
    ]
    written = (settings.knowledge / "faq" / "learned.md").read_text(encoding="utf-8")
    assert "## Do you gift wrap?\nYes, for S$3.00.\n" in written
    left = json.loads(CliRunner().invoke(cli, ["faq", "list", "--json"]).stdout)
    assert [p["id"] for p in left] == ["b2"]
