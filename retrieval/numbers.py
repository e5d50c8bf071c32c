"""Reads the numbers of an English or Chinese text, so that two texts can be held against each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

_UP_TO_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_WORDS: dict[str, float] = {word: float(number) for number, word in enumerate(re.split(" ", _UP_TO_TWENTY))}
_WORDS |= {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_WORDS |= {"hundred": 100, "once": 1, "twice": 2, "dozen": 12, "half": 0.5, "double": 2, "both": 2, "a": 1, "an": 1}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HAN = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "半": 0.5, "双": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}

# Units of time, and how many of the next one down each has: "12 months" and "一年" agree.
_UNITS = (
    (r"(?:years?|年)", (12,)),
    (r"(?:months?|个月|月)", (1 / 12,)),
    (r"(?:weeks?|周|个?星期)", (7,)),
    (r"(?:days?|nights?|天|日|晚)", (24, 1 / 7)),
    (r"(?:hours?|个?小时|h\b)", (60, 1 / 24)),
    (r"(?:minutes?|mins?|分钟)", (60, 1 / 60)),
    (r"(?:seconds?|秒)", (1 / 60,)),
    (r"(?:km|kg|千克|公斤|公里|千米|l\b|升|m\b|米)", (1000, 100)),
    (r"(?:g\b|克|ml|毫升|cm|厘米|mm|毫米)", (1 / 1000, 1 / 100, 10, 1 / 10)),
)
_AFTER = r"\s*(?:working|business|calendar|full|more|工作|个工作|个自然|自然)?\s*"
_CONVERT = [(re.compile(_AFTER + unit, re.IGNORECASE), factors) for unit, factors in _UNITS]
_COUNTED = re.compile(
    _AFTER + r"(?:years?|months?|weeks?|days?|nights?|hours?|minutes?|seconds?|times?|percent|dollars?|"
    r"年|个月|周|星期|天|日|晚|小时|个小时|分钟|秒|次|倍|件|新元|元)",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?P<part>上午|早上|早|中午|下午|傍晚|晚上|晚)?\s*(?<![\d.])(?P<hour>\d{1,2})"
    r"(?:(?:[:：](?P<minute>\d{2}))|(?P<han>[点时](?!间)(?:(?P<half>半)|(?P<after>\d{1,2})分?)?))?"
    r"\s*(?P<half_day>a\.?m\b\.?|p\.?m\b\.?|o['’]clock\b)?",
    re.IGNORECASE,
)
_DISCOUNT = re.compile(
    r"(?P<digits>\d(?:\.\d|\d)?|[一二三四五六七八九][一二三四五六七八九]?)\s*折(?!叠|扣|旧|断|臂|射|磨)"
)
_DIGITS = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_TIMES = {"万": 10_000, "亿": 10**8, "thousand": 1000, "million": 10**6, "billion": 10**9}
_SCALES = re.compile(r"\s?(万|亿|thousand|million|billion)", re.IGNORECASE)
_NAMED_MONTH = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\b",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)[一二三四五六日天](?:(?:至|到|、|和|～|-)(?:周|星期|礼拜)?[一二三四五六日天])*")
_HAN_NUMBER = re.compile(r"[零一二三四五六七八九十百千两〇半双]+")
_LATIN = re.compile(r"[a-z]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Numbers:
    """``said``: what the text plainly states, in digits or in words before a unit, and how often. ``meant``: what it
    may say besides: number words that often are none ("one of", 一起), and what it states in other units."""

    said: Counter[float]
    meant: frozenset[float]
    written: dict[float, str]

    def against(self, other: Numbers) -> tuple[list[str], list[str]] | None:
        """What each says, as it is written, that the other does not; None where either knows all that the other says.

        A text that says less contradicts nothing. One that says a number more often does, where the other has another
        number instead: "30 days, and 30 more" and 30天，再加45天.
        """
        mine, theirs = _beyond(self, other), _beyond(other, self)
        return (mine, theirs) if mine and theirs else None


def _beyond(one: Numbers, other: Numbers) -> list[str]:
    return [one.written[value] for value in sorted(one.said - other.said) if value not in other.meant]


def numbers(text: str) -> Numbers:
    """The numbers of a text in either language. Times are minutes after midnight, months their number, 9折 is 10."""
    said: Counter[float] = Counter()
    meant: set[float] = set()
    written: dict[float, str] = {}

    def state(value: float, as_written: str) -> None:
        said[value] += 1
        written.setdefault(value, as_written.strip().rstrip("."))

    text = _WEEKDAY.sub("·", text)
    for value, start, end in _discounts(text):
        state(value, text[start:end])
        meant.add(100 - value)
        text = text[:start] + "·" * (end - start) + text[end:]
    for value, plain, start, end in _times(text):
        state(value, text[start:end])
        meant |= plain
        text = text[:start] + "·" * (end - start) + text[end:]
    for match in _DIGITS.finditer(text):
        value = float(match[0].replace(",", ""))
        scale = _SCALES.match(text, match.end())
        state(value * (_TIMES[scale[1].lower()] if scale else 1), match[0] + (scale[0] if scale else ""))
        meant |= _converted(value, text, match.end())
    for match in _NAMED_MONTH.finditer(text):
        month = float(_MONTHS.index(match[0].lower()[:3]) + 1)
        if re.search(r"\d\s*$", text[: match.start()]) or re.match(r"\s*\d", text[match.end() :]):
            state(month, match[0])
        meant.add(month)
    for value, start, end in _words(text):
        if value not in (0.5, 1.0) and _COUNTED.match(text, end):
            state(value, text[start:end])
        meant.add(value)
        meant |= _converted(value, text, end)
    return Numbers(said, frozenset(meant), written)


def _discounts(text: str) -> Iterator[tuple[float, int, int]]:
    """9折 and 85折 leave nine tenths and 85 in a hundred: 10 and 15 percent off."""
    for match in _DISCOUNT.finditer(text):
        digits = "".join(str(int(_HAN[c])) if c in _HAN else c for c in match["digits"])
        left = float(digits)
        yield 100 - (left * 10 if left < 10 else left), match.start(), match.end()


def _times(text: str) -> Iterator[tuple[float, set[float], int, int]]:
    """Times of day as minutes after midnight, and the numbers that are written."""
    for match in _CLOCK.finditer(text):
        if not (match["minute"] or match["han"] or match["half_day"]):
            continue
        hour = int(match["hour"])
        minute = 30 if match["half"] else int(match["minute"] or match["after"] or 0)
        if hour > 24 or minute > 59:
            continue
        late = (match["half_day"] or "").lower().startswith("p") or match["part"] in ("下午", "傍晚", "晚上", "晚")
        written = {float(hour), float(minute)}
        hour += 12 if late and hour < 12 else 0
        yield hour * 60.0 + minute, written, match.start(), match.end()


def _words(text: str) -> Iterator[tuple[float, int, int]]:
    """Number words of both languages, each with where it begins and ends."""
    for match in _LATIN.finditer(text):
        if (value := _WORDS.get(match[0].lower())) is not None:
            yield float(value), match.start(), match.end()
    for match in _HAN_NUMBER.finditer(text):
        if text[max(0, match.start() - 1) : match.start()] != "第":
            yield _han(match[0]), match.start(), match.end()


def _han(word: str) -> float:
    """三十五 as 35, 两百 as 200, 一百零二 as 102."""
    total, digit = 0.0, 0.0
    for character in word:
        if character in _TENS:
            total += (digit or 1) * _TENS[character]
            digit = 0.0
        else:
            digit = float(_HAN[character])
    return total + digit


def _converted(value: float, text: str, end: int) -> set[float]:
    for unit, factors in _CONVERT:
        if unit.match(text, end):
            return {round(value * factor, 6) for factor in factors}
    return set()
