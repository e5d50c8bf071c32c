"""Reads a question and a passage together, to tell the passage that answers from those that are merely alike.

A cross-encoder (Nogueira and Cho 2019) over multilingual-e5-small (Wang et al. 2024), tuned by ``training_reranker``. Its
score is a logit beside that of "none of these answers", which is 0: the cosine of question and passage after they have
seen each other, the mean of each word's best match (ColBERT; Khattab and Zaharia 2020), and a small network over the
mean state.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval import lowrank
from retrieval.context import leant_on, says_what
from retrieval.errors import ModelError
from retrieval.glossary import glossary
from retrieval.lexical import words
from retrieval.passages import Passage
from retrieval.query import Utterance

NAME = "multilingual-e5-small"
WEIGHTS = Path(__file__).parent / "weights" / "reranker.npz"
_FOLDER = "reranker-ctranslate2"
BEGIN, END = 0, 2
"""The ids of the pieces around a text."""
SCALE, NETWORK = 20.0, 4.0
_QUESTION, _PASSAGE = 56, 90
_TURN, _BEFORE, _TEXT = 200, 80, 600
_TOLD = 0.8
"""The share of the words of the agent's turn that an entry holds from which that turn was said."""


def questions_of(history: Sequence[Utterance], passages: Sequence[Passage]) -> list[str]:
    """What is asked of each passage: the last turn, with the start of the customer's turn that it leans on and of the agent's.

    What a customer asks next the entry that was just told may tell as well as another ("and by express?", "how much?"): the
    agent's turn, which speaks against that entry, is left out before it, and wherever the last turn does not say about what.
    """
    last, leant, said = history[-1].text, leant_on(history), _said(history)
    again = last[:_TURN] + before_of(leant, "")
    anew = last[:_TURN] + before_of(leant, said) if says_what(last) else again
    told = set(words(said))
    return [again if _tells(passage, told) else anew for passage in passages]


def _said(history: Sequence[Utterance]) -> str:
    return next((turn.text for turn in reversed(history[:-1]) if turn.role == "agent"), "")


def _tells(passage: Passage, said: Collection[str]) -> bool:
    """Whether the agent, who ``said`` these words, spoke from the passage."""
    return bool(said) and len(set(words(f"{passage.title} {passage.text}")) & set(said)) >= _TOLD * len(said)


def before_of(customer: str, agent: str) -> str:
    """What stands behind the question of the turns before it, "" where there are none."""
    turns = (("<", customer), (">", agent))
    return "".join(f" {mark} {text[:_BEFORE]}" for mark, text in turns if text)


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
        """Raises ModelError where the weights or the base model are missing or do not fit."""
        try:
            with np.load(weights, allow_pickle=False) as data:
                self._head = {name: data[name] for name in ("likeness", "hidden", "hidden_bias", "last", "last_bias")}
            self._pieces = Pieces(base)
            self._encoder = lowrank.encoder(base, weights, _FOLDER, intra_threads=threads, inter_threads=1)
        except Exception as error:  # many kinds: files that are missing, broken or of another model
            raise ModelError(
                f"the reranker does not load over {base} ({error})",
                "run `frontdesk models fetch`, or reinstall frontdesk",
            ) from error

    def logits(self, history: Sequence[Utterance], passages: Sequence[Passage]) -> NDArray[np.float32]:
        """(n,) how much likelier each passage answers the last turn than that none does; 0 is even."""
        if not passages or not history:
            return np.zeros(len(passages), dtype=np.float32)
        read = zip(questions_of(history, passages), passages, strict=True)
        pairs = [(self._pieces.question(one), self._pieces.passage(text_of(passage))) for one, passage in read]
        states = np.array(self._encoder.forward_batch([one + held for one, held in pairs]).last_hidden_state)
        return np.array(
            [self._logit(states[row, : len(one) + len(held)], len(one)) for row, (one, held) in enumerate(pairs)],
            dtype=np.float32,
        )

    def _logit(self, states: NDArray[np.float32], question: int) -> float:
        """From the (pieces, 384) states of a question of so many pieces and a passage after it."""
        asked, held = states[:question].mean(axis=0), states[question:].mean(axis=0)
        unit = states / np.maximum(np.linalg.norm(states, axis=1, keepdims=True), 1e-9)
        matched = (unit[:question] @ unit[question:].T).max(axis=1).mean()
        cosine = asked @ held / max(float(np.linalg.norm(asked) * np.linalg.norm(held)), 1e-9)
        hidden = np.tanh(self._head["hidden"] @ states.mean(axis=0) + self._head["hidden_bias"])
        alike = self._head["likeness"] @ np.array([cosine, matched, 1.0])
        return float(SCALE * alike + NETWORK * (self._head["last"] @ hidden + self._head["last_bias"]))
