"""What a customer is told who is handed over: the place, how to leave a contact, and honestly whether anybody is there."""

from __future__ import annotations

from bot import lines
from bot.costs import Staffing
from bot.hours import Hours
from retrieval.passages import Language


def words(
    language: Language, *, place: int, staff: Staffing, hours: Hours, ticket: str | None = None, care: bool = False
) -> str:
    """The line for somebody who now waits at ``place``; ``ticket`` is named where nobody can come now."""
    key = "hand_over_care" if care else "hand_over"
    if not staff.available:
        key += "_closed" if care or not staff.open else "_away"
    said = lines.say(key, language, place=place, hours=hours.text(language))
    if ticket and not staff.available:
        said += (" " if language == "en" else "") + lines.say("ticket", language, ticket=ticket)
    return said
