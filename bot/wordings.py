"""How much a message sounds like asking for a person: a small linear head over hashed letters and words.

It hears wordings that no list foresees, misspelt ones among them; ``bot.sentiment.training`` fits it.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import numpy as np

from bot.ngrams import Ngrams
from retrieval.errors import ModelError
from retrieval.glossary import glossary

WEIGHTS = Path(__file__).parent / "sentiment" / "requests.npz"
BUCKETS = 2**16
_LONGEST = 2000
_CLAUSE = re.compile(r"[^.!?;。！？；\n]+")
_PART = re.compile(r"[,，:：]| - | but ")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def clauses(text: str) -> list[str]:
    """The sentences of a message, and the whole of a short one: a request may stand anywhere in a long story."""
    text = text[:_LONGEST].lower().replace("’", "'")
    found = [clause.strip() for clause in _CLAUSE.findall(text) if clause.strip()]
    if len(found) > 1 and len(text) <= 80:
        found.append(" ".join(found))
    # The parts of a sentence are read by themselves as well: a long one drowns a short request.
    parts = [part.strip() for clause in found for part in _PART.split(clause)]
    return list(dict.fromkeys([*found, *(part for part in parts if part)]))


def is_chinese(clause: str) -> bool:
    """Whether the Chinese head reads this clause."""
    return bool(_HAN.search(clause))


def english_features(texts: list[str]) -> Any:
    """Words, pairs and triples of them, and letters within words: scipy sparse, shape (n, 2 * BUCKETS)."""
    return _english().matrix(texts)


def chinese_features(texts: list[str]) -> Any:
    """Runs of one to four simplified characters, the ends of the clause marked: scipy sparse, shape (n, BUCKETS)."""
    return _chinese().matrix([f"^{glossary().simplify(text)}$" for text in texts])


@functools.lru_cache(maxsize=1)
def _english() -> Ngrams:
    words = {"ngram_range": (1, 3), "token_pattern": r"[a-z0-9']+"}
    return Ngrams(BUCKETS, words, {"analyzer": "char_wb", "ngram_range": (2, 5)})


@functools.lru_cache(maxsize=1)
def _chinese() -> Ngrams:
    return Ngrams(BUCKETS, {"analyzer": "char", "ngram_range": (1, 4)})


@functools.lru_cache(maxsize=1)
def _weights() -> dict[str, Any]:
    try:
        with np.load(WEIGHTS, allow_pickle=False) as data:
            return {
                "english": data["english"].astype(np.float32) * float(data["english_scale"]),
                "chinese": data["chinese"].astype(np.float32) * float(data["chinese_scale"]),
                **{name: float(data[name]) for name in ("english_bias", "chinese_bias", "threshold")},
            }
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"the model of requests for a person {WEIGHTS.name} cannot be read ({error})",
            "reinstall frontdesk, or remake it: python -m bot.sentiment.training",
        ) from error


def load() -> None:
    """Reads the weights now. Raises ModelError where they are missing or do not fit."""
    _weights()


def probability(text: str) -> float:
    """The probability in [0, 1] that some clause of the message asks for a person."""
    found = clauses(text)
    chinese = [clause for clause in found if is_chinese(clause)]
    english = [clause for clause in found if not is_chinese(clause)]
    w, best = _weights(), -30.0
    if english:
        best = max(best, float((english_features(english) @ w["english"]).max()) + w["english_bias"])
    if chinese:
        best = max(best, float((chinese_features(chinese) @ w["chinese"]).max()) + w["chinese_bias"])
    return float(1 / (1 + np.exp(-np.clip(best, -30, 30))))


def threshold() -> float:
    """From which probability a message counts as a request."""
    return float(_weights()["threshold"])
