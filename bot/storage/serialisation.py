"""Writes what flows as JSON and reads it back, whatever version of the program wrote it."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, is_dataclass
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

logger = logging.getLogger(__name__)

T = TypeVar("T")

_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}  # made at the first use: each takes milliseconds


def dump(value: Any) -> bytes:
    """JSON in UTF-8 of a dataclass or a JSON-able value; half a surrogate pair becomes a question mark."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def load(kind: type[T], raw: str) -> T | None:
    """The dataclass that ``dump`` wrote.

    Unknown fields are left out and missing ones take their defaults; so does a field whose value no longer fits. None
    where a field without a default is missing or broken, which is logged: one bad entry never hides the others.
    """
    adapter = _adapter(kind)
    try:
        whole: T = adapter.validate_json(raw)
        return whole
    except ValidationError as error:
        broken = {str(found["loc"][0]) for found in error.errors() if found["loc"]}
    try:
        fields = json.loads(raw)
        rest: T = adapter.validate_python({name: value for name, value in fields.items() if name not in broken})
        return rest
    except (ValueError, AttributeError, ValidationError):
        logger.warning("a stored %s cannot be read and is left out (%d characters)", kind.__name__, len(raw))
        return None


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
