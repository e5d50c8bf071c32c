"""The products by price: which is the cheapest or the dearest of those that a question speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.lexical import words
from retrieval.passages import Language, Passage
from retrieval.query import Utterance

_LOWEST = re.compile(
    r"\b(?:cheapest|least expensive|lowest[- ]priced?|most affordable)\b|最便宜|最低价|价格最低|最实惠", re.IGNORECASE
)
_HIGHEST = re.compile(r"\b(?:most expensive|priciest|dearest)\b|最贵|价格最高", re.IGNORECASE)
_DOUBTED = re.compile(
    r"^\W*(?:is|are|isn't|aren't|was|why|does|doesn't)\b|为什么|为啥|怎么这么|是不是|吗\W*$", re.IGNORECASE
)
"""What does not ask for a product: whether one is the cheapest, or why."""
_FILLERS = frozenset(
    words(
        "much price cost sell sold shop store model buy show name give recommend look looking offer available currently now"
        " pls plz u ur whats one hurry model kind thank thanks hi hello hey tell website catalogue"
    )
)
_CHINESE_FILLERS = re.compile(
    r"请问|你好|您好|你们|您们|咱们|我想|想要|想买|要买|看看|推荐|介绍|一下|店里|家里|多少钱|多少|几块钱?|什么价|价格|价钱|"
    r"[一这那哪几][款个种件台把张]|[款个种]|哪|什么|有没有|有|是|卖|买|在售|现在|谢谢|呢|啊|呀|吧|了|要|给我|来"
)
_SIZE = re.compile(
    r"(?:[\s-]+(?:\S*\d\S*|\w{1,2}|pro|plus|max|mini|lite|single|dual|twin|queen|king|full|small|medium|large|low|high|\w?[大中小]号))+$",
    re.IGNORECASE,
)
_WHAT_IT_IS = re.compile(
    r"^(?:an?|the|two|three|a set of)?\s*(.*?)(?:\s(?:with|for|in|to|that|of|and|on|from)\s|[,.;，。；、(（]|$)", re.I
)
"""The start of a summary: "A dimmable LED desk lamp with a folding arm" is a desk lamp."""
_HAN = re.compile(r"[\u3400-\u9fff]+")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class _Product:
    row: int
    price: float
    currency: str
    sold_out: bool
    kinds: tuple[str, ...]
    """What ends in what it is: its names without sizes, the start of its summary. A "Felt Desk Mat" is a mat and no desk."""
    told: str
    """Its names, what is said of it before its price, and its fields."""


class Catalogue:
    """The products among ``passages`` that have a price."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._products: dict[Language, list[_Product]] = {"en": [], "zh": []}
        for row, passage in enumerate(passages):
            if passage.kind == "product" and (product := _product(row, passage)):
                self._products[passage.language].append(product)

    def extreme(self, history: Sequence[Utterance], language: Language) -> int | None:
        """The row of the cheapest or dearest product that the last turn asks for; None where it asks for no such one.

        Every word of it must be told of a product, and the last be what it is; else another search knows better. One without
        such words ("and the cheapest?") is about what the customer's turn before it asks. Those sold out count only where all
        are. None too where prices are in several currencies.
        """
        question = history[-1].text
        low = _LOWEST.search(question)
        if not (low or _HIGHEST.search(question)) or _DOUBTED.search(question):
            return None
        earlier = [turn.text for turn in history[:-1] if turn.role == "customer"]
        wanted = _wanted(question, language) or _wanted(earlier[-1] if earlier else "", language)
        fits = _fits_chinese if language == "zh" else _fits
        found = [product for product in self._products[language] if wanted and fits(product, wanted)]
        found = [product for product in found if not product.sold_out] or found
        if not found or len({product.currency for product in found}) > 1:
            return None
        return min(found, key=lambda product: product.price if low else -product.price).row


def _product(row: int, passage: Passage) -> _Product | None:
    fields = dict(passage.fields)
    written = fields.get("price", "")
    number = _NUMBER.search(written)
    if number is None:
        return None
    names = [
        name for name in (passage.title, *passage.aliases) if bool(_HAN.search(name)) == (passage.language == "zh")
    ]
    summary = passage.text.partition(passage.title)[0].removesuffix("The ").strip()
    start = _WHAT_IT_IS.match(summary)
    return _Product(
        row,
        float(number[0].replace(",", "")),
        written.replace(number[0], "").strip(),
        fields.get("stock", "").strip() == "0",
        (*(_SIZE.sub("", name) for name in names), start[1] if start else ""),
        " ".join((*names, summary, *(f"{name} {value}" for name, value in passage.fields if name != "category"))),
    )


def _wanted(question: str, language: Language) -> list[str]:
    """The words, or in Chinese the runs of characters, that say of what sort the product is."""
    rest = _HIGHEST.sub(" ", _LOWEST.sub(" ", question))
    if language == "zh":
        return [p for run in _HAN.findall(_CHINESE_FILLERS.sub(" ", rest)) for p in re.split("[的之]", run) if p]
    return [word for word in words(rest) if word not in _FILLERS]


def _fits(product: _Product, wanted: Sequence[str]) -> bool:
    ends = any(held[-1:] == (wanted[-1],) for held in map(words, product.kinds))
    return ends and set(wanted) <= set(words(product.told))


def _fits_chinese(product: _Product, wanted: Sequence[str]) -> bool:
    """The last run may end in what it is, by two characters or more, and begin with what is told of it."""
    last = wanted[-1]
    starts = [0, *range(1, len(last) - 1)]
    ends = any(kind.endswith(last[at:]) and last[:at] in product.told for at in starts for kind in product.kinds)
    return ends and all(piece in product.told for piece in wanted[:-1])
