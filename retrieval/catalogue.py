"""The products by sort and price: which of a sort there are, which cost so much or less, and which is the cheapest or the dearest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from retrieval.budget import Budget, budget
from retrieval.glossary import glossary
from retrieval.interest import FOR_SOMEBODY, INTERESTED, interest, refused, tells
from retrieval.lexical import words
from retrieval.passages import Language, Listing, Passage
from retrieval.query import Utterance
from retrieval.shorthand import written_out

LOWEST = re.compile(
    r"\b(?:cheapest|least expensive|lowest[- ]priced?|most affordable)\b|最便宜|最低价|价格最低|最实惠", re.IGNORECASE
)
HIGHEST = re.compile(r"\b(?:most expensive|priciest|dearest)\b|最贵|价格最高", re.IGNORECASE)
_DOUBTED = re.compile(
    r"^\W*(?:is|are|isn't|aren't|was|why|does|doesn't)\b|为什么|为啥|怎么这么|是不是|吗\W*$", re.IGNORECASE
)
"""What does not ask for a product: whether one is the cheapest, or why."""
_OFFERED = re.compile(
    r"\b(?:do|don't|did) (?:you|u|ya|they)(?: guys)? (?:have|got|sell|stock|carry|do|offer)\b|\b(?:have you|you|u) got\b"
    r"|\b(?:what|which)\b(?=.*\b(?:are|is) there\b)|有(?:哪些|什么|啥|哪[几两]?[款种]|(?:几|多少)[款种])|都卖(?:什么|哪些|啥)|推荐|\b(?:recommend|suggest)\b"
    r"|^\W*(?:\w+ )?(?:got )?any(?:thing)?\b|^(?:请问)?(?:(?:你们?|您|店里|这里|咱们?)+(?:有没有|有.{1,12}[吗嘛么不]\W*$)|(?:你们?|您)?卖.{1,12}[吗嘛么不]\W*$)"
    r"|^.{1,12}有(?:没有|[吗嘛么不])\W*$|[有卖].{0,8}(?:用品|用的东西)",
    re.IGNORECASE,
)
_PRICED = re.compile(
    r"\bhow much(?:'s|s| (?:is|are|was|were|for|do|does|would)|\W*$)|\bpric(?:es?|ing)\b|\bcosts?\b"
    r"|多少钱|几块钱|怎么卖|什么价|价[格钱位]|售价|贵[吗嘛么不]",
    re.IGNORECASE,
)
_SERVICE = re.compile(r"\bto (?!buy\b|get\b|purchase\b|have\b)\w|^[洗修补换退寄租改裁染刻](?!发|衣|甲)", re.IGNORECASE)
"""Whose price is not that of the thing: "how much to wash a rug", 洗地毯."""
_HAVE = re.compile(r"^(?:请问)?(?:有没有|有.{1,12}[吗嘛么不]\W*$)")
"""As the first words of a conversation; after others it asks what the thing spoken of has."""
_ANYTHING = re.compile(
    r"\b(?:anything|something|recommend\w*|suggest\w*|budget|gifts?|presents?|what (?:can|could|should|would|do|have))\b"
    r"|买(?:点|些)?(?:什么|啥)|有(?:什么|啥|哪)|推荐|预算|送",
    re.IGNORECASE,
)
"""What asks for a product of any sort."""
_OPEN = re.compile(r"\bwhat (?:can|could|should|would|else)\b|买(?:点|些)?(?:什么|啥)", re.IGNORECASE)
"""What asks for a product of any sort, whatever was spoken of before."""
_USERS = re.compile(
    r"\bfor (?:(?:my|our|his|her|their|an?|the) )?(?:[a-z]+ )??(?P<for>[a-z]+)(?=\W*(?:$|[,.;?!]))"
    r"|\b(?P<en>[a-z]+) (?:stuff|things?|products?|supplies|items?)\b"
    r"|给(?:我|我们|咱)?家?的?(?P<give>[^买用吃挑选送的]{1,4})(?:[用吃]|(?=买|挑|选|送|的|\W*$))|(?P<zh>[\u3400-\u9fff]{1,3}?)(?:的?用品|用的|的东西)",
    re.IGNORECASE,
)
"""Who uses it, where no sort is named: "anything for my dog", 猫用品."""
_PET_NAME = re.compile(r"(.)(?:\1|[咪子])$")
"""狗狗 and 猫咪 are 狗 and 猫."""
_CHEAPER = re.compile(
    r"\b(?:any(?:thing)?|something|ones?|have|got|is there|are there)\b.*\b(?:cheaper|less expensive)\b(?! (?:than|if|when|to)\b)"
    r"|有.*便宜(?:一?[点些])?|便宜一?[点些]的",
    re.IGNORECASE,
)
"""What asks for another product that costs less."""
_LESS = re.compile(r"\b(?:cheaper|less expensive)\b", re.IGNORECASE)
_ALL = re.compile(
    r"\b(?:things?|products?|items?) (?:\w+ )?(?:you|u) (?:have|sell|stock)\b|\b(?:product|item)s?\b|[商产]品|东西",
    re.IGNORECASE,
)
"""What is of any sort: "the cheapest thing you sell"."""
_EXCLUDED = re.compile(
    r"\b(?:(?<!\bor )not|without|except|excluding|besides|other than|apart from|(?:with|have|has) no)\b|n['’]t\b(?! (?:you|u|ya|they)\b)"
    r"|(?<!for )(?<!in )(?<!on )(?<!with )\bmy\b(?! (?:budget|limit|price range|max)\b|\W*$)"
    r"|不[带含用需]|(?<!是)不是|(?<!要)不要|(?<!能)不能|(?<!会)不会|(?<!(?<!没)有)没有.+的|除了|[之以]外",
    re.IGNORECASE,
)
"""What asks for products by what they are not ("有没有" and "or not" do not), or is about the customer's own."""
_HOW = re.compile(
    r"\b(?:how (?!much\b|many\b)|why|when|where|what (?:is |are )?(?:in|inside|on))\b|怎么(?!卖)|什么时候",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\b(?:about|describe|details?|info|information)\b|介绍|说说|讲讲", re.IGNORECASE)
"""What asks to be told of one that is named, and not what there is of its sort."""
_DONE = re.compile(r"\b[a-z]{3,}ing\b", re.IGNORECASE)
"""What is done and no thing, where no product is called so: "framing" asks for no frame."""
_TO_DO_WITH = re.compile(r"\b(?:anything|something|gifts?|presents?|stuff|things?)\b.*\bfor\b", re.IGNORECASE)
"""What asks for things for what is done: "something for oil painting"."""
_NOT_SO = re.compile(r"(?:no|not|none|never|false|without)\b|[不无没否]", re.IGNORECASE)
"""The start of a field's value that denies what its name says: "vegan: no"."""
_BUT = re.compile(
    r"^(?:那|但)?(?:不要|不喝|不想要|不喜欢|除了)(?P<zh>.{1,12}?)(?:[以之]外)?(?:[的呢吗]|还有(?:什么|哪些|别的)|\W)*$"
    r"|^(?:but |and )?(?:not|except|besides|other than|anything but)\b(?P<en>.{3,40})$",
    re.IGNORECASE,
)
"""What takes some away from the products that were asked for before."""
_MODIFIED = re.compile(r"\b(?:with|for|in|that|under|from|(?<!\bset )(?<!\bsets )of|on|about|when|if)\b", re.IGNORECASE)
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
    r"[更再]?(?:便宜|实惠|贵)一?[点些]的?|[更再]?便宜的?|多少[款种]|(?:多少|几块)钱?|什么价位?|价[格钱位]|售价|预算|左右|东西|[产商]品|礼物|(?<=什么)(?:好|合适)|有货|现货|库存|"
    r"[一这那哪几每][款个种件台把张些袋罐盒瓶包箱只条支双套份桶](?!装)|[款个种]|哪些?|那|还有|另外|什么|啥|有没有|有|是|卖|买[点些]?|在售|现在|谢谢|呢|啊|呀|吧|吗|嘛|么|了|要|给我|来|都"
)
_OCCASIONS = frozenset(
    words("birthday bday wedding anniversary christmas xmas valentine party easter graduation housewarming")
)
_OCCASION = re.compile("生日|婚礼|结婚|周年|纪念日|圣诞节?|情人节|聚会|乔迁|毕业|过年|新年|春节|中秋节?")
_SIZE = re.compile(
    r"(?:\s*[(（][^()（）]*[)）]|[加特]?[大中小]号|[\s-]+(?:\S*\d\S*|\w{1,2}|pro|plus|max|mini|lite|single|dual|twin|queen|king|full|small|medium|large|low|high))+$",
    re.IGNORECASE,
)
_WHAT_IT_IS = re.compile(
    r"^(?:an?|the|two|three|a set of)?\s*(.*?)(?:\s(?:with|for|in|to|that|of|and|on|from)\s|[,.;，。；、(（]|$)", re.I
)
"""The start of a summary: "A dimmable LED desk lamp with a folding arm" is a desk lamp."""
_SETS = frozenset(("set", "kit", "pack", "pair", "bundle", "套装", "礼盒", "组合"))
"""What says nothing of the sort where a name ends in it."""
_HAN = re.compile(r"[\u3400-\u9fff]+")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_RUN = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
_OF_EVERY = frozenset({"id", "category", "price", "stock", "restock", "warranty_months"})
"""Fields that tell nothing of the sort: a "warranty extension" is no extension lead."""
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
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    """What ends in what it is: its names with and without sizes, the start of its summary. A "Felt Desk Mat" is a mat and no desk."""
    said: str
    """Its names and what is said of it before its price."""
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
        or a sort whose price is asked is answered with all of them. Those sold out come last, and those of a budget count only where
        all are; prices in several currencies are not compared.
        """
        question = written_out(history[-1].text).strip()
        if but := _BUT.match(question):
            others = self._of(_wanted(but["zh"] or but["en"], language), language)
            asked = self._spoken_of(history, language) if others else []
            left = [product for product in asked if product not in others]
            return _listing(left, "any") if len(left) < len(asked) else None
        afford, rest, wanted, does = _read(question, language)
        low, high = LOWEST.search(question), HIGHEST.search(question)
        compared = bool(low or high)
        offered = _OFFERED.search(question) or (len(history) == 1 and _HAVE.search(question))
        if _EXCLUDED.search(FOR_SOMEBODY.sub(" ", rest)) or (compared and _DOUBTED.search(question)):
            return None
        if does and refused(does):
            return None
        if language == "en" and wanted[0] and self._is_done(wanted[0][-1], question):
            return None
        if not (compared or afford):
            found = self._called(wanted, language)
            by_name = [product for product in found if _is_called(product, wanted[0], language)]
            if _ABOUT.search(question):
                found = by_name
            if len(found) > 1 and not _HOW.search(question) and not _told_apart(by_name, question):
                return _listing(found, "named")
            if _CHEAPER.search(question) and not wanted[0]:
                return self._cheaper(history, language)
            if not offered:
                return None if found else self._priced(question, wanted, language)
        found = self._of(wanted, language)
        if does:
            found = [product for product in found if tells(product.said, does, language)] or found
        if wanted[0] and not found and (offered or afford):
            found = self._for(rest, language, wanted)
        if not wanted[0] and compared and _ALL.search(question):
            found = self._products[language]
        elif not wanted[0] and (compared or afford):
            anew = FOR_SOMEBODY.search(question) or (afford and _OPEN.search(question))
            found = [] if anew else self._spoken_of(history, language, over=not compared)
            if afford and found and not any(afford.holds(product.price) for product in found):
                found = [
                    product
                    for product in self._products[language]
                    if product in found or alike(product.passage, found[0].passage)
                ]
            if not found and afford and _ANYTHING.search(question):
                found = self._anything(rest, language)
        elif not wanted[0] and does and _ANYTHING.search(question):
            found = self._anything(rest, language)
        if afford and found and afford.in_currency(found[0].currency):
            within = [product for product in found if afford.holds(product.price)]
            if not within:
                return _listing([min(_in_stock(found), key=lambda product: afford.distance(product.price))], "nearest")
            if not compared:
                return _listing(_in_stock(within), "within")
            return _listing(within, "cheapest" if low else "dearest")
        return _listing(found, "cheapest" if low else "dearest" if high else "any") if not afford else None

    def _is_done(self, named: str, question: str) -> bool:
        """Whether what is named is something that is done, which is in no product's name and no category."""
        if _TO_DO_WITH.search(question):
            return False
        done = {word.lower() for word in _DONE.findall(question) if words(word)[-1:] == (named,)}
        told = (f"{p.said} {dict(p.passage.fields).get('category', '')}".lower() for p in self._products["en"])
        return bool(done) and not any(word in text for text in told for word in done)

    def _priced(self, question: str, wanted: _Sort, language: Language) -> Listing | None:
        """The products of a sort whose price is asked, where there are several: the price of one would pass for that of all."""
        if not (_PRICED.search(question) or _CHEAPER.search(question)) or _HOW.search(question):
            return None
        if _SERVICE.search(question if language == "en" else "".join(wanted[0])):
            return None
        found = self._of(wanted, language, shortened=False)
        return _listing(found, "named") if len(found) > 1 else None

    def _anything(self, question: str, language: Language) -> list[_Product]:
        """The products for whom the question names, or that it says are used; all where it says nothing of it."""
        if does := interest(question):
            return [product for product in self._products[language] if tells(product.said, does, language)]
        return self._for(question, language) or self._products[language]

    def _for(self, question: str, language: Language, wanted: _Sort = ((), ())) -> list[_Product]:
        """The products that are told to be for whom the question names ("anything for my dog", 猫用品), and all else it wants."""
        user = _USERS.search(wanted[0][0] if language == "zh" and wanted[0] else question)
        if user is None or not (user["en"] or user["zh"] or _ANYTHING.search(question) or _ALL.search(question)):
            return []
        name = next(filter(None, user.groupdict().values()))
        if language == "zh":
            more = [piece for run in (*wanted[0], *wanted[1]) if (piece := run.replace(user[0], ""))]
            said = [_PET_NAME.sub(r"\1", name), *more]
            return [product for product in self._products[language] if all(piece in product.said for piece in said)]
        told = {*words(name), *wanted[0], *wanted[1]} - _FILLERS
        doing = user["for"] and re.search(r"([a-z]+) [a-z]{2,}ing$", user[0].strip(), re.IGNORECASE)
        return [
            product
            for product in self._products[language]
            if (told and told <= set(words(product.said))) or (doing and tells(product.said, doing[1], language))
        ]

    def _cheaper(self, history: Sequence[Utterance], language: Language) -> Listing | None:
        """Those of the same sort that cost less than what was spoken of last; the cheapest of the sort where none does."""
        spoken_of: list[_Product] = []
        for turn in list(reversed(history[:-1]))[: 2 * _LOOK_BACK]:
            text = written_out(turn.text).casefold()
            titled = [p for p in self._products[language] if p.names[0].casefold() in text]
            if spoken_of := [p for p in titled if not any(p is not q and p.names[0] in q.names[0] for q in titled)]:
                break
            if turn.role == "customer" and (wanted := _wanted(text, language))[0]:
                spoken_of = self._of(wanted, language)
                break
        if not spoken_of:
            return None
        sort = [p for p in self._products[language] if p in spoken_of or alike(p.passage, spoken_of[0].passage)]
        cheaper = [product for product in sort if product.price < min(each.price for each in spoken_of)]
        if len(sort) < 2:
            return None
        return _listing(cheaper, "any") if cheaper else _listing(sort, "cheapest")

    def _of(self, wanted: _Sort, language: Language, *, shortened: bool = True) -> list[_Product]:
        """The products of a sort, in Chinese by a ``shortened`` name too; those alone whose title it is where it is that of some."""
        if not wanted[0]:
            return []
        if wanted[0][0] in _SETS and wanted[0][-1] not in _SETS:  # a set of brushes is a brush set
            turned = ([*wanted[0][1:], wanted[0][0]], wanted[1])
            if sets := self._of(turned, language):
                return sets
        fits = _fits_chinese if language == "zh" else _fits
        products = self._products[language]
        found = [product for product in products if fits(product, *wanted)]
        if shortened and not found and language == "zh" and len(wanted[0][0]) > 1:
            found = [product for product in products if _fits_chinese(product, *wanted, left_out=1)]
            if found:  # 收纳 is the 收纳箱, and whatever else is called so or filed under it
                found = [product for product in products if product in found or _is_sorted(product, *wanted)]
        found = _of_the_set(found, wanted[0], language)
        if not found:
            found = [product for product in products if _in_category(product, *wanted, language)]
        if not found and (plain := _without_occasion(wanted)) != wanted:
            return self._of(plain, language, shortened=shortened)
        return [product for product in found if _is_titled(product, wanted[0], language)] or found

    def _called(self, wanted: _Sort, language: Language) -> list[_Product]:
        """The products that go by a name, or by it and their size where none goes by it alone.

        A name that is nobody's title may be that of a sort: whatever else ends in it goes by it too.
        """
        named, more = wanted
        if not named or more:
            return []
        found = [product for product in self._products[language] if _is_called(product, named, language)]
        found = [product for product in found if _is_called(product, named, language, product.sizeless)] or found
        if found and not any(_is_titled(product, named, language) for product in found):
            sort = self._of(wanted, language, shortened=False)
            found = [product for product in self._products[language] if product in found or product in sort]
        return found

    def _spoken_of(self, history: Sequence[Utterance], language: Language, *, over: bool = False) -> list[_Product]:
        """The products of the sort that the customer asked for before; turns that name none are passed over.

        So are, ``over`` them, those that ask for something else than a product.
        """
        for turn in [turn for turn in reversed(history[:-1]) if turn.role == "customer"][:_LOOK_BACK]:
            afford, text, wanted, does = _read(written_out(turn.text), language)
            if wanted[0] and not _EXCLUDED.search(text):
                if language == "en" and self._is_done(wanted[0][-1], text):
                    wanted = [], []
                sort = self._of(wanted, language) or self._for(text, language, wanted)
                if sort or not over:
                    return [product for product in sort if does and tells(product.said, does, language)] or sort
            elif (afford or does) and _ANYTHING.search(text):
                return self._anything(text, language)
            if _ALL.search(text) and (LOWEST.search(text) or HIGHEST.search(text)):
                return self._products[language]
        return []


