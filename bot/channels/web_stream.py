"""What flows to a page as it happens: pieces of an answer, turns, and who holds the conversation (SSE over fetch)."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import StreamingResponse

from bot.conversation import Turn
from retrieval.errors import StorageUnavailable

if TYPE_CHECKING:
    from bot.spoken import Say
    from bot.storage.sessions import SessionStore

_HEARTBEAT = 15.0  # seconds; proxies close a silent connection after 30 to 60
_BOUND = 256  # events that wait for a slow page; more are dropped, the stored turns bring everything back
Item = tuple[str, str | None, dict[str, Any]]  # event, id, data


class Live:
    """The pages that listen, by conversation. Pieces are passing: what counts is in the stored turns."""

    def __init__(self) -> None:
        self._pages: defaultdict[str, set[asyncio.Queue[Item]]] = defaultdict(set)

    def say_for(self, conversation_id: str) -> Say:
        """A ``say`` that shows each piece on every page of the conversation."""

        async def say(piece: str) -> None:
            self.tell(conversation_id, "sentence", {"text": piece})

        return say

    def tell(self, conversation_id: str, event: str, data: dict[str, Any]) -> None:
        for page in self._pages.get(conversation_id, ()):
            if not page.full():
                page.put_nowait((event, None, data))

    def join(self, conversation_id: str) -> asyncio.Queue[Item]:
        page: asyncio.Queue[Item] = asyncio.Queue(_BOUND)
        self._pages[conversation_id].add(page)
        return page

    def leave(self, conversation_id: str, page: asyncio.Queue[Item]) -> None:
        self._pages[conversation_id].discard(page)
        if not self._pages[conversation_id]:
            del self._pages[conversation_id]


def turn_record(turn_id: str, turn: Turn) -> dict[str, Any]:
    """A turn as a page gets it; moods are the desk's own business."""
    return {
        "id": turn_id,
        "author": turn.author,
        "text": turn.text,
        "at": turn.at,
        "message_id": turn.message_id,
        "absorbed": list(turn.absorbed),
        "operator": turn.operator,
        "answered": turn.answered,
        "sources": [asdict(source) for source in turn.sources],
        "suggestions": list(turn.suggestions),
        "offer_human": turn.offer_human,
        "ask_rating": turn.ask_rating,
    }


async def follow(
    store: SessionStore,
    live: Live,
    conversation_id: str,
    after: str,
    place: Callable[[str], Awaitable[int]],
) -> AsyncIterator[Item]:
    """Everything about the conversation after a turn's id, for as long as somebody listens.

    ``place`` gives the place in the queue, from 1, of a conversation that waits: it is told as it changes.
    """
    page = live.join(conversation_id)

    async def pump() -> None:
        last, before = after, None
        while True:
            try:
                for turn_id, turn in await store.turns_after(conversation_id, last, wait=4.0):
                    last = turn_id
                    if not turn.private:
                        await page.put(("turn", turn_id, turn_record(turn_id, turn)))
                conversation = await store.load(conversation_id)
                waits = conversation is not None and conversation.owner == "queued"
                state = {
                    "owner": conversation.owner if conversation else "bot",
                    "operator": conversation.operator if conversation else None,
                    "place": await place(conversation_id) if waits else 0,
                    "rating": conversation.rating if conversation else None,
                }
                if state != before:
                    before = state
                    await page.put(("status", None, state))
            except StorageUnavailable:
                before = None
                await page.put(("status", None, {"owner": "unavailable", "operator": None}))
                await asyncio.sleep(2.0)

    pumping = asyncio.create_task(pump())
    try:
        while True:
            try:
                yield await asyncio.wait_for(page.get(), _HEARTBEAT)
            except TimeoutError:
                yield ("beat", None, {})
    finally:
        pumping.cancel()
        live.leave(conversation_id, page)


def sse(request: Request, items: AsyncIterator[Item]) -> StreamingResponse:
    """The items as server-sent events (WHATWG HTML, section 9.2)."""

    async def lines() -> AsyncIterator[str]:
        async for event, event_id, data in items:
            identity = f"id: {event_id}\n" if event_id else ""
            yield f"{identity}event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(lines(), media_type="text/event-stream", headers=headers)
