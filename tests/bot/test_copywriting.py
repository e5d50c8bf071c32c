"""`frontdesk copywrite`, as its users run it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bot.test_cli import frontdesk


def test_copy_is_printed_as_one_document(tmp_path: Path) -> None:
    run = frontdesk(
        None, "copywrite", "--product", "LT-101", "--kind", "slogan", "--language", "zh", "-n", "3", "--json"
    )
    assert run.returncode == 0, run.stderr
    document = json.loads(run.stdout)
    assert (document["product"], document["kind"], document["language"]) == ("LT-101", "slogan", "zh")
    assert len({copy["text"] for copy in document["copies"]}) == 3
    assert document["source"] == "products/lighting.yaml"


def test_an_email_has_a_subject() -> None:
    run = frontdesk(None, "copywrite", "--product", "aurora desk lamp", "--kind", "email", "--no-model")
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("Subject: Aurora Desk Lamp")
    assert run.stdout.endswith("Lumen & Oak\n")


def test_without_weights_the_frames_write_and_say_so(tmp_path: Path) -> None:
    run = frontdesk(
        None, "copywrite", "--product", "LT-101", "--kind", "intro", "--json", FRONTDESK_MODELS=str(tmp_path)
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["copies"][0]["by"] == "frame"
    assert "frontdesk models fetch" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--product", "LT-999", "--kind", "intro"], "there is no product 'LT-999'; near are LT-1"),
        (["--product", "LT-101", "--kind", "poem"], "unknown kind 'poem'; use slogan, intro, email"),
        (["--product", "LT-101", "--kind", "intro", "--language", "fr"], "unknown language 'fr'; use en or zh"),
        (["--product", "LT-101", "--kind", "intro", "-n", "0"], "0 copies are asked for; ask for 1 to 20"),
    ],
)
def test_bad_input_is_one_clear_line(arguments: list[str], line: str) -> None:
    run = frontdesk(None, "copywrite", *arguments, "--json")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith(f"frontdesk: {line}")
    assert run.stderr.count("\n") == 1
