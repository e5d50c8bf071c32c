"""The shipped heads over the real encoders."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sentiment.reader import MoodReader, load


@pytest.fixture(scope="session")
def reader(models: Path) -> MoodReader:
    return load(models / "all-MiniLM-L6-v2")
