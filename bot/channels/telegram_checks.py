"""The bot as Telegram knows it: made from a token, and asked whether token and staff group are right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import AiogramError, TelegramNotFound, TelegramUnauthorizedError
from aiogram.utils.token import TokenValidationError

from bot.channels.telegram_delivery import REQUEST_SECONDS
from bot.channels.telegram_staff_group import Group
from retrieval.errors import FrontdeskError, InputError


def make_bot(token: str, api_url: str | None) -> Bot:
    """A client of the Bot API; no call is made. Raises InputError for a malformed token."""
    server = TelegramAPIServer.from_base(api_url.rstrip("/")) if api_url else PRODUCTION
    try:
        return Bot(token, session=AiohttpSession(api=server, timeout=REQUEST_SECONDS))
    except TokenValidationError as error:
        raise InputError("TELEGRAM_BOT_TOKEN is no bot token", "copy it from @BotFather") from error


async def whoami(token: str, *, api_url: str | None = None) -> str:
    """The bot's username, without @. Raises InputError for a refused token, FrontdeskError without Telegram."""

    async def ask(bot: Bot) -> str:
        return (await bot.get_me(request_timeout=REQUEST_SECONDS)).username or str(bot.id)

    return await _asked(token, api_url, ask)


async def staff_group(token: str, chat_id: int, *, api_url: str | None = None) -> str:
    """The staff group's title. Raises InputError naming what keeps it from being a desk, or as ``whoami``."""
    return await _asked(token, api_url, lambda bot: Group(bot, chat_id).check())


async def _asked(token: str, api_url: str | None, ask: Callable[[Bot], Awaitable[str]]) -> str:
    bot = make_bot(token, api_url)
    try:
        return await ask(bot)
    except (TelegramUnauthorizedError, TelegramNotFound) as error:
        raise InputError("Telegram refuses the token", "copy TELEGRAM_BOT_TOKEN from @BotFather again") from error
    except (AiogramError, OSError, TimeoutError) as error:
        raise FrontdeskError(
            f"Telegram does not answer ({type(error).__name__})", "check the network and FRONTDESK_TELEGRAM_API_URL"
        ) from None
    finally:
        await bot.session.close()
