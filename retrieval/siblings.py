"""Products of the sort spoken of: which one "the small one", "in red?" or 便宜的那个 points at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import NamedTuple

from retrieval.catalogue import HIGHEST, LOWEST, alike
from retrieval.glossary import glossary
from retrieval.lexical import stem
from retrieval.passages import Passage
from retrieval.query import Utterance

_NEAR, _FAR = 4, 8
"""Turns before the last in which the product is sought that a pointing word leans on, and that a named sort leans on."""
_LATEST = 2
"""Those in which it is sought for "the other one" and "the cheaper one", which any two things can be."""
_MOST = 2000
"""Products up to which it is sought: of more, too many are held against each other."""
_MOST_WORDS = 3
"""Words of a field's value that can name a product."""
_TRIED, _READ = 8, 100
"""The last "the"s of a turn that are tried, and the characters on either side of each that are read: a turn may hold a thousand."""
_ASIDE = frozenset({"id", "name", "category", "price", "stock", "restock", "warranty_months"})
_TOKEN = re.compile(r"\d+(?:\.\d+)?(?=[a-z]|$)|[a-z]+\d+[a-z]*|[a-z]+|\d+(?:\.\d+)?|[\u3400-\u9fff]+")
_TIMES = re.compile(r"(?<=\d)\s*(?:[x×*]|by)\s*(?=\d)", re.IGNORECASE)
_ITEMS = re.compile(r"[,;/、，；|]|\band\b|\bor\b|[和或]", re.IGNORECASE)
_HAN = re.compile(r"[\u3400-\u9fff]")
_SIZES = {
    size: frozenset(called.split())
    for size, called in (
        ("small", "small little s 小 小号 小码 小瓶 小包 小盒 小袋 小杯 小份 小箱 小款"),
        ("medium", "medium mid m 中号 中码 中瓶 中包 中盒 中袋 中杯 中份 中款"),
        ("large", "large big l 大 大号 大码 大瓶 大包 大盒 大袋 大杯 大份 大箱 大款"),
        ("xl", "xl 加大号 加大码 特大号 特大码 超大号"),
    )
}
_SIZE_OF = {word: size for size, called in _SIZES.items() for word in called}
"""The size that a word tells."""
_RANKS = {"xs": 0.0, "small": 1.0, "medium": 2.0, "large": 3.0, "xl": 4.0, "xxl": 5.0}
_COLOURS = frozenset("红黄蓝绿黑白灰紫粉棕金银橙青")
_SIZE_ENDS = re.compile(r"[\s(（]*(?:[加特超]?[大中小]|\d?x*[sml])[号码][)）]?$", re.IGNORECASE)
_UNITS = {
    "mm": ("length", 0.1), "毫米": ("length", 0.1), "cm": ("length", 1.0), "厘米": ("length", 1.0), "m": ("length", 100.0),
    "米": ("length", 100.0), "ml": ("volume", 1.0), "毫升": ("volume", 1.0), "l": ("volume", 1000.0), "升": ("volume", 1000.0),
    "litres": ("volume", 1000.0), "g": ("mass", 1.0), "克": ("mass", 1.0), "kg": ("mass", 1000.0), "千克": ("mass", 1000.0),
    "公斤": ("mass", 1000.0), "w": ("power", 1.0), "瓦": ("power", 1.0), "kw": ("power", 1000.0),
}  # fmt: skip
_MEASURE = re.compile(r"(\d+(?:\.\d+)?(?:\s*[x×*]\s*\d+(?:\.\d+)?)*)\s*([^\d,;、，；]*)", re.IGNORECASE)
_PAPER = re.compile(r"([ab])(\d{1,2})", re.IGNORECASE)


class _Scale(NamedTuple):
    """What products are held against each other in: the words for less and for more of it, and the fields that tell."""

    less: str
    more: str
    fields: tuple[str, ...]


