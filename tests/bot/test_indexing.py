"""The index command as a user runs it: watching, checking, and documents of every kind."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from tests.conftest import ROOT
from tests.retrieval.documents import making


@pytest.fixture
def knowledge(tmp_path: Path, models: Path) -> Path:
    folder = tmp_path / "knowledge"
    (folder / "faq").mkdir(parents=True)
    (folder / "faq" / "a.md").write_text("## When do you open?\nAt 9 o'clock.\n", "utf-8")
    return folder


def command(knowledge: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "bot.cli", "index", "--knowledge", str(knowledge), *options]


def environment(knowledge: Path) -> dict[str, str]:
    return os.environ | {
        "FRONTDESK_DATA": str(knowledge.parent / "data"),
        "FRONTDESK_MODELS": str(ROOT / "models"),
        "HF_HUB_OFFLINE": "1",
    }


def ran(knowledge: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(knowledge, *options), env=environment(knowledge), capture_output=True, text=True, timeout=200, cwd=ROOT
    )


def test_manuals_are_indexed_and_a_locked_one_is_named(knowledge: Path) -> None:
    (knowledge / "manual.pdf").write_bytes(making.pdf("en"))
    (knowledge / "manual.docx").write_bytes(making.docx("zh"))
    (knowledge / "broken.pdf").write_bytes(making.pdf("en")[:500])
    run = ran(knowledge, "--json")
    assert run.returncode == 1
    document = json.loads(run.stdout)
    assert document["passages"] == 1 + 3 + 3
    assert len(run.stderr.splitlines()) == 1 and "broken.pdf: is damaged" in run.stderr


def test_check_prints_both_places_of_a_contradiction_and_writes_nothing(knowledge: Path) -> None:
    (knowledge / "faq" / "a.zh.md").write_text("## 几点开门？\n10点开门。\n", "utf-8")
    run = ran(knowledge, "--check", "--json")
    assert run.returncode == 1
    (pair,) = json.loads(run.stdout)["pairs"]
    assert (pair["kind"], pair["first"], pair["second"]) == ("contradiction", "faq/a.md:1", "faq/a.zh.md:1")
    assert "faq/a.zh.md:1: '几点开门？' contradicts faq/a.md:1" in run.stderr
    assert not (knowledge.parent / "data" / "index").exists()


def test_watch_and_check_exclude_each_other(knowledge: Path) -> None:
    run = ran(knowledge, "--watch", "--check")
    assert run.returncode == 2 and len(run.stderr.splitlines()) == 1


def lines(stream: IO[str], seconds: float = 120) -> Iterator[dict[str, Any]]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([stream], [], [], 1)[0]:
            yield json.loads(stream.readline())
    pytest.fail("nothing was reported")


def test_watch_goes_on_until_it_is_interrupted(knowledge: Path) -> None:
    with subprocess.Popen(
        command(knowledge, "--watch", "--json"), env=environment(knowledge), stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as run:
        assert run.stdout is not None
        reports = lines(run.stdout)
        try:
            assert next(reports)["added"] == 1
            (knowledge / "faq" / "b.md").write_text("## Where are you?\nIn Singapore.\n", "utf-8")
            second = next(reports)
            assert (second["added"], second["kept"]) == (1, 1)
        finally:
            run.send_signal(signal.SIGINT)
        assert run.wait(60) == 0
