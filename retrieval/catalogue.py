"""The products by sort and price: which of a sort there are, which cost so much, and which is the cheapest or the dearest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from retrieval.budget import budget
from retrieval.glossary import glossary
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
    r"|\b(?:what|which)\b(?=.*\b(?:are|is) there\b)|有(?:哪些|什么|啥|哪[几两]?[款种])|都卖(?:什么|哪些|啥)|推荐|\b(?:recommend|suggest)\b"
    r"|^\W*(?:\w+ )?(?:got )?any\b|^(?:请问)?(?:(?:你们?|您|店里|这里|咱们?)+(?:有没有|有.{1,12}[吗嘛么不]\W*$)|(?:你们?|您)?卖.{1,12}[吗嘛么不]\W*$)",
    re.IGNORECASE,
)
_HAVE = re.compile(r"^(?:请问)?(?:有没有|有.{1,12}[吗嘛么不]\W*$)")
"""As the first words of a conversation; after others it asks what the thing spoken of has."""
_ANYTHING = re.compile(
    r"\b(?:anything|something|recommend\w*|suggest\w*|budget|gifts?|presents?|what (?:can|could|should|would|do|have))\b"
    r"|买(?:点|些)?(?:什么|啥)|有(?:什么|啥|哪)|推荐|预算|送",
    re.IGNORECASE,
)
"""What asks for a product of any sort."""
_FOR_SOMEBODY = re.compile(
    r"\bfor (?:my|our|his|her|their|some(?:one|body))\b[^,.;?!]*|\b(?:as )?(?:an? )?(?:gifts?|presents?)\b"
    r"|(?:想|要|准备|打算)*送(?:给)?(?:[我他她]的?)?(?:长辈|老人|父母|爸妈|[爸妈]+|[男女]?朋友|男友|女友|老[公婆]|同[事学]|领导|客户|老师"
    r"|孩子|小孩|家人|爷爷|奶奶|亲戚|人|礼物?)*",
    re.IGNORECASE,
)
"""Whom it is for: no word of the product."""
_EXCLUDED = re.compile(
    r"\b(?:(?<!\bor )not|without|except|excluding|besides|other than|apart from|(?:with|have|has) no)\b|n['’]t\b(?! (?:you|u|ya|they)\b)"
    r"|(?<!for )(?<!in )(?<!on )(?<!with )\bmy\b"
    r"|不[带含用需]|(?<!是)不是|(?<!要)不要|(?<!能)不能|(?<!会)不会|(?<!(?<!没)有)没有.+的|除了|[之以]外",
    re.IGNORECASE,
)
"""What asks for products by what they are not ("有没有" and "or not" do not), or is about the customer's own."""
_HOW = re.compile(r"\b(?:how (?!much\b|many\b)|why|when|where)\b|怎么(?!卖)|什么时候", re.IGNORECASE)
_BUT = re.compile(
    r"^(?:那|但)?(?:不要|不喝|不想要|不喜欢|除了)(?P<zh>.{1,12}?)(?:[以之]外)?(?:[的呢吗]|还有(?:什么|哪些|别的)|\W)*$"
    r"|^(?:but |and )?(?:not|except|besides|other than|anything but)\b(?P<en>.{3,40})$",
    re.IGNORECASE,
)
"""What takes some away from the products that were asked for before."""
_MODIFIED = re.compile(r"\b(?:with|for|in|that|under|from|(?<!\bset )of|on|about|when|if)\b", re.IGNORECASE)
"""What stands before it is asked for: a "warranty on desk lamps" is no lamp."""
_FILLERS = frozenset(
    words(
        "much price cost sell sold shop store model buy show name give recommend look looking offer available currently now"
        " stock anything something thing stuff product item gift present budget get buying spend price range under"
        " pls plz u ur whats one hurry model kind sort type range selection pair thank thanks hi hello hey tell website catalogue"
    )
)
_CHINESE_FILLERS = re.compile(
    r"请问|你好|您好|你们|您们|咱们|我想|想要|想买|要买|看看|推荐|介绍|一下|店里|家里|[怎咋]么?卖|贵不贵|贵[吗嘛么]|"
    r"(?:多少|几块)钱?|什么价位?|价[格钱位]|售价|预算|左右|东西|[产商]品|礼物|(?<=什么)(?:好|合适)|有货|现货|库存|"
    r"[一这那哪几][款个种件台把张些]|[款个种]|哪些?|那|还有|另外|什么|啥|有没有|有|是|卖|买|在售|现在|谢谢|呢|啊|呀|吧|吗|嘛|么|了|要|给我|来|都"
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
_RUN = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
_LOOK_BACK = 3
"""Turns of the customer in which the sort is sought that a turn leaves unsaid."""
_Order = Literal["cheapest", "dearest", "any", "within", "nearest", "named"]


@dataclass(frozen=True, slots=True)
class _Product:
    passage: Passage
    price: float
    currency: str
    sizeless: tuple[str, ...]
    """Those of its names that tell no size."""
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
        """The products of a sort whose cheapest or dearest the last turn asks for, or what there is of it or costs so much; else None.

        Every word of it must be told of a product, and name what it is; else another search knows better. A turn without such
        words ("and the cheapest?", "under $50") is about what the customer asked for before. A name that several products go by
        is answered with all of them. Those sold out count only where all are, and prices in several currencies are not compared.
        """
        question = glossary().simplify(history[-1].text).strip()
        if but := _BUT.match(question):
            others = self._of(_wanted(but["zh"] or but["en"], language), language)
            asked = self._spoken_of(history, language) if others else []
            left = [product for product in asked if product not in others]
            return _listing(_in_stock(left), "any") if len(left) < len(asked) else None
        afford, rest = budget(question)
        low, high = _LOWEST.search(question), _HIGHEST.search(question)
        compared = bool(low or high)
        offered = _OFFERED.search(question) or (len(history) == 1 and _HAVE.search(question))
        if _EXCLUDED.search(_FOR_SOMEBODY.sub(" ", rest)) or (compared and _DOUBTED.search(question)):
            return None
        wanted = _wanted(_FOR_SOMEBODY.sub(" ", rest) if afford else rest, language)
        if not (compared or afford):
            found = self._called(wanted, language)
            if len(found) > 1 and not _HOW.search(question) and not _told_apart(found, question):
                return _listing(found, "named")
            if not offered:
                return None
        found = self._of(wanted, language)
        if not wanted[0] and (compared or afford):
            found = [] if _FOR_SOMEBODY.search(question) else self._spoken_of(history, language)
            if not found and afford and _ANYTHING.search(question):
                found = self._products[language]
        found = _in_stock(found)
        if afford and found and afford.in_currency(found[0].currency):
            within = [product for product in found if afford.holds(product.price)]
            if not within:
                return _listing([min(found, key=lambda product: afford.distance(product.price))], "nearest")
            return _listing(within, "cheapest" if low else "dearest" if high else "within")
        return _listing(found, "cheapest" if low else "dearest" if high else "any") if not afford else None

    def _of(self, wanted: _Sort, language: Language) -> list[_Product]:
        """The products of a sort; those alone that are called so where some are."""
        if not wanted[0]:
            return []
        fits = _fits_chinese if language == "zh" else _fits
        products = self._products[language]
        found = [product for product in products if fits(product, *wanted)]
        if not found and language == "zh" and len(wanted[0][0]) > 1:
            found = [product for product in products if _fits_chinese(product, *wanted, left_out=1)]
        return [product for product in found if _is_called(product, wanted[0], language)] or found

    def _called(self, wanted: _Sort, language: Language) -> list[_Product]:
        """The products that go by a name, or by it and their size where none goes by it alone."""
        named, more = wanted
        if not named or more:
            return []
        found = [product for product in self._products[language] if _is_called(product, named, language)]
        return [product for product in found if _is_called(product, named, language, product.sizeless)] or found

    def _spoken_of(self, history: Sequence[Utterance], language: Language) -> list[_Product]:
        """The products of the sort that the customer asked for before; turns that name none are passed over."""
        for turn in [turn for turn in reversed(history[:-1]) if turn.role == "customer"][:_LOOK_BACK]:
            text = budget(glossary().simplify(turn.text))[1]
            wanted = _wanted(text, language)
            if wanted[0] and not _EXCLUDED.search(text):
                return self._of(wanted, language)
        return []


def _in_stock(found: list[_Product]) -> list[_Product]:
    """Without those sold out, where not all are."""
    return [product for product in found if not product.passage.sold_out] or found


def _told_apart(found: Sequence[_Product], question: str) -> bool:
    """Whether the question holds a word that is in one of their titles and not in another's, such as a size."""
    titles = [set(_RUN.findall(product.passage.title.casefold())) for product in found]
    return not set(_RUN.findall(question.casefold())).isdisjoint(set.union(*titles) - set.intersection(*titles))


def _listing(found: Sequence[_Product], order: _Order) -> Listing | None:
    """None where there are none, or their prices are in several currencies."""
    if len({product.currency for product in found}) != 1:
        return None
    by_price = sorted(found, key=lambda product: -product.price if order == "dearest" else product.price)
    return Listing(tuple(product.passage for product in by_price), order)


def _product(passage: Passage) -> _Product | None:
    written = dict(passage.fields).get("price", "")
    number = _NUMBER.search(written)
    if number is None:
        return None
    names = tuple(
        glossary().simplify(name)
        for name in dict.fromkeys((passage.title, *passage.aliases))
        if bool(_HAN.search(name)) == (passage.language == "zh")
    )
    summary = passage.text.partition(passage.title)[0].removesuffix("The ").strip()
    summary = glossary().simplify(summary)
    start = _WHAT_IT_IS.match(summary)
    kinds = (*names, *(_SIZE.sub("", name) for name in names), start[1] if start else "")
    told = " ".join((*names, summary, *(f"{name} {value}" for name, value in passage.fields if name != "category")))
    return _Product(
        passage,
        float(number[0].replace(",", "")),
        written.replace(number[0], "").strip(),
        tuple(name for name in names if not _SIZE.search(name)),
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


def _is_called(product: _Product, named: Sequence[str], language: Language, names: Sequence[str] | None = None) -> bool:
    """Whether it goes by these words, with its size or without; by one of ``names`` where they are given."""
    names = product.kinds[:-1] if names is None else names
    if language == "zh":
        return named[0] in names
    return any(set(words(name)) == set(named) for name in names)


def _fits(product: _Product, named: Sequence[str], more: Sequence[str]) -> bool:
    return named[-1] in product.ends and product.told_words.issuperset((*named, *more))


def _fits_chinese(product: _Product, named: Sequence[str], more: Sequence[str], left_out: int = 0) -> bool:
    """What is named may end in what it is, by two characters or more, and begin with what is told of it.

    The last characters may be ``left_out``: 乌龙 is 乌龙茶.
    """
    last = named[0]
    starts = [0, *range(1, len(last) - 1)]
    kinds = [kind[: len(kind) - left_out] for kind in product.kinds]
    ends = any(kind.endswith(last[at:]) and last[:at] in product.told for at in starts for kind in kinds)
    return ends and all(piece in product.told for piece in more)
