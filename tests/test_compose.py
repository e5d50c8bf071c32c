"""docker-compose.yml, read as YAML: what the processes rely on is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from bot.cli import app

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return data


def test_redis_keeps_an_append_only_file_on_a_volume(compose: dict[str, Any]) -> None:
    redis = compose["services"]["redis"]
    assert redis["command"][1:5] == ["--appendonly", "yes", "--appendfsync", "always"]
    assert redis["volumes"] == ["redis:/data"]


def test_every_service_has_a_health_check_or_ends(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert "healthcheck" in service or service["restart"] == "no", name


def test_every_named_volume_is_declared(compose: dict[str, Any]) -> None:
    used = {v.split(":")[0] for s in compose["services"].values() for v in s["volumes"] if not v.startswith(".")}
    assert used == set(compose["volumes"])


def test_the_commands_exist(compose: dict[str, Any]) -> None:
    for service in ("web", "telegram"):
        program, command, *_ = compose["services"][service]["command"]
        assert program == "frontdesk"
        assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0


def test_the_image_copies_every_package(compose: dict[str, Any]) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for package in ("retrieval", "generation", "bot"):
        assert f"COPY {package} {package}" in dockerfile
