"""Reads a question and a passage together, to tell the passage that answers from those that are merely alike.

A cross-encoder (Nogueira and Cho 2019) over multilingual-e5-small (Wang et al. 2024), tuned by ``training_reranker``. Its
score is a logit beside that of "none of these answers", which is 0: the cosine of question and passage after they have
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
from retrieval.passages import Passage
from retrieval.query import Utterance
from retrieval.smalltalk import small_talk

NAME = "multilingual-e5-small"
WEIGHTS = Path(__file__).parent / "weights" / "reranker.npz"
_FOLDER = "reranker-ctranslate2"
BEGIN, END = 0, 2
"""The ids of the pieces around a text."""
SCALE, NETWORK = 20.0, 4.0
_QUESTION, _PASSAGE = 96, 90
"""Pieces that are read."""
_TURN, _BEFORE, _EARLIER, _NAME, _TEXT = 200, 80, 60, 40, 600
"""Characters that are read."""


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
    """Turns texts into ids of the model's pieces."""

    def __init__(self, base: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
        self._asked, self._held = self._ids("query: "), self._ids("passage: ")

    def question(self, text: str) -> list[int]:
        return [BEGIN, *self._asked, *self._ids(text)[:_QUESTION], END]

    def passage(self, text: str) -> list[int]:
        return [END, *self._held, *self._ids(text)[:_PASSAGE], END]

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)


class Reranker:
    """Scores passages for a conversation; safe to call from several threads."""

    def __init__(self, base: Path, weights: Path = WEIGHTS, *, threads: int = 2) -> None:
        """``threads`` read a share of the passages each. Raises ModelError where weights or base are missing or do not fit."""
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, "reranker")
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

    def logits(
        self, history: Sequence[Utterance], passages: Sequence[Passage], spoken_of: str | None = None
    ) -> NDArray[np.float32]:
        """(n,) how much likelier each passage answers the last turn than that none does; 0 is even.

        ``spoken_of`` is the name of the product or place that the conversation is about.
        """
        if not passages or not history:
            return np.zeros(len(passages), dtype=np.float32)
        question = self._pieces.question(question_of(history, spoken_of))
        pairs = [(question, self._pieces.passage(text_of(passage))) for passage in passages]
        by_length = sorted(range(len(pairs)), key=lambda row: len(pairs[row][1]))
        shares = [by_length[at :: self._threads] for at in range(self._threads) if by_length[at :: self._threads]]
        found = np.zeros(len(pairs), dtype=np.float32)
        for rows, read in zip(
            shares, self._pool.map(lambda rows: self._read([pairs[i] for i in rows]), shares), strict=True
        ):
            found[rows] = read
        return found

    def _read(self, pairs: Sequence[tuple[list[int], list[int]]]) -> list[float]:
        states = np.array(self._encoder.forward_batch([one + held for one, held in pairs]).last_hidden_state)
        return [self._logit(states[row, : len(one) + len(held)], len(one)) for row, (one, held) in enumerate(pairs)]

    def _logit(self, states: NDArray[np.float32], question: int) -> float:
        """From the (pieces, 384) states of a question of so many pieces and a passage after it."""
        asked, held = states[:question].mean(axis=0), states[question:].mean(axis=0)
        unit = states / np.maximum(np.linalg.norm(states, axis=1, keepdims=True), 1e-9)
        matched = (unit[:question] @ unit[question:].T).max(axis=1).mean()
        cosine = asked @ held / max(float(np.linalg.norm(asked) * np.linalg.norm(held)), 1e-9)
        hidden = np.tanh(self._head["hidden"] @ states.mean(axis=0) + self._head["hidden_bias"])
        alike = self._head["likeness"] @ np.array([cosine, matched, 1.0])
        return float(SCALE * alike + NETWORK * (self._head["last"] @ hidden + self._head["last_bias"]))
