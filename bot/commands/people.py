"""A person's data, and the people at the desk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.settings import Settings
from retrieval.errors import InputError


async def export(settings: Settings, customer_id: str) -> dict[str, Any]:
    """Everything kept of a person. Raises InputError where nothing is."""
    from bot.storage.connection import connect
    from bot.storage.customers import Customers

    redis = await connect(settings.redis_url, settings.data)
    try:
        document = await Customers(redis).export(customer_id)
    finally:
        await redis.aclose()
    if not document:
        raise InputError(f"nothing is kept of {customer_id!r}", "an id looks like telegram:42 or web:...")
    return document


async def erase(settings: Settings, customer_id: str) -> dict[str, Any]:
    """Remove everything kept of a person."""
    from bot.storage.connection import connect
    from bot.storage.customers import Customers

    redis = await connect(settings.redis_url, settings.data)
    try:
        removed = await Customers(redis).erase(customer_id)
    finally:
        await redis.aclose()
    return {"customer": customer_id, "erased": removed}


def add_operator(settings: Settings, name: str, password: str) -> Path:
    """Write an operator's name and hashed password."""
    from bot.channels.web_security import add_operator as add

    path = settings.data / "operators.yaml"
    add(path, name, password)
    return path