_SCALES = (
    _Scale("cheap", "expensive|dear|pric", (r"^price$",)),
    _Scale(
        "small|little|tin",
        "big|large",
        (
            r"^(?:size|dimensions?|尺寸|大小|规格)$",
            r"capacity|volume|容量|容积",
            r"diameter|直径",
            r"height|高度",
            r"length|长度",
        ),
    ),
    _Scale("light", "heavy|heavi", (r"^(?:net )?weight$|^(?:净)?重量?$",)),
    _Scale("weak", "strong|powerful", (r"power|watt|功率", r"strength|强度|浓度", r"load|承重|载重")),
    _Scale("short", "tall|high", (r"height|高度",)),
    _Scale("short", "long", (r"length|长度",)),
    _Scale("dim", "bright", (r"brightness|亮度|光通量",)),
    _Scale("narrow", "wide|wid", (r"width|宽度",)),
    _Scale("quiet", "loud|nois", (r"noise|噪",)),
)
_SCALES_ZH = (
    _Scale("便宜|实惠", "贵", _SCALES[0].fields),
    _Scale("小", "大", _SCALES[1].fields),
    _Scale("轻", "重", _SCALES[2].fields),
    _Scale("矮", "高", (r"height|高度",)),
    _Scale("短", "长", (r"length|长度",)),
    _Scale("暗", "亮", _SCALES[6].fields),
)
_EVEN = {
    "more expensive": "dearer",
    "more powerful": "stronger",
    "less expensive": "cheaper",
    "less powerful": "weaker",
}
_LEANS = re.compile(
    r"\b(?:it|its|it['’]s|they|them|their|those|these|that|this)\b|[它他]|[这那][个款种]", re.IGNORECASE
)
"""What leans on the product spoken of without naming it."""
_COMPARED = re.compile(r"\b(?:than|vs|versus|compared?|differ\w*|between|both)\b|比(?![如较])", re.IGNORECASE)
"""What holds two products against each other, which is answered with both."""
_THE_OTHER = "other"
_ORDINALS = frozenset(
    ("first", "1st", "former", "second", "2nd", "third", "3rd", "last", "latter", "next", "previous", "same", "only")
)
"""What tells products apart by their place in what was said."""
_WORD = r"(?!(?:the|an?|one|ones|is|are|was|of|in|on|for|to|with|and|or|than)\b)[\w.×/'’-]+"
_ASKS = (
    r"(?:and|but|ok|okay|so|also|hi|hey|oh|then|or|no|yes|yeah|sorry|actually|please|pls|what about|what of|how about"
    r"|how much(?:'s|s| is| are| for| does| do| would)?|(?:what['’]?s|what is)(?: the (?:price|cost) (?:of|for))?|(?:the )?price (?:of|for)"
    r"|is|are|do (?:you|u) have|have (?:you|u) got|does|i meant?|i['’]?ll take|i want|i['’]?d like|can i (?:get|have|buy|order)|for)"
)
_OPENS = rf"^(?:\W*\b{_ASKS}\b)*\W*"
"""What may stand before a product that is asked after: nothing that makes the words after "the" a place or a part."""
_CLOSES = r"(?=\W*$|\s*[,?!;.](?!\d)|\s+(?:in stock|available|have|has|is|costs?|comes?|then|pls|please|too|instead|as well|still|left|now)\b)"
_WHATEVER = frozenset(("one", "ones", "version", "model", "size", "type", "kind", "colour", "color", "edition"))
"""What stands for a product of the sort spoken of."""
_OPENED = re.compile(rf"{_OPENS}(?P<all>(?P<how>(?:{_WORD}\s+){{1,3}}?)ones?\b)", re.IGNORECASE)
_BARE = re.compile(rf"{_OPENS}(?P<all>the (?P<how>{_WORD}(?:\s+{_WORD}){{0,3}}?)){_CLOSES}", re.IGNORECASE)
_FIGURE = re.compile(
    rf"(?P<all>\bthe (?P<how>[a-z]*\d[\w.×/]*(?:\s+(?:mm|cm|m|ml|l|g|kg|w))?)){_CLOSES}", re.IGNORECASE
)
_SHORT = re.compile(rf"^\W*(?:and|or|what about|how about)\s+(?P<all>(?P<how>{_WORD}))\W*$", re.IGNORECASE)
_IN = re.compile(
    rf"{_OPENS}(?P<all>(?:(?:it|that|this|one|them)\s+)?in (?:an? )?(?P<how>{_WORD}(?:\s+{_WORD})?))(?:\s+(?:one|size|colou?r))?\W*$",
    re.IGNORECASE,
)
_NOT_POINTED = re.compile(
    r"(?:\b(?:it|this|that|these|those|they|mine)(?:['’]?s| is| was| are)?|\bthe\s+[\w-]+\s+(?:and|or)|\bwhich\b[^,.;?!]*\b(?:is|are|was|has)|\bwhich(?: one)?)\s*$",
    re.IGNORECASE,
)
"""What asks whether the thing spoken of is so, or which of them is: "is it the small one", "which is the smaller one"; and what
points at two."""
_COUNTER = "[个個款种種只隻台瓶盒袋件本支张張条條双雙把]"
_OPENS_ZH = r"^(?:请问|那么?|还有|另外|和|跟|我?想?要|我想?买|给我|来|就|好的?|嗯|哦|多少钱|价格|[\s，,。])*"
_ASKS_ZH = r"(?:的?(?:呢|多少钱|几块钱?|什么价格?|价格(?:是)?(?:多少)?|怎么卖|贵不贵|(?:还|现在)?有(?:现)?货[吗么]?|还有[吗么]|有没有货|多[大重高长]|什么尺寸|尺寸(?:是)?(?:多少)?))"
_OTHER_ZH = re.compile(
    rf"{_OPENS_ZH}(?P<all>(?:另外?一{_COUNTER}|另外?那?一?{_COUNTER}|剩下那?{_COUNTER}))(?=的?[？?！!。]*$|{_ASKS_ZH})"
)
_POINTED_ZH = re.compile(
    rf"{_OPENS_ZH}(?P<all>(?P<how>[^，。？！?!,\s哪有]{{1,10}}?)的?(?:[那这]一?{_COUNTER}|(?={_ASKS_ZH}[？?！!。]*$)))"
)
_EXISTS_ZH = re.compile(r"有没有(?!货)|^(?:你们?|店里|还)?有(?!货|现货)|哪")
_DEGREE_ZH = re.compile(
    r"^(?P<more>更|再|比较|稍微?)?最?(?P<how>便宜|实惠|.)(?:(?P<bit>一?[点些])|(?<=[大小])[瓶包盒袋杯份箱款])?$"
)


