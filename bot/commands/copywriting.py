"""Writes marketing copy for one product of the shop's files."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, get_args

from bot import app
from bot.settings import Settings
from retrieval.errors import InputError, ModelError
from retrieval.passages import Language

logger = logging.getLogger(__name__)

MOST = 20


async def copywrite(
    settings: Settings, product: str, kind: str, language: str, count: int, *, model: bool = True
) -> dict[str, Any]:
    """The contract's document of `frontdesk copywrite`. Raises InputError for an unknown product, kind or language.

    Without ``model``, or where its weights are missing or it does not write the language, frames are filled.
    """
    from generation import copywriting
    from generation.writer import Writer
    from retrieval.documents import load

    if kind not in copywriting.KINDS:
        raise InputError(f"unknown kind {kind!r}", f"use {', '.join(copywriting.KINDS)}")
    if language not in get_args(Language):
        raise InputError(f"unknown language {language!r}", "use en or zh")
    if not 1 <= count <= MOST:
        raise InputError(f"{count} copies are asked for", f"ask for 1 to {MOST}")
    if not settings.knowledge.is_dir():
        raise InputError(
            "no such folder", "name the shop's knowledge with FRONTDESK_KNOWLEDGE", path=settings.knowledge
        )
    loaded = await asyncio.to_thread(load, settings.knowledge)
    record = copywriting.find(product, loaded.passages, "zh" if language == "zh" else "en")
    shop = settings.shop.name_zh if language == "zh" else settings.shop.name
    generator = None
    if model and language in settings.reply_languages:
        try:
            generator = await asyncio.to_thread(app.generator, settings)
        except ModelError as error:
            logger.warning("the frames write alone: %s", error)
    try:
        copies = await copywriting.write(
            record,
            kind,
            count,
            generator=generator,
            shop=shop,
            seed=settings.sampling.seed,
        )
    finally:
        if generator is not None:
            await Writer(generator).close()
    if len(copies) < count:
        logger.warning("%s has facts for %d different copies of the %d asked for", record.title, len(copies), count)
    return {
        "product": dict(record.fields)["id"],
        "name": record.title,
        "kind": kind,
        "language": language,
        "source": record.source,
        "line": record.line,
        "copies": [
            {**({"subject": copy.subject} if copy.subject else {}), "text": copy.text, "by": copy.by} for copy in copies
        ],
    }


def as_text(document: dict[str, Any]) -> str:
    """The copies for a reader: slogans a line each, longer ones apart."""
    label = "主题：" if document["language"] == "zh" else "Subject: "
    texts = [
        (f"{label}{copy['subject']}\n\n" if "subject" in copy else "") + copy["text"] for copy in document["copies"]
    ]
    gap = {"slogan": "\n", "intro": "\n\n"}.get(document["kind"], "\n\n---\n\n")
    return gap.join(texts)
