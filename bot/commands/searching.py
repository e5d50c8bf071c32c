"""Builds, checks and searches the index."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import app
from bot.commands import files
from bot.settings import Settings
from retrieval.errors import FrontdeskError, InputError
from retrieval.query import Utterance

if TYPE_CHECKING:
    from retrieval.index import Progress, Report


def index(settings: Settings) -> tuple[dict[str, Any], Sequence[FrontdeskError]]:
    """Update the index; what was done, and the files that had to be skipped."""
    from retrieval.index import update

    with _progress() as progress:
        report = update(_knowledge(settings), settings.index, app.embedder(settings), progress)
    return _record(report), report.problems


def watch(settings: Settings) -> Iterator[tuple[dict[str, Any], Sequence[FrontdeskError]]]:
    """``index`` now and after every change, until Ctrl-C; an update that fails is told as its problem."""
    from retrieval.watching import watch as reports

    for report in reports(_knowledge(settings), settings.index, app.embedder(settings)):
        yield ({}, [report]) if isinstance(report, FrontdeskError) else (_record(report), report.problems)


def in_a_line(document: dict[str, Any]) -> str:
    """What an update did, for someone who watches."""
    told = ", ".join(f"{document[name]} {name}" for name in ("added", "kept", "removed"))
    return f"{document['passages']} passages ({told}) in {document['seconds']:.1f} s"


def _record(report: Report) -> dict[str, Any]:
    return {
        "passages": report.passages,
        "added": report.added,
        "kept": report.kept,
        "removed": report.removed,
        "skipped": [str(problem) for problem in report.problems],
        "seconds": round(report.seconds, 2),
    }


def _knowledge(settings: Settings) -> Path:
    if not settings.knowledge.is_dir():
        raise InputError("no such folder", "name the shop's knowledge with --knowledge", path=settings.knowledge)
    return settings.knowledge


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A bar of the passages embedded, on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("embedding", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def check(settings: Settings) -> tuple[dict[str, Any], Sequence[FrontdeskError]]:
    """Duplicate and contradicting entries of the knowledge; nothing is written."""
    from retrieval.lint import lint

    return lint(_knowledge(settings), app.embedder(settings))


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
