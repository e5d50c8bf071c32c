"""Says which products of a sort or a price there are, which is the cheapest or the dearest, or how some compare: by their records."""

from __future__ import annotations

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
        "untold": "{name}未注明",
    },
}


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
    said = _SAID[language]
    values = []
    for product in shown:
        record = dict(product.fields)
        value = record.get(field)
        if value is not None:
            value = said.get(f"{field} value", "{value}").format(value=value)
        if field == "price" and product.sold_out:
            value = said["price of the gone"].format(value=value)
        if field == "stock" and product.sold_out and "restock" in record:
            value = said["back"].format(value=value, day=record["restock"])
        values.append(said["untold" if value is None else "value"].format(name=product.title, value=value))
    name = said.get(field) or (field if language == "zh" else field[:1].upper() + field[1:])
    return said["compared"].format(field=name, values=("，" if language == "zh" else ", ").join(values))
