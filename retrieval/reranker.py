"""Reads a question and a passage together, to tell the passage that answers from those that are merely alike.

A cross-encoder (Nogueira and Cho 2019) over multilingual-e5-small (Wang et al. 2024), and for English the mean of it and one over
all-MiniLM-L6-v2 (Wang et al. 2020), both tuned by ``training_reranker``. The score is a logit beside that of "none of these answers", which is 0: the cosine of question and passage after they have
seen each other, the mean of each word's best match (ColBERT; Khattab and Zaharia 2020), and a small network over the
mean state.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval import lowrank
from retrieval.context import says_what
from retrieval.errors import ModelError
from retrieval.glossary import glossary
from retrieval.language import detect
from retrieval.passages import Passage
from retrieval.query import Utterance
from retrieval.smalltalk import small_talk

NAME, ENGLISH = "multilingual-e5-small", "all-MiniLM-L6-v2"
"""The models that are tuned: of every language, and of English alone."""
WEIGHTS = Path(__file__).parent / "weights" / "reranker.npz"
ENGLISH_WEIGHTS = WEIGHTS.with_name("reranker_english.npz")
_FOLDER = "reranker-ctranslate2"
BEGIN, END = 0, 2
"""The ids of the pieces around a text, of the model of every language."""
SCALE, NETWORK = 20.0, 4.0
_QUESTION, _PASSAGE = 96, 90
"""Pieces that are read."""
_TURN, _BEFORE, _EARLIER, _NAME, _TEXT = 200, 80, 60, 40, 600
"""Characters that are read."""
_SHARE = 0.5
"""Of the English model's logit in that of an English question and passage: a mean of two errs less than either."""


def question_of(history: Sequence[Utterance], spoken_of: str | None = None) -> str:
    """What is read of a conversation: its last turn, the starts of the turns before it, and the name of what is ``spoken_of``.

    Small talk of the customer's is passed over, and so are turns that do not say about what they ask where others do. After a last
    one that does not, the agent's is left out: of entries that are alike but for what was said before, it speaks against its own.
    """
    said = [turn for turn in history[:-1] if turn.role == "agent" or small_talk(turn.text) is None]
    asked = [turn.text for turn in said if turn.role == "customer"]
    asked = [text for text in asked if says_what(text)] or asked
    told = next((turn.text for turn in reversed(said) if turn.role == "agent"), "") if asked else ""
    told = told if says_what(history[-1].text) else ""
    earlier = [*([""] * 2), *asked]
    return history[-1].text[:_TURN] + before_of(earlier[-1], told, earlier[-2], spoken_of or "")


def before_of(customer: str, agent: str, earlier: str = "", spoken_of: str = "") -> str:
    """What stands behind the question: the customer's turn before it, the agent's, the customer's before that, and a name."""
    turns = (("<", customer, _BEFORE), (">", agent, _BEFORE), ("<", earlier, _EARLIER), ("=", spoken_of, _NAME))
    return "".join(f" {mark} {text[:length]}" for mark, text, length in turns if text)


def text_of(passage: Passage) -> str:
    """What is read of a passage."""
    return glossary().simplify(f"{passage.title} {passage.text[:_TEXT]}")


class Pieces:
    """Turns texts into ids of the model's pieces, as its encoder has learnt to have them around a text."""

    def __init__(self, base: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        begin, end = self._tokenizer.token_to_id("[CLS]"), self._tokenizer.token_to_id("[SEP]")
        if begin is not None and end is not None:  # of BERT
            self._end: int = end
            self._before_question, self._before_passage = [begin], list[int]()
        else:  # of E5
            self._end = END
            self._before_question = [BEGIN, *self._ids("query: ")]
            self._before_passage = [END, *self._ids("passage: ")]

    def question(self, text: str) -> list[int]:
        return [*self._before_question, *self._ids(text)[:_QUESTION], self._end]

    def passage(self, text: str) -> list[int]:
        return [*self._before_passage, *self._ids(text)[:_PASSAGE], self._end]

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)


