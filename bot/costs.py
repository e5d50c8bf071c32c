"""What a hand-over, an offer and a lost customer cost, and from which dissatisfaction a person is worth it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

from generation.request import Customer
from retrieval.errors import InputError

_LEAST, _MOST = 0.02, 0.95  # no probability of a mood is surer than this


@dataclass(frozen=True, slots=True)
class Staffing:
    """Who could take over now: whether the desk is ``open``, how many operators are ``present`` (None where that is
    not known), and how many customers are ``waiting`` already.
    """

    open: bool = True
    present: int | None = None
    waiting: int = 0

    @property
    def available(self) -> bool:
        return self.open and self.present != 0


@dataclass(frozen=True, slots=True)
class Limits:
    """The probabilities of dissatisfaction from which a person is offered, and from which one takes over."""

    offer: float
    hand_over: float


@dataclass(frozen=True, slots=True)
class Policy:
    """What the owner weighs; every field can be set under ``escalation`` in the settings file.

    Costs share one unit, whichever the owner thinks in. With a person the customer costs ``operator_minutes`` *
    ``minute_cost``, and ``needless_cost`` besides where nobody was needed, ``queue_cost`` more for each customer who
    waits already. Without one, ``saved_share`` of the dissatisfied leave whom a person would have kept, each worth
    ``lost_cost``; a person who only comes later keeps ``closed_share`` of those. A valued customer (``valued_orders``
    orders, ``valued_at`` spent or one of ``valued_tags``) is worth ``valued_factor`` times that. An offer costs
    ``offer_cost``, and ``offer_taken`` of the dissatisfied say yes to it. ``hand_over_at`` and ``offer_at`` replace
    what the costs say.

    ``angry_at`` is a score in [-1, 1]. From a probability of ``alarm_at`` that the message speaks of self-harm, danger,
    fraud, legal steps or the press a person takes over, and from ``alarm_offer_at`` one is offered; the surest words for
    it need no probability. After an offer that was declined, and after a hand-back, ``cool_down_turns``
    customer turns pass before a mood or a failure brings a person. A second offer waits as long, and until the mood
    was ``hysteresis`` under the offer's limit. After ``visit_hours`` of silence a new visit begins.
    """

    operator_minutes: float = 6.0
    minute_cost: float = 0.5
    needless_cost: float = 1.0
    queue_cost: float = 0.25
    lost_cost: float = 17.0
    saved_share: float = 0.35
    closed_share: float = 0.8
    valued_factor: float = 2.0
    valued_orders: float = 3
    valued_at: float = 500.0
    valued_tags: Sequence[str] = ("vip", "loyal", "wholesale")
    offer_cost: float = 1.0
    offer_taken: float = 0.4
    hand_over_at: float | None = None
    offer_at: float | None = None
    hysteresis: float = 0.1
    angry_at: float = -0.75
    alarm_at: float = 0.75
    alarm_offer_at: float = 0.5
    unanswered_offer: float = 1
    unanswered_hand_over: float = 3
    cool_down_turns: float = 2
    visit_hours: float = 12.0

    def __post_init__(self) -> None:
        """Raises InputError for a number that means nothing."""
        for name, low, high in _RANGES:
            value = getattr(self, name)
            if value is not None and not (isinstance(value, (int, float)) and low <= value <= high):
                mend = f"use a number from {low:g} to {high:g}" if high <= 1 else "use a number, 0 or more"
                raise InputError(f"setting escalation.{name} is {value!r}", mend)
        if isinstance(self.valued_tags, (str, int, float)):
            raise InputError(f"setting escalation.valued_tags is {self.valued_tags!r}", "write a list: [vip, loyal]")

    @property
    def needed(self) -> float:
        """What a hand-over costs that was needed: the operator's time."""
        return self.operator_minutes * self.minute_cost

    def needless(self, staff: Staffing | None = None) -> float:
        """What a hand-over costs that nobody needed."""
        waiting = staff.waiting if staff is not None else 0
        return self.needed + self.needless_cost + self.queue_cost * waiting

    def missed(self, *, valued: bool = False, staff: Staffing | None = None) -> float:
        """What it costs, on average, to leave a dissatisfied customer to the bot."""
        share = self.saved_share * (self.closed_share if staff is not None and not staff.available else 1.0)
        return share * self.lost_cost * (self.valued_factor if valued else 1.0)

    def limits(self, *, valued: bool = False, staff: Staffing | None = None) -> Limits:
        """Where the expected costs of answering, offering and handing over cross.

        With p the probability of dissatisfaction, handing over costs p * needed + (1 - p) * needless and answering
        p * missed: a person is right from p = needless / (needless - needed + missed) on.
        """
        missed, needless = self.missed(valued=valued, staff=staff), self.needless(staff)
        hand_over, offer = self.hand_over_at, self.offer_at
        if hand_over is None:
            spared = needless - self.needed + missed
            hand_over = _within(needless / spared if spared > 0 else 1.0)
        if offer is None:
            won = self.offer_taken * self.missed(valued=valued)  # asking costs no more while nobody is there
            offer = _within(self.offer_cost / won if won > 0 else 1.0)
        return Limits(min(offer, hand_over), hand_over)

    @property
    def threshold(self) -> float:
        """The dissatisfaction in [0, 1] from which a person takes over from the bot on a usual day."""
        return self.limits().hand_over

    def cost(self, needless: int, needed: int, missed: int) -> float:
        """The price of so many needless and needed hand-overs, and of so many dissatisfied turns left to the bot."""
        return needless * self.needless() + needed * self.needed + missed * self.missed()


