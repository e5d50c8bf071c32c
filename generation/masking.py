"""Finds personal data in a text, English or Chinese, and masks it: what is sure by its checksum, the rest by its words.

Cards (Luhn), IBANs (ISO 13616) and Chinese resident ids (GB 11643) are checked by python-stdnum, telephone numbers
by phonenumbers (Google's libphonenumber). Names and postal addresses are not masked: a shop needs them to deliver.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_A = re.ASCII | re.IGNORECASE
# One character for one character, so that a place found in the plain form is the place in the text.
_PLAIN = {0xFF01 + place: chr(0x21 + place) for place in range(94)}
_PLAIN |= dict.fromkeys(map(ord, "\u3000\u00a0\u2007\u2009\u202f\t"), " ") | dict.fromkeys(map(ord, "‐‑‒–—−－"), "-")
_GAP = r"[ .\-\u200b-\u200d\u2060\ufeff]{0,2}"

_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+"
    r"|(?<![\w.+-])[\w.+-]{1,64} ?[\[(] ?at ?[\])] ?[a-z0-9-]+(?: ?(?:\.|[\[(] ?dot ?[\])]) ?[a-z0-9-]+)+"
    r"|(?<![\w.+-])[\w.+-]{1,64} at [a-z0-9-]+ dot (?:com|net|org|sg|cn|co|io|me)\b(?: dot [a-z]{2,3}\b)?",
    _A,
)
_DIGITS = re.compile(r"(?<!\w)(?<![A-Za-z]-)\d(?:[ \-\n.\u200b-\u200d\u2060\ufeff]{0,4}\d){11,40}(?![\d])", re.ASCII)
_CARD_PREFIX = re.compile(r"3[0-9]|4|5[0-9]|2[2-7]|6[0-9]|81|9[0-9]")
_CARD_WORDS = re.compile(
    r"(?:\bcards?\b|visa|master ?card|amex|american express|union ?pay|debit|credit|银行卡|信用卡|借记卡|卡号|银联)"
    r"[^\d\n]{0,24}$",
    _A,
)
_RESIDENT = re.compile(
    rf"(?<!\d)[1-9]\d{{5}}{_GAP}(?:18|19|20)\d{{2}}{_GAP}\d{{2}}{_GAP}\d{{2}}{_GAP}\d{{3}}[\dX](?![0-9A-Z])", _A
)
_OLD_RESIDENT = re.compile(
    r"(?<!\d)[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)", re.ASCII
)  # 15 digits, until 1999
_SINGAPORE = re.compile(r"(?<![A-Z0-9])(?<![A-Z0-9]-)[STFGM][ -]?\d{7}[ -]?[A-Z](?![A-Z0-9])", _A)
_MALAYSIA = re.compile(r"(?<![\d-])\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-\d{2}-\d{4}(?![\d-])", re.ASCII)
_SOCIAL = re.compile(r"(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])", re.ASCII)
_HONG_KONG = re.compile(r"(?<![A-Z0-9])[A-Z]{1,2}\d{6}\([0-9A]\)", _A)
_ID_WORDS = re.compile(
    r"(?:\bnric\b|\bfin\b|\bhkid\b|\bmykad\b|\bid(?:entity)?(?: ?card)?\b|\bic\b|身份证|证件|居民证)[^\d\n]{0,16}$", _A
)
_PASSPORT = re.compile(
    r"(?:passport|护照|通行证|回乡证|台胞证)(?:[^A-Z0-9\n]|\b(?:is|no|number|num)\b|号码?|是|为){0,10}"
    r"(?<![A-Z0-9])((?=[A-Z]{0,3}\d)[A-Z]{0,3}\d{5,9}[A-Z]?)(?![A-Z0-9])",
    _A,
)
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}(?![A-Z0-9])", _A)
_ACCOUNT = re.compile(
    r"(?:\biban\b|\bbank (?:account|acct)\b|\baccount (?:number|no)\b|\bpaynow\b|银行账[号户]|收款账[号户]|支付宝账?号?)"
    r"(?:[^A-Z0-9\n]|\b(?:is|no|number)\b|号码?|是|为){0,10}(?<![A-Z0-9])((?:[A-Z]{2}\d{2}|\d)[A-Z0-9](?:[ -]?[A-Z0-9]){5,30}"
    r"(?<=\d))(?![A-Z0-9])",
    _A,
)
_CODE = re.compile(
    r"(?:\bcv[vc]2?\b|\bsecurity code\b|\botp\b|\bpin(?: code)?\b|\bone[- ]time (?:code|password)\b|安全码|验证码|动态码)"
    r"(?:[^A-Z0-9\n]|\b(?:is|code|number)\b|是|为){0,8}(?<!\d)(\d{3,8})(?!\d)"
    r"|(?:\bpassword\b|密码)(?: is |[是为：:=]| ?[:=] ?)\s*(\S{4,64})",
    _A,
)
_CHAT = re.compile(
    r"(?:\bwechat\b|\bweixin\b|微信号?|\bqq\b号?)(?: id)?(?:[ :：]|是|为|\bis\b){1,4}((?=[\w-]*\d)[A-Z0-9][\w-]{4,19})(?![\w-])",
    _A,
)

_REGIONS = ("SG", "CN")  # the others' numbers count in their own usual spelling, or with a country code
_ABROAD = ("MY", "HK", "US", "GB")
_HAN_DIGITS = re.compile(
    r"(?<![零〇一幺二三四五六七八九])[一幺][三四五六七八九][零〇一幺二三四五六七八九]{9}(?![零〇一幺二三四五六七八九])"
)
_NUMBER = re.compile(r"(?<![\w.])\+?\(?\d(?:[ ()./-]{0,2}\d){6,14}(?!\d)", re.ASCII)
_PHONE_WORDS = re.compile(
    r"(?:\b(?:call|phone|telephone|tel|mobile|cell|whatsapp|ring|text|sms|hp|handphone|contact|reach|my number)\b"
    r"|电话|手机|致电|回电|联系|号码|打给|微信)"
    r"[^\d\n+(]{0,24}\+?\(?$",
    _A,
)
# "order 87654321" is no telephone number, and the order can be looked up only by it.
_SERIAL_WORDS = r"\b(?:orders?|tracking|serial)\b|订单|单号|编号|运单|序列号|货号"
_REFERENCE_WORDS = (
    r"\b(?:parcel|invoice|receipt|ref|reference|sku|model|item|ticket|(?<!\bin )case|po|requests?|booking|claim)\b"
    r"|快递|发票|型号"
)
_LINK = (
    r"(?:[ .,?=:#№()'’\"“”「-]|\b(?:numbers?|nos?|num|nr|id|code|status|is|was|s)\b|尾号|号码?|查询|[是为的呢]){0,8}$"
)
_SERIAL = re.compile(rf"(?:{_SERIAL_WORDS}){_LINK}", _A)
_REFERENCE = re.compile(rf"(?:{_SERIAL_WORDS}|{_REFERENCE_WORDS}){_LINK}|[$¥￥€£#]\s?$", _A)
_DATE = re.compile(
    r"(?:19|20)\d\d(?:([-/.])\d\d?\1\d\d?|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?!\d)"
    r"|\d\d?([-/.])\d\d?\2(?:19|20)\d\d(?!\d)",
    re.ASCII,
)
_UNIT_AFTER = re.compile(
    r"\s?(?:(?:units?|pieces|pcs|dollars?|sgd|usd|rmb|k|lm|lumens?|mah|hz|rpm|mm|cm|kg|ml|hours?|times)\b|[元块件个台%]|新元|流明|小时)",
    _A,
)


def mask(text: str) -> str:
    """The text with personal data replaced: [email], [card], [id], [account], [code], [contact], [phone].

    Everything else stays word for word: order numbers (LO-482193), prices, dates, measures. Masking twice changes
    nothing more.
    """
    for start, end, label in reversed(_spans(plain(text))):
        text = f"{text[:start]}[{label}]{text[end:]}"
    return text


def first(text: str, label: str) -> str:
    """The first words of a plain text that would be masked with the label; empty where there are none."""
    return next((text[start:end] for start, end, found in _spans(text) if found == label), "")


def plain(text: str) -> str:
    """The text with full-width characters, spaces and dashes in their plain form, each in its place."""
    return text.translate(_PLAIN)


def luhn(digits: str) -> bool:
    """Whether the digits of a card number, 13 to 19 of them, add up (ISO/IEC 7812)."""
    from stdnum import luhn as check

    numbers = re.sub(r"\D", "", digits)
    return 13 <= len(numbers) <= 19 and len(set(numbers)) > 1 and bool(check.is_valid(numbers))


def _spans(text: str) -> list[tuple[int, int, str]]:
    """Start, end and label of what is masked, in the order of the text; of two that overlap, the surer."""
    taken: list[tuple[int, int, str]] = []
    for start, end, label in _found(text):
        if all(end <= low or start >= high for low, high, _ in taken):
            taken.append((start, end, label))
    return sorted(taken)


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and label of what was found, the surest first."""
    digits = sum(character.isdigit() for character in text)
    if "@" in text or " at " in text or "at)" in text or "at]" in text:
        yield from ((*match.span(), "email") for match in _EMAIL.finditer(text))
    if digits >= 3 or "密码" in text or "password" in text.lower():
        for match in _CODE.finditer(text):
            yield (*match.span(1 if match[1] else 2), "code")
    if digits:
        yield from ((*match.span(1), "contact") for match in _CHAT.finditer(text))
    if digits >= 5:
        yield from ((*match.span(1), "id") for match in _PASSPORT.finditer(text))
    if digits >= 6:
        yield from _ids(text)
        yield from _accounts(text)
    if digits >= 12:
        yield from _cards(text)
    if digits >= 7:
        yield from _phones(text)
    yield from ((*match.span(), "phone") for match in _HAN_DIGITS.finditer(text))


