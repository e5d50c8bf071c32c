"""Reads the checkable facts out of text, English and Chinese: words, numbers, names, links and negation."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache


def words_of(text: str) -> list[str]:
    return text.split()


_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_UNIT_HAN = "个工作日|個工作天|小时|小時|分钟|分鐘|公斤|公里|厘米|毫米|个月|個月|周岁|天|日|元|周|年|月|次|米|克|折|件|杯|张|人(?!民)"
_FULL_WIDTH = ord("Ａ") - ord("A")
_LETTER = rf"(?<![A-Za-z])[A-Z](?=[{_HAN}])"
_TOKEN = re.compile(rf"{_LETTER}|(?<=\d)(?:{_UNIT_HAN})|[{_HAN}]+|[A-Za-zÀ-ÿ]+(?:['’][A-Za-z]+)?|\d+(?:[.,:]\d+)*")

_STOP = frozenset(
    words_of(
        """a an the of to in on at by for from with and or but if then than as is are was were be been being am it its
this that these those there here i you he she we they me him her us them my your our their his hers yours ours
mine who whom which what when where why how do does did doing done can could will would shall should may might
must have has had having not no nor so too very just also only any some all each every both either other such
own same into onto about over under up down out off again once per via s t ll ve re d m don isn aren won 的 了 是
在 和 与 及 或 也 都 就 而 把 被 给 对 向 从 到 由 以 为 于 之 其 这 那 这个 那个 您 你 我 他 她 它 我们 你们 您的 他们 吗 呢 吧 啊 可以 能 能够 会 将 要 需 需要 请 如果
如 但 但是 并 且 并且 则 还 只 仅 所 有 等 后 内 里 中 上 下 时 个 件
的话 另外 不过 不過 本来 本來 才 才能 就是 还是 哦 喔 呢 呀 啦 吧 因为 因為 所以 我們 您們 這 這個 嗎 還 與 會 將 請 須 須於 個 後 內 時 於 為 就可以 也可以 还可以 请勿 切勿"""
    )
)
# Words of a support reply that state nothing about the shop.
POLITE = frozenset(
    words_of(
        """hello hi hey dear thank thanks please welcome sorry apologies apologise apologize apology apologizing happy
