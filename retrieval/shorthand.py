"""Writes out the small words that customers type short or wrong."""

from __future__ import annotations

import re

from retrieval.glossary import glossary

_AS_TYPED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\b(?:{typed})\b", re.IGNORECASE), word)
    for typed, word in (
        (r"(?:what|wot|wat|wht)['’]?s", "what is"),
        (r"which['’]?s", "which is"),
        ("wot|wht|whta|wat(?= (?:is|are|do|does|did|u|you|ur|your|sizes?|colou?rs?))", "what"),
        ("wich|whch|whitch|wihch|whcih", "which"),
        (r"hwo?(?= (?:much|many)\b)", "how"),
        (r"(?<!\d )ur", "your"),
        (r"(?<!\d )u(?![-‑])", "you"),
        (r"teh(?! (?:tarik|peng|halia|kosong|o|c)\b)", "the"),
        ("hav|hve", "have"),
        ("che?a?e?pp?[ei]st|cheapst", "cheapest"),
        ("expens?[ai]ve|expensiv", "expensive"),
    )
)
"""Small words as customers type them; the names and sorts of the shop's products are put right elsewhere."""


def written_out(text: str) -> str:
    """The text in simplified characters, with the small words that are often mistyped as they are spelt: "wich", "wot", "ur"."""
    text = glossary().simplify(text)
    for typed, word in _AS_TYPED:
        text = typed.sub(word, text)
    return text