def _ids(text: str) -> Iterator[tuple[int, int, str]]:
    from stdnum.cn import ric

    for match in _RESIDENT.finditer(text):
        if ric.is_valid(re.sub(r"[^0-9X]", "", match.group().upper())) or _before(_ID_WORDS, text, match.start()):
            yield (*match.span(), "id")
    for match in _SINGAPORE.finditer(text):
        if nric(match.group()) or _before(_ID_WORDS, text, match.start()):
            yield (*match.span(), "id")
    for match in _OLD_RESIDENT.finditer(text):
        if _before(_ID_WORDS, text, match.start()):
            yield (*match.span(), "id")
    for pattern in (_MALAYSIA, _SOCIAL, _HONG_KONG):
        yield from ((*match.span(), "id") for match in pattern.finditer(text))


def nric(number: str) -> bool:
    """Whether the last letter of a Singapore NRIC or FIN is the right one."""
    number = re.sub(r"[ -]", "", number).upper()
    total = sum(int(digit) * weight for digit, weight in zip(number[1:8], (2, 7, 6, 5, 4, 3, 2), strict=True))
    total += {"T": 4, "G": 4, "M": 3}.get(number[0], 0)
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "M": "XWUTRQPNJLK"}.get(number[0], "XWUTRQPNMLK")
    return letters[total % 11] == number[8]


