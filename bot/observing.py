"""Finds in a conversation which question an operator answered, and takes the personal data out of both."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence

from rapidfuzz import fuzz

from bot.conversation import Conversation, Turn
from bot.promises import promises
from bot.requests import accepts, asks_for_human, asks_if_bot, declines
from bot.storage.observations import Observation
from generation import safety
from retrieval.language import detect
from retrieval.smalltalk import small_talk

_ORDER = re.compile(r"\b[A-Z]{2}-\d{6}\b", re.IGNORECASE)
_GREETING = re.compile(
    r"^\s*(?:(?:hi|hello|hey|dear|good\s+(?:morning|afternoon|evening))\b[^,.!?\n]{0,30}[,.!]\s*|"
    r"(?:\[name\])?[\w\s\u4e00-\u9fff]{0,8}(?:您好|你好)[^，。！!,\n]{0,8}[，。！!,]\s*)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\s*(?:(?:kind |best )?regards|best wishes|cheers|thanks|thank you|is there anything else[^?]*\?|"
    r"anything else[^?]*\?|hope (?:this|that) helps|还有(?:什么|其他)[^？?]*[？?]|祝您[^。！!]*)[\s,.!。！]*(?:\[name\])?\W*$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*")
_ASKS = ("?", "？")
_LEAST = {"en": 12, "zh": 5}  # characters: "yes" answers nothing that stands by itself
PLACEHOLDER = re.compile(r"\[(?:name|order|email|phone|card|id|account|code|contact)\]")


def observe(conversation: Conversation, ignored: Collection[str] = ()) -> list[Observation]:
    """The pairs of a customer's question and an operator's answer; never the bot's words, a promise or a question.

    An operator who sends on what the bot had suggested says the bot's words. ``ignored`` are canned replies as they
    were sent: they answer everything alike.
    """
    others = [turn.text for turn in conversation.turns if turn.author == "bot"] + list(ignored)
    found: list[Observation] = []
    asked: list[tuple[Turn, bool]] = []  # the customer's turns, and whether the bot did not know the answer
    answer: list[str] = []
    held = False

    def keep(last: Turn) -> None:
        question, said = _question(asked), " ".join(answer).strip()
        language = detect(question or said, conversation.language or "en")
        if question and len(said) >= _LEAST[language]:
            question, said = clean(question, conversation), clean(said, conversation)
            key = hashlib.sha256(f"{conversation.id}\n{question}\n{said}".encode("utf-8", "replace")).hexdigest()[:12]
            found.append(Observation(key, conversation.id, last.at, question, said, language, last.operator or ""))

    last: Turn | None = None
    for turn in conversation.turns:
        if turn.private:
            continue
        if turn.author == "customer":
            if answer and last is not None:
                keep(last)
                asked.clear()
                answer.clear()
            if _substantial(turn.text):
                asked.append((turn, held))
        elif turn.author == "bot":
            if asked and not turn.answered:
                asked[-1] = (asked[-1][0], True)
            held = False
        elif turn.author == "human":
            held = True  # what the customer writes from here on is for the person
            if _answers(turn.text) and not any(_same(turn.text, other) for other in others):
                answer.append(turn.text.strip())
                last = turn
    if answer and last is not None:
        keep(last)
    return found


def clean(text: str, conversation: Conversation) -> str:
    """The text without names, numbers and courtesies; what must go is shown as "[name]", "[order]" and the like."""
    text = _ORDER.sub("[order]", safety.mask(text))
    names = [conversation.customer.name, conversation.operator]
    names += [turn.operator for turn in conversation.turns]
    for name in sorted({name for name in names if name and len(name) > 1}, key=len, reverse=True):
        bounds = (r"\b", r"\b") if name.isascii() else ("", "")
        text = re.sub(f"{bounds[0]}{re.escape(name)}{bounds[1]}", "[name]", text, flags=re.IGNORECASE)
    text = _GREETING.sub("", text)
    return _CLOSING.sub("", text).strip()


def _answers(text: str) -> bool:
    """Whether it says something, and neither promises nor asks: "Which one? It stands on the label" asks."""
    first = _SENTENCE.split(_GREETING.sub("", text.strip()), maxsplit=1)[0]
    return bool(first) and not (promises(text) or text.rstrip().endswith(_ASKS) or first.endswith(_ASKS))


def _same(text: str, other: str) -> bool:
    """Whether the text is the other's words, with a greeting or a slip more."""
    text, other = (" ".join(_GREETING.sub("", words).casefold().split()) for words in (text, other))
    return len(other) > 3 and (other in text or fuzz.ratio(text, other) >= 90)


def _question(asked: Sequence[tuple[Turn, bool]]) -> str:
    """What was answered: the last thing written to the person or not known to the bot, else the last at all."""
    marked = [turn for turn, open_ in asked if open_]
    turn = marked[-1] if marked else asked[-1][0] if asked else None
    return " ".join(turn.text.split())[:300] if turn is not None else ""


def _substantial(text: str) -> bool:
    words = text.strip()
    asks = bool(words) and small_talk(words) is None and not asks_if_bot(words)
    return asks and not (accepts(words) or declines(words) or asks_for_human(words)) and len(words) >= 3
