"""Reads the mood of a turn in its conversation: sentiment of the words, and dissatisfaction of the customer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bot import wordings
from bot.conversation import Mood, SentimentLabel
from bot.sentiment import alarms, features, heads, lexicon, signs
from bot.sentiment.encoder import CHINESE, ENGLISH, TunedEncoder
from bot.sentiment.features import Embed, Vectors
from retrieval.language import detect
from retrieval.multilingual import multilingual
from retrieval.query import Utterance

if TYPE_CHECKING:
    from retrieval.embedding import Embedder

_LABELS: tuple[SentimentLabel, ...] = ("negative", "neutral", "positive")
_READ = 12  # earlier turns that are looked at
_REMEMBERED = 6  # earlier turns of the customer whose feeling still counts
_LONGEST = 1000  # characters of a turn
_EN_QUESTION = re.compile(
    r"^(?:(?:hi|hello|hey|ok|and|so|please)\W+)*(?:what|how|why|when|where|which|who|whom|do|does|can|could|is|are|will|may|should|would)\b"
    r"[^.!?]{3,140}\?\s*$",
    re.IGNORECASE,
)


class SentimentClassifier(Protocol):
    """Reads the last turn of a history; looks back, never ahead."""

    async def read(self, history: Sequence[Utterance]) -> Mood: ...

    def said(self, answer: str) -> None:
        """Take notice of an answer that the customer just got, so that reading the next turn is quicker."""


class MoodReader:
    """The heads over the multilingual encoder that retrieval uses for Chinese, and over those tuned to sentiment."""

    def __init__(
        self,
        embedder: Embedder,
        weights: heads.Heads,
        encoder: TunedEncoder,
        chinese: TunedEncoder,
        topics: alarms.Alarms,
    ) -> None:
        self._embedder = embedder
        self._heads = weights
        self._alarms = topics
        self._encoder = encoder
        self._chinese = chinese
        self._beside = ThreadPoolExecutor(1, "mood")

    @property
    def threshold(self) -> float:
        """The dissatisfaction from which a turn counts as dissatisfied (chosen for F1 on validation data)."""
        return self._heads.unhappy_threshold

    async def read(self, history: Sequence[Utterance]) -> Mood:
        return await asyncio.to_thread(self.mood, history)

    def said(self, answer: str) -> None:
        self._beside.submit(self._embedder.queries, [answer[:_LONGEST] or " "])

    def mood(self, history: Sequence[Utterance]) -> Mood:
        """The mood of the last turn; every text gets one, be it empty, long or all emoji."""
        turns = [Utterance(turn.role, turn.text[:_LONGEST]) for turn in history[-2 * _READ :]]
        turns = turns or [Utterance("customer", "")]
        found, dissatisfied = self.dissatisfaction(turns, [len(turns) - 1])[0]
        label, score, probability = self.sentiments([turns[-1].text])[0]
        alarm = self.alarms([turns[-1].text])[0]
        reasons = tuple(reason for reason, _ in found)
        return Mood(label, score, probability, dissatisfied, reasons, alarm.probability, alarm.topic)

    def dissatisfaction(
        self, turns: Sequence[Utterance], at: Sequence[int]
    ) -> list[tuple[tuple[tuple[str, float], ...], float]]:
        """(signs, probability) of the turns ``at`` these places.

        A turn is read in the light of what came before it, and of how the customer felt on the turns before.
        """
        customers = [i for i, turn in enumerate(turns) if turn.role == "customer"]
        feeling = self._beside.submit(felt_by, self._encoder, self._chinese, [turns[i].text for i in customers])
        vectors = self._embedder.queries([turn.text[:_LONGEST] or " " for turn in turns])  # two models, two cores
        place = {turn: row for row, turn in enumerate(customers)}
        before = {i: [j for j in customers if j < i][-_REMEMBERED:] for i in at}
        needed = sorted({*at, *(j for earlier in before.values() for j in earlier if self._heads.unhappy_memory)})
        spans = {i: slice(max(0, i + 1 - _READ), i + 1) for i in needed}
        seen = {i: features.described(turns[span], vectors[span]) for i, span in spans.items()}
        states, feelings = feeling.result()
        read = [seen[i].felt(feelings[: place[i] + 1], states[place[i]]) for i in needed]
        numbers, contexts = np.stack([each.numbers for each in read]), np.stack([each.contexts for each in read])
        logits = self._heads.unhappy_logits(numbers, contexts).tolist()
        own = dict(zip(needed, logits, strict=True))
        found = [signs.signs(turns[spans[i]], seen[i].numbers) for i in at]
        learned = [self._heads.unhappy_probability(own[i], [own[j] for j in before[i] if j in own]) for i in at]
        return [(named, signs.lift(p, named)) for named, p in zip(found, learned, strict=True)]

    def alarms(self, texts: Sequence[str]) -> list[alarms.Alarm]:
        """What a person may have to see in each text by itself."""
        read = alarm_features([text[:_LONGEST] for text in texts], self._embedder.queries, self._encoder, self._chinese)
        return self._alarms.heard(read)

    def sentiments(self, texts: list[str]) -> list[tuple[SentimentLabel, float, float]]:
        """(label, score in [-1, 1], probability of the label) of each text by itself."""
        found: list[tuple[SentimentLabel, float, float]] = [("neutral", 0.0, 1.0)] * len(texts)
        english = [i for i, text in enumerate(texts) if detect(text) == "en" and re.search(r"\w", text)]
        chinese = [i for i, text in enumerate(texts) if detect(text) == "zh"]
        if english:
            asked = [texts[i] for i in english]
            for i, p in zip(
                english, self._heads.english(asked, self._encoder.logits(self._encoder.states(asked))), strict=True
            ):
                found[i] = _label(p)
        if chinese:
            asked = [texts[i] for i in chinese]
            for i, p in zip(
                chinese, self._heads.chinese(asked, self._chinese.logits(self._chinese.states(asked))), strict=True
            ):
                found[i] = _label(p)
        for i, text in enumerate(texts):
            if not re.search(r"\w", text) and (score := lexicon.score(text)):
                found[i] = _by_score(score)
            found[i] = _tempered(text, found[i])
        return found


def felt_by(encoder: TunedEncoder, chinese: TunedEncoder, texts: Sequence[str]) -> tuple[Vectors, Vectors]:
    """The English encoder's states (n, d) of a customer's turns, zeros of Chinese ones, and logits (n, 3) of each."""
    english = np.array([detect(text) == "en" for text in texts], dtype=bool)
    read = encoder.states([text for text, own in zip(texts, english, strict=True) if own])
    logits = _spread(encoder.logits(read), english)
    if not english.all():
        others = [text for text, own in zip(texts, english, strict=True) if not own]
        logits[~english] = chinese.logits(chinese.states(others))
    return _spread(read, english), logits


def alarm_features(texts: Sequence[str], embed: Embed, encoder: TunedEncoder, chinese: TunedEncoder) -> Vectors:
    """(n, features): what the head of alarms reads of texts."""
    english = np.array([detect(text) == "en" for text in texts], dtype=bool)
    states = (
        _spread(tuned.states([text for text, own in zip(texts, where, strict=True) if own]), where)
        for tuned, where in ((encoder, english), (chinese, ~english))
    )
    return alarms.described(embed([text or " " for text in texts]), *states)


def _spread(rows: Vectors, where: np.ndarray) -> Vectors:
    """The rows in the places where they belong, zeros in the others."""
    spread = np.zeros((len(where), rows.shape[1]), dtype=np.float32)
    spread[where] = rows
    return spread


def _tempered(text: str, found: tuple[SentimentLabel, float, float]) -> tuple[SentimentLabel, float, float]:
    """What the heads cannot know: tweets hold few plain questions, and fury is more than discontent."""
    label, score, probability = found
    words = lexicon.score(text)
    if lexicon.furious(text) and (label != "positive" or words < 0):
        return "negative", min(score, -0.85), max(probability, 0.9)
    if lexicon.sarcastic(text):
        return "negative", min(score, -0.6), max(probability if label == "negative" else 0.0, 0.7)
    if label != "neutral" and (abs(words) < 0.4 or words * score < 0) and _EN_QUESTION.match(text):
        return "neutral", 0.3 * score, 0.6
    # Scores under this are kept for anger: a broken lamp is a bad thing, not an angry customer.
    return label, score if words < -0.85 else max(score, -0.7), probability


def _label(p: np.ndarray) -> tuple[SentimentLabel, float, float]:
    best = int(np.argmax(p))
    return _LABELS[best], float(p[2] - p[0]), float(p[best])


def _by_score(score: float) -> tuple[SentimentLabel, float, float]:
    label: SentimentLabel = "negative" if score < -0.05 else "positive" if score > 0.05 else "neutral"
    return label, score, min(0.5 + abs(score) / 2, 1.0)


def load(english: Path, chinese: Path) -> MoodReader:
    """The reader with the shipped weights, over the folders of the models that its encoders were tuned from.

    It has read a text in each language, so that everything is in memory. Raises ModelError where a file is missing.
    """
    wordings.load()
    encoders = TunedEncoder(ENGLISH, english), TunedEncoder(CHINESE, chinese)
    reader = MoodReader(multilingual(), heads.load(), *encoders, alarms.load())
    reader.mood([Utterance("customer", "hello"), Utterance("customer", "你好")])
    reader.sentiments(["hello"])
    return reader
