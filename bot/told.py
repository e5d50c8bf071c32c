"""Whether the answer that was just said meets what is asked next, or the knowledge says no more than was told."""

from __future__ import annotations

import re

from bot.conversation import Conversation
from generation import facts
from retrieval.context import ASKING
from retrieval.glossary import glossary
from retrieval.lexical import words

_PRICE = re.compile(
    r"\bhow much\b|\b(?:price|cost|fee|charge)s?\b|多少钱|多少費|多少费|几块|几元|什么价", re.IGNORECASE
)
_TIME = re.compile(
    r"\bhow (?:long|soon|many (?:days|weeks|hours|months))\b|几(?:天|个?小时|个?月|周)|多久|多长时间", re.IGNORECASE
)
_SAYS_NOTHING = frozenset("的了是不有要来去这那我你您他她它们吗呢啊呀吧嘛么一个可以能会都还也就再得给等钱块")
_UNIT = r"\s*(?:[a-z]{1,10}\b|公斤|公里|千克|厘米|毫米|小时|工作日|个?[天日月年周晚次升米克斤])?\s*"
_AT_MOST = re.compile(
    r"(?:不(?:超过|多于|高于|大于|满|到)|最多|少于|低于|小于|within|under|up to|below|less than|at most|(?:not|no) more than)\W*$"
    rf"|^{_UNIT}(?:以内|之内|内|以下|及以下|or (?:less|under|below))",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(
    r"(?:超过|超出|多于|高于|大于|满|至少|over|above|more than|at least)\W*$"
    rf"|^{_UNIT}(?:及?以上|起|or (?:more|over|above)|and (?:over|above|up|more)|\+)",
    re.IGNORECASE,
)
_EACH = re.compile(r"(?:每|\b(?:per|each|every)\b).{0,8}$", re.IGNORECASE)


def told_before(conversation: Conversation, text: str) -> str:
    """What the bot answered last, where the message asks of something else than this and its question; else nothing.

    Who names what the answer or its entry's title holds ("and to the USA?"), asks the price or the time that it tells, or gives
    a figure within its bounds, asks for it again; any other figure is another case.
    """
    turns = [turn for turn in conversation.turns if not turn.private]
    if not turns or turns[-1].author != "bot" or not turns[-1].answered:
        return ""
    told = turns[-1].text
    asked = next((turn.text for turn in reversed(turns) if turn.author == "customer"), "")
    new = set(words(text)) - set(words(asked))
    known = f"{told} {' '.join(source.title for source in turns[-1].sources)}"
    figures = [number for number in facts.numbers(text) if number.value not in facts.values(f"{asked} {told}")]
    if figures:
        other = not all(_bounds(told, number, _PRICE.search(text) is not None) for number in figures)
    else:
        other = new.isdisjoint(set(words(known)) - ASKING) and not _asks_for_what_is_told(text, new - ASKING, known)
    return told if new and other else ""


def _asks_for_what_is_told(text: str, new: set[str], known: str) -> bool:
    """Whether a price or a time is asked that ``known`` tells, with no ``new`` word that has nothing of it."""
    text = glossary().simplify(text)
    kinds = {number.kind for number in facts.numbers(known)}
    tells = (_PRICE.search(text) and "money" in kinds) or (_TIME.search(text) and kinds & facts.DURATIONS)
    return bool(tells) and all(
        not (says := set(word) - _SAYS_NOTHING) or not word.isascii() and says & set(known) for word in new
    )


def _bounds(told: str, figure: facts.Number, price: bool) -> bool:
    """Whether ``told`` names bounds that the figure is within, or, where a ``price`` is asked, one for each such unit."""
    if not figure.kind or (amount := _amount(figure.value)) is None:
        return False
    for number in facts.numbers(told):
        if number.kind != figure.kind:
            continue
        before, after = told[max(number.start - 16, 0) : number.start], told[number.end : number.end + 16]
        low, _, high = number.value.partition("-")
        if high:
            least, most = _amount(low), _amount(high)
        elif _AT_MOST.search(before) or _AT_MOST.match(after):
            least, most = 0.0, _amount(low)
        elif _AT_LEAST.search(before) or _AT_LEAST.match(after):
            least, most = _amount(low), float("inf")
        else:
            if price and _EACH.search(before):
                return True
            continue
        if least is not None and most is not None and least <= amount <= most:
            return True
    return False


def _amount(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
