"""Reads YAML, JSON and CSV: a catalogue of products, or a list of questions and answers."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import yaml

from retrieval.documents import naming
from retrieval.errors import InputError
from retrieval.passages import Passage
from retrieval.products import PRODUCT_FIELDS, product_passages

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_yaml(path: Path, text: str, offset: int = 0) -> Any:
    """The document; ``offset`` counts the lines above it. Raises InputError with the line."""
    try:
        return yaml.load(text, _LOADER)  # a safe loader, in C where there is one
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = (mark.line if mark else 0) + 1 + offset
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise InputError(f"not valid YAML: {problem}", "check indents and quotes", path=path, line=line) from error
    except (ValueError, OverflowError) as error:  # a date such as 2026-02-30
        raise InputError(f"not valid YAML: {error}", "mend or quote the value", path=path, line=1 + offset) from error


def read_yaml(path: Path, source: str, text: str) -> list[Passage]:
    return _records(path, source, text, parse_yaml(path, text))


def read_json(path: Path, source: str, text: str) -> list[Passage]:
    try:
        data = json.loads(text) if text.strip() else None
    except json.JSONDecodeError as error:
        raise InputError(f"not valid JSON: {error.msg}", "mend it", path=path, line=error.lineno) from error
    return _records(path, source, text, data)


def _records(path: Path, source: str, text: str, data: Any) -> list[Passage]:
    """A catalogue ({products: [...]}), or a list of {question, answer} or {id, title, text, entity}."""
    if data is None:
        return []
    lines = text.splitlines()
    if isinstance(data, dict) and isinstance(data.get("products"), list):
        return product_passages(path, source, lines, data)
    items = data.get("entries", data.get("faq")) if isinstance(data, dict) else data
    if not isinstance(items, list):
        raise InputError(
            "neither a list of entries nor a catalogue with 'products'", "see docs/knowledge.md", path=path, line=1
        )
    found = []
    at = 0
    for number, item in enumerate(items, 1):
        if isinstance(item, dict):
            at = _line_of(lines, str(item.get("question") or item.get("title") or ""), at)
        found.append(_entry(path, source, at + 1, item, number))
    return found


def _entry(path: Path, source: str, line: int, item: Any, number: int) -> Passage:
    if not isinstance(item, dict):
        raise InputError(f"entry {number} is not a mapping", "write question: and answer:", path=path, line=line)
    title = item.get("question") or item.get("title")
    text = item.get("answer") or item.get("text")
    if not title or not text:
        raise InputError(
            f"entry {number} needs a question and an answer", "write question: and answer:", path=path, line=line
        )
    title, text = str(title).strip(), str(text).strip()
    language = naming.language_of(item.get("language") or None, path, title + text)
    entity = item.get("entity")
    aliases = item.get("aliases") or ()
    kind = naming.kind_of(source)
    return Passage(
        str(item.get("id") or naming.id_of(source, title)),
        title,
        text,
        source,
        line,
        str(entity) if entity else None,
        language,
        kind if kind != "document" else "faq",
        tuple(map(str, [aliases] if isinstance(aliases, str) else aliases)),
    )


def _line_of(lines: list[str], needle: str, start: int) -> int:
    """The index of the first line from ``start`` that holds the needle's beginning; ``start`` where none does."""
    needle = needle.strip()[:40]
    return next((i for i, line in enumerate(lines[start:], start) if needle and needle in line), start)


def read_csv(path: Path, source: str, text: str) -> list[Passage]:
    """A table of questions and answers, or of products; cells are parted by the comma, semicolon or tab of its head."""
    head = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text), strict=True, delimiter=delimiter)
    found: list[Passage] = []
    rows: list[dict[str, Any]] = []
    lines: list[int] = []
    try:
        header = {name.strip().casefold() for name in reader.fieldnames or () if name}
        if not text.strip():
            return []
        if not ({"question", "answer"} <= header or {"title", "text"} <= header or {"id", "name", "price"} <= header):
            raise InputError(
                "the first row names no known columns",
                "name them question,answer or id,name,price,...",
                path=path,
                line=1,
            )
        for row in reader:
            line = reader.line_num
            if None in row or None in row.values():
                raise InputError(
                    "the row has not as many cells as the first row", "check commas and quotes", path=path, line=line
                )
            item = {str(key).strip().casefold(): value.strip() for key, value in row.items()}
            if "name" in header and "price" in header:
                if any(item.values()):
                    rows.append(_product({key: value for key, value in item.items() if value}))
                    lines.append(line)
            elif any(item.values()):
                found.append(_entry(path, source, line, item, line))
    except csv.Error as error:
        raise InputError(f"not valid CSV: {error}", "check quotes", path=path, line=reader.line_num) from error
    return found or product_passages(path, source, text.splitlines(), {"products": rows}, lines)


def _product(row: dict[str, str]) -> dict[str, Any]:
    """A row as a product: a column that no product has by itself ("power") is a part of its specification."""
    record: dict[str, Any] = {key: value for key, value in row.items() if key in PRODUCT_FIELDS}
    record["specification"] = {k: v for k, v in row.items() if k not in PRODUCT_FIELDS and not k.endswith("_zh")}
    record["specification_zh"] = {
        k.removesuffix("_zh"): v for k, v in row.items() if k not in PRODUCT_FIELDS and k.endswith("_zh")
    }
    return record
