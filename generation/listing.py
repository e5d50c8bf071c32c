"""Says which products of a sort there are, or which is the cheapest or the dearest: facts of their records alone."""

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
    },
    "zh": {
        "any": "有的：{products}。",
        "more": "有的：{products}，另外还有{more}款。",
        "sold out": "我们卖{products}。",
        "cheapest": "最便宜的是{products}。",
        "dearest": "最贵的是{products}。",
        "product": "{name}（{price}）",
        "gone": "{name}（{price}，暂时缺货）",
    },
}


def listed(listing: Listing, shown: Sequence[Passage], language: Language) -> str:
    """What is said of those ``shown`` of its products, one or more of the first."""
    said = _SAID[language]
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