def alike(one: Passage, other: Passage, more: int = 0) -> bool:
    """Whether two products are of one sort: what they are ends in the same word, in Chinese in the same two characters.

    ``more`` of them must be the same for a narrower sort.
    """
    if (a := _product(one)) is None or (b := _product(other)) is None or one.language != other.language:
        return False
    if one.language == "en":
        return not _sorts(a, 1 + more).isdisjoint(_sorts(b, 1 + more))
    least = 2 + more
    ends = [{kind[-least:] for kind in product.kinds if len(kind) >= least} - _SETS for product in (a, b)]
    return not ends[0].isdisjoint(ends[1])


def _sorts(product: _Product, count: int) -> set[tuple[str, ...]]:
    """The last ``count`` words of what an English product is, where its name tells no size."""
    held = map(words, (*product.sizeless, product.kinds[-1]))
    return {last[-count:] for last in held if len(last) >= count and not _SETS.issuperset(last[-count:])}


def _in_stock(found: list[_Product]) -> list[_Product]:
    """Without those sold out, where not all are."""
    return [product for product in found if not product.passage.sold_out] or found


def _told_apart(found: Sequence[_Product], question: str) -> bool:
    """Whether the question holds a word that is in one of their titles and not in another's, such as a size."""
    titles = [set(_RUN.findall(product.passage.title.casefold())) for product in found]
    return not set(_RUN.findall(question.casefold())).isdisjoint(set.union(*titles) - set.intersection(*titles))


