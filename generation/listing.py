"""Says which products of a sort or a price there are, which is the cheapest or the dearest, or how some compare: by their records."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.passages import Language, Listing, Passage

SHOWN = 4
"""Products that are named; people read no more in a chat."""
_SAID: dict[Language, dict[str, str]] = {
    "en": {
        "any": "Yes, we have {products}.",
        "more": "We have {products}, and {more} more.",
        "within": "For that price we have {products}.",
        "within more": "For that price we have {products}, and {more} more.",
        "nearest": "We have none for that price; the nearest to it is {products}.",
        "named": "We have {products}.",
        "sold out": "We sell {products}.",
        "cheapest": "The cheapest is {products}.",
        "dearest": "The most expensive is {products}.",
        "cheapest in stock": "The cheapest in stock is {products}.",
        "dearest in stock": "The most expensive in stock is {products}.",
        "product": "the {name} ({price})",
        "gone": "the {name} ({price}, out of stock)",
        "price": "Price",
        "stock": "Stock",
        "price of the gone": "{value} (out of stock)",
        "back": "{value} (expected back on {day})",
        "warranty_months": "Warranty",
        "warranty_months value": "{value} months",
        "compared": "{field}: {values}.",
        "value": "{value} for the {name}",
        "ahead": "The {name} is {ahead}: {value}, {others}.",
        "behind": "the {name} {value}",
        "untold": "not stated for the {name}",
    },
    "zh": {
        "any": "有的：{products}。",
        "more": "有的：{products}，另外还有{more}款。",
        "within": "这个价位有：{products}。",
        "within more": "这个价位有：{products}，另外还有{more}款。",
        "nearest": "这个价位没有，最接近的是{products}。",
        "named": "我们有{products}。",
        "sold out": "我们卖{products}。",
        "cheapest": "最便宜的是{products}。",
        "dearest": "最贵的是{products}。",
        "cheapest in stock": "有货的里面最便宜的是{products}。",
        "dearest in stock": "有货的里面最贵的是{products}。",
        "product": "{name}（{price}）",
        "gone": "{name}（{price}，暂时缺货）",
        "price": "价格",
        "stock": "库存",
        "stock value": "{value}件",
        "price of the gone": "{value}（暂时缺货）",
        "back": "{value}（预计{day}到货）",
        "warranty_months": "保修期",
        "warranty_months value": "{value}个月",
        "compared": "{field}：{values}。",
        "value": "{name}为{value}",
        "ahead": "{name}{ahead}：{value}，{others}。",
        "behind": "{name}为{value}",
        "untold": "{name}未注明",
    },
}


_AHEAD: tuple[tuple[str, str, str], ...] = (
    (r"^price$", "cheaper", "更便宜"),
    (r"^height$|^高度?$", "taller", "更高"),
    (r"^weight$|^重量$", "heavier", "更重"),
    (r"^length$|^长度?$", "longer", "更长"),
    (r"^width$|^宽度?$", "wider", "更宽"),
    (r"^diameter$|^直径$", "bigger", "更大"),
    (r"^brightness$|^亮度$", "brighter", "更亮"),
    (r"^(?:noise(?: level)?|loudness)$|^噪[音声]$", "louder", "更响"),
)
"""Fields whose number says which of two products is ahead: the one of the lower price, or of the greater number."""
_CHEAPEST = ("the cheapest", "最便宜")
"""Of more than two; in what else they differ, they are told from the greatest number on."""
_ONE_NUMBER = re.compile(r"(?P<before>[^\d]*?)(?P<number>\d[\d,]*(?:\.\d+)?)(?P<after>[^\d]*)")
_BOUND = re.compile(r"[<>≤≥~+]|\b(?:from|up|to|about|max|min|over|under|or)\b|约|起|以|至|最", re.IGNORECASE)
"""What makes a number none to be held against another: "from £20", "up to 3 kg"."""


def listed(listing: Listing, shown: Sequence[Passage], language: Language) -> str:
    """What is said of those ``shown`` of its products, one or more of the first."""
    said = _SAID[language]
    if listing.order == "compared":
        return ("" if language == "zh" else " ").join(_compared(field, shown, language) for field in listing.fields)
    more = len(listing.products) - len(shown) if listing.order in ("any", "within", "named") else 0
    named = [_named(product, said) for product in shown]
    if language == "zh":
        products = "、".join(named)
    else:
        products = ", ".join(named[:-1]) + " and " + named[-1] if len(named) > 1 and not more else ", ".join(named)
    kind: str = listing.order
    if more:
        kind = "within more" if kind == "within" else "more"
    elif kind in ("any", "named") and all(product.sold_out for product in shown):
        kind = "sold out"
    elif kind in ("cheapest", "dearest") and not shown[0].sold_out and listing.products[-1].sold_out:
        kind += " in stock"
    return said[kind].format(products=products, more=more)


def _named(product: Passage, said: dict[str, str]) -> str:
    return said["gone" if product.sold_out else "product"].format(
        name=product.title, price=dict(product.fields)["price"]
    )


def _compared(field: str, shown: Sequence[Passage], language: Language) -> str:
    """The values of a field beside each other, and which product is ahead where that is known."""
    said = _SAID[language]
    comma = "，" if language == "zh" else ", "
    ordered, ahead = _ahead(field, shown, language)
    told = [(product.title, _value(field, product, said)) for product in ordered]
    if ahead:
        (name, value), *others = told
        behind = comma.join(said["behind"].format(name=name, value=value) for name, value in others)
        return said["ahead"].format(name=name, ahead=ahead, value=value, others=behind)
    values = (said["untold" if value is None else "value"].format(name=name, value=value) for name, value in told)
    name = said.get(field) or (field if language == "zh" else field[:1].upper() + field[1:])
    return said["compared"].format(field=name, values=comma.join(values))


def _value(field: str, product: Passage, said: dict[str, str]) -> str | None:
    record = dict(product.fields)
    value = record.get(field)
    if value is not None:
        value = said.get(f"{field} value", "{value}").format(value=value)
    if field == "price" and product.sold_out:
        value = said["price of the gone"].format(value=value)
    if field == "stock" and product.sold_out and "restock" in record:
        value = said["back"].format(value=value, day=record["restock"])
    return value


def _ahead(field: str, shown: Sequence[Passage], language: Language) -> tuple[Sequence[Passage], str]:
    """The products from the one that is ahead in a field on, and how that is said; as they came and "" where it is not known."""
    said = next((words for pattern, *words in _AHEAD if re.search(pattern, field, re.IGNORECASE)), None)
    numbers = _of_one_unit([dict(product.fields).get(field, "") for product in shown])
    if said is None or len(numbers) < 2:
        return shown, ""
    cheapest = field == "price"
    order = sorted(range(len(shown)), key=lambda i: numbers[i] if cheapest else -numbers[i])
    ordered = [shown[i] for i in order]
    if numbers[order[0]] == numbers[order[1]] or (len(shown) > 2 and not cheapest):
        return ordered, ""
    return ordered, (said if len(shown) == 2 else _CHEAPEST)[language == "zh"]


def _of_one_unit(values: Sequence[str]) -> list[float]:
    """The numbers of values that are one number each, all of one unit; none where they are not."""
    read = [one for value in values if (one := _ONE_NUMBER.fullmatch(value.strip()))]
    units = {(one["before"].strip().lower(), one["after"].strip().lower()) for one in read}
    if len(read) < len(values) or len(units) != 1 or any(map(_BOUND.search, next(iter(units)))):
        return []
    return [float(one["number"].replace(",", "")) for one in read]
