"""Renders a product's record as a passage in each language it is described in."""

from __future__ import annotations

import datetime
import math
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from retrieval.errors import InputError
from retrieval.passages import Language, Passage

PRODUCT_FIELDS = frozenset(
    {"id", "name", "name_zh", "aliases", "price", "currency", "stock", "restock", "warranty_months", "summary"}
    | {"summary_zh", "compatible_with", "not_compatible_with", "note", "note_zh", "category", "category_zh"}
)
"""What a product has of itself; anything else is its specification."""
_SPECIFICATIONS = ("specification", "specification_zh")
_HAN = re.compile(r"[\u3400-\u9fff]")
_DAY = re.compile(r"\d{4}-\d\d?-\d\d?")
_SYMBOLS = {"SGD": "S$", "USD": "US$", "EUR": "€", "GBP": "£", "CNY": "¥"}


def product_passages(
    path: Path, source: str, lines: list[str], data: dict[str, Any], at: Sequence[int] | None = None
) -> list[Passage]:
    """The passages of a catalogue file; ``at`` holds the products' lines where they are known.

    Raises InputError naming the product and its line.
    """
    products = data["products"]
    categories = {key: as_text(data.get(key), _language(key)) for key in ("category", "category_zh")}
    checked: list[tuple[dict[str, Any], int]] = []
    for number, product in enumerate(products, 1):
        if not isinstance(product, dict):
            raise InputError(f"product {number} is not a mapping", "write id:, name:, price:", path=path, line=1)
        line = at[number - 1] if at else _line(lines, product, number)
        checked.append((_checked(product, path, line, number), line))
    for product, _ in checked:
        if _in_chinese(product):
            _as_chinese(product, categories)
    _tell_apart([product for product, _ in checked])
    names = {product["id"]: product for product, _ in checked}
    return [
        _passage(product, categories, names, source, line, language)
        for product, line in checked
        for language in _languages(product)
    ]


def _languages(product: dict[str, Any]) -> Sequence[Language]:
    if _in_chinese(product):
        return ("zh",)
    return ("en", "zh") if product.get("name_zh") or product.get("summary_zh") else ("en",)


def _in_chinese(product: dict[str, Any]) -> bool:
    """Whether a record is in Chinese alone: of a shop that writes "name: 乡村面包" and nothing beside it."""
    return bool(_HAN.search(product["name"])) and not product.get("name_zh")


def _as_chinese(product: dict[str, Any], catalogue: dict[str, Any]) -> None:
    """Let what is written without a language stand for Chinese, where nothing else does."""
    for field in ("summary", "specification", "note"):
        if not product.get(f"{field}_zh") and product.get(field):
            product[f"{field}_zh"] = product[field]
    product.setdefault(
        "category_zh", product.get("category") or catalogue.get("category_zh") or catalogue.get("category")
    )


def _tell_apart(products: Sequence[dict[str, Any]]) -> None:
    """Products of one name get after it what they differ in, "Fjord Duvet (king)", and keep the name as another."""
    for name, specification, label in (
        ("name", "specification", "{} ({})"),
        ("name_zh", "specification_zh", "{}（{}）"),
    ):
        alike: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for product in products:
            if name in product:
                alike[product[name].casefold()].append(product)
        for same in (group for group in alike.values() if len(group) > 1):
            told = [
                [
                    value
                    for key, value in one[specification].items()
                    if any(o[specification].get(key) != value for o in same)
                ]
                for one in same
            ]
            for product, differs in zip(same, told, strict=True):
                apart = ", ".join(differs[:2]) if differs and told.count(differs) == 1 else product["id"]
                product["aliases"] = [*product["aliases"], product[name]]
                product[name] = label.format(product[name], apart)


def as_text(value: Any, language: Language) -> str:
    """A value as customers read it: a list or mapping in one line, nothing for none."""
    if value is None:
        return ""
    if isinstance(value, bool):  # of a JSON file
        return str(value).lower()
    if isinstance(value, dict):
        colon = "：" if language == "zh" else ": "
        value = [f"{name}{colon}{text}" for name, item in value.items() if (text := as_text(item, language))]
    if isinstance(value, list | tuple | set):
        return ("、" if language == "zh" else ", ").join(filter(None, (as_text(item, language) for item in value)))
    return str(value).strip()


def _language(field: str) -> Language:
    return "zh" if field.endswith("_zh") else "en"


