"""A dialogue to learn a reply from, and whether its passages state that reply."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generation import grounding
from generation.prompt import UNKNOWN
from generation.quoting import narrow
from generation.request import ReplyRequest, Tone
from retrieval.passages import Hit, Language, Passage
from retrieval.query import Utterance
from retrieval.sentences import split

OFFERS = (
    "Is there anything else I can help with?",
    "Anything else I can help you with?",
    "Do you have any other questions?",
    "Can I help with anything else?",
)
BOOKINGS = ("Would you like me to book it?", "Would you like to make a reservation?")
"""What an agent may say after an answer."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation, the passages that the model reads, and the reply to learn; the customer's turn is last."""

    history: tuple[Utterance, ...]
    passages: tuple[Passage, ...]
    reference: str
    language: Language = "en"
    tone: Tone = "calm"

    def request(self) -> ReplyRequest:
        """The request that serving would make of it."""
        question = self.history[-1].text
        hits = [Hit(passage, 1.0) for passage in self.passages]
        read = [replace(hit, passage=narrow(question, hit)) for hit in hits]
        return ReplyRequest(self.history, read, language=self.language, tone=self.tone)

    def record(self) -> dict[str, Any]:
        """The line of a file."""
        return {
            "history": [{"role": turn.role, "text": turn.text} for turn in self.history],
            "passages": [
                {"id": p.id, "title": p.title, "text": p.text, **({"entity": p.entity} if p.entity else {})}
                for p in self.passages
            ],
            "reference": self.reference,
            "language": self.language,
            "tone": self.tone,
        }


def sound(dialogue: Dialogue) -> bool:
    """Whether every sentence of the reply is courtesy or stated by a passage as the model reads it."""
    if dialogue.reference in UNKNOWN.values():
        return True
    read = [hit.passage for hit in dialogue.request().hits]
    known = [passage.entity for passage in dialogue.passages if passage.entity]
    pieces = [piece for piece in split(dialogue.reference) if piece.strip() and piece.strip() not in OFFERS + BOOKINGS]
    return bool(pieces) and all(grounding.check(piece, read, known=known).source is not None for piece in pieces)


def write(dialogues: Iterable[Dialogue], out: Path) -> int:
    """Write JSON Lines; how many."""
    lines = [json.dumps(dialogue.record(), ensure_ascii=False) for dialogue in dialogues]
    out.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return len(lines)
