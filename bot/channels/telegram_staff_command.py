"""The command that an operator's words are, however its slash and its signs are typed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.channels.telegram_staff_lines import COMMANDS

_NAMES = {*COMMANDS, "start", "back", "bot"}
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # ／ｎｏｔｅ： as /note:
_NOTE = re.compile(r"/\s*/[\s/]*")  # how other desks begin a note
_COMMAND = re.compile(r"/\s*(?:([A-Za-z0-9_]{1,64})(?:@(\w+))?)?[.,:;!?。、…—–-]*\s*")
_PATH = re.compile(r"/([^\s/]+)/\S")


@dataclass(frozen=True, slots=True)
class Command:
    """``name`` is "" for one that the desk does not know, ``bot`` whom it is for where that is said."""

    name: str
    rest: str = ""
    bot: str = ""


def read(words: str) -> Command | None:
    """The command; None for words to the customer: those without a slash before them, and a path of the shop's site."""
    half = words.translate(_HALF_WIDTH)
    if note := _NOTE.match(half):
        return Command("note", words[note.end() :].strip())
    if path := _PATH.match(half):
        return Command("") if path[1].lower() in _NAMES else None
    if (match := _COMMAND.match(half)) is None:
        return None
    name = (match[1] or "").lower()
    return Command(name if name in _NAMES else "", words[match.end() :].strip(), match[2] or "")
