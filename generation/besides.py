"""Says what a reply would leave out: what a price is for, that a product is sold out, and the other thing that was asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generation import facts, figures
from generation.quoting import field_of, quote, spoken
from retrieval.context import ASKING
from retrieval.glossary import glossary
from retrieval.lexical import translation, words
from retrieval.passages import Hit, Language, Passage
from retrieval.sentences import sentences_of, split

_FOR_ONE: dict[Language, str] = {"en": "The listed price is for one.", "zh": "标价是一件的价格。"}
_MANY = r"\d{1,9}(?:\.\d{1,9})?|[两二三四五六七八九十百半]{1,9}|two|three|four|five|six|seven|eight|nine|ten|dozen|several|half an?"
_MEASURES = (
    r"公斤|千克|(?<!公)斤|克|kg|kilos?|kilograms?|g|grams?|lbs?|oz|ounces?",
    r"毫升|升|ml|millilit(?:re|er)s?|lit(?:re|er)s?|l",
    r"厘米|毫米|米|cm|mm|met(?:re|er)s?|m|feet|foot|ft|inch(?:es)?|yards?",
)
"""Units that tell the same of a thing: its mass, its volume, its length."""
_MEASURE = "|".join(_MEASURES)
_COUNTED = "包|袋|瓶|罐|盒|箱|件|个(?!月)|支|条|只|双|套|台|张|份|本|粒|片|根|桶|卷|打"
_AMOUNT = re.compile(
    rf"(?:(?:{_MANY}|[一每]|\b(?:an?|one|per|each|every))[\s-]*)(?P<measure>{_MEASURE})(?![a-z])"
    rf"|(?:(?:{_MANY})\s*|[一每](?=[箱打]))(?P<count>{_COUNTED})"
    rf"|\b(?P<several>(?:{_MANY})(?: of\b| (?!(?:year|month|day|week|hour|minute|watt|lumen|people|pound|dollar|euro)s?\b)"
    r"(?:[\w-]+ ){0,2}\w+s\b)"
    rf"|for (?:{_MANY})\W*$)",
    re.IGNORECASE,
)
"""An amount of a thing that is not one piece of it."""
_PACKED = re.compile(
    r"净含量|净重|规格|容量|数量|重量|尺寸|长度|装|\b(?:net|contents?|pack|capacity|quantity|size|weight|length|volume)\b",
    re.IGNORECASE,
)
"""What tells how much one piece is."""
_GONE = re.compile(r"缺货|售罄|\b(?:out of stock|sold out)\b", re.IGNORECASE)
_OF_IT = re.compile(r"\W*(?:no|it|sorry|unfortunately|它|这款)\b", re.IGNORECASE)
_HAVE = re.compile(
    r"有(?:没有|吗|么|嘛|不有)|[吗么]?有货|\b(?:have|sell|stock|get|buy|order|available)\b|想?[买要]", re.I
)
_PARTS = re.compile(
    r"[?？!！。；;\n]+|[,，、]+|(?<=[\u3400-\u9fff])\s+|\s+(?=[\u3400-\u9fff])|\b(?:and|also|plus)\b|还有|以及|另外|顺便|[和加跟与]",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"吗|么|呢|[几多][少久点大长高远]?|哪|怎|谁|什么|啥|能不能|可不可以|有没有|要不要"
    r"|^\W*(?:can|could|do|does|did|is|are|will|would|what|when|where|which|who|how|may)\b",
    re.IGNORECASE,
)
_PRICE = re.compile(r"多少钱|几块|价格|价钱|怎么卖|\bhow much\b|\bprices?\b|\bcosts?\b", re.IGNORECASE)
_POINTS = re.compile(r"\b(?:it|its|they|them|that|this|those|these)\b|[它其]|这个|那个", re.IGNORECASE)
_TIME = re.compile(
    r"\bhow (?:long|soon|fast|quick\w*)\b|\bwhen\b|\btimes?\b|多久|多长时间|几天|什么时候|时效|时间", re.IGNORECASE
)
_STOCK = re.compile(
    r"\b(?:in|out of) stock\b|\bstock\b|\bavailab|\bany left\b|\bsold out\b|\bdo (?:you|u) (?:still )?have (?:it|them|any|this|that|one)\b"
    r"|[有现缺]货|库存",
    re.IGNORECASE,
)
_IN_STOCK = re.compile(r"\bstock\b|\bavailable\b|\bsold out\b|[有现缺没无]货|库存|售罄", re.IGNORECASE)
_GUESTS = r"people|persons?|guests?|adults?|kids?|child(?:ren)?|friends?|participants?|pupils?|students?|visitors?|passengers?"
_LIMITS = (
    (  # how old
        re.compile(
            r"\b\d{1,3}[\s-]*(?:years?|yrs?)[\s-]*olds?\b|\b\d{1,3}[\s-]*y/?o\b|\bhow old\b|\bages?\b|\baged\b"
            r"|\b(?:kids?|child(?:ren)?|toddlers?|bab(?:y|ies)|teen\w*|minors?|seniors?|pensioners?|my (?:\w+ )?(?:son|daughter|grand\w+))\b"
            r"|\d\s*岁|[几多少]岁|多大年[龄纪]|年龄|年纪|小孩|孩子|儿童|宝宝|老人|未成年|[儿女]子",
            re.IGNORECASE,
        ),
        re.compile(
            r"(?<![$€£¥\d.,])\b\d{1,2}(?: (?:years?|yrs?)(?: old| of age)?)?(?:\+| (?:or|and) (?:older|younger)\b)"
            r"|(?<![$€£¥\d.,])\b\d{1,2} (?:years?|yrs?) (?:old |of age )?(?:or|and) (?:over|above|up|under)\b"
            rf"|\b(?:{_GUESTS}|any(?:one|body)|nobody|no one|those|riders?) (?:must be )?(?:under|over|below|above|aged|from|between|of)(?: the age of| ages?)? \d{{1,2}}\b(?!\s*(?:%|kg|cm|m\b|minutes?|hours?|days?))"
            r"|\b(?:over|under)[- ]\d{1,2}s\b|\b(?:older|younger) than \d+|\b(?:at least|from|under|over|up to) \d{1,2} years (?:old|of age)\b"
            r"|\b(?:for |from |minimum )?(?:ages?|aged) (?:limit |is |of |from |between )*\d{1,2}|\bmust be (?:at least |over )?\d{1,2}\b(?! *(?:cm|kg|m\b|%|days?|hours?|minutes?))"
            r"|\badults only\b|\d{1,2}\s*周?岁|未成年人?|成年人",
            re.IGNORECASE,
        ),
    ),
    (  # how many people
        re.compile(
            rf"\b(?:{_MANY})[\s-]+(?:\w+ )?(?:{_GUESTS}|of us)\b|\b(?:group|party|team|class|table)s? of (?:{_MANY})\b|\bhow many (?:{_GUESTS})\b"
            r"|(?:(?<!\d)\d{1,5}|[两二三四五六七八九十]{1,3})\s*(?:个人|人(?!民)|位)|[几多少]个?[人位]",
            re.IGNORECASE,
        ),
        re.compile(
            rf"\b(?:up to|at (?:most|least)|(?:max|min)(?:imum)?\.?(?: of)?|(?:no )?more than|(?:no )?fewer than|limited to|from|\d+ (?:to|-)|\d+\s*[-–]) ?\d+ (?:\w+ )?(?:{_GUESTS})\b"
            rf"|\b\d+ (?:{_GUESTS}) (?:or (?:more|fewer)|at (?:most|least))\b"
            r"|(?:最多|至多|至少|最少|不超过|限|满|到)[\u3400-\u9fff]{0,3}\s*\d+\s*(?:个人|人|位|名)|\d+\s*(?:个人|人|位|名)(?:以[上内下]|起|封顶)",
            re.IGNORECASE,
        ),
    ),
)
"""Asks of how old or how many people somebody speaks, and bounds that."""
_OF_A_KIND = (
    frozenset(("money",)),
    frozenset(("kilogram", "gram")),
    frozenset(("metre", "centimetre", "millimetre")),
    frozenset(("kilometre", "mile")),
    frozenset(("litre",)),
    facts.DURATIONS,
)
_HEAVY = re.compile(r"\bhow heavy\b|\bhow much .*\bweigh|\bweight limit\b|多重|[几多少](?:公斤|千克|斤)", re.IGNORECASE)
_TOGETHER = re.compile(
    r"一起|一共|总共|合计|[想要]?买|\b(?:together|altogether|in total|both|price|costs?)\b", re.IGNORECASE
)
_ARRIVES = frozenset(words("arrive arrives delivered 到 能到 送到 收到 时间 价格 费用"))
"""Says nothing of what arrives, or of what has a price."""
_WHERE = frozenset(("where", "when", "who"))
_OURS = frozenset(("shop", "stor", "showroom", "展厅", "本店", "店铺", "里"))  # as they are searched


def unsaid(question: str, product: Passage, said: str) -> list[str]:
    """What must stand beside what was ``said`` of a product: what else was asked of it, that it is sold out, what its price is for.

    An amount that was asked for gets what the record says of one piece, never its price as if it were the amount's.
    """
    pieces = sentences_of(spoken(product))
    besides = _asked_too(question, product, pieces, said)
    before, said = said, " ".join((said, *besides))
    priced = bool(facts.values(dict(product.fields).get("price", "")) & facts.values(said))
    if product.sold_out and (priced or _HAVE.search(question)) and not _says_gone(said, product):
        besides += [piece for piece in pieces if field_of(piece, product, "stock 库存 缺货")]
    if priced and (amount := _AMOUNT.search(glossary().simplify(question.lower()))):
        of_one = [piece for piece in pieces if _PACKED.search(piece) and _counts(piece, amount)]
        if not any(_same(amount.group(), piece) for piece in of_one):
            besides += [*sorted(of_one, key=lambda piece: product.title not in piece)[:1], _FOR_ONE[product.language]]
    return [piece for piece in dict.fromkeys(besides) if piece not in before]


def _asked_too(question: str, product: Passage, pieces: Sequence[str], said: str) -> list[str]:
    """The sentences that tell the other fields of a product, where more than one is asked and not all were ``said``."""
    parts = _parts(question)
    stocked, priced = _STOCK.search(question), _PRICE.search(question)
    if len(parts) < 2 and not (stocked and priced):
        return []
    # The words of the price and of the stock are known; any other field is found by each part of the question.
    told = [quote(part, Hit(product, 1.0)) for part in parts if _ASKS.search(part) or len(words(part)) < 3]
    found: list[str] = []
    for piece in pieces:
        if product.title not in piece:
            continue
        if facts.values(dict(product.fields).get("price", "")) & facts.values(piece):
            missing = priced and not facts.values(piece) & facts.values(said)
        elif field_of(piece, product, "stock 库存 缺货"):
            missing = stocked and not _IN_STOCK.search(said) and not product.sold_out
        else:
            missing = any(piece in answer for answer in told) and not _holds(said, piece, product)
        if missing:
            found.append(piece)
    return found


def _holds(said: str, piece: str, product: Passage) -> bool:
    """Whether what a sentence of a record tells was ``said`` already, in these words or in others."""
    told_figures = facts.values(piece.replace(product.title, " "))
    if told_figures:
        return told_figures <= facts.values(said)
    telling = facts.words(piece) - facts.words(product.title)
    return piece in said or len(telling & facts.words(said)) * 2 >= len(telling)


def rest(question: str, passage: Passage, said: str) -> str:
    """What a passage says of the question that nothing ``said`` holds; "" where there is nothing.

    That is a limit to what the question has a figure of ("18 or older" for a 16 year old), or else, in English, the sentence in
    words of the question that were not said.
    """
    if passage.kind == "product":
        return ""
    pieces = [piece for piece in sentences_of(spoken(passage)) if piece not in said]
    if limits := [piece for piece in pieces if _limits(question, piece, said)]:
        return ("" if passage.language == "zh" else " ").join(limits[:2])
    missing = facts.plain(question) - facts.words(said)
    if passage.language != "en" or not missing:
        return ""
    fits = {piece: len(missing & facts.words(piece)) for piece in pieces}
    best = max(fits, key=lambda piece: fits[piece], default="")
    return best if fits.get(best) else ""


def _limits(question: str, piece: str, said: str) -> bool:
    """Whether a sentence bounds a kind of figure that the question asks of, and its bound was not ``said``."""
    values, lowered = facts.values(said), said.lower()
    numbers = facts.numbers(piece)
    for asked, bounded in _LIMITS:
        if not asked.search(question):
            continue
        for match in bounded.finditer(piece):
            within = {number.value for number in numbers if number.start < match.end() and match.start() < number.end}
            if not within <= values if within else match.group().lower() not in lowered:
                return True
    aged = _LIMITS[0][0].search(question)
    kinds = {number.kind for number in facts.numbers(question) if not (aged and number.kind in facts.DURATIONS)}
    kinds |= {"kilogram"} if _HEAVY.search(question) else set()
    alike = frozenset().union(*(group for group in _OF_A_KIND if group & kinds))
    return any(
        number.kind in alike and number.value not in values and ("-" in number.value or figures.bounds(piece, number))
        for number in numbers
    )


def price(question: str, product: Passage) -> str:
    """The product's words that tell its price, where an amount of it is asked the price of; "" else."""
    if product.kind != "product" or not _PRICE.search(question) or not _AMOUNT.search(question.lower()):
        return ""
    told = quote(question, Hit(product, 1.0))
    return told if facts.values(dict(product.fields).get("price", "")) & facts.values(told) else ""


