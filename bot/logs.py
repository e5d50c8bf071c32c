"""What is logged, with personal data masked: the last line of defence, for every logger of the program."""

from __future__ import annotations

import logging
import sys

from generation.masking import mask


class Masked(logging.Formatter):
    """Masks the finished line, its traceback included."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


def start(level: int = logging.WARNING) -> None:
    """Log to stderr from ``level`` on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Masked("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
