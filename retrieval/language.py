"""Tells Chinese from English by its characters."""

from __future__ import annotations

import re

from retrieval.passages import Language

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


def detect(text: str, default: Language = "en") -> Language:
    """The language of a message; ``default`` where it has no words ("???", "12").

    A Han character weighs as much as a Latin word: "想问 Aurora Desk Lamp 多少钱" is Chinese.
    """
    han = len(_HAN.findall(text))
    latin = len(_LATIN_WORD.findall(text))
    if not han and not latin:
        return default
    return "zh" if han >= latin else "en"
