"""What a customer is told who is handed over: the place, how to leave a contact, and honestly whether anybody is there."""

from __future__ import annotations

from bot import lines
from bot.costs import Staffing
from bot.hours import Hours
from retrieval.passages import Language


def words(
    language: Language,
    *,
    place: int,
    staff: Staffing,
    hours: Hours,
    ticket: str | None = None,
    care: str | None = None,
    danger: bool = False,
) -> str:
    """The line for somebody who now waits at ``place``; ``ticket`` is named where nobody can come now.

    ``care`` is set for somebody in distress: the shop's telephone numbers for them, "" where it names none. In ``danger`` help
    that comes at once is named first.
    """
    key = "hand_over" if care is None else "hand_over_care"
    if not staff.available:
        key += "_closed" if care is not None or not staff.open else "_away"
    said = [lines.say(key, language, place=place, hours=hours.text(language))]
    if care is not None:
        said = [lines.say("care", language), care, *said]
    if danger:
        said = [lines.say("danger", language), *said]
    if ticket and not staff.available:
        said.append(lines.say("ticket", language, ticket=ticket))
    return ("" if language == "zh" else " ").join(filter(None, said))