@dataclass(frozen=True, slots=True)
class Pointed:
    """The ``product`` that the last turn points at, None where it points at none, and the one ``spoken_of`` before it, if it was
    one alone. In ``history`` each turn of the customer that points at a product has its name."""

    product: Passage | None
    spoken_of: Passage | None
    history: tuple[Utterance, ...]


class _Phrase(NamedTuple):
    """What points: where it stands, what it says of the product, and the sort that it names."""

    start: int
    end: int
    how: str
    sort: str


def pointed(history: Sequence[Utterance], products: Sequence[Passage]) -> Pointed:
    """Which of the ``products``, records of one language, the last turn points at by what tells it from the one spoken of.

    By a word of its names or a value of its fields, by its size, or by being more or less of something than the one spoken of or,
    where several were told of, than the others of these. Exactly one must fit, and the one spoken of must not.
    """
    turns, shop = list(history), _Shop(products if len(products) <= _MOST else ())
    found: _Found | None = None
    for place in range(max(1, len(turns) - _FAR), len(turns)):
        found = _found(turns[: place + 1], shop) if turns[place].role == "customer" else None
        if found is not None:
            turns[place] = replace(turns[place], text=found.text)
    return Pointed(found and found.product, found and found.spoken_of, tuple(turns))


class _Found(NamedTuple):
    """What a turn points at, and its text with the name."""

    product: Passage
    spoken_of: Passage | None
    text: str


