"""Whether the answer that was just said meets what is asked next, or the knowledge says no more than was told."""

from __future__ import annotations

import re

from bot.conversation import Conversation
from generation import facts, weekdays
from retrieval.context import ASKING
from retrieval.glossary import glossary
from retrieval.lexical import words

_PRICE = re.compile(
    r"\bhow much\b|\b(?:price|cost|fee|charge)s?\b|多少钱|多少費|多少费|几块|几元|什么价"
    r"|多少(?![天日年月周晚小分点人件个位名次只双条张套种号页层度公斤千克升米平长])",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\bhow (?:long|soon|many (?:days|weeks|hours|months))\b|几(?:天|个?小时|个?月|周)|多久|多长时间", re.IGNORECASE
)
_WHEN = re.compile(r"\bwhen\b|\bwhat (?:day|date|time)\b|什么时候|啥时候|几[号点]|哪一?天|何时", re.IGNORECASE)
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_SAYS_NOTHING = frozenset("的了是不有要来去这那我你您他她它们吗呢啊呀吧嘛么一个可以能会都还也就再得给等钱块")
_ARRIVES = frozenset(words("arrive back here come again get ready"))
_COUNTER = "件双个只套条张支盒包袋瓶罐箱份本台间位名次趟平"
_UNIT = rf"\s*(?:[a-z]{{1,10}}\b|公斤|公里|千克|厘米|毫米|小时|工作日|个?[天日月年周晚次升米克斤岁]|[{_COUNTER}])?\s*"
_AT_MOST = re.compile(
    r"(?:不(?:超过|多于|高于|大于|满|到)|最多|少于|低于|小于|within|under|up to|below|less than|at most|(?:not|no) more than)\W*$"
    rf"|^{_UNIT}(?:以内|之内|内|以下|及以下|or (?:less|under|below|younger))",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(
    r"(?:超过|超出|多于|高于|大于|满|至少|over|above|more than|at least|\bfrom)\W*$"
    rf"|^{_UNIT}(?:及?以上|起|or (?:more|over|above|older)|and (?:over|above|up|more|older)|\+)",
    re.IGNORECASE,
)
_BEYOND = re.compile(
    r"\b(?:not|no|nothing|n['’]t)\b[^.]{0,30}\b(?:larger|bigger|longer|heavier|wider|older)\b|(?:更[大长重]|再[大长重])[^，。]{0,4}不",
    re.IGNORECASE,
)
"""What lies beyond the bounds is decided as well."""
_EACH = re.compile(r"(?:每|\b(?:per|each|every)\b).{0,8}$|(?:元|块|块钱)\s*$", re.IGNORECASE)
_SPAN = r"minute|hour|day|night|week|month|year|evening"
_RATE = re.compile(
    rf"(?:元|块钱?)\s*[一每/]\s*(?![天日年月周晚]|个?小时|分钟|个月)[\u3400-\u9fff]|每(?![天日年月周晚次]|个?小时|分钟|个月)[\u3400-\u9fff]{{1,3}}?\d"
    rf"|[$€£¥]\s?\d[\d.,]*\s*(?:(?:an?|per|each|every)\b|/)\s*(?!(?:{_SPAN})\b)(?:\w|[.,;]|$)",
    re.IGNORECASE,
)
"""The price of one of several."""
_PER = re.compile(r"[$€£¥]\s?\d[\d.,]*\s*(?:(?:an?|per|each|every)\s+|/\s*)([a-z]+)", re.IGNORECASE)
_FREE = re.compile(r"\bfree\b|免|包邮", re.IGNORECASE)
_SPENT = re.compile(r"\b(?:spen[dt]\w*|worth|budget|basket|total)\W+(?:\w+\W+){0,2}$|[花买]了?$", re.IGNORECASE)
_AGED = re.compile(r"^[\s-]*(?:(?:years?|yrs?)[\s-]*olds?\b|y/?o\b|周?岁)", re.IGNORECASE)
_OF_AGE = re.compile(r"\b(?:ages?|aged)(?: of| from| between)?\s*$|年龄\D{0,4}$", re.IGNORECASE)
_DONE = re.compile(r"(?<=[\u3400-\u9fff])(?:下来|下去|上去|上来|出来|起来|过来|进去|掉|完|好|下)$")
"""What a Chinese verb may end in: 拆下来 is 拆."""
_COUNTED = re.compile(r"(?:years?|yrs?|old|pieces?|pcs|of|平方米?|周?岁|x)", re.IGNORECASE)
_HAN = re.compile(r"[\u3400-\u9fff]")


def told_before(conversation: Conversation, text: str) -> str:
    """What the bot answered last, where the message asks of something else than this and its question; else nothing.

    Who names what the answer or its entry's title holds ("and to the USA?"), asks the price or the time that it tells, or gives
    a figure within its bounds or an amount of what has its price for one, asks for it again; any other figure is another case.
    """
    turns = [turn for turn in conversation.turns if not turn.private]
    if not turns or turns[-1].author != "bot" or not turns[-1].answered:
        return ""
    told = turns[-1].text
    asked = next((turn.text for turn in reversed(turns) if turn.author == "customer"), "")
    new = set(words(text)) - set(words(asked))
    known = f"{told} {' '.join(source.title for source in turns[-1].sources)}"
    known, said = glossary().simplify(known), glossary().simplify(text)
    strange = _strange(said, f"{asked} {known}")
    figures = [
        number
        for number in facts.numbers(said)
        if number.value not in facts.values(f"{asked} {told}") and (number.kind or number.value != "1")
    ]
    if figures:
        price = _PRICE.search(said) is not None or not strange
        other = not all(
            _bounds(told, said, number, price)
            or (not number.kind and not strange and _RATE.search(told) is not None)
            or _beyond(told, number)
            for number in figures
        )
    else:
        other = not (
            _names(said, new, asked, known)
            or _asks_for_what_is_told(said, new - ASKING, known)
            or (not strange and _days_are_told(said, told))
        )
    return told if new and other else ""


def _tokens(text: str) -> list[str]:
    """The words of a text as they stand, without those that say nothing and those that ask."""
    return [
        token
        for token in facts.tokens(text.lower())
        if not token[0].isdigit() and set(words(token)) - ASKING and not set(token) <= _SAYS_NOTHING
    ]


def _strange(text: str, known: str) -> bool:
    """Whether a text speaks of what ``known`` does not, the days and what is counted left out."""
    held = facts.words(known)
    return any(
        not (facts.held(facts.stem(token), held, known.lower()) or weekdays.named(token) or token in _COUNTER)
        and not _COUNTED.fullmatch(token)
        for token in _tokens(text)
    )


def _names(text: str, new: set[str], asked: str, known: str) -> bool:
    """Whether a text names what ``known`` holds, as a word, as a part of one (麂皮 of 麂皮鞋), or in another form of it."""
    if not new.isdisjoint(set(words(known)) - ASKING):
        return True
    held, begins = facts.words(known), facts.tokens(known)
    for token in _tokens(text):
        if token in asked.lower() or token in _COUNTER:
            continue
        if not _HAN.search(token):
            if facts.held(facts.stem(token), held, ""):
                return True
            continue
        bare = _DONE.sub("", token)
        if len(bare) > 1 and bare in known:
            return True
        verb = bare != token or re.search(rf"{token}(?:多少|几)", text)
        if len(bare) == 1 and verb and bare not in asked and any(word.startswith(bare) for word in begins):
            return True
    return False


def _asks_for_what_is_told(text: str, new: set[str], known: str) -> bool:
    """Whether a price or a time is asked that ``known`` tells, with no ``new`` word that has nothing of it."""
    kinds = {number.kind for number in facts.numbers(known)}
    dated = kinds & {"date", "clock"} or _DATE.search(known)
    tells = (
        (_PRICE.search(text) and "money" in kinds)
        or (_TIME.search(text) and kinds & facts.DURATIONS)
        or (_WHEN.search(text) and (dated or kinds & facts.DURATIONS))
    )
    return bool(tells) and all(
        not (says := set(word) - _SAYS_NOTHING) or word in _ARRIVES or (not word.isascii() and says & set(known))
        for word in new
    )


def _days_are_told(text: str, told: str) -> bool:
    """Whether the days that a text names are among those of which ``told`` speaks."""
    days = weekdays.named(text)
    return bool(days) and days <= frozenset().union(*weekdays.stated(told))


def _bounds(told: str, text: str, figure: facts.Number, price: bool) -> bool:
    """Whether ``told`` names bounds that the figure is within, or, where a ``price`` is asked, one for each such unit."""
    if (amount := _amount(figure.value)) is None:
        return False
    aged = _of_age(text, figure)
    kind = "money" if not figure.kind and _SPENT.search(text[: figure.start]) else figure.kind
    bounded = decided = False
    for number in facts.numbers(told):
        if aged != _of_age(told, number) or (not aged and number.kind != kind):
            continue
        before, after = told[max(number.start - 16, 0) : number.start], told[number.end : number.end + 16]
        if not kind and not aged and not _same_counter(text[figure.end :], after):
            continue
        low, _, high = number.value.partition("-")
        if high:
            least, most = _amount(low), _amount(high)
        elif _AT_MOST.search(before) or _AT_MOST.match(after):
            least, most = 0.0, _amount(low)
        elif _AT_LEAST.search(before) or _AT_LEAST.match(after):
            least, most = _amount(low), float("inf")
        else:
            if price and kind and _EACH.search(before):
                return True
            decided = True
            continue
        bounded = True
        if least is not None and most is not None and least <= amount <= most:
            return True
    if price and any(facts.stem(match[1]) in facts.UNITS.get(kind, ()) for match in _PER.finditer(told)):
        return True
    # "Costs £4.50 and is free from £45" tells of any amount.
    return kind == "money" and bounded and decided and _FREE.search(told) is not None


def _of_age(text: str, number: facts.Number) -> bool:
    return bool(_AGED.match(text[number.end :]) or _OF_AGE.search(text[: number.start]))


def _same_counter(asked: str, told: str) -> bool:
    """Whether what follows two figures counts the same, 件 and 件."""
    ours, theirs = asked.lstrip()[:1], told.lstrip()[:1]
    return ours == theirs and ours != ""


def _beyond(told: str, figure: facts.Number) -> bool:
    """Whether a figure is greater than any that ``told`` has, which says what holds for the greater."""
    amounts = [_amount(number.value) for number in facts.numbers(told) if not figure.kind or number.kind == figure.kind]
    amount = _amount(figure.value)
    known = [value for value in amounts if value is not None]
    return amount is not None and bool(known) and amount > max(known) and _BEYOND.search(told) is not None


def _amount(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
