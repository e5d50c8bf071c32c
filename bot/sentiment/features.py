"""Measures of a conversation up to a turn; every one looks back only, and none knows a domain's words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.sentiment import lexicon
from bot.sentiment.heads import softmax
from retrieval.lexical import words
from retrieval.query import Utterance

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]

_NO = re.compile(r"^\W*(?:no|nope|nah|not|wrong|don'?t|不|没|错)", re.IGNORECASE)
_CORRECTION = re.compile(
    r"\b(?:i\s+(?:said|meant|asked|told|mean)|not\s+what|that'?s\s+not|that\s+is\s+not|isn'?t\s+what|wrong|instead|again|already|"
    r"actually|still|misunderst\w+|as\s+i\s+said)\b|我说的|我问的|不是这个|不对|错了|又|还是|已经说|再说一遍|听不懂|答非所问",
    re.IGNORECASE,
)
_UNABLE = re.compile(
    r"\b(?:sorry|unable|cannot|can'?t|couldn'?t|could\s+not|don'?t\s+(?:know|have)|not\s+(?:find|available|sure)|unfortunately|no\s+results?|"
    r"won'?t|apologi[sz]e)\b|抱歉|对不起|没有找到|无法|不清楚|不知道",
    re.IGNORECASE,
)
_YES = re.compile(
    r"^\W*(?:yes|yeah|yep|sure|ok|okay|great|perfect|fine|thanks|thank|sounds|好|可以|谢|行|嗯)", re.IGNORECASE
)
_THANKS = re.compile(r"\bthank|\bthx\b|\bperfect\b|\bgreat\b|\bawesome\b|谢谢|感谢|太好了", re.IGNORECASE)

_SAME = 0.7
"""The likeness (cosine of the multilingual encoder) from which a question is the one asked before, in other words."""

NAMES = (
    "words", "characters", "shorter_than_before", "turn", "same_as_last", "same_as_any", "asked_again",
    "letters_as_any", "agent_repeats", "near_agent", "says_no", "corrects", "question", "exclamation", "capitals", "says_yes", "thanks",
    "mood", "worst_mood", "mood_before", "mood_trend", "agent_mood", "agent_asks", "agent_unable",
    "agent_unable_before",
    "no_answer_between", "agent_words", "no_so_far", "answers_agent", "elliptic",
)  # fmt: skip


def _swapped(one: str, other: str) -> bool:
    """Whether two texts are worded alike but for a word that each has of its own: "to Japan" and "to Malaysia"."""
    from rapidfuzz import fuzz

    if fuzz.token_set_ratio(one.lower(), other.lower()) < 50:
        return False
    mine, theirs = frozenset(words(one)), frozenset(words(other))
    return bool(mine - theirs) and bool(theirs - mine)


def measures(history: Sequence[Utterance], vectors: Vectors) -> Vectors:
    """The NAMES of the last turn, shape (len(NAMES),); ``vectors`` embed the turns of ``history``, one row a turn."""
    from rapidfuzz import fuzz

    last = history[-1]
    text = last.text
    mine = [i for i, turn in enumerate(history[:-1]) if turn.role == "customer"]
    theirs = [i for i, turn in enumerate(history[:-1]) if turn.role == "agent"]
    v = vectors[-1]
    same = [float(v @ vectors[i]) for i in mine]
    letters = [fuzz.token_set_ratio(text.lower(), history[i].text.lower()) / 100 for i in mine[-6:]]
    agent = history[theirs[-1]].text if theirs else ""
    agent_v = vectors[theirs[-1]] if theirs else np.zeros_like(v)
    moods = [lexicon.score(history[i].text) for i in mine[-4:]]
    mood = lexicon.score(text)
    lengths = [len(history[i].text.split()) or 1 for i in mine]
    length = max(len(text.split()), len(text) // 4, 1)
    upper = sum(c.isupper() for c in text)
    between = len(history) > 1 and history[-2].role == "customer"
    repeats = max((float(agent_v @ vectors[i]) for i in theirs[:-1]), default=0.0)
    return np.array(
        [
            math.log1p(length),
            math.log1p(len(text)),
            math.log(length / (sum(lengths) / len(lengths))) if lengths else 0.0,
            math.log1p(len(mine)),
            same[-1] if same else 0.0,
            max(same, default=0.0),
            min(sum(s > _SAME and not _swapped(text, history[i].text) for s, i in zip(same, mine, strict=True)), 4),
            max(letters, default=0.0),
            repeats,
            float(v @ agent_v),
            bool(_NO.match(text)),
            bool(_CORRECTION.search(text)),
            "?" in text or "？" in text,
            min(text.count("!") + text.count("！"), 4),
            upper / max(len(text), 1) if upper > 3 else 0.0,
            bool(_YES.match(text)),
            bool(_THANKS.search(text)),
            mood,
            min([mood, *moods]),
            float(np.mean(moods)) if moods else 0.0,
            mood - moods[-1] if moods else 0.0,
            lexicon.score(agent) if agent else 0.0,
            "?" in agent or "？" in agent,
            bool(_UNABLE.search(agent)),
            min(sum(bool(_UNABLE.search(history[i].text)) for i in theirs[-4:-1]), 3),
            between,
            math.log1p(len(agent.split())),
            min(sum(bool(_NO.match(history[i].text)) for i in mine), 4),
            ("?" in agent) and "?" not in text,
            length <= 3,
        ],
        dtype=np.float32,
    )


def context(history: Sequence[Utterance], vectors: Vectors) -> Vectors:
    """The turn, the answer before it and the question before that, embedded: shape (3 * dimension,)."""
    size = vectors.shape[1]
    empty = np.zeros(size, np.float32)
    before = next((i for i in range(len(history) - 2, -1, -1) if history[i].role == "agent"), None)
    asked = next(
        (
            i
            for i in range((before if before is not None else len(history) - 1) - 1, -1, -1)
            if history[i].role == "customer"
        ),
        None,
    )
    parts = [vectors[-1], empty if before is None else vectors[before], empty if asked is None else vectors[asked]]
    return np.concatenate(parts).astype(np.float32)


STATES = 0.25
"""Weight of the tuned encoder's state beside the embeddings of ``context``."""
_UNREAD = np.log(np.array([0.1, 0.8, 0.1], dtype=np.float32))


def feelings(logits: Vectors) -> Vectors:
    """What the words of a customer's turns feel like, shape (11,); ``logits`` (n, 3) are of all their turns so far.

    Probabilities and logits of the last turn, probabilities of the one before, the worst score of those before, and how
    much the score changed.
    """
    p = softmax(logits)
    before = p[-2] if len(p) > 1 else np.exp(_UNREAD)
    score = p[:, 2] - p[:, 0]
    worst = score[:-1].min() if len(p) > 1 else 0.0
    change = score[-1] - (before[2] - before[0])
    return np.concatenate([p[-1], logits[-1], before, [worst, change]]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Described:
    """What the dissatisfaction head reads of a turn: ``numbers``, NAMES first, and ``contexts``."""

    numbers: Vectors
    contexts: Vectors

    def felt(self, logits: Vectors, state: Vectors) -> Described:
        """With what the words feel like: ``logits`` (n, 3) of all turns of the customer so far, ``state`` (d,) of the last."""
        return Described(
            np.concatenate([self.numbers, feelings(logits)]), np.concatenate([self.contexts, STATES * state])
        )


def described(history: Sequence[Utterance], vectors: Vectors) -> Described:
    """The last turn of ``history``, a customer's, before its words are felt; ``vectors`` embed the turns, one row a turn."""
    return Described(measures(history, vectors), context(history, vectors))
