"""Finds numbers that money can be taken from or sent to: cards, IBANs, bank accounts with their sort codes, UPI ids."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generation.references import A, before, date, reference, serial

_DIGITS = re.compile(
    r"(?:(?<!\w)|(?<=visa)|(?<=card)|(?<=amex)|(?<=debit)|(?<=credit)|(?<=jcb)|(?<=\bcc)|(?<=\bno)|(?<=number))(?<![A-Z]-)"
    r"\d(?:[ \-\n./_·\u200b-\u200d\u2060\ufeff]{0,4}\d){11,40}(?![\d])",
    A,
)
_CARD_PREFIX = re.compile(r"3[0-9]|4|5[0-9]|2[2-7]|6[0-9]|81|9[0-9]")
_CARD_WORDS = re.compile(
    r"(?:\bcards?(?![a-z])|visa|master ?card|amex|american express|union ?pay|debit|credit|jcb|银行卡|信用卡|借记卡|储蓄卡|卡号|银联)"
    r"[^\d\n]{0,24}$",
    A,
)
_CARD_PART = re.compile(
    r"(?:[前后][六七八九十6-9]位|\b(?:first|last) (?:six|seven|eight|[6-9])(?: digits| numbers)?)\D{0,6}(\d{6,10})(?!\d)",
    A,
)
_CARD_NEAR = re.compile(r"卡|\bcards?\b|visa|amex", A)
_CARD_CODE = re.compile(
    r"(?:[\s,;|]|\b(?:then|exp(?:iry|ires)?|valid|thru)\b|有效期?|到期){0,4}(?:0?[1-9]|1[0-2]) ?[/-] ?(?:20)?[2-4]\d"
    r"(?:[\s,;/|]|\b(?:and|then|code|cvv)\b|和|以及){1,4}(\d{3,4})(?![\d/-]|[.,]\d|\s?(?:[%元块个件]|usd|sgd|dollars?|eur|pcs|pieces|units?|x\b))",
    A,
)

_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}(?![A-Z0-9])", A)
_BANKS = (
    r"\b(?:dbs|posb|ocbc|uob|maybank|cimb|citibank|hsbc|barclays|natwest|lloyds|santander|monzo|revolut|commbank|westpac|nab|anz"
    r"|hdfc|icici|sbi|axis bank|chase|wells fargo|standard chartered|bank)\b|银行|[工建农中招交]行|邮储|信用社|汇丰|恒生|渣打|支行"
)
_BANKING = re.compile(
    rf"{_BANKS}|\bsort ?code\b|\bs/c\b|\bbsb\b|\bifsc\b|\biban\b|\bswift\b|\bbic\b|\b[A-Z]{{4}}0[A-Z0-9]{{6}}\b|开户|转账|汇款|收款|户名",
    A,
)
_LINK = r"(?:(?!电话|手机|联系|致电)[^A-Z0-9\n]|\b(?:is|no|nos|number|num|nr|its|my|the|to|of|account|acct|acc|savings|current|saver)\b){0,14}"
_NUMBER = r"(\d{1,24}(?:-\d{1,12}| (?!(?:19|20)\d\d-)\d{2,12}){0,8})(?![\dA-Z]|[./:,]\d)"
_ACCOUNT = re.compile(
    r"(?:\biban\b|\bbank (?:account|acct|acc|a/c)\b|\baccount (?:number|no|num)\b|\bacct\b|\ba/c\b|\bac{1,2}t?[ .]{0,2}(?:no|num|number)\b"
    rf"|\bpaynow\b|银行[账帐][号户]|收款[账帐][号户]|对公[账帐][号户]|支付宝[账帐]?号?){_LINK}(?<![A-Z0-9]){_NUMBER}",
    A,
)
_UNSURE_ACCOUNT = re.compile(
    rf"(?:\b(?:account|acc|ac|savings|checking|giro)\b|[账帐][号户]|户口|卡号|存折){_LINK}(?<![A-Z0-9]){_NUMBER}", A
)
_AT_BANK = re.compile(
    rf"(?:{_BANKS}|\b(?:refund|pay|pay back|transfer|send)(?: it)? to\b|[转退汇打]到){_LINK}(?<![A-Z0-9]){_NUMBER}", A
)
_NAMED_IBAN = re.compile(
    rf"(?:\biban\b|银行[账帐]号){_LINK}(?<![A-Z0-9])([A-Z]{{2}}\d{{2}}(?:[ -]?[A-Z0-9]){{5,30}})(?![A-Z0-9])", A
)
_IBAN_WORDS = re.compile(
    rf"(?:{_BANKS}|\biban\b|\baccount\b|\brefund\b|\bpay\b|\btransfer\b|[账帐][号户]|退款|[转退汇打]到)[^\n]{{0,32}}$",
    A,
)
_BRANCH = re.compile(
    r"(?:\bsort ?code|\bs/c|\bbsb|\brouting(?: no| number)?|\baba|\bbranch code)\b[^A-Z0-9\n]{0,6}(?:(?:is|no|number)\b[^A-Z0-9\n]{0,3})?"
    r"(\d{2}[ -]?\d{2}[ -]?\d{2}|\d{3}[ -]?\d{3}|\d{9})(?!\d)(?:[ ,/;|&+]{1,3}(?:and )?(\d{4} ?\d{4}|\d{6,10})(?!\d))?",
    A,
)
_IFSC = re.compile(
    r"\b[A-Z]{4}0[A-Z0-9]{6}\b[^\d\n]{0,24}(\d{9,18})(?!\d)|(?<![A-Z\d])(\d{9,18})[^\d\n]{1,16}\b[A-Z]{4}0[A-Z0-9]{6}\b",
    A,
)
_UPI = re.compile(
    r"(?:\bupi\b|\bvpa\b|\bgpay\b|\bgoogle pay\b|\bphonepe\b|\bpaytm\b|\bbhim\b)[^@\n]{0,24}?(?<![\w.-])([\w.-]{2,64}@[a-z]{2,20})(?![\w.]*\w)"
    r"|(?<![\w.-])([\w.-]{2,64}@(?:ok(?:hdfcbank|hdfc|sbi|icici|axis)|ybl|ibl|axl|apl|upi|paytm|sbi|hdfcbank|icici))(?![\w-]|\.\w)",
    A,
)


def found(text: str, digits: int) -> Iterator[tuple[int, int, str]]:
    """Start, end and label of the accounts and cards of a plain text that holds so many figures, the surest first."""
    if "@" in text:
        yield from _groups(_UPI, text)
    if digits < 6:
        return
    yield from _ibans(text)
    yield from _groups(_BRANCH, text)
    yield from _groups(_IFSC, text)
    if digits >= 12:
        yield from _cards(text)
    yield from _accounts(text)
    if _CARD_NEAR.search(text):
        yield from ((*match.span(1), "card") for match in _CARD_PART.finditer(text) if not serial(text, match.start()))


def luhn(digits: str) -> bool:
    """Whether the digits of a card number, 13 to 19 of them, add up (ISO/IEC 7812)."""
    from stdnum import luhn as check

    numbers = re.sub(r"\D", "", digits)
    return 13 <= len(numbers) <= 19 and len(set(numbers)) > 1 and bool(check.is_valid(numbers))


def _groups(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int, str]]:
    for match in pattern.finditer(text):
        yield from ((*match.span(group), "account") for group in (1, 2) if match[group])


def _ibans(text: str) -> Iterator[tuple[int, int, str]]:
    from stdnum import iban

    place, another = 0, False
    while match := _IBAN.search(text, place):
        start, end = match.span()
        while end - start >= 15 and not iban.is_valid(text[start:end], check_country=False):
            end = max(text.rfind(" ", start, end), text.rfind("-", start, end))
        if end - start < 15:
            end = match.end() if _mistyped_iban(text, *match.span(), another) else start
        if end > start:
            another = True
            yield start, end, "account"
        place = max(end, start + 4)
    yield from ((*match.span(1), "account") for match in _NAMED_IBAN.finditer(text))


def _mistyped_iban(text: str, start: int, end: int, another: bool) -> bool:
    """Whether what has an IBAN's form, in fours or in one piece, is said to be one."""
    digits = sum(character.isdigit() for character in text[start:end])
    form = re.fullmatch(r"[A-Z0-9]{15,34}|[A-Z0-9]{4}(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?", text[start:end], A)
    said = another or before(_IBAN_WORDS, text, start)
    return bool(form) and digits >= 10 and said and not reference(text, start, end)


