"""Plain signs of dissatisfaction that a person would name: the reasons shown at the desk, and what each adds."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from bot.sentiment import lexicon
from bot.sentiment.features import NAMES, Vectors
from retrieval.query import Utterance

_CORRECTS = re.compile(
    r"\bi\s+(?:just\s+|already\s+)?(?:said|meant|asked|told\s+you)\b|\bnot\s+what\s+i\b|\bthat'?s\s+(?:not|wrong)\b|"
    r"\bthat\s+is\s+(?:not|wrong)\b|\bisn'?t\s+what\b|\bmisunderst\w+|\bwrong\s+answer\b|\byou'?re\s+wrong\b|"
    r"我(?:说|问)的(?:是|不)|不是这个|不对|再说一遍|听不懂|答非所问",
    re.IGNORECASE,
)
_REPEATED = re.compile(
    r"\balready\s+(?:told|said|asked|explained|answered)|\b(?:asked|told\s+you|said)\s+(?:\w+\s+){0,3}?(?:twice|times|before)\b|"
    r"\b(?:second|third|fourth|fifth|\d+(?:nd|rd|th))\s+time\b|\bhow\s+many\s+times\b|\bas\s+i\s+said\b|"
    r"(?:说|问)(?:过|了)?[两二三四五六七八九十几好多\d]+(?:遍|次)|已经(?:说|问)(?:过|了)?|第[二三四五六七八九十\d]+次",
    re.IGNORECASE,
)
_UNABLE = re.compile(
    r"\b(?:don'?t|do\s+not)\s+(?:know|have\s+(?:a\s+reliable|an)\s+answer)|\b(?:couldn'?t|could\s+not|can'?t|cannot)\s+(?:find|answer)|"
    r"\bunable\s+to\s+(?:find|answer)|\bnot\s+sure\b|\bno\s+(?:information|results?)\b|"
    r"没有(?:可靠的答案|在本店资料里找到|找到)|不清楚|不知道|无法回答",
    re.IGNORECASE,
)


def signs(history: Sequence[Utterance], measured: Vectors) -> tuple[tuple[str, float], ...]:
    """(reason in words, the probability that it alone speaks of dissatisfaction), of the last turn of ``history``.

    Signs that the learned head weighs already are reasons only: their probability is 0.
    """
    value = dict(zip(NAMES, measured.tolist(), strict=True))
    text = history[-1].text.replace("’", "'")
    answered = any(turn.role == "agent" for turn in history[:-1])
    found: list[tuple[str, float]] = []
    if lexicon.furious(text):
        found.append(("uses angry words", 0.7))
    elif lexicon.sarcastic(text):
        found.append(("praises in mockery", 0.5))
    elif value["mood"] < -0.5:
        found.append(("uses unhappy words", 0.0))
    if _REPEATED.search(text):
        found.append(("says that it is not the first time", 0.4))
    if answered and value["words"] > math.log1p(2) and value["asked_again"] >= 1:
        times = int(value["asked_again"]) + 1
        found.append((f"asked the same thing {'twice' if times == 2 else f'{times} times'}", 0.3 if times > 2 else 0.0))
    if answered and (_CORRECTS.search(text) or (value["says_no"] and value["agent_asks"] < 1 and not value["thanks"])):
        found.append(("corrects or rejects the answer", 0.0))
    unable = [bool(_UNABLE.search(turn.text[:160])) for turn in history if turn.role == "agent"][-2:]
    if unable and unable[-1]:
        found.append(
            ("the last two answers were not found", 0.25)
            if all(unable[-2:]) and len(unable) == 2
            else ("the last answer was not found", 0.0)
        )
    if value["capitals"] > 0.5 or value["exclamation"] + text.count("?") + text.count("？") >= 3:
        found.append(("shouts", 0.0))
    if answered and value["agent_repeats"] > 0.97:
        found.append(("got the same answer again", 0.0))
    return tuple(found)


def lift(probability: float, found: Sequence[tuple[str, float]]) -> float:
    """The learned probability joined with what the signs add, each as an independent cause."""
    calm = 1.0 - probability
    for _, weight in found:
        calm *= 1.0 - weight
    return 1.0 - calm
