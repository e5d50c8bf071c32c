"""When a human must come, and why, in words: answer, offer a human once, or hand over now.

A state machine over what was said (docs/escalation.md draws it): a pure function of the conversation's turns, the
message, its mood and the owner's policy. It keeps nothing and says nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.conversation import Conversation, Decision, Mood, Turn
from bot.costs import Limits, Policy, Staffing, why_valued
from bot.requests import accepts, asks_for_human, declines
from generation import safety

__all__ = ["Policy", "Staffing", "Standing", "decide", "standing", "unknown"]

_TOPICS = {
    "self_harm": "speaks of self-harm",
    "safety": "reports a danger, or somebody hurt",
    "fraud": "speaks of fraud or theft",
    "legal": "speaks of a lawyer, a court or the authorities",
    "press": "speaks of the press or of going public",
}
_GOODS_TOO = ("legal", "press")
_NO_ALARM = 0.1
DECLINED = "declined the offer of a person"
ORDER = "only a person can look into an order"
GAVE_UP = "gave up without an answer"
MOURNS = "tells of a death"
SCOLDS = "finds fault with the service"
TAKEN_BACK = "took the request for a person back"
_ASKED, _ACCEPTED = "asked for a person", "accepted the offer of a person"
WISHED = frozenset({_ASKED, _ACCEPTED})
"""Reasons of a hand-over that was the customer's own wish."""
_SHORT = 24  # characters; "no, that is not what I asked for" declines no offer