def _accounts(text: str) -> Iterator[tuple[int, int, str]]:
    banking = _BANKING.search(text) is not None
    for pattern in (_ACCOUNT, _UNSURE_ACCOUNT, _AT_BANK):
        for match in pattern.finditer(text):
            start, end = match.span(1)
            digits = sum(character.isdigit() for character in match[1])
            if pattern is _AT_BANK:
                enough = 9
            elif pattern is _ACCOUNT or banking:
                enough = 6
            else:
                enough = 9 if match[1].count("-") in (1, 2, 3) else 12
            if enough <= digits <= 24 and not reference(text, start, end) and not date(text, start, end):
                yield start, end, "account"


def _cards(text: str) -> Iterator[tuple[int, int, str]]:
    """Card numbers among the groups of a run of digits: an expiry date after the number must not hide it."""
    for run in _DIGITS.finditer(text):
        places = [place for place in range(run.start(), run.end()) if text[place].isdigit()]
        begins = [i for i, place in enumerate(places) if i == 0 or places[i - 1] != place - 1]
        ends = {i for i, place in enumerate(places) if i + 1 == len(places) or places[i + 1] != place + 1}
        said = bool(before(_CARD_WORDS, text, run.start()))
        after = 0
        for first in begins:
            if first < after:
                continue
            for length in range(19, 12, -1):
                last = first + length - 1
                number = "".join(text[place] for place in places[first : last + 1])
                if last not in ends or len(number) < length or not _CARD_PREFIX.match(number):
                    continue
                if luhn(number) and (said or not serial(text, places[first])):
                    end = places[last] + 1
                    yield places[first], end, "card"
                    if code := _CARD_CODE.match(text, end):
                        yield (*code.span(1), "code")
                    after = last + 1
                    break
        if said and not after and 13 <= len(places) <= 19:
            yield run.start(), run.end(), "card"  # mistyped, yet nearly a card's number
