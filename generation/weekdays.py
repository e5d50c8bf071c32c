"""Reads days of the week out of text, English and Chinese, and whether something is so on them."""

from __future__ import annotations

import re

from generation import facts

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HAN_DAYS = dict(zip("一二三四五六日天", (*_WEEK, "sun"), strict=True))
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?"
_DAYS = re.compile(
    rf"\b(?P<first>{_DAY})\b\.?(?:\s*(?:-|–|—|~|\bto\b|\bthrough\b|\btill\b|\buntil\b)\s*(?P<last>{_DAY})\b)?"
    r"|(?:周|星期|礼拜)(?P<han>[一二三四五六日天])(?:\s*(?:-|–|—|~|至|到)\s*(?:周|星期|礼拜)?(?P<han_last>[一二三四五六日天]))?"
    r"|\b(?P<weekend>weekends?)\b|(?P<han_weekend>周末|双休日)|\b(?P<weekday>weekdays?)\b"
    r"|(?P<all>\b(?:every ?day|daily|each day|all week|(?:seven|7) days a week|24/7)\b|每天|天天|每日|全年无休)"
    r"|\b(?P<other>today|tomorrow|tonight|yesterday)\b|(?P<han_other>今天|明天|后天|今晚)",
    re.I,
)
_HAN_OTHER = {"今天": "today", "明天": "tomorrow", "后天": "dayafter", "今晚": "tonight"}
_EXCEPT = re.compile(r"\b(?:except|excluding|but not|apart from|other than)\b|除了?|不含", re.I)
_EXCEPTED = re.compile(r"(除[^，。；]{1,12}?[外了])(?!，)")
_LABEL = re.compile(r"[:：|](?!\d)")  # "Sunday: closed" is one clause
_SHUT = re.compile(r"\b(?:closed|closes?|shut)\b|关门|休息|休业|闭店|打烊", re.I)


def named(text: str) -> frozenset[str]:
    """Days named: weekdays, those of a range, of a weekend and of "every day" among them, and words such as tomorrow."""
    found: set[str] = set()
    for match in _DAYS.finditer(text):
        if match["first"]:
            found |= _range(match["first"][:3].lower(), (match["last"] or match["first"])[:3].lower())
        elif match["han"]:
            found |= _range(_HAN_DAYS[match["han"]], _HAN_DAYS[match["han_last"] or match["han"]])
        elif match["weekend"] or match["han_weekend"]:
            found |= {"sat", "sun"}
        elif match["weekday"]:
            found |= set(_WEEK[:5])
        elif match["all"]:
            found |= set(_WEEK)
        else:
            found.add(_HAN_OTHER.get(match["han_other"] or "", (match["other"] or "").lower()))
    return frozenset(found)


def stated(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """(days on which something is so, days on which it is not) by the clauses of the text."""
    on: set[str] = set()
    off: set[str] = set()
    text = _EXCEPTED.sub(r"\1，", _LABEL.sub(" ", text))
    for start, end in facts.clauses(text):
        main, *others = _EXCEPT.split(text[start:end])
        denies = (facts.negations(main) + len(_SHUT.findall(main))) % 2 == 1
        (off if denies else on).update(named(main))
        for other in others:
            (on if denies else off).update(named(other))
    return frozenset(on), frozenset(off)


def _range(first: str, last: str) -> set[str]:
    at, end = _WEEK.index(first), _WEEK.index(last)
    return {_WEEK[(at + step) % 7] for step in range((end - at) % 7 + 1)}
