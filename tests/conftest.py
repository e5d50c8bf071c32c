"""Guards for every test: no network but loopback, no model hub, deterministic threads."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
for name in [name for name in os.environ if name.startswith("FRONTDESK_")]:
    del os.environ[name]

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "models"
_LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0", None, ""}


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that reaches for any host but this one fails with its name."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in _LOOPBACK:
            raise AssertionError(f"a test tried to reach {address!r}; tests speak to loopback only")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    yield


@pytest.fixture(scope="session")
def models() -> Path:
    """The folder of fetched models; `make test` fetches them first."""
    if not (MODELS / "all-MiniLM-L6-v2").is_dir():
        pytest.fail("models are missing: run `frontdesk models fetch` (make test does it)")
    return MODELS


@pytest.fixture(scope="session")
def shop(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Settings of the demo shop with an index and a data folder of this test run's own."""
    from bot import app, settings
    from retrieval.index import update

    data = tmp_path_factory.mktemp("shop")
    loaded = settings.load(knowledge=ROOT / "knowledge_base", models=models, data=data)
    update(loaded.knowledge, loaded.index, app.embedder(loaded))
    return loaded
