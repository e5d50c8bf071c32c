"""Talks to the bot from the command line: one turn, or a conversation."""

from __future__ import annotations

import logging
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot import app, lines
from bot.commands import files
from bot.conversation import Author, IncomingMessage, Reply, Turn
from bot.settings import Settings


async def one_turn(settings: Settings, text: str, history: Path | None, customer: Path | None) -> dict[str, Any]:
    """Answer one message in a conversation of its own; the contract's document of `frontdesk reply`."""
    earlier, who = files.history(history), files.customer(customer)
    with tempfile.TemporaryDirectory(prefix="frontdesk-") as folder:
        async with app.running(settings, data=Path(folder)) as running:
            conversation_id = "terminal:reply"
            await running.customers.save(conversation_id, who)
            now = time.time()
            for index, turn in enumerate(earlier):
                author: Author = "customer" if turn.role == "customer" else "bot"
                at = now - len(earlier) + index
                told = Turn(author, turn.text, at, answered=author == "customer" or not lines.refuses(turn.text))
                await running.store.append(conversation_id, told, deliver=False)
            message = IncomingMessage("terminal", conversation_id, "1", text, now)
            return document(await running.assistant.respond(message))


def document(reply: Reply) -> dict[str, Any]:
    """A reply as the contract prints it."""
    return {
        "reply": reply.text,
        "language": reply.language,
        "sources": [asdict(source) for source in reply.sources],
        "answered": reply.answered,
        "sentiment": {"label": reply.mood.label, "score": round(reply.mood.score, 4)},
        "dissatisfaction": round(reply.mood.dissatisfaction, 4),
        "escalation": {
            "action": reply.decision.action,
            "escalate": reply.decision.escalate,
            "reasons": list(reply.decision.reasons),
        },
        "grounded": reply.grounded,
        "suggestions": list(reply.suggestions),
        "seconds": {stage: round(seconds, 4) for stage, seconds in reply.seconds.items()},
    }


def describe(reply: dict[str, Any]) -> str:
    """The document for a reader."""
    sources = "\n".join(f"  {s['source']}:{s['line']}  {s['title']}  ({s['score']:.2f})" for s in reply["sources"])
    seconds = ", ".join(f"{stage} {value:.2f} s" for stage, value in reply["seconds"].items())
    escalation = reply["escalation"]
    return "\n".join(
        [
            reply["reply"],
            "",
            f"sources:\n{sources}" if sources else "sources: none",
            f"sentiment: {reply['sentiment']['label']} ({reply['sentiment']['score']:+.2f}), "
            f"dissatisfaction {reply['dissatisfaction']:.2f}",
            f"escalation: {escalation['action']}" + "".join(f"\n  because {r}" for r in escalation["reasons"]),
            f"seconds: {seconds}",
        ]
    )


async def chat(settings: Settings) -> None:
    """The conversation of the terminal, kept between starts like any other."""
    from bot.channels.terminal import TerminalChannel

    logging.getLogger("bot").setLevel(logging.ERROR)
    async with app.running(settings) as running:
        await TerminalChannel(running.assistant, store=running.store).run()
