"""Says which products of a sort there are, which is the cheapest or the dearest, or how some compare: by their records alone."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.passages import Language, Listing, Passage

SHOWN = 4
"""Products that are named; people read no more in a chat."""
_SAID: dict[Language, dict[str, str]] = {
    "en": {
        "any": "Yes, we have {products}.",
        "more": "We have {products}, and {more} more.",
        "sold out": "We sell {products}.",
        "cheapest": "The cheapest is {products}.",
        "dearest": "The most expensive is {products}.",
        "product": "the {name} ({price})",
        "gone": "the {name} ({price}, out of stock)",
        "price": "Price",
        "warranty_months": "Warranty",
        "months": "{value} months",
        "compared": "{field}: {values}.",
        "value": "{value} for the {name}",
        "untold": "not stated for the {name}",
    },
    "zh": {
        "any": "有的：{products}。",
        "more": "有的：{products}，另外还有{more}款。",
        "sold out": "我们卖{products}。",
        "cheapest": "最便宜的是{products}。",
        "dearest": "最贵的是{products}。",
        "product": "{name}（{price}）",
        "gone": "{name}（{price}，暂时缺货）",
        "price": "价格",
        "warranty_months": "保修期",
        "months": "{value}个月",
        "compared": "{field}：{values}。",
        "value": "{name}为{value}",
        "untold": "{name}未注明",
    },
}


def listed(listing: Listing, shown: Sequence[Passage], language: Language) -> str:
    """What is said of those ``shown`` of its products, one or more of the first."""
    said = _SAID[language]
    if listing.order == "compared":
        return ("" if language == "zh" else " ").join(_compared(field, shown, language) for field in listing.fields)
    more = len(listing.products) - len(shown) if listing.order == "any" else 0
    named = [_named(product, said) for product in shown]
    if language == "zh":
        products = "、".join(named)
    else:
        products = ", ".join(named[:-1]) + " and " + named[-1] if len(named) > 1 and not more else ", ".join(named)
    kind = listing.order if listing.order != "any" or not shown[0].sold_out else "sold out"
    return said["more" if more else kind].format(products=products, more=more)


def _named(product: Passage, said: dict[str, str]) -> str:
    return said["gone" if product.sold_out else "product"].format(
        name=product.title, price=dict(product.fields)["price"]
    )


def _compared(field: str, shown: Sequence[Passage], language: Language) -> str:
    said = _SAID[language]
    values = []
    for product in shown:
        value = dict(product.fields).get(field)
        if value is not None and field == "warranty_months":
            value = said["months"].format(value=value)
        values.append(said["untold" if value is None else "value"].format(name=product.title, value=value))
    name = said.get(field) or (field if language == "zh" else field[:1].upper() + field[1:])
    return said["compared"].format(field=name, values=("，" if language == "zh" else ", ").join(values))
