"""Finds the numbers of identity cards, passports, permits and tax files: by checksum, by shape, or by their words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generation.references import A, before, date, reference

_GAP = r"[ .\-\u200b-\u200d\u2060\ufeff]{0,2}"
_RESIDENT = re.compile(
    rf"(?<!\d)[1-9]\d{{5}}{_GAP}(?:18|19|20)\d{{2}}{_GAP}\d{{2}}{_GAP}\d{{2}}{_GAP}\d{{3}}[\dX](?![0-9A-Z])", A
)
_OLD_RESIDENT = re.compile(
    r"(?<!\d)[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)", re.ASCII
)  # 15 digits, until 1999
_SINGAPORE = re.compile(r"(?<![A-Z0-9])(?<![A-Z0-9]-)[STFGM][ -]?\d{7}[ -]?[A-Z](?![A-Z0-9])", A)
_TAIWAN = re.compile(r"(?<![A-Z0-9])(?<![A-Z0-9]-)[A-Z][1289]\d{8}(?![A-Z0-9-])", A)
_MALAYSIA = re.compile(r"(?<![\d-])\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-\d{2}-\d{4}(?![\d-])", re.ASCII)
_SOCIAL = re.compile(r"(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])", re.ASCII)
_HONG_KONG = re.compile(r"(?<![A-Z0-9])[A-Z]{1,2}\d{6} ?\([0-9A]\)", A)
_TAX_INDIA = re.compile(r"(?<![A-Z0-9])[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z](?![A-Z0-9])", A)
_TAX_WORDS = re.compile(r"(?:\bpan\b|\bkyc\b|permanent account)[^\d\n]{0,24}$", A)
_WORDS = re.compile(
    r"(?:\bnric\b|\bfin\b|\bhkid\b|\bmykad\b|\bid(?:entity)?(?: ?card)?\b|\bic\b|身[份分]证|证件|居民证)[^\d\n]{0,16}$",
    A,
)
# A document that is named, and its number in whatever form.
_NAMED = (
    r"passport|\bnric\b|\bhkid\b|\bmykad\b|\b(?:my|her|his|malaysian?|need|the) ic\b|\bic (?:no|number)\b|\bssn\b|social security"
    r"|\baadhaa?r\b|\badhaa?r\b|\bidentity (?:card|number|no)\b|\bnational id\b|\bid card\b|\bnational insurance\b|\bnino\b"
    r"|\btfn\b|\btax file\b|\btax id\b|\bdriv(?:ing|er'?s?) licen[cs]e\b|\bwork permit\b|ausweis(?:nummer)?"
    r"|护照|通行证|回乡证|台胞证|旅行证|入台证|身[份分]证|证件号|居住证|居留证|统一证号|驾照|驾驶证|军官证"
)
_LINK = r"(?:(?!电话|手机|联系|致电)[^A-Z0-9]|\b(?:is|no|nos|number|num|nr|its|it's|id|card|my|the|here|copy|us|uk|sg|indian?|chinese|british)\b){0,12}"
_DOCUMENT = re.compile(
    rf"(?:{_NAMED}){_LINK}(?<![A-Z0-9])"
    r"([A-Z]{0,5}[ -]?\d{1,18}(?:[ -]\d{2,}){0,5}(?: ?[A-Z]|\([0-9A]\))?)(?![A-Z0-9]|[-/]\d)",
    A,
)
_MIXED_PASSPORT = re.compile(
    rf"(?:passport|护照|licen[cs]e){_LINK}(?<![A-Z0-9])((?=[A-Z]+\d)(?=[A-Z]*\d[A-Z]*\d)[A-Z0-9]{{8,16}})(?![A-Z0-9])",
    A,
)
_DOCUMENT_AFTER = re.compile(
    r"(?<![A-Z0-9-])([A-Z]{1,2}\d{6,9}[A-Z]?)\s?(?:,|，)?\s?(?:(?:is|是|这是)\s?(?:my |the |我的?)?|my |我的?)"
    r"(?:passport|护照|通行证|身[份分]证|台胞证|回乡证|nric|id card)",
    A,
)


def found(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and label of the identity numbers of a plain text, the surest first."""
    from stdnum.cn import ric

    for match in _RESIDENT.finditer(text):
        if ric.is_valid(re.sub(r"[^0-9X]", "", match.group().upper())) or before(_WORDS, text, match.start()):
            yield (*match.span(), "id")
    for match in _SINGAPORE.finditer(text):
        if nric(match.group()) or before(_WORDS, text, match.start()):
            yield (*match.span(), "id")
    for match in _OLD_RESIDENT.finditer(text):
        if before(_WORDS, text, match.start()):
            yield (*match.span(), "id")
    for match in _TAIWAN.finditer(text):
        if taiwanese(match[0]) and not reference(text, *match.span()):
            yield (*match.span(), "id")
    for match in _TAX_INDIA.finditer(text):
        if before(_TAX_WORDS, text, match.start()):
            yield (*match.span(), "id")
    for pattern in (_MALAYSIA, _SOCIAL, _HONG_KONG):
        yield from ((*match.span(), "id") for match in pattern.finditer(text))
    yield from ((start, end, "id") for start, end in _named(text))


def nric(number: str) -> bool:
    """Whether the last letter of a Singapore NRIC or FIN is the right one."""
    number = re.sub(r"[ -]", "", number).upper()
    total = sum(int(digit) * weight for digit, weight in zip(number[1:8], (2, 7, 6, 5, 4, 3, 2), strict=True))
    total += {"T": 4, "G": 4, "M": 3}.get(number[0], 0)
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "M": "XWUTRQPNJLK"}.get(number[0], "XWUTRQPNMLK")
    return letters[total % 11] == number[8]


def taiwanese(number: str) -> bool:
    """Whether the last digit of a Taiwanese identity number is the right one."""
    birthplace = 10 + "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(number[0].upper())
    digits = [*divmod(birthplace, 10), *map(int, number[1:])]
    return (
        sum(digit * weight for digit, weight in zip(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0
    )


def _named(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_DOCUMENT, _MIXED_PASSPORT, _DOCUMENT_AFTER):
        for match in pattern.finditer(text):
            start, end = match.start(1), _end(match)
            if not (date(text, start, end) or reference(text, start, end)) and _size(text[start:end]) >= 7:
                yield start, end


def _end(match: re.Match[str]) -> int:
    """Where a document's number ends that other groups of figures may follow: a passport's has at most 11."""
    start, end = match.span(1)
    longest = 11 if match[1][0].isalpha() else 18
    while _size(match.string[start:end]) > longest:
        shorter = max(match.string.rfind(" ", start, end), match.string.rfind("-", start, end))
        if shorter <= start:
            break
        end = shorter
    return end


def _size(number: str) -> int:
    return len(re.sub(r"[^A-Za-z0-9]", "", number))
