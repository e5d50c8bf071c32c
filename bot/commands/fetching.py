"""Fetches the models."""

from __future__ import annotations

import sys

from bot.settings import Settings
from retrieval.errors import InputError


def fetch(settings: Settings, what: str = "default") -> dict[str, str]:
    """The models of ``what``, fetched, verified and made ready: name to folder. Raises InputError for another name."""
    from generation.model import CHOICES
    from generation.model import fetch as fetch_models

    if what not in CHOICES:
        raise InputError(f"there is no model {what!r} to fetch", f"ask for one of: {', '.join(CHOICES)}")
    fetched = fetch_models(settings.models, weights=CHOICES[what], progress=lambda line: print(line, file=sys.stderr))
    return {name: str(folder) for name, folder in fetched.items()}
