"""Serves the channels until told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal

from bot import app
from bot.settings import Settings
from retrieval.errors import InputError

logger = logging.getLogger(__name__)


async def serve(settings: Settings) -> None:
    """Run the web server, and Telegram where a token is set, until SIGINT or SIGTERM.

    Raises InputError where nothing is left to serve.
    """
    from bot.channels.base import Channel, ShopText
    from bot.channels.telegram import TelegramChannel
    from bot.channels.telegram_staff import StaffGroup
    from bot.channels.web import WebChannel, WebOptions, create_app
    from bot.channels.web_security import ensure_first_operator, operators

    web, telegram = "web" in settings.channels, "telegram" in settings.channels and bool(settings.telegram_bot_token)
    if not web and not telegram:
        raise InputError("nothing to serve", "set TELEGRAM_BOT_TOKEN, or serve the web channel")
    shop = ShopText(
        name=settings.shop.name,
        name_zh=settings.shop.name_zh,
        suggestions_en=tuple(settings.shop.suggestions),
        suggestions_zh=tuple(settings.shop.suggestions_zh),
        hours_en=settings.hours.text,
        hours_zh=settings.hours.text_zh,
        privacy_en=settings.shop.privacy,
        privacy_zh=settings.shop.privacy_zh,
    )
    async with app.running(settings, watched=True) as running:
        channels: list[Channel] = []
        bot: TelegramChannel | None = None
        if telegram or (web and settings.telegram_bot_token and settings.webhook_url):
            assert settings.telegram_bot_token is not None
            staff: StaffGroup | None = None
            if settings.telegram_staff_chat_id is not None:
                staff = StaffGroup(
                    settings.telegram_staff_chat_id,
                    running.topics,
                    reserved=lambda: operators(settings.data / "operators.yaml").keys(),
                    utc_offset=settings.hours.utc_offset,
                    canned=settings.canned,
                )
            bot = TelegramChannel(
                settings.telegram_bot_token,
                running.intake,
                running.store,
                running.outbox,
                running.desk,
                customers=running.customers,
                api_url=settings.telegram_api_url,
                webhook_url=settings.webhook_url,
                webhook_secret=settings.webhook_secret,
                staff=staff,
                shop=shop,
            )
            channels.append(bot)
        if web:
            options = WebOptions(
                host=settings.host,
                port=settings.port,
                secret=settings.secret(),
                allowed_origins=tuple(settings.allowed_origins),
                operators=settings.data / "operators.yaml",
                canned=settings.canned,
                shop=shop,
            )
            first = ensure_first_operator(options.operators)
            if first is not None:
                print(f"The desk's first operator is {first[0]!r} with password {first[1]!r}; it is shown only now.")
            pages = create_app(
                options=options,
                intake=running.intake,
                store=running.store,
                desk=running.desk,
                customers=running.customers,
                policy=app.policy(settings),
                proposals=running.proposals,
                telegram=bot.feed if bot is not None and settings.webhook_url else None,
                parts={"index": f"{len(running.retriever.passages)} passages", "model": settings.reply_model},
            )
            channels.append(WebChannel(pages, options))
        taken = await running.intake.recover()
        if taken:
            logger.warning("answering %d messages that a former run accepted", taken)
        await _until_stopped(channels)


async def _until_stopped(channels: list[Channel]) -> None:  # type: ignore[name-defined]  # noqa: F821
    """Run every channel; a signal stops them all, and one that fails stops the program with its error."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    tasks = [asyncio.create_task(channel.run(), name=channel.name) for channel in channels]
    stopped = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
    for task in [*tasks, stopped]:
        task.cancel()
    await asyncio.gather(*tasks, stopped, return_exceptions=True)
    for task in done - {stopped}:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