def _listing(found: Sequence[_Product], order: _Order) -> Listing | None:
    """None where there are none, or their prices are in several currencies.

    Those sold out come last; after an extreme they are told only where one of them is more extreme.
    """
    if len({product.currency for product in found}) != 1:
        return None
    by_price = sorted(found, key=lambda product: -product.price if order == "dearest" else product.price)
    if order in ("any", "cheapest", "dearest"):
        extreme = by_price[0].price
        by_price.sort(key=lambda product: product.passage.sold_out)
        if order != "any" and by_price[0].price == extreme:
            by_price = _in_stock(by_price)
    return Listing(tuple(product.passage for product in by_price), order)


@lru_cache(maxsize=4096)  # "which is cheaper?" holds each product against all
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
    said = " ".join((*names, summary))
    fields = ((name, value) for name, value in passage.fields if name not in _OF_EVERY)
    told = " ".join((said, *(value if _NOT_SO.match(value) else f"{name} {value}" for name, value in fields)))
    return _Product(
        passage,
        float(number[0].replace(",", "")),
        written.replace(number[0], "").strip(),
        tuple(name for name in names if not _SIZE.search(name)),
        names,
        kinds,
        said,
        told,
        frozenset(held[-1] for held in map(words, kinds) if held),
        frozenset(words(told)),
    )