def _says_gone(said: str, product: Passage) -> bool:
    """Whether it was said that the product is sold out, and the day when it is back where its record holds one."""
    of_it = (text for text in split(said) if product.title in text or _OF_IT.match(text))
    return any(_GONE.search(text) for text in of_it) and dict(product.fields).get("restock", "") in said


def _counts(piece: str, amount: re.Match[str]) -> bool:
    """Whether a sentence tells how much in units of the same kind."""
    unit = amount["measure"] or amount["count"]
    if not unit:
        return False
    alike = next((units for units in _MEASURES if re.fullmatch(units, unit)), re.escape(unit))
    return bool(re.search(rf"\d\s*(?:{alike})(?![a-z])", piece.lower()))


def _same(amount: str, piece: str) -> bool:
    asked = {(number.value, number.kind) for number in facts.numbers(amount)}
    stated = {(number.value, number.kind) for number in facts.numbers(piece)}
    return bool(asked) and asked <= stated and any(kind for _, kind in asked)


def other(question: str, told: Hit, hits: Sequence[Hit]) -> tuple[Hit, str] | None:
    """The passage found beside the one ``told`` that answers another part of the message, and its words; None where none does.

    It must be of all that the part says, and say something of it that the one told does not hold.
    """
    parts = _parts(question)
    if len(parts) < 2:
        return None
    prices = bool(_PRICE.search(question))
    known = set(words(f"{told.passage.title}\n{told.passage.text}"))
    for place, part in enumerate(parts):
        own = _TOGETHER.sub(" ", part)
        bare = bool(_asks_of(part)) and not set(words(own)) - ASKING - _ARRIVES
        # A price or a time asked of nothing is asked of what the entry told shares with the rest of the message.
        shared = _shared((*parts[:place], *parts[place + 1 :]), told.passage) if bare else ()
        before = " ".join(shared) or (parts[place - 1] if place and _POINTS.search(part) else "")
        for hit in hits:
            passage = hit.passage
            if passage.id == told.passage.id or passage.language != told.passage.language:
                continue
            alike = passage.kind == told.passage.kind
            if not (_ASKS.search(part) or ((prices or _TIME.search(part)) and alike)):
                continue
            if shared and alike and passage.kind != "product":
                fits = _asks_besides(part, shared, told.passage, passage)
            else:
                fits = _answers(f"{before} {own}" if before else own, part, hit, known)
            if fits:
                both = passage.kind == "product" and alike
                title = passage.title if passage.kind == "faq" and passage.title.endswith(("?", "？")) else ""
                gap = " " if title and passage.language == "en" else ""
                return hit, f"{title}{gap}{quote(question if both else part, hit)}"
    return None


