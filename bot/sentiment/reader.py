"""Reads the mood of a turn in its conversation: sentiment of the words, and dissatisfaction of the customer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bot.conversation import Mood, SentimentLabel
from bot.sentiment import features, heads, lexicon, signs
from retrieval.language import detect
from retrieval.query import Utterance

if TYPE_CHECKING:
    from retrieval.embedding import Embedder

_LABELS: tuple[SentimentLabel, ...] = ("negative", "neutral", "positive")
_READ = 12  # earlier turns that are looked at
_LONGEST = 1000  # characters of a turn
_ZH_QUESTION = re.compile(
    r"[\u4e00-\u9fff].*(?:[?？]|吗$|呢$)|怎么|怎样|如何|多少|多久|几天|哪|什么时候|是否|能不能|可不可以|有没有"
)
_EN_QUESTION = re.compile(
    r"^(?:(?:hi|hello|hey|ok|and|so|please)\W+)*(?:what|how|why|when|where|which|who|whom|do|does|can|could|is|are|will|may|should|would)\b"
    r"[^.!?]{3,140}\?\s*$",
    re.IGNORECASE,
)


class SentimentClassifier(Protocol):
    """Reads the last turn of a history; looks back, never ahead."""

    async def read(self, history: Sequence[Utterance]) -> Mood: ...


class MoodReader:
    """The heads over the embedder that retrieval uses already."""

    def __init__(self, embedder: Embedder, weights: heads.Heads) -> None:
        self.embedder = embedder
        self._heads = weights

    @property
    def threshold(self) -> float:
        """The dissatisfaction from which a turn counts as dissatisfied (chosen for F1 on validation data)."""
        return self._heads.unhappy_threshold

    async def read(self, history: Sequence[Utterance]) -> Mood:
        return await asyncio.to_thread(self.mood, history)

    def mood(self, history: Sequence[Utterance]) -> Mood:
        """The mood of the last turn; every text gets one, be it empty, long or all emoji."""
        turns = [Utterance(turn.role, turn.text[:_LONGEST]) for turn in history[-_READ:]] or [Utterance("customer", "")]
        vectors = self.embedder.queries([turn.text or " " for turn in turns])
        found, dissatisfied = self.dissatisfaction([turns], [vectors])[0]
        label, score, probability = self.sentiments([turns[-1].text])[0]
        return Mood(label, score, probability, dissatisfied, tuple(reason for reason, _ in found))

    def dissatisfaction(
        self, histories: Sequence[Sequence[Utterance]], vectors: Sequence[features.Vectors]
    ) -> list[tuple[tuple[tuple[str, float], ...], float]]:
        """(signs, probability) of the last turn of each history; ``vectors`` embed its turns, one row a turn."""
        measured = [features.measures(turns, rows) for turns, rows in zip(histories, vectors, strict=True)]
        contexts = [features.context(turns, rows) for turns, rows in zip(histories, vectors, strict=True)]
        learned = self._heads.unhappy_probability(np.stack(measured), np.stack(contexts)).tolist()
        found = [signs.signs(turns, row) for turns, row in zip(histories, measured, strict=True)]
        return [(named, signs.lift(p, named)) for named, p in zip(found, learned, strict=True)]

    def sentiments(self, texts: list[str]) -> list[tuple[SentimentLabel, float, float]]:
        """(label, score in [-1, 1], probability of the label) of each text by itself."""
        found: list[tuple[SentimentLabel, float, float]] = [("neutral", 0.0, 1.0)] * len(texts)
        english = [i for i, text in enumerate(texts) if detect(text) == "en" and re.search(r"\w", text)]
        chinese = [i for i, text in enumerate(texts) if detect(text) == "zh"]
        if english:
            for i, p in zip(english, self._heads.english([texts[i] for i in english]), strict=True):
                found[i] = _label(p)
        if chinese:
            for i, up in zip(chinese, self._heads.chinese([texts[i] for i in chinese]), strict=True):
                found[i] = _chinese(texts[i], float(up))
        for i, text in enumerate(texts):
            if not re.search(r"\w", text) and (score := lexicon.score(text)):
                found[i] = _by_score(score)
            found[i] = _tempered(text, found[i])
        return found


def _tempered(text: str, found: tuple[SentimentLabel, float, float]) -> tuple[SentimentLabel, float, float]:
    """What the heads cannot know: tweets and reviews hold few plain questions, and fury is more than discontent."""
    label, score, probability = found
    words = lexicon.score(text)
    if lexicon.furious(text) and (label != "positive" or words < 0):
        return "negative", min(score, -0.85), max(probability, 0.9)
    if lexicon.sarcastic(text):
        return "negative", min(score, -0.6), max(probability if label == "negative" else 0.0, 0.7)
    if (
        label != "neutral"
        and (abs(words) < 0.4 or words * score < 0)
        and (_EN_QUESTION.match(text) or _ZH_QUESTION.search(text))
    ):
        return "neutral", 0.3 * score, 0.6
    # Scores under this are kept for anger: a broken lamp is a bad thing, not an angry customer.
    return label, score if words < -0.85 else max(score, -0.7), probability


def _label(p: np.ndarray) -> tuple[SentimentLabel, float, float]:
    best = int(np.argmax(p))
    return _LABELS[best], float(p[2] - p[0]), float(p[best])


def _by_score(score: float) -> tuple[SentimentLabel, float, float]:
    label: SentimentLabel = "negative" if score < -0.05 else "positive" if score > 0.05 else "neutral"
    return label, score, min(0.5 + abs(score) / 2, 1.0)


def _chinese(text: str, up: float) -> tuple[SentimentLabel, float, float]:
    """Reviews have no neutral class: a plain question, or a text about which the head is not sure, is neutral."""
    words = lexicon.score(text)
    if abs(words) < 0.2 and len(text) <= 6:
        return "neutral", words, 0.7
    if abs(up - 0.5) < 0.04:
        return "neutral", words, 0.5
    score = 2 * up - 1
    if words * score < 0 and abs(words) > 0.6:  # the words say the opposite, loudly
        score = (score + words) / 2
    return _by_score(score)


def load(embedder: Embedder) -> MoodReader:
    """The reader with the shipped weights. Raises ModelError where they are missing."""
    return MoodReader(embedder, heads.load())
