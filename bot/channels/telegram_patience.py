"""Asks Telegram until it answers: as slowly as it wants, and again where the network failed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
)

logger = logging.getLogger(__name__)

T = TypeVar("T")

LONGEST_PAUSE = 30.0


async def patiently(ask: Callable[[], Awaitable[T]], who: str, pause: float = 1.0) -> T:
    """What Telegram answers in the end. Raises what it refuses for good; ``who`` waits, in the log.

    The words of an error are not logged: they may hold the address with the token.
    """
    while True:
        try:
            return await ask()
        except TelegramRetryAfter as error:
            logger.info("%s: Telegram asks to wait %s s", who, error.retry_after)
            await asyncio.sleep(max(0.0, float(error.retry_after)))
        except (TelegramMigrateToChat, TelegramForbiddenError, TelegramBadRequest, TelegramNotFound):
            raise
        except (TelegramAPIError, OSError, TimeoutError) as error:
            logger.warning("%s waits for Telegram: %s", who, type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
