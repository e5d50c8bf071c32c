"""Finds telephone numbers: in a country's usual spelling, after words that announce them, in figures or spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from generation.accounts import luhn
from generation.references import A, before, date, measure, reference

_REGIONS = ("SG", "CN")  # the others' numbers count in their own usual spelling, or with a country code
_ABROAD = ("MY", "HK", "US", "GB")
_FARTHER = ("TW", "AU", "IN", "DE", "NZ", "JP", "KR", "ID", "PH", "TH", "VN", "FR")
_GROUPED = re.compile(
    r"(?<![\w.\-/])(?:\(0\d{1,4}\)[ -]?\d{2,8}|0\d{1,4}[ -]\d{2,8})(?:[ -]\d{2,5}){0,3}(?![\w/-])"
    r"|(?<![\w.\-/])(?:0[49]\d{8}|[6-9]\d{4}[ -]\d{5})(?![\w/-])",
    re.ASCII,
)
_GERMAN = re.compile(r"(?<![\w.\-/])0(?:1[567]\d{1,2}[ /-]?\d{7,8}|[2-9]\d{1,4}/ ?\d{4,8})(?![\w/-])", re.ASCII)

_NUMBER = re.compile(
    r"(?:(?<![\w.])|(?<=\bhp)|(?<=\bph)|(?<=\btel)|(?<=\bno)|(?<=phone)|(?<=mobile)|(?<=\bcall)|(?<=whatsapp)|(?<=\bcell))"
    r"\+?\(?\d(?:[ ()./-]{0,2}\d){6,14}(?!\d)",
    A,
)
_BROKEN = re.compile(
    r"(?<!\w)\d{2,6}(?:[ ,]{0,2}(?:\n|\bthen\b|\band then\b|然后|再|接着|后面是?)[ ,]{0,2}\d{2,6}){1,4}(?!\w)", A
)
_WORDS = (
    r"(?:\b(?:call|phone|telephone|telefon|tel|mobile|mob|cell|landline|whatsapp|ring|text|sms|hp|ph|handphone|contact|reach|dial"
    r"|fax|handy|(?:my|his|her|our|wife'?s|husband'?s|new|hk|sg|uk|us|china|indian?|taiwan)(?: (?:new|old|other|hk|sg|uk|us|china|indian?))?"
    r" (?:numbers?|nos?)|number (?:starts|begins))(?![a-z])"
    r"|电话|手机|致电|回电|电联|联系|联络|号码|打给|打我|拨打|座机|传真|微信)"
)
_AFTER_WORDS = re.compile(rf"{_WORDS}[^\d\n+(]{{0,24}}\+?\(?$", A)
_BEFORE_WORDS = re.compile(
    r"[\s,，。.)）-]{0,3}(?:连起来)?(?:(?:is|'?that'?s|是|就是|这是)\s?(?:the |my |our |his |her |我的?)?|(?:my|our|his|her|我的?)\s?)"
    r"(?:[a-z]{2,10} )?(?:hp|handphone|phone|mobile|cell|tel|number|whatsapp|手机|电话|号码|联系方式)(?![a-z])(?![^\d\n]{0,10}\d)",
    A,
)
_SERVICE = re.compile(r"(?:0800|0808|0300|1[38]00|[48]00)[ -]")  # a firm's, not a customer's
_INSIDE = re.compile(r"\d[\d -]*", re.ASCII)

_HAN = "零〇一幺二两三四五六七八九壹贰叁肆伍陆柒捌玖"
_HAN_FIGURES = str.maketrans(_HAN, "0011223456789123456789")
_HAN_DIGITS = re.compile(
    rf"(?<![{_HAN}\d])[一幺壹1][三四五六七八九叁肆伍陆柒捌玖3-9](?:[ -]?[{_HAN}\d]){{9}}(?![{_HAN}\d])"
)
_HAN_RUN = re.compile(rf"(?<![{_HAN}])[{_HAN}](?:[ -]?[{_HAN}]){{6,18}}(?![{_HAN}])")
_FIGURES = {
    word: str(figure)
    for figure, words in enumerate(
        ("zero oh o", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    )
    for word in words.split()
}
_SPOKEN_WORD = r"(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine|double|triple|\d)"
_SPOKEN = re.compile(rf"(?<![\w.]){_SPOKEN_WORD}(?:[ ,.-]{{1,2}}{_SPOKEN_WORD}){{5,18}}(?!\w)", A)


def found(text: str, digits: int) -> Iterator[tuple[int, int, str]]:
    """Start, end and label of the telephone numbers of a plain text that holds so many figures."""
    if digits >= 7:
        yield from ((start, end, "phone") for start, end in _known(text) if _fit(text, start, end))
        yield from ((start, end, "phone") for start, end in _announced(text) if _fit(text, start, end))
    yield from ((*match.span(), "phone") for match in _HAN_DIGITS.finditer(text) if re.search(rf"[{_HAN}]", match[0]))
    for match in _HAN_RUN.finditer(text):
        if luhn(written(match[0])):
            yield (*match.span(), "card")
        elif len(match[0]) <= 16 and before(_AFTER_WORDS, text, match.start()) and not reference(text, *match.span()):
            yield (*match.span(), "phone")
    yield from _spoken(text)


def written(number: str) -> str:
    """A number with what was spoken in figures: "nine one double four" is 9144, 幺三八 is 138."""
    number = number.translate(_HAN_FIGURES)
    if not re.search(r"[a-z]", number, A):
        return " ".join(number.split())
    figures, times = "", 1
    for word in re.findall(r"[a-z]+|\d+", number.lower()):
        if word in ("double", "triple"):
            times = 2 if word == "double" else 3
            continue
        figures += _FIGURES.get(word, word if word.isdigit() else "") * times
        times = 1
    return figures


def _known(text: str) -> Iterator[tuple[int, int]]:
    import phonenumbers

    leniency = phonenumbers.Leniency
    for region in (*_REGIONS, *_ABROAD):
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=leniency.VALID, max_tries=400):
            if _usual(match.raw_string, region):
                yield match.start, match.end
    for place in islice(_GROUPED.finditer(text), 16):
        matchers = (phonenumbers.PhoneNumberMatcher(place[0], region, leniency.EXACT_GROUPING) for region in _FARTHER)
        if any(match.raw_string == place[0] for matcher in matchers for match in matcher):
            yield place.span()
    yield from (place.span() for place in _GERMAN.finditer(text))


def _announced(text: str) -> Iterator[tuple[int, int]]:
    for match in _NUMBER.finditer(text):
        start = match.start()
        if text[start] == "+" or text.startswith("00", start) or _said(text, *match.span()):
            yield match.span()
    for match in _BROKEN.finditer(text):
        if 7 <= len(re.sub(r"\D", "", match[0])) <= 15 and _said(text, *match.span()):
            yield match.span()


def _spoken(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _SPOKEN.finditer(text):
        figures = written(match[0])
        if len(re.findall(r"[a-z]{2,}", match[0], A)) < 5 or reference(text, *match.span()):
            continue
        if luhn(figures):
            yield (*match.span(), "card")
        elif len(figures) <= 15 and (_said(text, *match.span()) or len(figures) >= 8 and figures[:4] != "1234"):
            yield (*match.span(), "phone")


def _said(text: str, start: int, end: int) -> bool:
    """Whether the words for a telephone stand before the number, or "is my number" after it."""
    return before(_AFTER_WORDS, text, start) or _BEFORE_WORDS.match(text, end) is not None


def _usual(number: str, region: str) -> bool:
    """Whether a valid number is written as one: "2700-6500" and "6500 3000" are measures."""
    if number[0] in "+(0":
        return True
    if region == "SG":
        return not re.fullmatch(r"\d\d00[ -]\d\d00", number)
    if region == "CN":
        return bool(re.match(r"1[3-9]|86", number))
    return bool(re.search(r"\d[ -]\d", number)) and len(re.sub(r"\D", "", number)) > 8


def _within_a_serial(text: str, start: int, end: int) -> bool:
    """Whether the place is a part of a longer number in short groups: "9400 1000 0000 0000 0000 00"."""
    begin = start
    while begin and (text[begin - 1].isdigit() or text[begin - 1] in " -"):
        begin -= 1
        if start - begin > 40:
            return True
    run = _INSIDE.match(text, begin)
    groups = re.findall(r"\d+", run[0] if run else text[begin:end])
    return len(groups) >= 5 and sum(map(len, groups)) >= 18 and max(map(len, groups)) <= 5


def _fit(text: str, start: int, end: int) -> bool:
    """Whether nothing says that a number is an order's, a date or a measure."""
    if text[start] != "+" and (reference(text, start, end) or date(text, start, end)):
        return False
    return not measure(text, end) and not _SERVICE.match(text, start) and not _within_a_serial(text, start, end)
