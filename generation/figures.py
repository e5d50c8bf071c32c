"""Tells whether a passage states a number of the same thing as a sentence does."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generation import facts
from generation.facts import Number
from retrieval.passages import Passage
from retrieval.sentences import split

# What stands right before a number, and right after its unit, and bounds it from below or from above.
_LOW_BEFORE = re.compile(
    r"(?:\b(?:at least|minimum(?: of)?|(?:more|older|longer|later|heavier|larger|higher) than|over|above|after|from|beyond)"
    r"|至少|最少|不少于|不低于|(?<!不)超过|超過|[满滿])\s*(?:the\s+)?[$€£¥￥]?\s*$",
    re.I,
)
_HIGH_BEFORE = re.compile(
    r"(?:\b(?:at most|maximum(?: of)?|max\.?|up to|(?:no|not) \w+ than|under|below|(?:less|fewer|younger|lower) than|within|until|till|before)"
    r"|最多|至多|不超过|不超過|不多于|不高于|(?<!不)[低少]于|[未不][满滿])\s*(?:the\s+)?[$€£¥￥]?\s*$",
    re.I,
)
_UNIT_AFTER = r"^[\s-]*(?:[A-Za-z°%]+\.?|[\u3400-\u9fff]{0,4}?)?\s*(?:\w+\s)?"
_LOW_AFTER = re.compile(
    rf"{_UNIT_AFTER}(?:(?:or|and) (?:more|over|above|up|older|longer)\b|以上|起|[之以]?[后後])", re.I
)
_HIGH_AFTER = re.compile(rf"{_UNIT_AFTER}(?:(?:or|and) (?:less|fewer|under|below|younger)\b|以下|[之以]?[内內])", re.I)
_INSTEAD = re.compile(r"\b(?:instead of|rather than)\s*[$€£¥￥]?\s*$", re.I)
_SPANS = frozenset({"work", "within"}).union(*(facts.UNITS[kind] for kind in facts.DURATIONS))
_ALL_UNITS = frozenset().union(*facts.UNITS.values())
_AND = re.compile(r"\s(?:and|or)\s$", re.I)
_ENDED = re.compile(r"[.。！？!?\n;；]\s*$")
_THINGS = re.compile(
    r"[\s-]*(?!(?:more|full|calendar|working|business|consecutive)\b)[A-Za-z]{4,}|[个個种種位套张杯间層层楼]"
)
_MORE = re.compile(r"^\S*\s*(?:more|extra|on top)\b(?! than)", re.I)
_ADDED = re.compile(r"\b(?:more|extra|additional\w*|adds?|on top|another)\b", re.I)
# "3 washes a month", "每周2次": how often.
_OFTEN = re.compile(
    r"^[^\d,.;，。；、]{0,24}?\b(?:an?|per|each|every)\s+(minute|hour|day|night|week|month|quarter|year)\b", re.I
)
_HAN_OFTEN = re.compile(
    r"每(?:个|個)?(分钟|小时|小時|[天日晚周週月季年])(?!末)[^\d，。；、]{0,8}$|每(两|三)个?([天周月年])[^\d，。；、]{0,8}$"
)
_OFTEN_NAMES = {"分钟": "minute", "小时": "hour", "小時": "hour", "天": "day", "日": "day", "晚": "night", "周": "week"} | {
    "週": "week", "月": "month", "季": "quarter", "年": "year"}  # fmt: skip

# Right before the number that a price comes to: "costs only", "the price of the lamp is", "售价为".
_PRICED = re.compile(
    r"(?:\b(?:costs?|costing|priced at|(?:sells?|retails?) (?:for|at))"
    r"|\b(?:price|cost|fee|charge)s?\b[^.,;:?!]{0,70}? (?:is|are|was|comes? to)|\b(?:price|cost|fee|charge)s?:|\b(?:price|cost) of)"
    r"(?: (?:you|me|us|only|just|about|around|roughly|exactly|from|an? (?:extra|total of)|extra|at (?:least|most)|up to|the|an?))*\s*$"
    r"|(?:价格?|价钱|费用?|(?<!免)收费|租金|押金)(?:[为是：:共约需要仅只才就]|大约)+\s*$|(?:[售单定标原现]价|价格)\s*$",
    re.I,
)
# What makes it another sum: a multiple of one, or money of a country that has no kind of its own ("5 CHF", "₹50").
_OTHER_SUM = re.compile(
    r"\s*(?:(?i:times|pence|cents?|p\b|quid|bucks|kr\b|francs?|rupees?|baht|rand|points?|stamps?|credits?)|zł|[A-Z]{3}\b|倍|角|毛|分(?!钟)|积?分|金币)"
)
_SIGN = re.compile(r"(?:\b[A-Z]{3}|[₹฿₩₽₫₺])\s?$")
_AMOUNTS = frozenset({"money", "percent", "discount"})


def priced(text: str, passage: Passage) -> list[str]:
    """Numbers that the sentence tells as a price and that are none: "costs 24 x 22 ml", "售价15公斤"."""
    whole = f"{passage.title}\n{passage.text}"
    sums = {number.value for number in facts.numbers(whole) if number.kind in _AMOUNTS}
    sums |= {number.value for number in _as_prices(whole)}
    return [
        f"{number.value} (price)"
        for number in _as_prices(text)
        if number.value not in sums and not _sum_follows(text, number)
    ]


def _as_prices(text: str) -> list[Number]:
    """The numbers that are no sum of money and yet stand where a price does."""
    return [
        number
        for number in facts.numbers(text)
        if number.kind not in _AMOUNTS
        and text[number.start : number.end].lower() not in ("twice", "half")
        and not _OTHER_SUM.match(text, number.end)
        and not bounds(text, number)
        and not _SIGN.search(text, 0, number.start)
        and _PRICED.search(text[max(0, number.start - 120) : number.start])
    ]


def _sum_follows(text: str, number: Number) -> bool:
    """Whether a sum of money stands in the same clause after the number: "价格是2件15元"."""
    end = next((end for start, end in _clauses(text) if start <= number.start < end), len(text))
    return any(number.end <= other.start < end and other.kind in _AMOUNTS for other in facts.numbers(text))


def stated(text: str, number: Number, passage: Passage) -> bool:
    """Whether the passage states this number of the same thing: its clause must fit the sentence's clause best."""
    whole = f"{passage.title}\n{passage.text}"
    counted = facts.numbers(whole)
    same = [
        other
        for other in counted
        if other.value == number.value and number.agrees(other) and not (number.kind and _of_things(whole, other))
    ]
    rivals = [other for other in counted if other.value != number.value and number.rivals(other)]
    otherwise = [other for other in same if _differs(text, number, whole, other)]
    if otherwise:
        rivals += otherwise
        same = [other for other in same if other not in otherwise]
        if not same or _closer(text, number, whole, otherwise, same):
            return False
    if not same:  # "one" may be an article, where nothing else is counted
        article = text[number.start : number.end].lower() == "one" and not number.kind
        return article and all(rival.kind for rival in rivals)
    if number.currency and any(other.currency for other in same):
        rivals = [other for other in rivals if other.kind or not _together(whole, other, same)]
    if not rivals:
        return _of_the_same(text, number, passage, same)
    # Numbers that the sentence gives as well do not compete: "between 30 and 45 days".
    also = facts.values(text)
    spans = _clauses(whole)
    own, around = _subject(text, number, _clauses(text))
    broad = facts.plain(text) - _unit(number)
    limits = bounds(text, number)
    if not any(bounds(whole, other) for other in same) and any(
        limits & bounds(whole, other) for other in rivals if other.value not in also
    ):
        return False  # "up to 50 reviews", where 50 are the points and 10 the reviews
    if _INSTEAD.search(text[: number.start]):
        return min(counted, key=lambda other: (other.kind != number.kind, other.start)) in same

    def fit(other: Number) -> float:
        near, beyond = _subject(whole, other, spans)
        shared = len(own & beyond) + len(around & (near | beyond))
        return len(own & near) + 0.3 * len(broad & near) + 0.5 * shared

    ours = max(fit(other) for other in same)
    theirs = max((fit(other) for other in rivals if other.value not in also or other in otherwise), default=-9.0)
    # A draw is not enough: "shipping costs S$32.90" fits the standard and the express price as well as one another.
    return ours > theirs + 0.2 and not _elsewhere(text, number, passage, same)


