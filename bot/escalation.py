"""When a human must come, and why, in words: answer, offer a human once, or hand over now.

A pure function over the conversation, the message, the mood and the owner's policy; it says nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversation import Conversation, Decision, Mood
from bot.requests import accepts, asks_for_human, declines
from generation import safety

_TOPICS = {
    "self_harm": "speaks of self-harm",
    "safety": "reports a danger (fire, smoke, shock or injury)",
    "fraud": "speaks of fraud or theft",
    "legal": "speaks of a lawyer, a court or the authorities",
    "press": "speaks of the press or of going public",
}


@dataclass(frozen=True, slots=True)
class Policy:
    """What the owner weighs; every field can be set under ``escalation`` in the settings file.

    A hand-over that was not needed costs ``needless_cost``; a customer lost costs ``lost_cost``. Handing over is
    right where the probability of dissatisfaction exceeds needless / (needless + saved), ``saved_share`` of the lost
    customers being saved by a person: that is ``hand_over_at`` where it is not set. ``offer_at`` is where a person is
    offered, once. After a hand-back, ``cool_down_turns`` customer turns pass before mood alone hands over again.
    """

    needless_cost: float = 4.0
    lost_cost: float = 20.0
    saved_share: float = 0.5
    hand_over_at: float | None = None
    offer_at: float = 0.45
    angry_at: float = -0.75
    unanswered_offer: int = 1
    unanswered_hand_over: int = 3
    cool_down_turns: int = 2

    @property
    def threshold(self) -> float:
        """The dissatisfaction in [0, 1] from which a person takes over."""
        if self.hand_over_at is not None:
            return self.hand_over_at
        return max(self.offer_at, self.needless_cost / (self.needless_cost + self.saved_share * self.lost_cost) + 0.4)


def decide(conversation: Conversation, text: str, mood: Mood, policy: Policy) -> Decision:
    """What to do with this message. Explicit requests and dangerous topics come before everything else."""
    if asks_for_human(text):
        return Decision("hand_over", ("asked for a person",))
    flags = safety.flags(text)
    for topic, reason in _TOPICS.items():
        if topic in flags:
            return Decision("hand_over", (reason,), topic)
    if _just_offered(conversation):
        if accepts(text):
            return Decision("hand_over", ("accepted the offer of a person",))
        if declines(text):
            return Decision("answer", ("declined the offer of a person",))
    if conversation.unanswered >= policy.unanswered_hand_over:
        return Decision("hand_over", (f"{conversation.unanswered} questions in a row were not answered",))
    reasons = mood.reasons or ("seems dissatisfied",)
    if _calm_again(conversation, policy):
        return Decision("answer")
    if mood.label == "negative" and mood.score <= policy.angry_at:
        return Decision("hand_over", ("is very angry", *mood.reasons))
    if mood.dissatisfaction >= policy.threshold:
        return Decision("hand_over", reasons)
    # An offer that was passed over, and it gets no better: the second time is not an offer.
    if mood.dissatisfaction >= policy.offer_at:
        if not conversation.offered:
            return Decision("offer", reasons)
        if mood.label == "negative" and not _just_offered(conversation):
            return Decision("hand_over", ("stays dissatisfied after a person was offered", *mood.reasons))
    if conversation.unanswered >= policy.unanswered_offer and not conversation.offered:
        return Decision("offer", ("the last question was not answered",))
    return Decision("answer")


def _just_offered(conversation: Conversation) -> bool:
    """Whether the last thing that the customer heard offered a person."""
    last = next((turn for turn in reversed(conversation.turns) if turn.author != "customer" and not turn.private), None)
    return last is not None and last.author == "bot" and last.offer_human


def _calm_again(conversation: Conversation, policy: Policy) -> bool:
    """Whether the bot has only just got the conversation back: mood alone must not play it back to the human."""
    fence = max((i for i, turn in enumerate(conversation.turns) if turn.fence), default=None)
    if fence is None or not any(turn.author == "human" for turn in conversation.turns[:fence]):
        return False
    since = sum(turn.author == "customer" for turn in conversation.turns[fence:])
    return since < policy.cool_down_turns
