"""Says what a reply would leave out: what a price is for, that a product is sold out, and the other thing that was asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generation import facts
from generation.quoting import field_of, quote, spoken
from retrieval.context import ASKING
from retrieval.glossary import glossary
from retrieval.lexical import translation, words
from retrieval.passages import Hit, Language, Passage
from retrieval.sentences import sentences_of, split

_FOR_ONE: dict[Language, str] = {"en": "The listed price is for one.", "zh": "标价是一件的价格。"}
_MANY = r"\d+(?:\.\d+)?|[两二三四五六七八九十百半]+|two|three|four|five|six|seven|eight|nine|ten|dozen|several|half an?"
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
_TOGETHER = re.compile(
    r"一起|一共|总共|合计|[想要]?买|\b(?:together|altogether|in total|both|price|costs?)\b", re.IGNORECASE
)
_WHERE = frozenset(("where", "when", "who"))
_OURS = frozenset(("shop", "stor", "showroom", "展厅", "本店", "店铺", "里"))  # as they are searched


def unsaid(question: str, product: Passage, said: str) -> list[str]:
    """What must stand beside what was ``said`` of a product: that it is sold out, and what its price is for.

    An amount that was asked for gets what the record says of one piece, never its price as if it were the amount's.
    """
    pieces = sentences_of(spoken(product))
    priced = bool(facts.values(dict(product.fields).get("price", "")) & facts.values(said))
    besides: list[str] = []
    if product.sold_out and (priced or _HAVE.search(question)) and not _says_gone(said, product):
        besides += [piece for piece in pieces if field_of(piece, product, "stock 库存 缺货")]
    if priced and (amount := _AMOUNT.search(glossary().simplify(question.lower()))):
        of_one = [piece for piece in pieces if _PACKED.search(piece) and _counts(piece, amount)]
        if not any(_same(amount.group(), piece) for piece in of_one):
            besides += [*sorted(of_one, key=lambda piece: product.title not in piece)[:1], _FOR_ONE[product.language]]
    return [piece for piece in besides if piece not in said]


def rest(question: str, passage: Passage, said: str) -> str:
    """The sentence of a passage in words of the question that nothing ``said`` holds; "" where there is none."""
    missing = facts.plain(question) - facts.words(said)
    if passage.kind == "product" or passage.language != "en" or not missing:
        return ""
    pieces = sentences_of(spoken(passage))
    fits = {piece: len(missing & facts.words(piece)) for piece in pieces if piece not in said}
    best = max(fits, key=lambda piece: fits[piece], default="")
    return best if fits.get(best) else ""


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
    parts = [part.strip() for part in _PARTS.split(glossary().simplify(question)) if part.strip()]
    if len(parts) < 2:
        return None
    prices = bool(_PRICE.search(question))
    known = set(words(f"{told.passage.title}\n{told.passage.text}"))
    for place, part in enumerate(parts):
        before = f"{parts[place - 1]} " if place and _POINTS.search(part) else ""
        for hit in hits:
            passage = hit.passage
            if passage.id == told.passage.id or passage.language != told.passage.language:
                continue
            alike = passage.kind == told.passage.kind
            if not (_ASKS.search(part) or (prices and alike)):
                continue
            if _answers(before + _TOGETHER.sub(" ", part), part, hit, known):
                both = passage.kind == "product" and alike
                title = passage.title if passage.kind == "faq" and passage.title.endswith(("?", "？")) else ""
                gap = " " if title and passage.language == "en" else ""
                return hit, f"{title}{gap}{quote(question if both else part, hit)}"
    return None


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
