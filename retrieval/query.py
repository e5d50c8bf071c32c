"""The words of a conversation, as a search reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["customer", "agent"]


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn of a conversation. ``agent`` is whoever answers for the shop, bot or human."""

    role: Role
    text: str
