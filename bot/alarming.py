"""Measures which messages bring a person by what they speak of: the surest words and the head of alarms, as they serve."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from bot.conversation import Conversation, Decision, Mood
from bot.costs import Policy
from bot.escalation import danger, decide
from bot.sentiment.alarms import CLASSES, TOPICS
from bot.sentiment.evaluation import rows_of
from bot.sentiment.reader import MoodReader
from retrieval.errors import InputError
from retrieval.query import Utterance


def evaluate_alarms(data: Path, reader: MoodReader, policy: Policy) -> dict[str, Any]:
    """The shares of each class that a person takes over for what they speak of, and of those that are offered one for it.

    Rows are {"text", "class"}, as in benchmarks/alarms.jsonl; classes that are no topic should bring nobody. ``right_topic`` is
    the share of the alarms handed over whose topic is theirs. Raises InputError with the line.
    """
    classes: Counter[str] = Counter()
    handed: Counter[str] = Counter()
    offered: Counter[str] = Counter()
    right = 0
    for line, row in rows_of(data):
        text, held = row.get("text"), row.get("class")
        if not isinstance(text, str) or not isinstance(held, str):
            raise InputError(
                f'a row is {{"text", "class": {"|".join(CLASSES)} or another}}', "mend it", path=data, line=line
            )
        classes[held] += 1
        found = _decided(text, reader, policy)
        if found is not None and found.escalate:
            handed[held] += 1
            right += found.topic == held
        elif found is not None:
            offered[held] += 1
    alarms, alarmed = (sum(counts[topic] for topic in TOPICS) for counts in (classes, handed))
    harmless = [name for name in classes if name not in TOPICS]
    others = sum(classes[name] for name in harmless)
    return {
        "handed_over": {name: handed[name] / count for name, count in classes.items()},
        "offered": {name: offered[name] / count for name, count in classes.items()},
        "recall": alarmed / alarms if alarms else None,
        "recall_with_offers": (alarmed + sum(offered[topic] for topic in TOPICS)) / alarms if alarms else None,
        "right_topic": right / alarmed if alarmed else None,
        "false_alarms": sum(handed[name] for name in harmless) / others if others else None,
        "n": sum(classes.values()),
    }


def _decided(text: str, reader: MoodReader, policy: Policy) -> Decision | None:
    """What the message brings for what it speaks of, as the first of a conversation; not for the mood it is written in."""
    mood = reader.mood([Utterance("customer", text)])
    if (grave := danger(text, mood, policy)) is not None:
        return grave
    calm = Mood(alarm=mood.alarm, topic=mood.topic)
    found = decide(Conversation("", ""), text, calm, policy)
    return found if found.action == "offer" else None
