"""Builds, checks and searches the index."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot import app
from bot.commands import files
from bot.settings import Settings
from retrieval.errors import FrontdeskError, InputError
from retrieval.query import Utterance


def index(settings: Settings) -> tuple[dict[str, Any], Sequence[FrontdeskError]]:
    """Update the index; what was done, and the files that had to be skipped."""
    from retrieval.index import update

    if not settings.knowledge.is_dir():
        raise InputError("no such folder", "name the shop's knowledge with --knowledge", path=settings.knowledge)
    report = update(settings.knowledge, settings.index, app.embedder(settings))
    document = {
        "passages": report.passages,
        "added": report.added,
        "kept": report.kept,
        "removed": report.removed,
        "skipped": [str(problem) for problem in report.problems],
        "seconds": round(report.seconds, 2),
    }
    return document, report.problems


def check(settings: Settings) -> tuple[dict[str, Any], Sequence[FrontdeskError]]:
    """Duplicate and contradicting entries of the knowledge; nothing is written."""
    from retrieval.lint import lint

    if not settings.knowledge.is_dir():
        raise InputError("no such folder", "name the shop's knowledge with --knowledge", path=settings.knowledge)
    return lint(settings.knowledge, app.embedder(settings))


async def search(settings: Settings, text: str, history: Path | None, k: int) -> dict[str, Any]:
    """Ranked passages for a question asked after a history."""
    if not text.strip():
        raise InputError("the question is empty", "write what to look for")
    retriever = app.retriever(settings, app.embedder(settings))
    findings = await retriever.search((*files.history(history), Utterance("customer", text)), k=k)
    return {
        "answerable": round(findings.answerable, 4),
        "small_talk": findings.small_talk,
        "entity": findings.entity,
        "hits": [
            {
                "id": hit.passage.id,
                "score": round(hit.score, 4),
                "title": hit.passage.title,
                "text": hit.passage.text,
                "source": hit.passage.source,
                "line": hit.passage.line,
            }
            for hit in findings.hits
        ],
    }


def as_text(document: dict[str, Any]) -> str:
    rows = [
        f"{h['score']:.3f}  {h['source']}:{h['line']}  {h['title']}\n       {h['text'][:200]}" for h in document["hits"]
    ]
    return "\n".join([*rows, f"answerable: {document['answerable']:.2f}"])
