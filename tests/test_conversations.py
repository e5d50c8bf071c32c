"""Replays every recorded conversation with the real models."""

from __future__ import annotations

from pathlib import Path

from bot import replay
from bot.commands.replaying import run
from bot.settings import Settings

RECORDINGS = Path(__file__).parent / "conversations"


async def test_every_recording_comes_out_as_recorded(shop: Settings, tmp_path: Path) -> None:
    results = await run(shop, [RECORDINGS], report=tmp_path)
    assert len(results) >= 30
    assert all(result.ok for result in results), "\n" + replay.as_text([r for r in results if not r.ok])
    assert 'failures="0"' in (tmp_path / "replay.xml").read_text(encoding="utf-8")
    assert "<h1>Replay</h1>" in (tmp_path / "replay.html").read_text(encoding="utf-8")