State = Literal["open", "offered", "passed", "declined", "returned"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a conversation stands before the next message.

    ``state``: "open" (a person may be offered), "offered" (the offer is the last thing the customer heard), "passed"
    (it was neither taken nor declined, and is not made again yet), "declined" and "returned" (a cool-down after a no,
    and after a hand-back). ``failures`` is how many answers in a row were not known.
    """

    state: State = "open"
    failures: int = 0

    @property
    def cooling(self) -> bool:
        """Whether only the customer's own word, or danger, brings a person."""
        return self.state in ("declined", "returned")


def decide(
    conversation: Conversation,
    text: str,
    mood: Mood,
    policy: Policy,
    *,
    now: float | None = None,
    staff: Staffing | None = None,
) -> Decision:
    """What to do with this message. Explicit requests and dangerous topics come before everything else."""
    grave = danger(text, mood, policy)
    if asks_for_human(text):
        return Decision("hand_over", (_ASKED,), grave.topic if grave is not None else None)
    if grave is not None:
        return grave
    valued = why_valued(conversation.customer, policy)
    limits = policy.limits(valued=valued is not None, staff=staff)
    here = standing(conversation, policy, now=now, staff=staff)
    offer = _offer_heard_last(conversation.turns)  # be it the evening before
    if offer is not None and accepts(text, asked=offer.text.endswith(("?", "？"))):
        return Decision("hand_over", (_ACCEPTED,))
    if here.state == "offered" and _refuses(text, mood, limits):
        return Decision("answer", (DECLINED,))
    if here.cooling:
        return Decision("answer")
    if here.failures >= policy.unanswered_hand_over:
        return Decision("hand_over", (f"{here.failures} questions in a row were not answered",))
    if mood.label == "negative" and mood.score <= policy.angry_at:
        return Decision("hand_over", ("is very angry", *mood.reasons))
    reasons = (*(mood.reasons or ("seems dissatisfied",)), *((f"is {valued}",) if valued else ()))
    if mood.dissatisfaction >= limits.hand_over:
        return Decision("hand_over", reasons)
    if mood.dissatisfaction >= limits.offer:
        if here.state == "open":
            return Decision("offer", reasons)
        # An offer that was passed over, and it gets no better: the second time is not an offer.
        if here.state == "passed" and mood.label == "negative":
            return Decision("hand_over", ("stays dissatisfied after a person was offered", *mood.reasons))
    if here.state == "open":
        if mood.topic is not None and mood.alarm >= policy.alarm_offer_at:
            return Decision("offer", (f"perhaps {_TOPICS[mood.topic]}",))
        if here.failures >= policy.unanswered_offer:
            return Decision("offer", ("the last question was not answered",))
    return Decision("answer")


def unknown(
    conversation: Conversation,
    decision: Decision,
    policy: Policy,
    *,
    now: float | None = None,
    staff: Staffing | None = None,
) -> Decision:
    """What to do where the knowledge does not answer, after ``decide`` said to answer or to offer.

    Who spoke of what may be a danger just before is not left without an answer: a person takes over.
    """
    here = standing(conversation, policy, now=now, staff=staff)
    reasons = (*decision.reasons, "the knowledge does not answer this")
    if here.cooling:
        return Decision("answer", reasons)
    if here.failures + 1 >= policy.unanswered_hand_over:
        return Decision("hand_over", (f"{here.failures + 1} questions in a row were not answered", *decision.reasons))
    heard = next((turn.mood for turn in reversed(conversation.turns) if turn.author == "customer"), None)
    if heard is not None and heard.topic is not None and heard.alarm >= policy.alarm_offer_at:
        return Decision("hand_over", (f"perhaps {_TOPICS[heard.topic]}", *reasons), heard.topic)
    return Decision("offer" if here.state == "open" else "answer", reasons)


def danger(text: str, mood: Mood, policy: Policy) -> Decision | None:
    """A hand-over where the message speaks of something that a person must see, else None.

    The surest words tell by themselves, but where they name goods and addresses as well ("court shoes") the mood's ``alarm``
    must not be next to nothing; of what is said in other words it must reach the policy's limit.
    """
    flags = safety.flags(text)
    topic = next((topic for topic in _TOPICS if topic in flags), None)
    if topic in _GOODS_TOO and mood.topic is not None and mood.alarm < _NO_ALARM:
        topic = None
    if topic is None and mood.alarm >= policy.alarm_at:
        topic = mood.topic
    return None if topic is None else Decision("hand_over", (_TOPICS[topic],), topic)


def standing(
    conversation: Conversation, policy: Policy, *, now: float | None = None, staff: Staffing | None = None
) -> Standing:
    """The state of the conversation, read from its turns since the last change of owner and the last long silence."""
    turns, returned = _visit(conversation.turns, policy, now)
    failures = _failures(turns)
    offer = max((i for i, turn in enumerate(turns) if turn.author == "bot" and turn.offer_human), default=None)
    if offer is None:
        since = sum(turn.author == "customer" for turn in turns)
        return Standing("returned" if returned and since < policy.cool_down_turns else "open", failures)
    if not any(turn.author == "bot" for turn in turns[offer + 1 :]):
        return Standing("offered", failures)
    limits = policy.limits(valued=why_valued(conversation.customer, policy) is not None, staff=staff)
    heard = [turn for turn in turns[offer + 1 :] if turn.author == "customer"]
    declined = bool(heard) and _refuses(heard[0].text, heard[0].mood or Mood(), limits)
    if len(heard) - declined < policy.cool_down_turns:
        return Standing("declined" if declined else "passed", failures)
    moods = [turn.mood.dissatisfaction for turn in heard if turn.mood is not None]
    calmed = not moods or min(moods) < max(limits.offer - policy.hysteresis, 0.01)
    return Standing("open" if calmed else "passed", failures)


def _offer_heard_last(turns: tuple[Turn, ...]) -> Turn | None:
    last = next((turn for turn in reversed(turns) if turn.author != "customer" and not turn.private), None)
    return last if last is not None and last.author == "bot" and last.offer_human else None


def _refuses(text: str, mood: Mood, limits: Limits) -> bool:
    """A no to the offer; "no, wrong again" is one about the answer."""
    return declines(text) and (len(text.strip()) <= _SHORT or mood.dissatisfaction < limits.offer)


def _visit(turns: tuple[Turn, ...], policy: Policy, now: float | None) -> tuple[list[Turn], bool]:
    """The turns of this visit since the last change of owner, and whether that change was a hand-back in it."""
    shown = [turn for turn in turns if not turn.private]
    later = shown[1:] + ([Turn("customer", "", now)] if now is not None else [])
    gap = policy.visit_hours * 3600
    start = max((i + 1 for i, (a, b) in enumerate(zip(shown, later, strict=False)) if b.at - a.at > gap), default=0)
    visit = shown[start:]
    fence = max((i for i, turn in enumerate(visit) if turn.fence), default=None)
    if fence is None:
        return visit, False
    # With a person since the bot's last word: it has come back, whether by a hand-back or after a close.
    between = visit[: fence + 1]
    last_bot = max((i for i, turn in enumerate(between) if turn.author == "bot"), default=-1)
    since = between[last_bot + 1 :]
    returned = any(turn.author == "human" for turn in since) or sum(turn.fence for turn in since) > 1
    return visit[fence + 1 :], returned


def _failures(turns: list[Turn]) -> int:
    count = 0
    for turn in reversed(turns):
        if turn.author == "bot":
            if turn.answered:
                break
            count += 1
    return count
