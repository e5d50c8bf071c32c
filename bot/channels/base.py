"""What every channel is, and the shop's own words that channels show."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bot.conversation import Turn
from retrieval.passages import Language

if TYPE_CHECKING:
    from bot.storage.sessions import SessionStore


class Channel(Protocol):
    """A way to customers. ``run`` serves until it is cancelled; it raises only what makes serving impossible."""

    name: str

    async def run(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ShopText:
    """The shop's name, questions to begin with, desk hours and privacy notice, in English and Chinese."""

    name: str
    name_zh: str
    suggestions_en: tuple[str, ...]
    suggestions_zh: tuple[str, ...]
    hours_en: str
    hours_zh: str
    privacy_en: str
    privacy_zh: str

    def title(self, language: Language) -> str:
        return self.name_zh if language == "zh" else self.name

    def suggestions(self, language: Language) -> tuple[str, ...]:
        return self.suggestions_zh if language == "zh" else self.suggestions_en

    def hours(self, language: Language) -> str:
        return self.hours_zh if language == "zh" else self.hours_en

    def privacy(self, language: Language) -> str:
        return self.privacy_zh if language == "zh" else self.privacy_en


async def begin_anew(store: SessionStore, conversation_id: str, line: Turn, *, deliver: bool) -> None:
    """Fence what was said before with ``line``; back to the bot from the queue or a closed conversation.

    Raises OwnershipConflict where a human has the conversation.
    """
    known = await store.load(conversation_id)
    if known is None or known.owner == "bot":
        await store.append(conversation_id, line, deliver=deliver)
    else:
        await store.change_owner(conversation_id, "bot", expected={"bot", "queued", "closed"}, line=line)


async def stop(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks until they have ended: one cancellation can be lost inside a client that is just connecting.

    Being cancelled itself does not make it leave one of them running; how they ended is of no interest any more.
    """
    left, cancelled = {task for task in tasks if not task.done()}, False
    while left:
        for task in left:
            task.cancel()
        try:
            done, left = await asyncio.wait(left, timeout=1.0)
        except asyncio.CancelledError:
            cancelled = True
            left = {task for task in left if not task.done()}
            continue
        for task in done:
            if not task.cancelled():
                task.exception()
    if cancelled:
        raise asyncio.CancelledError