class _Shop:
    """The products that can be pointed at, and which of them a text names."""

    def __init__(self, products: Sequence[Passage]) -> None:
        self.products = products
        self._named: dict[str, list[Passage]] = {}

    @cached_property
    def _called(self) -> dict[str, list[Passage]]:
        """The products that go by each name, the longest name first."""
        found: dict[str, list[Passage]] = {}
        for product in self.products:
            for name in _names(product):
                if _HAN.search(name) or " " in name or name == _simple(product.title):
                    found.setdefault(name, []).append(product)
        return {name: found[name] for name in sorted(found, key=len, reverse=True)}

    def named(self, text: str) -> list[Passage]:
        """The products whose whole name stands in a text, in its order."""
        text = _simple(text)
        if text not in self._named:
            self._named[text] = self._find(text)
        return self._named[text]

    def loosely(self, text: str) -> list[Passage]:
        """Those all of whose name's words stand in a text, by the longest such name."""
        said = set(_tokens(_simple(text)))
        fits = [
            (len(own), product)
            for name, products in self._called.items()
            if said.issuperset(own := _tokens(name)) and len(own) > 1
            for product in products
        ]
        most = max((count for count, _ in fits), default=0)
        return list({product.id: product for count, product in fits if count == most}.values())

    def _find(self, text: str) -> list[Passage]:
        at: dict[str, tuple[int, Passage]] = {}
        for name, products in self._called.items():
            if name not in text:
                continue
            ends = "" if _HAN.search(name) else r"s?(?![a-z0-9])"
            for said in re.finditer(rf"(?<![a-z0-9]){re.escape(name)}{ends}", text):
                for product in products:
                    at.setdefault(product.id, (said.start(), product))
                text = f"{text[: said.start()]}{' ' * len(said[0])}{text[said.end() :]}"
        return [product for _, product in sorted(at.values(), key=lambda found: found[0])]


def _found(history: Sequence[Utterance], shop: _Shop) -> _Found | None:
    question = glossary().simplify(history[-1].text)
    if not shop.products:
        return None
    chinese = bool(_HAN.search(question))
    if any(known.search(question) for known in (LOWEST, HIGHEST, _COMPARED)):
        return None
    for phrase in _phrases_zh(question) if chinese else _phrases(question):
        if shop.named(f"{question[: phrase.start]} , {question[phrase.end :]}"):
            continue
        back = _LATEST if _is_loose(phrase.how, chinese) else _NEAR if not phrase.sort else _FAR
        told = _told(history[-1 - back : -1], shop, phrase.sort)
        if phrase.sort:
            told = [product for product in told if _is_called(product, phrase.sort)]
        if not told or (told[0].language == "zh") != chinese:
            continue
        one = told[0] if len(told) == 1 else None
        group: Sequence[Passage] = told
        if one:
            group = [product for product in shop.products if _of_a_sort(one, product)]
        if one and _THE_OTHER in _parts(phrase.how, chinese):
            group = _mentioned(history[:-1], shop, one, group)
        said = shop.named(question[phrase.start : phrase.end])
        if len(said) == 1 and said[0] is not one:  # that is its name
            continue
        whatever = question[phrase.start : phrase.end].lower().split()[-1:]
        mixed = one is None and _WHATEVER.isdisjoint(whatever) and any(not _of_a_sort(told[0], each) for each in told)
        if (phrase.sort or mixed) and _has_rival(phrase, shop, group, chinese):
            continue
        if (product := _chosen(phrase.how, one, group, chinese)) is not None:
            name = product.title if chinese else f"the {product.title}"
            return _Found(product, one, f"{question[: phrase.start]}{name}{question[phrase.end :]}")
    return None


def _has_rival(phrase: _Phrase, shop: _Shop, group: Sequence[Passage], chinese: bool) -> bool:
    """Whether a product of another group is called by the sort that is named, if one is, and by all that is said of it."""
    said = [part for part in _parts(phrase.how, chinese) if part != _THE_OTHER and not _scaled(part, chinese)]
    others = [product for product in shop.products if product not in group]
    if phrase.sort:
        others = [product for product in others if _is_called(product, phrase.sort)]
    return bool(said) and any(all(_holds(product, part) for part in said) for product in others)


def _phrases(question: str) -> list[_Phrase]:
    """What may point at a product in an English turn, the surest first; nothing where two things are pointed at."""
    found: list[_Phrase] = []
    for said in list(re.finditer(r"\bthe\b", question, re.IGNORECASE))[-_TRIED:]:
        if not _NOT_POINTED.search(question[max(0, said.start() - _READ) : said.start()]):
            found += _after_the(question, said.start())
    ones = [phrase for phrase in found if not phrase.sort]
    if len(ones) > 1:
        return []
    for pattern in () if ones else (_OPENED, _BARE, _FIGURE, _SHORT, _IN):
        bare = pattern.search(question)
        if bare and not _NOT_POINTED.search(question[max(0, bare.start("all") - _READ) : bare.start("all")]):
            found.append(_Phrase(bare.start("all"), bare.end("all"), bare["how"], ""))
    found.sort(key=lambda phrase: bool(phrase.sort))
    return [phrase for phrase in found if _ORDINALS.isdisjoint(phrase.how.lower().split())]


