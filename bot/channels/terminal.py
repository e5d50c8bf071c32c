"""The terminal as a channel: a line in, the answer streamed out; a pipe works as well as a keyboard."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.text import Text

from bot.channels.base import begin_anew
from bot.conversation import IncomingMessage, Reply, Turn
from retrieval.errors import FrontdeskError
from retrieval.passages import Language

if TYPE_CHECKING:
    from bot.storage.sessions import SessionStore
    from bot.turn import Assistant

_QUIT = {"/quit", "/exit", "/q"}
_HELP = "Ask anything about the shop. /human fetches a person, /new begins anew, /quit (or Ctrl-D) ends."
_HUMAN: dict[Language, str] = {"en": "I want to talk to a human", "zh": "我要转人工"}


class TerminalChannel:
    """One conversation with whoever sits at the terminal; it is kept between starts like any other.

    /new fences the conversation in ``store``; without one it opens another conversation.
    """

    name = "terminal"

    def __init__(
        self,
        assistant: Assistant,
        *,
        store: SessionStore | None = None,
        conversation_id: str = "terminal:1",
        source: TextIO | None = None,
        console: Console | None = None,
    ) -> None:
        self._assistant = assistant
        self._conversation_id = conversation_id
        self._source = source or sys.stdin
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._store = store
        self._language: Language = "en"
        self._asks = self._source.isatty()

    async def run(self) -> None:
        """Answer line by line until the input ends."""
        if self._asks:
            self._console.print(_HELP, style="dim", markup=False)
        while (line := await self._line()) is not None:
            text = line.strip()
            if text.lower() in _QUIT:
                return
            if text.lower() == "/help":
                self._console.print(_HELP, style="dim", markup=False)
            elif text.lower() == "/new":
                await self._new()
            elif text.lower() == "/human":
                await self._turn(_HUMAN[self._language])
            elif text:
                await self._turn(text)

    async def _new(self) -> None:
        words = "我们重新开始。" if self._language == "zh" else "We begin anew."
        if self._store is None:
            self._conversation_id = f"{self.name}:{time.time_ns()}"
        else:
            line = Turn("system", words, time.time(), fence=True)
            try:
                await begin_anew(self._store, self._conversation_id, line, deliver=False)
            except FrontdeskError as error:
                self._console.print(Text(str(error), style="red"))
                return
        self._note(f"  {words}")

    async def _turn(self, text: str) -> None:
        now = time.time()
        message = IncomingMessage(self.name, self._conversation_id, f"{time.time_ns()}", text, now)
        said = False

        async def say(piece: str) -> None:
            nonlocal said
            self._write(piece)
            said = True

        try:
            reply = await self._assistant.respond(message, say)
        except FrontdeskError as error:
            self._write("\n" if said else "")
            self._console.print(Text(str(error), style="red"))
            return
        self._write("\n" if said else "")
        self._after(reply)

    def _after(self, reply: Reply) -> None:
        """What stands under the words: where they come from, what to ask next, who has the conversation."""
        self._language = reply.language
        chinese = reply.language == "zh"
        for source in reply.sources[:3]:
            self._note(f"  ↳ {source.title} ({source.source}:{source.line})")
        for question in reply.suggestions:
            self._note(f"  ? {question}")
        self._note(f"  {reply.mood.label} ({reply.mood.score:+.2f}){self._why(reply)}")
        if reply.silent:
            self._note("  （人工客服正在处理本次对话）" if chinese else "  (a person has this conversation)")
        self._write("\n")

    def _why(self, reply: Reply) -> str:
        """What was decided beside answering, and for which reasons."""
        decision = reply.decision
        if decision.action == "answer":
            return ""
        return f" · {decision.action.replace('_', ' ')}" + (
            ": " + "; ".join(decision.reasons) if decision.reasons else ""
        )

    def _note(self, line: str) -> None:
        self._console.print(Text(line, style="dim"))

    def _write(self, piece: str) -> None:
        """Words as they come; what a terminal would take for a command is left out."""
        shown = "".join(char for char in piece if char in "\n\t" or char.isprintable())
        self._console.file.write(shown)
        self._console.file.flush()

    async def _line(self) -> str | None:
        """The next line, None at the end. It is read in a thread that does not hold up the end of the program."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str | None] = loop.create_future()

        def deliver(line: str | None) -> None:
            if not answer.done():
                answer.set_result(line)

        def read() -> None:
            line: str | None
            try:
                line = self._read()
            except (EOFError, OSError, ValueError):
                line = None
            with suppress(RuntimeError):  # the program has ended meanwhile
                loop.call_soon_threadsafe(deliver, line)

        threading.Thread(target=read, daemon=True, name="terminal").start()
        return await answer

    def _read(self) -> str | None:
        if self._asks and self._source is sys.stdin:
            return input("> ")
        return self._source.readline() or None