_Sort = tuple[Sequence[str], Sequence[str]]
"""The words, or in Chinese the runs of characters, that say what it is, and those that say more of it."""


def _wanted(question: str, language: Language) -> _Sort:
    rest = _LESS.sub(" ", HIGHEST.sub(" ", LOWEST.sub(" ", question)))
    if language == "zh":
        runs = [p for run in _HAN.findall(_CHINESE_FILLERS.sub(" ", rest)) for p in re.split("[的之]", run) if p]
        return runs[-1:], runs[:-1]
    parts = _MODIFIED.split(_OFFERED.sub(" ", rest))
    said = ([word for word in words(part) if word not in _FILLERS] for part in parts)
    named, *more = [part for part in said if part] or [[]]
    return named, [word for part in more for word in part]


def _read(question: str, language: Language) -> tuple[Budget | None, str, _Sort, str | None]:
    """What a question allows to be spent, the rest of it, the sort that it wants, and what is done by whom it is for."""
    afford, rest = budget(question)
    does = interest(rest)
    sort = rest if does is None else INTERESTED.sub(" ", rest)
    if does is not None or afford:
        sort = FOR_SOMEBODY.sub(" ", sort)
    return afford, rest, _wanted(sort, language), does


def _is_called(product: _Product, named: Sequence[str], language: Language, names: Sequence[str] | None = None) -> bool:
    """Whether it goes by these words, with its size or without; by one of ``names`` where they are given."""
    names = product.kinds[:-1] if names is None else names
    if language == "zh":
        return named[0] in names
    return any(set(words(name)) == set(named) for name in names)


