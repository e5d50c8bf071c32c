"""The products by sort and price: which of a sort there are, and which of them is the cheapest or the dearest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from retrieval.lexical import words
from retrieval.passages import Language, Listing, Passage
from retrieval.query import Utterance

_LOWEST = re.compile(
    r"\b(?:cheapest|least expensive|lowest[- ]priced?|most affordable)\b|最便宜|最低价|价格最低|最实惠", re.IGNORECASE
)
_HIGHEST = re.compile(r"\b(?:most expensive|priciest|dearest)\b|最贵|价格最高", re.IGNORECASE)
_DOUBTED = re.compile(
    r"^\W*(?:is|are|isn't|aren't|was|why|does|doesn't)\b|为什么|为啥|怎么这么|是不是|吗\W*$", re.IGNORECASE
)
"""What does not ask for a product: whether one is the cheapest, or why."""
_OFFERED = re.compile(
    r"\b(?:do|don't|did) (?:you|u|ya|they)(?: guys)? (?:have|got|sell|stock|carry|do|offer)\b|\b(?:have you|you|u) got\b"
    r"|^\W*(?:\w+ )?(?:got )?any\b|^(?:请问)?(?:(?:你们?|您|店里|这里|咱们?)+(?:有没有|有.{1,12}[吗嘛么不]\W*$)|(?:你们?|您)?卖.{1,12}[吗嘛么不]\W*$)",
    re.IGNORECASE,
)
_HAVE = re.compile(r"^(?:请问)?(?:有没有|有.{1,12}[吗嘛么不]\W*$)")
"""As the first words of a conversation; after others it asks what the thing spoken of has."""
_EXCLUDED = re.compile(
    r"\b(?:(?<!\bor )not|without|except|excluding|besides|other than|apart from|(?:with|have|has) no)\b|n['’]t\b(?! (?:you|u|ya|they)\b)"
    r"|(?<!for )(?<!in )(?<!on )(?<!with )\bmy\b"
    r"|不[带含用需]|(?<!是)不是|(?<!要)不要|(?<!能)不能|(?<!会)不会|(?<!(?<!没)有)没有.+的|除了|[之以]外",
    re.IGNORECASE,
)
"""What asks for products by what they are not ("有没有" and "or not" do not), or is about the customer's own."""
_MODIFIED = re.compile(r"\b(?:with|for|in|that|under|from|(?<!\bset )of|on|about|when|if)\b", re.IGNORECASE)
"""What stands before it is asked for: a "warranty on desk lamps" is no lamp."""
_FILLERS = frozenset(
    words(
        "much price cost sell sold shop store model buy show name give recommend look looking offer available currently now"
        " pls plz u ur whats one hurry model kind sort type range selection pair thank thanks hi hello hey tell website catalogue"
    )
)
_CHINESE_FILLERS = re.compile(
    r"请问|你好|您好|你们|您们|咱们|我想|想要|想买|要买|看看|推荐|介绍|一下|店里|家里|多少钱|多少|几块钱?|什么价|价格|价钱|"
    r"[一这那哪几][款个种件台把张]|[款个种]|哪|什么|有没有|有|是|卖|买|在售|现在|谢谢|呢|啊|呀|吧|吗|嘛|么|了|要|给我|来"
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
    passage: Passage
    price: float
    currency: str
    kinds: tuple[str, ...]
    """What ends in what it is: its names with and without sizes, the start of its summary. A "Felt Desk Mat" is a mat and no desk."""
    told: str
    """Its names, what is said of it before its price, and its fields."""
    ends: frozenset[str]
    told_words: frozenset[str]
    """The last words of ``kinds`` and the words of ``told``, as English is searched."""


class Catalogue:
    """The products among ``passages`` that have a price; they are read when the first such question comes."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages

    @cached_property
    def _products(self) -> dict[Language, list[_Product]]:
        found: dict[Language, list[_Product]] = {"en": [], "zh": []}
        for passage in self._passages:
            if passage.kind == "product" and (product := _product(passage)):
                found[passage.language].append(product)
        return found

    def asked(self, history: Sequence[Utterance], language: Language) -> Listing | None:
        """The products of a sort whose cheapest or dearest the last turn asks for, or what there is of it; else None.

        Every word of it must be told of a product, and name what it is; else another search knows better. A turn without such
        words ("and the cheapest?") is about what the customer's turn before it asks. Those sold out count only where all are,
        and prices in several currencies are not compared.
        """
        question = history[-1].text
        low, high = _LOWEST.search(question), _HIGHEST.search(question)
        compared = bool(low or high)
        offered = _OFFERED.search(question) or (len(history) == 1 and _HAVE.search(question))
        if _EXCLUDED.search(question) or (_DOUBTED.search(question) if compared else not offered):
            return None
        earlier = [turn.text for turn in history[:-1] if turn.role == "customer"][-1:] if compared else []
        sorts = (_wanted(text, language) for text in (question, *earlier))
        wanted = next((sort for sort in sorts if sort[0]), None)
        if wanted is None:
            return None
        fits = _fits_chinese if language == "zh" else _fits
        found = [product for product in self._products[language] if fits(product, *wanted)]
        found = [product for product in found if _is_called(product, wanted[0], language)] or found
        found = [product for product in found if not product.passage.sold_out] or found
        if len({product.currency for product in found}) != 1:
            return None
        found.sort(key=lambda product: -product.price if high else product.price)
        return Listing(tuple(product.passage for product in found), "cheapest" if low else "dearest" if high else "any")


def _product(passage: Passage) -> _Product | None:
    written = dict(passage.fields).get("price", "")
    number = _NUMBER.search(written)
    if number is None:
        return None
    names = [
        name for name in (passage.title, *passage.aliases) if bool(_HAN.search(name)) == (passage.language == "zh")
    ]
    summary = passage.text.partition(passage.title)[0].removesuffix("The ").strip()
    start = _WHAT_IT_IS.match(summary)
    kinds = (*names, *(_SIZE.sub("", name) for name in names), start[1] if start else "")
    told = " ".join((*names, summary, *(f"{name} {value}" for name, value in passage.fields if name != "category")))
    return _Product(
        passage,
        float(number[0].replace(",", "")),
        written.replace(number[0], "").strip(),
        kinds,
        told,
        frozenset(held[-1] for held in map(words, kinds) if held),
        frozenset(words(told)),
    )


_Sort = tuple[Sequence[str], Sequence[str]]
"""The words, or in Chinese the runs of characters, that say what it is, and those that say more of it."""


def _wanted(question: str, language: Language) -> _Sort:
    rest = _HIGHEST.sub(" ", _LOWEST.sub(" ", question))
    if language == "zh":
        runs = [p for run in _HAN.findall(_CHINESE_FILLERS.sub(" ", rest)) for p in re.split("[的之]", run) if p]
        return runs[-1:], runs[:-1]
    parts = _MODIFIED.split(_OFFERED.sub(" ", rest))
    said = ([word for word in words(part) if word not in _FILLERS] for part in parts)
    named, *more = [part for part in said if part] or [[]]
    return named, [word for part in more for word in part]


def _is_called(product: _Product, named: Sequence[str], language: Language) -> bool:
    if language == "zh":
        return named[0] in product.kinds
    return any(set(words(kind)) == set(named) for kind in product.kinds[:-1])


def _fits(product: _Product, named: Sequence[str], more: Sequence[str]) -> bool:
    return named[-1] in product.ends and product.told_words.issuperset((*named, *more))


def _fits_chinese(product: _Product, named: Sequence[str], more: Sequence[str]) -> bool:
    """What is named may end in what it is, by two characters or more, and begin with what is told of it."""
    last = named[0]
    starts = [0, *range(1, len(last) - 1)]
    ends = any(kind.endswith(last[at:]) and last[:at] in product.told for at in starts for kind in product.kinds)
    return ends and all(piece in product.told for piece in more)
