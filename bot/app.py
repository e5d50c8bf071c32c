"""The one place where real clients and models are made from settings."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.escalation import Policy
from bot.settings import Settings
from bot.turn import Assistant, Thresholds
from retrieval.errors import IndexDamaged, InputError, ModelError

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.intake import Intake
    from bot.proposals import Proposals
    from bot.sentiment.reader import MoodReader
    from bot.storage.customers import Customers
    from bot.storage.outbox import Outbox
    from bot.storage.sessions import SessionStore
    from bot.storage.topics import Topics
    from generation.generator import Generator
    from generation.writer import Writer
    from retrieval.embedding import Embedder
    from retrieval.reranker import Reranker
    from retrieval.retriever import Retriever

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class App:
    """Everything that runs, wired."""

    settings: Settings
    store: SessionStore
    outbox: Outbox
    customers: Customers
    topics: Topics
    desk: Desk
    assistant: Assistant
    intake: Intake
    retriever: Retriever
    proposals: Proposals


def embedder(settings: Settings) -> Embedder:
    """The sentence embedder. Raises ModelError where its folder is missing."""
    from retrieval.embedding import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(model_folder(settings, settings.embedding_model))


def reranker(settings: Settings) -> Reranker:
    """What reads the first passages again. Raises ModelError where its folder is missing."""
    from retrieval.reranker import ENGLISH, NAME, Reranker

    return Reranker(Path(model_folder(settings, NAME)), english=Path(model_folder(settings, ENGLISH)))


def retriever(settings: Settings, embed: Embedder) -> Retriever:
    """A retriever over the index on disk, which is built first where there is none."""
    from retrieval.index import update
    from retrieval.retriever import Retriever

    if not settings.index.exists():
        if not settings.knowledge.is_dir():
            raise InputError(
                "no such folder", "name the shop's knowledge with FRONTDESK_KNOWLEDGE", path=settings.knowledge
            )
        update(settings.knowledge, settings.index, embed)
    reader = reranker(settings)
    try:
        return Retriever.open(settings.index, embed, reader)
    except IndexDamaged as damage:
        logger.warning("the index is built anew: %s", damage)
        update(settings.knowledge, settings.index, embed)
        return Retriever.open(settings.index, embed, reader)


def classifier(settings: Settings) -> MoodReader:
    """The reader of moods. Raises ModelError where a model's file is missing."""
    from bot.sentiment.encoder import CHINESE, ENGLISH
    from bot.sentiment.reader import load

    english, chinese = (Path(model_folder(settings, tuned.base)) for tuned in (ENGLISH, CHINESE))
    return load(english, chinese)


def generator(settings: Settings) -> Generator:
    """The reply model: here, or on the server of ``llm_url`` with the one here for when that fails."""
    if not settings.llm_url:
        return local_generator(settings)
    from generation.remote import RemoteGenerator

    if not settings.llm_model:
        raise InputError("setting llm_url has no llm_model beside it", "name the server's model as FRONTDESK_LLM_MODEL")
    fallback: Generator | None = None
    try:
        fallback = local_generator(settings)
    except ModelError as error:
        logger.warning("nothing stands in where %s fails: %s", settings.llm_url, error)
    return RemoteGenerator(
        settings.llm_url,
        settings.llm_model,
        key=settings.llm_key.get_secret_value() if settings.llm_key else None,
        fallback=fallback,
        concurrency=settings.llm_concurrency,
    )


def local_generator(settings: Settings) -> Generator:
    """The reply model on this machine. Raises ModelError where its weights are missing or do not fit."""
    from generation.local import LocalGenerator

    return LocalGenerator(
        Path(model_folder(settings, settings.reply_model)),
        adapter=adapter(settings),
        threads=settings.threads,
        usual=settings.sampling.controls(),
    )


def adapter(settings: Settings) -> Path | None:
    """The adapter of the local reply model: the owner's, or the shipped one of the model that it was tuned from.

    A server of ``llm_url`` reads prompts with examples, and so does the model that stands in for it.
    """
    from generation.tuned import SHIPPED

    if settings.adapter or settings.llm_url:
        return settings.adapter
    return SHIPPED.get(settings.reply_model)


def writer(settings: Settings, model: Generator | None = None) -> Writer:
    from generation.tuned import teaches_replies
    from generation.writer import Writer

    tuned = model is None and not settings.llm_url and teaches_replies(adapter(settings))
    return Writer(model or generator(settings), languages=frozenset(settings.reply_languages), tuned=tuned)


def policy(settings: Settings) -> Policy:
    """The escalation policy with the owner's changes. Raises InputError for an unknown name."""
    try:
        return Policy(**settings.escalation)  # type: ignore[arg-type]
    except TypeError as error:
        raise InputError(f"setting escalation: {error}", "see docs/escalation.md for the names") from error


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    model: Generator | None = None,
    data: Path | None = None,
    watched: bool = False,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[App]:
    """The whole program without its channels; ``data`` puts Redis elsewhere (a replay uses a folder of its own).

    Where it is ``watched``, somebody is at the desk only while a page of it is open; else in the desk's hours. A
    Telegram staff group rings its members' phones, so with one the hours count.
    """
    import asyncio
    from datetime import timedelta

    from bot.desk import Desk
    from bot.intake import Intake
    from bot.proposals import Proposals
    from bot.storage.connection import connect
    from bot.storage.customers import Customers
    from bot.storage.observations import Observations
    from bot.storage.outbox import Outbox
    from bot.storage.presence import Presence
    from bot.storage.sessions import SessionStore
    from bot.storage.tickets import Tickets
    from bot.storage.topics import Topics
    from generation import safety

    await asyncio.to_thread(safety.mask, "+65 6100 0000 11010519491231002X")  # loads its libraries off the loop
    embed = await asyncio.to_thread(embedder, settings)
    search = await asyncio.to_thread(retriever, settings, embed)
    mood = await asyncio.to_thread(classifier, settings)
    write = await asyncio.to_thread(writer, settings, model)
    redis = await connect(None if data else settings.redis_url, data or settings.data)
    ttl, hours = timedelta(days=settings.keep_days), settings.hours.hours()
    store = SessionStore(redis, ttl=ttl)
    tickets, presence = (
        Tickets(redis, ttl=ttl),
        Presence(redis) if watched and settings.telegram_staff_chat_id is None else None,
    )
    customers = Customers(redis, ttl=ttl)
    proposals = Proposals(
        Observations(redis, ttl=ttl),
        embed,
        settings.knowledge,
        settings.index,
        canned_replies=settings.canned,
        clock=clock,
    )
    desk = Desk(
        store,
        hours=hours,
        tickets=tickets,
        presence=presence,
        customers=customers,
        learn=proposals.learn,
        clock=clock,
    )
    assistant = Assistant(
        store=store,
        classifier=mood,
        retriever=search,
        writer=write,
        policy=policy(settings),
        controls=settings.sampling.controls(),
        thresholds=Thresholds(answerable=settings.answerable, passages=settings.passages),
        hours=hours,
        tickets=tickets,
        presence=presence,
        care=settings.shop.care(),
        clock=clock,
    )
    intake = Intake(assistant, store)
    try:
        topics = Topics(redis, ttl=ttl)
        yield App(settings, store, Outbox(redis), customers, topics, desk, assistant, intake, search, proposals)
    finally:
        await intake.close()
        await write.close()
        await redis.aclose()


def model_folder(settings: Settings, name: str) -> str:
    path = settings.model_path(name)
    if isinstance(path, Path) and not path.is_dir():
        raise ModelError(f"the model {name!r} is not in {settings.models}", "run: frontdesk models fetch")
    return str(path)
