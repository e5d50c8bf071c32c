"""Finds proper names in English text by their capitals: for passages that come without the field of their entity."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from retrieval.entities import common_words
from retrieval.lexical import stem

_RUN = re.compile(
    r"[A-Z][\w'’]*(?:\s*(?:[&:+-]|of|the|de|la|by|at|and|on)?\s+(?:&\s+)?[A-Z0-9][\w'’]*)*"
)  # capitals in a row, with the small words that stand in names
_LEADING = frozenset((
    "is", "are", "do", "does", "did", "can", "could", "will", "would", "may", "might", "should", "have", "has",
    "i", "i'd", "what", "which", "when", "where", "who", "how", "hi", "hello", "hey", "yes", "no", "a", "an",
    "at", "if", "there", "they", "it", "you", "your", "my", "our", "for", "any", "in", "on", "ok", "okay",
    "please", "sorry", "good", "morning", "evening", "afternoon", "excuse", "me", "was", "we", "to", "of",
    "and", "am", "pm", "tv", "free", "wifi", "wi-fi", "from", "until", "between",
))  # fmt: skip
_THINGS = frozenset((
    "alipay", "american", "amex", "apple", "apply", "bitcoin", "card", "cards", "club", "credit", "crypto",
    "cryptocurrency", "debit", "diner", "diners", "discover", "express", "google", "jcb", "master", "mastercard", "pay",
    "paypal", "samsung", "union", "unionpay", "venmo", "visa", "wechat",
    "cantonese", "chinese", "english", "filipino", "french", "german", "hindi", "italian", "japanese", "korean",
    "malay", "mandarin", "portuguese", "russian", "spanish", "tamil", "thai", "turkish", "vietnamese",
    "atm", "concierge", "gluten", "halal", "happy", "hour", "hours", "only", "usd", "valet", "vegan", "wifi", "wi-fi",
))  # fmt: skip
"""Written with a capital, and no place's or product's name by themselves: payments, languages, amenities."""
_INSIDE = frozenset({"the", "&", "of", "and"})
_DATES = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|june|july|august|september|october|"
    r"november|december)\b",
    re.I,
)
_ALIKE = 60.0  # rapidfuzz's partial ratio from which two spellings begin to be taken for one
_SURE = 95.0
_DECAY = 0.9  # of a mention, for each turn since


def names(text: str) -> list[str]:
    """Proper names of a text as they are written, each once; a single common word, or a short one, is none."""
    found: dict[str, None] = {}
    for run in _RUN.finditer(text):
        said = run[0].split()
        while said and said[0].lower().strip("'’,") in _LEADING:
            said = said[1:]
        telling = [word for word in said if word.lower() not in _INSIDE and not _DATES.match(word)]
        if not telling:
            continue
        plain = [word.lower().strip("'’,").removesuffix("'s") for word in telling]
        if _THINGS.issuperset(plain):
            continue
        alone = plain[0]
        if len(telling) == 1 and (len(alone) < 4 or stem(alone) in common_words()):
            continue
        found[" ".join(said)] = None
    return list(found)


def mentioned(name: str, turns: Sequence[str]) -> float:
    """How surely a name was said in a conversation, misspelt perhaps: in [0, 1], less the longer ago. Oldest turn first."""
    sought = name.lower()
    best = 0.0
    for age, turn in enumerate(reversed(turns)):
        if len(turn) >= 0.6 * len(sought):
            alike = (fuzz.partial_ratio(sought, turn.lower()) - _ALIKE) / (_SURE - _ALIKE)
            best = max(best, min(1.0, max(0.0, alike)) * _DECAY**age)
    return best
