"""Canned replies: text files in a folder, one a shortcut, filled with what is known of the customer."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import Path

from bot.conversation import Conversation
from retrieval.passages import Language

logger = logging.getLogger(__name__)

_NAME = re.compile(r"(?P<shortcut>[\w-]{1,40})(?:\.(?P<language>en|zh))?\.(?:txt|md)", re.IGNORECASE)
_HOLE = re.compile(r"\{(name|order|operator)\}")
_LARGEST = 8000  # characters, as long as a reply may be
_MOST = 500


@dataclass(frozen=True, slots=True)
class Canned:
    """``/shortcut`` inserts ``text`` where the customer writes ``language``."""

    shortcut: str
    language: Language
    text: str


def load(folder: Path) -> list[Canned]:
    """Every reply of the folder: ``refund.txt``, ``refund.zh.txt``. A file that cannot be read is left out, and logged."""
    found: list[Canned] = []
    for path in sorted(folder.iterdir() if folder.is_dir() else [])[:_MOST]:
        match = _NAME.fullmatch(path.name)
        if match is None or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8-sig").strip()[:_LARGEST]
        except (OSError, UnicodeDecodeError) as error:
            logger.warning("%s is left out (%s): save it as UTF-8 text", path, error)
            continue
        if text:
            language: Language = "zh" if (match["language"] or "").lower() == "zh" else "en"
            found.append(Canned(match["shortcut"].lower(), language, text))
    return found


def fill(text: str, conversation: Conversation, operator: str) -> str:
    """The text with {name}, {order} and {operator}; what is not known stands as "[order]", for the operator to see."""
    customer = conversation.customer
    known = {"name": customer.name, "order": customer.orders[0] if customer.orders else None, "operator": operator}
    return _HOLE.sub(lambda match: known[match.group(1)] or f"[{match.group(1)}]", text)


def for_conversation(folder: Path, conversation: Conversation, operator: str) -> list[Canned]:
    """The folder's replies, filled; those in the customer's language first, the others where they are the only ones."""
    language = conversation.language or conversation.customer.language or "en"
    chosen: dict[str, Canned] = {}
    for reply in load(folder):
        if reply.shortcut not in chosen or reply.language == language:
            chosen[reply.shortcut] = reply
    return [Canned(r.shortcut, r.language, fill(r.text, conversation, operator)) for _, r in sorted(chosen.items())]