class CrossEncoder:
    """One tuned model; safe to call from several threads."""

    def __init__(self, base: Path, weights: Path, *, threads: int) -> None:
        """``threads`` is how many calls are served at once. Raises ModelError where weights or base are missing or do not fit."""
        try:
            with np.load(weights, allow_pickle=False) as data:
                self._head = {name: data[name] for name in ("likeness", "hidden", "hidden_bias", "last", "last_bias")}
            self._pieces = Pieces(base)
            self._encoder = lowrank.encoder(base, weights, _FOLDER, intra_threads=1, inter_threads=threads)
        except Exception as error:  # many kinds: files that are missing, broken or of another model
            raise ModelError(
                f"the reranker does not load over {base} ({error})",
                "run `frontdesk models fetch`, or reinstall frontdesk",
            ) from error

    def read(self, question: str, passages: Sequence[str]) -> list[float]:
        """The logits of what is read of a question and of each passage."""
        asked = self._pieces.question(question)
        pairs = [asked + self._pieces.passage(text) for text in passages]
        states = np.array(self._encoder.forward_batch(pairs).last_hidden_state)
        return [self._logit(states[row, : len(pair)], len(asked)) for row, pair in enumerate(pairs)]

    def _logit(self, states: NDArray[np.float32], question: int) -> float:
        """From the (pieces, 384) states of a question of so many pieces and a passage after it."""
        asked, held = states[:question].mean(axis=0), states[question:].mean(axis=0)
        unit = states / np.maximum(np.linalg.norm(states, axis=1, keepdims=True), 1e-9)
        matched = (unit[:question] @ unit[question:].T).max(axis=1).mean()
        cosine = asked @ held / max(float(np.linalg.norm(asked) * np.linalg.norm(held)), 1e-9)
        hidden = np.tanh(self._head["hidden"] @ states.mean(axis=0) + self._head["hidden_bias"])
        alike = self._head["likeness"] @ np.array([cosine, matched, 1.0])
        return float(SCALE * alike + NETWORK * (self._head["last"] @ hidden + self._head["last_bias"]))


class Reranker:
    """Scores passages for a conversation; safe to call from several threads."""

    def __init__(
        self,
        base: Path,
        weights: Path = WEIGHTS,
        *,
        english: Path | None = None,
        english_weights: Path = ENGLISH_WEIGHTS,
        threads: int = 2,
    ) -> None:
        """``base`` reads every language; ``english``, the folder of all-MiniLM-L6-v2, reads English beside it where it is given.

        ``threads`` read a share of the passages each. Raises ModelError where weights or a base are missing or do not fit.
        """
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, "reranker")
        self._every = CrossEncoder(base, weights, threads=threads)
        self._english = None if english is None else CrossEncoder(english, english_weights, threads=threads)

    def logits(
        self, history: Sequence[Utterance], passages: Sequence[Passage], spoken_of: str | None = None
    ) -> NDArray[np.float32]:
        """(n,) how much likelier each passage answers the last turn than that none does; 0 is even.

        ``spoken_of`` is the name of the product or place that the conversation is about.
        """
        found = np.zeros(len(passages), dtype=np.float32)
        if not passages or not history:
            return found
        question, texts = question_of(history, spoken_of), [text_of(passage) for passage in passages]
        parts = self._shares(self._every, texts, range(len(texts)))
        english = [row for row, passage in enumerate(passages) if passage.language == "en"]
        if self._english is not None and detect(history[-1].text) == "en":
            parts += self._shares(self._english, texts, english)
        read = self._pool.map(lambda part: part[0].read(question, [texts[row] for row in part[1]]), parts)
        beside = np.full(len(passages), np.nan, dtype=np.float32)
        for (model, rows), logits in zip(parts, read, strict=True):
            (found if model is self._every else beside)[rows] = logits
        return np.where(np.isnan(beside), found, (1 - _SHARE) * found + _SHARE * beside).astype(np.float32)

    def _shares(
        self, model: CrossEncoder, texts: Sequence[str], rows: Sequence[int]
    ) -> list[tuple[CrossEncoder, list[int]]]:
        """What each thread reads: as many of the long ones."""
        by_length = sorted(rows, key=lambda row: len(texts[row]))
        return [(model, share) for at in range(self._threads) if (share := by_length[at :: self._threads])]
