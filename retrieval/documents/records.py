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
from retrieval.products import PRODUCT_FIELDS, as_text, product_passages

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # PyYAML without libyaml
    from yaml import SafeLoader  # type: ignore[assignment]


class _AsWritten(SafeLoader):
    """Values stay the text that their owner wrote ("yes", 16:9, 0123); a name stands once in a mapping."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._flat: set[yaml.MappingNode] = set()

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Once a node is flattened it holds what it takes over with ``<<`` too, which its own names may replace."""
        if node not in self._flat:
            self._flat.add(node)
            seen: set[str] = set()
            for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<"):
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
                seen.add(key.value)
        super().flatten_mapping(node)


for _tag in ("bool", "int", "float", "timestamp", "value"):
    _AsWritten.add_constructor(f"tag:yaml.org,2002:{_tag}", _AsWritten.construct_yaml_str)  # type: ignore[type-var]


def parse_yaml(path: Path, text: str, offset: int = 0) -> Any:
    """The document; ``offset`` counts the lines above it. Raises InputError with the line."""
    try:
        return yaml.load(text, _AsWritten)
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # "\\UFFFFFFFF" without libyaml
        mark = getattr(error, "problem_mark", None)
        line = (mark.line if mark else 0) + 1 + offset
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise InputError(
            f"not valid YAML: {problem}", "check indents, quotes and repeated names", path=path, line=line
        ) from error


def read_yaml(path: Path, source: str, text: str) -> list[Passage]:
    return _records(path, source, text, parse_yaml(path, text))


def read_json(path: Path, source: str, text: str) -> list[Passage]:
    try:
        data = json.loads(text, parse_int=str, parse_float=str, parse_constant=str) if text.strip() else None
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
            at = line_of(lines, str(item.get("question") or item.get("title") or ""), at)
        found.append(_entry(path, source, at + 1, item, number))
    return found


def _entry(path: Path, source: str, line: int, item: Any, number: int) -> Passage:
    if not isinstance(item, dict):
        raise InputError(f"entry {number} is not a mapping", "write question: and answer:", path=path, line=line)
    title, text = item.get("question") or item.get("title"), item.get("answer") or item.get("text")
    language = naming.language_of(item.get("language") or None, path, f"{title}{text}")
    title, text = as_text(title, language), as_text(text, language)
    if not title or not text:
        raise InputError(
            f"entry {number} needs a question and an answer", "write question: and answer:", path=path, line=line
        )
    kind = naming.kind_of(source)
    return Passage(
        as_text(item.get("id"), language) or naming.id_of(source, title),
        title,
        text,
        source,
        line,
        as_text(item.get("entity"), language) or None,
        language,
        kind if kind != "document" else "faq",
        names_of(item, "aliases", path, line),
    )


def names_of(item: dict[str, Any], field: str, path: Path, line: int) -> tuple[str, ...]:
    """The other names that ``field`` gives: one, or a list. Raises InputError where it holds anything else."""
    value = item.get(field) or ()
    if not isinstance(value, str | list | tuple):
        raise InputError(f"{field} is {value!r}", "write a list such as [a, b]", path=path, line=line)
    names = [value] if isinstance(value, str) else [as_text(name, "en") for name in value]
    return tuple(filter(None, names))


def line_of(lines: list[str], needle: str, start: int) -> int:
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
                    rows.append(_product(item))
                    lines.append(line)
            elif any(item.values()):
                found.append(_entry(path, source, line, item, line))
    except csv.Error as error:
        raise InputError(f"not valid CSV: {error}", "check quotes", path=path, line=reader.line_num) from error
    return found or product_passages(path, source, text.splitlines(), {"products": rows}, lines)


def _product(row: dict[str, str]) -> dict[str, Any]:
    """A row as a product: a column that no product has by itself ("power", "功率_zh") is a part of its specification."""
    record: dict[str, Any] = {"specification": {}, "specification_zh": {}}
    for name, value in row.items():
        if name in PRODUCT_FIELDS:
            record[name] = value
        else:
            record["specification_zh" if name.endswith("_zh") else "specification"][name.removesuffix("_zh")] = value
    return record