glad hope great good day help assist assistance question questions ask asking let know feel anything else more
further inquiry reach contact moment understand sure certainly course absolutely yes okay ok nice enjoy
appreciate reaching patience inconvenience concern hear wish best regards inform information right yet still instead
however well actually note simply 您好 你好 谢谢 感谢 抱歉 对不起 不好意思 欢迎 帮助 帮 请问 问题 其他 还有 什么 随时 联系 告诉 希望 祝 愉快 很 非常 理解 好的
当然 没问题 高兴 亲 很高兴 为您服务 为您 服务"""
    )
)

_UNITS: dict[str, str] = {}
for _kind, _names in {
    "minute": "minute minutes min mins 分钟 分鐘",
    "hour": "hour hours hr hrs h 小时 小時",
    "day": "day days 天 日",
    "working day": "工作日 个工作日 工作天 個工作天 個工作日",
    "night": "night nights 晚",
    "week": "week weeks 周 週 星期 个星期 個星期",
    "month": "month months 个月 個月 月",
    "year": "year years yr yrs 年",
    "percent": "% percent 百分之 ％",
    "kilogram": "kg kgs kilogram kilograms 公斤 千克",
    "gram": "g gram grams 克",
    "metre": "m metre metres meter meters 米",
    "centimetre": "cm 厘米",
    "millimetre": "mm 毫米",
    "kilometre": "km kilometre kilometres kilometer kilometers 公里 千米",
    "mile": "mile miles 英里",
    "litre": "l litre litres liter liters 升",
    "watt": "w watt watts 瓦",
    "times": "time times 次",
    "discount": "折",
}.items():
    for _name in _names.split():
        _UNITS[_name] = _kind
_CURRENCIES: dict[str, str] = {}
for _currency, _names in {
    "$": "$ dollar dollars",  # of some country
    "SGD": "s$ sgd 新元 新币",
    "USD": "us$ usd 美元 美金",
    "HKD": "hk$ hkd 港元 港币",
    "AUD": "a$ aud",
    "EUR": "€ eur euro euros 欧元",
    "GBP": "£ gbp pound pounds 英镑",
    "CNY": "¥ ￥ rmb cny 元 人民币",
    "JPY": "jpy yen 日元",
    "MYR": "rm myr ringgit 马币 令吉",
    "": "块 块钱",
}.items():
    for _name in _names.split():
        _CURRENCIES[_name] = _currency
        _UNITS[_name] = "money"
DURATIONS = frozenset(("minute", "hour", "day", "working day", "night", "week", "month", "year"))
_DOLLARS = frozenset({"$", "SGD", "USD", "HKD", "AUD"})

_SMALL = words_of(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
)
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: value for value, word in enumerate(_SMALL)} | {word: 10 * value for value, word in enumerate(_TENS, 2)}
_WORDS |= {"dozen": 12, "hundred": 100, "thousand": 1000, "once": 1, "twice": 2}
_NUMBER_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
COUNTED = re.compile(rf"\d|\b(?:{_NUMBER_WORD})\b", re.I)
"""A number, in figures or an English word."""
_MONTH = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
_TIME = re.compile(
    r"(?<![\d.])(\d{1,2})(?:[:.](\d{2}))?\s*(a\.?m\b\.?|p\.?m\b\.?|o'clock)|(?<![\d.:])(\d{1,2}):(\d{2})(?![\d:])", re.I
)
_HAN_TIME = re.compile(
    r"(上午|早上|早|凌晨|中午|下午|傍晚|晚上|晚)?(\d{1,2}|[一二两三四五六七八九十]{1,3})[点時时](?!间|候|尚)(半|[一三]刻|(?:\d{1,2}|[一二三四五六七八九十]{1,3})分)?"
)
_DATE = re.compile(
    rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({_MONTH})|({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?)\b|(\d{{1,2}})月(\d{{1,2}})[日号]",
    re.I,
)
_NUMBER = re.compile(
    r"(?:(?<![A-Za-z])(US\$|S\$|HK\$|A\$|[$€£¥￥]|RM|SGD|USD|HKD|AUD|EUR|GBP|RMB|CNY|JPY|MYR|百分之)\s?|(?<![A-Za-z0-9.]))"
    r"((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:万|千(?![克米瓦卡]))?|(?<=百分之)[零一二两三四五六七八九十百]+"
    r"|[零一二两三四五六七八九十百千万半]+(?:个半)?(?=[个個]?(?:小时|小時|分钟|分鐘|工作日|工作天|天|日|晚|周|星期|月|年|元|新元|新币|件|次|折|块|米|公斤|点|倍|张|人|种|位))"
    rf"|\b(?:{_NUMBER_WORD})(?:[ -](?:{_NUMBER_WORD}|and))*\b|\ban?(?=\s(?:minute|hour|day|night|week|month|year)\b))"
    rf"(?:st|nd|rd|th)?[\s-]?((?:working |business )?)(?:calendar |full |more |extra |additional )*"
    r"(%|％|percent\b|[个個]工作[日天]|工作[日天]|[个個]月|[个個]星期|小时|小時|分钟|分鐘|新元|新币|美元|美金|港元|港币|欧元|英镑|日元|马币|令吉|人民币|块钱|千克|公斤|厘米|毫米|公里|英里|星期|[天日晚周週月年元块米克升瓦次折]|[A-Za-z]{1,10}\b)?"
    r"(半(?!价|数|天))?",
    re.I,
)
_ABOUT = re.compile("一[两二]|[两二]三|三四|四五|五六|六七|七八|八九")
# "of a year" and "half a year" count, "twice a year" does not.
_COUNTING = re.compile(
    r"\b(?:of|for|is|in|within|after|takes?|lasts?|have|has|with|about|under|over|than|half)\s+$", re.I
)
_ONE = re.compile(r"\b(?:that|this|which|the|another|any|each|every|no|new)\s+$", re.I)
_LINK = re.compile(
    r"https?://[^\s，。；）)]+|\bwww\.[^\s，。；）)]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\d.-])\+?\d{2,4}(?:[ -]\d{3,4}){2}(?![\d-])|\b[\w-]+\.(?:com|org|net|sg|cn|example|shop|io)\b(?:/[^\s，。]*)?",
    re.I | re.A,
)
_CODE = re.compile(
    r"\b(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9]+(?:-[A-Z0-9]+)+\b"
    r"|(?<![A-Za-z0-9])(?!RM|SGD|USD|HKD|AUD|EUR|GBP|RMB|CNY|JPY|MYR)[A-Z]{1,4}\d{1,4}[A-Z]{0,2}(?![A-Za-z0-9])"
)
_NAME = re.compile(r"(?<=[\w,;:'’)] )[A-ZÀ-Þ][\w'’-]*")
_HAN_NUMBER = re.compile(r"[零一二两三四五六七八九十百千万半]+个?")
_FIRST_NAME = re.compile(r"([A-ZÀ-Þ][\w'’-]*)(?: &)? [A-ZÀ-Þ][a-zà-þ]")
VERB = re.compile(
    r"\b(?:can|cannot|could|may|might|must|should|will|would|is|are|was|were|do|does|has|have|had|"
    r"need|cost|take|come|ship|deliver|accept|offer|include|apply|expire)s?\b|n['’]t\b",
    re.I,
)
_NEGATION = re.compile(
    r"\b(?:not(?! (?:even|only)\b)|no(?! (?:more|less|fewer|later|earlier|longer) than\b)|never|none|cannot|neither|nor|without|unable|unavailable|prohibited|forbidden|refused?|"
    r"declined?|nothing|nobody|excluded?|excludes|excluding|except|unless|impossible|lacks?|won't|isn't|"
    r"non|un(?:supported|able)|avoid(?:s|ed|ing)?|banned)\b|n['’]t\b"
    r"|不(?!同|仅|但|错|管|过|論|论|锈|鏽|[满滿](?!意)|(?:超[过過]|少于|低于|高于|多于|晚于|早于|足)[$€£¥￥\d一二两三四五六七八九十半])|没(?!问题)有?|沒(?!問題)有?"
    r"|未(?!来|來|满|滿)|[无無](?!线|線|论|論|忧|憂|损|損|理由)|(?<![个分特级類类区區性個])别(?!墅|人|处)|[勿拒]|禁止|谢绝|(?<![以为了])避免|除非|除外",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its kind of unit ("day", "money", "clock", "date", or "" for a bare count) and its place.

    ``currency`` is what money is counted in, "$" where that may be of several countries, "" where it is not said.
    """

    value: str
    kind: str
    start: int
    end: int
    currency: str = ""

    def agrees(self, other: Number) -> bool:
        """Whether both may count the same thing."""
        money = {self.currency, other.currency}
        return self._alike(other) and ("" in money or len(money) == 1 or ("$" in money and money <= _DOLLARS))

    def rivals(self, other: Number) -> bool:
        """Whether one may be told in place of the other: hours for days as well."""
        return self._alike(other) or {self.kind, other.kind} <= DURATIONS

    def _alike(self, other: Number) -> bool:
        return self.kind == other.kind or not self.kind or not other.kind


