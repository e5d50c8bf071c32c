"""What is right, what is not, and how to mend it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from bot import app
from bot import settings as settings_module
from bot.settings import Settings
from retrieval.errors import FrontdeskError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``mend`` is empty where all is well."""

    what: str
    ok: bool
    state: str
    mend: str = ""

    def record(self) -> dict[str, Any]:
        return asdict(self)


async def diagnose(*, quick: bool = False) -> list[Finding]:
    """Look at settings, models, index, Redis and token; ``quick`` at Redis and the index only."""
    try:
        settings = settings_module.load()
    except FrontdeskError as error:
        return [Finding("settings", False, error.problem, error.mend)]
    source = settings_module.settings_file()
    findings = [Finding("settings", True, str(source) if source.exists() else "defaults and environment")]
    checks: list[tuple[str, Callable[[Settings], Awaitable[str]]]] = [("index", _index), ("redis", _redis)]
    if not quick:
        checks = [
            ("models", _models),
            ("knowledge", _knowledge),
            *checks,
            ("llm", _llm),
            ("telegram", _telegram),
            ("staff", _staff),
        ]
    for what, check in checks:
        try:
            findings.append(Finding(what, True, await check(settings)))
        except FrontdeskError as error:
            findings.append(Finding(what, False, error.problem, error.mend))
        except OSError as error:
            findings.append(Finding(what, False, str(error), "check the path and its permissions"))
    return findings


def as_text(findings: list[Finding]) -> str:
    """A line each."""
    return "\n".join(
        f"{'ok ' if f.ok else 'BAD'}  {f.what:<10} {f.state}" + (f"\n     to mend: {f.mend}" if f.mend else "")
        for f in findings
    )


async def _models(settings: Settings) -> str:
    from generation.model import verify
    from retrieval.multilingual import MultilingualEncoder
    from retrieval.reranker import NAME

    await asyncio.to_thread(verify, settings.models)
    await asyncio.to_thread(MultilingualEncoder().passages, ["?"])
    await asyncio.to_thread(app.reranker, settings)
    return f"{settings.embedding_model}, {settings.reply_model}, {NAME} in {settings.models}; the multilingual encoder"


async def _knowledge(settings: Settings) -> str:
    from retrieval.documents import load

    loaded = await asyncio.to_thread(load, settings.knowledge)
    if loaded.problems:
        raise loaded.problems[0]
    return f"{len(loaded.passages)} passages in {settings.knowledge}"


async def _index(settings: Settings) -> str:
    from retrieval.index import Index

    index = await asyncio.to_thread(Index.load, settings.index)
    return f"{len(index)} passages in {settings.index}"


async def _redis(settings: Settings) -> str:
    from bot.storage.connection import connect

    redis = await connect(settings.redis_url, settings.data)
    try:
        await redis.ping()
    finally:
        await redis.aclose()
    return settings.redis_url or f"embedded, on {settings.data}"


async def _llm(settings: Settings) -> str:
    if not settings.llm_url:
        return "no server: replies are written on this machine (set FRONTDESK_LLM_URL to change that)"
    from generation.remote import probe

    key = settings.llm_key.get_secret_value() if settings.llm_key else None
    return await probe(settings.llm_url, settings.llm_model, key=key)


async def _telegram(settings: Settings) -> str:
    if not settings.telegram_bot_token:
        return "no token: Telegram is off (set TELEGRAM_BOT_TOKEN to turn it on)"
    from bot.channels.telegram_checks import whoami

    return "@" + await whoami(settings.telegram_bot_token, api_url=settings.telegram_api_url)


async def _staff(settings: Settings) -> str:
    if not settings.telegram_bot_token or settings.telegram_staff_chat_id is None:
        return "no staff group: people answer at the web desk only (set TELEGRAM_STAFF_CHAT_ID to use a group)"
    from bot.channels.telegram_checks import staff_group

    title = await staff_group(
        settings.telegram_bot_token, settings.telegram_staff_chat_id, api_url=settings.telegram_api_url
    )
    return f"the group {title!r} is a desk: its members are operators"
