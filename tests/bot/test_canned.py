"""Canned replies: files in a folder, filled for a conversation."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import canned
from bot.conversation import Conversation
from generation.request import Customer

ROOT = Path(__file__).resolve().parents[2]


def test_a_reply_is_filled_in_the_customers_language_and_what_is_missing_is_seen(tmp_path: Path) -> None:
    (tmp_path / "photo.txt").write_text("Hi {name}, a photo for {order}, please. {operator} {other}")
    (tmp_path / "photo.zh.txt").write_text("{name}您好，请发照片。", encoding="utf-8")
    (tmp_path / "bye.md").write_text("Bye {name}.\n")
    conversation = Conversation("web:1", "web", customer=Customer(name="Mei"), language="zh")
    replies = {r.shortcut: r.text for r in canned.for_conversation(tmp_path, conversation, "Sofia")}
    assert replies == {"photo": "Mei您好，请发照片。", "bye": "Bye Mei."}
    english = canned.for_conversation(tmp_path, Conversation("web:1", "web", language="en"), "Sofia")
    assert english[1].text == "Hi [name], a photo for [order], please. Sofia {other}"


def test_a_file_that_cannot_be_read_hides_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\x00\xd8")
    (tmp_path / "good.txt").write_text("Fine.")
    (tmp_path / "empty.txt").write_text(" \n")
    (tmp_path / "no shortcut!.txt").write_text("x")
    (tmp_path / "folder.txt").mkdir()
    assert [reply.shortcut for reply in canned.load(tmp_path)] == ["good"]
    assert "bad.txt" in caplog.text


def test_no_folder_is_no_replies(tmp_path: Path) -> None:
    assert canned.load(tmp_path / "nowhere") == []


def test_the_shops_own_replies_come_in_both_languages() -> None:
    shipped = canned.load(ROOT / "canned_replies")
    languages = {"en": set[str](), "zh": set[str]()}
    for reply in shipped:
        languages[reply.language].add(reply.shortcut)
    assert languages["en"] == languages["zh"] != set()