def _of_things(text: str, number: Number) -> bool:
    """Whether a bare number counts what stands after it, "3 levels": it is no price and no duration."""
    return not number.kind and bool(_THINGS.match(text, number.end))


def _closer(text: str, number: Number, whole: str, theirs: Sequence[Number], ours: Sequence[Number]) -> bool:
    """Whether the rest of the sentence fits the sentences of some numbers better than those of others."""
    mine = next((text[a:b] for a, b in _clauses(text) if a <= number.start < b), "")
    rest = facts.plain(text.replace(mine, " ")) - facts.plain(mine)
    fits: dict[int, int] = {}
    at = 0
    for sentence in split(whole):
        fits |= {place: len(rest & facts.words(sentence)) for place in range(at, at + len(sentence))}
        at += len(sentence)
    return max(fits[other.start] for other in theirs) > max(fits[other.start] for other in ours)


def _together(text: str, number: Number, others: Sequence[Number]) -> bool:
    """Whether a number stands in one clause with another: "visitors over 65 pay £7"."""
    return any(
        start <= number.start < end and any(start <= other.start < end for other in others)
        for start, end in _clauses(text)
    )


def _of_the_same(text: str, number: Number, passage: Passage, same: Sequence[Number]) -> bool:
    """Whether the passage's only number of the kind stands in a sentence that shares a word with this one's clause."""
    subject = _subject(text, number, _clauses(text))[0] & facts.plain(text)
    if not subject:
        return True
    whole, at, near = f"{passage.title}\n{passage.text}", 0, set(facts.words(f"{passage.title} {passage.entity or ''}"))
    for sentence in split(whole):
        if any(at <= other.start < at + len(sentence) for other in same):
            near |= facts.words(sentence)
        at += len(sentence)
    return any(facts.held(word, frozenset(near), whole.lower() if not word.isascii() else "") for word in subject)


