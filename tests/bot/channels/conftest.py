"""What the channels' tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.channels.telegram_parts import Parts, serving
from tests.bot.channels.web_parts import Web, application


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[Web]:
    async with application(tmp_path) as web:
        yield web


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    async with serving(tmp_path) as running:
        yield running