def _parts(question: str) -> list[str]:
    """The parts of a message that may each ask something."""
    return [part.strip() for part in _PARTS.split(glossary().simplify(question)) if part.strip()]


def _shared(parts: Sequence[str], told: Passage) -> tuple[str, ...]:
    """The words of other parts that the title of the entry told has as well: what the message is about."""
    title = set(words(told.title)) - ASKING - _OURS
    return tuple(dict.fromkeys(word for part in parts for word in words(part) if word in title))


def _asks_besides(part: str, about: Sequence[str], told: Passage, passage: Passage) -> bool:
    """Whether an entry is about the same as the one told and its title asks the price or the time that a part asks of it."""
    title = set(words(passage.title)) - ASKING - _OURS
    asked = _asks_of(part) & _asks_of(passage.title) - _asks_of(told.title)
    return bool(asked and title) and title <= set(about)


def _asks_of(text: str) -> frozenset[str]:
    return frozenset(kind for kind, asks in (("price", _PRICE), ("time", _TIME)) if asks.search(text))


def _answers(asked: str, part: str, hit: Hit, known: set[str]) -> bool:
    passage = hit.passage
    title = set(words(" ".join((passage.title, *passage.aliases)) if passage.kind == "product" else passage.title))
    said, telling = set(words(part)), set(words(asked)) - ASKING
    if not telling - _OURS:
        return not title - ASKING - _OURS and bool(_asking(part) & _asking(passage.title))
    if not said & title - known:
        return False
    share = len(telling & title) / len(telling)
    return share == 1 or (share >= 0.5 and hit.score >= 0.5 and title - ASKING <= telling)


def _asking(text: str) -> frozenset[str]:
    """Which of the words that ask for a place, a time or a person a text has, in English."""
    english = translation(text) or text
    return _WHERE & set(re.findall(r"[a-z]+", english.lower()))