def stem(word: str) -> str:
    """A light English stem: enough to match "returned" and "returns"; Chinese words are left as they are."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    if not word.isascii():
        return word
    for ending, kept in (
        ("ies", "y"),
        ("sses", "ss"),
        ("ings", ""),
        ("ing", ""),
        ("ed", ""),
        ("es", ""),
        ("ly", ""),
        ("s", ""),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: len(word) - len(ending)] + kept
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


UNITS = {kind: frozenset(stem(unit) for unit, of in _UNITS.items() if of == kind) for kind in set(_UNITS.values())}
"""The stems of the words for the units of each kind."""


@lru_cache(maxsize=8192)
def words(text: str) -> frozenset[str]:
    """Stems of the content words; Chinese is cut by jieba, stop words and numbers are left out."""
    found: set[str] = set()
    for token in tokens(text):
        if token[0].isdigit() or _states_nothing(token.lower()) or _HAN_NUMBER.fullmatch(token):
            continue
        found.add(stem(token))
    return frozenset(found)


def _states_nothing(token: str) -> bool:
    """Whether a word is a function word or a number's, "isn't" and "it's" among them; what they deny is read elsewhere."""
    word = _CONTRACTED.sub("", token)
    return word.endswith("n't") or word.endswith("n’t") or word in _STOP or word in _WORDS


_CONTRACTED = re.compile(r"['’](?:s|ll|ve|re|d|m)$")
_POLITE_STEMS = frozenset(stem(word) for word in POLITE)


def plain(text: str) -> frozenset[str]:
    """Content words that are not mere politeness."""
    return words(_COURTESY.sub("", text)) - _POLITE_STEMS


_COURTESY = re.compile(
    r"\bfeel free\b|\bgood (?:morning|afternoon|evening)\b|\b(?:bear|keep) in mind\b|请留意|請留意", re.I
)


