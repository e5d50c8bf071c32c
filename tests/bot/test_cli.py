"""The command line, as its users run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.commands import diagnosis
from bot.lines import say
from bot.settings import Settings
from retrieval import multilingual
from retrieval.errors import ModelError
from retrieval.multilingual import MultilingualEncoder

ROOT = Path(__file__).resolve().parent.parent.parent


def frontdesk(shop: Settings | None, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | variables
    if shop is not None:
        environment |= {"FRONTDESK_DATA": str(shop.data), "FRONTDESK_MODELS": str(shop.models)}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def test_help_names_every_command_and_loads_no_model() -> None:
    run = frontdesk(None, "--help")
    assert run.returncode == 0
    for command in (
        "serve",
        "chat",
        "doctor",
        "reply",
        "index",
        "search",
        "replay",
        "evaluate",
        "models",
        "customer",
        "operator",
    ):
        assert command in run.stdout
    code = "import sys, bot.cli; print([m for m in ('torch', 'transformers', 'faiss', 'redis', 'aiogram') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )


def test_reply_prints_the_documented_object(shop: Settings) -> None:
    run = frontdesk(shop, "reply", "how long do I have to send the lamp back?", "--seed", "3", "--json")
    assert run.returncode == 0, run.stderr
    document = json.loads(run.stdout)
    assert "45 days" in document["reply"]
    assert document["sources"][0]["source"] == "faq/returns.md"
    assert set(document["sources"][0]) >= {"id", "title", "source", "line", "score"}
    assert (document["language"], document["answered"], document["grounded"]) == ("en", True, True)
    assert set(document["escalation"]) == {"action", "escalate", "reasons"}
    assert set(document["sentiment"]) == {"label", "score"}
    assert {"total", "retrieval", "first_token", "generation"} <= set(document["seconds"])


def test_reply_reads_a_history_and_a_customer(shop: Settings, tmp_path: Path) -> None:
    history, customer = tmp_path / "h.json", tmp_path / "c.json"
    history.write_text(
        json.dumps(
            [{"role": "customer", "text": "How much is shipping to Japan?"}, {"role": "agent", "text": "S$16.90."}]
        ),
        encoding="utf-8",
    )
    customer.write_text(json.dumps({"name": "Mei", "orders": ["LO-482193"]}), encoding="utf-8")
    run = frontdesk(
        shop, "reply", "and to Australia?", "--history", str(history), "--customer", str(customer), "--json"
    )
    assert "18.90" in json.loads(run.stdout)["reply"]


def test_a_refusal_in_a_history_is_no_answer(shop: Settings, tmp_path: Path) -> None:
    history = tmp_path / "h.json"
    turns = [("customer", "do you sell hamsters?"), ("agent", say("unknown", "en"))]
    turns += [("customer", "你们卖鹦鹉吗"), ("agent", f"{say('sorry', 'zh')}{say('unknown_again', 'zh')}")]
    history.write_text(json.dumps([{"role": role, "text": text} for role, text in turns]), encoding="utf-8")
    run = frontdesk(shop, "reply", "do you sell parrot cages?", "--history", str(history), "--json")
    document = json.loads(run.stdout)
    assert document["escalation"]["escalate"] and "not answered" in document["escalation"]["reasons"][0]


def test_search_ranks_passages(shop: Settings) -> None:
    run = frontdesk(shop, "search", "极光台灯多少钱", "-k", "2", "--json")
    assert json.loads(run.stdout)["hits"][0]["source"] == "products/lighting.yaml"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["reply", "hi", "--history", "/nowhere.json"], "/nowhere.json: cannot be read"),
        (["index", "--knowledge", "/nowhere"], "/nowhere: no such folder"),
        (["replay", "/nowhere"], "/nowhere: no such file or folder"),
        (["evaluate", "retrieval", "--knowledge", "/nowhere", "--queries", "/nowhere"], "/nowhere"),
        (["serve", "--channels", "fax"], "unknown channel 'fax'"),
        (["search", " "], "the question is empty"),
    ],
)
def test_bad_input_is_one_line_and_status_2(shop: Settings, arguments: list[str], says: str) -> None:
    run = frontdesk(shop, *arguments)
    assert run.returncode == 2, run.stderr
    assert says in run.stderr
    assert "Traceback" not in run.stderr
    assert len([line for line in run.stderr.splitlines() if line.startswith("frontdesk:")]) == 1


def test_a_wrong_setting_is_one_line(shop: Settings) -> None:
    run = frontdesk(shop, "search", "x", FRONTDESK_SAMPLING__TEMPERATURE="9")
    assert run.returncode == 2
    assert "temperature is 9" in run.stderr


def test_a_malformed_file_is_named_and_the_rest_is_indexed(shop: Settings, tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "good.md").write_text("# Shop\n\n## Open?\nFrom 9 to 5.\n", encoding="utf-8")
    (tmp_path / "kb" / "bad.yaml").write_text("products:\n  - id: [\n", encoding="utf-8")
    run = frontdesk(None, "index", "--knowledge", str(tmp_path / "kb"), "--json", FRONTDESK_DATA=str(tmp_path / "data"))
    assert run.returncode == 1
    assert json.loads(run.stdout)["passages"] == 1
    assert "bad.yaml:" in run.stderr


def test_doctor_finds_what_is_missing(tmp_path: Path) -> None:
    run = frontdesk(None, "doctor", "--json", FRONTDESK_DATA=str(tmp_path), FRONTDESK_MODELS=str(tmp_path))
    assert run.returncode == 1
    found = {finding["what"]: finding for finding in json.loads(run.stdout)}
    assert found["models"]["mend"] == "run: frontdesk models fetch"
    assert found["redis"]["ok"]


async def test_doctor_reads_the_multilingual_encoder(
    shop: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "multilingual encoder" in await diagnosis._models(shop)
    broken = tmp_path / "multilingual.npz"
    broken.write_bytes(b"PK")
    monkeypatch.setattr(multilingual, "MultilingualEncoder", lambda: MultilingualEncoder(broken))
    with pytest.raises(ModelError, match="multilingual encoder cannot be loaded"):
        await diagnosis._models(shop)
