"""Reads the small files that commands take: a history, a customer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from generation.request import Customer
from retrieval.errors import InputError
from retrieval.query import Utterance

_ROLES = {
    "customer": "customer",
    "user": "customer",
    "agent": "agent",
    "bot": "agent",
    "assistant": "agent",
    "human": "agent",
}


def history(path: Path | None) -> tuple[Utterance, ...]:
    """Earlier turns from a JSON list, or JSON Lines, of {role, text}. Raises InputError with the line."""
    if path is None:
        return ()
    text = _text(path)
    turns: list[Utterance] = []
    if text.lstrip().startswith("["):
        items = [(1, item) for item in _json(text, path, 1)]
    else:
        items = [(n, _json(line, path, n)) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    for line, item in items:
        if not isinstance(item, dict) or item.get("role") not in _ROLES or not isinstance(item.get("text"), str):
            raise InputError(
                'a turn is {"role": "customer"|"agent", "text": ...}', "mend that turn", path=path, line=line
            )
        turns.append(Utterance(_ROLES[item["role"]], item["text"]))  # type: ignore[arg-type]
    return tuple(turns)


def customer(path: Path | None) -> Customer:
    """A customer's profile from a JSON object. Raises InputError for an unknown field."""
    if path is None:
        return Customer()
    data = _json(_text(path), path, 1)
    if not isinstance(data, dict):
        raise InputError("a customer is one JSON object", "see docs/formats.md", path=path, line=1)
    if unknown := set(data) - set(Customer.__dataclass_fields__):
        known = ", ".join(Customer.__dataclass_fields__)
        raise InputError(f"unknown field {sorted(unknown)[0]!r}", f"known fields are {known}", path=path, line=1)
    try:
        return TypeAdapter(Customer).validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{name} is {first.get('input')!r}: {first['msg']}", "mend it", path=path, line=1) from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read ({error})", "name a UTF-8 text file", path=path) from error


def _json(text: str, path: Path, line: int) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"not valid JSON: {error.msg}", "mend it", path=path, line=line + error.lineno - 1) from error
