"""Finds personal data in a text, English or Chinese, and masks it: what is sure by its checksum, the rest by its words.

Cards (Luhn), IBANs (ISO 13616) and Chinese resident ids (GB 11643) are checked by python-stdnum, telephone numbers
by phonenumbers (Google's libphonenumber). Names and postal addresses are not masked: a shop needs them to deliver.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generation import accounts, identities, telephones
from generation.accounts import luhn as luhn
from generation.references import A, reference
from retrieval.glossary import glossary

# One character for one character, so that a place found in the plain form is the place in the text.
_PLAIN = {0xFF01 + place: chr(0x21 + place) for place in range(94)}
_PLAIN |= dict.fromkeys(map(ord, "\u3000\u00a0\u2007\u2009\u202f\t"), " ") | dict.fromkeys(map(ord, "‐‑‒–—−－"), "-")
_MASKED = re.compile(r"\[(?:email|card|id|account|code|contact|phone)\]")

_HOSTS = r"(?:gmail|googlemail|yahoo|hotmail|outlook|live|icloud|me|qq|163|126|foxmail|sina|sohu|aliyun|proton(?:mail)?|gmx|web|ymail|msn)"
_NAME = r"(?<![\w.+'-])\w[\w.+'-]{0,63}"
_MARKED = r"(?<![\w.+'-])(?=[\w.+'-]{0,63}[\d._+])\w[\w.+'-]{0,63}"
_ENDING = r"(?:com|net|org|edu|gov|sg|cn|co|io|me|hk|tw|my|in|uk|au|de|jp|fr)"
_SAID_DOT = r" ?(?:\.|。|·|点|[\[({] ?dot ?[\])}]|\bdot\b) ?"
_SAID_AT = r" ?(?:艾特|小老鼠|圈a|[\[({<_] ?at ?[\])}>_]) ?"
_EMAIL = re.compile(
    rf"{_NAME}@[a-z0-9-]+(?:\.[a-z0-9-]+)+"
    rf"|{_NAME}(?: (?:dot|underscore|dash) [\w.+-]{{1,32}}){{0,3}} at [a-z0-9-]{{1,63}} dot {_ENDING}\b(?: dot [a-z]{{2,3}}\b)?"
    rf"|{_NAME}{_SAID_AT}(?=[a-z0-9-]{{1,63}}{_SAID_DOT}[a-z])[a-z0-9-]{{1,63}}(?:{_SAID_DOT}[a-z0-9-]{{1,63}}){{1,3}}"
    rf"|{_NAME} ?@ ?{_HOSTS}(?: ?[.,。·点] ?[a-z]{{2,3}}){{0,2}}\b"
    rf"|{_MARKED} ?@ ?[a-z0-9-]{{1,63}}(?:\.[a-z0-9-]{{1,63}}){{0,2}}\.[a-z]{{2,10}}\b"
    rf"|{_MARKED} at [a-z0-9-]{{1,63}}(?:\.[a-z]{{2,3}}){{1,2}}\b(?!\.\d)"
    rf"|{_NAME}(?<!\bit)(?<!look)(?<!mail)(?<!account) at {_HOSTS}(?:\.[a-z]{{2,3}}){{1,2}}\b",
    A,
)
_MAIL_SIGN = re.compile(r"@|艾特|小老鼠|圈a|[\[({<_] ?at ?[\])}>_]|\bat [a-z0-9-]{1,63} ?(?:\.[a-z]|dot\b)", A)

_CODE_WORDS = (
    r"(?:\bc[vs][vcn]2?\b|\bcid\b|\bcvn2?\b|\bsecurity (?:code|number|pin)\b|\botp\b|\btac\b|\bpin(?: ?code| number| no)?\b|\bpasscode\b"
    r"|\bone[- ]time (?:code|password|pin)\b|\b(?:verification|authentication|auth|2fa|sms|login) code\b"
    r"|\b(?:three|3|four|4|last (?:three|3))(?: ?-?(?:digits?|numbers))?(?: code)? (?:on|at|from) (?:the |its )?(?:card'?s )?(?:back|front)\b"
    r"|\bback of (?:the |my )?card\b|安全码|验证码|动态码|校验码|检查码|短信码|动态密码|取款密码|支付密码|交易密码"
    r"|(?<!单号)(?<!订单)(?<!手机)(?<!号码)(?:背面|卡背|后面?|末|最后)[的是]?(?:三位|3位|三码|3码|三个数)数?字?)"
)
_CODE = re.compile(
    rf"{_CODE_WORDS}(?:[^A-Z0-9\n]|\b(?:is|are|was|code|number|no|on|the|its|my|front|back|of|card|i|got|just|received|it|says)\b|是|为){{0,12}}"
    r"(?<!\d)(?:[A-Z]-(?=\d{6}))?(\d{3,4}[ -]\d{3,4}(?![\d-])|\d{3,8})(?!\d|[./:]\d)",
    A,
)
_CODE_AFTER = re.compile(
    r"(?<![\w.-])(\d{3,8})\s?(?:is|was|是)\s?(?:the |my |your |我的?|收到的)?(?:otp|cvv|cvc|pin|verification code|security code|验证码|安全码)(?![a-z])",
    A,
)
_PASSWORD = re.compile(
    r"(?:\b(?:password|passcode|passwd|pwd|pw)\b|密码|口令)(?:\s?[:=]\s*|\s?[是为]\s?[:=]?\s*|\s(?:is|was)(?::|\b)\s*)"
    r"(?!(?:not|wrong|incorrect|correct|right|invalid|expired|reset|being|still|too|the|a|in|for|required|weak|same|never|always|no|what"
    r"|it|my|how|please|can't|cannot|can|forgot|forgotten|lost|gone|changed|set|sent|visible|accepted|working|ok|okay)\b|\[)"
    r"([!-~]{4,64})"
    r"|(?:\b(?:password|passwd|pwd)\s|密码\s?)(?![:=\[])(?=[!-~]{0,63}[a-z])(?=[!-~]{0,63}\d)([!-~]{6,64})"
    r"|密码\s?(\d{4,12})(?![\d位-])",
    A,
)

_CHAT = re.compile(
    r"(?<![A-Z0-9])(wxid_\w{5,30})"
    r"|(?:(?<![a-z])qq|扣扣)(?:[ :]|号码?|[是为]|\bis\b|\bid\b){0,6}([1-9]\d{4,11})(?!\d)"
    r"|(?:(?<!\w)(?:wechat|weixin|vx|wx|line ?id|line account|telegram|tg|skype|kakao(?:talk)?|viber|insta(?:gram)?|ig|discord)(?![a-z])"
    r"|微信|加我?(?:line|v)|(?:my|our|on|我的?|的|加) ?line|(?<![a-z])line(?=:| ?[是号账帐]))"
    r"(?: ?(?:id|handle|username|name)\b| ?账号| ?帐号| ?号)?(?:[ :：]|[是为系]|\bis\b){0,4}"
    r"((?=[\w.-]*[\d_])[A-Z][\w.-]{3,29}\w|@[A-Z][\w.]{2,30}\w|(?<!line )(?<!line)[1-9]\d{5,11}(?!\d))(?![\w-])"
    r"|(?:\b(?:wechat|line|telegram|skype) ?id ?(?::|is) ?|微信号?[:：是] ?|微信号 ?)([A-Z][\w.-]{4,28}\w)(?![\w-])",
    A,
)
_HANDLE_SIGN = re.compile(r"[@_]|\bid\b|微信号?[:是 ]", A)


def mask(text: str) -> str:
    """The text with personal data replaced: [email], [card], [id], [account], [code], [contact], [phone].

    Everything else stays word for word: order numbers (LO-482193), prices, dates, measures. Masking twice changes
    nothing more.
    """
    for _ in range(4):  # what stands in the place of one number may show another
        if not (spans := _spans(plain(text))):
            break
        for start, end, label in reversed(spans):
            text = f"{text[:start]}[{label}]{text[end:]}"
    return text


def first(text: str, label: str) -> str:
    """The first words of a plain text that would be masked with the label; empty where there are none."""
    return next((text[start:end] for start, end, found in _spans(text) if found == label), "")


def plain(text: str) -> str:
    """The text with full-width characters, spaces and dashes in their plain form, each in its place."""
    return text.translate(_PLAIN)


def _spans(text: str) -> list[tuple[int, int, str]]:
    """Start, end and label of what is masked, in the order of the text; of two that overlap, the surer."""
    if not text.isascii():
        text = glossary().simplify(text)
    taken = [(*match.span(), "") for match in _MASKED.finditer(text)]
    text = _MASKED.sub(lambda match: "x0x0x0x0x"[: len(match[0])], text)  # what is masked already announces nothing
    for start, end, label in _found(text):
        if all(end <= low or start >= high for low, high, _ in taken):
            taken.append((start, end, label))
    return sorted(span for span in taken if span[2])


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and label of what was found, the surest first."""
    digits = sum(character.isdigit() for character in text)
    if _MAIL_SIGN.search(text):
        yield from ((*match.span(), "email") for match in _EMAIL.finditer(text))
    yield from _codes(text, digits)
    if digits or _HANDLE_SIGN.search(text):
        yield from ((*match.span(match.lastindex or 0), "contact") for match in _CHAT.finditer(text))
    if digits >= 4:
        yield from identities.found(text)
    yield from accounts.found(text, digits)
    yield from telephones.found(text, digits)


def _codes(text: str, digits: int) -> Iterator[tuple[int, int, str]]:
    for match in _PASSWORD.finditer(text):
        yield (*match.span(match.lastindex or 0), "code")
    if digits >= 3:
        for pattern in (_CODE, _CODE_AFTER):
            for match in pattern.finditer(text):
                if not reference(text, *match.span(1)):
                    yield (*match.span(1), "code")
