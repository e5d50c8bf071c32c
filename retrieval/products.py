"""Renders a product's record as a passage in each language it is described in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from retrieval.errors import InputError
from retrieval.passages import Language, Passage

_SYMBOLS = {"SGD": "S$", "USD": "US$", "EUR": "€", "GBP": "£", "CNY": "¥"}


def product_passages(path: Path, source: str, lines: list[str], data: dict[str, Any]) -> list[Passage]:
    """The passages of a catalogue file. Raises InputError naming the product and its line."""
    products = data["products"]
    names = {str(p["id"]): p for p in products if isinstance(p, dict) and "id" in p and "name" in p}
    found: list[Passage] = []
    for number, product in enumerate(products, 1):
        if not isinstance(product, dict):
            raise InputError(f"product {number} is not a mapping", "write id:, name:, price:", path=path, line=1)
        line = _line(lines, product, number)
        for field in ("id", "name", "price"):
            if product.get(field) in (None, ""):
                raise InputError(f"product {number} has no {field}", f"add {field}:", path=path, line=line)
        try:
            float(product["price"])
        except (TypeError, ValueError) as error:
            raise InputError(
                f"the price of {product['id']} is {product['price']!r}",
                "write a number such as 49.90",
                path=path,
                line=line,
            ) from error
        found.append(_passage(product, data, names, source, line, "en"))
        if product.get("name_zh") or product.get("summary_zh"):
            found.append(_passage(product, data, names, source, line, "zh"))
    return found


def _line(lines: list[str], product: dict[str, Any], number: int) -> int:
    key = str(product.get("id") or product.get("name") or "")
    found = next((i for i, line in enumerate(lines, 1) if key and key in line and "compatible" not in line), None)
    return found or min(number + 1, max(1, len(lines)))


def money(product: dict[str, Any], language: Language) -> str:
    """The price as the shop writes it: S$49.90, or 49.90新元."""
    amount = f"{float(product['price']):.2f}"
    currency = str(product.get("currency", "SGD"))
    if language == "zh" and currency == "SGD":
        return f"{amount}新元"
    return f"{_SYMBOLS.get(currency, currency + ' ')}{amount}"


def _passage(
    product: dict[str, Any],
    catalogue: dict[str, Any],
    names: dict[str, dict[str, Any]],
    source: str,
    line: int,
    language: Language,
) -> Passage:
    zh = language == "zh"
    name = str(product.get("name_zh") or product["name"]) if zh else str(product["name"])
    price = money(product, language)
    stock = int(product.get("stock") or 0)
    months = product.get("warranty_months")
    specification = product.get("specification_zh" if zh else "specification") or {}
    summary = str(product.get("summary_zh" if zh else "summary") or "").strip()

    def others(key: str) -> list[str]:
        return [
            str(names[i].get("name_zh") if zh else names[i]["name"]) if i in names else str(i)
            for i in map(str, product.get(key) or ())
        ]

    fits, clashes = others("compatible_with"), others("not_compatible_with")
    restock = product.get("restock")
    if zh:
        parts = [
            summary,
            f"{name}的价格是{price}。",
            f"{name}现有库存{stock}件。"
            if stock
            else f"{name}目前缺货" + (f"，预计{restock}到货。" if restock else "。"),
            *(f"{name}的{key}：{value}。" for key, value in specification.items()),
            f"{name}的保修期为{months}个月。" if months else "",
            f"{name}兼容：{'、'.join(fits)}。" if fits else "",
            f"{name}不兼容：{'、'.join(clashes)}。" if clashes else "",
        ]
        text = "".join(part for part in parts if part)
    else:
        parts = [
            summary,
            f"The {name} costs {price}.",
            f"The {name} is in stock ({stock} available)."
            if stock
            else f"The {name} is out of stock" + (f" and expected back on {restock}." if restock else "."),
            *(f"{str(key).capitalize()} of the {name}: {value}." for key, value in specification.items()),
            f"The {name} has a warranty of {months} months." if months else "",
            f"The {name} is compatible with: {', '.join(fits)}." if fits else "",
            f"The {name} is not compatible with: {', '.join(clashes)}." if clashes else "",
            str(product.get("note") or ""),
        ]
        text = " ".join(part for part in parts if part)
    fields = {
        "id": str(product["id"]),
        "name": name,
        "price": price,
        "stock": str(stock),
        "category": str(catalogue.get("category_zh" if zh else "category") or ""),
        **({"restock": str(restock)} if restock else {}),
        **({"warranty_months": str(months)} if months else {}),
        **{str(key): str(value) for key, value in specification.items()},
    }
    aliases = [str(product["name"]), product.get("name_zh"), str(product["id"]), *(product.get("aliases") or ())]
    return Passage(
        f"{product['id']}.{language}",
        name,
        text,
        source,
        line,
        str(product["name"]),
        language,
        "product",
        tuple(dict.fromkeys(str(a) for a in aliases if a)),
        tuple(fields.items()),
    )
