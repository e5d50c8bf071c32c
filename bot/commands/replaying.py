"""Replays recordings in a Redis of their own and writes the reports."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot import app, replay
from bot.settings import Settings


async def run(
    settings: Settings, paths: Sequence[Path], *, report: Path | None = None, update: bool = False
) -> list[replay.Replayed]:
    """Replay every recording; report and update as asked."""
    recordings = [replay.read(path) for path in await asyncio.to_thread(replay.find, paths)]
    tape = replay.Tape()
    results: list[replay.Replayed] = []
    with tempfile.TemporaryDirectory(prefix="frontdesk-replay-") as folder:
        async with app.running(settings, data=Path(folder), clock=tape) as running:
            for number, recording in enumerate(recordings):
                result = await replay.replay(recording, running.assistant, running.customers, tape, number=number)
                results.append(result)
                if update:
                    replay.update(result)
    if report is not None:
        await asyncio.to_thread(_write, report, results)
    return results


def _write(report: Path, results: Sequence[replay.Replayed]) -> None:
    report.mkdir(parents=True, exist_ok=True)
    for name, render in (("txt", replay.as_text), ("html", replay.as_html), ("xml", replay.as_junit)):
        (report / f"replay.{name}").write_text(render(results) + "\n", encoding="utf-8")
