"""The terminal channel."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from bot.channels.terminal import TerminalChannel
from bot.conversation import Decision, IncomingMessage, Mood, Reply, Source, Turn
from bot.spoken import Say, silence
from bot.storage.connection import connect
from bot.storage.sessions import SessionStore
from retrieval.errors import StorageUnavailable


@dataclass
class Scripted:
    replies: dict[str, Reply]
    heard: list[IncomingMessage] = field(default_factory=list)

    async def respond(self, message: IncomingMessage, say: Say = silence) -> Reply:
        self.heard.append(message)
        if message.text not in self.replies:
            raise StorageUnavailable("Redis does not answer", "start it")
        reply = self.replies[message.text]
        for word in reply.text.split(" "):
            await say(word + " ")
        return reply


async def talk(
    lines: Sequence[str], replies: dict[str, Reply], *, store: SessionStore | None = None
) -> tuple[str, list[IncomingMessage]]:
    """What is printed when these lines come through a pipe."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "w", encoding="utf-8") as sink:
        sink.write("".join(line + "\n" for line in lines))
    printed, assistant = io.StringIO(), Scripted(replies)
    with os.fdopen(reader, encoding="utf-8") as source:
        channel = TerminalChannel(
            assistant,  # type: ignore[arg-type]
            store=store,
            source=source,
            console=Console(file=printed, highlight=False, soft_wrap=True),
        )
        await asyncio.wait_for(channel.run(), 20)
    return printed.getvalue(), assistant.heard


async def test_a_piped_conversation_is_answered_line_by_line() -> None:
    source = Source("p", "Returns", "policies/returns.md", 3, 0.9)
    replies = {"how long?": Reply("You have 30 days.", sources=(source,)), "谢谢": Reply("不客气！", language="zh")}
    printed, heard = await talk(["how long?", "", "谢谢"], replies)
    assert "You have 30 days." in printed and "↳ Returns (policies/returns.md:3)" in printed and "不客气！" in printed
    assert [message.text for message in heard] == ["how long?", "谢谢"]
    assert len({message.message_id for message in heard}) == 2
    assert {message.conversation_id for message in heard} == {"terminal:1"}


async def test_quit_ends_it_and_brackets_are_no_markup() -> None:
    printed, heard = await talk(["a", "/quit", "b"], {"a": Reply("see [bold]this[/bold] [1]")})
    assert "see [bold]this[/bold] [1]" in printed
    assert [message.text for message in heard] == ["a"]


async def test_an_error_is_one_line_and_the_conversation_goes_on() -> None:
    printed, _ = await talk(["down", "a"], {"a": Reply("fine")})
    assert "Redis does not answer; start it" in printed and "fine" in printed


async def test_words_cannot_command_the_terminal() -> None:
    printed, _ = await talk(["a"], {"a": Reply("x\x1b[2Jy")})
    assert "\x1b" not in printed and "x[2Jy" in printed


async def test_a_person_who_has_the_conversation_is_named() -> None:
    printed, _ = await talk(["a"], {"a": Reply("", silent=True, owner="human")})
    assert "a person has this conversation" in printed


async def test_the_mood_and_the_reasons_stand_under_the_words() -> None:
    decision = Decision("hand_over", ("the customer asked for a human",))
    printed, _ = await talk(["a"], {"a": Reply("x", mood=Mood("negative", -0.5), decision=decision)})
    assert "negative (-0.50) · hand over: the customer asked for a human" in printed


async def test_human_asks_in_the_language_that_is_spoken() -> None:
    replies = {
        "I want to talk to a human": Reply("en"),
        "你好": Reply("您好", language="zh"),
        "我要转人工": Reply("zh"),
    }
    _, heard = await talk(["/human", "你好", "/human"], replies)
    assert [message.text for message in heard] == ["I want to talk to a human", "你好", "我要转人工"]


async def test_new_leaves_the_old_conversation() -> None:
    printed, heard = await talk(["a", "/new", "a"], {"a": Reply("x")})
    assert "We begin anew." in printed
    assert len({message.conversation_id for message in heard}) == 2


async def test_new_fences_a_kept_conversation(tmp_path: Path) -> None:
    redis = await connect(None, tmp_path)
    try:
        store = SessionStore(redis)
        await store.append("terminal:1", Turn("customer", "before", 1.0), deliver=False)
        await talk(["/new"], {}, store=store)
        conversation = await store.load("terminal:1")
        assert conversation is not None and len(conversation.turns) == 2 and conversation.history() == ()
    finally:
        await redis.aclose()
