"""Turns product records into passages of plain sentences, one a language, with the record kept as fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from retrieval.passages import Language, Passage

_SIGNS = {"SGD": "S$", "USD": "US$", "EUR": "€", "GBP": "£", "CNY": "¥", "JPY": "¥", "HKD": "HK$"}
Record = Mapping[str, Any]


def passages_of(record: Record, names: Mapping[str, tuple[str, str]], source: str, line: int) -> list[Passage]:
    """The English passage, and the Chinese one where the record has Chinese text.

    ``names`` maps the ids of all products to (name, Chinese name or name), for compatibility lists.
    """
    identity, name = str(record["id"]), str(record["name"])
    name_zh = str(record.get("name_zh") or "")
    aliases = tuple(dict.fromkeys(a for a in (identity, name_zh, *map(str, record.get("aliases") or ())) if a != ""))
    fields = _fields(record, names)

    def passage(language: Language, title: str, text: str) -> Passage:
        suffix = "" if language == "en" else ":zh"
        return Passage(
            identity + suffix, title, text, source, line, name, language, "product", aliases, tuple(fields.items())
        )

    result = [passage("en", name, _english(record, fields, names))]
    if name_zh and (record.get("summary_zh") or record.get("specification_zh")):
        result.append(passage("zh", name_zh, _chinese(record, fields, names)))
    return result


def price(record: Record) -> str:
    """The price with its currency's sign, two decimals."""
    currency = str(record.get("currency") or "")
    sign = _SIGNS.get(currency, currency + " " if currency else "")
    value = record.get("price")
    return f"{sign}{float(value):,.2f}" if isinstance(value, int | float) else f"{value}"


def _names(record: Record, key: str, names: Mapping[str, tuple[str, str]], chinese: bool = False) -> list[str]:
    listed = record.get(key) or ()
    ids = [listed] if isinstance(listed, str) else list(listed)
    return [names.get(str(i), (str(i), str(i)))[chinese] for i in ids]


def _fields(record: Record, names: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for key, value in record.items():
        if key in ("aliases", "summary", "summary_zh", "specification_zh") or value is None:
            continue
        if key == "price":
            fields[key] = price(record)
        elif key == "specification" and isinstance(value, Mapping):
            fields |= {str(k): str(v) for k, v in value.items()}
        elif key in ("compatible_with", "not_compatible_with"):
            fields[key] = ", ".join(_names(record, key, names))
        elif isinstance(value, list):
            fields[key] = ", ".join(map(str, value))
        elif not isinstance(value, Mapping):
            fields[key] = str(value)
    return fields


def _english(record: Record, fields: Mapping[str, str], names: Mapping[str, tuple[str, str]]) -> str:
    name = str(record["name"])
    lines = [f"{name} ({record['id']}): {_stop(record.get('summary') or record.get('category') or 'a product')}"]
    if "price" in fields:
        lines.append(f"Price: the {name} costs {fields['price']}.")
    stock = record.get("stock")
    if stock is not None:
        restock = record.get("restock")
        if str(stock) in ("0", "False"):
            back = f" It is expected back {_when(restock)}." if restock else ""
            lines.append(f"Stock: the {name} is out of stock.{back}")
        else:
            lines.append(f"Stock: {stock} in stock.")
    specification = record.get("specification")
    if isinstance(specification, Mapping):
        lines += [f"{str(k)[:1].upper()}{str(k)[1:]}: {v}." for k, v in specification.items()]
    if listed := _names(record, "compatible_with", names):
        lines.append(f"It works with: {', '.join(listed)}.")
    if listed := _names(record, "not_compatible_with", names):
        lines.append(f"It does not work with: {', '.join(listed)}.")
    if record.get("warranty_months") is not None:
        lines.append(f"Warranty: {record['warranty_months']} months.")
    if record.get("note"):
        lines.append(_stop(record["note"]))
    return "\n".join(lines)


def _chinese(record: Record, fields: Mapping[str, str], names: Mapping[str, tuple[str, str]]) -> str:
    name = str(record["name_zh"])
    lines = [f"{name}（{record['name']}，{record['id']}）：{_stop(record.get('summary_zh') or '', '。')}"]
    if "price" in fields:
        lines.append(f"价格：{name}售价 {fields['price']}。")
    stock = record.get("stock")
    if stock is not None:
        restock = record.get("restock")
        if str(stock) in ("0", "False"):
            lines.append(f"库存：{name}目前缺货。" + (f"预计到货：{restock}。" if restock else ""))
        else:
            lines.append(f"库存：现货 {stock} 件。")
    specification = record.get("specification_zh")
    if isinstance(specification, Mapping):
        lines += [f"{k}：{v}。" for k, v in specification.items()]
    if listed := _names(record, "compatible_with", names, chinese=True):
        lines.append(f"可搭配（兼容）：{'、'.join(listed)}。")
    if listed := _names(record, "not_compatible_with", names, chinese=True):
        lines.append(f"不兼容：{'、'.join(listed)}。")
    if record.get("warranty_months") is not None:
        lines.append(f"保修期：{record['warranty_months']} 个月。")
    if record.get("note_zh"):
        lines.append(_stop(record["note_zh"], "。"))
    return "\n".join(lines)


def _when(value: object) -> str:
    text = str(value)
    return f"on {text}" if text[:1].isdigit() else text


def _stop(value: object, stop: str = ".") -> str:
    text = str(value).strip()
    return text if text.endswith((".", "!", "?", "。", "！", "？")) else text + stop