@lru_cache(maxsize=8192)
def tokens(text: str) -> tuple[str, ...]:
    """Words and numbers in order; Chinese is cut by jieba."""
    found: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match.group()
        if len(token) == 1 and "A" <= token <= "Z" and re.match(rf"[{_HAN}]", text[match.end() :]):
            found.append(chr(ord(token) + _FULL_WIDTH))  # the "A" of A套餐 is a name, not an article
        elif re.match(rf"[{_HAN}]", token):
            import logging

            import jieba

            jieba.setLogLevel(logging.WARNING)
            found.extend(jieba.lcut(token))
        else:
            found.append(token)
    return tuple(found)


@lru_cache(maxsize=8192)
def numbers(text: str) -> tuple[Number, ...]:
    """Numbers, prices, durations, percentages, clock times and dates, normalised, in order."""
    found: list[Number] = []
    taken: list[tuple[int, int]] = [match.span() for match in _LINK.finditer(text)]
    taken += [match.span() for match in _CODE.finditer(text)]

    def free(start: int, end: int) -> bool:
        return all(end <= low or start >= high for low, high in taken)

    for match in _DATE.finditer(text):
        if free(*match.span()):
            day, month = match[1] or match[4] or match[6], match[2] or match[3] or match[5]
            label = month[:3].lower() if month[0].isalpha() else _month(int(month))
            found.append(Number(f"{int(day)} {label}", "date", *match.span()))
            taken.append(match.span())
    for pattern, read in ((_TIME, _clock), (_HAN_TIME, _han_clock)):
        for match in pattern.finditer(text):
            if free(*match.span()):
                hour, minute = read(match)
                found.append(Number(f"{hour}:{minute:02}", "clock", *match.span()))
                taken.append(match.span())
    counted = (_number(text, match) for match in _NUMBER.finditer(text) if free(*match.span(2)))
    found.extend(number for number in counted if number is not None)
    found.sort(key=lambda number: number.start)
    for place in range(len(found) - 2, -1, -1):
        low, high = found[place : place + 2]
        between = text[low.end : high.start].strip()
        if low.kind and low.kind != high.kind:
            continue
        if between in {"-", "–", "—", "~", "to", "至", "到"} and high.kind not in {"clock", "date"}:
            # "2-3 days" is one fact: 2 days alone would be another.
            found[place : place + 2] = [Number(f"{low.value}-{high.value}", high.kind, low.start, high.end)]
        elif between in {"or", "and", "或", "和"} and not low.kind:
            found[place] = replace(low, kind=high.kind)
    return tuple(found)


def values(text: str) -> frozenset[str]:
    """What the numbers of a text come to, whatever they count."""
    return frozenset(number.value for number in numbers(text))


def links(text: str) -> frozenset[str]:
    """URLs, e-mail addresses, telephone numbers and product or order codes, lower case."""
    return frozenset(
        match.group().lower().rstrip(".,;:!?") for pattern in (_LINK, _CODE) for match in pattern.finditer(text)
    )


def names(text: str) -> frozenset[str]:
    """Capitalised words inside a sentence, lower case; its first word too where another capital follows."""
    found = [match.group() for match in _NAME.finditer(text)]
    if first := _FIRST_NAME.match(text.strip()):
        found.append(first[1])
    plainly = {"i", "i'm", "i'll", "i've", "i'd", "yes", "no", "e-mail", "the", "a", "an", "our", "your", "in"}
    return frozenset(re.sub(r"['’]s?$", "", name.lower()) for name in found) - plainly - _STOP


_HALF_WIDTH = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？"}
_BESIDE_HAN = re.compile(rf"(?<=[{_HAN}])\s*[,;:!?]\s*|(?<!\d)[,;:!?](?=[{_HAN}])|(?<=\d)[,;!?](?=[{_HAN}])")


def spelt(text: str) -> str:
    """The text with the marks beside Chinese characters as Chinese writes them."""
    return _BESIDE_HAN.sub(lambda match: _HALF_WIDTH[match.group().strip()], text)


def held(word: str, vocabulary: frozenset[str], lowered: str) -> bool:
    """Whether a text, by its words and in lower case, has a word: in English by its beginning, in Chinese anywhere."""
    if word in vocabulary:
        return True
    if not word.isascii():
        return word in lowered
    return len(word) >= 5 and any(
        other.startswith(word[:5]) and abs(len(other) - len(word)) <= 4 for other in vocabulary
    )


def negated(text: str) -> bool:
    """Whether the text denies: an odd number of negations ("not without" affirms)."""
    return negations(text) % 2 == 1


def negations(text: str) -> int:
    """How often the text denies; 不退不换 does so once."""
    return len(_NEGATION.findall(_NEITHER.sub(r"\1\2", text)))


