"""Fetches the models."""

from __future__ import annotations

import sys

from bot.settings import Settings


def fetch(settings: Settings) -> dict[str, str]:
    """The default models, fetched, verified and made ready: name to folder."""
    from generation.model import fetch as fetch_models

    return {
        name: str(folder)
        for name, folder in fetch_models(settings.models, progress=lambda line: print(line, file=sys.stderr)).items()
    }
