"""The shipped heads over the real encoders."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sentiment.encoder import CHINESE, ENGLISH, TunedEncoder
from bot.sentiment.reader import MoodReader, load


@pytest.fixture(scope="session")
def reader(models: Path) -> MoodReader:
    return load(models / ENGLISH.base, models / CHINESE.base)


@pytest.fixture(scope="session")
def encoder(models: Path) -> TunedEncoder:
    return TunedEncoder(ENGLISH, models / ENGLISH.base)


@pytest.fixture(scope="session")
def chinese(models: Path) -> TunedEncoder:
    return TunedEncoder(CHINESE, models / CHINESE.base)