def why_valued(customer: Customer, policy: Policy) -> str | None:
    """What makes the customer a valued one, in words, or None."""
    tags = {tag.casefold() for tag in (*customer.tags, customer.segment or "")}
    if named := next((tag for tag in policy.valued_tags if tag.casefold() in tags), None):
        return f"a valued customer ({named})"
    if customer.lifetime_value is not None and customer.lifetime_value >= policy.valued_at:
        return f"a valued customer (spent {customer.lifetime_value:g})"
    if len(customer.orders) >= policy.valued_orders > 0:
        return f"a valued customer ({len(customer.orders)} orders)"
    return None


def explain(policy: Policy, staff: Staffing | None = None) -> tuple[str, ...]:
    """The policy in sentences, as the desk shows it."""
    usual, valued = policy.limits(), policy.limits(valued=True)
    lines: list[str] = []
    if policy.hand_over_at is None:
        lines.append(
            f"A person takes over when the risk of losing the customer is over "
            f"{_percent(usual.hand_over * policy.saved_share)}: a needless hand-over costs {policy.needless():g} "
            f"({policy.operator_minutes:g} minutes at {policy.minute_cost:g}, and {policy.needless_cost:g} for the "
            f"bother), a lost customer {policy.lost_cost:g}."
        )
        lines.append(
            f"Of a hundred dissatisfied customers a person keeps {100 * policy.saved_share:g} who would leave, so that "
            f"is where the customer seems dissatisfied with a probability of {_percent(usual.hand_over)} or more."
        )
    else:
        lines.append(
            f"A person takes over when the customer seems dissatisfied with a probability of "
            f"{_percent(usual.hand_over)} or more, as escalation.hand_over_at says."
        )
    lines.append(f"A person is offered, once, from {_percent(usual.offer)}.")
    if valued != usual:
        lines.append(
            f"For a valued customer ({policy.valued_orders:g} orders, {policy.valued_at:g} spent, or tagged "
            f"{', '.join(policy.valued_tags)}) it is {_percent(valued.hand_over)}, and {_percent(valued.offer)} to offer."
        )
    if staff is not None and (now := policy.limits(staff=staff)) != usual:
        why = "nobody is at the desk" if not staff.available else f"{staff.waiting} wait already"
        lines.append(f"Right now {why}: {_percent(now.hand_over)} to hand over, {_percent(now.offer)} to offer.")
    lines.append(
        f"A request for a person, danger, self-harm, fraud, legal threats and the press always bring one: by the surest "
        f"words, or heard in others with a probability of {_percent(policy.alarm_at)} or more."
    )
    return tuple(lines)


def _within(probability: float) -> float:
    return min(max(probability, _LEAST), _MOST)


def _percent(probability: float) -> str:
    return f"{100 * probability:.0f} %"


_SHARES = {
    "angry_at",
    "alarm_at",
    "alarm_offer_at",
    "saved_share",
    "closed_share",
    "offer_taken",
    "hand_over_at",
    "offer_at",
    "hysteresis",
}
_RANGES = [
    (field.name, -1.0 if field.name == "angry_at" else 0.0, 1.0 if field.name in _SHARES else math.inf)
    for field in fields(Policy)
    if field.name != "valued_tags"
]
