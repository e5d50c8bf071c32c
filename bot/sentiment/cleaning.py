"""Brings texts to the form that the English heads were fitted to: masked handles and links, plain quotes, emoji as words."""

from __future__ import annotations

import functools
import html
import re

_LINK = re.compile(r"https?://\S+|www\.\S+|\bhttp\b", re.IGNORECASE)
_HANDLE = re.compile(r"@\w+")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_LONG = re.compile(r"([A-Za-z])\1{2,}")
_PUNCTUATION = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "\u200d": None, "\ufe0f": None})


@functools.lru_cache(maxsize=1)
def _emoji() -> dict[str, str]:
    from importlib.resources import files

    source = files("vaderSentiment").joinpath("emoji_utf8_lexicon.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t", 1) for line in source.splitlines() if "\t" in line)
    return {mark: meaning for mark, meaning in pairs if len(mark) == 1}


def clean(text: str) -> str:
    """The text as the tuned encoder and the n-grams expect it."""
    text = html.unescape(_ESCAPE.sub(lambda code: chr(int(code.group(1), 16)), text)).translate(_PUNCTUATION)
    text = _HANDLE.sub("@user", _LINK.sub("http", text))
    text = _LONG.sub(r"\1\1", text)
    if not text.isascii():
        known = _emoji()
        text = "".join(f" {known[c]} " if c in known else c for c in text)
    return " ".join(text.split())