def _elsewhere(text: str, number: Number, passage: Passage, same: Sequence[Number]) -> frozenset[str]:
    """Words of the number's clause that the passage says only of its other numbers ("free from S$200")."""
    whole = f"{passage.title}\n{passage.text}"
    spans = _clauses(whole)
    mine = next(((a, b) for a, b in _clauses(text) if a <= number.start < b), (0, len(text)))
    beside = facts.values(text[mine[0] : mine[1]])
    stated = [
        facts.words(whole[_labelled(whole, spans, at) : spans[at][1]]) | _around(whole, spans, at)
        for at, (a, b) in enumerate(spans)
        if any(a <= n.start < b for n in facts.numbers(whole) if n.value in beside)
    ]
    near = frozenset().union(*stated)
    words = facts.words(text[mine[0] : mine[1]]) - _unit(number) - facts.words(passage.title) - _SPANS
    rest = facts.words(passage.text) - near
    return frozenset(words & rest & facts.plain(text))


def _labelled(text: str, spans: Sequence[tuple[int, int]], at: int) -> int:
    """Where a clause begins with its label: "Dimensions of the lamp: 18 x 9 cm" is one."""
    labelled = at > 0 and text[: spans[at][0]].rstrip().endswith((":", "："))
    return spans[at - labelled][0]


def _subject(text: str, number: Number, spans: Sequence[tuple[int, int]]) -> tuple[frozenset[str], frozenset[str]]:
    """Content words of the clause a number stands in, and those before where it does not say what it is about.

    A clause of the number alone takes the one before as its own.
    """
    for index, (start, end) in enumerate(spans):
        if start <= number.start < end:
            found = facts.words(text[start:end]) - _unit(number) - _SPANS
            if not found and index:
                return facts.words(text[spans[index - 1][0] : end]), frozenset()
            return found, _around(text, spans, index) - found
    return facts.words(text), frozenset()


def _unit(number: Number) -> frozenset[str]:
    """Words that say only what kind of number it is; "kg" and "cm" tell a weight from a size."""
    return frozenset(unit for unit in facts.UNITS.get(number.kind, ()) if len(unit) > 2 or not unit.isascii())


def _around(text: str, spans: Sequence[tuple[int, int]], index: int) -> frozenset[str]:
    """Words of the clauses of the same sentence back to the one that names what this one is about."""
    found: frozenset[str] = frozenset()
    while index and _bare(text[slice(*spans[index])]) and not _ENDED.search(text[: spans[index][0]]):
        index -= 1
        found |= facts.words(text[slice(*spans[index])]) - _SPANS
    return found


def _clauses(text: str) -> list[tuple[int, int]]:
    """The clauses of a text, those in one that share a number or their verb: "students and pensioners pay £7"."""
    spans: list[tuple[int, int]] = []
    for start, end in facts.clauses(text):
        said = text[slice(*spans[-1])] if spans else ""
        if _AND.search(said) and (
            not (facts.COUNTED.search(said) or facts.VERB.search(said))
            or (facts.VERB.match(text, start) and not facts.COUNTED.search(text, start, end))
        ):
            start = spans.pop()[0]
        spans.append((start, end))
    return spans


def _bare(clause: str) -> bool:
    """Whether a clause names nothing that it could be about: it begins with its verb, or has one Chinese word."""
    if re.search(r"[\u3400-\u9fff]", clause):
        return sum(len(word) > 1 for word in facts.words(clause) - _ALL_UNITS) <= 1
    return bool(facts.VERB.match(clause.strip()))


def _differs(text: str, number: Number, whole: str, other: Number) -> bool:
    """Whether two equal numbers are bounded, counted or added otherwise: at least and at most, a week and a month."""
    ours, theirs = bounds(text, number), bounds(whole, other)
    often = {_often(text, number), _often(whole, other)} - {""}
    added = bool(_MORE.search(whole[other.end : other.end + 24])) and not _ADDED.search(text)
    return bool(ours and theirs and not ours & theirs) or len(often) > 1 or (added and number.kind == "money")


def bounds(text: str, number: Number) -> frozenset[str]:
    """On which sides a number is a limit where it stands: "high", "low", both or none."""
    before = re.split(r"[,，。；;]", text[max(0, number.start - 24) : number.start])[-1]
    after = re.split(r"[,，。；;]", text[number.end : number.end + 24])[0]
    high = _HIGH_BEFORE.search(before) or _HIGH_AFTER.search(after)
    if number.kind in ("clock", "date"):
        high = high or re.match(r"[^\d]{0,2}[之以]?前", after)
    low = _LOW_AFTER.search(after) or (not _HIGH_BEFORE.search(before) and _LOW_BEFORE.search(before))
    return frozenset(side for side, found in (("high", high), ("low", low)) if found)


def _often(text: str, number: Number) -> str:
    if match := _OFTEN.search(text[number.end : number.end + 40]):
        return match[1].lower()
    if match := _HAN_OFTEN.search(text[max(0, number.start - 16) : number.start]):
        return _OFTEN_NAMES[match[1]] if match[1] else match[2] + match[3]
    return ""
