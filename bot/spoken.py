"""What is said in a turn, word for word, to a listener who may go away."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot import contact

logger = logging.getLogger(__name__)

Say = Callable[[str], Awaitable[None]]


async def silence(_: str) -> None:
    """A ``say`` that nobody hears: the reply is stored and delivered whole."""


@dataclass(slots=True)
class Spoken:
    """Remembers word for word what was said; a listener that went away does not stop the turn."""

    say: Say
    started: float
    pieces: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    deaf: bool = False
    contact: contact.Contact = field(default_factory=contact.Contact)  # in the message, before it was masked

    async def __call__(self, piece: str) -> None:
        self.seconds.setdefault("first_token", time.perf_counter() - self.started)
        self.pieces.append(piece)
        if self.deaf:
            return
        try:
            await self.say(piece)
        except Exception:
            logger.info("nobody listens any more; the reply is stored", exc_info=True)
            self.deaf = True

    async def line(self, text: str) -> None:
        """Say a line of the system's own, apart from what was said before."""
        await self.pause()
        await self(text)

    async def pause(self) -> None:
        """Set what comes apart from what was said before."""
        if self.pieces and not self.pieces[-1].endswith("\n\n"):
            await self("\n\n")

    @property
    def text(self) -> str:
        return "".join(self.pieces)


@dataclass(slots=True)
class Fresh:
    """Says what was not said ``before``; holds back what was, until something new comes. ``opens``: an apology is first."""

    say: Say
    before: str
    opens: bool
    held: list[str] = field(default_factory=list)

    async def __call__(self, piece: str) -> None:
        if not self.opens:
            self.held.append(piece)
            if self.before and piece.strip() in self.before:
                return
            self.before = ""
        for said in self.held or [piece]:
            await self.say(said)
        self.held.clear()
        self.opens = False