def _is_titled(product: _Product, named: Sequence[str], language: Language) -> bool:
    """Whether these words are its title, with its size or without."""
    title = glossary().simplify(product.passage.title)
    return _is_called(product, named, language, (title, _SIZE.sub("", title)))


def _of_the_set(found: list[_Product], named: Sequence[str], language: Language) -> list[_Product]:
    """Of sets those of what is named: a "brush set for watercolour" is no watercolour set.

    Those that are called a set of just that, or else a longer name of it.
    """
    if language == "zh":
        last = next((last for last in _SETS if named and named[0].endswith(last) and named[0] != last), None)
        if last is None:
            return found
        piece = named[0].removesuffix(last)
        held = [(product, [kind for kind in product.kinds if kind.endswith(last)]) for product in found]
        close = [product for product, kinds in held if any(kind.endswith(named[0]) for kind in kinds)]
        return close or [product for product, kinds in held if any(piece in kind for kind in kinds)]
    if len(named) < 2 or named[-1] not in _SETS:
        return found
    split = [(product, [kind for kind in map(words, product.kinds) if kind[-1:] == (named[-1],)]) for product in found]
    close = [product for product, kinds in split if any(kind[-2:] == tuple(named[-2:]) for kind in kinds)]
    return close or [product for product, kinds in split if any(named[-2] in kind for kind in kinds)]


