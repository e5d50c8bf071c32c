"""Products beside each other: which are compared, and in what, by their records."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from retrieval.catalogue import HIGHEST, LOWEST, alike
from retrieval.entities import Entities
from retrieval.glossary import glossary
from retrieval.lexical import words
from retrieval.passages import Language, Listing, Passage
from retrieval.query import Utterance
from retrieval.shorthand import written_out

MOST = 4
"""Products that are compared at most; where names leave more open, it is not known which are meant."""
_SURE = 0.5
"""The share of a product's name that must be said."""
_LIKELY = 0.35
"""The share that is enough where a name on each side of an "or" fits one product: "the Xishi or the Shipiao"."""
_SEVERAL = re.compile(r"\b(?:both|two|three|all)\b|[两几][个款种只台]|之间", re.IGNORECASE)
_HAN = re.compile(r"[\u3400-\u9fff]+")
_LOOK_BACK = 6
"""Turns of the customer in which the products are sought that a bare "which is bigger?" compares."""
_ADJECTIVE = (
    r"(?:bright|cheap|dear|prici|bigg|small|larg|wid|slimm|narrow|thick|thinn|deep|tall|high|low|short|long|heavi|light|strong|weak|"
    r"loud|quiet|noisi|great|roomi|warm|fast|quick|slow)"
)
_COMPARES = re.compile(
    r"\b(?:than|vs|versus|compared?|comparison|differences?|differ)\b"
    rf"|\b(?:which|what|is|are)\b.*\b(?:{_ADJECTIVE}e(?:r|st)|more|less|better|best)\b"
    rf"|\b(?:{_ADJECTIVE}er|better)\b.*\bor\b|比(?![如方例])|哪[个款种只台]|区别|差别|差异|不同|不一样|更(?![换改新正])",
    re.IGNORECASE,
)
_OF_AN_ORDER = re.compile(
    r"(?<!\bto )(?<!\bi )\borders?\b|\b(?:ordered|bought|paid|payments?|charged|refund\w*|deliver\w*|arriv\w*|exchang\w*|return\w*)\b"
    r"|订单|下单|换成|换货|退|到货|付款",
    re.IGNORECASE,
)
"""What has been bought or is on its way; what a customer means "to order" may still be compared."""
_IN_GENERAL = re.compile(
    r"\b(?:better|best|compared?|comparison|differences?|differ|vs|versus)\b|区别|差别|差异|不同|不一样|对比|比较|哪[个款种只台](?:更|比较)?好|相比|比(?:起来|一比|一下|呢)",
    re.IGNORECASE,
)
_DIFFERENCE = re.compile(r"(?:之间)?有?(?:什么|啥|哪些|多大)?的?(?:区别|差别|差异|不同|不一样)")
_ANOTHER = re.compile(
    rf"\b(?:any(?:thing)?|something|an?|have|got|is there|are there)\b.*\b(?:{_ADJECTIVE}er|more \w+)\b(?! than\b)"
    r"|(?:有|要|想).*(?:更|再|[大小长短高宽轻重亮厚薄]一?[点些])(?!.*[哪比])",
    re.IGNORECASE,
)
"""What asks for another of the same sort, bigger or the like, than the one spoken of."""
_POINTING = re.compile(
    r"\b(?:it|its|it's|this|that)\b|它|[这那][款个]|^\W*(?:and |or |so )?(?:compared (?:to|with)|vs|versus|than)\b"
    rf"|^\W*(?:and |so )?(?:{_ADJECTIVE}er|(?:more|less) \w+) than\b|^(?:那|如果)?[和跟与同比]",
    re.IGNORECASE,
)
"""What holds something spoken of before against what it names."""
_BARE = re.compile(
    rf"\b(?:and|so|but|ok|which|what|is|are|the|has|have|one|of|them|these|those|two|both|between|then|more|less|most|{_ADJECTIVE}e(?:r|st)|better|best"
    r"|pls|please|difference|differ|any|anything|something|an?|do|you|got|there|in)\b|哪[个款种只台一]+|[这那]?[两几][个款种只台]|[它他]们|之间|更|再|比较|最|什么|啥|(?<=有)没有|一?点|些|那|有|的|呢|吗|啊|呀|是",
    re.IGNORECASE,
)
"""What a comparison may say without saying of what."""
_SINGLE = re.compile(r"\b(?:it|its|it's|this|that|one)\b|它(?!们)|[这那][款个]|第", re.IGNORECASE)
"""What asks after one of those that were compared."""
_PLURAL = re.compile(r"\b(?:they|them|these|those|each|both)\b|[它他]们|各|分别", re.IGNORECASE)
"""What asks after all that were listed."""
_AND_MORE = re.compile(r"\b\d+ more\b|另外还有")
_ASKS = re.compile(
    r"\b(?:and|how|much|many|what|about|do|does|is|are|the|they|their|you|weight|each|both)\b|多|能|可以|会|有|各|分别|都|呢|几|少",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\b(?:than|or|and|vs|versus)\b|[,，、]|和|与|跟|比|还是|或", re.IGNORECASE)
_ASKED: tuple[tuple[str, str], ...] = (
    (r"cheap|expensive|costs?\b|pric|dearer|便宜|贵|价[格钱位]?|多少钱", r"price"),
    (r"bright|亮", r"brightness|亮度"),
    (
        r"\b(?:big|small|large|size|wid|slim)|[大小](?!号)|尺寸|宽",
        r"size|dimension|width|diameter|capacity|尺寸|大小|直径|宽度|容量",
    ),
    (r"\b(?:tall|high|short)|高|矮", r"height|高度"),
    (r"装多重|承(?:重|受)|载重|\bloads?\b", r"承重|载重|load"),
    (r"\b(?:heav|lighter|lightest|weigh)|(?<![承载])(?<!装多)重(?![新复发])|轻", r"weight|重量"),
    (
        r"\b(?:last(?:s|ing)?\b(?! (?:week|month|year|time|night))|longe[rs]|battery|run)|续航|电池|(?<!多)久",
        r"battery|run ?time|续航|电池",
    ),
    (r"\b(?:powerful|stronger|watt|power)|功率", r"power|功率"),
    (r"\b(?:in|out of) stock|availab|sold out|有货|现货|库存|缺货|没货", r"^stock$"),
    (r"warrant|guarantee|保修|质保", r"warranty_months"),
    (r"\b(?:loud|quiet|nois)|安静|噪|吵", r"noise|噪"),
    (r"\b(?:holds?|capacity|fit more|roomier)|容量|装", r"capacity|容量"),
)
"""What is asked for, and the fields of a record that tell it."""
_GENERAL_FIELDS = 3
_NOT_COMPARED = frozenset({"id", "name", "category", "restock"})


def compared(
    history: Sequence[Utterance], language: Language, entities: Entities, products: Mapping[str, Passage]
) -> Listing | None:
    """The products that the last turn compares, in the order in which they were named, and the fields that tell; else None.

    ``products`` are the records of this language by entity. A turn that names none ("which is cheaper?") compares those of the
    customer's turns before it; one that names one and points at another ("is it brighter than the Mini?"), that and the one
    spoken of last.
    """
    question = written_out(history[-1].text)
    another = _ANOTHER.search(question)
    if not products or _OF_AN_ORDER.search(question):
        return None
    if not (another or _COMPARES.search(question)):
        return _more_of(history, products)
    named = _named(question, entities, products)
    earlier = [turn.text for turn in reversed(history[:-1]) if turn.role == "customer"]
    if another and len(set(named)) < 2:
        named = _of_its_sort(named or _last_named(history, entities, products), products) if _is_bare(question) else []
    elif not named:
        extreme = LOWEST.search(question) or HIGHEST.search(question)  # the catalogue knows the cheapest of a sort
        if not extreme:
            named = _picked(question, _told_of(history, products), products)
        named = named or _spoken_of(earlier[: _LOOK_BACK if _is_bare(question) else 1], entities, products)
        if len(set(named)) < 2 and not extreme and _is_bare(question):
            near = _SEVERAL.search(question) or (len(history) > 1 and _titled(history[-2].text, products))
            named = _told_last(history, entities, products) if near else named
    elif len(named) == 1 and _POINTING.search(question):
        spoken_of = (_named(turn.text, entities, products) for turn in reversed(history[:-1]))
        before = next((found for found in spoken_of if found), [])
        named = [*(before if len(before) == 1 else []), *named]
    records = [products[name] for name in dict.fromkeys(named)]
    if not 2 <= len(records) <= MOST:
        return None
    fields = _fields(question, records)
    if another and fields == ("price",):
        return None  # what costs less is known to the catalogue
    return Listing(tuple(records), "compared", fields) if fields else None


def _more_of(history: Sequence[Utterance], products: Mapping[str, Passage]) -> Listing | None:
    """Another field of those that were compared or listed just before: "how heavy are they?" after "which is bigger?"."""
    question = written_out(history[-1].text)
    records = [products[name] for name in _told_of(history, products)]
    if not 2 <= len(records) <= MOST or _SINGLE.search(question):
        return None
    if not (_PLURAL.search(question) or _after_comparison(history, products)):
        return None
    keys = {word for record in records for key, _ in record.fields for word in words(key)}
    if not keys.issuperset(words(_unsaid(_ASKS.sub(" ", question)))):
        return None
    fields = _fields(question, records)
    return Listing(tuple(records), "compared", fields) if fields else None


def _after_comparison(history: Sequence[Utterance], products: Mapping[str, Passage]) -> bool:
    """Whether a turn before compares, and the agent has told of the same products since."""
    told = set(_told_of(history, products))
    for at in range(len(history) - 3, max(-1, len(history) - 2 - 2 * _LOOK_BACK), -2):
        if set(_told_of(history[: at + 2], products)) != told and set(_told_of(history[: at + 3], products)) != told:
            return False
        before = written_out(history[at].text)
        if history[at].role == "customer" and (_COMPARES.search(before) or _ANOTHER.search(before)):
            return True
    return False


def _told_last(history: Sequence[Utterance], entities: Entities, products: Mapping[str, Passage]) -> list[str]:
    """The two products of one sort that either side spoke of last."""
    found: list[str] = []
    for turn in history[-2 : -2 - 2 * _LOOK_BACK : -1]:
        if turn.role == "agent" and _AND_MORE.search(turn.text):
            return []
        told = _titled(turn.text, products) if turn.role == "agent" else _named(turn.text, entities, products)
        found = [*(name for name in told if name not in found), *found]
        if len(found) > 1:
            break
    return found if len(found) == 2 and alike(products[found[0]], products[found[1]]) else []


def _is_bare(question: str) -> bool:
    """Whether a comparison says in what, and nothing else."""
    return not words(_unsaid(question))


def _unsaid(question: str) -> str:
    """Without what a comparison says of itself and of what is compared."""
    rest = _IN_GENERAL.sub(" ", question)
    for asked, _ in _ASKED:
        rest = re.sub(rf"[a-z]*(?:{asked})[a-z]*", " ", rest, flags=re.IGNORECASE)
    return _BARE.sub(" ", rest)


def _titled(text: str, products: Mapping[str, Passage]) -> list[str]:
    """The products whose whole title stands in a text, in its order; none for being a part of another's."""
    at: dict[str, int] = {}
    for name, product in sorted(products.items(), key=lambda item: -len(item[1].title)):
        if (start := text.find(product.title)) >= 0:
            at[name] = start
            text = text.replace(product.title, " " * len(product.title))
    return sorted(at, key=lambda name: at[name])


def _told_of(history: Sequence[Utterance], products: Mapping[str, Passage]) -> list[str]:
    """The products of one sort that the agent has just listed; none where it said that there are more."""
    listed = len(history) > 1 and history[-2].role == "agent" and not _AND_MORE.search(history[-2].text)
    named = _titled(history[-2].text, products) if listed else []
    return named if all(alike(products[named[0]], products[name]) for name in named[1:]) else []


def _picked(question: str, told: Sequence[str], products: Mapping[str, Passage]) -> list[str]:
    """Of those listed the ones that a comparison names by parts of their titles ("the big or the small one"); all where by none."""
    rest = _unsaid(question)
    keys = [glossary().simplify(key).casefold() for name in told for key, _ in products[name].fields]
    parts = {
        piece for part in _BETWEEN.split(rest) for piece in re.findall(r"[a-z0-9]+|[\u3400-\u9fff]+", part.casefold())
    }
    parts = {part for part in parts if not any(part in key for key in keys)}
    titles = {name: glossary().simplify(products[name].title).casefold() for name in told}
    if not all(any(part in title for title in titles.values()) for part in parts):
        return []
    picked = [name for name in told if not parts or any(part in titles[name] for part in parts)]
    return picked if len(picked) > 1 else []


def _last_named(history: Sequence[Utterance], entities: Entities, products: Mapping[str, Passage]) -> list[str]:
    """The products named by the agent's last turn, or else by the customer's."""
    for turn in history[-2:-4:-1]:
        if named := _titled(turn.text, products) or _named(turn.text, entities, products):
            return named
    return []


def _of_its_sort(named: Sequence[str], products: Mapping[str, Passage]) -> list[str]:
    """These and the others of the sort of the first, of a narrower one where those are too many."""
    found: list[str] = []
    for more in range(2 if named else 0):
        alikes = [name for name, product in products.items() if alike(products[named[0]], product, more)]
        found = list(dict.fromkeys((*(name for name in named if name in alikes), *alikes)))
        if len(found) <= MOST:
            break
    return found


def _spoken_of(earlier: Sequence[str], entities: Entities, products: Mapping[str, Passage]) -> list[str]:
    """The products of the turns before, the latest first, up to the turn with which they are two or more."""
    found: list[str] = []
    for text in earlier:
        found = [*_named(text, entities, products), *found]
        if len(set(found)) > 1:
            break
    return found


def _named(text: str, entities: Entities, products: Mapping[str, Passage]) -> list[str]:
    """The products that a text names, in its order; those between "or", "than" and the like by themselves where more are found so.

    "The Aurora lamp or the Mini" names the Aurora Mini.
    """
    text = _DIFFERENCE.sub(" ", text)
    whole = _best(text, entities, products)
    parts = _BETWEEN.split(text)
    if _SEVERAL.search(text) and 1 < len(both := _of_sort(text, products, whole=True)) <= MOST:
        return both
    apart: list[str] = []
    for part in parts:
        found = _best(part, entities, products)
        if len(parts) > 1 and len(sort := _of_sort(part, products)) > 1 and set(found) <= set(sort):
            found = sort
        if not found and apart:
            own = set(words(part)) - set(words(apart[0]))
            found = [
                name for name in _best(f"{apart[0].split()[0]} {part}", entities, products) if own & set(words(name))
            ]
        apart += found
    if len(set(apart)) > len(set(whole)):
        return apart
    if len(set(whole)) < 2 and len(parts) > 1:
        told = [_of_sort(part, products, whole=True) for part in parts]
        if sum(map(bool, told)) > 1 and all(len(found) < 2 for found in told):  # "the pro one" or "the oil set"
            return [name for found in told for name in found]
    sides = [found for part in _BETWEEN.split(text) if (found := _best(part, entities, products, _LIKELY))]
    likely = [name for found in sides for name in found] if all(len(found) == 1 for found in sides) else []
    return likely if len(set(likely)) > max(1, len(set(whole))) else whole


def _best(text: str, entities: Entities, products: Mapping[str, Passage], least: float = _SURE) -> list[str]:
    """At each place of a text the product that fits it best, and all that fit it as well."""
    places: dict[int, list[tuple[float, str]]] = {}
    for entity, share, position in entities.mentions(text):
        name = entities.names[entity]
        if share >= least and name in products:
            places.setdefault(position, []).append((share, name))
    best = ([name for share, name in found if share > max(found)[0] - 0.01] for _, found in sorted(places.items()))
    return [name for names in best for name in names]


def _of_sort(text: str, products: Mapping[str, Passage], *, whole: bool = False) -> list[str]:
    """The products that are what a text names and no more ("the detergent"), or, ``whole``, that hold all that it names."""
    said = _unsaid(text)
    own = words(said)
    if not own:
        return []
    if _HAN.search(said):
        piece = "".join(_HAN.findall(said))
        return [name for name, product in products.items() if _simple(product.title).endswith(piece)]
    titles = {name: words(product.title) for name, product in products.items()}
    return [name for name, title in titles.items() if set(own) <= set(title) and (whole or title[-1:] == own[-1:])]


def _simple(title: str) -> str:
    return glossary().simplify(title)


def _fields(question: str, records: Sequence[Passage]) -> tuple[str, ...]:
    """The names of the fields that tell what is asked; of a question for anything, the price and the first that all have."""
    held = list(dict.fromkeys(key for record in records for key, _ in record.fields if key not in _NOT_COMPARED))
    patterns = [fields for asked, fields in _ASKED if re.search(asked, question, re.IGNORECASE)]
    chosen = [
        key
        for key in held
        if any(re.search(pattern, key, re.IGNORECASE) for pattern in patterns) or _said_of(key, question)
    ]
    if chosen or not _IN_GENERAL.search(question):
        return tuple(chosen)
    common = [key for key in held if key != "stock" and all(key in dict(record.fields) for record in records)]
    return tuple(common[: 1 + _GENERAL_FIELDS])


def _said_of(key: str, question: str) -> bool:
    """Whether a question says a field's name, or what it ends in: 蛋白 for 粗蛋白, "load" for "maximum load"."""
    if key.isascii():
        return bool(words(key)) and words(key)[-1] in words(question)
    return key[-2:] in question