def _after_the(question: str, start: int) -> list[_Phrase]:
    """What "the" at ``start`` points at: "the small black one", "the smaller canvas"."""
    found: list[_Phrase] = []
    said = list(re.compile(r"\s*([\w.×/'’-]+)").finditer(question, start + len("the"), start + _READ))
    for before, word in zip(said, said[1:5], strict=False):
        if before.end() != word.start() or not re.fullmatch(_WORD, before[1], re.IGNORECASE):
            break
        what = word[1].lower()
        how = question[said[0].start(1) : before.end()]
        if what in _WHATEVER:
            return [_Phrase(start, word.end(), how, "")]
        found.append(_Phrase(start, word.end(), how, what))
    return found


def _phrases_zh(question: str) -> list[_Phrase]:
    if _EXISTS_ZH.search(question):
        return []
    if said := _OTHER_ZH.search(question):
        return [_Phrase(said.start("all"), said.end("all"), _THE_OTHER, "")]
    if (said := _POINTED_ZH.search(question)) and not said["how"].startswith("第"):
        return [_Phrase(said.start("all"), said.end("all"), said["how"], "")]
    return []


def _told(history: Sequence[Utterance], shop: _Shop, sort: str) -> list[Passage]:
    """The products that the latest turn to name any has named.

    Where no ``sort`` is said, none after a question that neither leans on them nor got words of their records.
    """
    turns = list(history)[::-1]
    answer, aside = "", list[tuple[str, str]]()
    for place, turn in enumerate(turns):
        named = shop.named(turn.text)
        if turn.role == "customer":
            named = named or shop.loosely(turn.text)
        elif len(named) > 1 and not all(_of_a_sort(named[0], each) for each in named[1:]):
            asked = [shop.named(each.text) or shop.loosely(each.text) for each in turns[place + 1 : place + 2]]
            named = next((each for each in asked if len(each) == 1 and each[0] in named), named)
        if named:
            return named if sort or all(_of_them(question, told, named) for question, told in aside) else []
        if turn.role == "agent":
            answer = _simple(turn.text).strip(" .。")
        elif not _LEANS.search(turn.text):
            aside.append((turn.text, answer))
    return []


def _of_them(question: str, answer: str, named: Sequence[Passage]) -> bool:
    """Whether a question names the sort of these products, or was answered in words of one's record."""
    said = set(re.findall(r"[a-z]+", question.lower()))
    nouns = {noun for product in named for noun in _nouns(product)}
    if any({noun, f"{noun}s", f"{noun}es"} & said for noun in nouns):
        return True
    return bool(answer) and any(answer in _simple(product.text) for product in named)


def _mentioned(history: Sequence[Utterance], shop: _Shop, one: Passage, group: Sequence[Passage]) -> Sequence[Passage]:
    """Of a group the one spoken of and those named before it in the talk; all where none was."""
    said = [product for turn in history[-_FAR:] for product in shop.named(turn.text)]
    others = [product for product in group if product is not one and product in said]
    return [one, *others] if others else group


@lru_cache(maxsize=65_536)
def _names(product: Passage) -> tuple[str, ...]:
    number = dict(product.fields).get("id")
    called = (product.title, product.entity or "", *product.aliases)
    return tuple(dict.fromkeys(_simple(name) for name in called if name and name != number))


def _simple(text: str) -> str:
    return glossary().simplify(text).casefold()


def _tokens(text: str) -> list[str]:
    """The words of a text as they are held against each other; "60x80" and "60 x 80" are two."""
    found = _TOKEN.findall(_TIMES.sub(" ", text.casefold()))
    return [stem(token) if len(token) > 1 else token for token in found]


def _of_a_sort(one: Passage, other: Passage) -> bool:
    """Whether two products are of one sort, whatever sizes their names end in."""
    one, other = _sizeless(one), _sizeless(other)
    return alike(one, other) or alike(one, other, 1)