def _checked(product: dict[str, Any], path: Path, line: int, number: int) -> dict[str, Any]:
    """The record as texts, with numbers as numbers and lists as lists; what a shop wrote amiss is an InputError."""
    product = {str(field): value for field, value in product.items()}
    checked: dict[str, Any] = {
        field: text for field, value in product.items() if (text := as_text(value, _language(field)))
    }
    for field in ("id", "name", "price"):
        if field not in checked:
            raise InputError(f"product {number} has no {field}", f"add {field}:", path=path, line=line)

    def amiss(field: str, mend: str) -> InputError:
        return InputError(f"the {field} of {checked['id']} is {product[field]!r:.80}", mend, path=path, line=line)

    checked["price"] = _number(checked["price"])
    if checked["price"] is None:
        raise amiss("price", "write a number such as 49.90")
    for field in ("stock", "warranty_months"):
        if field in checked:
            count = _number(checked[field])
            if count is None or count != int(count):
                raise amiss(field, "write a whole number such as 12")
            checked[field] = int(count)
    if _DAY.fullmatch(checked.get("restock", "")) and not _is_day(checked["restock"]):
        raise amiss("restock", "write a day that there is, such as 2026-12-09")
    for field in ("aliases", "compatible_with", "not_compatible_with"):
        value = product.get(field)
        if isinstance(value, dict):
            raise amiss(field, "write a list such as [a, b]")
        # A cell of a table holds a list as text.
        items = value if isinstance(value, list | tuple) else re.split(r"[;；,，、|]", checked.get(field, ""))
        checked[field] = [text for item in items if (text := as_text(item, "en"))]
    for field in _SPECIFICATIONS:
        if not isinstance(product.get(field) or {}, dict | str):
            raise amiss(field, "write lines such as power: 9 W")
        checked[field] = _specification(product, field)
    return checked


def _specification(product: dict[str, Any], field: str) -> dict[str, str]:
    """What stands under ``field``: lines of names and values, or a text by itself."""
    under = product.get(field) or {}
    held = {field.removesuffix("_zh"): under} if isinstance(under, str) else under
    return {name: text for name, value in held.items() if (text := as_text(value, _language(field)))}


def _number(text: str) -> float | None:
    """A finite number, 0 or more."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _is_day(text: str) -> bool:
    try:
        datetime.date(*map(int, text.split("-")))
    except ValueError:
        return False
    return True


def _line(lines: list[str], product: dict[str, Any], number: int) -> int:
    key = re.escape(str(product.get("id") or product.get("name") or ""))
    of_id = re.compile(rf"\bid[\"']?\s*:\s*[\"']?{key}(?![\w-])")
    found = next((i for i, line in enumerate(lines, 1) if key and of_id.search(line)), None)
    if found is None:
        named = re.compile(rf"(?<![\w-]){key}(?![\w-])")
        found = next(
            (i for i, line in enumerate(lines, 1) if key and named.search(line) and "compat" not in line), None
        )
    return found or min(number + 1, max(1, len(lines)))


def money(product: dict[str, Any], language: Language) -> str:
    """The price as the shop writes it: S$49.90, or 49.90新元."""
    amount = f"{float(product['price']):.2f}"
    currency = str(product.get("currency", "SGD"))
    if language == "zh" and currency == "SGD":
        return f"{amount}新元"
    return f"{_SYMBOLS.get(currency, currency + ' ')}{amount}"


def _ended(text: str, stop: str) -> str:
    """A text that ends like a sentence, since others follow it."""
    return text + stop if text and text.rstrip('”"）)')[-1:] not in tuple(".!?。！？…") else text


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
    stock = product.get("stock")  # None: not said
    months = product.get("warranty_months")
    specification = product.get("specification_zh" if zh else "specification") or {}
    summary = _ended(str(product.get("summary_zh" if zh else "summary") or "").strip(), "。" if zh else ".")

    def others(key: str) -> list[str]:
        return [
            str((names[i].get("name_zh") if zh else None) or names[i]["name"]) if i in names else i
            for i in map(str, product.get(key) or ())
        ]

    fits, clashes = others("compatible_with"), others("not_compatible_with")
    restock = product.get("restock")
    if zh:
        back = f"，预计{restock}到货" if restock else ""
        parts = [
            summary,
            f"{name}的价格是{price}。",
            "" if stock is None else f"{name}现有库存{stock}件。" if stock else f"{name}目前缺货{back}。",
            *(f"{name}的{key}：{value}。" for key, value in specification.items()),
            f"{name}的保修期为{months}个月。" if months else "",
            f"{name}兼容：{'、'.join(fits)}。" if fits else "",
            f"{name}不兼容：{'、'.join(clashes)}。" if clashes else "",
            str(product.get("note_zh") or ""),
        ]
        text = "".join(part for part in parts if part)
    else:
        back = f" and expected back on {restock}" if restock else ""
        parts = [
            summary,
            f"The {name} costs {price}.",
            ""
            if stock is None
            else f"The {name} is in stock ({stock} available)."
            if stock
            else f"The {name} is out of stock{back}.",
            *(f"{str(key).capitalize()} of the {name}: {value}." for key, value in specification.items()),
            f"The {name} has a warranty of {months} months." if months else "",
            f"The {name} is compatible with: {', '.join(fits)}." if fits else "",
            f"The {name} is not compatible with: {', '.join(clashes)}." if clashes else "",
            str(product.get("note") or ""),
        ]
        text = " ".join(part for part in parts if part)
    category = "category_zh" if zh else "category"
    fields = {
        "id": str(product["id"]),
        "name": name,
        "price": price,
        **({} if stock is None else {"stock": str(stock)}),
        "category": str(product.get(category) or catalogue.get(category) or ""),
        **({"restock": str(restock)} if restock else {}),
        **({"warranty_months": str(months)} if months else {}),
        **{str(key): str(value) for key, value in specification.items() if key not in PRODUCT_FIELDS},
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
