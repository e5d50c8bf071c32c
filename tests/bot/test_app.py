"""The wiring: which reply model the settings ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import app, settings
from bot.commands.diagnosis import diagnose
from generation.local import LocalGenerator
from generation.remote import RemoteGenerator
from generation.sampling import SamplingControls
from retrieval.errors import InputError
from tests.generation.test_remote import PROMPT
from tests.llm_server import answers, says, serving


def test_without_a_server_the_model_writes_here(models: Path) -> None:
    made = app.generator(settings.load(models=models))
    assert isinstance(made, LocalGenerator)
    made.close()


async def test_a_server_writes_and_the_model_here_stands_in(models: Path) -> None:
    async with serving(says("From the server.")) as server:
        made = app.generator(settings.load(models=models, llm_url=server.url, llm_model="m"))
        assert isinstance(made, RemoteGenerator)
        controls = SamplingControls(max_new_tokens=8)
        assert [x async for x in made.stream(PROMPT, controls)] == ["From the server."]
        assert isinstance(made._fallback, LocalGenerator)
        await made.close()


def test_a_server_without_a_model_is_a_clear_error() -> None:
    with pytest.raises(InputError, match="FRONTDESK_LLM_MODEL"):
        app.generator(settings.load(llm_url="http://127.0.0.1:9"))


async def test_without_weights_the_server_writes_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with serving(says("From the server.")) as server:
        made = app.generator(settings.load(models=tmp_path, llm_url=server.url, llm_model="m"))
        assert [x async for x in made.stream(PROMPT, SamplingControls())] == ["From the server."]
        assert "nothing stands in" in caplog.text


async def test_doctor_checks_the_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with serving(answers(200, '{"data": [{"id": "m"}]}')) as server:
        for name, value in {
            "DATA": tmp_path,
            "MODELS": tmp_path,
            "KNOWLEDGE": tmp_path,
            "LLM_URL": server.url,
            "LLM_MODEL": "m",
            "LLM_KEY": "sk-1",
        }.items():
            monkeypatch.setenv(f"FRONTDESK_{name}", str(value))
        findings = {finding.what: finding for finding in await diagnose()}
        assert findings["llm"].state == f"m on {server.url}"
        monkeypatch.setenv("FRONTDESK_LLM_MODEL", "other")
        findings = {finding.what: finding for finding in await diagnose()}
        assert (findings["llm"].ok, findings["llm"].mend) == (False, "set FRONTDESK_LLM_MODEL to one of its models: m")


def test_the_key_is_not_shown() -> None:
    assert "sk-1" not in repr(settings.load(llm_key="sk-1"))