def _sizeless(product: Passage) -> Passage:
    """A Chinese record without the size that its names end in, so that a large pillow is of one sort with no other large thing."""
    title = _SIZE_ENDS.sub("", product.title)
    aliases = tuple(_SIZE_ENDS.sub("", alias) for alias in product.aliases)
    if (title, aliases) == (product.title, product.aliases):
        return product
    return replace(product, title=title, aliases=aliases, text="")


def _nouns(product: Passage) -> set[str]:
    """The last words of a product's names, but for what stands in brackets."""
    names = (re.findall(r"[a-z]+", re.sub(r"\(.*?\)", "", name)) for name in _names(product))
    return {words[-1] for words in names if words and len(words[-1]) > 2}


def _is_called(product: Passage, sort: str) -> bool:
    """Whether one of a product's names ends in this word."""
    return stem(sort) in {stem(noun) for noun in _nouns(product)}


def _is_price(how: str, chinese: bool) -> bool:
    scaled = (_scaled(part, chinese) for part in _parts(how, chinese))
    return any(found is not None and found.scale.fields == _SCALES[0].fields for found in scaled)


def _is_loose(how: str, chinese: bool) -> bool:
    """Whether any two things can be told apart so."""
    return _THE_OTHER in _parts(how, chinese) or _is_price(how, chinese)


def _parts(how: str, chinese: bool) -> list[str]:
    """What is said of a product, part by part; "more expensive" and "30 x 40" as the words are that tell the same."""
    how = " ".join(_TIMES.sub(" ", how.lower()).split())
    for said, even in _EVEN.items():
        how = how.replace(said, even)
    return [how] if chinese else how.split()


def _chosen(how: str, one: Passage | None, group: Sequence[Passage], chinese: bool) -> Passage | None:
    """The one of a group that is as it is said, where the one spoken of is not; among its namesakes first."""
    if one is not None and not _is_price(how, chinese):
        namesakes = [product for product in group if product is one or _namesakes(one, product)]
        if 1 < len(namesakes) < len(group) and (found := _fitting(how, one, namesakes, chinese)) is not None:
            return found
    return _fitting(how, one, group, chinese)


def _namesakes(one: Passage, other: Passage) -> bool:
    """Whether two products share a name, or their names differ in the last word alone: "Tern Sketchbook A4" and "... A5"."""
    if not set(_names(one)[1:]).isdisjoint(_names(other)):
        return True
    a, b = _simple(one.title).split(), _simple(other.title).split()
    least = 1 if one.language == "zh" else 2
    return (len(a) > least and a[:-1] in (b, b[:-1])) or (len(b) > least and b[:-1] == a)


class _Scaled(NamedTuple):
    """A word that holds products against each other: whether for ``more``, and for more than the one spoken of alone."""

    scale: _Scale
    more: bool
    relative: bool


def _fitting(how: str, one: Passage | None, group: Sequence[Passage], chinese: bool) -> Passage | None:
    parts = _parts(_without_sort(how, group) if chinese else how, chinese)
    held: list[_Scaled] = []
    fits = list(group)
    if _THE_OTHER in parts:
        if one is None:
            return None
        parts.remove(_THE_OTHER)
        fits.remove(one)
    for part in parts:
        scaled = _scaled(part, chinese)
        if scaled and (scaled.relative or not any(_holds(product, part) for product in group)):
            held.append(scaled)
        else:
            fits = [product for product in fits if _holds(product, part)]
    for scaled in held:
        fits = _extreme(scaled, one, fits, group)
    return fits[0] if len(fits) == 1 and fits[0] is not one else None


def _without_sort(how: str, group: Sequence[Passage]) -> str:
    """A Chinese qualifier without the sort that it names: 小号 of 小号压缩袋."""
    names = {_SIZE_ENDS.sub("", name) for product in group for name in _names(product)}
    sorts = {
        name[at:]
        for name in names
        for at in range(len(name) - 1)
        if _HAN.match(name[at:]) and all(_ends(p, name[at:]) for p in group)
    }
    for sort in sorted(sorts, key=len, reverse=True):
        if sort != how and (how.endswith(sort) or how.startswith(sort)):
            how = how.removesuffix(sort).removeprefix(sort)
            break
    return how.removesuffix("的").strip()


def _ends(product: Passage, sort: str) -> bool:
    return any(_SIZE_ENDS.sub("", name).endswith(sort) for name in _names(product))


