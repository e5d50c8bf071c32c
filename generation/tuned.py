"""The note that travels with a tuned adapter, so that one made for another model or prompt is not served."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from generation import model, prompt
from generation.request import Customer, ReplyRequest
from retrieval.errors import ModelError
from retrieval.passages import Hit, Passage
from retrieval.query import Utterance

NOTE = "frontdesk.json"
SHIPPED = {"SmolLM2-135M-Instruct": Path(__file__).parent / "adapters" / "smollm2-135m"}
"""The adapters that come with the program, by the name of the model that each was tuned from."""


def identity(base: Path) -> str:
    """What tells a folder of weights from another: the sha256 it was fetched with, or that of its largest file.

    Raises ModelError where there are no weights.
    """
    fetched = base / "frontdesk.sha256"
    if fetched.is_file():
        return fetched.read_text(encoding="ascii").strip()
    weights = sorted(base.glob("*.safetensors"), key=lambda path: path.stat().st_size)
    if not weights:
        raise ModelError(f"{base} holds no weights", "run: frontdesk models fetch")
    return model.sha256(weights[-1])


def prompt_version() -> str:
    """A fingerprint of the prompts that tuned models are served with: it changes when their form does."""
    seen = hashlib.sha256()
    for language, words in (("en", ("Can I?", "Yes. No.")), ("zh", ("可以吗？", "可以。不可以。"))):
        turns = (Utterance("customer", words[0]), Utterance("agent", words[1]), Utterance("customer", words[0]))
        hits = [Hit(Passage(str(number), words[0], words[1], language=language), 1.0) for number in range(2)]  # type: ignore[arg-type]
        for tone in ("calm", "hurried", "upset"):
            request = ReplyRequest(turns, hits, Customer(name="Ann", orders=("LO-1",)), language, tone)  # type: ignore[arg-type]
            seen.update(prompt.build(request, count_tokens=len, budget=10**6, tuned=True).text.encode())
    return seen.hexdigest()[:12]


def write_note(adapter: Path, note: dict[str, Any]) -> None:
    """Put the note beside the adapter's weights."""
    (adapter / NOTE).write_text(json.dumps(note, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_note(adapter: Path) -> dict[str, Any]:
    """The adapter's note; empty where it came without one. Raises ModelError for a broken one."""
    path = adapter / NOTE
    if not path.is_file():
        return {}
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} is broken ({error})", "tune the adapter again, or name none") from error
    if not isinstance(note, dict):
        raise ModelError(f"{path} is broken (not an object)", "tune the adapter again, or name none")
    return note


def teaches_replies(adapter: Path | None) -> bool:
    """Whether the adapter was tuned on this program's prompts for replies, and wants them without examples."""
    return adapter is not None and read_note(adapter).get("teaches") == "replies"


def verify(adapter: Path, base: Path) -> dict[str, Any]:
    """The note of an adapter that fits ``base`` and this program's prompts.

    An adapter from elsewhere, without a note, is left to the loader. Raises ModelError where one does not fit.
    """
    if not (adapter / "adapter_config.json").is_file():
        raise ModelError(f"{adapter} holds no adapter", "name a folder that frontdesk finetune made, or none")
    note = read_note(adapter)
    if not note:
        return note
    if base.is_dir() and note.get("base_sha256") != identity(base):
        raise ModelError(
            f"the adapter {adapter} was tuned from {note.get('base')}, which is not {base}",
            "name the model it was tuned from, or no adapter",
        )
    if note.get("teaches") == "replies" and note.get("prompt") != prompt_version():
        raise ModelError(
            f"the adapter {adapter} was tuned on prompts of another form (another version of frontdesk)",
            "tune it again with frontdesk finetune, or name none",
        )
    return note