def _accounts(text: str) -> Iterator[tuple[int, int, str]]:
    from stdnum import iban

    for match in _IBAN.finditer(text):
        end = match.end()
        while end - match.start() >= 15:
            if iban.is_valid(text[match.start() : end], check_country=False):
                yield match.start(), end, "account"
                break
            end = max(text.rfind(" ", match.start(), end), text.rfind("-", match.start(), end))
    yield from ((*match.span(1), "account") for match in _ACCOUNT.finditer(text))


def _cards(text: str) -> Iterator[tuple[int, int, str]]:
    """Card numbers among the groups of a run of digits: an expiry date after the number must not hide it."""
    for run in _DIGITS.finditer(text):
        places = [place for place in range(run.start(), run.end()) if text[place].isdigit()]
        begins = [i for i, place in enumerate(places) if i == 0 or places[i - 1] != place - 1]
        ends = {i for i, place in enumerate(places) if i + 1 == len(places) or places[i + 1] != place + 1}
        said = bool(_before(_CARD_WORDS, text, run.start()))
        after = 0
        for first in begins:
            if first < after:
                continue
            for length in range(19, 12, -1):
                last = first + length - 1
                number = "".join(text[place] for place in places[first : last + 1])
                if last not in ends or len(number) < length or not _CARD_PREFIX.match(number):
                    continue
                if luhn(number) and (said or not _before(_SERIAL, text, places[first])):
                    yield places[first], places[last] + 1, "card"
                    after = last + 1
                    break
        if said and not after and 13 <= len(places) <= 19:
            yield run.start(), run.end(), "card"  # mistyped, yet nearly a card's number


def _phones(text: str) -> Iterator[tuple[int, int, str]]:
    import phonenumbers

    for region in (*_REGIONS, *_ABROAD):
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.VALID):
            if _usual(match.raw_string, region) and _may_be_phone(text, match.start, match.end):
                yield match.start, match.end, "phone"
    for found in _NUMBER.finditer(text):
        international = text[found.start()] == "+" or text.startswith("00", found.start())
        if (international or _before(_PHONE_WORDS, text, found.start())) and _may_be_phone(text, *found.span()):
            yield (*found.span(), "phone")


def _usual(number: str, region: str) -> bool:
    """Whether a valid number is written as one: "2700-6500" and "6500 3000" are measures."""
    if number[0] in "+(0":
        return True
    if region == "SG":
        return not re.fullmatch(r"\d\d00[ -]\d\d00", number)
    if region == "CN":
        return bool(re.match(r"1[3-9]|86", number))
    return bool(re.search(r"\d[ -]\d", number)) and len(re.sub(r"\D", "", number)) > 8


def _before(words: re.Pattern[str], text: str, place: int) -> bool:
    """Whether the words stand right before the place."""
    return words.search(text, max(0, place - 48), place) is not None


def _may_be_phone(text: str, start: int, end: int) -> bool:
    if text[start] != "+" and (_before(_REFERENCE, text, start) or _DATE.match(text, start, end)):
        return False
    return not _UNIT_AFTER.match(text, end)