_NEITHER = re.compile(rf"(?<!非)([不没无])(?!得不|能不|会不|可不)([{_HAN}]{{1,2}})\1")


def affirmed(text: str) -> str:
    """The text without the words that deny."""
    return _NEGATION.sub(" ", text)


def around_negation(text: str) -> tuple[str, str]:
    """What stands before the first word that denies, and after it; nothing after where there is none."""
    match = _NEGATION.search(text)
    return (text[: match.start()], text[match.end() :]) if match else (text, "")


def clauses(text: str) -> list[tuple[int, int]]:
    """Spans of clauses: cut at commas, semicolons, dashes, sentence ends, and at "and"/"but" between numbers."""
    cuts = [0]
    cuts.extend(
        match.end()
        for match in re.finditer(
            r"[;；。！？!?\n|，]+|[,、:：](?!\d)|\.(?=\s|$)|\s(?:and|but|or|while|whereas|then)\s|而|但是?", text, re.I
        )
    )
    cuts.append(len(text))
    return [(start, end) for start, end in zip(cuts, cuts[1:], strict=False) if text[start:end].strip()]


def _clock(match: re.Match[str]) -> tuple[int, int]:
    hour, minute = int(match[1] or match[4]), int(match[2] or match[5] or 0)
    half = (match[3] or "").lower()
    return (hour % 12 + 12 if half.startswith("p") else hour % 12 if half.startswith("a") else hour), minute


def _han_clock(match: re.Match[str]) -> tuple[int, int]:
    part, hour, minute = match[1] or "", int(_value(match[2]) or 0), match[3] or ""
    if part in ("下午", "晚上", "傍晚", "晚") and hour < 12:
        hour += 12
    return hour, {"半": 30, "一刻": 15, "三刻": 45}.get(minute) or int(
        _value(minute.removesuffix("分")) or 0 if minute else 0
    )


def _number(text: str, match: re.Match[str]) -> Number | None:
    """A number of ``_NUMBER``: its currency or unit before it, the number, "working", its unit, and a half more."""
    before, word, working, after, half = (group or "" for group in match.groups())
    value = _value(word)
    unit = _UNITS.get(before.lower()) or ("percent" if before else _UNITS.get(after.lower(), ""))
    if value is None or (word.lower() in ("a", "an") and not _COUNTING.search(text, 0, match.start(2))):
        return None
    if word.lower() == "once" or (
        word.lower() == "one"
        and not unit
        and (_ONE.search(text, 0, match.start(2)) or not after or after.lower() == "of")
    ):
        return None  # "one of", "that one"
    if word.lower() in ("a", "an") and re.search(r"\bhalf\s+$", text[: match.start(2)], re.I):
        value = 0.5
    if half and after:
        value += 0.5
    if _ABOUT.fullmatch(word):  # 两三天 is a range
        return Number(f"{_value(word[0]):g}-{_value(word[1]):g}", unit, *match.span(2))
    if unit == "discount" and value >= 10:
        value /= 10  # 九五折 is 9.5折
    if unit == "day" and working:
        unit = "working day"
    currency = _CURRENCIES.get(before.lower()) or _CURRENCIES.get(after.lower(), "") if unit == "money" else ""
    return Number(f"{value:g}" if value < 1e6 else str(int(value)), unit, *match.span(2), currency)


def _month(month: int) -> str:
    return ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"][(month - 1) % 12]


def _value(text: str) -> float | None:
    if text[0].isdigit():
        scale = {"万": 10_000.0, "千": 1_000.0}.get(text[-1], 1.0)
        return float(text.rstrip("万千").replace(",", "")) * scale
    if text.lower() in ("a", "an"):
        return 1.0
    if text[0].isascii():
        total = current = 0
        for word in re.split(r"[ -]+", text.lower()):
            if word == "and":
                continue
            value = _WORDS[word]
            if value >= 100:
                current = max(current, 1) * value
            else:
                current += value
        return float(total + current)
    digits = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
    if text.endswith("个半"):
        return (_value(text[:-2]) or 0.0) + 0.5
    if len(text) > 1 and all(character in digits for character in text):  # 九五, 二零二六
        return float("".join(str(digits[character]) for character in text))
    total = current = 0
    for character in text:
        if character == "半":
            return None if len(text) > 1 else 0.5
        if character in digits:
            current = digits[character]
        else:
            total += max(current, 1) * {"十": 10, "百": 100, "千": 1000, "万": 10000}[character]
            current = 0
    return float(total + current)