def _scaled(part: str, chinese: bool) -> _Scaled | None:
    if chinese:
        said = _DEGREE_ZH.match(part.removesuffix("的"))
        if said is None:
            return None
        for scale in _SCALES_ZH:
            for more, called in ((False, scale.less), (True, scale.more)):
                if said["how"] in called.split("|"):
                    return _Scaled(scale, more, bool(said["more"] or said["bit"]))
        return None
    for scale in _SCALES:
        for more, called in ((False, scale.less), (True, scale.more)):
            if said := re.fullmatch(rf"(?:{called})[a-z]?(?P<form>e?r|e?st)?y?", part):
                return _Scaled(scale, more, said["form"] in ("er", "r"))
    return None


def _holds(product: Passage, part: str) -> bool:
    """Whether all words of a part are of the product's names or one of its fields' values, or tell its size."""
    held, runs = _held(product)
    size = _SIZE_OF.get(part)
    if size:
        called = _SIZES[size]
        return not called.isdisjoint(held) or any(
            re.search(rf"(?<![加特超]){word}", run)
            for word in called
            if len(word) > 1 and _HAN.match(word)
            for run in runs
        )
    if _HAN.search(part):
        piece = re.compile(rf"(?<![\d.]){re.escape(part.replace(' ', ''))}")
        return (len(part) > 1 or part in _COLOURS) and any(piece.search(run.replace(" ", "")) for run in runs)
    tokens = _tokens(part)
    return bool(tokens) and held.issuperset(tokens)


def _held(product: Passage) -> tuple[set[str], list[str]]:
    """The words of a product's names and of its fields' short values, and these as they are written."""
    items = [
        item
        for name, value in product.fields
        if name not in _ASIDE
        for item in map(str.strip, _ITEMS.split(_simple(value)))
    ]
    runs = [*_names(product), *(item for item in items if len(re.findall(r"[a-z]+", item)) <= _MOST_WORDS)]
    return {token for run in runs for token in _tokens(run)}, runs


def _extreme(scaled: _Scaled, one: Passage | None, fits: Sequence[Passage], group: Sequence[Passage]) -> list[Passage]:
    """Those of the fitting that are more or less of something than the one spoken of, or than all the others."""
    measured = _measured(scaled.scale, group)
    if not measured or (scaled.relative and one is None and len(fits) != 2):
        return []
    sign = 1 if scaled.more else -1
    if scaled.relative and one is not None:
        return [product for product in fits if sign * (measured[product.id] - measured[one.id]) > 0]
    most = max(sign * measured[product.id] for product in fits) if fits else 0.0
    return [product for product in fits if sign * measured[product.id] == most]


def _measured(scale: _Scale, group: Sequence[Passage]) -> dict[str, float]:
    """How much each of a group has of something, by the first field that tells it of all in one kind; {} where none does."""
    if any(not _of_a_sort(group[0], product) for product in group[1:]):
        return {}
    for pattern in scale.fields:
        told = {
            product.id: next((_amount(value) for key, value in product.fields if re.search(pattern, key, re.I)), None)
            for product in group
        }
        if len({amount[0] if amount else "" for amount in told.values()} | {""}) == 2 and all(told.values()):
            return {number: amount[1] for number, amount in told.items() if amount}
    return {}


def _amount(value: str) -> tuple[str, float] | None:
    """What kind of amount a value is, and how much; dimensions are multiplied."""
    value = _simple(value).strip()
    if paper := _PAPER.fullmatch(value):
        return f"paper {paper[1]}", -float(paper[2])
    if (size := _SIZE_OF.get(value, value)) in _RANKS:
        return "size", _RANKS[size]
    value = re.sub(r"^[^\d]{1,4}(?=\d)", "", value).replace(",", "")
    if (said := _MEASURE.fullmatch(value)) is None:
        return None
    unit = said[2].strip()
    kind, factor = _UNITS.get(unit, (unit, 1.0))
    amount = 1.0
    numbers = re.findall(r"\d+(?:\.\d+)?", said[1])
    for number in numbers:
        amount *= float(number) * (factor if kind == "length" else 1.0)
    return f"{len(numbers)} {kind}", amount * (1.0 if kind == "length" else factor)
