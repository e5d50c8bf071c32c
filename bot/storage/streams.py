"""Reads Redis streams: followed from an id on, or page by page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from bot.storage.connection import TIMEOUT, reachable

Row = tuple[str, dict[str, str]]
T = TypeVar("T")

_PAGE = 500
_BLOCK = TIMEOUT - 1.0  # seconds; Redis itself must not block longer than the socket's time-out


async def follow(redis: Any, stream: str, after: str, wait: float, readable: Callable[[list[Row]], list[T]]) -> list[T]:
    """What ``readable`` makes of the entries after ``after``, waiting up to ``wait`` seconds until that is something.

    "$" is from now on, "0" from the start. At most 500 entries at once.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + wait
    if after == "$":
        after = await last_id(redis, stream)
    while True:
        left = end - loop.time()
        with reachable():
            answer = await redis.xread(
                {stream: after}, count=_PAGE, block=max(1, int(min(left, _BLOCK) * 1000)) if left > 0 else None
            )
        rows: list[Row] = answer[0][1] if answer else []
        if found := readable(rows):
            return found
        if rows:
            after = rows[-1][0]
        elif left <= 0:
            return []


async def last_id(redis: Any, stream: str) -> str:
    """The id of the last entry, "0" where there is none."""
    with reachable():
        rows = await redis.xrevrange(stream, count=1)
    return str(rows[0][0]) if rows else "0"


async def entries(redis: Any, stream: str, start: str = "-") -> AsyncIterator[Row]:
    """Every entry from ``start`` on, oldest first."""
    while True:
        with reachable():
            rows: list[Row] = await redis.xrange(stream, min=start, count=_PAGE)
        for row in rows:
            yield row
        if len(rows) < _PAGE:
            return
        start = f"({rows[-1][0]}"
