"""Measures which messages bring a person by what they speak of: the surest words and the head of alarms, as they serve."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from bot.conversation import Conversation, Mood
from bot.costs import Policy
from bot.escalation import decide
from bot.sentiment.alarms import CLASSES, TOPICS
from bot.sentiment.evaluation import rows_of
from bot.sentiment.reader import MoodReader
from retrieval.errors import InputError

_NOBODY = Conversation("", "")
"""Each message is read as the first of a conversation, in a mood of its own that tells nothing but the alarm."""


def evaluate_alarms(data: Path, reader: MoodReader, policy: Policy) -> dict[str, Any]:
    """The shares of each class that a person takes over for what they speak of, and of those that are offered one for it.

    Rows are {"text", "class"}, as in benchmarks/alarms.jsonl; classes that are no topic should bring nobody. ``right_topic`` is
    the share of the alarms handed over whose topic is theirs. Raises InputError with the line.
    """
    classes: Counter[str] = Counter()
    handed: Counter[str] = Counter()
    offered: Counter[str] = Counter()
    right = 0
    texts: list[str] = []
    told: list[str] = []
    for line, row in rows_of(data):
        text, held = row.get("text"), row.get("class")
        if not isinstance(text, str) or not isinstance(held, str):
            raise InputError(
                f'a row is {{"text", "class": {"|".join(CLASSES)} or another}}', "mend it", path=data, line=line
            )
        texts.append(text)
        told.append(held)
    for text, held, alarm in zip(texts, told, reader.alarms(texts), strict=True):
        classes[held] += 1
        found = decide(_NOBODY, text, Mood(alarm=alarm.probability, topic=alarm.topic), policy)
        if found.topic is not None:
            handed[held] += 1
            right += found.topic == held
        elif found.action == "offer":
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