def _fits(product: _Product, named: Sequence[str], more: Sequence[str]) -> bool:
    return named[-1] in product.ends and product.told_words.issuperset((*named, *more))


def _in_category(product: _Product, named: Sequence[str], more: Sequence[str], language: Language) -> bool:
    """Whether what is named is the shop's own category of it: "plants" of a fern that says no more than "fern"."""
    category = glossary().simplify(dict(product.passage.fields).get("category", ""))
    if language == "zh":
        return len(named[0]) > 1 and category.endswith(named[0]) and all(piece in product.told for piece in more)
    filed = words(category)
    return filed[-1:] == tuple(named[-1:]) and {*product.told_words, *filed}.issuperset((*named, *more))


def _is_sorted(product: _Product, named: Sequence[str], more: Sequence[str]) -> bool:
    """Whether one of its Chinese names or the shop's category of it holds what is named."""
    category = glossary().simplify(dict(product.passage.fields).get("category", ""))
    return any(named[0] in text for text in (*product.names, category)) and all(piece in product.told for piece in more)


def _without_occasion(wanted: _Sort) -> _Sort:
    """Without what it is for, where something is left: a "birthday cake" is any cake where none is called so."""
    named, more = wanted
    left = [short for word in named if word not in _OCCASIONS and (short := _OCCASION.sub("", word))]
    return (left, [word for word in more if word not in _OCCASIONS]) if left else wanted


def _fits_chinese(product: _Product, named: Sequence[str], more: Sequence[str], left_out: int = 0) -> bool:
    """What is named may end in what it is, by two characters or more, and begin with what is told of it.

    The last characters may be ``left_out``: 乌龙 is 乌龙茶.
    """
    last = named[0]
    starts = [0, *range(1, len(last) - 1)]
    kinds = [kind[: len(kind) - left_out] for kind in product.kinds]
    ends = any(kind.endswith(last[at:]) and last[:at] in product.told for at in starts for kind in kinds)
    return ends and all(piece in product.told for piece in more)
